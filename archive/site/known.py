"""What is held of all items while a site is built: their values, and where each item lies."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from archive.site.facets import FacetValue


def _no_numbers() -> array[int]:
    return array("I")


@dataclass
class ValueEntry:
    """A value and how often it occurs.

    Attributes:
        number: Its number among all values.
        value: As the first item has it.
        count: Items that have it.
        direct: Those that have it themselves, not only a narrower one.
        spellings: How the museum writes it: (language or empty, text) and how often.
        hidden_in: Editions in which no reader meets it.
        items: The places of the items that have it in the list, in rising order.
    """

    number: int
    value: FacetValue
    count: int = 0
    direct: int = 0
    spellings: dict[tuple[str, str], int] = field(default_factory=dict)
    hidden_in: frozenset[str] = frozenset()
    items: array[int] = field(default_factory=_no_numbers)

    @property
    def said(self) -> str:
        """All that is known of it but the items that have it, to be compared."""
        value = self.value
        of_value = (value.key, value.text, value.lang, value.known, value.is_broader)
        counts = (self.count, self.direct, sorted(self.hidden_in))
        return repr((of_value, counts, list(self.spellings.items())))


@dataclass
class Known:
    """What is held of all items: their values, and which items describe one.

    Attributes:
        values: Every value, by facet and key.
        entities: Ids of the items that describe what is called so, by the key of the name.
        mentions: The values that an item describes, by its id.
        described_at: The places in the list of those items, by their ids.
        items: How many items there are.
        dated: Items whose date was understood.
        changed: Items that were read because they are not as the build before knew them.
        places: Where each item lies in the file.
        cards: The digest of what lists show of each item, one after the other.
        states: The digest of each item with its images, likewise.
        ends: Where each item's values end in ``has``.
        has: The numbers of the values of each item, one item after the other.
        groups: First place and first item of the groups that pages of items are made in.
        in_stories: The places of the items that stories name, in rising order.
    """

    values: dict[str, dict[str, ValueEntry]] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, list[ValueEntry]] = field(default_factory=dict)
    described_at: dict[str, int] = field(default_factory=dict)
    items: int = 0
    dated: int = 0
    changed: int = 0
    places: array[int] = field(default_factory=lambda: array("Q"))
    cards: bytearray = field(default_factory=bytearray)
    states: bytearray = field(default_factory=bytearray)
    ends: array[int] = field(default_factory=_no_numbers)
    has: array[int] = field(default_factory=_no_numbers)
    groups: list[tuple[int, str]] = field(default_factory=list)
    in_stories: list[int] = field(default_factory=list)

    def put(self, seq: int, place: int, cards: bytes, state: bytes) -> None:
        """Say where the item at a place in the list lies now, and its digests."""
        self.places[seq - 1] = place
        size = len(state)
        self.cards[(seq - 1) * size : seq * size] = cards
        self.states[(seq - 1) * size : seq * size] = state

    @property
    def item_groups(self) -> Iterator[ItemGroup]:
        """The groups that pages of items are made in.

        The ids say where one ends, so that an item more or less moves hardly any other boundary.
        """
        for (start, first), (stop, _next) in pairwise([*self.groups, (self.items + 1, "")]):
            yield ItemGroup(start, stop, first)


@dataclass(frozen=True)
class ItemGroup:
    """Items of some places in the list; places begin with 1.

    Attributes:
        start: The first place.
        stop: The place behind the last.
        first: The id of the first item, which no other group has.
    """

    start: int
    stop: int
    first: str
