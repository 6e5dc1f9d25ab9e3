"""How fast a batch becomes archived items: ``python -m tests.bench.batch [ITEMS] [RUNS]``.

Mixed scans (JPEG, TIFF, 16-bit TIFF and PNG of 1 to 8 megapixels, cut from real ones) go through a
whole ``hoaban ingest`` on all cores. The floor of the same run is that of
:mod:`tests.bench.derivatives`, on the same files and with as many processes: tiles, digests and the
encoding of the small pictures, and nothing else. Floor and ingest take turns; medians count.
"""

from __future__ import annotations

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
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SIZES_MP = (1.0, 2.0, 3.0, 4.0, 8.0)


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
        floors, ours = [], []
        for _run in range(runs):
            floors.append(_cost(lambda: _floor(source, Path(scratch) / "floor")))
            _hoaban("init", str(museum))
            ours.append(_cost(lambda: _hoaban("ingest", str(source), "--archive", str(museum))))
            shutil.rmtree(museum)
    say = sys.stdout.write
    say(f"{items} mixed scans, {size_mb:.0f} MB, {os.cpu_count()} cores, {runs} run(s)\n")
    for name, costs in (("floor", floors), ("Hoa Ban, ingest", ours)):
        wall = statistics.median(cost.wall_s for cost in costs)
        cpu = statistics.median(cost.cpu_s for cost in costs)
        say(
            f"  {name:18} {wall:7.1f} s  {items / wall:6.2f} images/s  {size_mb / wall:6.1f} MB/s"
            f"  {cpu:7.1f} CPU s\n"
        )
    pairs = list(zip(ours, floors, strict=True))
    wall = statistics.median(our.wall_s / floor.wall_s for our, floor in pairs)
    cpu = statistics.median(our.cpu_s / floor.cpu_s for our, floor in pairs)
    say(f"  ingest / floor: {wall:.2f} by the clock, {cpu:.2f} in CPU\n")


def _floor(source: Path, folder: Path) -> None:
    """Do what cannot be left out, in a process of its own with one process a core below it."""
    command = [sys.executable, "-m", "tests.bench.batch", "floor", str(source), str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)


def run_floor(source: Path, folder: Path) -> None:
    """Make the floor of every scan of ``source`` below ``folder``, and remove it."""
    scans = sorted(path for path in source.iterdir() if path.suffix != ".csv")
    folder.mkdir()
    context = multiprocessing.get_context("spawn")
    with context.Pool(os.cpu_count(), initializer=_prepare_floor, initargs=(scans[0],)) as pool:
        pool.starmap(_floor_of_one, [(scan, folder / scan.stem) for scan in scans], chunksize=1)
        pool.close()
        pool.join()
    shutil.rmtree(folder)


def _prepare_floor(scan: Path) -> None:
    """Have pictures of the three sizes at hand: encoding those of another scan costs the same."""
    from tests.bench import derivatives

    derivatives.prepare_small_pictures(scan)


def _floor_of_one(scan: Path, folder: Path) -> None:
    from tests.bench import derivatives

    folder.mkdir()
    derivatives.floor(scan, folder)


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
    if sys.argv[1:2] == ["floor"]:
        run_floor(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*(int(word) for word in sys.argv[1:]))
