"""What of a delivery is new, by comparison with the archive, before any scan is decoded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.config import DerivativeSettings
from archive.opening import Archive
from archive.store import Store
from pipeline.jobs import PlannedItem
from pipeline.planning import Change, Compared, aligned, change_of
from pipeline.refresh import refresh_item
from pipeline.scan_digests import ScanDigests
from schemas.errors import HoabanError, RecordError
from schemas.finding_text import findings_text
from schemas.findings import Finding
from schemas.identifiers import spelling_key
from schemas.messages import _
from schemas.software import hoaban_version


class Comparison:
    """Compares delivered items with the archive.

    The store is asked what it has; the catalogue only spares reading it.
    """

    def __init__(
        self, archive: Archive, store: Store, catalogue: Catalogue, digests: ScanDigests
    ) -> None:
        self._archive = archive
        self._store = store
        self._catalogue = catalogue
        self._digests = digests

    def compare(self, planned: PlannedItem) -> Compared:
        """Say what is to be done with an item. A damaged one is set aside, with a finding."""
        if planned.is_set_aside:
            return self._compared(planned, Change.SET_ASIDE)
        try:
            existing = self._existing(planned.item_id)
        except RecordError as error:
            finding = item_finding("STORE-damaged", planned, error)
            planned = replace(planned, findings=(*planned.findings, finding))
            return self._compared(planned, Change.SET_ASIDE)
        if existing is None:
            planned = self._with_similar(planned)
        item = aligned(planned, existing, self._digests.of)
        change = change_of(item, existing, self._digests.of)
        return Compared(item, change) if change is Change.NONE else self._compared(item, change)

    def _with_similar(self, planned: PlannedItem) -> PlannedItem:
        """Tell of an item of the archive whose number is another spelling of a new one's."""
        number = planned.record.identifier
        other = self._spellings.get(spelling_key(number))
        if other is None:
            return planned
        finding = Finding(
            "ROW-similar-identifier",
            sheet=planned.sheet,
            row=planned.row or None,
            item_id=planned.item_id,
            values={"identifier": number, "other": other, "where": _("in the archive")},
        )
        return replace(planned, findings=(*planned.findings, finding))

    @cached_property
    def _spellings(self) -> Mapping[tuple[str, ...], str]:
        return {spelling_key(number): number for _id, number in self._catalogue.identifiers()}

    def _existing(self, item_id: str) -> CatalogueItem | None:
        """Return what the archive has.

        Raises:
            RecordError: The stored item is damaged.
        """
        version = self._store.version_of(item_id)
        existing = self._catalogue.get(item_id)
        if version == 0:
            if existing is not None:
                self._catalogue.remove(item_id)
            return None
        if existing is None or existing.version != version:
            refresh_item(self._archive.layout, self._store, self._catalogue, item_id)
            existing = self._catalogue.get(item_id)
        return existing

    def _compared(self, planned: PlannedItem, change: Change) -> Compared:
        keys = [file_key(scan.source) for scan in planned.scans]
        size = sum(key[1] for key in keys if key is not None)
        digest = _input_digest(planned, keys, self._archive.settings.derivatives)
        return Compared(planned, change, digest, size)


def item_finding(code: str, planned: PlannedItem, error: HoabanError) -> Finding:
    """Return the finding that an error of the archive makes of a delivered item."""
    return Finding(
        code,
        path=planned.scans[0].name if planned.scans else "",
        sheet=planned.sheet,
        row=planned.row or None,
        item_id=planned.item_id,
        values={"reason": error.problem},
    )


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


Choose = Callable[[PlannedItem], bool]


def choose_all(planned: PlannedItem) -> bool:
    """Choose every item."""
    return True
