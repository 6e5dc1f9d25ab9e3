"""Where derivatives stand and when they are made again.

A set is published by renaming its whole folder into place, so a reader sees the old set or
the new one. Sets are caches of the masters: a missing or outdated one is made from the store.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import move_folder, remove_tree, sync_disk, translated_os_errors
from archive.layout import Layout
from archive.opening import Archive
from archive.store import Store, StoredItem
from pipeline.engine import run_jobs
from pipeline.jobs import Job, Scan
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress
from pipeline.work import run_item
from schemas.crosswalks import public_record
from schemas.crosswalks.xmp import Credit, credit_of
from schemas.derivatives import DERIVATIVES_NAME, DerivativeSet
from schemas.errors import RecordError
from schemas.events import utc_text
from schemas.findings import Finding
from schemas.messages import N_
from schemas.records import Record

MAKING = N_("Making images")


@dataclass(frozen=True)
class MadeDerivatives:
    """What a run over stored masters made.

    Attributes:
        item_ids: Items that have a new set.
        findings: What was found in the masters, those of items without a set too.
    """

    item_ids: frozenset[str]
    findings: tuple[Finding, ...]


def damaged_finding(item_id: str, error: RecordError) -> Finding:
    """Return the finding for a stored item that cannot be read."""
    return Finding("STORE-damaged", item_id=item_id, values={"reason": error.problem})


def publish_derivatives(layout: Layout, item_id: str, staged: Path) -> DerivativeSet:
    """Move a staged set into place, and return it.

    Raises:
        StoreWriteError: The disk refuses.
        RecordError: The staged folder holds no valid set; a defect of whoever made it.
    """
    made = _read_set(staged / DERIVATIVES_NAME)
    target = layout.derivatives_of(item_id)
    old = layout.staging / f"old-derivatives-{item_id}"
    with translated_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        remove_tree(old)
        move_folder(target, old)
    move_folder(staged, target)
    remove_tree(old)
    return made


def read_derivative_set(layout: Layout, stored: StoredItem) -> DerivativeSet | None:
    """Return an item's published set, or None where it is missing, damaged or of other masters.

    The files themselves are looked at too: a power cut may leave some of them empty.
    """
    folder = layout.derivatives_of(stored.item_id)
    try:
        made = _read_set(folder / DERIVATIVES_NAME)
        is_whole = all(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except (OSError, RecordError):
        return None
    sources = tuple(technical.sha512 for technical in stored.technical)
    return made if is_whole and made.sources == sources else None


def make_missing_derivatives(
    archive: Archive,
    catalogue: Catalogue,
    store: Store,
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> MadeDerivatives:
    """Make the set of every item that has none.

    Raises:
        DependencyError: The worker processes cannot be started.
        StoreWriteError: The disk refuses.
    """
    missing = [
        item.item_id
        for item in catalogue.iter_items()
        if item.derivatives is None
        or not (archive.layout.derivatives_of(item.item_id) / DERIVATIVES_NAME).is_file()
    ]
    return make_derivatives(archive, catalogue, store, missing, now=now, on_progress=on_progress)


def make_derivatives(
    archive: Archive,
    catalogue: Catalogue,
    store: Store,
    item_ids: Iterable[str],
    *,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> MadeDerivatives:
    """Make the sets of ``item_ids`` from the masters in the store.

    Raises:
        DependencyError: The worker processes cannot be started.
        StoreWriteError: The disk refuses.
    """
    wanted = list(item_ids)
    findings: list[Finding] = []
    settings = archive.settings
    outcomes = run_jobs(
        partial(run_item, at=utc_text(now())),
        _store_jobs(archive, store, wanted, findings),
        workers=settings.jobs,
        timeout_s=settings.item_timeout_s,
        memory_limit_mb=settings.memory_limit_mb,
    )
    made: set[str] = set()
    for done, outcome in enumerate(outcomes, start=1):
        findings.extend(outcome.findings)
        if outcome.derivatives is not None and not outcome.is_set_aside:
            catalogue.set_derivatives(
                publish_derivatives(archive.layout, outcome.item_id, outcome.derivatives)
            )
            made.add(outcome.item_id)
        shutil.rmtree(archive.layout.staging_of(outcome.item_id), ignore_errors=True)
        on_progress(Progress(MAKING, done, len(wanted), outcome.item_id))
    sync_disk()
    return MadeDerivatives(frozenset(made), tuple(findings))


def scans_in_store(stored: StoredItem) -> tuple[Scan, ...]:
    """Return an item's masters as scans to be read where they are, in reading order."""
    return tuple(
        Scan(stored.masters[view.path], view.path.removeprefix("masters/"), view.label)
        for view in stored.record.views
    )


def credit_in(archive: Archive, record: Record) -> Credit:
    """Return what the derivatives of an item say of it: nothing that its page would not."""
    settings = archive.settings
    return credit_of(
        public_record(record, archive.profile),
        publisher=settings.publisher,
        rights=settings.rights,
        rights_uri=settings.rights_uri,
    )


def kept_derivatives(
    archive: Archive, existing: CatalogueItem | None, record: Record
) -> DerivativeSet | None:
    """Return the set that an item keeps under a new record.

    It is none where its pictures would go on saying what no longer holds.
    """
    if existing is None or credit_in(archive, existing.record) != credit_in(archive, record):
        return None
    return existing.derivatives


def _store_jobs(
    archive: Archive, store: Store, item_ids: Iterable[str], findings: list[Finding]
) -> Iterator[Job]:
    memory_mb = worker_memory_mb(archive.settings)
    for item_id in item_ids:
        try:
            stored = store.read(item_id)
        except RecordError as error:
            findings.append(damaged_finding(item_id, error))
            continue
        yield Job(
            item_id=item_id,
            scans=scans_in_store(stored),
            staging=archive.layout.staging_of(item_id),
            settings=archive.settings.derivatives,
            copy_masters=False,
            credit=credit_in(archive, stored.record),
            memory_mb=memory_mb,
        )


def _read_set(path: Path) -> DerivativeSet:
    try:
        return DerivativeSet.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RecordError(f"{path.name} is damaged: {error}", path=path) from error
