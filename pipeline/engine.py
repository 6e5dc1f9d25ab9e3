"""Carries jobs to worker processes that may die.

Promise: every job gives exactly one outcome. A scan that crashes its worker, hangs it or eats
its memory is tried once more and then costs its own item, never the batch. Jobs are taken from
the caller one window at a time, so a delivery of any length needs little memory.

Why processes: one kill of a worker loses 140 of 200 tasks of the standard process pool and
stops ``multiprocessing.Pool`` for ever; pebble's pool replaces the worker and goes on.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

from pebble import ProcessExpired, ProcessPool

from archive.worker_process import end_with_parent
from pipeline.failures import (
    TRIES,
    Failure,
    FailureKind,
    Work,
    failed_outcome,
    limit_worker,
    shielded,
)
from pipeline.jobs import Job, Outcome
from pipeline.recordings.patience import more_time_s
from schemas.errors import DependencyError, HoabanError
from schemas.messages import _, current_language, set_language

_log = logging.getLogger("hoaban.engine")

_WINDOW_PER_WORKER = 2
# Windows cannot interrupt an endless wait, so Ctrl-C would do nothing there.
_WAKE_S = 0.5
# A pool that breaks this often without finishing one job cannot start workers at all.
_MOST_BREAKS = 3


@dataclass(frozen=True)
class _Attempt:
    """One job, and how often it was tried before."""

    job: Job
    failures: int = 0


def run_jobs(
    function: Work,
    jobs: Iterable[Job],
    *,
    workers: int,
    timeout_s: int,
    memory_limit_mb: int,
) -> Iterator[Outcome]:
    """Run ``function`` on every job in worker processes; give the outcomes as they come.

    Closing the iterator, or an interrupt, stops the workers at once.

    Args:
        function: A module's own function or a ``functools.partial`` of one: it is pickled.
        jobs: Taken as workers become free, a small window ahead.
        workers: Worker processes; 0 means one a core.
        timeout_s: A worker that needs longer for one job is stopped; recordings have more.
        memory_limit_mb: A worker that needs more is stopped, on Linux; 0 means no limit.

    Raises:
        HoabanError: What ``function`` raises on purpose: a full disk is no item's fault.
        DependencyError: The worker processes cannot be started.
    """
    run = _Run(function, workers or os.cpu_count() or 1, timeout_s, memory_limit_mb)
    try:
        yield from run.outcomes(iter(jobs))
    finally:
        run.stop()


class _Run:
    """One pool with its attempts in flight."""

    def __init__(self, function: Work, workers: int, timeout_s: int, memory_limit_mb: int) -> None:
        self._function = function
        self._workers = workers
        self._timeout_s = timeout_s
        self._memory_limit_mb = memory_limit_mb
        self._flying: dict[Future[Outcome | Failure], _Attempt] = {}
        self._again: deque[_Attempt] = deque()
        self._breaks = 0
        self._pool = self._new_pool()

    def outcomes(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        """Give one outcome for every job."""
        self._fill(jobs)
        while self._flying:
            done, _rest = wait(self._flying, timeout=_WAKE_S, return_when=FIRST_COMPLETED)
            is_broken = False
            for future in done:
                attempt = self._flying.pop(future)
                result = _result_of(future)
                if isinstance(result, BrokenProcessPool | CancelledError):
                    # The pool's own failure: nothing is known against this job.
                    self._again.append(attempt)
                    is_broken = True
                elif (outcome := self._conclude(attempt, result)) is not None:
                    self._breaks = 0
                    yield outcome
            # A worker that dies between two jobs breaks pebble's pool, and jobs that wait in a
            # broken pool are never heard of again: so its health is asked, too.
            if is_broken or not self._pool.active:
                self._replace_pool()
            self._fill(jobs)

    def stop(self) -> None:
        """End every worker now."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _fill(self, jobs: Iterator[Job]) -> None:
        while len(self._flying) < self._workers * _WINDOW_PER_WORKER:
            attempt = self._again.popleft() if self._again else None
            if attempt is None:
                job = next(jobs, None)
                if job is None:
                    return
                attempt = _Attempt(job)
            self._schedule(attempt)

    def _schedule(self, attempt: _Attempt) -> None:
        arguments = (self._function, attempt.job)
        timeout_s = self._time_for(attempt.job)
        try:
            future = self._pool.schedule(shielded, args=arguments, timeout=timeout_s)
        except RuntimeError:  # the pool broke since it was last looked at
            self._replace_pool()
            future = self._pool.schedule(shielded, args=arguments, timeout=timeout_s)
        self._flying[future] = attempt

    def _time_for(self, job: Job) -> int:
        return self._timeout_s + more_time_s(job)

    def _conclude(
        self, attempt: _Attempt, result: Outcome | Failure | BaseException
    ) -> Outcome | None:
        """Return the outcome of an attempt, or None when it is tried again."""
        if isinstance(result, Outcome):
            return replace(result, tries=attempt.failures + 1)
        if isinstance(result, HoabanError):
            raise result
        failure = result if isinstance(result, Failure) else _failure_of(result)
        timeout_s = self._time_for(attempt.job)
        reason = failure.reason(timeout_s=timeout_s, memory_limit_mb=self._memory_limit_mb)
        _log.warning("%s: attempt %d: %s", attempt.job.item_id, attempt.failures + 1, reason)
        if attempt.failures + 1 < TRIES:
            self._again.append(_Attempt(attempt.job, attempt.failures + 1))
            return None
        shutil.rmtree(attempt.job.staging, ignore_errors=True)
        return failed_outcome(attempt.job, reason)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_prepare_worker,
            initargs=(self._memory_limit_mb, current_language()),
            context=multiprocessing.get_context("spawn"),
        )

    def _replace_pool(self) -> None:
        self._breaks += 1
        if self._breaks >= _MOST_BREAKS:
            raise DependencyError(
                _("The worker processes cannot be started."),
                remedy=_("Run: hoaban doctor"),
            )
        self._again.extend(self._flying.values())
        self._flying.clear()
        self.stop()
        self._pool = self._new_pool()


def _result_of(future: Future[Outcome | Failure]) -> Outcome | Failure | BaseException:
    try:
        return future.exception() or future.result()
    except CancelledError as error:
        return error


def _failure_of(error: BaseException) -> Failure:
    if isinstance(error, TimeoutError):
        return Failure(FailureKind.TIMEOUT)
    if isinstance(error, ProcessExpired):
        return Failure(FailureKind.ENDED, exit_code=error.exitcode)
    return Failure(FailureKind.ERROR, repr(error))


def _prepare_worker(memory_limit_mb: int, lang: str) -> None:
    """Set a new worker's limits and language; runs in the worker before its first job."""
    set_language(lang)
    end_with_parent()
    # pebble's own handler waits for the interpreter, which a decoder that hangs never gives.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit_worker(memory_limit_mb)
