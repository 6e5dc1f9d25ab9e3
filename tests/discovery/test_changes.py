"""The log of changes: what harvesters are told of items, and nothing else of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from archive.layout import Layout
from archive.pasts import State
from archive.site.change_log import write_changes
from archive.site.files import SiteTree
from pipeline.changes import changes_of, changes_until
from pipeline.refresh import refresh_from_store
from schemas.crosswalks import discovery
from schemas.crosswalks.discovery import Change, ChangeKind
from schemas.crosswalks.iiif import Publication
from schemas.events import utc_text
from schemas.records import Access, opened_at
from tests.discovery.harvester import harvest
from tests.export.museum import JANUARY, JUNE, MARCH, Museum, clock, new_museum

BASE = "https://museum.example.vn"
SCAN = {"masters/1.tif": b"scan"}


@pytest.fixture
def museum(tmp_path: Path) -> Museum:
    return new_museum(tmp_path / "museum")


def log(museum: Museum, at: str = JUNE, hidden: frozenset[str] = frozenset()) -> list[str]:
    """Return the log as lines, ``2026-01-10 Create bt-001``."""
    findings: list[object] = []
    with Catalogue.open(museum.archive.layout.catalogue) as catalogue:
        found = changes_until(
            catalogue,
            museum.store,
            clock(at)(),
            is_shown=lambda item_id: item_id not in hidden,
            tell=findings.append,
        )
    assert findings == []
    return [f"{change.at[:10]} {change.kind.value} {change.item_id}" for change in found]


def test_what_is_made_changed_and_taken_out_is_told_with_the_newest_last(museum: Museum) -> None:
    museum.put("BT-1", at=JANUARY, masters=SCAN)
    museum.put("BT-2", at=MARCH, masters=SCAN)
    museum.put("BT-1", at=JUNE, masters=SCAN, material="đồng")
    assert log(museum) == [
        "2026-01-10 Create bt-1",
        "2026-03-10 Create bt-2",
        "2026-06-10 Update bt-1",
    ]
    museum.withdraw("BT-2", at="2026-07-10T03:00:00Z")
    museum.put("BT-1", at="2026-08-10T03:00:00Z", access=Access.STAFF, masters=SCAN)
    assert log(museum, "2026-09-10T03:00:00Z")[3:] == [
        "2026-07-10 Delete bt-2",
        "2026-08-10 Delete bt-1",
    ]


def test_what_was_never_public_is_never_named(museum: Museum) -> None:
    museum.put("BT-1", at=JANUARY, access=Access.RESTRICTED, masters=SCAN)
    museum.put("BT-2", at=JANUARY, access=Access.STAFF, masters=SCAN)
    museum.put("BT-2", at=MARCH, access=Access.STAFF, masters=SCAN, material="gỗ")
    museum.put("BT-3", at=JANUARY, embargo_until="2090-12-31", masters=SCAN)
    museum.put("BT-4", at=JANUARY, access=Access.STAFF, masters=SCAN)
    museum.withdraw("BT-4", at=MARCH)
    assert log(museum) == []


def test_an_embargo_that_ends_makes_an_item(museum: Museum) -> None:
    museum.put("BT-1", at=JANUARY, embargo_until="2026-03-31", masters=SCAN)
    assert log(museum, MARCH) == []
    (line,) = log(museum, JUNE)
    assert line == f"{utc_text(opened_at('2026-03-31'))[:10]} Create bt-1"


def test_an_item_that_has_no_manifest_is_passed_over(museum: Museum) -> None:
    museum.put("BT-1", at=JANUARY, masters=SCAN)
    museum.put("BT-2", at=JANUARY, masters=SCAN)
    museum.put("BT-2", at=MARCH, masters=SCAN, material="gỗ")
    assert log(museum, hidden=frozenset({"bt-1", "bt-2"})) == []


def test_the_catalogue_made_anew_tells_the_same(museum: Museum) -> None:
    museum.put("BT-1", at=JANUARY, masters=SCAN)
    museum.put("BT-1", at=MARCH, masters=SCAN, access=Access.STAFF)
    museum.put("BT-1", at=JUNE, masters=SCAN)
    museum.put("BT-2", at=JANUARY, masters=SCAN)
    museum.withdraw("BT-2", at=MARCH)
    before = log(museum)
    assert before == log(museum), "and once more from what the catalogue keeps"
    assert [line.split()[1] for line in before] == [
        "Create",
        "Create",
        "Delete",
        "Delete",
        "Create",
    ]
    with Catalogue.open(museum.archive.layout.catalogue, anew=True) as catalogue:
        refresh_from_store(museum.archive.layout, museum.store, catalogue)
    assert log(museum) == before


DAYS = st.integers(0, 400).map(lambda days: datetime(2025, 1, 1, 3, tzinfo=UTC) + timedelta(days))
EMBARGOES = st.one_of(st.just(""), DAYS.map(lambda day: day.date().isoformat()))


@st.composite
def pasts(draw: st.DrawFn) -> tuple[State, ...]:
    moments = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    return tuple(
        State(
            utc_text(moment),
            draw(st.booleans()),
            draw(EMBARGOES),
            tuple(draw(st.sets(EMBARGOES, max_size=2))),
        )
        for moment in moments
    )


@given(states=pasts(), now=DAYS, later=DAYS)
def test_the_log_only_grows_and_says_in_the_end_what_is_so(
    states: tuple[State, ...], now: datetime, later: datetime
) -> None:
    now, later = sorted((now, later))
    made = tuple(state for state in states if datetime.fromisoformat(state.created_at) <= now)
    before = list(changes_of("x", made, now))
    after = list(changes_of("x", states, later))
    assert after[: len(before)] == before
    assert [change.at for change in after] == sorted(change.at for change in after)
    kinds = [change.kind for change in after]
    for earlier, kind in zip([ChangeKind.DELETE, *kinds], kinds, strict=False):
        assert (kind is ChangeKind.CREATE) == (earlier is ChangeKind.DELETE)
    if made:
        last = made[-1]
        today = now.astimezone().date().isoformat()
        is_seen = last.is_open and last.embargo_until < today and any(d < today for d in last.views)
        assert is_seen == bool(before and before[-1].kind is not ChangeKind.DELETE)


def test_pages_that_are_full_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (discovery, "archive.site.change_log"):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.PAGE_SIZE", 3)
    publication = Publication(BASE, {"vi": "Kho"}, ("vi",))
    changes = [
        Change(f"2026-01-{day:02}T00:00:00Z", f"bt-{day}", ChangeKind.CREATE) for day in range(1, 9)
    ]

    def written(count: int) -> Path:
        tree = SiteTree(tmp_path / str(count))
        tree.write("data/dataset.jsonld", b"{}")
        (download,) = write_changes(tree, changes[:count], publication)
        assert download.size_bytes == (tree.root / download.path).stat().st_size
        return tree.root

    few, many = harvest(written(7), BASE), harvest(written(8), BASE)
    assert len(few.pages) == len(many.pages) == 3
    assert len(many.kept) == 8
    for number in (0, 1):
        path = discovery.changes_path(number)
        assert (tmp_path / "7" / path).read_bytes() == (tmp_path / "8" / path).read_bytes()
    assert len(harvest(written(3), BASE).pages) == 1
    full = json.loads((tmp_path / "3" / discovery.changes_path(0)).read_bytes())
    grown = json.loads((tmp_path / "8" / discovery.changes_path(0)).read_bytes())
    assert full["orderedItems"] == grown["orderedItems"]


def test_no_log_where_nothing_ever_changed(tmp_path: Path) -> None:
    tree = SiteTree(Layout(tmp_path).site)
    assert write_changes(tree, [], Publication(BASE, {"vi": "Kho"}, ("vi",))) == []
    assert not tree.root.exists()
