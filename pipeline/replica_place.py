"""Where a copy of an archive may stand, and the file that marks it as one."""

from __future__ import annotations

import json
from pathlib import Path

from archive import durable
from archive.layout import Layout
from archive.ocfl_root import is_root
from archive.store import Store
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.records import json_bytes
from schemas.software import agent_name

REPLICA_FORMAT = "hoaban-replica-1"
# What systems put on a disk by themselves.
_OF_THE_SYSTEM = {
    "$RECYCLE.BIN",
    ".DS_Store",
    ".Spotlight-V100",
    ".TemporaryItems",
    ".Trashes",
    ".fseventsd",
    "System Volume Information",
    "lost+found",
}


def check_place(source: Layout, target: Layout) -> None:
    """Make sure that ``target`` may hold a copy of ``source``.

    Raises:
        ConfigError: It may not, with the reason.
    """
    check_apart(source.root, target.root)
    if is_marked(target):
        _check_same_archive(source, target)
        return
    if target.root.exists() and not target.root.is_dir():
        raise ConfigError(
            _("A file of this name is in the way."),
            remedy=_("Choose another folder for the copy."),
            path=target.root,
        )
    found = sorted(path.name for path in target.root.iterdir()) if target.root.exists() else []
    if any(not _is_of_the_system(name) and name != target.lock.name for name in found):
        raise ConfigError(
            _("The folder holds other things, and is no copy that Hoa Ban made."),
            remedy=_("Choose a new or an empty folder, for example a new one in this folder."),
            path=target.root,
        )


def check_apart(source: Path, target: Path) -> None:
    """Make sure that two folders are not the same and neither lies in the other.

    Raises:
        ConfigError: They are, by whatever names, or one does.
    """
    inner, outer = target.resolve(), source.resolve()
    for one, other in ((inner, outer), (outer, inner)):
        for folder in (one, *one.parents):
            # samefile, because a share may be mounted twice and a Mac ignores case.
            if folder == other or (folder.exists() and other.exists() and folder.samefile(other)):
                raise ConfigError(
                    _("The copy and the archive must not be one folder or lie in each other."),
                    remedy=_("Choose a folder on another disk: a copy beside it dies with it."),
                    path=target,
                )


def is_marked(layout: Layout) -> bool:
    """Say whether the folder is a copy that was made, or begun, by Hoa Ban."""
    try:
        document = json.loads(layout.replica.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and document.get("format") == REPLICA_FORMAT


def write_marker(layout: Layout, started_at: str, *, finished_at: str) -> None:
    """Mark the folder as a copy.

    Raises:
        StoreWriteError: The disk refused.
    """
    document = {
        "format": REPLICA_FORMAT,
        "agent": agent_name(),
        "started_at": started_at,
        "finished_at": finished_at,
    }
    durable.write_file(layout.replica, json_bytes(document))


def _check_same_archive(source: Layout, target: Layout) -> None:
    """Make sure that the copy was not made from another archive.

    Archives have no name of their own; a copy that shares no item with the archive is not its.
    """
    if not is_root(target.store):
        return
    there = set(Store(target).iter_item_ids())
    if there and there.isdisjoint(Store(source).iter_item_ids()):
        raise ConfigError(
            _("This is the copy of another archive: the two have no item in common."),
            remedy=_("Choose another folder for the copy."),
            path=target.root,
        )


def _is_of_the_system(name: str) -> bool:
    return name in _OF_THE_SYSTEM or name.startswith("._")
