"""The table of batches and jobs: the truth about work that is under way.

Promise: a job that is recorded as finished stays so through a kill or a power cut, and the next
run can tell it from one that is not: by its item, its stage and the digest of what went in. What
is *archived* is said by the store, and what is *made* by the derivatives on the disk; this table
says which work still has to be done, and what was found by work that failed.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.catalogue_file import translated
from schemas.batches import batch_name, batch_start
from schemas.events import utc_text

_PAGE_ROWS = 200


class BatchKind(StrEnum):
    """What a batch does."""

    INGEST = "ingest"
    DERIVE = "derive"
    REBUILD = "rebuild"
    EDIT = "edit"
    UNDO = "undo"


class Stage(StrEnum):
    """What a job does to its item.

    ``DELIVERY`` stands for the delivery as a whole: its item id is empty.
    """

    DELIVERY = "delivery"
    SCANS = "scans"
    RECORD = "record"
    DERIVATIVES = "derivatives"


class JobState(StrEnum):
    """How far a job is."""

    TODO = "todo"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Batch:
    """One run of a command that works through items.

    Attributes:
        number: Its number, from 1.
        kind: What it does.
        started_at: When it began, RFC 3339.
        source: What was ingested; empty for other kinds.
        finished_at: When it ended, RFC 3339; empty when it did not.
        summary: Counts by word; empty when it did not end.
    """

    number: int
    kind: BatchKind
    started_at: str
    source: str
    finished_at: str
    summary: Mapping[str, int]

    @property
    def name(self) -> str:
        """Its name, which is in every object version it committed."""
        return batch_name(self.started_at)


@dataclass(frozen=True)
class JobRow:
    """How far one job of a batch is.

    Attributes:
        stage: What it does.
        item_id: The item.
        input_digest: What goes in, as one digest: another means that it is other work.
        state: How far.
        tries: How often it was tried; 0 when it was not.
        findings: What was found, as JSON text.
    """

    stage: Stage
    item_id: str
    input_digest: str = ""
    state: JobState = JobState.TODO
    tries: int = 0
    findings: str = "[]"


class JobTable:
    """The batches and jobs of one archive, in its open catalogue."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Share the connection of the catalogue at ``path``, and its transactions."""
        self._connection = connection
        self._path = path

    def batch(self, number: int) -> Batch:
        """Return a batch.

        Raises:
            ValueError: There is no such batch.
        """
        for batch in self._batches(
            "SELECT number, kind, started_at, source, finished_at, summary FROM batches"
            " WHERE number = ?",
            number,
        ):
            return batch
        raise ValueError(f"there is no batch {number}")

    def find_batch(self, name: str) -> Batch | None:
        """Return the batch of a name, or None."""
        return next(
            iter(
                self._batches(
                    "SELECT number, kind, started_at, source, finished_at, summary FROM batches"
                    " WHERE started_at = ?",
                    batch_start(name),
                )
            ),
            None,
        )

    def start_batch(self, kind: BatchKind, at: str, source: str = "") -> int:
        """Begin a batch and return its number.

        A batch is named after its second, so one that begins in the same second as another is
        recorded as beginning in the next that is free.
        """
        while self._rows("SELECT 1 FROM batches WHERE started_at = ?", at):
            at = utc_text(datetime.fromisoformat(at) + timedelta(seconds=1))
        with translated(self._path):
            cursor = self._connection.execute(
                "INSERT INTO batches (kind, started_at, source) VALUES (?, ?, ?)",
                (kind.value, at, source),
            )
        return int(cursor.lastrowid or 0)

    def finish_batch(self, batch: int, at: str, summary: Mapping[str, int]) -> None:
        """Record the end of a batch.

        Raises:
            ValueError: There is no such batch.
        """
        if not self._write(
            "UPDATE batches SET finished_at = ?, summary = ? WHERE number = ?",
            at,
            json.dumps(dict(summary), separators=(",", ":")),
            batch,
        ):
            raise ValueError(f"there is no batch {batch}")

    def finish_open_batches(
        self, kind: BatchKind, batch: int, at: str, summary: Mapping[str, int]
    ) -> None:
        """Record the end of ``batch`` and of every one of its kind that an earlier run left."""
        for number in self.open_batches(kind):
            self.finish_batch(number, at, summary if number == batch else {})

    def open_batches(self, kind: BatchKind | None = None) -> tuple[int, ...]:
        """Return the numbers of the batches that did not end, oldest first."""
        rows = self._rows(
            "SELECT number FROM batches WHERE finished_at = '' AND kind LIKE ? ORDER BY number",
            kind.value if kind else "%",
        )
        return tuple(number for (number,) in rows)

    def last_batches(self, limit: int, kind: BatchKind | None = None) -> tuple[Batch, ...]:
        """Return the newest batches, the newest first."""
        return self._batches(
            "SELECT number, kind, started_at, source, finished_at, summary FROM batches"
            " WHERE kind LIKE ? ORDER BY number DESC LIMIT ?",
            kind.value if kind else "%",
            limit,
        )

    def set_job(self, batch: int, job: JobRow) -> None:
        """Record how far a job of a batch is.

        Raises:
            ValueError: There is no such batch.
        """
        if not self._rows("SELECT 1 FROM batches WHERE number = ?", batch):
            raise ValueError(f"there is no batch {batch}")
        self._write(
            "INSERT OR REPLACE INTO jobs"
            " (batch, stage, item_id, input_digest, state, tries, findings)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            batch,
            job.stage.value,
            job.item_id,
            job.input_digest,
            job.state.value,
            job.tries,
            job.findings,
        )

    def jobs(self, batch: int) -> Iterator[JobRow]:
        """Yield the jobs of a batch, by stage and in the order of item ids."""
        query = (
            "SELECT stage, item_id, input_digest, state, tries, findings FROM jobs"
            " WHERE batch = ? AND (stage, item_id) > (?, ?) ORDER BY stage, item_id LIMIT ?"
        )
        last = ("", "")
        while rows := self._rows(query, batch, *last, _PAGE_ROWS):
            for row in rows:
                yield _job(row)
            last = (rows[-1][0], rows[-1][1])

    def open_item_ids(self) -> set[str]:
        """Return the items of batches that did not end, finished or not."""
        rows = self._rows(
            "SELECT DISTINCT item_id FROM jobs JOIN batches ON number = batch"
            " WHERE finished_at = '' AND item_id != ''"
        )
        return {item_id for (item_id,) in rows}

    def finished(self, stage: Stage, item_id: str, *, only_open: bool = True) -> JobRow | None:
        """Return the newest finished job of an item, or None.

        Args:
            stage: Of this stage.
            item_id: The item.
            only_open: Of batches that did not end: what an interrupted run got done. Otherwise
                of all batches.
        """
        rows = self._rows(
            "SELECT stage, item_id, input_digest, state, tries, findings"
            " FROM jobs JOIN batches ON number = batch"
            " WHERE item_id = ? AND stage = ? AND state != 'todo' AND finished_at LIKE ?"
            " ORDER BY batch DESC LIMIT 1",
            item_id,
            stage.value,
            "" if only_open else "%",
        )
        return _job(rows[0]) if rows else None

    def _batches(self, query: str, *values: object) -> tuple[Batch, ...]:
        return tuple(
            Batch(number, BatchKind(kind), started_at, source, finished_at, json.loads(summary))
            for number, kind, started_at, source, finished_at, summary in self._rows(query, *values)
        )

    def _write(self, statement: str, *values: object) -> int:
        with translated(self._path):
            return self._connection.execute(statement, values).rowcount

    def _rows(self, query: str, *values: object) -> list[Any]:
        with translated(self._path):
            return self._connection.execute(query, values).fetchall()


def _job(row: tuple[Any, ...]) -> JobRow:
    stage, item_id, input_digest, state, tries, findings = row
    return JobRow(Stage(stage), item_id, input_digest, JobState(state), tries, findings)
