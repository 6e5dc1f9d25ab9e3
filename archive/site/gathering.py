"""What the first pass over the items leaves for the lists: every item as a card, and its values.

A large archive does not fit into memory, so the cards lie in an SQLite file of the build's own,
which is thrown away after it; only the values themselves and their counts are held. Lists are then
read back in the order of the items, a page at a time.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from archive.site.facets import FacetValue, text_key, values_of
from archive.site.items import Card, Picture, ShownItem, Text, card
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
CREATE TABLE items (seq INTEGER PRIMARY KEY, item_id TEXT UNIQUE, number TEXT, cards TEXT);
CREATE TABLE links (value INTEGER, seq INTEGER, PRIMARY KEY (value, seq)) WITHOUT ROWID;
CREATE INDEX numbers ON items (number);
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


class Gathering:
    """The cards and values of all items of one build.

    Attributes:
        values: Every value, by facet and key.
        dated: Items whose date was understood.
    """

    def __init__(self, path: Path, profile: Profile, languages: tuple[str, ...]) -> None:
        self.values: dict[str, dict[str, ValueEntry]] = {}
        self._entities: dict[str, str] = {}
        self._mentions: dict[str, list[ValueEntry]] = {}
        self.dated = 0
        self._profile = profile
        self._languages = languages
        self._path = path
        self._count = 0
        self._numbers: list[ValueEntry] = []
        self._items: list[tuple[int, str, str, str]] = []
        self._links: list[tuple[int, int]] = []
        path.unlink(missing_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        # It is thrown away after the build: nothing of it needs to survive anything.
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Gathering:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._path.unlink(missing_ok=True)

    def add(self, item: ShownItem, images: DerivativeSet | None) -> None:
        """Take an item of the first pass."""
        self._count += 1
        cards = {lang: asdict(card(item, images, lang)) for lang in self._languages}
        number = item.record.identifier
        text = json.dumps(cards, ensure_ascii=False)
        self._items.append((self._count, item.item_id, number, text))
        self.dated += years_of(item.record) is not None
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
            self._links.append((entry.number, self._count))
        if item.record.kind in ENTITY_KINDS:
            for term in ("title", "alternative"):
                for statement in item.record.values(term):
                    self._entities.setdefault(text_key(statement.value), item.item_id)
        if len(self._items) >= _BATCH:
            self._flush()

    def finish(self) -> None:
        """Write what is left of the first pass, and find who is named where."""
        self._flush()
        for of_facet in self.values.values() if self._entities else ():
            for entry in of_facet.values():
                for _lang, text in entry.spellings:
                    item_id = self._entities.get(text_key(text))
                    if item_id and entry not in self._mentions.get(item_id, ()):
                        self._mentions.setdefault(item_id, []).append(entry)

    def get(self, facet: str, key: str) -> ValueEntry | None:
        """Return a value, or None."""
        return self.values.get(facet, {}).get(key)

    def entity(self, name: str) -> str | None:
        """Return the id of the item that describes what is called so, or None."""
        return self._entities.get(text_key(name)) if name else None

    def mentions(self, item_id: str) -> list[ValueEntry]:
        """Return the values that an item describes: the name of a person, for theirs."""
        return self._mentions.get(item_id, [])

    def cards(self, entry: ValueEntry, lang: str, *, start: int, limit: int) -> list[Card]:
        """Return some of the items that have a value, in the order of the list."""
        rows = self._db.execute(
            "SELECT cards FROM links JOIN items USING (seq) WHERE value = ?"
            " ORDER BY seq LIMIT ? OFFSET ?",
            (entry.number, limit, start),
        )
        return [_card(json.loads(text)[lang]) for (text,) in rows]

    def card_of(self, item_id: str, lang: str) -> Card | None:
        """Return an item as a card, or None where there is none."""
        row = self._db.execute("SELECT cards FROM items WHERE item_id = ?", (item_id,)).fetchone()
        return _card(json.loads(row[0])[lang]) if row else None

    def item_id_of(self, number: str) -> str | None:
        """Return the id of the public item with an inventory number, or None."""
        row = self._db.execute("SELECT item_id FROM items WHERE number = ?", (number,)).fetchone()
        return str(row[0]) if row else None

    def related(self, item_id: str, values: Sequence[FacetValue], limit: int) -> list[str]:
        """Return the ids of items that share the rarest values of one, nearest first.

        Args:
            item_id: The item.
            values: Its values.
            limit: Most items.
        """
        entries = [self.get(value.facet, value.key) for value in values]
        shared = [entry for entry in entries if entry is not None and entry.count > 1]
        shared.sort(key=lambda entry: (entry.count, entry.number))
        row = self._db.execute("SELECT seq FROM items WHERE item_id = ?", (item_id,)).fetchone()
        if row is None or not shared:
            return []
        seq = row[0]
        scores: dict[int, float] = {}
        for entry in shared[:_RAREST]:
            if entry.count > self._count / 2 and entry is not shared[0]:
                break
            for other in self._near(entry, seq):
                scores[other] = scores.get(other, 0.0) + 1 / entry.count
        best = sorted(scores, key=lambda other: (-scores[other], abs(other - seq), other))[:limit]
        return [self._item_id(other) for other in best]

    def _near(self, entry: ValueEntry, seq: int) -> Iterator[int]:
        for sign, order in ((">", ""), ("<", "DESC")):
            rows = self._db.execute(
                f"SELECT seq FROM links WHERE value = ? AND seq {sign} ?"  # noqa: S608
                f" ORDER BY seq {order} LIMIT ?",
                (entry.number, seq, _NEARBY),
            )
            yield from (found for (found,) in rows)

    def _item_id(self, seq: int) -> str:
        row = self._db.execute("SELECT item_id FROM items WHERE seq = ?", (seq,)).fetchone()
        return str(row[0])

    def _entry(self, value: FacetValue) -> ValueEntry:
        of_facet = self.values.setdefault(value.facet, {})
        entry = of_facet.get(value.key)
        if entry is None:
            entry = ValueEntry(len(self._numbers), value, hidden_in=value.hidden_in)
            of_facet[value.key] = entry
            self._numbers.append(entry)
        return entry

    def _flush(self) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO items VALUES (?, ?, ?, ?)", self._items)
        self._db.executemany("INSERT INTO links VALUES (?, ?)", self._links)
        self._db.execute("COMMIT")
        self._items.clear()
        self._links.clear()


def _card(data: dict[str, Any]) -> Card:
    picture = data["picture"]
    return Card(
        item_id=data["item_id"],
        identifier=data["identifier"],
        title=Text(**data["title"]),
        date=Text(**data["date"]),
        picture=Picture(**picture) if picture else None,
    )
