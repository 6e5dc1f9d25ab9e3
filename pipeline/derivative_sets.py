"""Where derivatives stand and when they are made again.

A set is published by renaming its whole folder into place, so a reader sees the old set or
the new one. Sets are caches of the masters: a missing or outdated one is made from the store.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.durable import move_folder, remove_tree, sync_disk, translated_os_errors
from archive.job_table import BatchKind, JobRow, JobState, Stage
from archive.layout import Layout
from archive.limits import LimitRules, Limits
from archive.opening import Archive
from archive.store import Store, StoredItem
from pipeline.carry import carry
from pipeline.derive import recipe_of
from pipeline.jobs import Job, Outcome, Scan
from pipeline.memory import worker_memory_mb
from pipeline.progress import OnProgress, Progress
from pipeline.repeats import Repeats
from pipeline.work import run_item
from schemas.crosswalks import public_record
from schemas.crosswalks.xmp import Credit, credit_of
from schemas.derivatives import DERIVATIVES_NAME, DerivativeSet
from schemas.errors import RecordError
from schemas.events import utc_text
from schemas.finding_text import findings_text
from schemas.findings import Finding, Severity
from schemas.messages import N_
from schemas.records import Record
from schemas.technical import longest_side

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


def wanted_recipe(archive: Archive, item: CatalogueItem) -> str:
    """Return the recipe by which an item's set would be made now, from the newest version."""
    return recipe_of(
        archive.settings.derivatives,
        ((technical.sha512, len(technical.pages)) for technical in item.technical),
        credit_in(archive, item.record),
        readers=(name for technical in item.technical for name in technical.readers),
        limits=limits_in(archive, item.record),
        longest_px=longest_side(item.technical),
    )


def needs_derivatives(archive: Archive, item: CatalogueItem) -> bool:
    """Say whether an item has no set, or one that shows more than its limits allow.

    Such a set must not wait until somebody asks for new ones: the next build would publish it.
    """
    made = item.derivatives
    return made is None or not limits_in(archive, item.record).is_kept_by(made)


def finish_derivatives(catalogue: Catalogue, now: Callable[[], datetime]) -> None:
    """Close every open batch of derivatives, with what came of its jobs."""
    work = catalogue.work
    for batch in work.open_batches(BatchKind.DERIVE):
        states = Counter(job.state for job in work.jobs(batch))
        summary = {"made": states[JobState.DONE], "set_aside": states[JobState.SET_ASIDE]}
        work.finish_batch(batch, utc_text(now()), summary)


