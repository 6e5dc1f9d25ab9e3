"""Build the sharded index: parts, columns, then the ranges of keys, by as many processes as wanted.

Memory follows the size of a part and of a leaf, not of the archive: of all documents only the
key that orders them and their small numbers in the columns are kept.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from archive.worker_process import end_with_parent
from search.compiled.columns import Columns, Facts, stored
from search.compiled.files import FREQUENT, ShardFolder, json_bytes, tree
from search.compiled.merge import KINDS, OLD, REVERSED, Merged, Task, merge
from search.compiled.packing import Sizes
from search.compiled.runs import (
    FIELDS,
    PAIRS,
    SUGGESTIONS,
    WORDS,
    Part,
    ranges_for,
    write_runs,
)
from search.compiled.shown import Shown, join_shown
from search.compiled.sources import KnownDocuments, Source
from search.compiled.values import COMMON
from search.compiled.widespread import write_together
from search.documents import SearchDocument
from search.engine import lost_process

_NODE, _GROUP_NODE = "n", "m"
_GROUPS_LISTED = 128
_FEW_PARTS = 2
"""So few parts are made, and merged where all leaves are kept, before a process has started."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Built:
    """What was written.

    Attributes:
        manifest: What the manifest says of it.
        shards: Where the shards are.
        first: Names of the shards that every query needs, if they are small.
        counting: Names of those that every query needs that counts facets, likewise.
    """

    manifest: dict[str, object]
    shards: ShardFolder
    first: tuple[str, ...]
    counting: tuple[str, ...]


@dataclass(frozen=True)
class _Build:
    work: Path
    shards: ShardFolder
    sizes: Sizes
    documents: int
    ranges: Sequence[str]
    run: Executor | None


def build(
    documents: Iterable[SearchDocument] | KnownDocuments,
    root: Path,
    sizes_of: Callable[[int], Sizes],
    *,
    processes: int = 1,
    before: Path | None = None,
) -> Built:
    """Write the shards of an index.

    Args:
        documents: In any order.
        root: The folder of the search; its shards go into a folder of their own there.
        sizes_of: Gives the sizes of shards for so many documents.
        processes: How many processes do the work.
        before: The folder of an older search, whose shards are taken where they are the same.

    Raises:
        ValueError: An item stands twice in ``documents``.
        DependencyError: A process ended by itself.
        OSError: The disk refused.
    """
    with tempfile.TemporaryDirectory(prefix="hoaban-search-") as name, _without_collector():
        work = Path(name)
        source = Source(documents, work / "documents")
        sizes = sizes_of(len(source))
        shards = ShardFolder(root, sizes.spread, before)
        # A small archive is done before a process has started.
        is_small = len(source) <= sizes.part
        ranges = ranges_for(len(source), sizes.part)
        if source.is_known:
            # An edit has one part made anew.
            sizes = replace(sizes, part=min(sizes.part, sizes.group))
        with _executor(1 if is_small else processes) as run:
            return _written(_Build(work, shards, sizes, len(source), ranges, run), source)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Have no cycles looked for: among millions of lists that takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _executor(processes: int) -> Iterator[Executor | None]:
    if processes < 2:
        yield None
        return
    # Not forked: the caller may hold a database and threads.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(processes, context, initializer=_begin) as executor:
            yield executor
    except BrokenProcessPool as error:
        raise lost_process() from error


def _begin() -> None:
    """Prepare a spawned process."""
    end_with_parent()
    gc.disable()


def _written(build: _Build, source: Source) -> Built:
    columns = Columns()
    groups: list[str] = []
    kept = _restored(build, source)
    parts = len(kept)
    is_edit = source.is_kept and sum(facts is None for _part, facts in kept) <= _FEW_PARTS
    alone = replace(build, run=None)
    for facts in _facts(alone if is_edit else build, source, kept):
        columns.add(facts)
        groups += facts.groups
    join_shown(build.work, parts)
    with Shown(build.work) as shown:
        places, listed = columns.write(build.shards, build.sizes, shown)
    of_columns = build.work / "columns"
    of_columns.write_bytes(pickle.dumps(stored(places)))
    del columns, places
    trees, together = _trees(build, source, parts, of_columns, is_edit=is_edit)
    names, list_of_names = _listed(build.shards, groups)
    manifest = {
        "documents": build.documents,
        "spread": build.sizes.spread,
        "chunk": build.sizes.chunk,
        "block": build.sizes.block,
        "group": build.sizes.group,
        "common": COMMON,
        "trees": trees,
        "together": together,
        "groups": names,
        **listed,
    }
    first = *_only_node(trees["w"]), *filter(None, (together,)), *list_of_names
    needed = first, (str(listed["combinations"]),)
    return Built(manifest, build.shards, *(tuple(filter(build.shards.is_small, n)) for n in needed))


