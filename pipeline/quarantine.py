"""What was set aside: one folder an item, with its row, its findings and its faulty scans.

A folder is replaced as a whole when the item fails again, and removed when it goes in. The
museum's own files are copied, never moved: the delivery stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archive.durable import make_folder, move_folder, remove_tree, translated_os_errors
from archive.layout import Layout
from pipeline.jobs import PlannedItem
from schemas.findings import Finding, Severity
from schemas.records import json_bytes

FINDINGS_NAME = "findings.json"


def set_aside(layout: Layout, planned: PlannedItem, findings: tuple[Finding, ...]) -> Path:
    """Keep an item's row, findings and faulty scans in quarantine, and return the folder.

    A scan that cannot be read is named in the findings and not copied.

    Raises:
        StoreWriteError: The disk refuses.
    """
    name = _folder_name(planned, findings)
    target = layout.quarantine / name
    fresh = layout.staging / f"quarantine-{name}"
    remove_tree(fresh)
    make_folder(fresh / "files")
    with translated_os_errors(target):
        (fresh / "record.json").write_bytes(planned.record.to_bytes())
        (fresh / FINDINGS_NAME).write_bytes(json_bytes(_findings_document(planned, findings)))
    faulty = {f.path for f in findings if f.severity is Severity.ERROR}
    for number, scan in enumerate(planned.scans, start=1):
        if scan.name in faulty:
            # The name is from outside: only its last part is kept, behind a number.
            copy = fresh / "files" / f"{number:04d}-{Path(scan.name).name}"
            _copy_if_readable(scan.source, copy)
    make_folder(layout.quarantine)
    _discard(layout, target)
    move_folder(fresh, target)
    return target


def release(layout: Layout, item_id: str) -> None:
    """Take an item out of quarantine: it has gone in.

    Raises:
        StoreWriteError: The disk refuses.
    """
    if not layout.quarantine.is_dir():
        return
    for folder in (layout.quarantine / item_id, *layout.quarantine.glob(f"{item_id}+row-*")):
        _discard(layout, folder)


def _folder_name(planned: PlannedItem, findings: tuple[Finding, ...]) -> str:
    """Return a name of its own for each row: rows of one number share an item id."""
    if any(finding.code == "ROW-duplicate-identifier" for finding in findings):
        return f"{planned.item_id}+row-{planned.row}"
    return planned.item_id


def _discard(layout: Layout, folder: Path) -> None:
    if folder.exists():
        gone = layout.staging / f"released-{folder.name}"
        make_folder(layout.staging)
        remove_tree(gone)
        move_folder(folder, gone)
        remove_tree(gone)


def _copy_if_readable(source: Path, target: Path) -> None:
    try:
        file = source.open("rb")
    except OSError:
        return
    with file, translated_os_errors(target), target.open("wb") as copy:
        while block := _block_or_end(file):
            copy.write(block)


def _block_or_end(file: BinaryIO) -> bytes:
    """Return the next block; nothing where the medium gives no more, as a bad sector does."""
    try:
        return file.read(1 << 20)
    except OSError:
        return b""


def iter_set_aside(layout: Layout) -> Iterator[str]:
    """Yield the ids of the items in quarantine, sorted, each once."""
    if layout.quarantine.is_dir():
        folders = (entry.name for entry in layout.quarantine.iterdir() if entry.is_dir())
        yield from sorted({name.partition("+")[0] for name in folders})


def _findings_document(planned: PlannedItem, findings: tuple[Finding, ...]) -> object:
    return {
        "identifier": planned.record.identifier,
        "sheet": planned.sheet,
        "row": planned.row,
        "findings": [finding.to_json() for finding in findings],
    }
