"""What a new version of an item holds: worked out from the version before and what is new.

Nothing is written here, but each new master is read back from the disk and compared with what
was recorded when it was copied, because after this its bytes are history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from archive import durable
from archive.digests import sha256_of
from archive.ocfl import Inventory, ObjectVersion, check_logical_paths, content_name
from archive.ocfl_commit import NewVersion
from archive.ocfl_root import object_id
from schemas.errors import FixityError
from schemas.events import Event, events_document
from schemas.messages import _
from schemas.records import Record, View, json_bytes
from schemas.technical import Technical, technical_document

RECORD_PATH = "record.json"
TECHNICAL_PATH = "technical.json"
EVENTS_PATH = "events.json"
MASTERS_FOLDER = "masters/"


@dataclass(frozen=True)
class Head:
    """The newest stored version of an item, as far as the next one depends on it."""

    inventory: Inventory
    record: Record
    technical: tuple[Technical, ...]
    events: tuple[Event, ...]

    @property
    def masters(self) -> dict[str, str]:
        """The sha512 of each master by logical path."""
        state = self.inventory.state.items()
        return {path: digest for path, digest in state if path.startswith(MASTERS_FOLDER)}


@dataclass(frozen=True)
class Delivery:
    """What a commit brings: see :meth:`archive.store.Store.commit` for each part."""

    record: Record
    masters: Mapping[str, Path]
    technical: tuple[Technical, ...]
    events: tuple[Event, ...]
    message: str
    at: str


def revise(head: Head | None, new: Delivery) -> NewVersion | None:
    """Return the version that ``new`` makes of ``head``, or None when nothing changes.

    Raises:
        FixityError: A staged master is not what its technical description says.
        StoreWriteError: A staged master could not be synced.
        ValueError: The parts of ``new`` contradict each other, or a path is unsafe.
    """
    stored = head.masters if head else {}
    described = _described(new, stored)
    masters = stored | {path: described[path].sha512 for path in new.masters}
    record = _completed(new, head, masters)
    is_same = head is not None and record == head.record and masters == stored
    if is_same:
        return None
    kept = {entry.path: entry for entry in head.technical} if head else {}
    technical = tuple(
        kept[view.path] if stored.get(view.path) == masters[view.path] else described[view.path]
        for view in record.views
    )
    events = (head.events if head else ()) + new.events
    documents = {
        RECORD_PATH: record.to_bytes(),
        TECHNICAL_PATH: json_bytes(technical_document(technical)),
        EVENTS_PATH: json_bytes(events_document(events)),
    }
    return _new_version(head, new, masters=masters, documents=documents, technical=technical)


def relink(head: Head, new: Delivery, masters: Mapping[str, str]) -> NewVersion | None:
    """Return the version with exactly these masters, or None when nothing changes.

    Unlike :func:`revise` this can take masters out of the current version, or bring back those
    of an older one; it brings no new bytes. Whatever is taken out stays in the versions before.

    Args:
        head: The newest version.
        new: Record, events, message and time; its ``technical`` describes every master, in the
            order of the record's views, and it has no staged masters.
        masters: sha512 of each master by logical path, each of which the object holds.

    Raises:
        ValueError: The parts contradict each other.
    """
    views = [view.path for view in new.record.views]
    if views != [entry.path for entry in new.technical] or set(views) != masters.keys():
        raise ValueError("views, technical descriptions and masters differ")
    for entry in new.technical:
        if masters[entry.path] != entry.sha512 or entry.sha512 not in head.inventory.manifest:
            raise ValueError(f"the object does not hold the bytes of {entry.path!r}")
    if new.record == head.record and masters == head.masters:
        return None
    documents = {
        RECORD_PATH: new.record.to_bytes(),
        TECHNICAL_PATH: json_bytes(technical_document(new.technical)),
        EVENTS_PATH: json_bytes(events_document(head.events + new.events)),
    }
    return _new_version(head, new, masters=masters, documents=documents, technical=new.technical)


def _described(new: Delivery, stored: Mapping[str, str]) -> dict[str, Technical]:
    """Return the technical descriptions by path, having checked that ``new`` is consistent."""
    if datetime.fromisoformat(new.at).tzinfo is None:
        raise ValueError(f"the time {new.at!r} has no zone")
    described = {entry.path: entry for entry in new.technical}
    if len(described) != len(new.technical):
        raise ValueError("two technical descriptions of one master")
    for path, staged in new.masters.items():
        if not path.startswith(MASTERS_FOLDER):
            raise ValueError(f"{path!r} is not under {MASTERS_FOLDER}")
        if path not in described:
            raise ValueError(f"no technical description of {path!r}")
        if not staged.is_file():
            raise ValueError(f"the staged file of {path!r} is not there: {staged}")
    for path in described.keys() - new.masters.keys():
        if stored.get(path) != described[path].sha512:
            raise ValueError(f"{path!r} is described but neither given nor stored")
    check_logical_paths(frozenset(new.masters) | frozenset(stored))
    return described


def _completed(new: Delivery, head: Head | None, masters: Mapping[str, str]) -> Record:
    """Return the record with a view of every master.

    When the new record names all stored masters, its order stands. Otherwise somebody
    delivered a part, and the stored order stands, with what is new after it.
    """
    views = {view.path: view for view in new.record.views}
    if len(views) != len(new.record.views):
        raise ValueError("two views of one master")
    without_master = views.keys() - masters.keys()
    if without_master:
        raise ValueError(f"views without a master: {sorted(without_master)}")
    stored_views = {view.path: view for view in head.record.views} if head else {}
    order = dict(views) if stored_views.keys() <= views.keys() else stored_views | views
    for path in sorted(masters):
        order.setdefault(path, View(path))
    return replace(new.record, views=tuple(order.values()))


def _new_version(
    head: Head | None,
    new: Delivery,
    *,
    masters: Mapping[str, str],
    documents: Mapping[str, bytes],
    technical: tuple[Technical, ...],
) -> NewVersion:
    inventory = head.inventory if head else None
    manifest = dict(inventory.manifest) if inventory else {}
    sha256 = dict(inventory.sha256) if inventory else {}
    versions = inventory.versions if inventory else ()
    content = f"v{len(versions) + 1}/content/"
    state = dict(masters)
    data: dict[str, bytes] = {}
    for path, document in documents.items():
        digest = state[path] = hashlib.sha512(document).hexdigest()
        if digest not in manifest:
            manifest[digest] = content + content_name(digest, path)
            data[manifest[digest]] = document
    files: dict[str, Path] = {}
    for entry in technical:
        if entry.sha512 not in manifest:
            _verify(new.masters[entry.path], entry)
            name = manifest[entry.sha512] = content + content_name(entry.sha512, entry.path)
            files[name] = new.masters[entry.path]
            sha256[name] = entry.sha256
    return NewVersion(
        item_id=new.record.item_id,
        inventory=Inventory(
            object_id=object_id(new.record.item_id),
            versions=(*versions, ObjectVersion(new.at, new.message, state)),
            manifest=manifest,
            sha256=sha256,
        ),
        data=data,
        files=files,
    )


def _verify(staged: Path, expected: Technical) -> None:
    """Bring a staged master onto the disk and compare what is there with what was recorded.

    By sha256: both digests were taken of the same bytes in one pass, so one of them tells, and
    processors of the last years have instructions for this one, three times as fast as sha512.

    Raises:
        FixityError: They differ.
        StoreWriteError: The disk refused.
    """
    durable.sync_file(staged)
    found = sha256_of(staged)
    if found != expected.sha256:
        raise FixityError(
            _(
                "The copy of '{name}' differs from the scan: sha256 {found}, expected {expected}."
            ).format(name=expected.source_name, found=found[:16], expected=expected.sha256[:16]),
            remedy=_("Check the disk, then run the command again; the scan itself is untouched."),
            path=staged,
        )
