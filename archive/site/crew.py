"""Carries the pieces of a build to processes, and their results back in order.

A small site is done here: it is finished before a process has started. Processes are spawned, as
on every system: this one may hold a database and threads. They end with this one, so that none
writes on into a folder that the next build clears.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

from archive.site.gathering import Gathered
from archive.site.known import Known
from archive.site.workshop import Done, Order, Piece, Workshop
from archive.worker_process import end_with_parent
from schemas.errors import DependencyError
from schemas.messages import _, current_language, set_language

_AHEAD = 4
"""Pieces a process has waiting, at most: their results wait in memory."""

# The workshop of a spawned process.
_shops: list[Workshop] = []


def do_pieces(
    order: Order, known: Known, pieces: Iterable[Piece], processes: int
) -> Generator[Done, None, None]:
    """Yield what came of each piece, in their order.

    Args:
        order: What is to be built.
        known: What the first pass holds.
        pieces: What is to be done.
        processes: How many processes do it; one is this one.

    Raises:
        DependencyError: A process died.
    """
    if processes < 2:
        gathered = Gathered(order.lists, known)
        with closing(gathered), closing(Workshop(order, gathered)) as shop:
            for piece in pieces:
                yield shop.do(piece)
        return
    yield from _by_processes(order, known, pieces, processes)


def _by_processes(
    order: Order, known: Known, pieces: Iterable[Piece], processes: int
) -> Generator[Done, None, None]:
    state = order.lists.with_suffix(".state")
    state.write_bytes(pickle.dumps((order, known)))
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(
        processes, mp_context=context, initializer=_begin, initargs=(state, current_language())
    )
    waiting: deque[Future[Done]] = deque()
    try:
        for piece in pieces:
            waiting.append(executor.submit(_do, piece))
            if len(waiting) >= _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise DependencyError(
            _("A process that writes pages ended by itself."),
            remedy=_("Build again; if it happens again, set 'jobs = 1' in hoaban.toml."),
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        state.unlink(missing_ok=True)


def _begin(state: Path, lang: str) -> None:
    """Prepare a spawned process."""
    end_with_parent()
    set_language(lang)
    order, known = pickle.loads(state.read_bytes())  # noqa: S301  (this build wrote it)
    _shops.append(Workshop(order, Gathered(order.lists, known)))


def _do(piece: Piece) -> Done:
    return _shops[0].do(piece)
