"""What a worker on another computer does with a batch of items. Needs no dask itself.

Promise: every attempt works in a folder of its own, so that a worker believed dead cannot spoil
the work of the one that took over; an item that was finished in this run is not done again, even
when its worker died before it could tell; work for a run that has ended is given up.
"""

from __future__ import annotations

import os
import pickle
import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from pipeline.failures import TRIES, Failure, Work
from pipeline.isolation import Answer, IsolatedRunner, Limits
from pipeline.jobs import Job, Outcome
from schemas.errors import HoabanError

_ANSWER_NAME = "answer"
_own = threading.local()


@dataclass(frozen=True)
class Batch:
    """Items for one worker, about a second of work.

    Attributes:
        function: What to do with each.
        jobs: The items; the staging of each lies beside ``lease``.
        lease: A file on the shared disk; the run has ended when it is gone.
        limits: Of each item.
        versions: Of Hoa Ban and its libraries on the computer that gives the work.
    """

    function: Work
    jobs: tuple[Job, ...]
    lease: Path
    limits: Limits
    versions: str


@dataclass(frozen=True)
class BatchReport:
    """What came of a batch.

    Attributes:
        answers: One a job, in their order; shorter when the batch was given up.
        elapsed_s: Seconds it took.
        host: The computer that did it.
        is_unfit: The computer has other versions than the one that gave the work.
        is_apart: The computer does not see the run's lease: its disk is not the shared one, or
            the run has ended.
    """

    answers: tuple[Outcome | Failure | HoabanError, ...]
    elapsed_s: float
    host: str
    is_unfit: bool = False
    is_apart: bool = False


def versions_here() -> str:
    """Return what must be equal on all computers, so that all make the same bytes."""
    import PIL

    from pipeline import vips
    from schemas.software import hoaban_version

    return f"Hoa Ban {hoaban_version()}, libvips {vips.version()}, Pillow {PIL.__version__}"


def run_batch(batch: Batch) -> BatchReport:
    """Do the items of a batch, one after the other, in this thread's child process."""
    started = time.monotonic()
    host = f"{_host_name()} ({versions_here()})"
    if versions_here() != batch.versions:
        return BatchReport((), 0.0, host, is_unfit=True)
    if not batch.lease.is_file():
        return BatchReport((), 0.0, host, is_apart=True)
    answers: list[Outcome | Failure | HoabanError] = []
    for job in batch.jobs:
        answer = _answer_before(job) or _work_on(job, batch)
        if answer is None:
            return BatchReport(tuple(answers), 0.0, host, is_apart=True)
        answers.append(answer)
    return BatchReport(tuple(answers), time.monotonic() - started, host)


def _work_on(job: Job, batch: Batch) -> Answer | None:
    """Do one item, twice if its child fails, and leave the answer where another can find it."""
    runner = _runner()
    answer: Answer | None = None
    for attempt in range(1, TRIES + 1):
        own = replace(job, staging=job.staging / uuid4().hex)
        answer = runner.run(batch.function, own, batch.limits, lambda: not batch.lease.is_file())
        if isinstance(answer, Outcome):
            answer = replace(answer, tries=attempt)
        if not isinstance(answer, Failure):
            break
        shutil.rmtree(own.staging, ignore_errors=True)
    if answer is not None and not isinstance(answer, HoabanError):
        _leave_answer(job, answer)
    return answer


def _leave_answer(job: Job, answer: Answer) -> None:
    """Write the answer whole or not at all. It is a help, so a disk that refuses it does not count.

    The item's own folder may be gone already when another worker was faster.
    """
    draft = job.staging / f"{_ANSWER_NAME}-{uuid4().hex}"
    try:
        job.staging.mkdir(exist_ok=True)
        draft.write_bytes(pickle.dumps(answer))
        draft.replace(job.staging / _ANSWER_NAME)
    except OSError:
        draft.unlink(missing_ok=True)


def _answer_before(job: Job) -> Answer | None:
    """Return the answer a worker of this run left before it died, or None."""
    try:
        data = (job.staging / _ANSWER_NAME).read_bytes()
    except OSError:
        return None
    answer: Answer = pickle.loads(data)  # noqa: S301  (the archive's own folder, of this run)
    return answer


def _runner() -> IsolatedRunner:
    """Return this thread's child process."""
    if not hasattr(_own, "runner"):
        _own.runner = IsolatedRunner()
    runner: IsolatedRunner = _own.runner
    return runner


def _host_name() -> str:
    import platform

    return f"{platform.node()}, process {os.getpid()}"
