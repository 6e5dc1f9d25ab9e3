"""Processes that build parts of an index at the same time.

Documents go out a few at a time, so memory is bounded and hardly a process waits for another. Each
answers only when its part is on disk.

Invariants: what is in a part depends on the documents alone, never on how many processes work or
how fast. No process outlives this one: a worker reads from a pipe whose other end only the parent
holds; it ends when that closes, however the parent died.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from itertools import chain, cycle, islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from traceback import format_exception
from typing import Any

from search.documents import SearchDocument
from search.engine import lost_process
from search.keys import Entry, entry_for

Add = Callable[[Iterable[SearchDocument]], None]
NewPart = Callable[[Path], AbstractContextManager[Add]]
"""A module's own function: makes a part in a folder, to which documents are added in the block."""
Task = Callable[[Connection], None]

PARALLEL_FROM = 1500
"""Documents from which processes pay: fewer are written sooner than processes start."""

PARTS = 4
"""Parts of a larger index, and so the most processes that build it."""

_AT_ONCE = 100
# Lots that wait for a process that is slower than the others.
_MOST_WAITING = 20

_Lot = tuple[int, list[SearchDocument]]
"""Documents, and the number of the part they go to."""


def build_parts(
    new_part: NewPart, documents: Iterable[SearchDocument], folder: Path, jobs: int
) -> list[Path]:
    """Share ``documents`` among parts and return their folders.

    Args:
        new_part: Makes a part.
        documents: Read one after another, here.
        folder: Where each part gets a folder of its own.
        jobs: Processes that may work; the parts are the same for any number.

    Raises:
        DependencyError: A process ended without an answer.
        Exception: What a part raised, or ``documents`` raised here.
    """
    rest = iter(documents)
    few = list(islice(rest, PARALLEL_FROM))
    count = 1 if len(few) < PARALLEL_FROM else PARTS
    folders = [folder / str(number) for number in range(count)]
    lots = _lots(chain(few, rest), count)
    processes = min(jobs, count)
    if processes == 1:
        _fill(new_part, dict(enumerate(folders)), lots)
        return folders
    shares = [dict(list(enumerate(folders))[first::processes]) for first in range(processes)]
    tasks = [partial(_build, new_part, share) for share in shares]
    for _results in _handed_out(_Waiting(lots, processes).next_of, tasks):
        pass
    return folders


def _lots(documents: Iterable[SearchDocument], parts: int) -> Iterator[_Lot]:
    """Yield the documents, a few for each part in turn."""
    rest = iter(documents)
    for part in cycle(range(parts)):
        lot = list(islice(rest, _AT_ONCE))
        if not lot:
            return
        yield part, lot


def _fill(new_part: NewPart, folders: dict[int, Path], lots: Iterable[_Lot]) -> None:
    """Make the parts of these folders of what ``lots`` has for them."""
    with ExitStack() as stack:
        add = {number: stack.enter_context(new_part(path)) for number, path in folders.items()}
        for part, documents in lots:
            add[part](documents)


class _Waiting:
    """Lots that were read and wait for the process whose they are."""

    def __init__(self, lots: Iterator[_Lot], processes: int) -> None:
        self._lots = lots
        self._kept: list[deque[_Lot]] = [deque() for _number in range(processes)]

    def next_of(self, process: int) -> _Lot | tuple[()] | None:
        """Return the next lot of a process, an empty one at the end, or None: not yet."""
        kept = self._kept[process]
        while not kept:
            if max(map(len, self._kept)) >= _MOST_WAITING:
                return None
            lot = next(self._lots, None)
            if lot is None:
                return ()
            self._kept[lot[0] % len(self._kept)].append(lot)
        return kept.popleft()


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

        def lot_of(_process: int) -> list[SearchDocument]:
            return list(islice(every, _AT_ONCE))

        for entries in _handed_out(lot_of, [_make_entries] * jobs):
            yield from entries


def _handed_out(lot_of: Callable[[int], Any], tasks: Iterable[Task]) -> Iterator[list[Entry]]:
    """Run each task in a process, give them documents as they ask, and yield what they send.

    Args:
        lot_of: Gives what a process gets next, by its number; None: it has to wait.
        tasks: What each process does.
    """
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
        yield from _answers(list(workers), lot_of)
    finally:
        for connection, process in workers.items():
            connection.close()
            process.join()


def _answers(processes: list[Connection], lot_of: Callable[[int], Any]) -> Iterator[list[Entry]]:
    """Yield what the processes send, and give each what it gets next, until all have finished."""
    at_work, asking = set(processes), set[Connection]()
    while at_work:
        for connection in wait(at_work - asking):
            assert isinstance(connection, Connection)  # noqa: S101  (only those were asked)
            answer = _received(connection)
            if answer is None:
                at_work.remove(connection)
            else:
                asking.add(connection)
                yield answer
        for connection in list(asking):
            lot = lot_of(processes.index(connection))
            if lot is not None:
                _send(connection, lot)
                asking.remove(connection)


def _send(connection: Connection, lot: Any) -> None:
    try:
        connection.send(lot)
    except ConnectionError as error:
        raise lost_process() from error


def _received(connection: Connection) -> list[Entry] | None:
    """Return what a process sends: results, or none when it has finished."""
    try:
        answer = connection.recv()
    except (EOFError, ConnectionError) as error:
        raise lost_process() from error
    if isinstance(answer, Exception):
        raise answer
    return None if answer is None else list(answer)


class _GivenUpError(Exception):
    """The parent has ended, or wants no more of it."""


def _asked(connection: Connection, results: list[Entry]) -> Any:
    """Send the parent results, and return the next lot it gives for them; in a process."""
    try:
        connection.send(results)
        return connection.recv()
    except (EOFError, ConnectionError) as error:
        raise _GivenUpError from error


def _work(task: Task, connection: Connection) -> None:
    """Run in a process: work, and say how it ended."""
    # Ctrl-C is the parent's to handle: it closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer: Exception | None = None
    try:
        task(connection)
    except _GivenUpError:
        return
    except Exception as error:  # whatever it is, the parent raises it again
        answer = _portable(error)
    # The parent may have given up meanwhile: then there is nobody to tell.
    with suppress(ConnectionError):
        connection.send(answer)


def _portable(error: Exception) -> Exception:
    """Return an error that another process can raise, with the lines where it came from."""
    lines = "".join(format_exception(error))
    error.add_note(lines)
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  (what was just written)
    except Exception:  # it holds what cannot be sent, or is not made again from its arguments
        return RuntimeError(lines)
    return error


def _build(new_part: NewPart, folders: dict[int, Path], connection: Connection) -> None:
    def asked_for() -> Iterator[_Lot]:
        while lot := _asked(connection, []):
            yield lot

    _fill(new_part, folders, asked_for())


def _make_entries(connection: Connection) -> None:
    documents = _asked(connection, [])
    while documents:
        documents = _asked(connection, [entry_for(document) for document in documents])
