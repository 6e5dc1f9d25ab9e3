"""The peers that a page in Chromium asks over http: the site's own index, and Pagefind.

Of every question the gzipped bytes are counted that come over the wire until the first ten hits
can be shown, on a fresh page with the cache off.
"""

from __future__ import annotations

import html
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from search.documents import SearchDocument
from search.static import write_static_index
from tests.bench.peers.engines import Figures, edited, some, taken
from tests.bench.peers.questions import PlainRecord, Question
from tests.bench.wire import hosted
from tests.search.museum_records import FIELDS

_PAGE = '<!doctype html><html lang="vi"><meta charset="utf-8"><title>search</title>'


@dataclass(frozen=True)
class _Asking:
    """How a page asks: a script it names, what makes it ready, what answers with item ids."""

    script: str
    start: str
    ask: str


_OWN = _Asking(
    '<script src="search/search-engine.js"></script>',
    "() => HoabanSearch.load('search')",
    """async (text) => (await HoabanSearch.search(text, {limit: 10})).hits
        .map((hit) => hit.item_id)""",
)
_PAGEFIND = _Asking(
    "",
    """async () => {
        window.peer = await import('/pagefind/pagefind.js');
        await window.peer.init();
    }""",
    """async (text) => {
        const found = await window.peer.search(text);
        const shown = await Promise.all(found.results.slice(0, 10).map((hit) => hit.data()));
        return shown.map((hit) => hit.url.split('/').pop().replace(/[.]html$/, ''));
    }""",
)


def measure_own(
    documents: Sequence[SearchDocument], asked: Sequence[Question], folder: Path
) -> Figures:
    """Return what the site's own index costs."""
    figures = Figures("Hoa Ban, site")
    target = folder / "search"
    figures.build_s = taken(lambda: write_static_index(documents, target, FIELDS))
    figures.measure_folder(target)
    _ask(figures, folder, _OWN, asked)
    changed = {document.item_id: edited(document) for document in some(documents)}
    after = [changed.get(document.item_id, document) for document in documents]
    figures.edit_s = taken(lambda: write_static_index(after, target, FIELDS))
    return figures


def measure_pagefind(
    packages: Path, records: Sequence[PlainRecord], asked: Sequence[Question], folder: Path
) -> Figures:
    """Return what Pagefind costs, told by pages of which each is one record.

    It can only make all of it anew, so an edit costs a build.
    """
    figures = Figures("Pagefind")
    for record in records:
        page = folder / "items" / record.item_id[:2] / f"{record.item_id}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_record_page(record), encoding="utf-8")
    (folder / "index.html").write_text(_PAGE, encoding="utf-8")
    command = [str(packages / "node_modules" / ".bin" / "pagefind"), "--site", str(folder)]
    figures.build_s = taken(lambda: subprocess.run(command, check=True, capture_output=True))
    figures.edit_s = figures.build_s
    figures.measure_folder(folder / "pagefind")
    _ask(figures, folder, _PAGEFIND, asked)
    return figures


def _record_page(record: PlainRecord) -> str:
    facts = (
        f'<p data-pagefind-filter="{name}">{html.escape(getattr(record, name))}</p>'
        for name in ("object_type", "material", "ethnic_group")
    )
    return (
        f"{_PAGE}<main data-pagefind-body><h1>{html.escape(record.title)}</h1>"
        f"<p>{html.escape(record.identifier)}</p>{''.join(facts)}<p>{record.date}</p>"
        f"<p>{html.escape(record.description)}</p></main>"
    )


def _ask(figures: Figures, folder: Path, asking: _Asking, asked: Sequence[Question]) -> None:
    """Ask each question on a fresh page."""
    (folder / "index.html").write_text(_PAGE + asking.script, encoding="utf-8")
    figures.is_wall = True
    starts: list[tuple[float, int]] = []
    with hosted(folder) as (page, address, counted):
        for question in asked:
            page.goto("about:blank")
            page.goto(address)
            started = page.evaluate(_timed(asking.start))[1]
            starts.append((started, sum(counted)))
            counted.clear()
            hits, milliseconds = page.evaluate(_timed(asking.ask), question.text)
            figures.query_bytes.append(sum(counted))
            figures.add(question, hits, milliseconds)
            counted.clear()
    starts.sort()
    figures.start_ms, figures.start_bytes = starts[len(starts) // 2]


def _timed(script: str) -> str:
    return f"""async (text) => {{
        const start = performance.now();
        const result = await ({script})(text);
        return [result === undefined ? null : result, performance.now() - start];
    }}"""
