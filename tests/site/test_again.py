"""A site built again and again: whatever was changed in between, it is as if it were built anew."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.settings import Settings
from archive.site import leaks, twin
from archive.site.json_ld import ItemJsonLd
from schemas.dublincore import Statement
from schemas.errors import LeakError
from schemas.records import Access, Record, View, day_of, is_public
from tests.site.fabricated_site import (
    AT,
    PROFILE,
    FabricatedArchive,
    ListedFabrication,
    make_site,
    plain_picture,
    plain_record,
    said,
    small_archive,
    write_no_search,
)
from tests.site.reading import snapshot

EMBARGO_UNTIL, AFTER_IT = "2026-11-25", "2026-11-26T08:30:00Z"
STORY = "---\ntitle: Chuyện\n---\n\nXem [{0}](item:{0}).\n"
TERMS = "id,label_vi,label_en\nwood,gỗ {0},wood {0}\n"
WOOD = replace(said("material", "Gỗ", "vi"), normal=(("id", "wood"),))
MATERIALS = (said("material", "Đồng", "vi"), said("material", "Sắt", "vi"), WOOD, WOOD)


@dataclass
class Museum:
    """An archive that is changed in many ways, and the random numbers that choose them."""

    archive: FabricatedArchive
    random: random.Random
    at: str = AT
    closed: list[str] = field(default_factory=list)
    numbers: int = 0

    def listed(self) -> Iterator[ListedFabrication]:
        today = day_of_text(self.at)
        for item in self.archive.kept:
            if is_public(item.record, today):
                yield ListedFabrication(item)

    def build(self, archive: FabricatedArchive | None = None, **options: object) -> None:
        found = archive or self.archive
        options = {
            "items": self.listed,
            "json_ld": ItemJsonLd(PROFILE, Settings(publisher="Bảo tàng")),
            "perhaps_closed": self.archive.items,
            "at": self.at,
            **options,
        }
        make_site(found, **options)

    def anew(self, root: Path) -> dict[str, bytes]:
        """Return the site as it is built where nothing is kept."""
        other = FabricatedArchive(Layout(root), self.archive.settings)
        mine = self.archive.layout
        for name in ("derivatives", "theme", "stories", "vocabularies"):
            if (mine.root / name).is_dir():
                shutil.copytree(mine.root / name, root / name)
        self.build(other)
        site = snapshot(other.layout.site)
        shutil.rmtree(root)
        return site

    # --- what may happen to it ---

    def change(self, record: Callable[[Record], Record]) -> None:
        at = self.random.randrange(len(self.archive.kept))
        item = self.archive.kept[at]
        changed = replace(item, record=record(item.record), updated_at=self.at)
        self.archive.kept[at] = changed

    def statements(self) -> tuple[Statement, ...]:
        number = self.random.randrange(4)
        found = [said("title", f"Vật {self.random.randrange(9)} trong kho", "vi")]
        found.append(MATERIALS[number])
        found += [said("creator", f"Nghệ nhân {number}")]
        return tuple(found)

    def add(self) -> None:
        self.numbers += 1
        number = f"{self.random.choice('ABCZ')}.{self.numbers:03}"
        is_person = self.random.random() < 0.2
        if is_person:
            named = said("title", f"Nghệ nhân {self.random.randrange(4)}", "vi")
            self.archive.add(replace(plain_record(number, named), kind="person"))
            return
        views = (View("masters/1.jpg", "mặt trước", "vi"),) if self.random.random() < 0.4 else ()
        pictures = (plain_picture(90 + self.numbers, 70),) if views else ()
        self.archive.add(plain_record(number, *self.statements(), views=views), pictures)

    def edit(self) -> None:
        self.change(lambda record: replace(record, statements=self.statements()))

    def hide(self) -> None:
        self.change(lambda record: replace(record, access=Access.STAFF))

    def open_all(self) -> None:
        self.archive.kept = [
            replace(item, record=replace(item.record, access=Access.PUBLIC))
            for item in self.archive.kept
        ]

    def embargo(self) -> None:
        self.change(lambda record: replace(record, embargo_until=EMBARGO_UNTIL))

    def wait(self) -> None:
        self.at = AFTER_IT

    def delete(self) -> None:
        self.closed.append(self.random.choice(self.archive.kept).item_id)
        self.archive.kept = [i for i in self.archive.kept if i.item_id != self.closed[-1]]

    def new_settings(self) -> None:
        settings = replace(self.archive.settings, publisher=f"BT {self.random.randrange(99)}")
        self.archive.settings = settings

    def new_theme(self) -> None:
        folder = self.archive.layout.theme / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        text = f'{{% extends "hoaban/base.html" %}}{{# {self.random.random()} #}}'
        (folder / "browse.html").write_text(text, encoding="utf-8")

    def new_story(self) -> None:
        shown = [item.record.identifier for item in self.archive.kept if "/" not in item.item_id]
        plain = [number for number in shown if "/" not in number]
        public = {listed.item.record.identifier for listed in self.listed()}
        number = self.random.choice([number for number in plain if number in public])
        folder = self.archive.layout.stories
        folder.mkdir(exist_ok=True)
        (folder / "chuyen.vi.md").write_text(STORY.format(number), encoding="utf-8")

    def no_story(self) -> None:
        shutil.rmtree(self.archive.layout.stories, ignore_errors=True)

    def new_vocabulary(self) -> None:
        folder = self.archive.layout.vocabularies
        folder.mkdir(exist_ok=True)
        text = TERMS.format(self.random.randrange(99))
        (folder / "materials.csv").write_text(text, encoding="utf-8")

    def lose_a_picture(self) -> None:
        folders = sorted(self.archive.layout.derivatives.glob("*/0001"))
        if folders:
            (self.random.choice(folders) / "access.jpg").unlink(missing_ok=True)

    def damage(self) -> None:
        paths = kept_files(self.archive.layout)
        path = self.random.choice([path for path in paths if path.is_file()])
        content = path.read_bytes()
        start = self.random.randrange(len(content))
        damaged = (b"", b"nothing", content[:start], content[:start] + b"x" * 4096 + b"y")
        path.write_bytes(self.random.choice(damaged))

    def rot(self) -> None:
        """Change single bytes of what is kept, which SQLite need not notice."""
        paths = kept_files(self.archive.layout)
        path = self.random.choice([path for path in paths if path.is_file()])
        content = bytearray(path.read_bytes())
        for _time in range(self.random.choice((1, 200)) if content else 0):
            content[self.random.randrange(len(content))] ^= 1 << self.random.randrange(8)
        path.write_bytes(content)


def kept_files(layout: Layout) -> tuple[Path, ...]:
    """Return where it is kept what a site was made from."""
    made = (layout.site_items, layout.site_documents, layout.site_pages)
    return (*made, layout.site_looked, layout.site_search, layout.site_mark)


def day_of_text(at: str) -> date:
    return day_of(datetime.fromisoformat(at))


CHANGES = (
    *("add", "edit", "hide", "open_all", "embargo", "delete", "lose_a_picture"),
    *("new_settings", "new_theme", "new_story", "new_vocabulary", "damage", "rot"),
)


def museum(root: Path, seed: int) -> Museum:
    found = Museum(small_archive(root / "museum"), random.Random(seed))
    for _time in range(9):
        found.add()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_whatever_changes_a_site_built_again_is_as_one_built_anew(tmp_path, monkeypatch, seed):
    # In so small a site half of the files follow from any item.
    monkeypatch.setattr(twin, "FOLLOWED_SHARE", 1.0)
    found = museum(tmp_path, seed)
    found.build()
    order = found.random.sample(CHANGES, k=len(CHANGES))
    order += ["wait", *found.random.choices(CHANGES, k=2)]
    while order:
        names, order = order[:2], order[2:]
        for name in names:
            # A story may name an item that goes.
            if name in ("hide", "embargo", "delete"):
                found.no_story()
            getattr(found, name)()
        found.build()
        again = snapshot(found.archive.layout.site)
        assert again == found.anew(tmp_path / "anew"), (seed, names, order)


def test_only_items_that_changed_are_read(tmp_path):
    found = museum(tmp_path, 3)
    read: list[str] = []

    @dataclass(frozen=True)
    class Noted(ListedFabrication):
        def read(self):
            read.append(self.item_id)
            return super().read()

    def listed():
        return (Noted(listed.item) for listed in found.listed())

    found.build(items=listed)
    assert sorted(read) == sorted(item.item_id for item in found.archive.kept)
    read.clear()
    found.build(items=listed)
    assert read == []
    found.edit()
    found.build(items=listed)
    assert len(read) == 1
    read.clear()
    # Without what was kept everything is read again, and nothing else is different.
    site = snapshot(found.archive.layout.site)
    found.archive.layout.site_items.write_bytes(b"nothing")
    found.build(items=listed)
    assert len(read) == len(found.archive.kept)
    assert snapshot(found.archive.layout.site) == site


def test_an_index_is_only_written_when_items_or_its_key_change(tmp_path):
    found = museum(tmp_path, 4)
    written: list[Path] = []

    def write_search(folder: Path) -> None:
        written.append(folder)
        write_no_search(folder)
        (folder / "shards").mkdir()
        (folder / "shards/a.js").write_text("a", encoding="utf-8")

    def build(key: bytes) -> int:
        written.clear()
        found.build(write_search=write_search, search_key=key)
        assert (found.archive.layout.site / "search/shards/a.js").read_text() == "a"
        return len(written)

    assert build(b"one") == 1
    assert build(b"one") == 0
    assert build(b"two") == 1
    found.edit()
    assert build(b"two") == 1
    assert build(b"two") == 0
    # A file of the index that somebody altered, or added, is not taken over.
    path = found.archive.layout.site / "search/shards/a.js"
    path.unlink()
    path.write_text("bb", encoding="utf-8")
    assert build(b"two") == 1
    (path.parent / "b.js").write_text("b", encoding="utf-8")
    assert build(b"two") == 1
    assert not (path.parent / "b.js").exists()


def test_a_file_that_was_looked_through_is_only_passed_over_for_the_same_secrets(
    tmp_path, monkeypatch
):
    found = museum(tmp_path, 5)
    secret = plain_record("X.777", said("title", "Kho báu giấu trong hầm", "vi"))
    found.archive.add(replace(secret, access=Access.STAFF))
    texts: list[Path] = []
    look = leaks._leak_in_text

    def noted(closed, phrases, path, told):
        texts.append(path)
        return look(closed, phrases, path, told)

    monkeypatch.setattr(leaks, "_leak_in_text", noted)
    found.build()
    whole = len(texts)
    texts.clear()
    found.build()
    # What is written anew in every build is the same file again where it is equal.
    assert texts == []
    found.archive.layout.site_looked.unlink()
    found.build()
    assert len(texts) == whole
    texts.clear()

    def write_search(folder: Path) -> None:
        write_no_search(folder)
        (folder / "leak.js").write_text("Vàng cất dưới gầm", encoding="utf-8")

    # Another secret, in words of a file that does not change.
    found.build(write_search=write_search)
    found.build(write_search=write_search)
    other = plain_record("X.778", said("title", "Cất dưới gầm", "vi"))
    found.archive.add(replace(other, access=Access.STAFF))
    before = snapshot(found.archive.layout.site)
    with pytest.raises(LeakError):
        found.build(write_search=write_search)
    assert snapshot(found.archive.layout.site) == before
