"""What was set aside: one folder an item, with its row, its findings and its faulty scans.

A folder is replaced as a whole when the item fails again, and removed when it goes in. The
museum's own files are copied, never moved: the delivery stays as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from archive.durable import translated_os_errors
from archive.layout import Layout
from pipeline.jobs import PlannedItem
from schemas.findings import Finding, Severity
from schemas.records import json_bytes

FINDINGS_NAME = "findings.json"


def set_aside(layout: Layout, planned: PlannedItem, findings: tuple[Finding, ...]) -> Path:
    """Keep an item's row, findings and faulty scans in quarantine, and return the folder.

    Raises:
        StoreWriteError: The disk refuses.
    """
    target = layout.quarantine / planned.item_id
    fresh = layout.staging / f"quarantine-{planned.item_id}"
    faulty = {f.path for f in findings if f.severity is Severity.ERROR}
    with translated_os_errors(target):
        shutil.rmtree(fresh, ignore_errors=True)
        (fresh / "files").mkdir(parents=True)
        (fresh / "record.json").write_bytes(planned.record.to_bytes())
        (fresh / FINDINGS_NAME).write_bytes(json_bytes(_findings_document(planned, findings)))
        for number, scan in enumerate(planned.scans, start=1):
            if scan.name in faulty and scan.source.is_file():
                # The name is from outside: only its last part is kept, behind a number.
                copy = fresh / "files" / f"{number:04d}-{Path(scan.name).name}"
                shutil.copyfile(scan.source, copy)
        layout.quarantine.mkdir(exist_ok=True)
        release(layout, planned.item_id)
        Path(fresh).replace(target)
    return target


def release(layout: Layout, item_id: str) -> None:
    """Take an item out of quarantine: it has gone in, or is set aside anew."""
    folder = layout.quarantine / item_id
    if not folder.exists():
        return
    gone = layout.staging / f"released-{item_id}"
    with translated_os_errors(folder):
        layout.staging.mkdir(exist_ok=True)
        shutil.rmtree(gone, ignore_errors=True)
        Path(folder).replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


def iter_set_aside(layout: Layout) -> Iterator[str]:
    """Yield the ids of the items in quarantine, sorted."""
    if layout.quarantine.is_dir():
        yield from sorted(entry.name for entry in layout.quarantine.iterdir() if entry.is_dir())


def _findings_document(planned: PlannedItem, findings: tuple[Finding, ...]) -> object:
    return {
        "identifier": planned.record.identifier,
        "sheet": planned.sheet,
        "row": planned.row,
        "findings": [finding.to_json() for finding in findings],
    }
