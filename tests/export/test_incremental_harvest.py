"""Whoever takes every increment, and takes out what it says, has what a whole export holds."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.export.selection import Selection
from schemas.errors import SourceError
from schemas.events import utc_text
from schemas.records import Access
from tests.export.museum import Museum, new_museum

START = datetime(2026, 1, 10, 3, tzinfo=UTC)
_CHANGES = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["public", "public", "staff", "withdrawn", "embargo"]),
    st.integers(1, 40),
)
# What happens between one harvest and the next.
_ROUNDS = st.lists(st.lists(_CHANGES, max_size=3), min_size=1, max_size=4)


class Partner:
    """Somebody who harvests, and believes what the exports say."""

    def __init__(self, museum: Museum, folder: Path, selection: Selection) -> None:
        self._museum = museum
        self._folder = folder
        self._selection = selection
        self._since: datetime | None = None
        self.items: set[str] = set()

    def harvest(self, at: datetime) -> None:
        taken, deleted = self.export(at, self._since)
        self.items = (self.items - deleted) | taken
        self._since = at

    def export(self, at: datetime, since: datetime | None) -> tuple[set[str], set[str]]:
        """What an export holds, and what it says is to be taken out."""
        out = self._folder / f"{utc_text(at).replace(':', '')}-{since is None}.csv"
        selection = Selection(collections=self._selection.collections, since=since)
        try:
            self._museum.export("csv", out, selection, at=utc_text(at))
        except SourceError:
            assert since is None, "a whole export of nothing is an error, an increment is not"
        return identifiers(out), identifiers(out.with_name(f"{out.stem}-deleted.csv"))


def identifiers(path: Path) -> set[str]:
    if not path.exists():
        return set()
    text = path.read_bytes().decode("utf-8-sig")
    return {row["identifier"] for row in csv.DictReader(io.StringIO(text, newline=""))}


def change(museum: Museum, what: tuple[int, str, str, int], at: datetime) -> None:
    number, collection, state, days = what
    name = f"BT-{number}"
    if state == "withdrawn":
        if museum.store.has(name.lower()):
            museum.withdraw(name, at=utc_text(at))
        return
    embargo = (at + timedelta(days=days)).date().isoformat() if state == "embargo" else ""
    museum.put(
        name,
        at=utc_text(at),
        access=Access.STAFF if state == "staff" else Access.PUBLIC,
        embargo_until=embargo,
        collection=collection,
        title=f"{name} {utc_text(at)}",
    )


@pytest.mark.slow
@settings(max_examples=40)
@given(_ROUNDS, st.sampled_from([(), ("A",)]))
def test_increments_and_deletions_add_up_to_the_whole(
    rounds: list[list[tuple[int, str, str, int]]], collections: tuple[str, ...]
) -> None:
    begin = [(number, "A", "public", 1) for number in (1, 2, 3)]
    with TemporaryDirectory() as folder:
        museum = new_museum(Path(folder, "museum"))
        partner = Partner(museum, Path(folder), Selection(collections=collections))
        at = START
        for changes in [begin, *rounds]:
            for what in changes:
                at += timedelta(days=3)
                change(museum, what, at)
            at += timedelta(days=3)
            partner.harvest(at)
            whole, _nothing = partner.export(at + timedelta(minutes=1), None)
            assert partner.items == whole
