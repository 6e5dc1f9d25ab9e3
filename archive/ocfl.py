"""The OCFL 1.1 inventory: what each version of an object holds, as data and as bytes.

Promise: ``parse_inventory(inventory.to_bytes()) == inventory``, and the bytes depend on the data
alone. Reading an object (:func:`read_inventory`) gives one whole version also while another
process is in the middle of a commit.

Source: Oxford Common File Layout 1.1, https://ocfl.io/1.1/spec/, sections 3.4, 3.5.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from schemas.errors import RecordError
from schemas.messages import _
from schemas.records import json_bytes

OBJECT_DECLARATION = "0=ocfl_object_1.1"
OBJECT_DECLARATION_BYTES = b"ocfl_object_1.1\n"
INVENTORY_NAME = "inventory.json"
SIDECAR_NAME = "inventory.json.sha512"
INVENTORY_TYPE = "https://ocfl.io/1.1/spec/#inventory"
USER = "Hoa Ban"

_NAME_DIGITS = 40
_SAFE_EXTENSION = re.compile(r"\.[a-z0-9]{1,8}")
_SHA512 = re.compile(r"[0-9a-f]{128}")
_VERSION = re.compile(r"v[1-9][0-9]*")


@dataclass(frozen=True)
class ObjectVersion:
    """One version of an object.

    Attributes:
        created: When it was made, RFC 3339.
        message: Why.
        state: sha512 of every file by logical path.
    """

    created: str
    message: str
    state: Mapping[str, str]


@dataclass(frozen=True)
class Inventory:
    """What an object holds.

    Attributes:
        object_id: The OCFL object id.
        versions: Every version, the oldest first; at least one.
        manifest: Content path, relative to the object, by sha512.
        sha256: sha256 of content, by content path; for masters.
    """

    object_id: str
    versions: tuple[ObjectVersion, ...]
    manifest: Mapping[str, str]
    sha256: Mapping[str, str] = field(default_factory=dict)

    @property
    def head(self) -> int:
        """Number of the newest version."""
        return len(self.versions)

    @property
    def state(self) -> Mapping[str, str]:
        """The newest version's files: sha512 by logical path."""
        return self.versions[-1].state

    def content_path(self, logical_path: str) -> str:
        """Return where the newest bytes of ``logical_path`` lie, relative to the object."""
        return self.manifest[self.state[logical_path]]

    def to_bytes(self) -> bytes:
        """Return ``inventory.json``."""
        data: dict[str, Any] = {
            "id": self.object_id,
            "type": INVENTORY_TYPE,
            "digestAlgorithm": "sha512",
            "head": f"v{self.head}",
            "contentDirectory": "content",
        }
        if self.sha256:
            data["fixity"] = {"sha256": _grouped(self.sha256)}
        data["manifest"] = {digest: [path] for digest, path in _by_value(self.manifest)}
        data["versions"] = {
            f"v{number}": {
                "created": version.created,
                "message": version.message,
                "user": {"name": USER},
                "state": _grouped(version.state),
            }
            for number, version in enumerate(self.versions, start=1)
        }
        return json_bytes(data)


def parse_inventory(data: bytes, path: Path | None = None) -> Inventory:
    """Return the inventory in the bytes of an ``inventory.json`` that this module wrote.

    Args:
        data: The file's bytes.
        path: Where it was read, for messages.

    Raises:
        RecordError: It is no inventory, or one that does not agree with itself.
    """
    try:
        document = json.loads(data)
        if document["type"] != INVENTORY_TYPE or document["digestAlgorithm"] != "sha512":
            raise ValueError("not an OCFL 1.1 inventory with sha512")
        numbers = [f"v{number}" for number in range(1, len(document["versions"]) + 1)]
        inventory = Inventory(
            object_id=document["id"],
            versions=tuple(_parse_version(document["versions"][number]) for number in numbers),
            manifest={digest: paths[0] for digest, paths in document["manifest"].items()},
            sha256=_ungrouped(document.get("fixity", {}).get("sha256", {})),
        )
        if document["head"] != f"v{inventory.head}":
            raise ValueError("head is not the last version")
        _check_manifest(inventory)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise broken_inventory(path, repr(error)) from error
    return inventory


