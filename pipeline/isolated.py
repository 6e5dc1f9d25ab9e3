"""The child of ``pipeline.isolation``: ``python -m pipeline.isolated MEMORY_LIMIT_MB``.

Reads jobs from its standard input and writes what came of them to what was its standard output;
anything a library prints goes to standard error instead. It ends at once when its input ends, in
the middle of a job too: its parent is gone, and nobody waits for the answer.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from typing import IO

from pipeline.failures import Work, limit_worker, shielded
from pipeline.isolation import Answer, read_message, write_message
from pipeline.jobs import Job
from schemas.errors import HoabanError


def main(memory_limit_mb: int) -> None:
    """Do jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to act on
    limit_worker(memory_limit_mb)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    todo: queue.Queue[tuple[Work, Job]] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, todo), daemon=True).start()
    while True:
        function, job = todo.get()
        write_message(answers, _answer(function, job))


def _answer(function: Work, job: Job) -> Answer:
    try:
        return shielded(function, job)
    except HoabanError as error:
        return error


def _listen(stream: IO[bytes], todo: queue.Queue[tuple[Work, Job]]) -> None:
    try:
        while True:
            todo.put(read_message(stream))
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
