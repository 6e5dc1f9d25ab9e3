"""Commands that write to a disk, which the tests of full and of protected disks refuse."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.fixity import iter_audit
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_objects_valid
from tests.faults.deeds import MADE, held, make_deeds, masters
from tests.flows.deliveries import tree

ITEMS = 2


@dataclass(frozen=True)
class Work:
    """A command that writes to a disk.

    Attributes:
        archive: The archive it works in.
        is_there: Whether that archive lies on the disk too, and not only what is made.
        arguments: Gives the command line for an archive and a disk.
        result: Gives what must be the same after every way to the end.
    """

    archive: Path
    is_there: bool
    arguments: Callable[[Path, Path], list[object]]
    result: Callable[[Path, Path], object]


def pages(archive: Path, _disk: Path) -> object:
    return [tree(archive / made) for made in MADE]


def items(archive: Path, _disk: Path) -> object:
    return held(archive), [sorted(tree(archive / made)) for made in MADE]


def payload(_archive: Path, disk: Path) -> object:
    with zipfile.ZipFile(disk / "bags.zip") as bags:
        return {name: bags.read(name) for name in bags.namelist() if "/data/" in name}


def make_works(folder: Path) -> Mapping[str, Work]:
    """Make what every command is given, in a folder; the scans of its ingest are ``delivery``."""
    deeds = make_deeds(folder, ITEMS)
    full = deeds["edit"].archive
    unbuilt = shutil.copytree(full, folder / "unbuilt")
    shutil.rmtree(unbuilt / "site")
    works = {
        name: Work(deed.archive, True, lambda a, d, deed=deed: deed.arguments(a), items)
        for name, deed in deeds.items()
    }
    return works | {
        "rebuild": Work(
            deeds["rebuild"].archive, True, lambda a, d: deeds["rebuild"].arguments(a), pages
        ),
        "build": Work(unbuilt, True, lambda a, d: ["build", "--archive", a], pages),
        "replicate": Work(
            full,
            False,
            lambda a, d: ["replicate", d / "copy", "--archive", a],
            lambda a, d: tree(d / "copy" / "store"),
        ),
        "export": Work(
            full,
            False,
            lambda a, d: ["export", "bagit", "--out", d / "bags.zip", "--archive", a],
            payload,
        ),
    }


def assert_nothing_lost(archive: Path, known: set[str]) -> None:
    """Every object is whole as the refused command left it: nothing has mended it."""
    store = Store(Layout(archive))
    assert_objects_valid(store)
    assert known <= masters(archive)
    problems = [problem for result in iter_audit(store) for problem in result.problems]
    assert [p for p in problems if p.found != "an empty folder"] == []
