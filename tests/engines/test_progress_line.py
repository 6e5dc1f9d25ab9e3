"""The progress line: items, rate, time left, findings; nothing guessed too early."""

from __future__ import annotations

import logging
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.opening import open_archive
from pipeline.derivative_sets import MAKING
from pipeline.progress import Progress
from pipeline.progress_line import ProgressLine
from pipeline.rebuild import rebuild
from tests.conftest import Run
from tests.flows.deliveries import make_delivery


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_line_says_rate_time_left_and_findings() -> None:
    clock = Clock()
    line = ProgressLine(clock)
    assert line.text(Progress("Reading scans", 1, 400, "BT-1", 5_000_000, 900_000_000)) == (
        "Reading scans  1/400  BT-1"
    )
    clock.now += 10
    progress = Progress("Reading scans", 100, 400, "BT-100", 300_000_000, 900_000_000, 2, 1)
    assert line.text(progress) == (
        "Reading scans  100/400  30.0 MB/s  20 s left  set aside: 2  1 warning  BT-100"
    )


@pytest.mark.parametrize(("total", "left"), [(13, "12 s"), (301, "5 min"), (8101, "2 h 15 min")])
def test_time_left_follows_the_units_where_bytes_are_not_known(total: int, left: str) -> None:
    clock = Clock()
    line = ProgressLine(clock)
    line.text(Progress("Making images", 0, total))
    clock.now += 1
    assert f"{left} left" in line.text(Progress("Making images", 1, total))


def test_every_stage_is_measured_by_itself() -> None:
    clock = Clock()
    line = ProgressLine(clock)
    line.text(Progress("Reading scans", 1, 2))
    clock.now += 50
    assert line.text(Progress("Making images", 1, 2)) == "Making images  1/2"


def test_without_a_terminal_progress_is_only_a_log_and_only_when_asked(
    run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source, museum = make_delivery(tmp_path / "delivery"), tmp_path / "museum"
    run("init", museum)
    with caplog.at_level(logging.INFO, "hoaban"):
        ran = run("ingest", source, cwd=museum)
    assert ran.err == ""
    assert [m for m in caplog.messages if m.startswith("Reading scans  3/3")]


def test_making_images_tells_bytes_and_warnings_as_an_ingest_does(run: Run, tmp_path: Path) -> None:
    source, museum = make_delivery(tmp_path / "delivery"), tmp_path / "museum"
    run("init", museum)
    run("ingest", source, cwd=museum)
    shutil.rmtree(museum / "derivatives")
    told: list[Progress] = []
    archive = open_archive(museum)

    rebuild(archive, now=lambda: datetime.now(UTC), on_progress=told.append)

    making = [progress for progress in told if progress.stage == MAKING]
    size = sum(path.stat().st_size for path in source.iterdir() if path.suffix != ".csv")
    assert [(p.done, p.total) for p in making] == [(1, 3), (2, 3), (3, 3)]
    assert {p.bytes_total for p in making} == {size} == {making[-1].bytes_done}
    assert sorted({p.bytes_done for p in making}) == [p.bytes_done for p in making]
    assert 0 < making[0].bytes_done < size
