"""What a crosswalk to a museum standard needs to know besides the record.

:class:`Exchange` is the same for every record of an archive, :class:`Published` is one item's.
Both are plain data: who makes them decides what may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schemas.dublincore import Statement
from schemas.errors import RecordError
from schemas.fields import Field
from schemas.findings import Finding
from schemas.normalising import ValueTables, shipped_tables
from schemas.normalising.readers import vocabulary_of
from schemas.profile import Profile
from schemas.records import Record
from schemas.vocabularies import Term


@dataclass(frozen=True)
class PublishedImage:
    """One view of an item, as the site shows it.

    Attributes:
        key: Name of the view, unique in its item: ``0001``.
        url: Address of its largest JPEG; empty where it may not be handed on by itself.
        width_px: Width of that JPEG, in pixels.
        height_px: Its height, in pixels.
        thumbnail_url: Address of its thumbnail.
        thumbnail_width_px: Width of the thumbnail, in pixels.
        thumbnail_height_px: Its height, in pixels.
        service_url: Address of its IIIF image service.
        labels: What it shows, by language; may be empty.
    """

    key: str
    url: str
    width_px: int
    height_px: int
    thumbnail_url: str
    thumbnail_width_px: int
    thumbnail_height_px: int
    service_url: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Published:
    """Where one item is found, and when its description was made.

    Attributes:
        page_url: Address of its page; empty where it has none that the public can reach.
        manifest_url: Address of its IIIF manifest; empty likewise.
        images: Its views in reading order, only those that may be shown.
        created_at: When its record was made, RFC 3339; may be empty.
        updated_at: When its record was changed last, RFC 3339; may be empty.
    """

    page_url: str = ""
    manifest_url: str = ""
    images: tuple[PublishedImage, ...] = ()
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True)
class Exchange:
    """What is said of all records that one archive hands on.

    Attributes:
        profile: The archive's application profile: what fields are called and hold.
        museum: Name of the museum whose records these are.
        museum_uri: Address that identifies it (ISIL, Wikidata); may be empty.
        provider: Name of who hands the records to the aggregator; the museum where empty.
        country: Code of the museum's country in ISO 3166-1, as ``VN``; may be empty.
        lang: Main language of the descriptions.
        rights: Rights statement of items that have none of their own; may be empty.
        rights_uri: Its address; may be empty.
        metadata_rights_uri: Licence of the descriptions themselves; may be empty.
        edm_types: EDM's type by kind of record or by object type, over the usual ones.
        tables: The vocabularies that terms have their labels from.
        kept: What a crosswalk remembers of statements that come again, by kind and statement.
    """

    profile: Profile
    museum: str
    museum_uri: str = ""
    provider: str = ""
    country: str = "VN"
    lang: str = "vi"
    rights: str = ""
    rights_uri: str = ""
    metadata_rights_uri: str = ""
    edm_types: Mapping[str, str] = field(default_factory=dict)
    tables: ValueTables = field(default_factory=shipped_tables)
    kept: dict[tuple[str, Statement], Any] = field(default_factory=dict, repr=False, compare=False)

    def term_of(self, statement: Statement, described: Field | None) -> Term | None:
        """Return the vocabulary's term that a statement was found to name, or None.

        Args:
            statement: The statement.
            described: The field it came from, or None.
        """
        term_id = statement.known("id") or statement.known("code")
        if described is None or term_id is None:
            return None
        vocabulary = vocabulary_of(described, self.tables)
        return vocabulary.get(str(term_id)) if vocabulary else None


NOT_OBJECTS: Final = frozenset({"person"})
"""Kinds of record that describe no object, so that no standard for objects holds them."""


class UnfitRecordError(RecordError):
    """A record does not say what a standard demands, so it cannot be written in it.

    Attributes:
        findings: What is missing, field by field, and what to do.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(" ".join(finding.message() for finding in findings))
        self.findings = findings


def check_is_object(record: Record, format_name: str) -> None:
    """Refuse a record that describes no object.

    Raises:
        UnfitRecordError: It is of one of :data:`NOT_OBJECTS`.
    """
    if record.kind in NOT_OBJECTS:
        raise UnfitRecordError((unfit_finding("EXCHANGE-not-an-object", record, format_name),))


def unfit_finding(code: str, record: Record, format_name: str, **values: str) -> Finding:
    """Return a finding about a record that goes to partners; its place is the item's number."""
    return Finding(
        code,
        path=record.identifier,
        item_id=record.item_id,
        values={"format": format_name, **values},
    )
