"""Carries jobs to dask.distributed workers, on this or other computers over one shared disk.

Promise: as that of ``pipeline.engine``, and: a worker or a scheduler that dies loses nothing and
doubles nothing, because only this process writes to the archive, and a worker's work counts when
its answer is here. Results are the same bytes as local ones: the same functions do the work, and a
worker with other versions is refused.

Why batches and a window: dask needs 4 to 15 ms for a task, so a task is about a second of work;
and finished results that wait in a worker die with it (36 of 200 tasks were done again in a
trial, 1 with a window), so each is fetched and let go at once.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from archive.durable import translated_os_errors
from archive.opening import Archive
from pipeline.dask_client import connected, scheduler_gone, translated_losses
from pipeline.failures import Failure, FailureKind, Work, failed_outcome
from pipeline.isolation import Limits
from pipeline.jobs import Job, Outcome
from pipeline.recordings.patience import more_time_s
from pipeline.remote_batch import Batch, BatchReport, run_batch, versions_here
from schemas.errors import DependencyError, HoabanError
from schemas.messages import _

if TYPE_CHECKING:
    from distributed import Client, Future

_log = logging.getLogger("hoaban.engine")

# A task of this length makes dask's own cost about one part in a hundred.
BATCH_S = 1.0
MOST_IN_BATCH = 64
# One batch is done while the next one waits, so that no worker is idle.
_BATCHES_PER_THREAD = 2
_WAKE_S = 0.5
_LOOK_FOR_WORKERS_EVERY_S = 2.0
WAIT_FOR_WORKERS_S = 60.0
_ANSWER_S = 30
_LEASE_NAME = "running"
# "Lost" is a result that died with its worker before it came here: the scheduler has it made again.
_UNFINISHED = frozenset({"pending", "lost"})


def run_jobs_on_dask(archive: Archive, function: Work, jobs: Iterable[Job]) -> Iterator[Outcome]:
    """Run ``function`` on every job on the workers of a scheduler; give outcomes as they come.

    What an outcome staged may be used until the next outcome is asked for.

    Args:
        archive: Its settings say where the scheduler is; its folder must have the same path on
            every worker.
        function: A module's own function or a ``functools.partial`` of one.
        jobs: Taken as workers become free, a small window ahead.

    Raises:
        ConfigError: The settings name no scheduler, or one that others could listen to.
        DependencyError: dask is not installed, or the scheduler or its workers cannot be
            reached or are unfit.
        HoabanError: What ``function`` raises on purpose: a full disk is no item's fault.
    """
    lease = archive.layout.remote_staging / uuid4().hex / _LEASE_NAME
    with translated_os_errors(lease):
        lease.parent.mkdir(parents=True)
        lease.touch()
    try:
        with connected(archive) as client:
            run = _Run(client, function, archive, lease)
            yield from run.outcomes(iter(jobs))
    finally:
        # Workers that still do something for this run see it and stop.
        lease.unlink(missing_ok=True)
        shutil.rmtree(lease.parent, ignore_errors=True)


@dataclass(frozen=True)
class _Sent:
    """One batch on its way: its jobs, and whether its worker died before."""

    jobs: tuple[Job, ...]
    is_last_try: bool = False


class _Run:
    """One run on one scheduler, with its batches on their way."""

    def __init__(self, client: Client, function: Work, archive: Archive, lease: Path) -> None:
        self._client = client
        self._function = function
        self._lease = lease
        settings = archive.settings
        self._limits = Limits(settings.item_timeout_s, settings.memory_limit_mb)
        self._versions = versions_here()
        self._sent: dict[Future, _Sent] = {}
        self._again: deque[_Sent] = deque()
        self._item_s = BATCH_S
        self._threads = 0
        self._looked_at = 0.0
        self._workers_seen_at = time.monotonic()

    def outcomes(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        """Give one outcome for every job."""
        while True:
            self._count_workers()
            self._fill(jobs)
            if not self._sent and not self._again and self._threads:
                return
            for future in self._finished():
                sent = self._sent.pop(future)
                for job, outcome in self._conclude(future, sent):
                    yield outcome
                    shutil.rmtree(self._staging_of(job), ignore_errors=True)

    def _fill(self, jobs: Iterator[Job]) -> None:
        while len(self._sent) < self._threads * _BATCHES_PER_THREAD:
            sent = self._again.popleft() if self._again else self._next_batch(jobs)
            if sent is None:
                return
            batch = Batch(self._function, sent.jobs, self._lease, self._limits, self._versions)
            key = f"hoaban-{uuid4().hex}"
            with translated_losses():
                future = self._client.submit(run_batch, batch, key=key, retries=0)
            self._sent[future] = sent

    def _next_batch(self, jobs: Iterator[Job]) -> _Sent | None:
        count = max(1, min(MOST_IN_BATCH, round(BATCH_S / self._item_s)))
        taken = tuple(replace(job, staging=self._staging_of(job)) for job in islice(jobs, count))
        return _Sent(taken) if taken else None

    def _staging_of(self, job: Job) -> Path:
        return self._lease.parent / job.item_id

    def _finished(self) -> list[Future]:
        """Return the batches that ended, after waiting a moment for one."""
        from distributed import wait

        if not self._sent:
            time.sleep(_WAKE_S)
            return []
        with (
            translated_losses(),
            self._client.as_current(),
            contextlib.suppress(TimeoutError),
        ):
            wait(list(self._sent), timeout=_WAKE_S, return_when="FIRST_COMPLETED")
        return [future for future in self._sent if future.status not in _UNFINISHED]

    def _conclude(self, future: Future, sent: _Sent) -> Iterator[tuple[Job, Outcome]]:
        """Give the outcomes of a batch that ended, and let dask forget it."""
        if future.status == "cancelled" or self._client.status != "running":
            raise scheduler_gone()
        if future.status == "error":
            with translated_losses():
                error = future.exception(timeout=_ANSWER_S)
            future.release()
            yield from self._after_error(error, sent)
            return
        with translated_losses():
            report: BatchReport = future.result(timeout=_ANSWER_S)
        future.release()
        self._check(report)
        self._learn(report)
        for job, answer in zip(sent.jobs, report.answers, strict=True):
            if isinstance(answer, HoabanError):
                raise answer
            yield job, answer if isinstance(answer, Outcome) else self._failed(job, answer)

    def _after_error(
        self, error: BaseException | None, sent: _Sent
    ) -> Iterator[tuple[Job, Outcome]]:
        """Try the items of a batch whose workers kept dying one by one, once."""
        if type(error).__name__ != "KilledWorker":
            raise DependencyError(
                _("A worker cannot do the work: {error}.").format(error=repr(error)),
                remedy=_("Install the same version of Hoa Ban on every computer."),
            )
        if sent.is_last_try:
            for job in sent.jobs:
                yield job, self._failed(job, Failure(FailureKind.ENDED))
            return
        self._again.extend(_Sent((job,), is_last_try=True) for job in sent.jobs)

    def _failed(self, job: Job, failure: Failure) -> Outcome:
        reason = failure.reason(
            timeout_s=self._limits.timeout_s + more_time_s(job),
            memory_limit_mb=self._limits.memory_limit_mb,
        )
        _log.warning("%s: %s", job.item_id, reason)
        return failed_outcome(job, reason)

    def _check(self, report: BatchReport) -> None:
        if report.is_unfit:
            raise DependencyError(
                _("The worker {host} has other versions than this computer: {versions}.").format(
                    host=report.host, versions=self._versions
                ),
                remedy=_("Install the same version of Hoa Ban on every computer."),
            )
        if report.is_apart:
            raise DependencyError(
                _("The worker {host} does not see the archive's folder.").format(host=report.host),
                remedy=_("Make the folder reachable under the same path on every computer."),
                path=self._lease.parent,
            )

    def _learn(self, report: BatchReport) -> None:
        """Follow the time an item takes; half of it by the newest batch."""
        if report.answers:
            newest = max(report.elapsed_s / len(report.answers), 1e-4)
            self._item_s = (self._item_s + newest) / 2

    def _count_workers(self) -> None:
        """Follow the workers: they may join and leave at any time."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_FOR_WORKERS_EVERY_S and self._threads:
            return
        if self._client.status != "running":
            raise scheduler_gone()
        self._looked_at = now
        with translated_losses():
            self._threads = sum(self._client.nthreads().values())
        if self._threads:
            self._workers_seen_at = now
        elif now - self._workers_seen_at > WAIT_FOR_WORKERS_S:
            raise DependencyError(
                _("The scheduler has no workers."),
                remedy=_("Start one on each computer: see docs/many-computers.md"),
            )
