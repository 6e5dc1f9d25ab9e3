"""What the first pass over the items leaves for the lists: every item as a card, and its values.

A large archive does not fit into memory, so the cards lie in an SQLite file of the build's own,
which is thrown away after it; only the values themselves and their counts are held. Lists are then
read back in the order of the items, a page at a time.
"""

from __future__ import annotations

import pickle
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.read_only import read_only_uri
from archive.site.facets import FacetValue, text_key, values_of
from archive.site.items import Card, ShownItem, card
from archive.site.years import years_of
from schemas.derivatives import DerivativeSet
from schemas.profile import Profile

ENTITY_KINDS = ("person", "intangible", "relic_site")
"""Kinds of records that are themselves what other records name."""

_MOST_SPELLINGS = 12
_BATCH = 500
_NEARBY = 12
_RAREST = 3
_SCHEMA = """
CREATE TABLE items (
    seq INTEGER PRIMARY KEY, item_id TEXT UNIQUE, cards BLOB, shown BLOB, vals BLOB
);
CREATE TABLE links (value INTEGER, seq INTEGER, PRIMARY KEY (value, seq)) WITHOUT ROWID;
"""


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
    """

    number: int
    value: FacetValue
    count: int = 0
    direct: int = 0
    spellings: dict[tuple[str, str], int] = field(default_factory=dict)
    hidden_in: frozenset[str] = frozenset()


@dataclass
class Known:
    """What is held of all items: their values, and which items describe one.

    Attributes:
        values: Every value, by facet and key.
        entities: Ids of the items that describe what is called so, by the key of the name.
        mentions: The values that an item describes, by its id.
        items: How many items there are.
        dated: Items whose date was understood.
    """

    values: dict[str, dict[str, ValueEntry]] = field(default_factory=dict)
    entities: dict[str, str] = field(default_factory=dict)
    mentions: dict[str, list[ValueEntry]] = field(default_factory=dict)
    items: int = 0
    dated: int = 0


@dataclass(frozen=True)
class GatheredItem:
    """An item as the first pass left it.

    Attributes:
        seq: Its place in the list of all items, from 1.
        shown: The item.
        images: Its derivatives as far as they are on the site.
        cards: What lists show of it, as :func:`cards_of` reads it.
        values: Numbers of its values.
        state: The bytes that ``shown`` and ``images`` were read from: where they are equal, so
            are those.
    """

    seq: int
    shown: ShownItem
    images: DerivativeSet | None
    cards: bytes
    values: Sequence[int]
    state: bytes


class Gathering:
    """Takes the items of the first pass."""

    def __init__(self, path: Path, profile: Profile, languages: tuple[str, ...]) -> None:
        self._known = Known()
        self._profile = profile
        self._languages = languages
        self._path = path
        self._numbers = 0
        self._items: list[tuple[int, str, bytes, bytes, bytes]] = []
        self._links: list[tuple[int, int]] = []
        path.unlink(missing_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        # It is thrown away after the build: nothing of it needs to survive anything.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Throw away what was gathered."""
        self._db.close()
        self._path.unlink(missing_ok=True)

    def add(self, item: ShownItem, images: DerivativeSet | None) -> None:
        """Take an item of the first pass."""
        known = self._known
        known.items += 1
        known.dated += years_of(item.record) is not None
        numbers = array("L")
        for value in values_of(item.record, self._profile, self._languages):
            entry = self._entry(value)
            entry.count += 1
            entry.direct += not value.is_broader
            entry.hidden_in &= value.hidden_in
            spelling = (value.lang, value.text)
            if value.text and (
                spelling in entry.spellings or len(entry.spellings) < _MOST_SPELLINGS
            ):
                entry.spellings[spelling] = entry.spellings.get(spelling, 0) + 1
            numbers.append(entry.number)
            self._links.append((entry.number, known.items))
        if item.record.kind in ENTITY_KINDS:
            for term in ("title", "alternative"):
                for statement in item.record.values(term):
                    known.entities.setdefault(text_key(statement.value), item.item_id)
        cards = {lang: card(item, images, lang) for lang in self._languages}
        # It is in the pictures already; each row would hold its file once more.
        item = replace(item, limits=replace(item.limits, watermark=None))
        row = (pickle.dumps(cards), pickle.dumps((item, images)), numbers.tobytes())
        self._items.append((known.items, item.item_id, *row))
        if len(self._items) >= _BATCH:
            self._flush()

    def finish(self) -> Known:
        """Write what is left of the first pass, and find who is named where."""
        self._flush()
        known = self._known
        for of_facet in known.values.values() if known.entities else ():
            for entry in of_facet.values():
                for _lang, text in entry.spellings:
                    item_id = known.entities.get(text_key(text))
                    if item_id and entry not in known.mentions.get(item_id, ()):
                        known.mentions.setdefault(item_id, []).append(entry)
        return known

    def _entry(self, value: FacetValue) -> ValueEntry:
        of_facet = self._known.values.setdefault(value.facet, {})
        entry = of_facet.get(value.key)
        if entry is None:
            entry = ValueEntry(self._numbers, value, hidden_in=value.hidden_in)
            of_facet[value.key] = entry
            self._numbers += 1
        return entry

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?)", self._items)
        self._db.executemany("INSERT INTO links VALUES (?, ?)", self._links)
        self._db.execute("COMMIT")
        self._items.clear()
        self._links.clear()


