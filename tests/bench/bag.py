"""What a bag costs, against reading and sha512 alone: ``python -m tests.bench.bag [MB]``.

Prints seconds, the ratio by the clock and by processor time, and by how much the memory of the
process grew while it was made. Seconds are the best of seven runs, taken in turns with plain
sha512 over the same file; ratios are the median of those within the turns. The master is in the
system's cache, so that the disk it is read from does not hide the difference; the bag is written
to the disk of the temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from archive.export import FORMATS, ExportContext
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record, View
from tests.bench import allow_bytecode
from tests.export.conftest import AT, StandIn, technical_of

CHUNK_BYTES = 1 << 20
RUNS = 7


def sha512_of(path: Path) -> str:
    """Return what the shortest good program would: sha512 with Python's own loop."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long ``work`` takes, and how much of the processors: in seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def peak_mb() -> float:
    """Return the most memory the process ever held, in MB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_item(folder: Path, size_mb: int) -> StandIn:
    """Return an item with one master of random bytes."""
    path = folder / "master"
    sha256, sha512 = hashlib.sha256(), hashlib.sha512()
    with path.open("wb") as file:
        for _chunk in range(size_mb):
            data = os.urandom(CHUNK_BYTES)
            sha256.update(data)
            sha512.update(data)
            file.write(data)
    technical = replace(
        technical_of("masters/a.tif", b""),
        size_bytes=size_mb << 20,
        sha512=sha512.hexdigest(),
        sha256=sha256.hexdigest(),
    )
    record = Record("B-1", (), (View("masters/a.tif"),))
    return StandIn("b-1", record, (technical,), (), {"masters/a.tif": path})


def main(size_mb: int = 300) -> None:
    """Print the figures."""
    context = ExportContext(parse_profile(shipped_profile_text("museum")), AT)
    with tempfile.TemporaryDirectory() as folder:
        item = make_item(Path(folder), size_mb)
        master = item.masters["masters/a.tif"]
        for name in ("bagit", "mets"):
            for ending in (".tar", ".zip", ""):
                out = Path(folder, "out", f"package{ending}")

                def ours(name: str = name, out: Path = out) -> None:
                    FORMATS[name].write([item], out, context)

                runs = []
                for _run in range(RUNS):
                    before_mb = peak_mb()
                    plain = seconds(lambda: sha512_of(master))
                    made = seconds(ours)
                    runs.append((plain, made, peak_mb() - before_mb))
                    remove(out)
                floor_s, ours_s = (min(run[n][0] for run in runs) for n in (0, 1))
                ratio, cpu_ratio = (
                    statistics.median(run[1][n] / run[0][n] for run in runs) for n in (0, 1)
                )
                print(
                    f"{name} {ending or 'folder'}: {size_mb} MB, sha512 {floor_s:.2f} s, "
                    f"package {ours_s:.2f} s, ratio {ratio:.2f}, "
                    f"by CPU time {cpu_ratio:.2f}; "
                    f"memory grew by {max(run[2] for run in runs):.0f} MB"
                )


def remove(path: Path) -> None:
    """Remove a file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


if __name__ == "__main__":
    allow_bytecode()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
