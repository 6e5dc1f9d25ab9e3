"""Large sites: written by several processes, and again only where something changed."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.settings import Settings
from archive.site import changes, gathering, gists, item_pages, kept, site_writer
from archive.site.json_ld import ItemJsonLd
from archive.site.report import SiteReport
from schemas.errors import DependencyError
from schemas.identifiers import item_id_for, item_page
from tests.site.fabricated_site import (
    PROFILE,
    FabricatedArchive,
    make_site,
    plain_record,
    said,
    small_archive,
)
from tests.site.reading import snapshot


def build(archive: FabricatedArchive, **options) -> SiteReport:
    return make_site(
        archive, **{"json_ld": ItemJsonLd(PROFILE, Settings(publisher="Bảo tàng Thử")), **options}
    )


@dataclass(frozen=True)
class Dies(ItemJsonLd):
    """Ends the process it is asked in, but not the test's own."""

    def __call__(self, record, url, image_urls, recordings, lang):
        if multiprocessing.parent_process() is not None:
            os._exit(3)
        return super().__call__(record, url, image_urls, recordings, lang)


def hundred_items(root: Path) -> FabricatedArchive:
    """Return an archive of a hundred and three items that share some values."""
    archive = small_archive(root)
    for number in range(100):
        archive.add(
            plain_record(
                f"N.{number:03}",
                said("title", f"Vật {number}", "vi"),
                said("material", ("Đồng", "Gỗ", "Sắt")[number % 3], "vi"),
                said("creator", f"Nghệ nhân {number % 20}"),
            )
        )
    return archive


def test_several_processes_write_the_same_site_as_one(tmp_path, monkeypatch):
    archive = hundred_items(tmp_path)
    alone = build(archive)
    before = snapshot(archive.layout.site)
    monkeypatch.setattr(site_writer, "PROCESSES_FROM", 1)
    other = FabricatedArchive(Layout(tmp_path / "other"), archive.settings, archive.kept)
    (tmp_path / "derivatives").rename(other.layout.root.mkdir() or other.layout.derivatives)
    together = build(other, processes=2)
    assert snapshot(other.layout.site) == before
    assert (alone.pages, alone.files, alone.bytes) == (
        together.pages,
        together.files,
        together.bytes,
    )
    with pytest.raises(DependencyError):
        build(other, processes=2, json_ld=Dies(PROFILE, Settings()))
    assert snapshot(other.layout.site) == before
    assert list(other.layout.staging.iterdir()) == []


def build_anew(archive: FabricatedArchive, root: Path) -> dict[str, bytes]:
    """Return the site of an archive as it is built where there was none before."""
    other = FabricatedArchive(Layout(root), archive.settings, archive.kept)
    shutil.copytree(archive.layout.derivatives, other.layout.derivatives)
    if archive.layout.theme.is_dir():
        shutil.copytree(archive.layout.theme, other.layout.theme)
    build(other)
    return snapshot(other.layout.site)


def inodes(site: Path) -> dict[str, int]:
    """Return which file stands under each path."""
    found = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix(): path.stat().st_ino for path in found}


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def edit(archive: FabricatedArchive, identifier: str, **changes) -> None:
    """Change the record of an item."""
    at = next(n for n, item in enumerate(archive.kept) if item.record.identifier == identifier)
    item = archive.kept[at]
    record = replace(item.record, **changes)
    archive.kept[at] = replace(item, record=record, updated_at="2026-11-22T08:30:00Z")


def test_an_edit_touches_only_pages_that_change_and_lists_them(tmp_path):
    archive = hundred_items(tmp_path / "museum")
    site = archive.layout.site
    build(archive)
    assert lines(archive.layout.site_changed) == sorted(snapshot(site))
    assert lines(archive.layout.site_removed) == []
    archive.layout.site_changed.unlink()
    archive.layout.site_removed.unlink()
    first, known = snapshot(site), inodes(site)
    build(archive)
    assert inodes(site) == known
    assert lines(archive.layout.site_changed) == []

    title = said("title", "Vật đã sửa", "vi")
    edit(archive, "N.050", statements=(title, said("material", "Gốm", "vi")))
    archive.kept = [item for item in archive.kept if item.record.identifier != "N.099"]
    build(archive)
    after = snapshot(site)
    assert after == build_anew(archive, tmp_path / "anew")
    changed = {path for path, content in after.items() if first.get(path) != content}
    assert set(lines(archive.layout.site_changed)) == changed
    assert set(lines(archive.layout.site_removed)) == first.keys() - after.keys()
    now = inodes(site)
    assert {path for path in after if now[path] == known.get(path)} == after.keys() - changed
    items = {path for path in changed if path.startswith("vi/items/")}
    # The item, its two neighbours, the new last item, and those it was related to.
    assert 4 <= len(items) < 20

    # The lists stay until they are deleted: nobody has copied anything yet.
    build(archive)
    again = f"vi/{item_page(item_id_for('N.099'))}"
    assert again in lines(archive.layout.site_removed)
    assert set(lines(archive.layout.site_changed)) == changed
    archive.add(plain_record("N.099", said("title", "Lại đây", "vi")))
    build(archive)
    assert again not in lines(archive.layout.site_removed)


