"""The archive itself: items with their masters, records and events, in an OCFL storage root.

Promises: nothing stored is ever overwritten or removed; a commit is there whole or not at all,
whenever the machine stops; equal commits give equal bytes. ``docs/store-format.md`` describes
what is on disk. Whoever calls :meth:`Store.commit` or :meth:`Store.recover` holds
:func:`archive.lock.write_lock`; reading needs no lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive import ocfl_commit
from archive.layout import Layout
from archive.ocfl import Inventory, ObjectVersion, read_inventory
from archive.ocfl_root import create_root, is_root, iter_objects, object_id, object_path
from archive.revision import (
    EVENTS_PATH,
    RECORD_PATH,
    TECHNICAL_PATH,
    Delivery,
    Head,
    relink,
    revise,
)
from schemas.errors import RecordError
from schemas.events import Event, parse_events_document
from schemas.messages import _
from schemas.records import Record
from schemas.technical import Technical, parse_technical_document


@dataclass(frozen=True)
class StoredItem:
    """The newest version of one item.

    Attributes:
        item_id: The item.
        version: Number of the version, from 1.
        created_at: When version 1 was made, RFC 3339.
        updated_at: When this version was made, RFC 3339.
        record: The description.
        technical: What was read from each master, in the order of ``record.views``.
        events: What happened, oldest first.
        masters: Content file by logical path, in the order of ``record.views``.
    """

    item_id: str
    version: int
    created_at: str
    updated_at: str
    record: Record
    technical: tuple[Technical, ...]
    events: tuple[Event, ...]
    masters: Mapping[str, Path]


@dataclass(frozen=True)
class StoredVersion:
    """One version of an item, old or new.

    Attributes:
        number: Its number, from 1.
        created: When it was made, RFC 3339.
        message: Why.
        record: The description it had.
        technical: What was read from each of its masters, in the order of ``record.views``.
        masters: sha512 of each master by logical path.
    """

    number: int
    created: str
    message: str
    record: Record
    technical: tuple[Technical, ...]
    masters: Mapping[str, str]


@dataclass(frozen=True)
class Commit:
    """What came of a commit.

    Attributes:
        item_id: The item.
        version: Its newest version now.
        is_changed: Whether a version was added.
    """

    item_id: str
    version: int
    is_changed: bool


class Store:
    """The store of one archive."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    @classmethod
    def create(cls, layout: Layout) -> Store:
        """Make the storage root, unless it is there.

        Raises:
            RecordError: There is something else in its place.
            StoreWriteError: The disk refused; there is no store then.
        """
        create_root(layout.store, layout.staging / "store")
        return cls(layout)

    def check_root(self) -> None:
        """Make sure that the storage root is there before anything trusts or writes to it.

        Raises:
            RecordError: It is not: its disk is not mounted, or the folder was moved.
        """
        if not is_root(self.layout.store):
            raise RecordError(
                _("The store is not there."),
                remedy=_("Check that its disk is connected, or bring the folder back from a copy."),
                path=self.layout.store,
            )

    def has(self, item_id: str) -> bool:
        """Say whether the item is in the store, be it damaged."""
        return self.folder_of(item_id).is_dir()

    def folder_of(self, item_id: str) -> Path:
        """Return the folder of the item's object, whether it exists or not."""
        return self.layout.store / object_path(item_id)

    def version_of(self, item_id: str) -> int:
        """Return the number of the item's newest version; 0 when it is not in the store.

        Raises:
            RecordError: Its inventory is damaged.
        """
        return self._inventory(item_id).head if self.has(item_id) else 0

    def read(self, item_id: str) -> StoredItem:
        """Return the newest version of an item.

        The descriptions are checked against their digests, masters are not (see
        :mod:`archive.fixity`).

        Raises:
            RecordError: The item is not there, or its inventory or descriptions are damaged.
        """
        folder = self.folder_of(item_id)
        if not folder.is_dir():
            raise RecordError(_("There is no item '{item}'.").format(item=item_id), path=folder)
        head = self._head(item_id)
        inventory = head.inventory
        return StoredItem(
            item_id=item_id,
            version=inventory.head,
            created_at=inventory.versions[0].created,
            updated_at=inventory.versions[-1].created,
            record=head.record,
            technical=head.technical,
            events=head.events,
            masters={
                view.path: folder / inventory.content_path(view.path) for view in head.record.views
            },
        )

    def read_version(self, item_id: str, number: int) -> StoredVersion:
        """Return one version of an item, its descriptions checked against their digests.

        Raises:
            RecordError: There is no such version, or it is damaged.
        """
        folder = self.folder_of(item_id)
        inventory = self._inventory(item_id)
        if not 1 <= number <= inventory.head:
            raise RecordError(
                _("The item '{item}' has no version {version}.").format(
                    item=item_id, version=number
                ),
                path=folder,
            )
        then = replace(inventory, versions=inventory.versions[:number])
        head = _parse_head(folder, then)
        version = inventory.versions[number - 1]
        return StoredVersion(
            number=number,
            created=version.created,
            message=version.message,
            record=head.record,
            technical=head.technical,
            masters=head.masters,
        )

    def history(self, item_id: str) -> tuple[ObjectVersion, ...]:
        """Return every version of an item, the oldest first.

        Raises:
            RecordError: Its inventory is missing or damaged.
        """
        return self._inventory(item_id).versions

    def iter_item_ids(self) -> Iterator[str]:
        """Yield the id of every item, sorted.

        Raises:
            RecordError: There is no store, or a folder of it cannot be read: items would be
                left out without a word.
        """
        item_ids = []
        for entry in iter_objects(self.layout.store):
            if isinstance(entry, str):
                item_ids.append(entry)
            elif entry.is_unreadable:
                raise RecordError(
                    _("The store cannot be read: {reason}.").format(reason=entry.what),
                    remedy=_("Check that this is the archive's folder and that its disk is there."),
                    path=self.layout.store / entry.path,
                )
        yield from sorted(item_ids)

    def commit(
        self,
        record: Record,
        *,
        masters: Mapping[str, Path],
        technical: tuple[Technical, ...],
        events: tuple[Event, ...],
        message: str,
        at: str,
    ) -> Commit:
        """Store a new item, or a new version of one, if anything changed.

        Masters of the version before stay, whether they are named again or not: their views
        are kept, first and in their order. A master under a known path with other bytes
        replaces it in the new version; the old bytes stay in the old one.

        Args:
            record: The description. A view it names must be a master, given or stored.
            masters: Staged files by logical path (``masters/…``), on the store's file system.
                They are moved into the store; one whose bytes the object already holds is
                left where it is.
            technical: What was read from each of ``masters``, digests included; entries of
                stored masters may be there too and change nothing.
            events: What happened since the version before, oldest first.
            message: Why, for people who read the inventory; one sentence.
            at: When, RFC 3339 with a zone.

        Raises:
            FixityError: A staged file is not what ``technical`` says; nothing was stored.
            RecordError: The stored item is damaged; nothing was stored.
            StoreWriteError: The disk refused; nothing was stored.
            ValueError: The arguments contradict each other, or a path is unsafe.
        """
        item_id = record.item_id
        ocfl_commit.settle(self.layout, item_id)
        head = self._head(item_id) if self.has(item_id) else None
        delivery = Delivery(
            record=record,
            masters=masters,
            technical=technical,
            events=events,
            message=message,
            at=at,
        )
        new = revise(head, delivery)
        if new is not None:
            ocfl_commit.commit_version(self.layout, new)
            return Commit(item_id, new.inventory.head, is_changed=True)
        # Only a stored item can be unchanged.
        return Commit(item_id, head.inventory.head if head else 0, is_changed=False)

    def relink(
        self,
        record: Record,
        *,
        masters: Mapping[str, str],
        technical: tuple[Technical, ...],
        events: tuple[Event, ...],
        message: str,
        at: str,
    ) -> Commit:
        """Store a version with exactly these masters, of those the object holds.

        For taking back what an earlier version brought; the bytes stay in the versions before.

        Args:
            record: The description; its views are exactly ``masters``.
            masters: sha512 by logical path.
            technical: What was read from each, in the order of the views.
            events: What happened since the version before, oldest first.
            message: Why, for people who read the inventory; one sentence.
            at: When, RFC 3339 with a zone.

        Raises:
            RecordError: The stored item is damaged; nothing was stored.
            StoreWriteError: The disk refused; nothing was stored.
            ValueError: The arguments contradict each other.
        """
        item_id = record.item_id
        ocfl_commit.settle(self.layout, item_id)
        head = self._head(item_id)
        delivery = Delivery(record, {}, technical, events, message, at)
        new = relink(head, delivery, masters)
        if new is not None:
            ocfl_commit.commit_version(self.layout, new)
        return Commit(item_id, head.inventory.head + (new is not None), new is not None)

    def recover(self) -> tuple[str, ...]:
        """Finish or undo every commit a crash interrupted, and make staging an empty folder.

        Every command that commits calls it first, under the write lock and before anything
        is staged; commits rely on the staging folder it leaves.

        Returns:
            The ids of the items that were under way, sorted.

        Raises:
            StoreWriteError: The disk refused.
        """
        return ocfl_commit.recover(self.layout)

    def _inventory(self, item_id: str) -> Inventory:
        folder = self.folder_of(item_id)
        inventory = read_inventory(folder)
        if inventory.object_id != object_id(item_id):
            raise _broken(folder, f"it is the inventory of '{inventory.object_id}'")
        return inventory

    def _head(self, item_id: str) -> Head:
        inventory = self._inventory(item_id)
        return _parse_head(self.folder_of(item_id), inventory)


