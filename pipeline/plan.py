"""The dry run of an ingest: what would be new, changed, unchanged or set aside.

Promise: nothing is written to the archive or the source. The comparison is the one of the ingest
itself, on a copy of the catalogue. Scans are digested where needed, but not decoded, so a damaged
one is still found only by ``check`` and ``ingest``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue
from archive.opening import Archive
from archive.store import Store
from pipeline.choosing import ChooseRecord, choose_all
from pipeline.comparing import Comparison
from pipeline.intake.delivery import read_delivery
from pipeline.intake.rescued_reading import AcceptText
from pipeline.planning import Change
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.refresh import refresh_from_store
from pipeline.scan_digests import ScanDigests
from pipeline.sources import check_source
from schemas.findings import Finding, has_errors
from schemas.messages import N_

PLANNING = N_("Comparing with the archive")


@dataclass(frozen=True)
class PlannedChange:
    """What would be done with one row.

    Attributes:
        identifier: Its inventory number.
        item_id: Its id.
        change: What would be done.
        scans: Number of its scans in the delivery.
        size_bytes: Their bytes; 0 for an unchanged item.
    """

    identifier: str
    item_id: str
    change: Change
    scans: int
    size_bytes: int


@dataclass(frozen=True)
class Plan:
    """What an ingest would do.

    Attributes:
        catalogue: The sheet that was read.
        changes: A row each, in the order of the sheet.
        findings: What was found in the sheet and in the names of the scans.
    """

    catalogue: Path
    changes: tuple[PlannedChange, ...]
    findings: tuple[Finding, ...]

    @property
    def is_partial(self) -> bool:
        """Say whether something of the delivery would be kept out."""
        return has_errors(self.findings)

    def count(self, *kinds: Change) -> int:
        """Return the number of rows with one of these changes."""
        return sum(change.change in kinds for change in self.changes)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON data, its sentences in the current language."""
        return {
            "catalogue": str(self.catalogue),
            "items": [
                {
                    "identifier": change.identifier,
                    "item": change.item_id,
                    "change": change.change.value,
                    "scans": change.scans,
                    "size_bytes": change.size_bytes,
                }
                for change in self.changes
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }


def plan(
    archive: Archive,
    source: Path,
    *,
    catalogue_path: Path | None = None,
    choose: ChooseRecord = choose_all,
    accept_text: AcceptText | None = None,
    now: Callable[[], datetime],
    reread: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> Plan:
    """Say what an ingest of ``source`` would do.

    Args:
        archive: The archive.
        source: Folder of scans and catalogue.
        catalogue_path: The catalogue, when it is not to be looked for in ``source``.
        choose: Says which items are meant.
        accept_text: Says whether columns of text from before Unicode may be converted.
        now: The clock.
        reread: Read every scan again, also those that look untouched since an earlier run.
        on_progress: Told after each item.

    Raises:
        SourceError: There is nothing to read, or it is not clear what.
    """
    check_source(archive.layout, source)
    delivery = read_delivery(
        source,
        catalogue=catalogue_path,
        profile=archive.profile,
        settings=archive.settings,
        tables=archive.tables,
        accept_text=accept_text,
    )
    chosen = [planned for planned in delivery.items if choose(planned.record)]
    changes: list[PlannedChange] = []
    findings = [*delivery.findings]
    with _copied_catalogue(archive) as catalogue, catalogue.transaction():
        digests = ScanDigests(catalogue, now, reread=reread)
        comparison = Comparison(archive, Store(archive.layout), catalogue, digests)
        for planned in chosen:
            compared = comparison.compare(planned)
            findings.extend(compared.planned.findings)
            record, scans = planned.record, len(planned.scans)
            changes.append(
                PlannedChange(
                    record.identifier, record.item_id, compared.change, scans, compared.size_bytes
                )
            )
            on_progress(Progress(PLANNING, len(changes), len(chosen), record.identifier))
    return Plan(delivery.catalogue, tuple(changes), tuple(findings))


@contextmanager
def _copied_catalogue(archive: Archive) -> Iterator[Catalogue]:
    """Give a copy of the catalogue, brought up to date with the store.

    Opening the catalogue itself would write: its log, or all of it when it is of an old format.
    A copy torn by a writer is damaged, so it is thrown away and filled from the store.
    """
    with tempfile.TemporaryDirectory(prefix="hoaban-plan-") as scratch:
        copy = Path(scratch) / archive.layout.catalogue.name
        for suffix in ("", "-wal"):
            original = archive.layout.catalogue.with_name(copy.name + suffix)
            if original.exists():
                shutil.copyfile(original, copy.with_name(copy.name + suffix))
        with Catalogue.open(copy) as catalogue:
            refresh_from_store(archive.layout, Store(archive.layout), catalogue)
            yield catalogue
