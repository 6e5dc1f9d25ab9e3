"""What became of a worker that gave no outcome, told in plain words."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.jobs import Job, Outcome
from schemas.errors import HoabanError
from schemas.findings import Finding
from schemas.messages import _

Work = Callable[[Job], Outcome]

# A job whose worker fails is tried this often before its item is set aside.
TRIES = 2


class FailureKind(StrEnum):
    """How a worker failed."""

    ENDED = "ended"
    ERROR = "error"
    MEMORY = "memory"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Failure:
    """A worker's failure, as data: it may come from a computer that speaks another language.

    Attributes:
        kind: How it failed.
        text: The error, for ``ERROR``.
        exit_code: How the process ended, for ``ENDED``; negative for a signal.
    """

    kind: FailureKind
    text: str = ""
    exit_code: int | None = None

    def reason(self, *, timeout_s: int, memory_limit_mb: int) -> str:
        """Say what happened, in the current language."""
        if self.kind is FailureKind.TIMEOUT:
            return _("it needed more than {seconds} seconds").format(seconds=timeout_s)
        if self.kind is FailureKind.MEMORY:
            return _("it needed more than {megabytes} MB of memory").format(
                megabytes=memory_limit_mb
            )
        if self.kind is FailureKind.ENDED:
            return _("it ended by itself ({how})").format(how=_exit_text(self.exit_code))
        return _("it met an unexpected error: {error}").format(error=self.text)


def shielded(function: Work, job: Job) -> Outcome | Failure:
    """Run the work in a worker; give an unexpected error back as plain text.

    An exception of a foreign library may not survive the way back: pickle can fail on it, and
    that would break the pool for every other item.

    Raises:
        HoabanError: What ``function`` raises on purpose.
    """
    try:
        return function(job)
    except HoabanError:
        raise
    except Exception as error:
        text = traceback.format_exception_only(error)[-1].strip()
        is_memory = isinstance(error, MemoryError)
        return Failure(FailureKind.MEMORY if is_memory else FailureKind.ERROR, text)


def failed_outcome(job: Job, reason: str) -> Outcome:
    """Return the outcome of an item whose worker failed for good."""
    path = job.scans[0].name if job.scans else ""
    finding = Finding(
        "SCAN-worker-failed", path=path, item_id=job.item_id, values={"reason": reason}
    )
    return Outcome(job.item_id, findings=(finding,), tries=TRIES)


def limit_worker(memory_limit_mb: int) -> None:
    """Set the limits of this process, which is a worker's: no core file, so much memory."""
    if sys.platform == "win32":
        return  # no such limits there: the pixel limit and the time limit remain
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_limit_mb and sys.platform == "linux":
        # RLIMIT_DATA counts what is really written to; RLIMIT_AS would count the address space
        # that siegfried's runtime and malloc only reserve. macOS keeps neither.
        limit = memory_limit_mb << 20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return _("exit code {code}").format(code=code)
