"""The first pass over the items: each is found as the build before knew it, or read.

Where the list has the same items as then and few of them changed, and none of these in what is
counted of it, what that pass left is taken as it is, but for what lists show of the few. Whether an
item changed is asked of each, by its stamp; whether its pictures are there, too. So it is where
stories name the same items as then; these are shown as they are now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from archive.kept_items import DAMAGE
from archive.kept_objects import packed, unpacked
from archive.site.gathering import Gathering
from archive.site.gists import Gist, Shown, digest_of
from archive.site.known import Known
from archive.site.listing import ListedItem
from archive.site.survey import Survey, Tally, survey_of, tally_items

MOST_CHANGES = 200
"""Of so many changed items their rows are held; of more all are passed over one by one."""

_SIZE = 16
_WHOLE, _LISTS = "whole", "lists"
# What an edit changes though no list has another order, or another count, and what is not kept.
_OWN = frozenset({"places", "cards", "states", "changed"})
_Pictured = tuple[str, tuple[str, ...], bool]


@dataclass(frozen=True)
class _Left:
    """What the pass of the build before left.

    Attributes:
        known: What was gathered.
        tally: What was counted.
        pictured: Of each item with derivatives: its id, their files, and whether they are shown.
        seen: The digests of all items, one after the other.
    """

    known: Known
    tally: Tally
    pictured: list[_Pictured]
    seen: bytes


class FirstPass:
    """Passes over the items once.

    Attributes:
        digest: The digest of all items, once they were passed over.

    Args:
        gathering: Takes them.
        read: Puts an item that is not known into it, by its list; returns its place and gist.
        are_there: Says whether an item's derivatives have some files, by its id.
        numbers: Inventory numbers of the items that stories name.
        tell: Told of each of these.
    """

    def __init__(
        self,
        gathering: Gathering,
        read: Callable[[ListedItem], tuple[int, Gist]],
        are_there: Callable[[str, Iterable[str]], bool],
        numbers: frozenset[str],
        tell: Callable[[Shown], None],
    ) -> None:
        self._gathering = gathering
        self._read = read
        self._are_there = are_there
        self._numbers = numbers
        self._tell = tell
        self._pictured: list[_Pictured] = []
        self._seen = bytearray()
        self._seal = b""
        self.digest = b""

    def do(
        self, items: Callable[[], Iterator[ListedItem]], wanted: tuple[str, ...]
    ) -> tuple[Survey, Known]:
        """Pass over the items; return what the home page shows, and what was gathered.

        Args:
            items: Gives a new iterator over them, in the order of the list, each time.
            wanted: Inventory numbers of items that the museum chose for the home page.

        Raises:
            ValueError: An item is not public.
            sqlite3.DatabaseError: What was kept of items is damaged.
        """
        left = self._left()
        changed = self._changed(items(), left) if left is not None else None
        tally = None
        if left is not None and changed is not None:
            tally, known = self._patched(left, changed), left.known
        if tally is None:
            self._gathering.begin_again()
            self._seen.clear()
            self._seal = b""
            self._pictured = []
            tally = tally_items(self._gists(items()), wanted)
            known = self._gathering.find_named()
        self.digest = hashlib.sha256(self._seen).digest()
        survey = survey_of(tally, self._gathering.shown)
        self._keep(tally, known)
        return survey, self._gathering.finish()

    def _gists(self, items: Iterable[ListedItem]) -> Iterator[Gist]:
        """Take the items; yield what lists know of each item; only those that changed are read."""
        for item in items:
            self._seen += _digest_of(item)
            found = self._gathering.find(item)
            if found is None or not self._has_its_images(found[1]):
                found = self._read(item)
            place, gist = found
            seq = self._gathering.take(place, gist)
            if gist.files:
                self._pictured.append(_pictured(gist))
            if gist.identifier in self._numbers:
                self._gathering.mark_in_story()
                self._tell(self._gathering.shown(seq))
            yield gist

    def _has_its_images(self, gist: Gist) -> bool:
        """Say whether an item's images are there, or missing, as they were."""
        return not gist.files or self._are_as_they_were(_pictured(gist))

    def _are_as_they_were(self, pictured: _Pictured) -> bool:
        item_id, files, are_shown = pictured
        return self._are_there(item_id, files) == are_shown

    # --- few changes ---

    def _left(self) -> _Left | None:
        """Return what the pass before left, if it is whole."""
        whole, lists = self._gathering.left(_WHOLE), self._gathering.left(_LISTS)
        if whole is None or lists is None:
            return None
        try:
            parts, tally, pictured, numbers = unpacked(whole)
            known = Known(**parts)
            seal, seen, updated_at, places, cards, states = unpacked(lists)
        except DAMAGE:
            return None
        # Stories that name other items may name any of these.
        if seal != digest_of(whole) or frozenset(numbers) != self._numbers:
            return None
        known.places, known.cards, known.states = places, bytearray(cards), bytearray(states)
        self._seal = seal
        return _Left(known, replace(tally, updated_at=updated_at), pictured, seen)

    def _changed(
        self, items: Iterator[ListedItem], left: _Left
    ) -> list[tuple[int, ListedItem]] | None:
        """Return the places and items that changed, if the list has the items it had and few did.

        Those of before are known by the digests of their ids and stamps; that an item that changed
        is in the place where it was is asked of what is kept of it.
        """
        changed: list[tuple[int, ListedItem]] = []
        before, at = left.seen, 0
        for seq, item in enumerate(items, start=1):
            digest = _digest_of(item)
            self._seen += digest
            if digest != before[at : at + _SIZE]:
                changed.append((seq, item))
                if len(changed) > MOST_CHANGES:
                    return None
            at += _SIZE
        if len(self._seen) != len(before):
            return None
        return changed if all(map(self._are_as_they_were, left.pictured)) else None

    def _patched(self, left: _Left, changed: list[tuple[int, ListedItem]]) -> Tally | None:
        """Take what was left, with what lists show of a few items; None if more of them changed."""
        tally, known = left.tally, left.known
        self._gathering.resume(known)
        self._pictured = left.pictured
        for seq, item in changed:
            before = self._gathering.known_of(item.item_id)
            if before is None or before[0] != known.places[seq - 1]:
                return None
            place, gist = self._read(item)
            old = before[1]
            if replace(gist, cards=old.cards, state=old.state, updated_at=old.updated_at) != old:
                return None
            if gist.updated_at < old.updated_at == tally.updated_at:
                return None
            tally = replace(tally, updated_at=max(tally.updated_at, gist.updated_at))
            known.put(seq, place, gist.cards, gist.state)
        for seq in known.in_stories:
            self._tell(self._gathering.shown(seq))
        return tally

    def _keep(self, tally: Tally, known: Known) -> None:
        """Keep what was gathered for the next build."""
        if not self._gathering.is_kept:
            return
        if not self._seal:
            parts = {name: value for name, value in vars(known).items() if name not in _OWN}
            counted = replace(tally, updated_at="")
            whole = packed((parts, counted, self._pictured, sorted(self._numbers)))
            self._seal = digest_of(whole)
            self._gathering.leave(_WHOLE, whole)
        of_lists = (known.places, bytes(known.cards), bytes(known.states))
        said = (self._seal, bytes(self._seen), tally.updated_at, *of_lists)
        self._gathering.leave(_LISTS, packed(said))


def _pictured(gist: Gist) -> _Pictured:
    return gist.item_id, gist.files, bool(gist.canvases)


def _digest_of(item: ListedItem) -> bytes:
    return digest_of(item.item_id.encode(), item.stamp)
