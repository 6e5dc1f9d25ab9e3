"""The peers that Python asks in its own process: Hoa Ban's two engines and SQLite FTS5."""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from schemas.profile import SearchLevel
from search.documents import SearchDocument
from search.index import SearchIndex
from tests.bench.peers.questions import SHOWN, PlainRecord, Question

EDITED = 100
_Record = TypeVar("_Record")
_COLUMNS = (
    "identifier",
    "title",
    "object_type",
    "material",
    "ethnic_group",
    "date",
    "description",
)


@dataclass
class Figures:
    """What one peer costs and finds.

    Attributes:
        name: Of the peer.
        build_s: CPU seconds of a build.
        edit_s: CPU seconds until a hundred changed records are in.
        files: Files of the index.
        disk_bytes: What they take.
        start_bytes: Gzipped bytes a reader gets before the first question; None for engines that
            answer where the index is.
        start_ms: Milliseconds until the first question can be asked.
        query_bytes: Gzipped bytes of each question.
        query_ms: Milliseconds of each question.
        is_wall: The milliseconds are by the clock of a browser, not of the processor.
        shares: Of each form of question the right shares of the hits shown.
    """

    name: str
    build_s: float = 0.0
    edit_s: float = 0.0
    files: int = 0
    disk_bytes: int = 0
    start_bytes: int | None = None
    start_ms: float = 0.0
    query_bytes: list[int] = field(default_factory=list)
    query_ms: list[float] = field(default_factory=list)
    is_wall: bool = False
    shares: dict[str, list[float]] = field(default_factory=dict)

    def measure_folder(self, folder: Path) -> None:
        """Take down files and bytes of an index."""
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        self.files, self.disk_bytes = len(sizes), sum(sizes)

    def add(self, question: Question, hits: Sequence[str], milliseconds: float) -> None:
        """Take down an answer."""
        self.query_ms.append(milliseconds)
        self.shares.setdefault(question.form, []).append(question.share(hits))

    @property
    def right(self) -> float:
        """The mean over the forms of questions."""
        return statistics.fmean(statistics.fmean(shares) for shares in self.shares.values())


def cpu_s() -> float:
    """Return CPU seconds of this process and the children it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def taken(deed: Callable[[], object]) -> float:
    """Return the CPU seconds a deed takes."""
    started = cpu_s()
    deed()
    return cpu_s() - started


def edited(document: SearchDocument) -> SearchDocument:
    """Return a record after an edit."""
    texts = {**document.texts, SearchLevel.SUBJECT: ("sửa lại", "gốm", "Thái", document.date)}
    return replace(document, texts=texts)


def some(records: Sequence[_Record]) -> list[_Record]:
    """Return the records that are edited."""
    return list(records[:: max(1, len(records) // EDITED)][:EDITED])


def measure_own(
    engine: str, documents: Sequence[SearchDocument], asked: Sequence[Question], folder: Path
) -> Figures:
    """Return what the index of the command line costs, kept by one of its engines."""
    figures = Figures(f"Hoa Ban, {engine}")
    with SearchIndex.create(folder, engine=engine) as index:
        figures.build_s = taken(lambda: index.replace_all(documents))
        figures.measure_folder(folder)
        for question in asked:
            started = time.process_time()
            hits = [hit.item_id for hit in index.search(question.text, limit=SHOWN).hits]
            figures.add(question, hits, 1000 * (time.process_time() - started))
        changed = list(map(edited, some(documents)))
        figures.edit_s = taken(lambda: index.update(changed))
    return figures


def measure_fts5(
    records: Sequence[PlainRecord], asked: Sequence[Question], folder: Path
) -> Figures:
    """Return what SQLite FTS5 costs: ``unicode61 remove_diacritics 2``, ranked by bm25."""
    figures = Figures("SQLite FTS5")
    folder.mkdir()
    with closing(sqlite3.connect(folder / "records.db")) as database:
        figures.build_s = taken(lambda: _build_fts5(database, records))
        figures.measure_folder(folder)
        for question in asked:
            started = time.process_time()
            hits = _ask_fts5(database, question.text)
            figures.add(question, hits, 1000 * (time.process_time() - started))
        figures.edit_s = taken(lambda: _edit_fts5(database, records))
    return figures


def _build_fts5(database: sqlite3.Connection, records: Sequence[PlainRecord]) -> None:
    database.execute(
        f"CREATE VIRTUAL TABLE records USING fts5(item_id UNINDEXED, {', '.join(_COLUMNS)}, "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    marks = ", ".join("?" * (1 + len(_COLUMNS)))
    with database:
        rows = ((record.item_id, *record.texts) for record in records)
        database.executemany(f"INSERT INTO records VALUES ({marks})", rows)


def _ask_fts5(database: sqlite3.Connection, text: str) -> list[str]:
    """Return the hits that have all words typed; those in quotation marks as a phrase."""
    words = re.findall(r'"[^"]+"|[^\s"]+', text)
    match = " ".join('"' + word.strip('"') + '"' for word in words)
    rows = database.execute(
        f"SELECT item_id FROM records WHERE records MATCH ? ORDER BY rank LIMIT {SHOWN}", (match,)
    )
    return [item_id for (item_id,) in rows]


def _edit_fts5(database: sqlite3.Connection, records: Sequence[PlainRecord]) -> None:
    step = max(1, len(records) // EDITED)
    with database:
        database.executemany(
            "UPDATE records SET object_type = 'sửa lại' WHERE rowid = ?",
            ((1 + step * place,) for place in range(len(some(records)))),
        )