def read_inventory(folder: Path) -> Inventory:
    """Return the inventory of the object in ``folder``, checked against its sidecar.

    In the short time in which another process has replaced the inventory but not yet the
    sidecar, the inventory's twin in the version folder and *its* sidecar vouch for it.

    Raises:
        RecordError: The object has no inventory, or it is damaged.
    """
    path = folder / INVENTORY_NAME
    try:
        data = path.read_bytes()
        sidecar = (folder / SIDECAR_NAME).read_bytes()
    except OSError as error:
        raise broken_inventory(path, error.strerror or str(error)) from error
    inventory = parse_inventory(data, path)
    expected = sidecar_bytes(data)
    if sidecar != expected:
        twin = folder / f"v{inventory.head}"
        try:
            is_vouched_for = (
                (twin / INVENTORY_NAME).read_bytes() == data
                and (twin / SIDECAR_NAME).read_bytes() == expected
            )  # fmt: skip
        except OSError:
            is_vouched_for = False
        if not is_vouched_for:
            raise broken_inventory(path, "sha512 differs from " + SIDECAR_NAME)
    return inventory


def sidecar_bytes(inventory: bytes) -> bytes:
    """Return the sidecar that belongs to the bytes of an inventory."""
    return f"{hashlib.sha512(inventory).hexdigest()}  {INVENTORY_NAME}\n".encode()


def highest_version(folder: Path) -> int:
    """Return the highest number of the version folders in an object; 0 when there is none."""
    names = [path.name for path in folder.glob("v*")]
    return max((int(name[1:]) for name in names if _VERSION.fullmatch(name)), default=0)


def content_name(sha512: str, logical_path: str) -> str:
    """Return the short ASCII name under which content is stored.

    A file keeps its extension, in lower case, when that is plain ASCII, so that a person who
    looks into the object sees which files are images.
    """
    extension = PurePosixPath(logical_path).suffix.lower()
    safe = extension if _SAFE_EXTENSION.fullmatch(extension) else ""
    return sha512[:_NAME_DIGITS] + safe


def check_logical_path(path: str) -> None:
    r"""Refuse a logical path that could lead out of a folder when the object is copied out.

    Raises:
        ValueError: A part is empty, ``.`` or ``..``; the path starts with ``/``; it holds a
            backslash, a control character, or text that is not valid Unicode.
    """
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"logical path {path!r} has an empty part, '.' or '..'")
    # Nearly every path is printable, and then no letter has to be looked at.
    is_plain = path.isprintable() or not any(unicodedata.category(c) in ("Cc", "Cs") for c in path)
    if "\\" in path or not is_plain:
        raise ValueError(f"logical path {path!r} has a backslash or a control character")


def check_logical_paths(paths: frozenset[str]) -> None:
    """Refuse logical paths that are unsafe or cannot stand together.

    Raises:
        ValueError: :func:`check_logical_path` refuses one, or one is a folder of another.
    """
    for path in paths:
        check_logical_path(path)
        parts = path.split("/")
        for length in range(1, len(parts)):
            if "/".join(parts[:length]) in paths:
                raise ValueError(f"logical path {path!r} lies in a path that is a file")


def broken_inventory(path: Path | None, reason: str) -> RecordError:
    """Return the error of an inventory that does not say what it must."""
    return RecordError(
        _("The object's inventory.json cannot be trusted: {reason}.").format(reason=reason),
        remedy=_("See everything that is damaged with: hoaban audit"),
        path=path,
    )


def _parse_version(data: Mapping[str, Any]) -> ObjectVersion:
    return ObjectVersion(
        created=data["created"], message=data["message"], state=_ungrouped(data["state"])
    )


def _check_manifest(inventory: Inventory) -> None:
    if not inventory.versions:
        raise ValueError("no version")
    if not isinstance(inventory.object_id, str):
        raise TypeError("id is not a text")
    for digest, path in inventory.manifest.items():
        check_logical_path(path)
        if not _SHA512.fullmatch(digest) or not _VERSION.fullmatch(path.partition("/")[0]):
            raise ValueError(f"wrong manifest entry {path!r}")
    for version in inventory.versions:
        if not set(version.state.values()) <= set(inventory.manifest):
            raise ValueError("a version names bytes that the manifest lacks")
        check_logical_paths(frozenset(version.state))


def _grouped(digest_by_path: Mapping[str, str]) -> dict[str, list[str]]:
    """Return OCFL's digest → paths form, sorted by path."""
    grouped: dict[str, list[str]] = {}
    for path, digest in sorted(digest_by_path.items()):
        grouped.setdefault(digest, []).append(path)
    return grouped


def _ungrouped(paths_by_digest: Mapping[str, list[str]]) -> dict[str, str]:
    return {path: digest for digest, paths in paths_by_digest.items() for path in paths}


def _by_value(mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(mapping.items(), key=lambda entry: entry[1])
