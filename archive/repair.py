"""Putting back what an audit found missing or changed, from a copy that proves itself.

Promise: only files that are not as recorded are touched; what takes their place has the recorded
digest, on the disk, before the damaged file is moved aside (``audits/set-aside/``); a crash leaves
the damaged file, a gap, or the good one, and the next repair goes on.

What counts as recorded is an inventory that its own sidecar proves: the object's, that of its
newest version, or, when both are damaged, the copy's, if it is not older than what stands here.

The caller holds :func:`archive.lock.write_lock` and has called ``recover``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from archive import durable
from archive.fixity import Problem, ProblemKind, audit_item
from archive.object_check import bytes_or_none, is_earlier
from archive.ocfl import (
    INVENTORY_NAME,
    OBJECT_DECLARATION,
    OBJECT_DECLARATION_BYTES,
    SIDECAR_NAME,
    Inventory,
    highest_version,
    parse_inventory,
    sidecar_bytes,
)
from archive.ocfl_root import ROOT_FILES, object_id, object_path
from archive.pace import Pace
from archive.replication import Standing, copy_object, plan_copy
from archive.store import Store
from archive.verified_copy import DamagedSourceError, copy_verified
from schemas.errors import RecordError


@dataclass(frozen=True)
class Repair:
    """What was put back.

    Attributes:
        path: The file, or the whole object, relative to the store, POSIX form.
        sha512: Of the file; empty for an object.
        from_copy: Whether the bytes came from the copy, and not from the object itself.
    """

    path: str
    sha512: str
    from_copy: bool


@dataclass(frozen=True)
class _Good:
    """Bytes a file must have, and whether they came from the copy."""

    data: bytes
    from_copy: bool = False


def repair_root(store: Store, aside: Path) -> tuple[Repair, ...]:
    """Put back what is damaged of the storage root's own files, which are always the same.

    Raises:
        StoreWriteError: The disk refused.
    """
    root = store.layout.store
    good = {name: _Good(data) for name, data in ROOT_FILES.items()}
    return tuple(_put_back(store, root, good, aside))


def repair_item(
    store: Store, copy: Store, item_id: str, *, aside: Path, pace: Pace
) -> tuple[tuple[Repair, ...], tuple[Problem, ...]]:
    """Put back what is damaged or missing of one object, as far as the copy has it.

    Args:
        store: Where it is damaged.
        copy: Where it may be whole.
        item_id: Which.
        aside: The folder damaged files are moved to.
        pace: Counts what is copied.

    Returns:
        What was put back, and what is still not as recorded.

    Raises:
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk refused.
    """
    if not store.has(item_id):
        return _whole_object(store, copy, item_id, pace)
    folder = store.folder_of(item_id)
    recorded = _recorded(folder, copy.folder_of(item_id), item_id)
    if recorded is None:
        return (), audit_item(store, item_id).problems
    good = _good_files(folder, copy.folder_of(item_id), recorded)
    repairs = list(_put_back(store, folder, good, aside))
    # Only now, with a sound inventory, is it sure which content is damaged.
    inventory = parse_inventory(recorded.data)
    digests = {path: digest for digest, path in inventory.manifest.items()}
    for problem in audit_item(store, item_id).problems:
        path = problem.path.removeprefix(f"{object_path(item_id)}/")
        if problem.kind in (ProblemKind.MISSING, ProblemKind.CHANGED) and path in digests:
            source = copy.folder_of(item_id) / path
            if _content(store, source, folder / path, digests[path], aside, pace):
                repairs.append(Repair(problem.path, digests[path], from_copy=True))
    return tuple(repairs), audit_item(store, item_id).problems


def _whole_object(
    store: Store, copy: Store, item_id: str, pace: Pace
) -> tuple[tuple[Repair, ...], tuple[Problem, ...]]:
    path = object_path(item_id)
    gone = Problem(path, ProblemKind.MISSING, "an object", "nothing")
    plan = plan_copy(copy, store, item_id)
    # A copy with any damage is not brought in: a part of an object would look like the whole.
    if plan.standing is not Standing.ABSENT or audit_item(copy, item_id).problems:
        return (), (gone,)
    try:
        copy_object(copy, store, plan, pace)
    except DamagedSourceError:
        # Damaged since it was read a moment ago; nothing was brought.
        return (), (gone,)
    return (Repair(path, "", from_copy=True),), audit_item(store, item_id).problems


def _recorded(folder: Path, copy: Path, item_id: str) -> _Good | None:
    """Return the inventory that says what the object must be; None where none can be trusted."""
    highest = highest_version(folder)
    sound = [
        found
        for number in range(highest, 0, -1)
        if (found := _sound_inventory(folder / f"v{number}", item_id))
    ]
    for place, from_copy in ((folder, False), (folder / f"v{highest}", False), (copy, True)):
        data = _sound_inventory(place, item_id)
        if data is None:
            continue
        inventory = parse_inventory(data)
        is_all = inventory.head >= highest and all(
            is_earlier(parse_inventory(older), inventory, parse_inventory(older).head)
            for older in sound
        )
        if is_all:
            return _Good(data, from_copy)
    return None


def _sound_inventory(folder: Path, item_id: str) -> bytes | None:
    """Return the bytes of an inventory that its sidecar proves and that is the item's."""
    data = bytes_or_none(folder / INVENTORY_NAME)
    if data is None or bytes_or_none(folder / SIDECAR_NAME) != sidecar_bytes(data):
        return None
    try:
        inventory = parse_inventory(data)
    except RecordError:
        return None
    return data if inventory.object_id == object_id(item_id) else None


