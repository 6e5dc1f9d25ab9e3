"""Taking in a bag that another museum made with ``hoaban export bagit``.

Promise: nothing is written before every byte of the bag was read and proven. Then each item goes in
whole, as one version, with all that happened to it where it came from; or it stays out with a
finding. What is here already is never overwritten: an item is brought up to date only when what
happened to it here is the beginning of what happened to it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import durable
from archive.bag_reading import VerifiedBag, open_bag, verified
from archive.catalogue import Catalogue
from archive.job_table import BatchKind, JobRow, JobState, Stage
from archive.opening import Archive
from archive.store import Store
from pipeline.derivative_sets import finish_derivatives
from pipeline.indexing import update_index
from pipeline.missing_derivatives import make_missing_derivatives
from pipeline.progress import OnProgress, Progress, ignore_progress
from pipeline.receiving import ReceivedItem, Standing, plan_items
from pipeline.refresh import Refreshed, refresh_item
from pipeline.roundtrip.editing import writing
from schemas.batches import message_of
from schemas.events import Event, EventType, utc_text
from schemas.findings import Finding, has_errors
from schemas.messages import N_
from schemas.software import agent_name

VERIFYING = N_("Verifying the bag")
TAKING = N_("Taking in")
_STEP_BYTES = 64 << 20


@dataclass(frozen=True)
class ReceiveReport:
    """What a bag brought.

    Attributes:
        source: Who made the bag, as it says itself; may be empty.
        items: What is in it, each with what becomes of it.
        findings: What was found about them, and about items interrupted runs had left.
        batch: Name of the batch; empty when nothing was written.
    """

    source: str
    items: tuple[ReceivedItem, ...]
    findings: tuple[Finding, ...]
    batch: str = ""

    @property
    def is_partial(self) -> bool:
        """Say whether something of the bag stays out."""
        return has_errors(self.findings)

    def count(self, standing: Standing) -> int:
        """Return how many items have a standing."""
        return sum(item.standing is standing for item in self.items)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data, its sentences in the current language."""
        return {
            "source": self.source,
            "batch": self.batch,
            "items": [item.to_json() for item in self.items],
            "findings": [finding.to_json() for finding in self.findings],
        }


def plan_receive(
    archive: Archive, path: Path, *, on_progress: OnProgress = ignore_progress
) -> ReceiveReport:
    """Verify a bag and say what would become of its items; nothing is written.

    Raises:
        FixityError: A file of the bag is missing, changed or not listed.
        RecordError: The catalogue is missing or damaged.
        SourceError: It is no bag, or cannot be read.
    """
    with open_bag(path) as bag, Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        proven = verified(bag, _telling(on_progress, sum(bag.sizes.values())))
        items = plan_items(proven, Store(archive.layout), catalogue.identifiers())
    return _report(proven, items)


def receive(
    archive: Archive,
    path: Path,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress = ignore_progress,
) -> ReceiveReport:
    """Verify a bag, then take in what the archive does not have, as one batch.

    Stopped in the middle, the same command goes on: what was taken is there already then.

    Raises:
        FixityError: A file of the bag is missing, changed or not listed; nothing was taken.
        SourceError: It is no bag, or cannot be read; nothing was taken.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refused; items that were taken before stay.
    """
    with open_bag(path) as bag, writing(archive) as (store, catalogue, refreshed):
        proven = verified(bag, _telling(on_progress, sum(bag.sizes.values())))
        items = plan_items(proven, store, catalogue.identifiers())
        wanted = [item for item in items if item.is_wanted]
        number = catalogue.work.start_batch(BatchKind.INGEST, utc_text(now()), str(path))
        name = catalogue.work.batch(number).name
        with catalogue.transaction():
            for item in wanted:
                catalogue.work.set_job(number, _job(item, JobState.TODO))
        for done, item in enumerate(wanted, start=1):
            _take(archive, store, proven, item, batch=name, at=utc_text(now()))
            with catalogue.transaction():
                refresh_item(archive.layout, store, catalogue, item.record.item_id)
                catalogue.work.set_job(number, _job(item, JobState.DONE))
            on_progress(Progress(TAKING, done, len(wanted), item.record.identifier))
        made = _finish(archive, store, catalogue, refreshed, items, number, now, on_progress)
    return _report(proven, items, (*refreshed.findings, *made), name if wanted else "")


def _job(item: ReceivedItem, state: JobState) -> JobRow:
    return JobRow(Stage.RECORD, item.record.item_id, "", state, 0, "[]")


def _take(
    archive: Archive,
    store: Store,
    proven: VerifiedBag,
    item: ReceivedItem,
    *,
    batch: str,
    at: str,
) -> None:
    """Stage the masters of an item and commit it with its history."""
    folder = archive.layout.staging / "receive"
    durable.remove_tree(folder)
    durable.make_folder(folder)
    staged: dict[str, Path] = {}
    for number, (path, name) in enumerate(item.masters.items()):
        # A number, not the name it has in the bag: that comes from outside.
        staged[path] = folder / f"{number:06d}"
        durable.write_new_blocks(staged[path], proven.bag.blocks(name))
    store.commit(
        item.record,
        masters=staged,
        technical=item.technical,
        events=(*item.new_events, _accession(proven, at)),
        message=message_of("Receive", batch),
        at=at,
    )
    durable.remove_tree(folder)


def _accession(proven: VerifiedBag, at: str) -> Event:
    info = proven.info
    said = {
        "bag": proven.bag.path.name,
        "source": info.get("Source-Organization", ""),
        "bagging_date": info.get("Bagging-Date", ""),
        "manifest_sha512": proven.manifest_sha512,
    }
    detail = " ".join(f"{key}={value}" for key, value in said.items() if value)
    return Event(EventType.ACCESSION, at, "success", agent_name(), detail=detail)


def _finish(
    archive: Archive,
    store: Store,
    catalogue: Catalogue,
    refreshed: Refreshed,
    items: tuple[ReceivedItem, ...],
    number: int,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> tuple[Finding, ...]:
    """Bring images and index up to date, and close the batch; return what masters gave."""
    made = make_missing_derivatives(archive, catalogue, store, now=now, on_progress=on_progress)
    taken = {item.record.item_id for item in items if item.is_wanted}
    update_index(archive, catalogue, {*refreshed.item_ids, *taken, *made.item_ids})
    durable.sync_disk()
    finish_derivatives(catalogue, now)
    standings = [item.standing for item in items]
    summary = {
        "added": standings.count(Standing.NEW),
        "updated": standings.count(Standing.NEWER),
        "unchanged": standings.count(Standing.KNOWN) + standings.count(Standing.OLDER),
        "set_aside": standings.count(Standing.REFUSED),
    }
    catalogue.work.finish_batch(number, utc_text(now()), summary)
    return made.findings


def _report(
    proven: VerifiedBag,
    items: tuple[ReceivedItem, ...],
    more: tuple[Finding, ...] = (),
    batch: str = "",
) -> ReceiveReport:
    findings = (*more, *(finding for item in items for finding in item.findings))
    return ReceiveReport(proven.info.get("Source-Organization", ""), items, findings, batch)


def _telling(on_progress: OnProgress, total: int) -> Callable[[int], None]:
    """Return what tells of the bytes read, in steps that people can follow."""
    done = 0

    def tell(length: int) -> None:
        nonlocal done
        before, done = done, done + length
        if before // _STEP_BYTES != done // _STEP_BYTES:
            on_progress(Progress(VERIFYING, done >> 20, max(total >> 20, 1)))

    return tell
