"""What a harvester may be told: the side of the protocol that knows the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree


@dataclass(frozen=True)
class Identity:
    """Who answers.

    Attributes:
        name: Name of the repository.
        base_url: The address that requests are sent to.
        admin_email: Whom to write to.
        domain: Domain name that all identifiers begin with, as in ``oai:domain:item``.
        earliest: Nothing has a datestamp before this one, ``YYYY-MM-DDThh:mm:ssZ``.
    """

    name: str
    base_url: str
    admin_email: str
    domain: str
    earliest: str


@dataclass(frozen=True)
class Set:
    """A part of the repository that can be harvested alone.

    Attributes:
        spec: Its name in requests: letters, digits and ``-_.!~*'()``, levels parted by colons.
        name: What people call it.
    """

    spec: str
    name: str


@dataclass(frozen=True, order=True)
class Entry:
    """One item as harvesters know it, or one that is no more to be had.

    Ordered by datestamp, then by item: the order in which it is harvested.

    Attributes:
        datestamp: When it last changed or went, ``YYYY-MM-DDThh:mm:ssZ``.
        item_id: The item.
        sets: The sets it is in, or was in.
        is_deleted: It is no more to be had.
    """

    datestamp: str
    item_id: str
    sets: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True)
class Format:
    """A format in which records are given.

    Attributes:
        prefix: Its name in requests.
        schema: Address of its XML schema.
        namespace: Its XML namespace.
        make: Gives an item's document, or None where it cannot have one in this format.
    """

    prefix: str
    schema: str
    namespace: str
    make: Callable[[str], etree._Element | None]


class Repository(Protocol):
    """What the protocol asks of an archive."""

    @property
    def identity(self) -> Identity:
        """Who answers."""

    @property
    def formats(self) -> Sequence[Format]:
        """The formats; oai_dc is one of them."""

    @property
    def sets(self) -> Sequence[Set]:
        """The sets, by their names in requests."""

    @property
    def entries(self) -> Sequence[Entry]:
        """Everything that is or was to be had, in order."""

    def find(self, item_id: str) -> Entry | None:
        """Return the entry of an item, or None when there never was one."""
