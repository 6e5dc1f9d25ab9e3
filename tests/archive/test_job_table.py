"""The job table: what is finished, what is not, and what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.catalogue import Catalogue
from archive.job_table import Batch, BatchKind, JobRow, JobState, JobTable, Stage
from tests.archive.store_samples import AT, LATER

DONE, SET_ASIDE = JobState.DONE, JobState.SET_ASIDE
FINDINGS = json.dumps([{"code": "SCAN-empty"}])


@pytest.fixture
def work(tmp_path: Path):
    with Catalogue.open(tmp_path / "catalogue.db") as catalogue:
        yield catalogue.work


def test_batches_and_their_jobs_are_kept(work: JobTable) -> None:
    first = work.start_batch(BatchKind.INGEST, AT, "đợt 1")
    work.set_job(first, JobRow(Stage.SCANS, "b-2", "aa"))
    work.set_job(first, JobRow(Stage.SCANS, "b-1", "bb", SET_ASIDE, 2, FINDINGS))
    work.set_job(first, JobRow(Stage.SCANS, "b-2", "aa", DONE, 1))
    work.set_job(first, JobRow(Stage.DERIVATIVES, "b-1", "cc"))
    work.finish_batch(first, LATER, {"done": 1, "set_aside": 1})
    second = work.start_batch(BatchKind.DERIVE, LATER)
    assert list(work.jobs(first)) == [
        JobRow(Stage.DERIVATIVES, "b-1", "cc"),
        JobRow(Stage.SCANS, "b-1", "bb", SET_ASIDE, 2, FINDINGS),
        JobRow(Stage.SCANS, "b-2", "aa", DONE, 1),
    ]
    assert list(work.jobs(second)) == []
    assert work.last_batches(5) == (
        Batch(second, BatchKind.DERIVE, LATER, "", "", {}),
        Batch(first, BatchKind.INGEST, AT, "đợt 1", LATER, {"done": 1, "set_aside": 1}),
    )
    assert [batch.number for batch in work.last_batches(5, BatchKind.INGEST)] == [first]


def test_jobs_come_in_order_over_many_pages(work: JobTable) -> None:
    batch = work.start_batch(BatchKind.INGEST, AT)
    for stage in (Stage.SCANS, Stage.RECORD):
        for number in range(450):
            work.set_job(batch, JobRow(stage, f"b-{number:04}"))
    found = [(job.stage, job.item_id) for job in work.jobs(batch)]
    assert found == sorted(found)
    assert len(found) == 900


def test_items_of_open_batches_are_told_finished_or_not(work: JobTable) -> None:
    for number, item_id in ((1, "b-1"), (2, "b-2")):
        assert work.start_batch(BatchKind.INGEST, AT) == number
        work.set_job(number, JobRow(Stage.DELIVERY, ""))
        work.set_job(number, JobRow(Stage.SCANS, item_id))
        work.set_job(number, JobRow(Stage.SCANS, f"{item_id}-done", "", DONE))
    assert work.open_item_ids() == {"b-1", "b-1-done", "b-2", "b-2-done"}
    work.finish_batch(1, LATER, {})
    assert work.open_item_ids() == {"b-2", "b-2-done"}


def test_the_newest_finished_job_of_an_item_is_found(work: JobTable) -> None:
    old = work.start_batch(BatchKind.INGEST, AT)
    work.set_job(old, JobRow(Stage.SCANS, "b-1", "old", SET_ASIDE))
    work.finish_batch(old, LATER, {})
    assert work.finished(Stage.SCANS, "b-1") is None
    assert work.finished(Stage.SCANS, "b-1", only_open=False) == JobRow(
        Stage.SCANS, "b-1", "old", SET_ASIDE
    )
    new = work.start_batch(BatchKind.INGEST, LATER)
    work.set_job(new, JobRow(Stage.SCANS, "b-1", "new"))
    assert work.finished(Stage.SCANS, "b-1") is None
    work.set_job(new, JobRow(Stage.SCANS, "b-1", "new", DONE))
    assert work.finished(Stage.SCANS, "b-1", only_open=False) == JobRow(
        Stage.SCANS, "b-1", "new", DONE
    )
    assert work.finished(Stage.DERIVATIVES, "b-1", only_open=False) is None


def test_the_end_of_a_batch_ends_those_of_its_kind_that_were_left_open(work: JobTable) -> None:
    left = work.start_batch(BatchKind.INGEST, AT)
    other = work.start_batch(BatchKind.REBUILD, AT)
    now = work.start_batch(BatchKind.INGEST, AT)
    work.finish_open_batches(BatchKind.INGEST, now, LATER, {"added": 1})
    assert work.open_batches() == (other,)
    summaries = {batch.number: dict(batch.summary) for batch in work.last_batches(5)}
    assert summaries == {left: {}, other: {}, now: {"added": 1}}


def test_a_job_or_an_end_of_no_batch_is_a_defect_of_the_caller(work: JobTable) -> None:
    with pytest.raises(ValueError, match="no batch 7"):
        work.set_job(7, JobRow(Stage.SCANS, "b-1"))
    with pytest.raises(ValueError, match="no batch 7"):
        work.finish_batch(7, AT, {})
