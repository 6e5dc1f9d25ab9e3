from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest

from archive.settings import DerivativeSettings
from pipeline import work
from pipeline.engine import run_jobs
from pipeline.jobs import Job, Scan
from pipeline.vips import pyvips
from schemas.errors import DependencyError, StoreWriteError
from tests.imaging import hostile
from tests.imaging.making import AT, DATA, derivative_set

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def jobs_named(folder, *names):
    scan = Scan(DATA / "lab.tif", "first.tif")
    return [Job(name, (scan,), folder / name, DerivativeSettings()) for name in names]


def outcomes(jobs, *, workers=2, timeout_s=60, memory_limit_mb=0):
    found = {}
    for outcome in run_jobs(
        hostile.work,
        iter(jobs),
        workers=workers,
        timeout_s=timeout_s,
        memory_limit_mb=memory_limit_mb,
    ):
        assert outcome.item_id not in found, "one outcome an item"
        found[outcome.item_id] = outcome
    return found


def reason(outcome):
    (finding,) = outcome.findings
    assert finding.code == "SCAN-worker-failed"
    assert finding.path == "first.tif"
    assert finding.item_id == outcome.item_id
    return str(finding.values["reason"])


def is_alive(pid):
    stat = Path(f"/proc/{pid}/stat")
    if sys.platform == "linux":
        return stat.exists() and stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != (
            "Z"
        )
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
def test_workers_that_are_killed_or_exit_cost_their_own_item_only(tmp_path):
    good = [f"good-{n}" for n in range(6)]
    bad = ["kill-1", "exit-1", "abort-1"]
    names = [name for pair in zip(good, bad * 2, strict=True) for name in pair]

    found = outcomes(jobs_named(tmp_path, *dict.fromkeys(names)))

    assert sorted(found) == sorted([*good, *bad])
    assert not any(found[name].findings for name in good)
    # A pool under load may notice a death only at the time limit; that must stay the exception.
    causes = {"kill-1": "SIGKILL", "exit-1": "exit code 3", "abort-1": "SIGABRT"}
    late = [name for name, cause in causes.items() if cause not in reason(found[name])]
    assert len(late) <= 1, late
    assert all("seconds" in reason(found[name]) for name in late)
    assert not (tmp_path / "kill-1").exists()


def test_worker_that_failed_once_is_tried_again(tmp_path):
    found = outcomes(jobs_named(tmp_path, "once-1", "good-1"))

    assert not found["once-1"].findings


def test_worker_that_dies_between_two_jobs_is_replaced(tmp_path):
    def slow_jobs():
        for job in jobs_named(tmp_path, "later-1", "later-2", "good-1", "good-2", "good-3"):
            yield job
            time.sleep(0.5)

    found = outcomes(slow_jobs(), workers=1)

    assert len(found) == 5
    assert not any(outcome.findings for outcome in found.values())


