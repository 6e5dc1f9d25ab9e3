"""The replications and repairs that the fault tests interrupt, and what must hold after each."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.fixity import iter_audit
from archive.layout import Layout
from archive.opening import Archive, open_archive
from archive.store import Store
from pipeline.audit import AuditReport, audit
from pipeline.repair import repair
from pipeline.replicate import replicate
from tests.archive.replica_samples import Clock, copied, files_of, flip, make_archive
from tests.archive.store_samples import assert_objects_valid, tree


def make_source(folder: Path) -> Archive:
    return make_archive(folder / "source", items=2)


def make_old_copy(source: Archive, folder: Path) -> Layout:
    """A copy in which the item with three versions is at its first, and the other is missing."""
    target = Layout(folder / "copy")
    replicate(source.layout, target, now=Clock())
    store = Store(target)
    remove_object(store, "t-1")
    old = store.folder_of("t-0")
    for version in ("v2", "v3"):
        shutil.rmtree(old / version)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(old / "v1" / name, old / name)
    return target


def remove_object(store: Store, item_id: str) -> None:
    """Remove an object and the folders that held nothing else, as if it had never been."""
    folder = store.folder_of(item_id)
    shutil.rmtree(folder)
    for above in folder.parents:
        if any(above.iterdir()):
            break
        above.rmdir()


def copy_again(source: Layout, target: Layout) -> None:
    replicate(source, target, now=Clock())


def states_of(store: Store) -> dict[str, list[dict[str, object]]]:
    """What each item is after each of its versions."""
    return {
        item_id: [
            vars(store.read_version(item_id, number))
            for number in range(1, store.version_of(item_id) + 1)
        ]
        for item_id in store.iter_item_ids()
    }


def assert_only_whole_versions(target: Layout, source: Store) -> None:
    """Under the name of an item there is one of its versions, whole, or nothing."""
    store = Store(target)
    wanted = states_of(source)
    for item_id in wanted:
        if store.has(item_id):
            version = store.version_of(item_id)
            assert vars(store.read_version(item_id, version)) == wanted[item_id][version - 1]
            store.read(item_id)


def assert_sound(target: Layout) -> None:
    store = Store(target)
    store.recover()
    assert_objects_valid(store)
    problems = [problem for result in iter_audit(store) for problem in result.problems]
    # Folders above an object that did not come to be are empty until the next run.
    assert [p for p in problems if p.found != "an empty folder"] == []


@dataclass(frozen=True)
class Harm:
    """Damage to an archive that a copy can mend."""

    name: str
    do: Callable[[Archive], None]


def _master(archive: Archive) -> None:
    flip(next(p for p in files_of(archive.layout) if p.suffix == ".tif"), random.Random(1))


def _missing(archive: Archive) -> None:
    next(p for p in files_of(archive.layout) if p.suffix == ".jpg").unlink()


def _inventories(archive: Archive) -> None:
    folder = Store(archive.layout).folder_of("t-0")
    for name in ("inventory.json", "v3/inventory.json", "v1/inventory.json.sha512"):
        flip(folder / name, random.Random(2))


def _object(archive: Archive) -> None:
    folder = Store(archive.layout).folder_of("t-0")
    shutil.rmtree(folder)
    folder.parent.rmdir()


HARMS = (
    Harm("master", _master),
    Harm("missing", _missing),
    Harm("inventories", _inventories),
    Harm("object", _object),
)


def make_damaged(source: Archive, folder: Path, harm: Harm) -> Archive:
    archive = open_archive(copied(source, folder).root)
    harm.do(archive)
    return archive


def mend(archive: Archive, copy: Layout) -> AuditReport:
    return repair(archive, audit(archive, now=Clock()), copy.root, now=Clock())


def assert_intact_untouched(before: dict[str, bytes], archive: Archive, good: Archive) -> None:
    """No file that was as recorded is otherwise now; those that were not are either."""
    wanted, now = tree(good.layout.store), tree(archive.layout.store)
    # Empty folders above an object that did not come back may go.
    before = {path: data for path, data in before.items() if data != b"<folder>"}
    for path, data in before.items():
        if wanted.get(path) == data:
            assert now.get(path) == data, path
    for path, data in now.items():
        if data != b"<folder>":
            assert data in (before.get(path), wanted.get(path)), path
