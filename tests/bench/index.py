"""What the index costs: ``python -m tests.bench.index [RECORDS [STOCK [ENGINE ...]]]``.

RECORDS (20,000) are built, edited and asked, and STOCK of them (as many, but at most 20,000) by
Whoosh as it comes (text fields with positions and stored texts, as a tutorial sets it up), which is
asked too if it has all of them. With it the table compares our keys in Whoosh, written by one
process (unless STOCK is less) and by two, and in tantivy; or only the ENGINEs named. With
--folder the indexes are kept there, and those that are there already are only asked: one of a
million records takes a quarter of an hour. CPU seconds are of this process and its children; what
counts is the ratio within one run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from whoosh.analysis import CharsetFilter, StandardAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in
from whoosh.qparser import FuzzyTermPlugin, MultifieldParser
from whoosh.support.charset import accent_map

from schemas.profile import SearchLevel
from search.analysis import iter_words
from search.documents import SearchDocument
from search.index import SearchIndex
from tests.bench import allow_bytecode
from tests.bench.catalogue import documents, words

_STOCK = ("identifier", "title", "subject", "date", "description")
# Whoosh as it comes is built of at most so many; more take minutes and longer.
_MOST_STOCK = 20_000
# What it costs to make up records is measured on so many, and taken off.
_MADE = 2_000
_ASKED = 200
_EDITED = 100

Times = dict[str, list[float]]
Ask = Callable[[str, str], object]


def cpu_s() -> float:
    """Return CPU seconds of this process and the children it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measured(deed: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU seconds of a deed."""
    wall, cpu = time.perf_counter(), cpu_s()
    deed()
    return time.perf_counter() - wall, cpu_s() - cpu


def build_stock(records: Iterable[SearchDocument], folder: Path) -> None:
    """Index records as a Whoosh tutorial does: fields of text, and all of it without marks."""
    folder.mkdir()
    folded = StandardAnalyzer() | CharsetFilter(accent_map)
    schema = Schema(
        item_id=ID(stored=True, unique=True),
        text=TEXT(folded),
        **{name: TEXT(stored=True) for name in _STOCK},
    )
    index = create_in(str(folder), schema)
    writer = index.writer()
    for record in records:
        writer.add_document(
            item_id=record.item_id,
            identifier=record.identifier,
            title=record.titles[0][1],
            subject=" ".join(record.texts[SearchLevel.SUBJECT]),
            date=record.date,
            description=" ".join(record.texts[SearchLevel.TEXT]),
            text=" ".join(text for texts in record.texts.values() for text in texts),
        )
    writer.commit()
    index.close()


def stock_asker(folder: Path) -> Iterator[Ask]:
    """Give what asks the index of Whoosh as it comes, and close it at last."""
    from whoosh.index import open_dir

    index = open_dir(str(folder))
    parser = MultifieldParser([*_STOCK, "text"], index.schema)
    parser.add_plugin(FuzzyTermPlugin())
    with index.searcher() as searcher:
        yield lambda kind, text: searcher.search(
            parser.parse(f"{text}~" if kind == "one slip" else text), limit=20
        )
    index.close()


def own_asker(index: SearchIndex) -> Iterator[Ask]:
    """Give what asks our index."""
    yield lambda kind, text: index.search(text, with_facets=kind == "facets")
    index.close()


def questions(count: int) -> Iterator[tuple[str, str]]:
    """Yield (kind, query): words that stand together in some record, frequent and rare ones."""
    chance = random.Random(7)
    for record in documents(count):
        text = record.texts[SearchLevel.TEXT][0].split()
        start = chance.randrange(len(text) - 1)
        first, second = text[start : start + 2]
        yield "term", first
        yield "two terms", f"{first} {second}"
        yield "phrase", f'"{first} {second}"'
        yield "prefix", f"{first[:2]}*"
        yield "one slip", _slipped(second, chance)
        yield "facets", second


def _slipped(word: str, chance: random.Random) -> str:
    """Return a word without its marks, its last letter taken for another."""
    bare = next((token.bare for found in iter_words(word) for token in found.parts), "x")
    return bare[:-1] + chance.choice("qxwz")


def ask(asker: Ask) -> Times:
    """Return the CPU milliseconds of each query, by kind, after half as many others.

    Those that are asked a second time follow under kinds of their own.
    """
    for kind, text in questions(_ASKED // 2):
        asker(kind, text)
    times: Times = {}
    for again in ("", " again"):
        for kind, text in list(questions(_ASKED + _ASKED // 2))[-6 * _ASKED :]:
            started = time.process_time()
            asker(kind, text)
            times.setdefault(kind + again, []).append(1000 * (time.process_time() - started))
    return times


def edit(index: SearchIndex, count: int) -> None:
    """Change a hundred records of an index of ``count``."""
    changed = [
        replace(record, texts={**record.texts, SearchLevel.SUBJECT: ("sửa lại",)})
        for start in range(0, count, max(1, count // _EDITED))
        for record in documents(1, start=start)
    ]
    index.update(changed[:_EDITED])


def report(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def report_times(times: Times, stock: Times) -> None:
    """Print the middle and the slow end of the times, and how many times faster than stock."""
    for kind, values in times.items():
        middle, slow = statistics.median(values), _slow(values)
        ratio = f"{_slow(stock[kind]) / slow:8.1f} x" if kind in stock else ""
        report(f"    {kind:18} p50 {middle:7.2f}  p95 {slow:7.2f} CPU ms {ratio}")


def _slow(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def measure_stock(count: int, part: int, scratch: Path) -> tuple[float, Times]:
    """Return records a CPU second of Whoosh as it comes, and the times of queries if all fit."""
    _wall, cpu = measured(lambda: build_stock(documents(part), scratch / "stock"))
    report(f"{'Whoosh as it comes':22} {'':9} {part / cpu:13.0f} {'':6} {1:9.1f}")
    times = {}
    if part == count:
        for asker in stock_asker(scratch / "stock"):
            times = ask(asker)
        report_times(times, {})
    return part / cpu, times


def ask_again(index: SearchIndex, stock: tuple[float, Times]) -> None:
    """Ask an index that was built before, and print."""
    opened = measured(lambda: index.search("hoa ban", with_facets=True, with_years=True))
    report(f"    opened and first asked, with facets and years: {opened[1]:.2f} CPU s")
    for asker in own_asker(index):
        report_times(ask(asker), stock[1])


def measure(engine: str, jobs: int, count: int, scratch: Path, stock: tuple[float, Times]) -> None:
    """Measure one engine and print."""
    folder = scratch / f"{engine}{jobs}"
    if folder.exists():
        ask_again(SearchIndex.open(folder, engine=engine), stock)
        return
    index = SearchIndex.create(folder, engine=engine)
    few = min(count, _MADE)
    making = measured(lambda: [None for _record in documents(few)])
    wall, cpu = measured(lambda: index.replace_all(documents(count), jobs=jobs))
    wall, cpu = wall - making[0] * count / few, cpu - making[1] * count / few
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    report(
        f"{f'{engine}, {jobs} processes':22} {count / wall:9.0f} {count / cpu:13.0f} "
        f"{size / 1e6:6.1f} {jobs * count / cpu / stock[0]:9.1f}"
    )
    if jobs > 1:
        edits = measured(lambda: edit(index, count))
        for asker in own_asker(index):
            report_times(ask(asker), stock[1])
        report(f"    {_EDITED} edits in {count}: {edits[0]:.2f} s, {edits[1]:.2f} CPU s")


def main(folder: Path | None, count: int, part: int, engines: Iterable[str]) -> None:
    """Measure and print."""
    words()
    part = part or min(count, _MOST_STOCK)
    report(f"{'':22} {'records/s':>9} {'records/CPU s':>13} {'MB':>6} {'x stock':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        stock = measure_stock(count, part, Path(scratch))
        for engine, jobs in (("whoosh", 1), ("whoosh", 2), ("tantivy", 1), ("tantivy", 2)):
            if (not engines or engine in engines) and (jobs > 1 or part == count):
                measure(engine, jobs, count, folder or Path(scratch), stock)


if __name__ == "__main__":
    allow_bytecode()
    parser = argparse.ArgumentParser(description="Measure what the index costs.")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("part", type=int, nargs="?", default=0)
    parser.add_argument("engines", nargs="*")
    asked = parser.parse_args()
    main(asked.folder, asked.count, asked.part, asked.engines)
