"""Processes that build parts of an index at the same time.

The documents go to whichever process asks for more, a few at a time, so memory is bounded and no
process waits for another. Each answers only when its part is on disk.

Invariant: no process outlives this one. A worker reads from a pipe whose other end only the
parent holds; it ends when that closes, however the parent died.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from schemas.errors import DependencyError
from schemas.messages import _
from search.documents import SearchDocument
from search.keys import Entry, entry_for

Build = Callable[[Iterable[SearchDocument], Path], None]
Task = Callable[[Connection], None]

PARALLEL_FROM = 1500
"""Documents from which processes pay: fewer are written sooner than processes start."""

_AT_ONCE = 100


def build_in_processes(
    build: Build, documents: Iterable[SearchDocument], folder: Path, jobs: int
) -> list[Path]:
    """Share ``documents`` among processes and return the folders they filled.

    Args:
        build: A module's own function: takes documents and a folder, and fills it.
        documents: Read one after another, here.
        folder: Where each process gets a folder of its own; ``build`` makes it.
        jobs: Processes.

    Raises:
        DependencyError: A process ended without an answer.
        Exception: What ``build`` raised in a process, or ``documents`` raised here.
    """
    folders = [folder / str(number) for number in range(jobs)]
    tasks = [partial(_build, build, part) for part in folders]
    for _results in _handed_out(documents, tasks):
        pass
    return folders


def iter_entries(documents: Iterable[SearchDocument], jobs: int) -> Iterator[Entry]:
    """Yield the entries of ``documents``, in any order, made by ``jobs`` processes.

    Raises:
        DependencyError: A process ended without an answer.
    """
    rest = iter(documents)
    few = list(islice(rest, PARALLEL_FROM)) if jobs > 1 else []
    every = chain(few, rest)
    if len(few) < PARALLEL_FROM:
        yield from map(entry_for, every)
    else:
        for entries in _handed_out(every, [_make_entries] * jobs):
            yield from entries


def _handed_out(
    documents: Iterable[SearchDocument], tasks: Iterable[Task]
) -> Iterator[list[Entry]]:
    """Run each task in a process, give them documents as they ask, and yield what they send."""
    rest = iter(documents)
    workers: dict[Connection, SpawnProcess] = {}
    try:
        for task in tasks:
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.get_context("spawn").Process(
                target=_work, args=(task, theirs), daemon=True
            )
            process.start()
            theirs.close()
            workers[ours] = process
        at_work = list(workers)
        while at_work:
            for connection in wait(at_work):
                assert isinstance(connection, Connection)  # noqa: S101  (only those were asked)
                answer = _received(connection)
                if answer is None:
                    at_work.remove(connection)
                    continue
                connection.send(list(islice(rest, _AT_ONCE)))
                yield answer
    finally:
        for connection, process in workers.items():
            connection.close()
            process.join()


def _received(connection: Connection) -> list[Entry] | None:
    """Return what a process sends: results, or none when it has finished."""
    try:
        answer = connection.recv()
    except (EOFError, ConnectionError) as error:
        raise DependencyError(
            _("A process that was building the search index has ended."),
            remedy=_("Try again with fewer at once: jobs = 1 in hoaban.toml"),
        ) from error
    if isinstance(answer, Exception):
        raise answer
    return None if answer is None else list(answer)


def _work(task: Task, connection: Connection) -> None:
    """Run in a process: work, and say how it ended."""
    # Ctrl-C is the parent's to handle: it closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer: Exception | None = None
    try:
        task(connection)
    except (EOFError, ConnectionError):
        return  # the parent has ended or given up
    except Exception as error:  # the parent raises it again
        answer = error
    # The parent may have given up meanwhile: then there is nobody to tell.
    with suppress(ConnectionError):
        connection.send(answer)


def _build(build: Build, folder: Path, connection: Connection) -> None:
    def asked_for() -> Iterator[SearchDocument]:
        while True:
            connection.send([])
            documents = connection.recv()
            if not documents:
                return
            yield from documents

    build(asked_for(), folder)


def _make_entries(connection: Connection) -> None:
    connection.send([])
    while documents := connection.recv():
        connection.send([entry_for(document) for document in documents])