def make_derivatives(
    archive: Archive,
    catalogue: Catalogue,
    store: Store,
    wanted: Mapping[str, str],
    *,
    batch: int,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> MadeDerivatives:
    """Make sets from the masters in the store; each is on record as soon as it stands.

    An item whose masters an interrupted run could not read is not tried again.

    Args:
        archive: The archive.
        catalogue: Its catalogue; the caller holds the write lock.
        store: Its store.
        wanted: Recipe by item id.
        batch: The batch the jobs belong to.
        now: The clock.
        on_progress: Told after each item.

    Raises:
        DependencyError: The workers cannot be started.
        StoreWriteError: The disk refuses.
    """
    todo, findings = _begin(archive, catalogue, wanted, batch)
    meter = _Meter(todo.values(), on_progress)
    made: set[str] = set()
    outcomes = carry(
        archive, partial(run_item, at=utc_text(now())), _jobs(archive, store, todo, findings)
    )
    for outcome in outcomes:
        findings.extend(outcome.findings)
        work = todo[outcome.item_id]
        is_made = _publish(archive, catalogue, batch, work.recipe, outcome)
        if is_made:
            made.add(outcome.item_id)
        shutil.rmtree(archive.layout.staging_of(outcome.item_id), ignore_errors=True)
        meter.tell(outcome, work, is_made=is_made)
    sync_disk()
    return MadeDerivatives(frozenset(made), tuple(findings))


@dataclass(frozen=True)
class _Work:
    """A set to be made: its recipe, and the bytes of its masters."""

    recipe: str
    size_bytes: int


class _Meter:
    """Tells how far the making of images has come."""

    def __init__(self, work: Collection[_Work], on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._count = len(work)
        self._total_bytes = sum(entry.size_bytes for entry in work)
        self._done = self._done_bytes = self._errors = self._warnings = 0

    def tell(self, outcome: Outcome, work: _Work, *, is_made: bool) -> None:
        """Tell that one item is finished."""
        self._done += 1
        self._done_bytes += work.size_bytes
        self._errors += not is_made
        self._warnings += sum(f.severity is Severity.WARNING for f in outcome.findings)
        self._on_progress(
            Progress(
                MAKING,
                self._done,
                self._count,
                outcome.item_id,
                bytes_done=self._done_bytes,
                bytes_total=self._total_bytes,
                errors=self._errors,
                warnings=self._warnings,
            )
        )


def _begin(
    archive: Archive, catalogue: Catalogue, wanted: Mapping[str, str], batch: int
) -> tuple[dict[str, _Work], list[Finding]]:
    """Put every job on record; return those to be done, and what was found before in the others."""
    repeats = Repeats(catalogue.work, only_open=True)
    findings: list[Finding] = []
    todo: dict[str, _Work] = {}
    with catalogue.transaction():
        for item_id, recipe in wanted.items():
            before = repeats.findings(Stage.DERIVATIVES, item_id, recipe)
            state = JobState.TODO if before is None else JobState.SET_ASIDE
            _set_job(catalogue, batch, item_id, recipe, state, findings=before or ())
            findings.extend(before or ())
            item = catalogue.get(item_id)
            if before is None:
                sizes = (technical.size_bytes for technical in item.technical) if item else ()
                todo[item_id] = _Work(recipe, sum(sizes))
    for item_id in wanted:
        _withdraw(archive, catalogue, item_id)
    return todo, findings


def _withdraw(archive: Archive, catalogue: Catalogue, item_id: str) -> None:
    """Remove a set that shows more than the item's limits allow, before its images are made anew.

    Its masters may turn out to be unreadable; then no image is better than one that nobody may
    show. Any other set stays until the new one stands.
    """
    folder = archive.layout.derivatives_of(item_id)
    item = catalogue.get(item_id) if archive.settings.limits != LimitRules() else None
    if item is None or not folder.exists():
        return
    limits = limits_in(archive, item.record)
    try:
        standing = _read_set(folder / DERIVATIVES_NAME)
    except (OSError, RecordError):
        standing = None
    if standing is not None and limits.is_kept_by(standing):
        return
    with catalogue.transaction():
        catalogue.put(replace(item, derivatives=None))
    remove_tree(folder)


def _publish(
    archive: Archive, catalogue: Catalogue, batch: int, recipe: str, outcome: Outcome
) -> bool:
    """Publish and record what came of an item; say whether it has a new set."""
    is_made = outcome.derivatives is not None and not outcome.is_set_aside
    made = None
    if outcome.derivatives is not None and is_made:
        made = publish_derivatives(archive.layout, outcome.item_id, outcome.derivatives)
    with catalogue.transaction():
        if made is not None:
            catalogue.set_derivatives(made)
        _set_job(
            catalogue,
            batch,
            outcome.item_id,
            recipe,
            JobState.DONE if is_made else JobState.SET_ASIDE,
            tries=outcome.tries,
            findings=outcome.findings,
        )
    return is_made


def _set_job(
    catalogue: Catalogue,
    batch: int,
    item_id: str,
    recipe: str,
    state: JobState,
    *,
    tries: int = 0,
    findings: tuple[Finding, ...] = (),
) -> None:
    job = JobRow(Stage.DERIVATIVES, item_id, recipe, state, tries, findings_text(findings))
    catalogue.work.set_job(batch, job)


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


def limits_in(archive: Archive, record: Record) -> Limits:
    """Return what may be shown of an item's images."""
    settings = archive.settings
    return settings.limits.of(record, rights=settings.rights, rights_uri=settings.rights_uri)


def kept_derivatives(
    archive: Archive, existing: CatalogueItem | None, record: Record
) -> DerivativeSet | None:
    """Return the set that an item keeps under a new record.

    It is none where its pictures would go on saying what no longer holds, or showing more or
    less than may be shown now.
    """
    if existing is None:
        return None
    changed = replace(existing, record=record)
    is_same = wanted_recipe(archive, existing) == wanted_recipe(archive, changed)
    return existing.derivatives if is_same else None


def _jobs(
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
            limits=limits_in(archive, stored.record),
            memory_mb=memory_mb,
        )


def _read_set(path: Path) -> DerivativeSet:
    try:
        return DerivativeSet.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RecordError(f"{path.name} is damaged: {error}", path=path) from error