@pytest.mark.slow
def test_workers_that_cannot_start_are_an_error_and_not_a_fault_of_the_items(tmp_path, monkeypatch):
    module = types.ModuleType("only_here")
    exec("def work(job): ...", module.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", module)

    with pytest.raises(DependencyError, match="cannot be started"):
        list(
            run_jobs(
                module.work,
                jobs_named(tmp_path, "good-1", "good-2"),
                workers=2,
                timeout_s=20,
                memory_limit_mb=0,
            )
        )


def test_one_worker_is_a_process_of_its_own_too(tmp_path):
    found = outcomes(jobs_named(tmp_path, "good-1", "exit-1", "good-2"), workers=1)

    assert not found["good-1"].findings
    assert not found["good-2"].findings
    assert reason(found["exit-1"])
    assert found["good-1"].masters[0][1] != Path(str(os.getpid()))


@pytest.mark.slow
def test_worker_that_hangs_or_leaves_without_a_word_is_stopped_in_time(tmp_path):
    begun = time.monotonic()

    found = outcomes(jobs_named(tmp_path, "hang-1", "good-1", "quiet-1", "good-2"), timeout_s=3)

    assert "3 seconds" in reason(found["hang-1"])
    assert reason(found["quiet-1"])
    assert not found["good-1"].findings
    assert not found["good-2"].findings
    assert time.monotonic() - begun < 60


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is kept on Linux only")
def test_worker_that_eats_memory_is_stopped_in_python_and_in_libvips(tmp_path):
    found = outcomes(jobs_named(tmp_path, "eat-1", "vipseat-1", "good-1"), memory_limit_mb=600)

    assert "600 MB" in reason(found["eat-1"])
    assert reason(found["vipseat-1"])
    assert not found["good-1"].findings


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is kept on Linux only")
def test_scan_that_needs_more_memory_than_allowed_is_told_as_that(tmp_path):
    flat = pyvips.Image.black(12_000, 12_000, bands=3).copy(interpretation="srgb")
    # The rows of an interlaced picture come all at the end: no plan can do with less of them.
    flat.pngsave(str(tmp_path / "flat.png"), interlace=True)
    settings = DerivativeSettings()
    job = Job("flat", (Scan(tmp_path / "flat.png", "flat.png"),), tmp_path / "s", settings)

    (outcome,) = run_jobs(
        functools.partial(work.run_item, at=AT),
        [job],
        workers=1,
        timeout_s=120,
        memory_limit_mb=400,
    )

    assert "400 MB of memory" in outcome.findings[0].message("en")
    assert not (tmp_path / "s").exists()


def test_error_that_cannot_be_pickled_costs_its_own_item_only(tmp_path):
    found = outcomes(jobs_named(tmp_path, "unpicklable-1", "good-1"))

    assert "this cannot be pickled" in reason(found["unpicklable-1"])
    assert not found["good-1"].findings


def test_full_disk_is_no_fault_of_the_item_and_stops_the_run(tmp_path):
    with pytest.raises(StoreWriteError) as caught:
        outcomes(jobs_named(tmp_path, "diskfull-1", "good-1"))

    assert (caught.value.remedy, caught.value.path) == ("free some", tmp_path / "diskfull-1")


def test_jobs_are_taken_a_small_window_ahead(tmp_path):
    taken = 0

    def counted():
        nonlocal taken
        for job in jobs_named(tmp_path, *(f"good-{n}" for n in range(30))):
            taken += 1
            yield job

    given = 0
    for _ in run_jobs(hostile.work, counted(), workers=1, timeout_s=60, memory_limit_mb=0):
        assert taken - given <= 2
        given += 1
    assert given == taken == 30


def test_caller_that_stops_early_leaves_no_worker_behind(tmp_path):
    jobs = jobs_named(tmp_path, "good-1", *(f"hang-{n}" for n in range(9)))
    run = run_jobs(hostile.work, iter(jobs), workers=2, timeout_s=600, memory_limit_mb=0)
    next(run)
    pids = [int(file.read_text(encoding="utf-8")) for file in tmp_path.glob("*/pid")]

    begun = time.monotonic()
    run.close()

    assert time.monotonic() - begun < 10
    assert not any(is_alive(pid) for pid in pids)


def start_interrupted(folder):
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])}
    process = subprocess.Popen(
        [sys.executable, str(HERE / "interrupted.py"), str(folder)],
        env=environ,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while len(pids := sorted(folder.glob("*/pid"))) < 2:
        assert time.monotonic() < until, "the workers did not start"
        time.sleep(0.05)
    time.sleep(0.1)
    return process, [int(file.read_text(encoding="utf-8")) for file in pids]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_interrupt_stops_promptly_without_orphans(tmp_path):
    process, pids = start_interrupted(tmp_path)

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=30) == 130
    assert not any(is_alive(pid) for pid in pids)


@pytest.mark.skipif(sys.platform == "win32", reason="the test finds the workers by signals")
def test_workers_end_when_the_main_process_is_killed(tmp_path):
    process, pids = start_interrupted(tmp_path)

    process.kill()
    process.wait()

    until = time.monotonic() + 30
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < until, "a worker outlived its master"
        time.sleep(0.05)


def test_real_items_go_through_the_engine(tmp_path):
    (tmp_path / "cut.jpg").write_bytes((DATA / "Landscape_6.jpg").read_bytes()[:9000])
    sources = [DATA / "lab.tif", DATA / "exif_gps.jpg", tmp_path / "cut.jpg"]
    jobs = [
        Job(
            source.name,
            (Scan(source, source.name),),
            tmp_path / "s" / source.name,
            DerivativeSettings(),
        )
        for source in sources
    ]

    found = {
        outcome.item_id: outcome
        for outcome in run_jobs(
            functools.partial(work.run_item, at=AT),
            jobs,
            workers=0,
            timeout_s=60,
            memory_limit_mb=2048,
        )
    }

    assert sorted(found) == sorted(source.name for source in sources)
    assert derivative_set(found["lab.tif"]).canvases
    assert found["cut.jpg"].is_set_aside
