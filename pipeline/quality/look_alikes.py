"""Scans that show the same picture: twice in a delivery, or in the archive already.

Bytes are compared elsewhere (``pipeline.duplicates``); here the pictures are, by fingerprints
that derivation left behind, so nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from archive.catalogue import Catalogue
from archive.fingerprints import Fingerprints, Picture
from archive.job_table import JobState, Stage
from pipeline.duplicates import ReadScan
from pipeline.jobs import Outcome
from schemas.finding_text import findings_text, parse_findings
from schemas.findings import Finding

_MASTERS = "masters/"


def look_alike_findings(
    fingerprints: Fingerprints, item_ids: Sequence[str], read: Iterable[ReadScan]
) -> dict[str, list[Finding]]:
    """Return the findings of a batch by item, at most one for each scan.

    Of two scans of the batch the later one in the sheet is told of, so that the same delivery
    always gives the same findings; of one that the archive had, the new one.

    Args:
        fingerprints: Of the whole archive, the batch included.
        item_ids: The items of the batch that were read, in the order of the sheet.
        read: The scans that were read; two of the same bytes are told of elsewhere.
    """
    order = {item_id: number for number, item_id in enumerate(item_ids)}
    digests = {(scan.item_id, scan.name): scan.sha512 for scan in read}
    found: dict[str, list[Finding]] = {}
    for item_id in item_ids:
        told: set[str] = set()
        for picture in fingerprints.of(item_id):
            name = _name(picture)
            if name in told or (item_id, name) not in digests:
                continue
            other = _first_other(fingerprints.alike(picture), picture, order, digests)
            if other is not None:
                told.add(name)
                values = {"other": _name(other), "item": other.item_id}
                finding = Finding("QUALITY-look-alike", name, item_id=item_id, values=values)
                found.setdefault(item_id, []).append(finding)
    return found


def tell_look_alikes(
    catalogue: Catalogue, batch: int, item_ids: Sequence[str], read: Iterable[ReadScan]
) -> list[Finding]:
    """Return the findings of an ingest's batch, and put each on record with its item's job.

    Args:
        catalogue: With the batch's items in it.
        batch: Number of the batch.
        item_ids: The items whose scans were read, in the order of the sheet.
        read: Those scans.
    """
    found = look_alike_findings(catalogue.fingerprints, item_ids, read)
    with catalogue.transaction():
        for item_id, findings in found.items():
            job = catalogue.work.finished(Stage.SCANS, item_id, only_open=True)
            if job is not None and job.state is JobState.DONE:
                known = parse_findings(job.findings)
                text = findings_text((*known, *findings))
                catalogue.work.set_job(batch, replace(job, findings=text))
    return [finding for findings in found.values() for finding in findings]


def look_alikes_of(outcomes: Sequence[Outcome], read: Iterable[ReadScan]) -> list[Finding]:
    """Return the findings of scans that were only looked at, in the order of ``outcomes``."""
    fingerprints = Fingerprints.apart()
    try:
        for outcome in outcomes:
            pictures = [
                Picture(outcome.item_id, f"{number:04d}", f"{_MASTERS}{name}", text)
                for number, (name, text) in enumerate(outcome.pictures, start=1)
            ]
            fingerprints.put(outcome.item_id, pictures)
        item_ids = [outcome.item_id for outcome in outcomes]
        found = look_alike_findings(fingerprints, item_ids, read)
    finally:
        fingerprints.close()
    return [finding for findings in found.values() for finding in findings]


def _first_other(
    others: Iterable[Picture],
    picture: Picture,
    order: Mapping[str, int],
    digests: Mapping[tuple[str, str], str],
) -> Picture | None:
    """Return the picture that was there first, unless it is of the same file or the same bytes."""
    place = (order[picture.item_id], picture.canvas)
    digest = digests[picture.item_id, _name(picture)]
    earlier = [
        (order.get(other.item_id, -1), other.canvas, other)
        for other in others
        if (order.get(other.item_id, -1), other.canvas) < place
        and digests.get((other.item_id, _name(other))) != digest
    ]
    return min(earlier)[2] if earlier else None


def _name(picture: Picture) -> str:
    return picture.master.removeprefix(_MASTERS)
