"""How fast the audit reads, against sha512 alone: ``python -m tests.bench.audit [MB]``.

Prints MB/s and the ratio for one and two readers. Each figure is the best of five runs, taken in
turns with plain sha512 over the same files with as many threads; the files are in the system's
cache, so that the disk does not hide the difference.
"""

from __future__ import annotations

import hashlib
import os
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

MASTER_MB = 16


def sha512_of(path: Path) -> str:
    """Return what the shortest good program would: sha512 with Python's own loop."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long ``work`` takes, and how much of the processors: in seconds."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - cpu


def main(size_mb: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        archive = make_archive(Path(folder) / "a", items=0)
        store = Store(Layout(archive.layout.root))
        for number in range(size_mb // MASTER_MB):
            data = os.urandom(MASTER_MB << 20)
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
            runs = [(seconds(plain), seconds(ours)) for _run in range(5)]
            floor_s, floor_cpu_s = (min(run[0][n] for run in runs) for n in (0, 1))
            ours_s, ours_cpu_s = (min(run[1][n] for run in runs) for n in (0, 1))
            print(
                f"{readers} reader(s): sha512 {total_mb / floor_s:.0f} MB/s, "
                f"audit {total_mb / ours_s:.0f} MB/s, ratio {floor_s / ours_s:.2f}; "
                f"by CPU time {floor_cpu_s / ours_cpu_s:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 256)
