"""An archive edited and built again and again: its site is as one built anew, search too."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.opening import open_archive
from archive.site import first_pass, survey
from archive.site.survey import Tally
from pipeline.publish import publish
from schemas.records import Access
from tests.export.museum import JUNE, MARCH, Museum, clock, new_museum
from tests.site.reading import snapshot


def edit_title(museum: Museum) -> None:
    museum.put("BT-2", title="Trống đồng", material="đồng", at=MARCH)


def edit_another_earlier(museum: Museum) -> None:
    museum.put("BT-1", title="Trống gỗ", material="đồng", at="2026-02-03T04:05:06Z")


def edit_two(museum: Museum) -> None:
    museum.put("BT-0", title="Khèn", material="đồng", at="2026-03-04T05:06:07Z")
    museum.put("BT-10", title="Khèn bè", material="đồng", at="2026-03-04T05:06:07Z")


def change_value(museum: Museum) -> None:
    museum.put("BT-0", title="Khèn", material="tre", at="2026-04-04T05:06:07Z")


def hide(museum: Museum) -> None:
    museum.put("BT-1", material="đồng", access=Access.STAFF, at="2026-04-05T05:06:07Z")


def show_again(museum: Museum) -> None:
    museum.put("BT-1", title="Trống gỗ", material="đồng", at="2026-04-06T05:06:07Z")


def add(museum: Museum) -> None:
    museum.put("BT-3", material="đồng", at="2026-04-07T05:06:07Z")


def tell(museum: Museum) -> None:
    write_story(museum, "![Khèn bè](item:BT-10)")


def tell_another_way(museum: Museum) -> None:
    write_story(museum, "Xem:\n\n![Khèn bè](item:BT-10)")


def tell_of_another(museum: Museum) -> None:
    write_story(museum, "![Khèn bè](item:BT-10)\n\n![Trống](item:BT-2)")


def tell_nothing(museum: Museum) -> None:
    (museum.archive.layout.stories / "khen.vi.md").unlink()


def write_story(museum: Museum, text: str) -> None:
    museum.archive.layout.stories.mkdir(exist_ok=True)
    path = museum.archive.layout.stories / "khen.vi.md"
    path.write_text(f"---\ntitle: Tiếng khèn\n---\n\n{text}\n", encoding="utf-8")


def damage_what_was_left(museum: Museum) -> None:
    edit_title(museum)
    with closing(sqlite3.connect(museum.archive.layout.site_items)) as database, database:
        assert database.execute("UPDATE passes SET data = data || x'00'").rowcount
    with closing(sqlite3.connect(museum.archive.layout.site_documents)) as database, database:
        damage = "UPDATE kept SET data = x'00' WHERE kind = 'search' AND item_id = char(10)"
        assert database.execute(damage).rowcount == 1


DEEDS = (
    *(edit_title, edit_another_earlier, edit_two, change_value),
    *(hide, show_again, add, damage_what_was_left, edit_two),
    *(tell, edit_title, edit_another_earlier, tell_another_way, tell_of_another),
    *(edit_two, hide, show_again, tell_nothing, edit_title),
)


@pytest.mark.slow
def test_after_edits_in_a_row_a_site_is_as_one_built_anew_with_its_search(tmp_path: Path) -> None:
    museum = new_museum(tmp_path / "museum")
    for number in (0, 1, 2, 10):
        museum.put(f"BT-{number}", material="đồng")
    museum.index()
    layout = museum.archive.layout
    build(museum)
    for deed in DEEDS:
        deed(museum)
        build(museum)
        assert snapshot(layout.site) == anew(museum, tmp_path / "anew"), deed


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Tally]:
    """Return what all items were counted to, whenever they are."""
    found: list[Tally] = []

    def tally_items(*arguments: Any) -> Tally:
        found.append(survey.tally_items(*arguments))
        return found[-1]

    monkeypatch.setattr(first_pass, "tally_items", tally_items)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("deed", [edit_two, tell_another_way])
def test_an_edit_counts_no_items_anew_where_stories_name_the_same_items(
    tmp_path: Path, counted: list[Tally], deed: Callable[[Museum], None]
) -> None:
    museum = new_museum(tmp_path / "museum")
    for number in (0, 1, 2, 10):
        museum.put(f"BT-{number}", material="đồng")
    museum.index()
    tell(museum)
    build(museum)
    counted.clear()
    deed(museum)
    build(museum)
    assert not counted
    assert snapshot(museum.archive.layout.site) == anew(museum, tmp_path / "anew")
    counted.clear()
    tell_of_another(museum)
    build(museum)
    assert counted
    assert snapshot(museum.archive.layout.site) == anew(museum, tmp_path / "anew")


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 2])
def test_items_are_counted_anew_only_where_more_changed_than_are_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: list[Tally], most: int
) -> None:
    museum = new_museum(tmp_path / "museum")
    for number in (0, 1, 10):
        museum.put(f"BT-{number}", material="đồng")
    museum.index()
    build(museum)
    counted.clear()
    monkeypatch.setattr(first_pass, "MOST_CHANGES", most)
    edit_two(museum)
    build(museum)
    assert bool(counted) == (most == 1)
    assert snapshot(museum.archive.layout.site) == anew(museum, tmp_path / "anew")


def anew(museum: Museum, root: Path) -> dict[str, bytes]:
    """Return the site as it is built where nothing is kept."""
    without = shutil.ignore_patterns("site", ".site-twin", "site-*")
    shutil.copytree(museum.archive.layout.root, root, ignore=without)
    copied = Museum(open_archive(root))
    build(copied)
    site = snapshot(copied.archive.layout.site)
    shutil.rmtree(root)
    return site


def build(museum: Museum) -> None:
    publish(museum.archive, now=clock(JUNE))
