"""Bringing an object of one store into another one.

Promise: an object the target lacks comes whole, with all its versions, by one rename; to one it
has, the versions it lacks are added one after the other. So under its name the target has the
object as it was after one of its versions, or does not have it. Every byte was read back, and
nothing the target has is changed or removed but the root inventory that a new version replaces.
The commit of ``archive.ocfl_commit`` does it, so a crash leaves what ``docs/store-format.md``
says, and the next run goes on.

The caller holds the target's :func:`archive.lock.write_lock` and has called ``recover``. The
source needs no lock: what an inventory names is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from archive import durable
from archive.layout import Layout
from archive.object_check import is_earlier
from archive.ocfl import (
    INVENTORY_NAME,
    SIDECAR_NAME,
    Inventory,
    parse_inventory,
    read_inventory,
    sidecar_bytes,
)
from archive.ocfl_commit import NewVersion, commit_version
from archive.ocfl_root import object_id
from archive.pace import Pace
from archive.store import Store
from archive.verified_copy import DamagedSourceError, copy_verified
from schemas.errors import RecordError
from schemas.messages import _


class Standing(StrEnum):
    """How an object of the source stands to that of the target."""

    ABSENT = "absent"
    BEHIND = "behind"
    SAME = "same"
    NEWER = "newer"
    DIFFERS = "differs"
    SOURCE_DAMAGED = "source damaged"
    TARGET_DAMAGED = "target damaged"


@dataclass(frozen=True)
class CopyPlan:
    """What there is to do for one object.

    Attributes:
        item_id: The item.
        standing: How the target's object stands: ``absent`` and ``behind`` are to be copied.
        first: The first version to copy.
        size_bytes: Bytes of content to copy.
        largest_bytes: Length of the largest file to copy.
        path: What is damaged, relative to the store.
    """

    item_id: str
    standing: Standing
    first: int = 1
    size_bytes: int = 0
    largest_bytes: int = 0
    path: str = ""

    @property
    def is_due(self) -> bool:
        """Whether there is something to copy."""
        return self.standing in (Standing.ABSENT, Standing.BEHIND)


def plan_copy(source: Store, target: Store, item_id: str) -> CopyPlan:
    """Return what there is to do for one object; inventories and file sizes are read."""
    folder, there = source.folder_of(item_id), target.folder_of(item_id)
    try:
        inventory = _own_inventory(folder, item_id)
    except RecordError:
        return _damaged(source, folder / INVENTORY_NAME, item_id, Standing.SOURCE_DAMAGED)
    known: Inventory | None = None
    if there.exists():
        try:
            known = _own_inventory(there, item_id)
        except RecordError:
            return _damaged(target, there / INVENTORY_NAME, item_id, Standing.TARGET_DAMAGED)
    standing = _standing(inventory, known)
    if standing in (Standing.NEWER, Standing.DIFFERS):
        return CopyPlan(item_id, standing)
    first = known.head + 1 if known else 1
    sizes: list[int] = []
    for path in inventory.manifest.values():
        length = _length(folder / path)
        if length is None:
            return _damaged(source, folder / path, item_id, Standing.SOURCE_DAMAGED)
        if _version_of(path) >= first:
            sizes.append(length)
        elif _length(there / path) != length:
            return _damaged(target, there / path, item_id, Standing.TARGET_DAMAGED)
    return CopyPlan(item_id, standing, first, sum(sizes), max(sizes, default=0))


def copy_object(source: Store, target: Store, plan: CopyPlan, pace: Pace) -> None:
    """Bring what is due of one object into the target.

    Raises:
        DamagedSourceError: A file of the source is not as recorded. The target has what it
            had, and versions that were added whole before that of the file.
        FixityError: What came to the target's disk is not what was read.
        StoreWriteError: The target's disk refused.
    """
    folder = source.folder_of(plan.item_id)
    try:
        newest = _own_inventory(folder, plan.item_id)
    except RecordError as error:
        raise DamagedSourceError(error.problem, path=folder / INVENTORY_NAME) from error
    stage = _stage_of(target.layout)
    inventories = {
        number: _version_inventory(folder, number, newest)
        for number in range(plan.first, newest.head + 1)
    }
    durable.remove_tree(stage)
    if plan.standing is Standing.ABSENT:
        # At once: an object with its first versions only would look like the whole.
        files = _staged(stage, folder, newest, range(1, newest.head + 1), pace)
        data = inventories.pop(newest.head)
        new = NewVersion(plan.item_id, newest, {}, files, data, inventories)
        commit_version(target.layout, new)
    else:
        for number, data in inventories.items():
            version = parse_inventory(data)
            files = _staged(stage, folder, version, range(number, number + 1), pace)
            commit_version(target.layout, NewVersion(plan.item_id, version, {}, files, data))
    durable.remove_tree(stage)


def _own_inventory(folder: Path, item_id: str) -> Inventory:
    inventory = read_inventory(folder)
    if inventory.object_id != object_id(item_id):
        raise RecordError(f"the inventory of {inventory.object_id!r}", path=folder)
    return inventory


def _standing(inventory: Inventory, known: Inventory | None) -> Standing:
    if known is None:
        return Standing.ABSENT
    if known == inventory:
        return Standing.SAME
    if known.head < inventory.head and is_earlier(known, inventory, known.head):
        return Standing.BEHIND
    if known.head > inventory.head and is_earlier(inventory, known, inventory.head):
        return Standing.NEWER
    return Standing.DIFFERS


def _damaged(store: Store, path: Path, item_id: str, standing: Standing) -> CopyPlan:
    name = path.relative_to(store.layout.store).as_posix()
    return CopyPlan(item_id, standing, path=name)


def _length(path: Path) -> int | None:
    """Return a file's length in bytes, or None when there is no such file."""
    try:
        return path.stat().st_size if path.is_file() and not path.is_symlink() else None
    except OSError:
        return None


def _version_of(content_path: str) -> int:
    return int(content_path.partition("/")[0][1:])


def _version_inventory(folder: Path, number: int, newest: Inventory) -> bytes:
    """Return the inventory of one version as it stands there, having checked it."""
    path = folder / f"v{number}" / INVENTORY_NAME
    try:
        data = path.read_bytes()
        is_sound = path.with_name(SIDECAR_NAME).read_bytes() == sidecar_bytes(data)
        is_sound = is_sound and is_earlier(parse_inventory(data, path), newest, number)
    except (OSError, RecordError) as error:
        raise DamagedSourceError(_("The file is not as recorded."), path=path) from error
    if not is_sound:
        raise DamagedSourceError(_("The file is not as recorded."), path=path)
    return data


def _staged(
    stage: Path, folder: Path, inventory: Inventory, versions: range, pace: Pace
) -> dict[str, Path]:
    """Copy what these versions brought into the target's staging folder."""
    durable.make_folder(stage)
    files: dict[str, Path] = {}
    for number, (digest, path) in enumerate(sorted(inventory.manifest.items())):
        if _version_of(path) in versions:
            files[path] = stage / str(number)
            copy_verified(folder / path, files[path], digest, pace)
    return files


def _stage_of(layout: Layout) -> Path:
    return layout.staging / "replica"
