"""What an engine costs an item: ``python -m tests.bench.engine [ITEMS] [WORKERS]``.

Items of one second each (they sleep, so that the workers' cores are free and only the engine's own
cost shows) go through the local engine and through a dask cluster on this computer. Overhead is the
wall time over items × 1 s ÷ workers. The workers run before the clock starts: in each engine one
round of items without work goes first.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from archive.config import with_choices
from archive.opening import Archive, create_archive
from archive.settings import Settings
from pipeline.carry import carry
from pipeline.jobs import Job
from tests.bench import allow_bytecode
from tests.engines.cluster import cluster_of
from tests.engines.deeds import ITEM_S, nothing, second


def jobs_of(archive: Archive, count: int) -> list[Job]:
    """Return ``count`` jobs without scans."""
    settings = archive.settings.derivatives
    return [
        Job(f"item-{number}", (), archive.layout.staging_of(f"item-{number}"), settings)
        for number in range(count)
    ]


def measured(archive: Archive, items: int, workers: int) -> str:
    """Return a line: overhead an item, and items a second without work."""
    started = time.perf_counter()
    jobs = jobs_of(archive, 400)
    assert sum(1 for _outcome in carry(archive, nothing, jobs)) == 400
    empty_s = time.perf_counter() - started
    started = time.perf_counter()
    # The run starts its own pool or connection: what is measured includes it.
    assert sum(1 for _outcome in carry(archive, second, jobs_of(archive, items))) == items
    wall_s = time.perf_counter() - started
    ideal_s = items * ITEM_S / workers
    return (
        f"{archive.settings.engine:6} {wall_s:7.2f} s  floor {ideal_s:6.2f} s  "
        f"overhead {100 * (wall_s / ideal_s - 1):5.2f} % of an item  "
        f"{400 / empty_s:6.0f} empty items/s"
    )


def main(items: int = 60, workers: int = 2) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = create_archive(Path(scratch) / "museum", Settings(jobs=workers))
        with cluster_of(workers, Path(scratch) / "cluster", {}) as cluster:
            settings = with_choices(archive.settings, scheduler=cluster.address)
            far = measured(replace(archive, settings=settings), items, workers)
        near = measured(archive, items, workers)
    sys.stdout.write(f"{items} items of {ITEM_S:g} s, {workers} workers\n{near}\n{far}\n")


if __name__ == "__main__":
    allow_bytecode()
    main(*(int(word) for word in sys.argv[1:]))
