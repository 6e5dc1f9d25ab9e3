"""What the first pass over the items leaves for the lists: every item as a card, and its values.

A large archive does not fit into memory, so the cards lie in an SQLite file
(:mod:`archive.site.gists`), with what was gathered from each item: one that did not change since
the build before is not read again. Held are the values themselves with their counts, and some
fifty bytes an item: where it lies in the file, what its digests are, which values it has. Lists
are then read back in the order of the items, a page at a time.
"""

from __future__ import annotations

import sqlite3
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path

from archive.kept_objects import packed
from archive.read_only import read_only_uri
from archive.site.facets import text_key, values_of
from archive.site.gists import (
    DIGEST_BYTES,
    Gist,
    KeptGists,
    cards_at,
    digest_of,
    gist_at,
    packed_item,
    shown_at,
)
from archive.site.items import Card, ShownItem, card
from archive.site.known import ItemGroup, Known, ValueEntry
from archive.site.listing import ListedItem
from archive.site.years import years_of
from schemas.derivatives import DerivativeSet
from schemas.profile import Profile

ENTITY_KINDS = ("person", "intangible", "relic_site")
"""Kinds of records that are themselves what other records name."""

_MOST_SPELLINGS = 12
_NEARBY = 12
_RAREST = 3
_CARDS = 1 << 13
_GROUP_ITEMS = 48
_MOST_IN_GROUP = 128

# What is known of a value; of one of its spellings: whether an item has it itself, the editions
# in which it is not met, and its language and text.
_Met = tuple[ValueEntry, bool, frozenset[str], tuple[str, str] | None]


class Gathering:
    """Takes the items of the first pass.

    Attributes:
        is_kept: Whether another build will read what is kept.

    Args:
        path: The file.
        profile: The application profile.
        languages: The editions.
        key: Digest of what is gathered besides the items themselves; None where nothing is to
            be kept.
    """

    def __init__(
        self, path: Path, profile: Profile, languages: tuple[str, ...], key: bytes | None
    ) -> None:
        self._known = Known()
        self._profile = profile
        self._languages = languages
        self._numbers = 0
        self._met: dict[int, _Met] = {}
        self._kept = KeptGists(path, key)
        self.is_kept = key is not None

    def close(self) -> None:
        """Close the file."""
        self._kept.close()

    def begin_again(self) -> None:
        """Forget what was counted so far, but not that items were read."""
        self._known = Known(changed=self._known.changed)

    def resume(self, known: Known) -> None:
        """Go on with what was gathered before."""
        self._known = known

    def left(self, name: str) -> bytes | None:
        """Return what :meth:`leave` kept under a name in the build before, if it is whole."""
        return self._kept.left(name) if self.is_kept else None

    def leave(self, name: str, data: bytes) -> None:
        """Keep something besides the items for the next build; before :meth:`finish`."""
        self._kept.leave(name, data)

    def known_of(self, item_id: str) -> tuple[int, Gist] | None:
        """Return what is kept of an item as it was, and where, if anything is."""
        return self._kept.known_of(item_id)

    def find(self, item: ListedItem) -> tuple[int, Gist] | None:
        """Return what is kept of an item as it is now, and where, if anything is."""
        return self._kept.find(item.item_id, item.stamp)

    def put(
        self, stamp: bytes, item: ShownItem, images: DerivativeSet | None, files: tuple[str, ...]
    ) -> tuple[int, Gist]:
        """Keep what there is to say of an item; return it, and where it is kept.

        Args:
            stamp: The item's stamp.
            item: The item.
            images: Its derivatives as far as they are on the site.
            files: What had to be there for that.
        """
        record = item.record
        names: list[str] = []
        if record.kind in ENTITY_KINDS:
            for term in ("title", "alternative"):
                names += [text_key(statement.value) for statement in record.values(term)]
        cards = packed({lang: card(item, images, lang) for lang in self._languages})
        # It is in the pictures already; each row would hold its file once more.
        item = replace(item, limits=replace(item.limits, watermark=None))
        shown = packed_item(item, images)
        values = values_of(record, self._profile, self._languages)
        has_canvases = item.derivatives is not None and bool(item.derivatives.canvases)
        gist = Gist(
            item_id=item.item_id,
            identifier=record.identifier,
            created_at=item.created_at,
            updated_at=item.updated_at,
            canvases=tuple(canvas.key for canvas in images.canvases) if images else (),
            files=files,
            is_broken=images is None and has_canvases,
            is_dated=years_of(record) is not None,
            names=tuple(names),
            values=self._kept.numbers(values).tobytes(),
            cards=digest_of(cards),
            state=digest_of(shown),
        )
        self._known.changed += 1
        return self._kept.put(stamp, gist, cards, shown), gist

    def take(self, place: int, gist: Gist) -> int:
        """Count an item, which is the next in the list; return its place there."""
        known = self._known
        known.items += 1
        if not known.groups or self._begins_a_group(gist.item_id):
            known.groups.append((known.items, gist.item_id))
        known.dated += gist.is_dated
        place_in_list, has = known.items, known.has
        for number in array("I", gist.values):
            # A million times.
            entry, is_direct, hidden_in, spelling = self._met.get(number) or self._meet(number)
            entry.count += 1
            entry.direct += is_direct
            if entry.hidden_in:
                entry.hidden_in &= hidden_in
            if spelling is not None:
                spellings = entry.spellings
                if spelling in spellings:
                    spellings[spelling] += 1
                elif len(spellings) < _MOST_SPELLINGS:
                    spellings[spelling] = 1
            entry.items.append(place_in_list)
            has.append(entry.number)
        for name in gist.names:
            known.entities.setdefault(name, gist.item_id)
            known.described_at[gist.item_id] = known.items
        known.places.append(place)
        known.cards += gist.cards
        known.states += gist.state
        known.ends.append(len(known.has))
        return place_in_list

    def mark_in_story(self) -> None:
        """Say that a story names the item that was counted last."""
        self._known.in_stories.append(self._known.items)

    def shown(self, seq: int) -> tuple[ShownItem, DerivativeSet | None]:
        """Return the item at a place in the list, and its images."""
        return self._kept.shown(self._known.places[seq - 1], _part(self._known.states, seq))

    def _begins_a_group(self, item_id: str) -> bool:
        size = self._known.items - self._known.groups[-1][0]
        return size >= _MOST_IN_GROUP or zlib.crc32(item_id.encode()) % _GROUP_ITEMS == 0

    def finish(self) -> Known:
        """Keep what was gathered."""
        self._kept.commit(self._known.places)
        return self._known

    def find_named(self) -> Known:
        """Find who is named where, once all items were counted; return what was gathered."""
        known = self._known
        for of_facet in known.values.values() if known.entities else ():
            for entry in of_facet.values():
                for _lang, text in entry.spellings:
                    item_id = known.entities.get(text_key(text))
                    if item_id and entry not in known.mentions.get(item_id, ()):
                        known.mentions.setdefault(item_id, []).append(entry)
        return known

    def _meet(self, number: int) -> _Met:
        """Return a value that is met for the first time, with what is known of all spellings."""
        value = self._kept.value(number)
        of_facet = self._known.values.setdefault(value.facet, {})
        entry = of_facet.get(value.key)
        if entry is None:
            entry = ValueEntry(self._numbers, value, hidden_in=value.hidden_in)
            of_facet[value.key] = entry
            self._numbers += 1
        spelling = (value.lang, value.text) if value.text else None
        met = self._met[number] = (entry, not value.is_broader, value.hidden_in, spelling)
        return met


