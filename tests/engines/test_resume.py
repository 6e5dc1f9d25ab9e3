"""What is finished is never done again: counted by the calls of ``run_item``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from archive.catalogue import Catalogue
from archive.job_table import BatchKind, JobState
from archive.layout import Layout
from pipeline import derivative_sets, ingest
from pipeline.jobs import Job, Outcome
from pipeline.work import run_item
from tests.conftest import Run
from tests.engines.deeds import LOG, begun
from tests.faults.deeds import draw_delivery
from tests.faults.test_ingest_killed import objects
from tests.flows.deliveries import HEADINGS, make_delivery, tree, write_csv

ROOT = Path(__file__).parent.parent.parent
ITEMS = 12
WORKERS = 2
# What the engine hands out ahead of the workers.
WINDOW = WORKERS * 2


@pytest.fixture
def museum(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    return folder


def start(log: Path, deed: str, *arguments: str | os.PathLike[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.engines.command", deed, *map(os.fspath, arguments)],
        cwd=ROOT,
        env=os.environ | {LOG: str(log)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def finish(log: Path, *arguments: str | os.PathLike[str]) -> int:
    return start(log, "counted_run_item", *arguments).wait(timeout=120)


def stop_when_half_done(process: subprocess.Popen[bytes], museum: Path, sign: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if finished(museum) >= ITEMS // 2:
            break
        time.sleep(0.02)
    os.killpg(process.pid, sign)
    process.wait(timeout=30)


def finished(museum: Path) -> int:
    """Return how many jobs of the newest batch are finished, as a reader sees it."""
    with Catalogue.open(Layout(museum).catalogue) as catalogue:
        (newest,) = catalogue.work.last_batches(1) or (None,)
        if newest is None:
            return 0
        jobs = catalogue.work.jobs(newest.number)
        return sum(job.item_id != "" and job.state is not JobState.TODO for job in jobs)


def assert_little_is_repeated(log: Path) -> None:
    counts = Counter(begun(log))
    assert len(counts) == ITEMS
    assert max(counts.values()) <= 2
    assert sum(counts.values()) <= ITEMS + WINDOW


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_an_ingest_goes_on_where_it_stopped(
    run: Run, museum: Path, tmp_path: Path, sign: int
) -> None:
    source, log = draw_delivery(tmp_path / "delivery", ITEMS), tmp_path / "log"
    arguments = ("ingest", source, "--archive", museum, "--jobs", str(WORKERS))
    stop_when_half_done(start(log, "slow_run_item", *arguments), museum, sign)
    done_before = set(objects(museum))
    assert done_before
    before = len(begun(log))
    assert finish(log, *arguments) == 0
    assert len(objects(museum)) == ITEMS
    again = {f"hoaban:{item_id}" for item_id in begun(log)[before:]}
    # One item may be archived and its images not be in place yet.
    assert len(again & done_before) <= 1
    assert_little_is_repeated(log)
    assert json.loads(run("search", "--json", "hien vat", "--archive", museum).out)["total"] == 12


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals on Windows")
@pytest.mark.parametrize("command", ["derive", "rebuild"])
def test_making_images_goes_on_where_it_stopped(
    run: Run, museum: Path, tmp_path: Path, command: str
) -> None:
    source, log = draw_delivery(tmp_path / "delivery", ITEMS), tmp_path / "log"
    assert run("ingest", source, "--archive", museum).code == 0
    config = museum / "hoaban.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "[derivatives]", "[derivatives]\nquality = 70\nwebp_quality = 70"
        ),
        encoding="utf-8",
    )
    arguments = [command, "--archive", museum, "--jobs", str(WORKERS)]
    if command == "derive":
        arguments.append("--again")
    stop_when_half_done(start(log, "slow_run_item", *arguments), museum, signal.SIGKILL)
    assert finish(log, *arguments) == 0
    assert_little_is_repeated(log)
    made = tree(museum / "derivatives")
    assert run("rebuild", "--archive", museum).code == 0
    assert tree(museum / "derivatives") == made


def interrupted_after(count: int):
    """Return a stand-in for ``carry`` that works in this process and is stopped after some."""

    def carry(archive: object, function, jobs):
        for number, job in enumerate(jobs):
            if number == count:
                raise KeyboardInterrupt
            yield function(job)

    return carry


def test_what_an_interrupted_batch_set_aside_is_not_read_again(
    run: Run, museum: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_delivery(tmp_path / "delivery")
    (source / "drum_back.jpg").write_bytes(b"not an image")
    calls: list[str] = []

    def counted(job: Job, *, at: str) -> Outcome:
        calls.append(job.item_id)
        return run_item(job, at=at)

    monkeypatch.setattr(ingest, "run_item", counted)
    monkeypatch.setattr(ingest, "carry", interrupted_after(2))
    assert run("ingest", source, cwd=museum).code == 130
    assert calls == ["bt-001", "bt-002"]
    monkeypatch.setattr(ingest, "carry", interrupted_after(99))
    ran = run("ingest", "--json", source, cwd=museum)
    assert calls == ["bt-001", "bt-002", "bt-003"]
    assert ran.code == 10
    report = json.loads(ran.out)
    assert (report["added"], report["set_aside"]) == (["bt-003"], ["bt-001"])
    assert "SCAN-not-an-image" in {finding["code"] for finding in report["findings"]}
    # The batch has ended: a new one tries everything that was set aside again.
    assert run("ingest", source, cwd=museum).code == 10
    assert calls == ["bt-001", "bt-002", "bt-003", "bt-001"]


def test_tries_and_findings_are_on_record(run: Run, museum: Path, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    (source / "scarf.jpg").write_bytes(b"")
    assert run("ingest", source, cwd=museum).code == 10
    with Catalogue.open(Layout(museum).catalogue) as catalogue:
        (batch,) = catalogue.work.last_batches(9, BatchKind.INGEST)
        jobs = {job.item_id: job for job in catalogue.work.jobs(batch.number) if job.item_id}
        assert batch.summary == {"added": 2, "updated": 0, "unchanged": 0, "set_aside": 1}
    assert {key: job.state.value for key, job in jobs.items()} == {
        "bt-001": "done",
        "bt-002": "set_aside",
        "bt-003": "done",
    }
    assert jobs["bt-002"].tries == 1
    assert json.loads(jobs["bt-002"].findings)[0]["code"] == "SCAN-empty"
    assert len({job.input_digest for job in jobs.values()}) == 3


def test_masters_that_cannot_be_read_end_derive_partially_and_keep_their_old_images(
    run: Run, museum: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_delivery(tmp_path / "delivery")
    assert run("ingest", source, cwd=museum).code == 0
    monkeypatch.setattr(derivative_sets, "carry", interrupted_after(99))
    before = tree(museum / "derivatives")
    for master in (museum / "store").rglob("*.png"):
        master.chmod(0o644)
        master.write_bytes(b"rotten")
    config = museum / "hoaban.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "[derivatives]", "[derivatives]\nquality = 70\nwebp_quality = 70"
        ),
        encoding="utf-8",
    )
    ran = run("derive", "--again", "--json", cwd=museum)
    assert ran.code == 10, ran
    report = json.loads(ran.out)
    assert (report["made"], report["set_aside"]) == (["bt-001", "bt-002"], 1)
    after = tree(museum / "derivatives")
    same = {path for path, digest in after.items() if before.get(path) == digest}
    assert same == {path for path in after if "/bt-003/" in path}


def test_derive_makes_only_what_the_settings_change(run: Run, museum: Path, tmp_path: Path) -> None:
    assert run("ingest", make_delivery(tmp_path / "delivery"), cwd=museum).code == 0
    assert json.loads(run("derive", "--again", "--json", cwd=museum).out)["made"] == []
    config = museum / "hoaban.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[derivatives]", "[derivatives]\ntile_px = 256"),
        encoding="utf-8",
    )
    assert json.loads(run("derive", "--json", cwd=museum).out)["made"] == []
    one = run("derive", "--again", "--only", "bt-002", "--json", cwd=museum)
    assert json.loads(one.out) == {"made": ["bt-002"], "current": 0, "set_aside": 0, "findings": []}
    rest = run("derive", "--again", cwd=museum)
    assert "Images made: 2; as the settings say: 1; not made: 0." in rest.out
    made = tree(museum / "derivatives")
    assert run("rebuild", cwd=museum).code == 0
    assert tree(museum / "derivatives") == made


def test_derive_makes_what_is_missing(run: Run, museum: Path, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    assert run("ingest", source, cwd=museum).code == 0
    before = tree(museum / "derivatives")
    (Layout(museum).derivatives_of("bt-002") / "derivatives.json").unlink()
    (museum / "catalogue.db").unlink()
    assert json.loads(run("derive", "--json", cwd=museum).out)["made"] == ["bt-002"]
    assert tree(museum / "derivatives") == before


def test_an_unknown_item_is_said(run: Run, museum: Path, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    for arguments in (("ingest", source), ("ingest", "--dry-run", source), ("derive",)):
        ran = run(*arguments, "--only", "XX*", cwd=museum)
        assert ran.code == 4
        assert "No item is called XX*" in ran.err
    assert objects(museum) == {}


def test_only_some_items_are_taken(run: Run, museum: Path, tmp_path: Path) -> None:
    source = make_delivery(tmp_path / "delivery")
    only = ("--only", "BT-001", "--only", "*3", "--json")
    ran = run("ingest", source, *only, "--jobs", "1", cwd=museum)
    assert json.loads(ran.out)["added"] == ["bt-001", "bt-003"]
    write_csv(source / "catalogue.csv", HEADINGS, [])
    assert run("ingest", source, "--only", "bt-001", cwd=museum).code != 0
