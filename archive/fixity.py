"""Compare every byte of the store with what was recorded when it was stored.

Everything is read: masters and descriptions of all versions, every inventory and sidecar, the
declarations. Problems are collected, never raised, and an object with a damaged inventory is
still checked as far as another copy of the inventory allows. Memory stays flat: one object is
held at a time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archive.object_check import Check, ObjectCheck, Problem, ProblemKind, by_path
from archive.ocfl import INVENTORY_NAME
from archive.ocfl_commit import is_under_way
from archive.ocfl_root import ROOT_FILES, Stray, iter_objects, object_path
from archive.pace import Pace
from archive.store import Store

__all__ = [
    "AuditResult",
    "Problem",
    "ProblemKind",
    "Survey",
    "audit_item",
    "audit_items",
    "audit_root",
    "iter_audit",
    "iter_missing",
    "survey_store",
]

# A commit takes milliseconds; one that a crash left waits for recover, and is reported.
_TRIES = 3
_PAUSE_S = 0.2
_TELL_EVERY_S = 0.25


@dataclass(frozen=True)
class AuditResult:
    """What the audit of one object found.

    Attributes:
        item_id: The item; empty for the storage root itself.
        files_checked: Files read.
        bytes_checked: Their length together.
        problems: Sorted by path.
    """

    item_id: str
    files_checked: int
    bytes_checked: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Survey:
    """What stands in a store by its names, before anything is read.

    Attributes:
        item_ids: Every object, in the order of the tree.
        strays: What should not be there, or cannot be listed.
    """

    item_ids: tuple[str, ...]
    strays: tuple[Problem, ...]


def survey_store(store: Store) -> Survey:
    """Return what stands in the store; only folders are listed."""
    item_ids: list[str] = []
    strays: list[Problem] = []
    for entry in iter_objects(store.layout.store):
        if isinstance(entry, str):
            item_ids.append(entry)
        else:
            strays.append(_stray_problem(entry))
    return Survey(tuple(item_ids), tuple(strays))


def iter_audit(
    store: Store,
    *,
    on_progress: Callable[[int, int], object] | None = None,
    pace: Pace | None = None,
    jobs: int = 1,
) -> Iterator[AuditResult]:
    """Yield one result an object, and a last one for the storage root.

    Objects come in the order of the tree. A version that another process adds meanwhile is
    not taken for a problem.

    Args:
        store: What to check.
        on_progress: Called often, with the bytes and the files read so far.
        pace: Counts, holds back, or stops the reading.
        jobs: Objects that are read at the same time.
    """
    pace = pace or Pace()
    strays: list[Problem] = []

    def item_ids() -> Iterator[str]:
        for entry in iter_objects(store.layout.store):
            if isinstance(entry, str):
                yield entry
            else:
                strays.append(_stray_problem(entry))

    yield from audit_items(store, item_ids(), on_progress=on_progress, pace=pace, jobs=jobs)
    yield audit_root(store, strays, pace=pace)
    if on_progress is not None:
        on_progress(pace.bytes_done, pace.files_done)


def audit_items(
    store: Store,
    item_ids: Iterable[str],
    *,
    on_progress: Callable[[int, int], object] | None = None,
    pace: Pace | None = None,
    jobs: int = 1,
) -> Generator[AuditResult]:
    """Yield the result of each of these objects, in their order.

    sha512 lets other threads run while it works, so two threads keep two cores busy, and one
    reads while the other reckons. Closing the iterator stops the reading at the next block.

    Args:
        store: Where they are.
        item_ids: Which.
        on_progress: Called often, with the bytes and the files read so far.
        pace: Counts, holds back, or stops the reading.
        jobs: Objects that are read at the same time.
    """
    pace = pace or Pace()
    under_way: deque[Future[AuditResult]] = deque()
    coming = iter(item_ids)
    with ThreadPoolExecutor(jobs, thread_name_prefix="audit") as pool:
        try:
            while True:
                for item_id in islice(coming, 2 * jobs - len(under_way)):
                    under_way.append(pool.submit(audit_item, store, item_id, pace=pace))
                if not under_way:
                    return
                result = _awaited(under_way[0], lambda: _tell(on_progress, pace))
                under_way.popleft()
                _tell(on_progress, pace)
                yield result
        finally:
            for future in under_way:
                future.cancel()
            if under_way:
                pace.call_off()


def _awaited(future: Future[AuditResult], tell: Callable[[], None]) -> AuditResult:
    # Not wait() of several: it costs as much as a small object.
    while not future.done():
        with suppress(TimeoutError):
            future.exception(_TELL_EVERY_S)
        tell()
    return future.result()


def _tell(on_progress: Callable[[int, int], object] | None, pace: Pace) -> None:
    if on_progress is not None:
        on_progress(pace.bytes_done, pace.files_done)


def iter_missing(store: Store, item_ids: Iterable[str]) -> Iterator[AuditResult]:
    """Yield a result for each of ``item_ids`` that is not in the store at all.

    The store cannot know of an object whose whole folder was removed; the catalogue may.
    """
    for item_id in item_ids:
        if not store.has(item_id):
            problem = Problem(object_path(item_id), ProblemKind.MISSING, "an object", "nothing")
            yield AuditResult(item_id, 0, 0, (problem,))


def _stray_problem(stray: Stray) -> Problem:
    if stray.is_unreadable:
        return Problem(stray.path, ProblemKind.MISSING, "a folder", stray.what)
    return Problem(stray.path, ProblemKind.EXTRA, "an object", stray.what)


def audit_root(
    store: Store, strays: Iterable[Problem] = (), *, pace: Pace | None = None
) -> AuditResult:
    """Return the result for the storage root's own files.

    Args:
        store: Whose.
        strays: What :func:`survey_store` found that should not be there.
        pace: Counts, holds back, or stops the reading.
    """
    check = Check(store.layout.store, pace or Pace())
    for name, wanted in ROOT_FILES.items():
        check.small_file(name, wanted)
    problems = tuple(sorted([*strays, *check.problems], key=by_path))
    return AuditResult("", check.files_read, check.bytes_read, problems)


def audit_item(store: Store, item_id: str, *, pace: Pace | None = None) -> AuditResult:
    """Return the result of one object.

    It is read again if another process was committing to it in the middle.
    """
    for tries_left in reversed(range(_TRIES)):
        check = ObjectCheck(store.layout.store, pace or Pace(), item_id)
        path = check.place(f"{object_path(item_id)}/{INVENTORY_NAME}")
        before = _stamp(path)
        check.run()
        if not check.problems or not tries_left:
            break
        if not is_under_way(store.layout, item_id) and _stamp(path) == before:
            break
        time.sleep(_PAUSE_S)
    problems = tuple(sorted(check.problems, key=by_path))
    return AuditResult(item_id, check.files_read, check.bytes_read, problems)


def _stamp(path: str) -> tuple[int, int, int] | None:
    """Return what changes when a commit puts another inventory in its place; None without one."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
