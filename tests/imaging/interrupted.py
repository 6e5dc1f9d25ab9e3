"""A program that is interrupted while its workers hang; run by test_engine."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from archive.settings import DerivativeSettings
from pipeline.engine import run_jobs
from pipeline.jobs import Job
from tests.imaging import hostile

if __name__ == "__main__":
    # A shell without job control starts programs in the background deaf to it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(sys.argv[1])
    jobs = (Job(f"hang-{n}", (), folder / str(n), DerivativeSettings()) for n in range(50))
    try:
        for _ in run_jobs(hostile.work, jobs, workers=2, timeout_s=600, memory_limit_mb=0):
            pass
    except KeyboardInterrupt:
        sys.exit(130)
