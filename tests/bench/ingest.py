"""How fast scans become archived items: ``python -m tests.bench.ingest [ITEMS] [MEGAPIXELS]``.

Prints images a second and the ratio against the floor of the same run: what this machine needs to
copy the same files with their digests, decode them and write their tiles, with as many processes
and nothing else. Medians of three runs; machines are noisy, the ratio is what counts.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3
ROOT = Path(__file__).parent.parent.parent


def make_delivery(folder: Path, items: int, megapixels: float) -> Path:
    """Write one JPEG of photographic noise an item, and a catalogue."""
    from pipeline.vips import pyvips

    folder.mkdir()
    width = round((megapixels * 1e6 * 1.5) ** 0.5)
    height = round(width / 1.5)
    rows = ["identifier,title,files"]
    for number in range(items):
        noise = pyvips.Image.perlin(width, height, cell_size=256, seed=number)
        grain = pyvips.Image.gaussnoise(width, height, sigma=6, mean=0, seed=number)
        base = noise * 90 + 120 + grain
        image = base.bandjoin([base * 0.8, base * 0.6]).cast("uchar").copy(interpretation="srgb")
        image.jpegsave(str(folder / f"B-{number:03d}.jpg"), Q=92)
        rows.append(f"B-{number:03d},Bench {number},B-{number:03d}.jpg")
    (folder / "catalogue.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def floor_of_one(task: tuple[str, str]) -> None:
    """Copy with digests, decode and tile one image: the work that cannot be left out."""
    from pipeline.vips import pyvips

    source, target = Path(task[0]), Path(task[1])
    target.mkdir(parents=True)
    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    with source.open("rb") as file, (target / "master").open("wb") as copy:
        while block := file.read(1 << 20):
            sha512.update(block)
            sha256.update(block)
            copy.write(block)
    image = pyvips.Image.new_from_file(str(source), access="sequential")
    image.dzsave(str(target / "tiles"), layout="iiif3", tile_size=512, suffix=".jpg[Q=82]")


def floor_s(scans: list[Path], folder: Path) -> float:
    """Return the seconds of the floor, in as many processes as there are cores."""
    tasks = [(str(scan), str(folder / scan.stem)) for scan in scans]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        pool.map(len, [()] * 4)
        started = time.perf_counter()
        pool.map(floor_of_one, tasks, chunksize=1)
        elapsed = time.perf_counter() - started
    shutil.rmtree(folder)
    return elapsed


def ingest_s(source: Path, museum: Path) -> float:
    """Return the seconds of a whole ``hoaban ingest`` into a new archive."""
    command = [sys.executable, "-m", "cli"]
    subprocess.run([*command, "init", str(museum)], cwd=ROOT, check=True, capture_output=True)
    started = time.perf_counter()
    subprocess.run(
        [*command, "ingest", str(source), "--archive", str(museum)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    elapsed = time.perf_counter() - started
    shutil.rmtree(museum)
    return elapsed


def main(items: int = 24, megapixels: float = 12.0) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        source = make_delivery(Path(scratch) / "delivery", items, megapixels)
        scans = sorted(source.glob("*.jpg"))
        size_mb = sum(scan.stat().st_size for scan in scans) / 1e6
        ours, floors = [], []
        for run in range(RUNS):
            floors.append(floor_s(scans, Path(scratch) / f"floor-{run}"))
            ours.append(ingest_s(source, Path(scratch) / f"museum-{run}"))
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    wall, floor = statistics.median(ours), statistics.median(floors)
    ratio = statistics.median(a / b for a, b in zip(ours, floors, strict=True))
    sys.stdout.write(
        f"{items} images of {megapixels:g} MP, {size_mb:.0f} MB, {os.cpu_count()} cores\n"
        f"ingest  {wall:6.1f} s   {items / wall:5.2f} images/s   {size_mb / wall:6.1f} MB/s\n"
        f"floor   {floor:6.1f} s   ratio ingest/floor {ratio:.2f}\n"
        f"largest process {peak_mb:.0f} MB\n"
    )


if __name__ == "__main__":
    main(*(float(word) if "." in word else int(word) for word in sys.argv[1:]))