class Gathered:
    """What the first pass left, to be read.

    Args:
        path: The file of a :class:`Gathering` that is finished.
        known: What it held.
    """

    def __init__(self, path: Path, known: Known) -> None:
        self.known = known
        self._db = sqlite3.connect(read_only_uri(path, is_immutable=True), uri=True)
        self._entries = [e for of_facet in known.values.values() for e in of_facet.values()]
        self._entries.sort(key=lambda entry: entry.number)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def values(self) -> dict[str, dict[str, ValueEntry]]:
        """Every value, by facet and key."""
        return self.known.values

    def get(self, facet: str, key: str) -> ValueEntry | None:
        """Return a value, or None."""
        return self.known.values.get(facet, {}).get(key)

    def entity(self, name: str) -> str | None:
        """Return the id of the item that describes what is called so, or None."""
        return self.known.entities.get(text_key(name)) if name else None

    def mentions(self, item_id: str) -> list[ValueEntry]:
        """Return the values that an item describes: the name of a person, for theirs."""
        return self.known.mentions.get(item_id, [])

    def items(self, start: int, stop: int) -> Iterator[GatheredItem]:
        """Yield the items of some places, ``stop`` not among them, as far as there are any."""
        rows = self._db.execute(
            "SELECT seq, shown, cards, vals FROM items WHERE seq >= ? AND seq < ? ORDER BY seq",
            (start, stop),
        )
        for seq, shown, cards, values in rows:
            item, images = pickle.loads(shown)  # noqa: S301  (this build wrote it)
            numbers = array("L", values)
            yield GatheredItem(seq, item, images, cards, numbers, shown)

    def cards_between(self, start: int, stop: int) -> list[dict[str, Card]]:
        """Return the items of some places as cards by language, ``stop`` not among them."""
        query = "SELECT cards FROM items WHERE seq >= ? AND seq < ? ORDER BY seq"
        return [cards_of(cards) for (cards,) in self._db.execute(query, (start, stop))]

    def cards(self, entry: ValueEntry, lang: str, *, start: int, limit: int) -> list[Card]:
        """Return some of the items that have a value, in the order of the list."""
        rows = self._db.execute(
            "SELECT cards FROM links JOIN items USING (seq) WHERE value = ?"
            " ORDER BY seq LIMIT ? OFFSET ?",
            (entry.number, limit, start),
        )
        return [cards_of(cards)[lang] for (cards,) in rows]

    def card_of(self, item_id: str, lang: str) -> Card | None:
        """Return an item as a card, or None where there is none."""
        row = self._db.execute("SELECT cards FROM items WHERE item_id = ?", (item_id,)).fetchone()
        return cards_of(row[0])[lang] if row else None

    def cards_at(self, seq: int) -> bytes | None:
        """Return what lists show of the item at a place, for :func:`cards_of`, or None."""
        row = self._db.execute("SELECT cards FROM items WHERE seq = ?", (seq,)).fetchone()
        return row[0] if row else None

    def all_cards(self, entry: ValueEntry) -> Iterator[bytes]:
        """Yield what lists show of every item that has a value."""
        query = "SELECT cards FROM links JOIN items USING (seq) WHERE value = ? ORDER BY seq"
        yield from (cards for (cards,) in self._db.execute(query, (entry.number,)))

    def related(self, item: GatheredItem, limit: int) -> list[int]:
        """Return the places of items that share the rarest values of one, nearest first."""
        entries = [self._entries[number] for number in item.values]
        shared = [entry for entry in entries if entry.count > 1]
        shared.sort(key=lambda entry: (entry.count, entry.number))
        scores: dict[int, float] = {}
        for entry in shared[:_RAREST]:
            if entry.count > self.known.items / 2 and entry is not shared[0]:
                break
            for other in self._near(entry, item.seq):
                scores[other] = scores.get(other, 0.0) + 1 / entry.count
        return sorted(scores, key=lambda o: (-scores[o], abs(o - item.seq), o))[:limit]

    def _near(self, entry: ValueEntry, seq: int) -> Iterator[int]:
        for query in (_FOLLOWING, _PREVIOUS):
            yield from (found for (found,) in self._db.execute(query, (entry.number, seq, _NEARBY)))


_FOLLOWING = "SELECT seq FROM links WHERE value = ? AND seq > ? ORDER BY seq LIMIT ?"
_PREVIOUS = "SELECT seq FROM links WHERE value = ? AND seq < ? ORDER BY seq DESC LIMIT ?"


def cards_of(data: bytes) -> dict[str, Card]:
    """Return an item as a card by language."""
    found: dict[str, Card] = pickle.loads(data)  # noqa: S301  (this build wrote it)
    return found
