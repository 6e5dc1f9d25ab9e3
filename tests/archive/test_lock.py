"""The write lock: one holder, freed by the system when the holder dies."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.lock import write_lock
from schemas.errors import StoreBusyError, StoreWriteError

HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from archive.layout import Layout
from archive.lock import write_lock
with write_lock(Layout(Path(sys.argv[2]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with write_lock(layout):
        with pytest.raises(StoreBusyError, match="Another command") as caught, write_lock(layout):
            pass
        assert caught.value.exit_code == 8
    with write_lock(layout):
        pass


def test_the_lock_is_freed_after_an_error(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with pytest.raises(RuntimeError), write_lock(layout):
        raise RuntimeError
    with write_lock(layout):
        pass


def test_a_process_that_is_killed_frees_the_lock(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    root = Path(__file__).parents[2]
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreBusyError), write_lock(layout):
        pass
    holder.kill()
    holder.communicate()
    with write_lock(layout):
        pass


def test_an_archive_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    lock = write_lock(Layout(tmp_path / "nowhere"))
    with pytest.raises(StoreWriteError, match="cannot be locked") as caught, lock:
        pass
    assert caught.value.remedy


def test_a_disk_without_locks_is_not_taken_for_another_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("archive.lock._lock", refuse)
    lock = write_lock(Layout(tmp_path))
    with pytest.raises(StoreWriteError, match="No locks available"), lock:
        pass
