"""What a worker may meet: jobs that die, hang, eat memory. Imported by the workers too."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

from pipeline.jobs import Job, Outcome
from schemas.errors import StoreWriteError


class UnpicklableError(Exception):
    def __init__(self, one, two):
        super().__init__(one)
        self.two = lambda: two


def work(job: Job) -> Outcome:
    """Do what the item's name says before the first hyphen."""
    job.staging.mkdir(parents=True, exist_ok=True)
    (job.staging / "pid").write_text(str(os.getpid()), encoding="utf-8")
    _DEEDS.get(job.item_id.split("-")[0], lambda _job: None)(job)
    return Outcome(job.item_id, masters=(("pid", Path(str(os.getpid()))),))


def _once(job: Job) -> None:
    mark = job.staging.parent / f"{job.item_id}.tried"
    if not mark.exists():
        mark.write_text("", encoding="utf-8")
        os._exit(1)


def _eat(_job: Job) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 << 20))


def _eat_in_libvips(_job: Job) -> None:
    from pipeline.vips import pyvips

    pyvips.Image.black(40_000, 40_000, bands=3).copy_memory()


def _unpicklable(_job: Job) -> None:
    raise UnpicklableError("this cannot be pickled", 2)


def _disk_full(job: Job) -> None:
    raise StoreWriteError("disk full", remedy="free some", path=job.staging)


def _die_later(_job: Job) -> None:
    threading.Timer(0.3, os._exit, [9]).start()


_DEEDS = {
    "later": _die_later,
    "kill": lambda _job: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda _job: os._exit(3),
    "quiet": lambda _job: os._exit(0),
    "abort": lambda _job: os.abort(),
    "hang": lambda _job: time.sleep(600),
    "eat": _eat,
    "vipseat": _eat_in_libvips,
    "once": _once,
    "unpicklable": _unpicklable,
    "diskfull": _disk_full,
}
