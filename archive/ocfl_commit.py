"""Put a new version of an object into the store, or leave the store as it was.

The steps, the one commit point and what a crash leaves in each gap are in
``docs/store-format.md``; the numbers in the comments are the step numbers there. The caller
holds :func:`archive.lock.write_lock`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive import durable
from archive.layout import Layout
from archive.ocfl import (
    INVENTORY_NAME,
    OBJECT_DECLARATION,
    OBJECT_DECLARATION_BYTES,
    SIDECAR_NAME,
    Inventory,
    highest_version,
    sidecar_bytes,
)
from archive.ocfl_root import is_item_id, object_path
from schemas.records import json_bytes

JOURNAL_FORMAT = "hoaban-commit-1"


@dataclass(frozen=True)
class NewVersion:
    """What a commit adds to an object.

    Attributes:
        item_id: The item.
        inventory: The inventory with the new version as its head.
        data: Bytes of new content, by content path.
        files: Staged, synced and verified files of new content, by content path.
        inventory_bytes: The bytes of ``inventory`` as another store has them, where this is a
            copy of a version there; otherwise they follow from ``inventory``.
        earlier: The inventory bytes of the versions before, by number, where a whole object is
            brought at once: ``files`` then has the content of all of them.
    """

    item_id: str
    inventory: Inventory
    data: Mapping[str, bytes]
    files: Mapping[str, Path]
    inventory_bytes: bytes | None = None
    earlier: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether this makes the object, and does not add to it."""
        return self.inventory.head == 1 or bool(self.earlier)


def commit_version(layout: Layout, new: NewVersion) -> None:
    """Put ``new`` into the store.

    Raises:
        StoreWriteError: The disk refused. The store is as before, and staging holds nothing
            of ``new``; or, where even sweeping was refused, :func:`settle` does it later.
    """
    stage = _stage_of(layout, new.item_id)
    target = layout.store / object_path(new.item_id)
    version = f"v{new.inventory.head}"
    try:
        _build(stage, new)  # 2
        _write_journal(layout, new)  # 3
        if new.is_whole:
            durable.make_folder(target.parent)  # 4
            durable.move_folder(stage / "object", target)  # 5, the commit point
        else:
            durable.move_folder(stage / version, target / version)  # 5, the commit point
    finally:
        settle(layout, new.item_id)


def settle(layout: Layout, item_id: str) -> None:
    """Finish or undo what is under way for one item, by what is on the disk.

    Does nothing when nothing is under way. May be interrupted and called again.

    Raises:
        StoreWriteError: The disk refused; the journal then stays, so that it is done later.
    """
    stage = _stage_of(layout, item_id)
    journal = _journal_of(layout, item_id)
    if is_under_way(layout, item_id):
        folder = layout.store / object_path(item_id)
        if folder.is_dir():
            _install_newest(folder, stage)  # 6, 7
        else:
            durable.remove_empty_folders(folder.parent, stop=layout.store)
    durable.remove_tree(stage)  # 8
    durable.remove_file(journal)  # 9


def is_under_way(layout: Layout, item_id: str) -> bool:
    """Say whether a commit of the item has begun and not ended, in this process or another."""
    return _journal_of(layout, item_id).exists()


def recover(layout: Layout) -> tuple[str, ...]:
    """Settle every commit that a crash interrupted, and make staging an empty folder.

    Call it before anything is staged: whatever lies there is from a process that died.

    Returns:
        The ids of the items that were under way, sorted.

    Raises:
        StoreWriteError: The disk refused.
    """
    # A Mac leaves "._name.json" beside files on a network disk.
    names = (path.stem for path in _commits_folder(layout).glob("*.json"))
    item_ids = sorted(name for name in names if is_item_id(name))
    for item_id in item_ids:
        settle(layout, item_id)
    # Staging must outlive a power cut, or a journal in it would not; workers do not sync.
    durable.make_folder(layout.staging)
    durable.sync_folder(layout.root)
    for path in sorted(layout.staging.iterdir()):
        if path.is_dir() and not path.is_symlink():
            durable.remove_tree(path)
        else:
            durable.remove_file(path)
    return tuple(item_ids)


def _build(stage: Path, new: NewVersion) -> None:
    durable.remove_tree(stage)
    inventory = new.inventory_bytes or new.inventory.to_bytes()
    root = stage / "object" if new.is_whole else stage
    inventories = {**new.earlier, new.inventory.head: inventory}
    durable.make_folder(stage.parent)
    for folder in dict.fromkeys((stage, root)):
        durable.make_new_folder(folder)
    for number in sorted(inventories):
        content = f"v{number}/content"
        durable.make_new_folder(root / f"v{number}")
        if any(path.startswith(f"{content}/") for path in (*new.data, *new.files)):
            durable.make_new_folder(root / content)
    for path, data in sorted(new.data.items()):
        durable.write_new_file(root / path, data)
    for path, source in sorted(new.files.items()):
        durable.move_file(source, root / path)
    for number, bytes_ in sorted(inventories.items()):
        _write_inventory(root / f"v{number}", bytes_)
    _write_inventory(root, inventory)
    if new.is_whole:
        durable.write_new_file(root / OBJECT_DECLARATION, OBJECT_DECLARATION_BYTES)
    durable.sync_folders_below(stage)


def _write_inventory(folder: Path, inventory: bytes) -> None:
    durable.write_new_file(folder / INVENTORY_NAME, inventory)
    durable.write_new_file(folder / SIDECAR_NAME, sidecar_bytes(inventory))


def _write_journal(layout: Layout, new: NewVersion) -> None:
    """Say that a commit is under way. Its name is what counts; the rest is for people."""
    document = {
        "format": JOURNAL_FORMAT,
        "item_id": new.item_id,
        "version": new.inventory.head,
    }
    durable.write_file(_journal_of(layout, new.item_id), json_bytes(document))


def _install_newest(folder: Path, stage: Path) -> None:
    """Make the object's root inventory that of its newest version folder.

    A version folder came by one rename after it was synced, so it is whole. One that is
    damaged since is left for the audit to report.
    """
    version = folder / f"v{highest_version(folder)}"
    try:
        inventory = (version / INVENTORY_NAME).read_bytes()
        sidecar = (version / SIDECAR_NAME).read_bytes()
    except OSError:
        return
    if sidecar != sidecar_bytes(inventory):
        return
    for name, wanted in ((INVENTORY_NAME, inventory), (SIDECAR_NAME, sidecar)):
        if not _holds(folder / name, wanted):
            if not _holds(stage / name, wanted):
                durable.make_folder(stage)
                durable.write_file(stage / name, wanted)
            durable.replace_file(stage / name, folder / name)
    durable.sync_folder(folder)


def _holds(path: Path, wanted: bytes) -> bool:
    try:
        return path.read_bytes() == wanted
    except OSError:
        return False


def _commits_folder(layout: Layout) -> Path:
    return layout.staging / "commit"


def _stage_of(layout: Layout, item_id: str) -> Path:
    return _commits_folder(layout) / item_id


def _journal_of(layout: Layout, item_id: str) -> Path:
    return _commits_folder(layout) / f"{item_id}.json"
