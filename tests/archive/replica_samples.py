"""What the tests of audits, copies and repairs share: an archive, and ways to damage it."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.config import Settings
from archive.layout import Layout
from archive.lock import write_lock
from archive.opening import Archive, create_archive
from archive.store import Store
from tests.archive.store_samples import BACK, FRONT, LATER, commit

ONE, TWO, THREE = b"first scan " * 30, b"second scan " * 30, b"third scan " * 30


class Clock:
    """A clock that goes on a second with every look."""

    def __init__(self, at: str = "2026-11-22T08:00:00+00:00") -> None:
        self.at = datetime.fromisoformat(at)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at.astimezone(UTC)

    def leap(self, **much: int) -> None:
        self.at += timedelta(**much)


def make_archive(folder: Path, items: int = 3) -> Archive:
    """An archive of some items: the first has three versions, the others one."""
    archive = create_archive(folder, Settings(title={"vi": "Bảo tàng Thử", "en": "Test Museum"}))
    store = Store(archive.layout)
    with write_lock(archive.layout):
        for number in range(items):
            add_item(archive, f"T-{number}")
        if items:
            commit(store, title="Váy Thái", at=LATER, identifier="T-0")
            more = {FRONT: TWO + ONE, "masters/c.tif": THREE}
            commit(store, more, title="Váy Thái", at=LATER, identifier="T-0")
        store.recover()
    list_items(archive)
    return archive


def add_item(archive: Archive, number: str) -> None:
    masters = {FRONT: ONE + number.encode(), BACK: TWO + number.encode()}
    commit(Store(archive.layout), masters, identifier=number)


def list_items(archive: Archive) -> None:
    """Bring every item into the catalogue."""
    store = Store(archive.layout)
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        for item_id in store.iter_item_ids():
            item = store.read(item_id)
            catalogue.put(
                CatalogueItem(
                    item_id=item_id,
                    version=item.version,
                    created_at=item.created_at,
                    updated_at=item.updated_at,
                    record=item.record,
                    technical=item.technical,
                )
            )
        catalogue.mark_complete()


def files_of(layout: Layout) -> list[Path]:
    """Every file of the store, sorted."""
    return sorted(path for path in layout.store.rglob("*") if path.is_file())


def flip(path: Path, dice: random.Random) -> None:
    """Change one bit of one byte."""
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(bytes(data))


def damage(path: Path, dice: random.Random) -> str:
    """Do one harm to a file; return which."""
    kind = dice.choice(("flip", "flip", "flip", "cut", "remove", "zero", "grow", "folder"))
    data = path.read_bytes()
    if kind == "flip":
        flip(path, dice)
    elif kind == "cut":
        path.write_bytes(data[: dice.randrange(len(data))])
    elif kind == "zero":
        path.write_bytes(bytes(len(data)))
    elif kind == "grow":
        path.write_bytes(data + b"\0")
    else:
        path.unlink()
        if kind == "folder":
            path.mkdir()
    return kind


def copied(archive: Archive, folder: Path) -> Layout:
    """A plain copy of the whole folder."""
    shutil.copytree(archive.layout.root, folder)
    return Layout(folder)
