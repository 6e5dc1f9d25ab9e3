"""How fast the audit reads, against sha512: ``python -m tests.bench.audit [MB [MASTER_MB]]``.

Prints MB/s and the ratio for one and two readers. Rates are the best of nine runs, taken in turns
with plain sha512 over the same files with as many threads. Ratios are the median of those within
the turns: on a shared machine the best run of one side may have met a quieter moment than that of
the other. The files are in the system's cache, so that the disk does not hide the difference.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from archive.layout import Layout
from archive.store import Store
from pipeline.audit import audit
from pipeline.audit_choice import AuditChoice
from tests.archive.replica_samples import Clock, files_of, make_archive
from tests.archive.store_samples import commit
from tests.bench import allow_bytecode

TURNS = 9


def sha512_of(path: Path) -> str:
    """Return what the shortest good program would: sha512 with Python's own loop."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long ``work`` takes, and how much of the processors: in seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def main(size_mb: int = 256, master_mb: int = 16) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        archive = make_archive(Path(folder) / "a", items=0)
        store = Store(Layout(archive.layout.root))
        for number in range(size_mb // master_mb):
            data = os.urandom(master_mb << 20)
            commit(store, {"masters/a.tif": data}, identifier=f"B-{number}")
        files = files_of(archive.layout)
        total_mb = sum(path.stat().st_size for path in files) / 1e6
        for readers in (1, 2):
            choice = AuditChoice(readers=readers, is_anew=True)

            def plain(readers: int = readers) -> None:
                with ThreadPoolExecutor(readers) as pool:
                    list(pool.map(sha512_of, files))

            def ours(choice: AuditChoice = choice) -> None:
                assert not audit(archive, now=Clock(), choice=choice).problems

            plain()
            runs = [(seconds(plain), seconds(ours)) for _turn in range(TURNS)]
            floor_s, ours_s = (min(run[n][0] for run in runs) for n in (0, 1))
            ratio, cpu_ratio = (
                statistics.median(floor[n] / own[n] for floor, own in runs) for n in (0, 1)
            )
            print(
                f"{readers} reader(s): sha512 {total_mb / floor_s:.0f} MB/s, "
                f"audit {total_mb / ours_s:.0f} MB/s, ratio {ratio:.2f}; "
                f"by CPU time {cpu_ratio:.2f}"
            )


if __name__ == "__main__":
    allow_bytecode()
    main(*map(int, sys.argv[1:3]))
