"""The OCFL storage root: its three files, and where in it each object's folder stands.

Layout 0003: three folders of three hexadecimal digits from the sha256 of the object id, then a
folder named by the id itself, so that a person can find an item without any tool.

Source: OCFL 1.1, section 4; extension 0003-hash-and-id-n-tuple-storage-layout,
https://ocfl.github.io/extensions/0003-hash-and-id-n-tuple-storage-layout.html
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive import durable
from schemas.errors import RecordError
from schemas.messages import _
from schemas.records import json_bytes

ID_PREFIX = "hoaban:"
EXTENSION = "0003-hash-and-id-n-tuple-storage-layout"
TUPLE_SIZE = 3
TUPLES = 3

ROOT_FILES: Mapping[str, bytes] = {
    f"extensions/{EXTENSION}/config.json": json_bytes(
        {
            "extensionName": EXTENSION,
            "digestAlgorithm": "sha256",
            "tupleSize": TUPLE_SIZE,
            "numberOfTuples": TUPLES,
        }
    ),
    "ocfl_layout.json": json_bytes(
        {
            "extension": EXTENSION,
            "description": "Hashed truncated n-tuple trees with a folder named by the object id",
        }
    ),
    "0=ocfl_1.1": b"ocfl_1.1\n",
}

_LONGEST_NAME = 100
_NAME_PREFIX = ID_PREFIX.replace(":", "%3a")
_ITEM_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True)
class Stray:
    """Something in the storage root that is neither its own nor an object.

    Attributes:
        path: Where it is, relative to the root, POSIX form.
        what: What it is, in a few words.
        is_unreadable: Whether it is a folder the disk does not give; objects may be in it.
    """

    path: str
    what: str
    is_unreadable: bool = False


def is_root(root: Path) -> bool:
    """Say whether ``root`` declares itself an OCFL storage root.

    Source: OCFL 1.1, section 4.1 Root Structure.
    """
    return (root / "0=ocfl_1.1").is_file()


def create_root(root: Path, stage: Path) -> None:
    """Make ``root`` an OCFL storage root, unless it is one.

    Args:
        root: The folder to make; it may exist and be empty.
        stage: A folder on the same file system to build it in; it may be emptied.

    Raises:
        RecordError: There is something else.
        StoreWriteError: The disk refused; there is no root then.
    """
    if root.is_dir() and any(root.iterdir()):
        for name, wanted in ROOT_FILES.items():
            path = root / name
            if not path.is_file() or path.read_bytes() != wanted:
                raise RecordError(
                    _("This is not a store of Hoa Ban: the file is not as expected."),
                    remedy=_("Bring the file back from a copy, or choose another folder."),
                    path=path,
                )
        return
    durable.remove_tree(stage)
    for name, data in ROOT_FILES.items():
        durable.make_folder((stage / name).parent)
        durable.write_new_file(stage / name, data)
    durable.sync_folders_below(stage)
    durable.make_folder(root.parent)
    # Windows does not rename over a folder, not even over an empty one.
    durable.remove_empty_folders(root, stop=root.parent)
    durable.move_folder(stage, root)


def object_id(item_id: str) -> str:
    """Return the OCFL object id of an item."""
    return ID_PREFIX + item_id


def is_item_id(name: str) -> bool:
    """Say whether ``name`` has the form of an item id."""
    return _ITEM_ID.fullmatch(name) is not None


def object_path(item_id: str) -> str:
    """Return where an item's object stands, relative to the root, POSIX form.

    Raises:
        ValueError: ``item_id`` is no item id; it could lead out of the store.
    """
    if not is_item_id(item_id):
        raise ValueError(f"{item_id!r} is not an item id")
    identifier = object_id(item_id)
    digest = hashlib.sha256(identifier.encode()).hexdigest()
    # The extension writes what is not a letter, a digit, - or _ as %xx in lower case.
    name = identifier.replace(":", "%3a")
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}-{digest}"
    tuples = [digest[n * TUPLE_SIZE : (n + 1) * TUPLE_SIZE] for n in range(TUPLES)]
    return "/".join([*tuples, name])


def iter_objects(root: Path) -> Iterator[str | Stray]:
    """Yield the item id of every object folder, and everything that should not be there.

    In the order of the tree, which is that of the digests. Memory is that of one folder's
    names, whatever the number of items.
    """
    for entry in _listed(os.fspath(root), ""):
        if isinstance(entry, Stray):
            yield entry
        elif entry.name == "extensions":
            yield from _strays_in_extensions(root / entry.name)
        elif entry.name not in ROOT_FILES:
            yield from _objects_below(entry, entry.name, depth=1)


def _objects_below(folder: os.DirEntry[str], path: str, *, depth: int) -> Iterator[str | Stray]:
    """Yield what is in a folder that stands at ``path`` in the root, POSIX form."""
    if not folder.is_dir(follow_symlinks=False):
        yield Stray(path, "a file or a link")
    elif depth > TUPLES:
        item_id = folder.name.removeprefix(_NAME_PREFIX)
        is_ours = is_item_id(item_id) and object_path(item_id) == path
        yield item_id if is_ours else Stray(path, "a folder with another name")
    else:
        is_empty = True
        for entry in _listed(folder.path, path):
            is_empty = False
            if isinstance(entry, Stray):
                yield entry
            else:
                yield from _objects_below(entry, f"{path}/{entry.name}", depth=depth + 1)
        if is_empty:
            yield Stray(path, "an empty folder")


def _listed(folder: str, path: str) -> Sequence[os.DirEntry[str] | Stray]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return [Stray(path or ".", error.strerror or str(error), is_unreadable=True)]


def _strays_in_extensions(folder: Path) -> Iterator[Stray]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder.parent).as_posix()
        is_parent = any(known.startswith(f"{name}/") for known in ROOT_FILES)
        if name not in ROOT_FILES and not (is_parent and path.is_dir()):
            yield Stray(name, "not an extension of this store")
