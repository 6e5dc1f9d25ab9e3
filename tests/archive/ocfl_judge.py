"""A foreign validator judges stores: ocfl-py, in this process.

What it says of an object is remembered by the object's bytes, names and folders: the fault tests
leave the same few objects thousands of times.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

# The only advice of the validator we do not follow: a version's user has no address.
ACCEPTED_WARNINGS = frozenset({"W008"})
_said: dict[bytes, str] = {}


def objects_in(root: Path) -> list[Path]:
    """Return the folders of a storage root that say they are objects, or look like one."""
    found = []
    for folder, folders, files in os.walk(root):
        if any(name.startswith("0=ocfl_object_") or name == "inventory.json" for name in files):
            found.append(Path(folder))
            folders.clear()
    return sorted(found)


def said_of_objects(root: Path) -> list[str]:
    """Return what ocfl-py has against the objects of a storage root, one text each."""
    return [f"{folder}: {said}" for folder in objects_in(root) if (said := _said_of(folder))]


def said_of_root(root: Path) -> list[str]:
    """Return what ocfl-py has against a storage root, but for what is in its objects."""
    # Imported here, because it takes half a second that the processes to be killed do not need.
    from ocfl import StorageRoot

    judge = StorageRoot(root=str(root))
    if judge.validate(validate_objects=False):
        return []
    return [f"{root}: {judge.log.status_str()}"]


def _said_of(folder: Path) -> str:
    key = _digest_of(folder)
    if key not in _said:
        from ocfl.validator import Validator

        validator = Validator(log_warnings=True)
        is_valid = validator.validate_object(str(folder))
        is_clean = is_valid and set(validator.log.codes) <= ACCEPTED_WARNINGS
        _said[key] = "" if is_clean else validator.status_str() or "invalid"
    return _said[key]


def _digest_of(folder: Path) -> bytes:
    """Return one digest of every name and every byte in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() else None
        length = -1 if data is None else len(data)
        digest.update(f"{path.relative_to(folder).as_posix()}\0{length}\0".encode())
        digest.update(data or b"")
    return digest.digest()
