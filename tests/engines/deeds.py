"""Work that tests count or disturb; imported by worker processes too."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pipeline import work
from pipeline.jobs import Job, Outcome

LOG = "HOABAN_TEST_LOG"
ITEM_S = 1.0


def note(job: Job) -> None:
    """Write down that the work on an item was begun, in one write."""
    with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
        log.write(f"{job.item_id}\n")


def counted_run_item(job: Job, *, at: str) -> Outcome:
    """Do what ``run_item`` does, and write down that it was begun."""
    note(job)
    return work.run_item(job, at=at)


def slow_run_item(job: Job, *, at: str) -> Outcome:
    """Do it slowly enough to be disturbed."""
    note(job)
    time.sleep(0.3)
    return work.run_item(job, at=at)


def second(job: Job) -> Outcome:
    """Take one second, and no processor."""
    time.sleep(ITEM_S)
    return Outcome(job.item_id)


def nothing(job: Job) -> Outcome:
    """Do nothing."""
    return Outcome(job.item_id)


def begun(log: Path) -> list[str]:
    """Return the items whose work was begun, in order."""
    return log.read_text(encoding="utf-8").split() if log.exists() else []
