"""Where contact sheets stand: ``batches/<batch>/`` with the page, its pictures and ``batch.json``.

Pictures are hard links to derivatives where the disk can do that, so they cost no room, and a
sheet still shows the scan that was judged when a later batch has replaced it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from archive.contact_sheet.page import sheet_html
from archive.durable import (
    make_folder,
    move_folder,
    remove_tree,
    translated_os_errors,
    write_file,
)
from archive.layout import Layout
from archive.settings import Settings
from schemas.batches import BATCH_NAME, BatchItem, BatchReport, BatchScan, is_batch_name
from schemas.errors import RecordError
from schemas.messages import _
from schemas.records import json_bytes

SHEET_NAME = "contact-sheet.html"
# Windows moves and copies "name_files" together with "name.html".
_PICTURES_SUFFIX = "_files"
_SCANS_A_FOLDER = 500


@dataclass(frozen=True)
class Pictures:
    """What a scan looks like.

    Attributes:
        thumbnail: A small JPEG.
        large: The JPEG a click shows.
    """

    thumbnail: Path
    large: Path


# By item id and name of the scan.
PictureSources = Mapping[tuple[str, str], Pictures]


def batch_names(layout: Layout) -> tuple[str, ...]:
    """Return the names of the batches that have a folder, the oldest first."""
    if not layout.batches.is_dir():
        return ()
    return tuple(sorted(e.name for e in layout.batches.iterdir() if is_batch_name(e.name)))


def read_batch(layout: Layout, name: str) -> BatchReport:
    """Return the report of a batch.

    Raises:
        RecordError: It is not there, or damaged.
    """
    path = layout.batches / name / BATCH_NAME
    try:
        return BatchReport.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecordError) as error:
        raise RecordError(
            _("The report of the batch cannot be read: {reason}.").format(reason=error),
            remedy=_(
                "Remove this folder and give the command again; it is made from the store then."
            ),
            path=path,
        ) from error


def write_batch(
    layout: Layout, settings: Settings, report: BatchReport, sources: PictureSources
) -> Path:
    """Write the folder of a batch anew, and return its contact sheet.

    Raises:
        StoreWriteError: The disk refuses; what was there stays.
    """
    fresh = layout.staging / f"batch-{report.name}"
    remove_tree(fresh)
    make_folder(fresh)
    report = _write_page(fresh / SHEET_NAME, settings, report, sources)
    write_file(fresh / BATCH_NAME, json_bytes(report.to_json()))
    make_folder(layout.batches)
    target = layout.batches / report.name
    remove_tree(target)
    move_folder(fresh, target)
    return target / SHEET_NAME


def write_sheet(
    path: Path, settings: Settings, report: BatchReport, sources: PictureSources | None = None
) -> None:
    """Write the contact sheet of a report to ``path``, and its pictures into a folder beside it.

    Without ``sources`` the pictures are those that were written with the report.

    Raises:
        StoreWriteError: The disk refuses.
    """
    make_folder(path.parent)
    _write_page(path, settings, report, sources)


def pictures_folder(page: Path) -> Path:
    """Return the folder of a contact sheet's pictures."""
    return page.with_name(page.stem + _PICTURES_SUFFIX)


def _write_page(
    page: Path, settings: Settings, report: BatchReport, sources: PictureSources | None
) -> BatchReport:
    folder = pictures_folder(page)
    if sources is not None:
        report = _with_pictures(report, sources, folder)
    write_file(page, sheet_html(report, settings, pictures=folder.name).encode())
    return report


def _with_pictures(report: BatchReport, sources: PictureSources, folder: Path) -> BatchReport:
    """Link the pictures of every scan into ``folder``, and return the report that names them."""
    number = 0
    items: list[BatchItem] = []
    for item in report.items:
        scans: list[BatchScan] = []
        for scan in item.scans:
            pictures = sources.get((item.item_id, scan.name))
            scan = replace(scan, picture="", large_picture="")
            if pictures is not None and pictures.thumbnail.is_file():
                scan = _linked(scan, pictures, folder, number)
                number += 1
            scans.append(scan)
        items.append(replace(item, scans=tuple(scans)))
    return replace(report, items=tuple(items))


def _linked(scan: BatchScan, pictures: Pictures, folder: Path, number: int) -> BatchScan:
    # Numbers, not the scans' own names: those come from outside.
    part = f"{number // _SCANS_A_FOLDER:03d}"
    small, large = f"{part}/{number:06d}.jpg", f"{part}/{number:06d}-large.jpg"
    with translated_os_errors(folder / small):
        (folder / part).mkdir(parents=True, exist_ok=True)
        _link(pictures.thumbnail, folder / small)
        _link(pictures.large, folder / large)
    return replace(scan, picture=small, large_picture=large)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that has no hard links (FAT)
        shutil.copyfile(source, target)
