"""The twin of the site, of which the next is made: the same bytes as anew, whatever befalls it."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.site import build, files, kept, place, sight, site_writer, twin
from schemas.records import Access
from tests.site.fabricated_site import plain_picture, plain_record, said, write_no_search
from tests.site.reading import snapshot
from tests.site.test_again import Museum, museum
from tests.site.test_scale import inodes, lines


@pytest.fixture(autouse=True)
def begun(monkeypatch):
    """Have a twin kept of every site; return whether each build began with one."""
    # In so small a site half of the files follow from any item.
    monkeypatch.setattr(twin, "FOLLOWED_SHARE", 1.0)
    found: list[bool] = []
    new_tree = build.new_tree

    def noted(*arguments, **options):
        tree = new_tree(*arguments, **options)
        found.append(tree.is_twin)
        return tree

    monkeypatch.setattr(build, "new_tree", noted)
    return found


def twinned(root: Path, seed: int = 1) -> Museum:
    """Return an archive whose site has a twin, with an item in pictures."""
    found = museum(root, seed)
    found.build()
    found.edit()
    found.build()
    assert is_twinned(found)
    return found


def is_twinned(found: Museum) -> bool:
    """Say whether the site and its twin are the same files, and a mark says so."""
    layout = found.archive.layout
    if not layout.site_mark.is_file():
        return False
    assert inodes(layout.site_twin) == inodes(layout.site)
    return True


def retitle(found: Museum, title: str) -> None:
    """Change one item, and no value of it."""
    item = found.archive.kept[2]
    statements = (said("title", title, "vi"), *item.record.statements[1:])
    found.archive.kept[2] = replace(item, record=replace(item.record, statements=statements))


@pytest.mark.slow
def test_edits_in_a_row_are_made_in_a_twin_while_the_site_stays_as_it_is(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    for step in ("edit", "add", "delete", "new_vocabulary"):
        getattr(found, step)()
        before, old = snapshot(layout.site), inodes(layout.site)
        begun.clear()
        for path in (layout.site_changed, layout.site_removed):
            path.unlink()
        seen: list[bool] = []

        def write_search(folder: Path, before=before, seen=seen) -> None:
            # All pages are written by now.
            seen.append(snapshot(layout.site) == before)
            write_no_search(folder)

        found.build(write_search=write_search)
        assert begun == [True], step
        after = snapshot(layout.site)
        assert seen == [True], step
        assert after == found.anew(tmp_path / "anew"), step
        assert is_twinned(found), step
        changed = {path for path, content in after.items() if before.get(path) != content}
        assert set(lines(layout.site_changed)) == changed, step
        assert set(lines(layout.site_removed)) == before.keys() - after.keys(), step
        now = inodes(layout.site)
        assert {path for path in after if now[path] == old.get(path)} == after.keys() - changed
        assert not [
            path for path in layout.site.rglob("*") if path.is_dir() and not any(path.iterdir())
        ]


def test_of_an_item_that_is_hidden_nothing_stays_in_the_twin(tmp_path):
    found = twinned(tmp_path)
    item = found.archive.add(
        plain_record("S.1", said("title", "Kho báu trong hầm kín", "vi")), created_at=found.at
    )
    found.build()
    layout = found.archive.layout
    assert any(item.item_id in path for path in snapshot(layout.site_twin))
    found.archive.kept = [
        replace(one, record=replace(one.record, access=Access.STAFF)) if one is item else one
        for one in found.archive.kept
    ]
    found.build()
    assert is_twinned(found)
    for site in (layout.site, layout.site_twin):
        assert not any(item.item_id in path for path in snapshot(site))
    found.open_all()
    found.build()
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")
    assert any(item.item_id in path for path in snapshot(layout.site))


def test_pictures_that_come_change_and_go_are_so_in_a_twin(tmp_path):
    found = twinned(tmp_path)
    archive, layout = found.archive, found.archive.layout
    item = next(item for item in archive.kept if item.derivatives is not None)
    folder = layout.derivatives_of(item.item_id)

    def lose_a_tile() -> None:
        shutil.rmtree(next((folder / "0001").glob("*,*")))

    def make_again() -> None:
        # As whoever makes derivatives does: a folder of its own takes the place of the old one.
        shutil.copytree(folder, folder.with_name("new"), copy_function=shutil.copy)
        shutil.rmtree(folder)
        folder.with_name("new").rename(folder)
        (folder / "0001/full/max/0/default.jpg").write_bytes(b"another picture")

    def lose_all() -> None:
        shutil.rmtree(folder / "0001")

    def add_pictures() -> None:
        views = (replace(item.record.views[0], path="masters/2.jpg"),)
        archive.add(plain_record("P.1", views=views), (plain_picture(70, 90),))

    for step in (lose_a_tile, make_again, add_pictures, lose_all):
        step()
        found.build()
        assert snapshot(layout.site) == found.anew(tmp_path / "anew"), step.__name__
        assert is_twinned(found), step.__name__


def test_a_folder_takes_the_place_of_a_file_and_a_file_that_of_a_folder(tmp_path):
    found = twinned(tmp_path)
    layout = found.archive.layout
    place_of_it = layout.theme / "static/art"
    place_of_it.parent.mkdir(parents=True)
    for is_folder in (False, True, False):
        if place_of_it.is_dir():
            shutil.rmtree(place_of_it)
        place_of_it.unlink(missing_ok=True)
        if is_folder:
            place_of_it.mkdir()
        (place_of_it / "a.css" if is_folder else place_of_it).write_text("a{}", encoding="utf-8")
        found.build()
        assert snapshot(layout.site) == found.anew(tmp_path / "anew")


DAMAGES = {
    "a file is another": lambda site: replaced(next(site.rglob("1.html"))),
    "a folder too many": lambda site: (site / "vi/browse/extra").mkdir(),
    "it is a copy": lambda site: copied(site),
    "no mark": lambda site: (site.parent / "site-twin.json").unlink(),
    "half a mark": lambda site: halved(site.parent / "site-twin.json"),
}


def replaced(path: Path) -> None:
    path.unlink()
    path.write_text("x", encoding="utf-8")


def copied(site: Path) -> None:
    shutil.copytree(site, site.with_name("copy"))
    shutil.rmtree(site)
    site.with_name("copy").rename(site)


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.slow
def test_several_processes_write_into_a_twin(tmp_path, monkeypatch, begun):
    found = twinned(tmp_path)
    monkeypatch.setattr(site_writer, "PROCESSES_FROM", 1)
    # With other settings everything is made again; without them there is nothing for processes.
    found.new_settings()
    found.delete()
    begun.clear()
    found.build(processes=2)
    assert begun == [True]
    assert snapshot(found.archive.layout.site) == found.anew(tmp_path / "anew")
    assert is_twinned(found)


@pytest.mark.slow
def test_a_twin_that_is_not_as_it_was_left_is_not_believed_in(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    anew = found.anew(tmp_path / "anew")
    damaged = [(name, layout.site_twin) for name in DAMAGES]
    for name, site in [*damaged, ("a file is another", layout.site), ("it is a copy", layout.site)]:
        DAMAGES[name](site)
        begun.clear()
        found.build()
        assert begun == [False], name
        assert snapshot(layout.site) == anew, name
        if not is_twinned(found):
            # The pictures of a copied site are other files than the derivatives.
            found.build()
        assert is_twinned(found), name


class KilledError(BaseException):
    """What ends a build as if its process had died: nothing is cleaned up after it."""


@pytest.mark.slow
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_and_the_next_is_right(
    tmp_path, monkeypatch
):
    found = twinned(tmp_path)
    layout = found.archive.layout
    sides = [(build, "discard"), (files, "write_new"), (place, "_rename"), (twin, "write_file")]
    sides += [(twin, "_remove_empty"), (kept, "_merge"), (os, "link"), (build, "write_changes")]
    kinds: set[str] = set()
    for number in itertools.count(1):
        found.add()
        if number % 3 == 0:
            found.delete()
        before = snapshot(layout.site)
        after = found.anew(tmp_path / "anew")
        left = iter(range(number**4 * 6))
        with monkeypatch.context() as patch:
            for module, name in sides:
                patch.setattr(module, name, dying(getattr(module, name), name, left, kinds))
            try:
                found.build()
            except KilledError:
                assert_one_of(layout, before, after)
            else:
                break
        for _time in range(2):
            found.build()
            assert snapshot(layout.site) == after, number
        assert is_twinned(found), number
    assert number > 1
    assert "write_new" in kinds


@pytest.mark.slow
def test_a_kill_while_a_site_is_put_in_place_is_put_right(tmp_path, monkeypatch):
    found = twinned(tmp_path)
    layout = found.archive.layout
    for name, calls in [("_rename", 0), ("_rename", 1), ("_follow", 0), ("write_file", 0)]:
        found.archive.kept.pop()
        before, after = snapshot(layout.site), found.anew(tmp_path / "anew")
        module = place if name == "_rename" else twin
        with monkeypatch.context() as patch:
            patch.setattr(build, "discard", lambda *_places: None)
            patch.setattr(
                module, name, dying(getattr(module, name), name, iter(range(calls)), set())
            )
            try:
                found.build()
            except KilledError:
                assert_one_of(layout, before, after)
        found.build()
        assert snapshot(layout.site) == after, name
        found.build()
        assert is_twinned(found), name


def dying(deed, name, left, kinds):
    """Return a deed that raises when nothing is left."""

    def do(*arguments, **options):
        if next(left, None) is None:
            kinds.add(name)
            raise KilledError
        return deed(*arguments, **options)

    return do


def assert_one_of(layout, before, after) -> None:
    """Check that readers see one site or the other, or that the next build puts one back."""
    site = layout.site if layout.site.exists() else layout.root / ".site-old"
    assert snapshot(site) in (before, after)


def test_where_files_cannot_be_linked_there_is_no_twin(tmp_path, monkeypatch):
    found = museum(tmp_path, 1)

    def refuse(*_arguments: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "link", refuse)
    for _time in range(3):
        found.edit()
        found.build()
        assert not found.archive.layout.site_twin.exists()
        assert not found.archive.layout.site_mark.exists()
    assert snapshot(found.archive.layout.site) == found.anew(tmp_path / "anew")


def test_a_site_of_which_much_changed_leaves_no_twin(tmp_path, monkeypatch):
    monkeypatch.setattr(twin, "FOLLOWED_SHARE", 0.01)
    found = museum(tmp_path, 1)
    found.build()
    found.edit()
    found.build()
    left = {path.name for path in found.archive.layout.root.iterdir()}
    assert not left & {".site-twin", ".site-old", "site-twin.json"}


def elsewhere_with(tmp_path: Path) -> Path:
    """Return a folder of somebody, with a page and a tile of theirs."""
    elsewhere = tmp_path / "elsewhere"
    for name in ("index.html", "own/notes.txt", "0/default.jpg"):
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text("mine", encoding="utf-8")
    return elsewhere


@pytest.mark.slow
@pytest.mark.parametrize("is_moved", [False, True])
def test_a_site_that_is_a_link_is_put_aside_and_where_it_leads_nothing_is_touched(
    tmp_path, begun, is_moved
):
    found = twinned(tmp_path / "archive")
    layout, elsewhere = found.archive.layout, tmp_path / "elsewhere"
    if is_moved:
        # As the mark says, but for the link.
        layout.site.rename(elsewhere)
    else:
        elsewhere_with(tmp_path)
        shutil.rmtree(layout.site)
    layout.site.symlink_to(elsewhere, target_is_directory=True)
    theirs = snapshot(elsewhere)
    for has_twin in (False, False, True):
        found.edit()
        begun.clear()
        found.build()
        assert begun == [has_twin]
        assert not layout.site.is_symlink()
        assert not os.path.lexists(layout.root / ".site-old")
        assert snapshot(elsewhere) == theirs
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")


def test_a_link_that_leads_nowhere_is_put_aside(tmp_path):
    found = museum(tmp_path / "archive", 1)
    site = found.archive.layout.site
    site.parent.mkdir(exist_ok=True)
    site.symlink_to(tmp_path / "nowhere", target_is_directory=True)
    found.build()
    assert not site.is_symlink()
    assert snapshot(site) == found.anew(tmp_path / "anew")


@pytest.mark.slow
@pytest.mark.parametrize("name", [".site-old", ".site-twin", "new"])
def test_a_link_in_the_place_of_a_folder_of_a_build_is_removed_alone(tmp_path, begun, name):
    found = twinned(tmp_path / "archive")
    layout, elsewhere = found.archive.layout, elsewhere_with(tmp_path)
    link = place.SitePlace.of(layout).new if name == "new" else layout.root / name
    if link.exists():
        # As the mark says, but for the link.
        shutil.rmtree(elsewhere)
        link.rename(elsewhere)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere, target_is_directory=True)
    theirs = snapshot(elsewhere)
    for has_twin in (name != ".site-twin", True):
        found.edit()
        begun.clear()
        found.build()
        assert begun == [has_twin]
        assert not link.is_symlink()
        assert snapshot(elsewhere) == theirs
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")


def test_a_link_that_was_the_site_is_put_back_after_a_crash(tmp_path):
    elsewhere = elsewhere_with(tmp_path)
    layout = museum(tmp_path / "archive", 1).archive.layout
    found = place.SitePlace.of(layout)
    found.old.symlink_to(elsewhere, target_is_directory=True)
    place.recover(found)
    assert found.site.is_symlink()
    assert snapshot(found.site) == snapshot(elsewhere)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["site", ".site-twin"])
def test_into_a_link_in_the_place_of_a_folder_of_tiles_nothing_is_written(tmp_path, folder):
    found = twinned(tmp_path / "archive")
    layout, elsewhere = found.archive.layout, elsewhere_with(tmp_path)
    theirs = snapshot(elsewhere)
    tiles = next((layout.root / folder).glob("images/*/*/0001/full/max"))
    path = tiles.relative_to(layout.root / folder).as_posix()
    shutil.rmtree(tiles)
    tiles.symlink_to(elsewhere, target_is_directory=True)
    layout.site_changed.unlink()
    anew = found.anew(tmp_path / "anew")
    for _time in range(3):
        found.build()
        assert snapshot(elsewhere) == theirs
        assert snapshot(layout.site) == anew
        assert not (layout.site / path).is_symlink()
    assert is_twinned(found)
    is_named = f"{path}/0/default.jpg" in lines(layout.site_changed)
    assert is_named == (folder == "site")


def test_a_tile_that_somebody_replaced_in_the_site_is_named_as_changed(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    tile = next(layout.site.glob("images/*/*/0001/full/max/0/default.jpg"))
    replaced(tile)
    layout.site_changed.unlink()
    begun.clear()
    found.build()
    assert begun == [True]
    assert tile.relative_to(layout.site).as_posix() in lines(layout.site_changed)
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")
    assert is_twinned(found)


@pytest.mark.slow
def test_a_file_of_the_twin_that_is_a_copy_becomes_that_of_the_site(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    page = next(layout.site_twin.rglob("1.html"))
    folder = page.parent.stat()
    replaced(page)
    # As programs do that copy an archive with all its times.
    os.utime(page.parent, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    begun.clear()
    found.build()
    # Only on Windows a folder does not tell that somebody set its time.
    assert begun == [os.name == "nt"]
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")
    assert is_twinned(found)


@pytest.mark.slow
@pytest.mark.parametrize("deed", [replaced, Path.unlink])
def test_what_befalls_the_old_site_during_a_build_is_mended_by_the_next(tmp_path, deed):
    found = twinned(tmp_path)
    site = found.archive.layout.site
    pages = [page for page in sorted((site / "vi").rglob("*.html")) if page.parent.name != "vi"]

    def harmful_search(folder):
        for page in pages[:6]:
            deed(page)
        write_no_search(folder)

    retitle(found, "Ché rượu cần")
    found.build(write_search=harmful_search)
    assert snapshot(site) == found.anew(tmp_path / "anew")
    retitle(found, "Ché rượu")
    found.build()
    assert snapshot(site) == found.anew(tmp_path / "again")


def test_a_table_of_pages_that_is_not_of_the_last_build_brings_back_no_older_page(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    retitle(found, "Ché rượu cần")
    found.build()
    older = layout.site_pages.read_bytes()
    retitle(found, "Ché rượu")
    # The second leaves a digest of every folder.
    found.build()
    found.build()
    layout.site_pages.write_bytes(older)
    retitle(found, "Ché rượu cần")
    begun.clear()
    found.build()
    assert begun == [True]
    assert snapshot(layout.site) == found.anew(tmp_path / "anew")


def test_a_mark_with_a_bit_that_flipped_is_not_believed(tmp_path, begun):
    found = twinned(tmp_path)
    layout = found.archive.layout
    content = layout.site_mark.read_bytes()
    dice = random.Random(3)
    # The first is in the name of a folder: another folder may have the name it becomes.
    places = [content.index(b"vi/items") + 3, *dice.sample(range(len(content)), 3)]
    for at in places:
        flipped = bytearray(layout.site_mark.read_bytes())
        flipped[at % len(flipped)] ^= 1 << dice.randrange(7)
        layout.site_mark.write_bytes(flipped)
        begun.clear()
        found.edit()
        found.build()
        assert begun == [False]
        assert snapshot(layout.site) == found.anew(tmp_path / "anew")


def test_a_folder_that_the_mark_does_not_have_is_noticed(tmp_path):
    found = twinned(tmp_path)
    layout = found.archive.layout
    folders = twin.marked_folders(layout.site_mark)
    del folders["vi/items"]
    with pytest.raises(ValueError, match="the mark has not all folders"):
        sight.see(str(layout.site), str(layout.site_twin), folders, b"")


def test_what_a_build_left_is_removed_even_if_it_is_write_protected(tmp_path):
    found = museum(tmp_path, 1)
    left = place.SitePlace.of(found.archive.layout).new / "vi/browse"
    left.mkdir(parents=True)
    (left / "1.html").write_text("x", encoding="utf-8")
    (left / "1.html").chmod(0o444)
    left.chmod(0o555)
    found.build()
    assert snapshot(found.archive.layout.site) == found.anew(tmp_path / "anew")
