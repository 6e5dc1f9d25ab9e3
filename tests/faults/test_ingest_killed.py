"""A killed ingest: the next run finishes it, and the store is as if nothing had happened."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.lock import write_lock
from archive.store import Store
from tests.archive.store_samples import assert_valid
from tests.conftest import Run
from tests.faults.deeds import draw_delivery
from tests.flows.deliveries import make_delivery, tree

COMMAND = [sys.executable, "-m", "cli", "--lang", "en"]
ROOT = Path(__file__).parent.parent.parent


def objects(museum: Path) -> Mapping[str, object]:
    """Return what every object holds, without the moments at which it was written."""
    held: dict[str, object] = {}
    for path in (museum / "store").rglob("inventory.json"):
        if not path.parent.name.startswith("v"):
            inventory = json.loads(path.read_text(encoding="utf-8"))
            head = inventory["versions"][inventory["head"]]["state"]
            held[inventory["id"]] = sorted(
                (digest, name)
                for digest, names in head.items()
                for name in names
                if name.startswith("masters/") or name == "record.json"
            )
    return held


def assert_sound(museum: Path) -> None:
    assert_valid(Store(Layout(museum)))


def ingest_and_kill(museum: Path, source: Path, after_s: float) -> int:
    process = subprocess.Popen(
        [*COMMAND, "ingest", str(source), "--archive", str(museum)],
        cwd=ROOT,
        # Tests work with one worker unless told otherwise; here several have to be killed.
        env=os.environ | {"HOABAN_JOBS": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(after_s)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_as_if_never_killed(run: Run, tmp_path: Path) -> None:
    source = draw_delivery(tmp_path / "delivery")
    calm, hurt = tmp_path / "calm", tmp_path / "hurt"
    assert run("init", calm).code == run("init", hurt).code == 0
    started = time.monotonic()
    assert ingest_and_kill(calm, source, after_s=600) == 0
    whole_s = time.monotonic() - started
    chance = random.Random(1954)
    killed = 0
    for _attempt in range(30):
        if ingest_and_kill(hurt, source, chance.uniform(0.1, 0.6) * whole_s) != 0:
            killed += 1
        if killed == 6:
            break
    assert killed == 6
    assert_sound(hurt)
    assert run("ingest", source, "--archive", hurt).code == 0
    assert_sound(hurt)
    assert objects(hurt) == objects(calm)
    assert tree(hurt / "derivatives").keys() == tree(calm / "derivatives").keys()
    assert run("audit", "--archive", hurt).code == 0
    found = json.loads(run("search", "--json", "hien vat", "--archive", hurt).out)
    assert found["total"] == 12


@pytest.mark.parametrize("operation", ["_write_synced", "_rename", "_mkdir"])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    source = make_delivery(tmp_path / "delivery")
    museum = tmp_path / "museum"
    run("init", museum)

    def no_space(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"archive.durable.{operation}", no_space)
        ran = run("ingest", source, cwd=museum)
    assert ran.code == 9, ran
    assert "disk is full" in ran.err
    assert_sound(museum)
    assert run("ingest", source, cwd=museum).code == 0
    assert len(objects(museum)) == 3
    assert_sound(museum)


def test_a_second_ingest_at_the_same_time_is_refused(run: Run, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    museum = tmp_path / "museum"
    run("init", museum)
    with write_lock(Layout(museum)):
        ran = run("ingest", source, cwd=museum)
    assert ran.code == 8
    assert objects(museum) == {}
