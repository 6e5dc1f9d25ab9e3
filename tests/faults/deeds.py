"""Commands that change an archive, which the fault tests interrupt; and what must hold then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli
from archive.fixity import iter_audit
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_objects_valid
from tests.flows.deliveries import HEADINGS, draw_scan, write_csv

# The search index and the catalogue are compared by what they answer, not by their bytes.
MADE = ("site", "derivatives")


def hoaban(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", *map(str, arguments)])
    assert not ended.value.code


@dataclass(frozen=True)
class Deed:
    """A command that changes an archive.

    Attributes:
        name: Its name.
        archive: What it is given, to be copied.
        arguments: Gives the command line for an archive.
    """

    name: str
    archive: Path
    arguments: Callable[[Path], list[object]]


def draw_delivery(folder: Path, items: int = 12) -> Path:
    """Draw a delivery of so many items with two scans each, and return its folder."""
    rows = []
    for number in range(items):
        draw_scan(folder / f"K-{number}_1.jpg", colour=f"hsl({number * 30}, 60%, 40%)")
        draw_scan(folder / f"K-{number}_2.tif", colour=f"hsl({number * 30}, 60%, 60%)")
        rows.append((f"K-{number}", f"Hiện vật {number}", "", "gỗ", ""))
    write_csv(folder / "catalogue.csv", HEADINGS, rows)
    return folder


def make_deeds(folder: Path, items: int) -> dict[str, Deed]:
    """Make the archives of an ingest, an edit, an undo and a rebuild of so many items."""
    empty, full = folder / "empty", folder / "full"
    delivery = draw_delivery(folder / "delivery", items)
    hoaban("init", empty)
    shutil.copytree(empty, full)
    hoaban("ingest", delivery, "--archive", full)
    hoaban("build", "--archive", full)
    sheet = folder / "records.csv"
    hoaban("records", "export", sheet, "--archive", full)
    text = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(text.replace("Hiện vật", "Cổ vật"), encoding="utf-8-sig")
    edited, bare = folder / "edited", folder / "bare"
    shutil.copytree(full, edited)
    hoaban("records", "import", sheet, "--yes", "--archive", edited)
    store = Store(Layout(edited))
    batch = store.history("k-0")[-1].message.rpartition(" ")[2]
    shutil.copytree(full, bare)
    for name in (*MADE, "index"):
        shutil.rmtree(bare / name)
    return {
        "ingest": Deed("ingest", empty, lambda a: ["ingest", delivery, "--archive", a]),
        "edit": Deed("edit", full, lambda a: ["records", "import", sheet, "--yes", "--archive", a]),
        "undo": Deed("undo", edited, lambda a: ["undo", batch, "--yes", "--archive", a]),
        "rebuild": Deed("rebuild", bare, lambda a: ["rebuild", "--archive", a]),
    }


def held(archive: Path) -> dict[str, object]:
    """What the newest version of every item holds, without the moments it was written at."""
    store = Store(Layout(archive))
    return {
        item.item_id: (item.record, {t.path: t.sha512 for t in item.technical}, item.version)
        for item in map(store.read, store.iter_item_ids())
    }


def masters(archive: Path) -> set[str]:
    store = Store(Layout(archive))
    return {t.sha512 for item in store.iter_item_ids() for t in store.read(item).technical}


def assert_undamaged(archive: Path) -> None:
    """Every object is whole as it stands, before anything has mended it but ``recover``."""
    store = Store(Layout(archive))
    store.recover()
    assert_objects_valid(store)
    problems = [problem for result in iter_audit(store) for problem in result.problems]
    assert [p for p in problems if p.found != "an empty folder"] == []