def _parse_head(folder: Path, inventory: Inventory) -> Head:
    """Return the newest version's documents.

    Raises:
        RecordError: One is missing, not as recorded, or not of our format.
    """
    try:
        head = Head(
            inventory=inventory,
            record=Record.from_json(_read_json(folder, inventory, RECORD_PATH)),
            technical=parse_technical_document(_read_json(folder, inventory, TECHNICAL_PATH)),
            events=parse_events_document(_read_json(folder, inventory, EVENTS_PATH)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _broken(folder, repr(error)) from error
    views = [view.path for view in head.record.views]
    if views != [entry.path for entry in head.technical] or set(views) != head.masters.keys():
        raise _broken(folder, "views, technical descriptions and masters differ")
    return head


def _read_json(folder: Path, inventory: Inventory, logical_path: str) -> Any:
    """Return a document of the newest version, checked against its digest."""
    path = folder / inventory.content_path(logical_path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _broken(path, error.strerror or str(error)) from error
    if hashlib.sha512(data).hexdigest() != inventory.state[logical_path]:
        raise _broken(path, "sha512 differs from the inventory")
    return json.loads(data)


def _broken(path: Path, reason: str) -> RecordError:
    return RecordError(
        _("The stored item is damaged: {reason}.").format(reason=reason),
        remedy=_("See everything that is damaged with: hoaban audit"),
        path=path,
    )
