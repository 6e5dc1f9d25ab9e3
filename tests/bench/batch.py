"""How fast a batch becomes archived items: ``python -m tests.bench.batch [ITEMS] [RUNS]``.

Mixed scans (JPEG, TIFF, 16-bit TIFF and PNG of 1 to 8 megapixels, cut from real ones) go through a
whole ``hoaban ingest`` on all cores. The floor of the same run is that of
:mod:`tests.bench.derivatives`, on the same files and with as many processes: tiles, digests and the
encoding of the small pictures, and nothing else: not even its processes' start, which ours has.
So are its peers, Pillow well written after a copy with digests, without and with the sharpening and
the images for viewers, and pyvips that opens a scan again for every picture; none of them inspects,
checks, describes or keeps anything. Beside the whole ingest
stands our copy, digests, inspection and images alone, by as many processes. All take turns; medians
count.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tests.bench import allow_bytecode

ROOT = Path(__file__).parent.parent.parent
SIZES_MP = (1.0, 2.0, 3.0, 4.0, 8.0)
OURS = "Hoa Ban, ingest"
# Name in the table, by the plan in tests.bench.derivatives.
PLANS = {
    "floor": "floor",
    "pillow-safe": "Pillow, copy and digests",
    "pillow-same": "Pillow, the same set",
    "vips-reopened": "pyvips, reopened",
    "ours": "Hoa Ban, images alone",
}


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock, and processor seconds of all processes."""

    wall_s: float
    cpu_s: float


def main(items: int = 200, runs: int = 1) -> None:
    """Measure and print."""
    from tests.bench.scans import write_delivery

    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "delivery"
        scans = write_delivery(source, items, SIZES_MP)
        size_mb = sum(scan.stat().st_size for scan in scans) / 1e6
        museum = Path(scratch) / "museum"
        costs: dict[str, list[Cost]] = {}
        for _run in range(runs):
            for plan, name in PLANS.items():
                costs.setdefault(name, []).append(_pool(plan, source, Path(scratch) / plan))
            _hoaban("init", str(museum))
            ingest = _cost(lambda: _hoaban("ingest", str(source), "--archive", str(museum)))
            costs.setdefault(OURS, []).append(ingest)
            shutil.rmtree(museum)
    say = sys.stdout.write
    say(f"{items} mixed scans, {size_mb:.0f} MB, {os.cpu_count()} cores, {runs} run(s)\n")
    for name, found in costs.items():
        wall = statistics.median(cost.wall_s for cost in found)
        cpu = statistics.median(cost.cpu_s for cost in found)
        floors = list(zip(found, costs[PLANS["floor"]], strict=True))
        by_clock = statistics.median(cost.wall_s / floor.wall_s for cost, floor in floors)
        in_cpu = statistics.median(cost.cpu_s / floor.cpu_s for cost, floor in floors)
        say(
            f"  {name:27} {wall:7.1f} s  {items / wall:6.2f} images/s  {size_mb / wall:6.1f} MB/s"
            f"  {cpu:7.1f} CPU s  / floor: {by_clock:.2f} by the clock, {in_cpu:.2f} in CPU\n"
        )


def _pool(plan: str, source: Path, folder: Path) -> Cost:
    """Carry out a plan, in a process of its own with one process a core below it."""
    command = [sys.executable, "-m", "tests.bench.batch", plan, str(source), str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Cost(*json.loads(done.stdout))


def run_plan(plan: str, source: Path, folder: Path) -> None:
    """Carry out a plan on every scan of ``source``, below ``folder``; print its cost as JSON."""
    scans = sorted(path for path in source.iterdir() if path.suffix != ".csv")
    folder.mkdir()
    workers = os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(workers + 1)
    with context.Pool(workers, initializer=_prepare, initargs=(plan, scans[:10], ready)) as pool:
        ready.wait()
        tasks = [(plan, scan, folder / scan.stem, number % 10) for number, scan in enumerate(scans)]
        started = time.perf_counter()
        cpu_s = sum(pool.starmap(_one, tasks, chunksize=1))
        wall_s = time.perf_counter() - started
    shutil.rmtree(folder)
    sys.stdout.write(json.dumps([wall_s, cpu_s]))


_small_pictures: list[dict[int, Any]] = []


def _prepare(plan: str, scans: list[Path], ready: Barrier) -> None:
    """Have the small pictures of ten scans at hand: every tenth is of the same kind and size.

    One scan is done before the clock starts, so that no plan is charged for its imports.
    """
    from tests.bench.derivatives import small_pictures_of

    _small_pictures.extend(small_pictures_of(scan) for scan in scans)
    with tempfile.TemporaryDirectory(dir=scans[0].parent.parent) as folder:
        _one(plan, scans[0], Path(folder) / "warm", 0)
    ready.wait()


def _one(plan: str, scan: Path, folder: Path, number: int) -> float:
    """Carry out a plan on one scan and return its CPU seconds."""
    from tests.bench import derivatives

    before = time.process_time()
    folder.mkdir()
    if plan == "floor":
        derivatives.floor_with(scan, folder, _small_pictures[number])
    else:
        derivatives.PLANS[plan][1](scan, folder)
    return time.process_time() - before


def _hoaban(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "cli", *arguments], cwd=ROOT, check=True,
                   capture_output=True)  # fmt: skip


def _cost(function: Callable[[], None]) -> Cost:
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    function()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(time.perf_counter() - started, cpu_s)


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:] and sys.argv[1] in PLANS:
        run_plan(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*(int(word) for word in sys.argv[1:]))