def _only_node(root: Sequence[Any]) -> tuple[str, ...]:
    """Return the name of the node below a root if it is the only one."""
    levels, keys, names, *_frequent = root
    return (str(names),) if levels == 1 and len(keys) == 1 else ()


def _restored(build: _Build, source: Source) -> list[tuple[Part, Facts | None]]:
    """Return every part, and what the columns have of it where its runs are restored."""
    sizes = build.sizes
    found: list[tuple[Part, Facts | None]] = []
    for number in range(-(-build.documents // sizes.part)):
        part = source.part(number, sizes, build.work, build.ranges)
        facts = source.restored(part, build.shards, sizes)
        found.append((source.spilled(part, sizes) if facts is None else part, facts))
    return found


def _facts(
    build: _Build, source: Source, kept: Sequence[tuple[Part, Facts | None]]
) -> Iterator[Facts]:
    """Write the runs of the parts that are not restored; yield what the columns have of each."""
    sizes = build.sizes
    parts = [part for part, facts in kept if facts is None]
    made = zip(parts, _each(build.run, partial(_runs, build.shards, sizes), parts), strict=True)
    for _part, restored in kept:
        facts = restored
        if facts is None:
            part, facts = next(made)
            source.keep(part, facts, sizes)
        yield facts


def _trees(
    build: _Build, source: Source, parts: int, columns: Path, *, is_edit: bool
) -> tuple[dict[str, list[object]], str]:
    """Write all leaves; return the trees, and what lists the widespread words."""

    def tasks(*kinds: str) -> list[Task]:
        return [
            Task(
                kind=kind,
                key_range=key_range,
                ranges=build.ranges,
                parts=parts,
                documents=build.documents,
                runs=build.work,
                columns=columns,
                shards=build.shards,
                sizes=build.sizes,
                changed=changed,
                is_kept=source.is_kept,
            )
            for key_range in range(len(build.ranges) + 1)
            for kind in kinds
        ]

    changed: frozenset[int] = frozenset()
    kept = tasks(*KINDS)
    changed = source.restore_spans(kept, parts)
    # A record more, or a new value, has all leaves of a kind merged anew: that is work for all.
    is_little = is_edit and all(task.spans(OLD).is_file() for task in kept)
    run = None if is_little else build.run
    merged: dict[str, list[Merged]] = {}

    def merge_all(wanted: Sequence[Task]) -> None:
        for task, done in zip(wanted, _each(run, merge, wanted), strict=True):
            merged.setdefault(task.kind, []).append(done)

    # The leaves of pairs are named by those of words; the reversed counts come of all pairs.
    merge_all(tasks(PAIRS))
    words = zip(tasks(WORDS), merged.pop(PAIRS), strict=True)
    merge_all([replace(task, pairs=pairs.leaves) for task, pairs in words])
    merge_all(tasks(FIELDS, SUGGESTIONS, REVERSED))
    source.keep_spans(kept)
    leaves = {kind: [leaf for one in done for leaf in one.leaves] for kind, done in merged.items()}
    leaves["l"] = [leaf for one in merged[WORDS] for leaf in one.letters]
    sets = [one.widespread for one in merged[WORDS] if one.widespread is not None]
    folders = {key: name for key, name in leaves[WORDS] if name.startswith(FREQUENT)}
    together = write_together(sets, folders, build.documents, build.shards, partial(_each, run))
    return {kind: tree(build.shards, _NODE, found) for kind, found in leaves.items()}, together


def _each(
    run: Executor | None, work: Callable[[Any], _T], arguments: Sequence[Any]
) -> Iterator[_T]:
    """Yield what ``work`` makes of each argument, in their order."""
    if run is None:
        yield from map(work, arguments)
        return
    # Not more than a few results wait at a time.
    pending: list[Future[_T]] = []
    for argument in arguments:
        pending.append(run.submit(work, argument))
        if len(pending) > 8:
            yield pending.pop(0).result()
    for future in pending:
        yield future.result()


def _runs(shards: ShardFolder, sizes: Sizes, part: Part) -> Facts:
    return write_runs(part, shards, sizes)


def _listed(shards: ShardFolder, groups: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the names of the groups; of many the name of a shard that lists them, twice."""
    names = "".join(groups)
    if len(groups) <= _GROUPS_LISTED:
        return names, ()
    shard = shards.write(_GROUP_NODE, json_bytes([names]))
    return shard, (shard,)
