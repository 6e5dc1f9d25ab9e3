"""What of a delivery is new, by comparison with the archive, before any scan is decoded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.config import DerivativeSettings
from archive.digests import digest_file
from pipeline.changes import Change
from pipeline.jobs import PlannedItem, Scan
from schemas.finding_text import findings_text
from schemas.records import View
from schemas.software import hoaban_version


@dataclass(frozen=True)
class Compared:
    """A delivered item beside what the archive has of it.

    Attributes:
        planned: The item, its views as the archive will have them.
        change: What is to be done. ``RECORD``: only the description changed, so no scan needs
            to be read again. ``SET_ASIDE``: the sheet keeps it out.
        input_digest: Digest of everything its job depends on; empty when there is no job.
        size_bytes: Bytes of its delivered scans.
    """

    planned: PlannedItem
    change: Change
    input_digest: str = ""
    size_bytes: int = 0

    @property
    def item_id(self) -> str:
        """The item's id."""
        return self.planned.item_id


class Comparison:
    """Compares delivered items with the catalogue, and remembers the digests it takes."""

    def __init__(self, catalogue: Catalogue, settings: DerivativeSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def compare(self, planned: PlannedItem) -> Compared:
        """Say what is to be done with an item."""
        if planned.is_set_aside:
            return self._compared(planned, Change.SET_ASIDE)
        existing = self._catalogue.get(planned.item_id)
        if existing is None:
            return self._compared(planned, Change.NEW)
        planned = self._aligned(planned, existing)
        if not self._has_same_scans(planned, existing):
            return self._compared(planned, Change.SCANS)
        if planned.record != existing.record:
            return self._compared(planned, Change.RECORD)
        return Compared(planned, Change.UNCHANGED)

    def _compared(self, planned: PlannedItem, change: Change) -> Compared:
        keys = [file_key(scan.source) for scan in planned.scans]
        size = sum(key[1] for key in keys if key is not None)
        digest = _input_digest(planned, keys, self._settings)
        return Compared(planned, change, digest, size)

    def _has_same_scans(self, planned: PlannedItem, existing: CatalogueItem) -> bool:
        """Say whether the archive holds these scans already, in this order and derived."""
        known = {technical.path: technical.sha512 for technical in existing.technical}
        return (
            planned.record.views == existing.record.views
            and (existing.derivatives is not None or not existing.record.views)
            and all(known[scan.master_path] == self._digest(scan) for scan in planned.scans)
        )

    def _aligned(self, planned: PlannedItem, existing: CatalogueItem) -> PlannedItem:
        """Return the item with its views as the archive will have them.

        A scan whose bytes the item has already under another name keeps that name, and views
        the delivery does not bring again stay: a delivery adds and replaces, it never removes.
        """
        if not existing.record.views:
            return planned
        known = {technical.path: technical.sha512 for technical in existing.technical}
        by_digest = {digest: path for path, digest in known.items()}
        scans: list[Scan] = []
        for scan in planned.scans:
            path = by_digest.get(self._digest(scan) or "")
            if scan.master_path not in known and path is not None:
                scan = replace(scan, name=path.removeprefix("masters/"))
            scans.append(scan)
        delivered = zip(planned.record.views, scans, strict=True)
        new = tuple(replace(view, path=scan.master_path) for view, scan in delivered)
        views = _merged_views(existing.record.views, new)
        return replace(planned, scans=tuple(scans), record=replace(planned.record, views=views))

    def _digest(self, scan: Scan) -> str | None:
        """Return a scan's sha512, from memory where the file has not been touched since."""
        key = file_key(scan.source)
        if key is None:
            # The worker will meet the same error and report it with its finding.
            return None
        digest = self._catalogue.source_digest(*key)
        if digest is None:
            try:
                digest = digest_file(scan.source).sha512
            except OSError:
                return None
            self._catalogue.remember_source(*key, digest)
        return digest


def file_key(path: Path) -> tuple[str, int, int] | None:
    """Return what changes when somebody writes to a file: path, bytes, time in nanoseconds.

    None means that the file cannot be looked at.
    """
    try:
        stat = path.stat()
        return str(path.resolve()), stat.st_size, stat.st_mtime_ns
    except OSError:
        return None


def _input_digest(
    planned: PlannedItem,
    keys: list[tuple[str, int, int] | None],
    settings: DerivativeSettings,
) -> str:
    """Return one digest of all that the work on an item depends on."""
    data = {
        "record": planned.record.to_json(),
        "findings": findings_text(planned.findings),
        "scans": [
            [scan.name, scan.label, key] for scan, key in zip(planned.scans, keys, strict=True)
        ],
        "settings": asdict(settings),
        "hoaban": hoaban_version(),
    }
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def _merged_views(old: tuple[View, ...], new: tuple[View, ...]) -> tuple[View, ...]:
    """Return the views of both: the old order, with new labels, then the new ones."""
    labelled = {view.path: view for view in new}
    kept = tuple(labelled.pop(view.path, view) for view in old)
    return kept + tuple(labelled.values())


Choose = Callable[[PlannedItem], bool]


def choose_all(planned: PlannedItem) -> bool:
    """Choose every item."""
    return True
