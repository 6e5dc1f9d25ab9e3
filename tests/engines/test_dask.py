"""Work on dask workers: the same results, and nothing lost when a worker or scheduler dies.

Everything runs on this computer, in processes of their own that are ended after each test.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from archive.config import with_choices
from archive.opening import Archive, create_archive
from archive.settings import DaskSettings, Settings
from pipeline import engine_dask
from pipeline.dask_client import scheduler_address
from pipeline.engine_dask import run_jobs_on_dask
from pipeline.isolation import Limits
from pipeline.jobs import Job, Outcome, Scan
from pipeline.remote_batch import Batch, run_batch, versions_here
from schemas.errors import ConfigError, DependencyError, StoreWriteError
from tests.conftest import Run
from tests.engines.cluster import Cluster, cluster_of
from tests.engines.deeds import LOG, begun
from tests.engines.test_resume import ROOT, start
from tests.faults.deeds import draw_delivery
from tests.faults.test_ingest_killed import objects
from tests.flows.deliveries import tree
from tests.imaging import hostile
from tests.imaging.making import DATA

ITEMS = 12
REMOVE_SOON = "import sys, time, os; time.sleep(3); os.remove(sys.argv[1])"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="it kills processes by signals")


# --- without a cluster ---


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ("", "No scheduler"),
        ("tcp://192.168.1.10:8786", "without protection"),
        ("192.168.1.10:8786", "without protection"),
        ("tcp://museum-pc:8786", "without protection"),
        ("tls://192.168.1.10:8786", "needs the settings"),
        ("http://127.0.0.1:8786", "is not the address"),
    ],
)
def test_a_scheduler_others_could_listen_to_is_refused(scheduler: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        scheduler_address(DaskSettings(scheduler=scheduler))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_this_computer_needs_no_certificates(host: str) -> None:
    assert scheduler_address(DaskSettings(scheduler=f"{host}:1")) == f"tcp://{host}:1"


def test_certificates_mean_tls() -> None:
    settings = DaskSettings("10.0.0.1:8786", tls_ca="a", tls_cert="b", tls_key="c")
    assert scheduler_address(settings) == "tls://10.0.0.1:8786"


def test_the_command_refuses_a_scheduler_without_protection(run: Run, tmp_path: Path) -> None:
    museum = tmp_path / "museum"
    run("init", museum)
    source = draw_delivery(tmp_path / "delivery", 1)
    ran = run("ingest", source, "--scheduler", "10.0.0.1:8786", cwd=museum)
    assert (ran.code, "without protection" in ran.err) == (3, True)


def batch_of(folder: Path, *names: str, **changes: object) -> Batch:
    folder.mkdir(exist_ok=True)
    (folder / "running").touch()
    scan = Scan(DATA / "lab.tif", "first.tif")
    jobs = tuple(Job(name, (scan,), folder / name, Settings().derivatives) for name in names)
    batch = Batch(hostile.work, jobs, folder / "running", Limits(60, 0), versions_here())
    return replace(batch, **changes)


def test_a_worker_with_other_versions_does_nothing(tmp_path: Path) -> None:
    report = run_batch(batch_of(tmp_path, "good-1", versions="Hoa Ban 0"))
    assert report.is_unfit
    assert not report.answers


def test_a_worker_that_does_not_see_the_shared_disk_does_nothing(tmp_path: Path) -> None:
    report = run_batch(batch_of(tmp_path, "good-1", lease=tmp_path / "elsewhere" / "running"))
    assert report.is_apart


def test_an_item_finished_by_a_worker_that_died_is_not_done_again(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, "good-1", "exit-1")
    first = run_batch(batch)
    assert isinstance(first.answers[0], Outcome)
    assert run_batch(batch).answers == first.answers


def test_work_for_a_run_that_ended_is_given_up(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, "hang-1", "good-1")
    child = subprocess.Popen([sys.executable, "-c", REMOVE_SOON, str(batch.lease)])
    started = time.monotonic()
    report = run_batch(batch)
    child.wait()
    assert report.is_apart
    assert time.monotonic() - started < 20


# --- with a cluster ---


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return create_archive(tmp_path / "museum", Settings())


def over(archive: Archive, cluster: Cluster, **changes: object) -> Archive:
    settings = with_choices(archive.settings, scheduler=cluster.address)
    return replace(archive, settings=replace(settings, **changes))


def jobs_named(folder: Path, names: list[str]) -> list[Job]:
    return list(batch_of(folder / "jobs", *names).jobs)


@pytest.mark.slow
@posix_only
def test_hostile_items_cost_themselves_only(archive: Archive, tmp_path: Path) -> None:
    good = [f"good-{number}" for number in range(40)]
    bad = ["kill-1", "exit-1", "abort-1", "hang-1", "unpicklable-1"]
    with cluster_of(2, tmp_path / "cluster", {}) as cluster:
        found = {}
        for outcome in run_jobs_on_dask(
            over(archive, cluster, item_timeout_s=3),
            hostile.work,
            jobs_named(tmp_path, [*good[:20], *bad, "once-1", *good[20:]]),
        ):
            assert outcome.item_id not in found
            found[outcome.item_id] = outcome
        with pytest.raises(StoreWriteError, match="disk full"):
            list(
                run_jobs_on_dask(
                    over(archive, cluster), hostile.work, jobs_named(tmp_path, ["diskfull-1"])
                )
            )
    assert {name for name, outcome in found.items() if outcome.findings} == set(bad)
    assert found["once-1"].tries == 2
    assert "SIGKILL" in found["kill-1"].findings[0].message()
    assert "3 seconds" in found["hang-1"].findings[0].message()
    assert not any(archive.layout.remote_staging.iterdir())


@pytest.mark.slow
def test_a_scheduler_without_workers_is_said_in_time(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_dask, "WAIT_FOR_WORKERS_S", 1.0)
    with (
        cluster_of(0, tmp_path / "cluster", {}) as cluster,
        pytest.raises(DependencyError, match="no workers"),
    ):
        list(
            run_jobs_on_dask(over(archive, cluster), hostile.work, jobs_named(tmp_path, ["good-1"]))
        )


@pytest.mark.slow
@posix_only
def test_results_are_those_of_the_local_engine(run: Run, tmp_path: Path) -> None:
    source = draw_delivery(tmp_path / "delivery", 4)
    (source / "K-2_1.jpg").write_bytes(b"not an image")
    near, far = tmp_path / "near", tmp_path / "far"
    assert run("init", near).code == run("init", far).code == 0
    assert run("ingest", source, "--archive", near).code == 10
    with cluster_of(2, tmp_path / "cluster", {}) as cluster:
        scheduler = ("--scheduler", cluster.address)
        assert run("ingest", source, "--archive", far, *scheduler).code == 10
        assert objects(near) == objects(far)
        assert tree(near / "derivatives") == tree(far / "derivatives")
        assert tree(near / "quarantine") == tree(far / "quarantine")
        for name in ("near", "far"):
            config = tmp_path / name / "hoaban.toml"
            text = config.read_text(encoding="utf-8").replace(
                "[derivatives]", "[derivatives]\nquality = 60"
            )
            config.write_text(text, encoding="utf-8")
        assert run("derive", "--again", "--archive", near).code == 0
        assert run("derive", "--again", "--archive", far, *scheduler).code == 0
        assert tree(near / "derivatives") == tree(far / "derivatives")
        assert run("rebuild", "--archive", far, *scheduler).code == 0
        assert tree(near / "derivatives") == tree(far / "derivatives")


@pytest.mark.slow
@posix_only
def test_a_killed_worker_loses_and_doubles_nothing(run: Run, tmp_path: Path) -> None:
    source, museum, log = (
        draw_delivery(tmp_path / "delivery"),
        tmp_path / "museum",
        tmp_path / "log",
    )
    assert run("init", museum).code == 0
    with cluster_of(2, tmp_path / "cluster", {LOG: str(log)}) as cluster:
        process = start(
            log,
            "slow_run_item",
            "ingest",
            source,
            "--archive",
            museum,
            "--scheduler",
            cluster.address,
        )
        wait_until_begun(log, 5, process)
        victim = next(iter(cluster.worker_pids().values()))
        os.kill(victim, signal.SIGKILL)
        assert process.wait(timeout=120) == 0
    counts = Counter(begun(log))
    assert len(counts) == len(objects(museum)) == ITEMS
    # One batch, of at most three of these items, was in the hands of the killed worker.
    assert sum(counts.values()) <= ITEMS + 3
    assert run("audit", "--archive", museum).code == 0


@pytest.mark.slow
@posix_only
def test_a_killed_scheduler_ends_the_run_and_the_next_one_finishes(
    run: Run, tmp_path: Path
) -> None:
    source, museum, log = (
        draw_delivery(tmp_path / "delivery"),
        tmp_path / "museum",
        tmp_path / "log",
    )
    assert run("init", museum).code == 0
    arguments = ("ingest", source, "--archive", museum, "--scheduler")
    with cluster_of(2, tmp_path / "one", {LOG: str(log)}) as cluster:
        process = start(log, "slow_run_item", *arguments, cluster.address)
        wait_until_begun(log, 6, process)
        os.killpg(cluster.scheduler.pid, signal.SIGKILL)
        assert process.wait(timeout=60) == DependencyError.exit_code
    done = set(objects(museum))
    before = len(begun(log))
    with cluster_of(2, tmp_path / "two", {LOG: str(log)}) as cluster:
        process = start(log, "slow_run_item", *arguments, cluster.address)
        assert process.wait(timeout=120) == 0
    assert len(objects(museum)) == ITEMS
    again = {f"hoaban:{item_id}" for item_id in begun(log)[before:]}
    assert len(again & done) <= 1
    # Two workers, each with a batch of at most three items under way or waiting to be told.
    assert len(begun(log)) <= ITEMS + 2 * 2 * 3
    assert run("audit", "--archive", museum).code == 0


@pytest.mark.slow
@posix_only
def test_a_killed_command_leaves_workers_that_stop_and_can_be_used_again(
    run: Run, tmp_path: Path
) -> None:
    source, museum, log = (
        draw_delivery(tmp_path / "delivery"),
        tmp_path / "museum",
        tmp_path / "log",
    )
    assert run("init", museum).code == 0
    arguments = ("ingest", source, "--archive", museum, "--scheduler")
    with cluster_of(2, tmp_path / "cluster", {LOG: str(log)}) as cluster:
        process = start(log, "slow_run_item", *arguments, cluster.address)
        wait_until_begun(log, 5, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process = start(log, "slow_run_item", *arguments, cluster.address)
        assert process.wait(timeout=120) == 0
    assert len(objects(museum)) == ITEMS
    assert run("audit", "--archive", museum).code == 0


def wait_until_begun(log: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while len(begun(log)) < count and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """Make certificates as docs/many-computers.md says."""
    page = (ROOT / "docs" / "many-computers.md").read_text(encoding="utf-8")
    block = page.split("<!-- command: certificates -->")[1].split("```bash")[1].split("```")[0]
    folder = tmp_path / "certificates"
    folder.mkdir()
    subprocess.run(["bash", "-e", "-c", block], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.slow
@posix_only
def test_certificates_made_as_documented_protect_the_run(
    run: Run, tmp_path: Path, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, museum = draw_delivery(tmp_path / "delivery", 2), tmp_path / "museum"
    assert run("init", museum).code == 0
    names = {"tls_ca": "ca.pem", "tls_cert": "hoaban.pem", "tls_key": "hoaban.key"}
    lines = [f'{name} = "{(certificates / file).as_posix()}"' for name, file in names.items()]
    flags = []
    for option, name in (("ca-file", "ca.pem"), ("cert", "hoaban.pem"), ("key", "hoaban.key")):
        flags += [f"--tls-{option}", str(certificates / name)]
    with cluster_of(1, tmp_path / "cluster", {}, flags) as cluster:
        plain = run("ingest", source, "--scheduler", f"tcp://127.0.0.1:{cluster.port}", cwd=museum)
        assert plain.code == DependencyError.exit_code
        with (museum / "hoaban.toml").open("a", encoding="utf-8") as config:
            config.write("\n".join(["", "[dask]", f'scheduler = "{cluster.address}"', *lines, ""]))
        assert run("ingest", source, "--engine", "dask", cwd=museum).code == 0
    assert len(objects(museum)) == 2