class GatheredItem:
    """An item as the first pass left it; the item itself is read when it is asked for.

    Attributes:
        seq: Its place in the list of all items, from 1.
        gist: What lists know of it.
    """

    def __init__(self, gathered: Gathered, seq: int, gist: Gist) -> None:
        self._gathered = gathered
        self.seq = seq
        self.gist = gist

    @property
    def item_id(self) -> str:
        """The item."""
        return self.gist.item_id

    @property
    def shown(self) -> ShownItem:
        """The item."""
        return self._read[0]

    @property
    def images(self) -> DerivativeSet | None:
        """Its derivatives as far as they are on the site."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[ShownItem, DerivativeSet | None]:
        return self._gathered.shown_at(self.seq)


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
        # An item stands in the lists of its neighbours and of all its values, in every edition.
        self._cards_at = lru_cache(maxsize=_CARDS)(self._read_cards)
        self._facet_digests: dict[str, bytes] = {}

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
        return self.known.entities.get(text_key(name)) if name and self.known.entities else None

    def mentions(self, item_id: str) -> list[ValueEntry]:
        """Return the values that an item describes: the name of a person, for theirs."""
        return self.known.mentions.get(item_id, [])

    @cached_property
    def structure(self) -> bytes:
        """The digest of which items have which values: all that :meth:`related` follows."""
        return digest_of(self.known.has.tobytes(), self.known.ends.tobytes())

    def facet_digest(self, facet: str) -> bytes:
        """Return the digest of all values of a facet with their counts, and of who is described.

        Not of the items that have them.
        """
        if facet not in self._facet_digests:
            entries = self.known.values.get(facet, {}).values()
            said = "\n".join(entry.said for entry in entries)
            self._facet_digests[facet] = digest_of(said.encode(), self._described)
        return self._facet_digests[facet]

    @cached_property
    def _described(self) -> bytes:
        """The digest of the names of what items describe, and of what lists show of those."""
        known = self.known
        cards = b"".join(self.digest_at(seq) for seq in known.described_at.values())
        return digest_of(repr((known.entities, list(known.described_at))).encode(), cards)

    @cached_property
    def _connected(self) -> list[int]:
        """The places of the items whose pages show more than their values and neighbours."""
        known = self.known
        described = (known.described_at[item_id] for item_id in known.mentions)
        return sorted({*described, *known.in_stories})

    def is_connected(self, group: ItemGroup) -> bool:
        """Say whether an item of a group is named in a story, or describes what others name."""
        at = bisect_left(self._connected, group.start)
        return at < len(self._connected) and self._connected[at] < group.stop

    def states_between(self, start: int, stop: int) -> bytes:
        """Return the digests of the items of some places, each with its images."""
        return bytes(self.known.states[(start - 1) * DIGEST_BYTES : (stop - 1) * DIGEST_BYTES])

    def items(self, start: int, stop: int) -> Iterator[GatheredItem]:
        """Yield the items of some places, ``stop`` not among them, as far as there are any."""
        for seq in range(start, min(stop, self.known.items + 1)):
            yield GatheredItem(self, seq, gist_at(self._db, self.known.places[seq - 1]))

    def shown_at(self, seq: int) -> tuple[ShownItem, DerivativeSet | None]:
        """Return the item at a place in the list, and its images."""
        state = _part(self.known.states, seq)
        return shown_at(self._db, self.known.places[seq - 1], state)

    def cards_between(self, start: int, stop: int) -> list[dict[str, Card]]:
        """Return the items of some places as cards by language, ``stop`` not among them."""
        return [self.cards_at(seq) for seq in range(start, min(stop, self.known.items + 1))]

    def digests_between(self, start: int, stop: int) -> bytes:
        """Return the digests of what lists show of the items of some places."""
        return bytes(self.known.cards[(start - 1) * DIGEST_BYTES : (stop - 1) * DIGEST_BYTES])

    def cards(self, entry: ValueEntry, lang: str, *, start: int, limit: int) -> list[Card]:
        """Return some of the items that have a value, in the order of the list."""
        return [self.cards_at(seq)[lang] for seq in entry.items[start : start + limit]]

    def digests_of_all(self, entry: ValueEntry) -> bytes:
        """Return the digests of what lists show of the items that have a value."""
        return self._digests_at(entry.items)

    def digests(self, entry: ValueEntry, *, start: int, limit: int) -> bytes:
        """Return the digests of what lists show of some items that have a value."""
        return self._digests_at(entry.items[start : start + limit])

    def _digests_at(self, places: array[int]) -> bytes:
        """Return the digests of what lists show of the items at places; there are such places."""
        cards, size = self.known.cards, DIGEST_BYTES  # many thousand times
        return b"".join([cards[size * (seq - 1) : size * seq] for seq in places])

    def card_of(self, item_id: str, lang: str) -> Card | None:
        """Return an item that describes others as a card, or None where there is none."""
        seq = self.known.described_at.get(item_id)
        return self.cards_at(seq)[lang] if seq else None

    def cards_at(self, seq: int) -> dict[str, Card]:
        """Return what lists show of the item at a place in the list, by language."""
        return self._cards_at(seq)

    def _read_cards(self, seq: int) -> dict[str, Card]:
        return cards_at(self._db, self.known.places[seq - 1], self.digest_at(seq))

    def digest_at(self, seq: int) -> bytes:
        """Return the digest of what lists show of the item at a place; empty without one."""
        return _part(self.known.cards, seq) if 0 < seq <= self.known.items else b""

    def related(self, seq: int, limit: int) -> list[int]:
        """Return the places of items that share the rarest values of one, nearest first."""
        entries = [self._entries[number] for number in self._values_at(seq)]
        shared = [entry for entry in entries if entry.count > 1]
        shared.sort(key=lambda entry: (entry.count, entry.number))
        scores: dict[int, float] = {}
        for entry in shared[:_RAREST]:
            if entry.count > self.known.items / 2 and entry is not shared[0]:
                break
            for other in _near(entry.items, seq):
                scores[other] = scores.get(other, 0.0) + 1 / entry.count
        return sorted(scores, key=lambda o: (-scores[o], abs(o - seq), o))[:limit]

    def _values_at(self, seq: int) -> Sequence[int]:
        known = self.known
        return known.has[known.ends[seq - 2] if seq > 1 else 0 : known.ends[seq - 1]]


def _near(items: array[int], seq: int) -> Iterator[int]:
    """Yield the places next to one that is among them."""
    at = bisect_left(items, seq)
    yield from items[at + 1 : at + 1 + _NEARBY]
    yield from reversed(items[max(0, at - _NEARBY) : at])


def _part(digests: bytearray, seq: int) -> bytes:
    return bytes(digests[(seq - 1) * DIGEST_BYTES : seq * DIGEST_BYTES])
