"""Whether a worker's memory stays flat: ``python -m tests.bench.memory [IMAGES]``.

One process does the work of ``pipeline.work`` on mixed scans, one after the other, as a worker
does, and prints its own share of memory (PSS, on Linux) on the way.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import allow_bytecode

ROOT = Path(__file__).parent.parent.parent
# A prime number of scans: their sizes, kinds and shapes come in all neighbourhoods.
DIFFERENT = 37
SIZES_MP = (0.05, 1.5, 0.2, 0.1, 0.6)


def main(images: int = 1000) -> None:
    """Measure and print."""
    from tests.bench.scans import write_scans

    with tempfile.TemporaryDirectory() as scratch:
        write_scans(Path(scratch) / "scans", DIFFERENT, SIZES_MP)
        command = [sys.executable, "-m", "tests.bench.memory", "one", scratch, str(images)]
        subprocess.run(command, cwd=ROOT, check=True)


def run_one(scratch: Path, images: int) -> None:
    """Be the worker."""
    from archive.settings import DerivativeSettings
    from pipeline.jobs import Job, Scan
    from pipeline.work import run_item
    from tests.bench.derivatives import own_peak_mb

    say = sys.stdout.write
    scans = sorted((scratch / "scans").iterdir())
    seen: list[float] = []
    for number in range(images):
        scan = scans[number % len(scans)]
        job = Job("item", (Scan(scan, scan.name),), scratch / "staging", DerivativeSettings())
        assert run_item(job, at="2026-01-01T00:00:00Z").derivatives
        seen.append(pss_mb())
    first = seen[len(scans) - 1]
    say(f"one worker over {images} scans of {min(SIZES_MP)} to {max(SIZES_MP)} MP, PSS in MB\n")
    say(f"  after the first {len(scans)}: {first:.0f}, ")
    quarters = (round(images * part) - 1 for part in (0.25, 0.5, 0.75))
    say("at the quarters: " + ", ".join(f"{seen[at]:.0f}" for at in quarters))
    say(f", at the end: {seen[-1]:.0f}; most between two scans: {max(seen):.0f}, ")
    say(f"in one: {own_peak_mb():.0f} (RSS)\n")


def pss_mb() -> float:
    """Return this process's share of memory in MB: what it shares counts by its sharers."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["one"]:
        run_one(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(*(int(word) for word in sys.argv[1:]))