def _good_files(folder: Path, copy: Path, recorded: _Good) -> dict[str, _Good]:
    """Return what the object's small files must be, as far as it can be proven, root last."""
    inventory = parse_inventory(recorded.data)
    good = {OBJECT_DECLARATION: _Good(OBJECT_DECLARATION_BYTES)}
    for number in range(1, inventory.head):
        version = _version_inventory(folder, copy, number, inventory)
        if version is not None:
            good |= _pair(f"v{number}/", version)
    return good | _pair(f"v{inventory.head}/", recorded) | _pair("", recorded)


def _pair(prefix: str, inventory: _Good) -> dict[str, _Good]:
    sidecar = _Good(sidecar_bytes(inventory.data), inventory.from_copy)
    return {f"{prefix}{INVENTORY_NAME}": inventory, f"{prefix}{SIDECAR_NAME}": sidecar}


def _version_inventory(folder: Path, copy: Path, number: int, newest: Inventory) -> _Good | None:
    """Return the inventory an older version must have; None where nothing proves it."""
    item_id = newest.object_id.partition(":")[2]
    for place, from_copy in ((folder, False), (copy, True)):
        data = _sound_inventory(place / f"v{number}", item_id)
        if data is not None and is_earlier(parse_inventory(data), newest, number):
            return _Good(data, from_copy)
    # What this program would have written is right if one of the two damaged files agrees.
    written = _as_it_was(newest, number).to_bytes()
    version = folder / f"v{number}"
    is_proven = (
        bytes_or_none(version / INVENTORY_NAME) == written
        or bytes_or_none(version / SIDECAR_NAME) == sidecar_bytes(written)
    )  # fmt: skip
    return _Good(written) if is_proven else None


def _as_it_was(newest: Inventory, number: int) -> Inventory:
    def is_there(path: str) -> bool:
        return int(path.partition("/")[0][1:]) <= number

    return replace(
        newest,
        versions=newest.versions[:number],
        manifest={digest: path for digest, path in newest.manifest.items() if is_there(path)},
        sha256={path: digest for path, digest in newest.sha256.items() if is_there(path)},
    )


def _put_back(
    store: Store, folder: Path, good: Mapping[str, _Good], aside: Path
) -> Iterator[Repair]:
    """Write each of these small files that is not as it must be."""
    for name, wanted in good.items():
        path = folder / name
        if not path.is_symlink() and bytes_or_none(path) == wanted.data:
            continue
        staged = _staging(store)
        durable.write_file(staged, wanted.data)
        _install(store, staged, path, aside)
        relative = path.relative_to(store.layout.store).as_posix()
        yield Repair(relative, hashlib.sha512(wanted.data).hexdigest(), wanted.from_copy)


def _content(store: Store, source: Path, path: Path, digest: str, aside: Path, pace: Pace) -> bool:
    """Put back one content file; say whether the copy had it."""
    staged = _staging(store)
    try:
        copy_verified(source, staged, digest, pace)
    except DamagedSourceError:
        durable.remove_file(staged)
        return False
    _install(store, staged, path, aside)
    return True


def _staging(store: Store) -> Path:
    folder = store.layout.staging / "repair"
    durable.make_folder(folder)
    return folder / "file"


def _install(store: Store, staged: Path, path: Path, aside: Path) -> None:
    """Move what stands at ``path`` aside, and the verified file there."""
    durable.make_folder(path.parent)
    if path.is_symlink() or path.exists():
        place = aside / path.relative_to(store.layout.store)
        number = 2
        while place.is_symlink() or place.exists():
            place = place.with_name(f"{path.name}.{number}")
            number += 1
        durable.make_folder(place.parent)
        durable.replace_file(path, place)
        durable.sync_folder(place.parent)
    durable.move_file(staged, path)
    durable.sync_folder(path.parent)
