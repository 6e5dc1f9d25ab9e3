"""One child process that may die in its parent's place, for workers of other engines.

A worker that must survive (it belongs to a scheduler, and a dead one costs every job it holds)
hands each job to its child: a crash, a hang or a memory limit then ends the child, and the next
job gets a new one. The child lives on between two jobs, because starting one costs half a second.
It ends with its parent: the pipe it reads from closes.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from pipeline.failures import Failure, FailureKind, Work
from pipeline.jobs import Job, Outcome
from pipeline.recordings.patience import more_time_s
from schemas.errors import HoabanError

LENGTH = struct.Struct(">Q")
_WAKE_S = 0.2
Answer = Outcome | Failure | HoabanError


@dataclass(frozen=True)
class Limits:
    """What a job may use.

    Attributes:
        timeout_s: Seconds for one job.
        memory_limit_mb: Memory of the child, on Linux; 0 means no limit.
    """

    timeout_s: int
    memory_limit_mb: int


class IsolatedRunner:
    """Runs one job at a time in a child process; not for use by several threads at once."""

    def __init__(self) -> None:
        self._child: _Child | None = None

    def run(
        self, function: Work, job: Job, limits: Limits, should_stop: Callable[[], bool]
    ) -> Answer | None:
        """Return what came of the job; None when ``should_stop`` said to give up.

        Args:
            function: A module's own function, or a ``functools.partial`` of one.
            job: The job.
            limits: Of time and memory.
            should_stop: Asked a few times a second.
        """
        child = self._child
        if child is None or child.memory_limit_mb != limits.memory_limit_mb or not child.is_alive:
            self.close()
            child = self._child = _Child(limits.memory_limit_mb)
        answer = child.ask(function, job, limits.timeout_s + more_time_s(job), should_stop)
        if not isinstance(answer, Outcome | HoabanError):
            # Dead, stuck, or short of memory, which its heap may be from now on.
            self.close()
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child = None


class _Child:
    """The parent's end of one child."""

    def __init__(self, memory_limit_mb: int) -> None:
        self.memory_limit_mb = memory_limit_mb
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter, our own module)
            [sys.executable, "-m", "pipeline.isolated", str(memory_limit_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment_of_child(),
        )
        self._answers: queue.Queue[Answer | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(
        self, function: Work, job: Job, timeout_s: int, should_stop: Callable[[], bool]
    ) -> Answer | None:
        """Send a job and wait for its answer."""
        assert self._process.stdin is not None  # noqa: S101  (PIPE)
        # A child that died is told by its answer, which is none.
        with contextlib.suppress(OSError):
            write_message(self._process.stdin, (function, job))
        end = time.monotonic() + timeout_s
        while not should_stop():
            try:
                answer = self._answers.get(timeout=_WAKE_S)
            except queue.Empty:
                if time.monotonic() > end:
                    return Failure(FailureKind.TIMEOUT)
                continue
            return answer or Failure(FailureKind.ENDED, exit_code=self._process.wait())
        return None

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _listen(self) -> None:
        """Take answers until the pipe ends, which puts a None."""
        assert self._process.stdout is not None  # noqa: S101  (PIPE)
        try:
            while True:
                self._answers.put(read_message(self._process.stdout))
        except (OSError, EOFError, ValueError):
            self._answers.put(None)


def environment_of_child() -> dict[str, str]:
    """Return the environment in which a child finds the modules this process has found.

    From a checkout that is not installed, it would not in another working folder.
    """
    return os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}


def write_message(stream: IO[bytes], message: object) -> None:
    """Write one message: its length, then the message, pickled.

    Raises:
        OSError: The other end is gone.
    """
    data = pickle.dumps(message)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """Read one message of :func:`write_message`, from our own child or parent.

    Raises:
        EOFError: The other end is gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    data = stream.read(LENGTH.unpack(head)[0])
    return pickle.loads(data)  # noqa: S301  (from our own child or parent)