def test_of_groups_of_pages_in_which_nothing_changed_no_item_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(gathering, "_GROUP_ITEMS", 6)
    archive = hundred_items(tmp_path / "museum")
    build(archive)
    looked: list[int] = []
    monkeypatch.setattr(gathering, "gist_at", lambda database, place: looked.append(place))
    build(archive)
    assert looked == []
    monkeypatch.setattr(gathering, "gist_at", noted(looked, gists.gist_at))
    item = next(item for item in archive.kept if item.record.identifier == "N.050")
    statements = (said("title", "Vật đã sửa", "vi"), *item.record.statements[1:])
    edit(archive, "N.050", statements=statements)
    build(archive)
    assert 0 < len(looked) < 90
    assert snapshot(archive.layout.site) == build_anew(archive, tmp_path / "anew")


def noted(places: list[int], read: Callable[..., object]) -> Callable[..., object]:
    """Return a reading of gists that notes their places."""

    def gist_at(database: object, place: int) -> object:
        places.append(place)
        return read(database, place)

    return gist_at


@pytest.mark.slow
def test_a_site_built_on_the_one_before_is_the_same_bytes_as_one_built_anew(tmp_path):
    archive = small_archive(tmp_path / "museum")
    site, table = archive.layout.site, archive.layout.site_pages
    page = site / "vi/browse/1.html"

    def add_item() -> None:
        archive.add(plain_record("A.1", said("title", "Đầu tiên", "vi")))

    def add_template() -> None:
        folder = archive.layout.theme / "templates"
        folder.mkdir(parents=True)
        text = '{% extends "hoaban/base.html" %}{% block title %}{{ numbers.items }}{% endblock %}'
        (folder / "item.html").write_text(text, encoding="utf-8")

    def change_template() -> None:
        path = archive.layout.theme / "templates/item.html"
        path.write_text(path.read_text(encoding="utf-8") + "{# new #}x", encoding="utf-8")

    def change_setting() -> None:
        archive.settings = replace(archive.settings, publisher="Bảo tàng Khác")

    def lose_pictures() -> None:
        shutil.rmtree(archive.layout.derivatives_of("bt-001") / "0002")

    def alter_pages() -> None:
        for path in (page, *(site / "vi/items").rglob("*.html")):
            altered = path.read_text(encoding="utf-8").replace("BT", "XX")
            path.unlink()
            path.write_text(altered, encoding="utf-8")

    steps = {
        "add an item": add_item,
        "remove an item": lambda: archive.kept.pop(0),
        "edit a title": lambda: edit(archive, "BT.003", statements=(said("title", "Khác", "vi"),)),
        "change a setting": change_setting,
        "lose the table": table.unlink,
        "damage the table": lambda: table.write_bytes(table.read_bytes()[:5000] + b"x" * 9000),
        "no table at all": lambda: table.write_bytes(b"nothing"),
        "alter pages by hand": alter_pages,
        "add a template": add_template,
        "add an item that the template counts": add_item,
        "change the template": change_template,
        "lose pictures": lose_pictures,
    }
    build(archive)
    for number, (name, step) in enumerate(steps.items()):
        step()
        build(archive)
        assert snapshot(site) == build_anew(archive, tmp_path / str(number)), name
        assert table.is_file(), name


def test_a_new_program_chooses_related_items_anew(tmp_path, monkeypatch):
    archive = hundred_items(tmp_path / "museum")
    build(archive)
    before = snapshot(archive.layout.site)
    program = kept._program
    monkeypatch.setattr(kept, "_program", lambda packages: program(packages) + b"new")
    monkeypatch.setattr(item_pages, "_RELATED", 1)
    build(archive)
    again = snapshot(archive.layout.site)
    assert again == build_anew(archive, tmp_path / "anew") != before


def test_a_template_in_another_folder_is_another_key(tmp_path):
    templates = tmp_path / "templates"
    (templates / "off").mkdir(parents=True)
    (templates / "about.html").write_text("a", encoding="utf-8")
    before = kept.key_of(Layout(tmp_path), templates)
    (templates / "about.html").rename(templates / "off/about.html")
    assert kept.key_of(Layout(tmp_path), templates) != before


@pytest.mark.parametrize("number", [0, 0xFFFFFFFF])
def test_on_a_disk_without_inode_numbers_changes_are_listed_too(tmp_path, monkeypatch, number):
    archive = hundred_items(tmp_path / "museum")
    site = archive.layout.site
    build(archive)
    before = snapshot(site)
    archive.layout.site_changed.unlink()
    archive.layout.site_removed.unlink()
    monkeypatch.setattr(changes, "_inode", lambda _entry: number)
    archive.kept = [item for item in archive.kept if item.record.identifier != "N.007"]
    edit(archive, "N.050", statements=(said("title", "Chiếc trống lớn", "vi"),))
    build(archive)
    after = snapshot(site)
    changed = {path for path in after if before.get(path) != after[path]}
    assert set(lines(archive.layout.site_changed)) == changed
    assert set(lines(archive.layout.site_removed)) == before.keys() - after.keys()


def test_where_files_cannot_be_linked_they_are_copied_with_their_times(tmp_path, monkeypatch):
    archive = small_archive(tmp_path)

    def refuse(*_arguments: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(os, "link", refuse)
    build(archive)
    times = {path: path.stat().st_mtime_ns for path in archive.layout.site.rglob("*.*")}
    before = snapshot(archive.layout.site)
    archive.layout.site_changed.unlink()
    build(archive)
    assert snapshot(archive.layout.site) == before
    assert lines(archive.layout.site_changed) == []
    assert {path: path.stat().st_mtime_ns for path in times if path.is_file()} == {
        path: time for path, time in times.items() if path.is_file()
    }
