"""Search beside its peers: ``python -m tests.bench.peers [RECORDS]``.

Builds, edits and asks Hoa Ban's three indexes, SQLite FTS5, Pagefind, Lunr as CollectionBuilder
uses it, and MiniSearch, on the same records and with the same questions, and prints what each
costs, how many times more than ours of its kind, and how much of what it shows first is right.

Peers that are npm packages are looked for in ``--packages FOLDER`` (or HOABAN_PEERS); nothing is
fetched unless ``--fetch`` says so. ``--artworks FILE`` (or HOABAN_ARTWORKS), a gzipped CSV of
artworks (title, artist, medium, subjects), mixes English texts into the descriptions.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from search.documents import SearchDocument
from tests.bench import allow_bytecode
from tests.bench.peers import engines, paged, scripted
from tests.bench.peers.engines import Figures
from tests.bench.peers.questions import PlainRecord, Question, documents, plain, questions

_NPM = ("pagefind", "lunr@2.3.9", "minisearch")
_PEERS = ("whoosh", "tantivy", "fts5", "site", "pagefind", "lunr", "minisearch")


@dataclass(frozen=True)
class _Bench:
    """What every peer is given."""

    documents: list[SearchDocument]
    records: list[PlainRecord]
    asked: list[Question]
    packages: Path
    scratch: Path

    def missing(self, peer: str) -> str:
        """Return what must be installed before a peer can be measured, or empty."""
        if peer == "tantivy":
            return "" if importlib.util.find_spec("tantivy") else "pip install 'hoaban[tantivy]'"
        if peer not in ("pagefind", "lunr", "minisearch") or not scripted.missing(
            peer, self.packages
        ):
            return ""
        return f"node, npm install --prefix {self.packages} {' '.join(_NPM)}"

    def measure(self, peer: str) -> Figures:
        """Return what a peer costs."""
        folder = self.scratch / peer
        deeds: dict[str, Callable[[], Figures]] = {
            "fts5": lambda: engines.measure_fts5(self.records, self.asked, folder),
            "site": lambda: paged.measure_own(self.documents, self.asked, folder),
            "pagefind": lambda: paged.measure_pagefind(
                self.packages, self.records, self.asked, folder
            ),
        }
        if peer in scripted.NAMES:
            return scripted.measure(peer, self.packages, self.records, self.asked, folder)
        if peer in deeds:
            return deeds[peer]()
        return engines.measure_own(peer, self.documents, self.asked, folder)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("records", type=int, nargs="?", default=10_000)
    options.add_argument("--peers", default=",".join(_PEERS), help="of them only these")
    options.add_argument("--packages", default=os.environ.get("HOABAN_PEERS", "peers"), type=Path)
    options.add_argument("--fetch", action="store_true", help="npm install the packages there")
    options.add_argument("--artworks", default=os.environ.get("HOABAN_ARTWORKS"), type=Path)
    return options.parse_args()


def main() -> None:
    """Measure and print."""
    chosen = _options()
    if chosen.fetch:
        chosen.packages.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--prefix", str(chosen.packages), *_NPM]
        subprocess.run(npm, check=True, stdout=sys.stderr)
    made = list(documents(chosen.records, chosen.artworks))
    records = [plain(document) for document in made]
    with tempfile.TemporaryDirectory() as scratch:
        bench = _Bench(made, records, questions(records), chosen.packages, Path(scratch))
        _report(f"{chosen.records} records, {len(bench.asked)} questions")
        found: dict[str, Figures] = {}
        for line in _lines(bench, chosen.peers.split(","), found):
            _report(line)
    _report("")
    for line in _right(list(found.values())):
        _report(line)


def _lines(bench: _Bench, peers: list[str], found: dict[str, Figures]) -> Iterator[str]:
    yield (
        f"{'':27}{'build':>8}{'x':>6}{'100 edits':>11}{'x':>7}{'files':>8}{'MB':>7}"
        f"{'start kB':>10}{'ms':>7}{'kB':>7}{'p95':>7}{'x':>6}{'ms':>8}{'p95':>8}{'right':>7}"
    )
    for peer in peers:
        missing = bench.missing(peer)
        if missing:
            yield f"{peer:27} not installed: {missing}"
            continue
        figures = found[peer] = bench.measure(peer)
        is_web = figures.start_bytes is not None
        yield _line(figures, found.get("site" if is_web else "whoosh", figures))


def _line(figures: Figures, ours: Figures) -> str:
    line = (
        f"{figures.name:27}{figures.build_s:>8.1f}{figures.build_s / ours.build_s:>6.2f}"
        f"{figures.edit_s:>11.2f}{figures.edit_s / ours.edit_s:>7.2f}{figures.files:>8}"
        f"{figures.disk_bytes / 1e6:>7.1f}"
    )
    if figures.start_bytes is None:
        line += f"{'':37}"
    else:
        # A reader who asks once gets what is needed to start, too.
        sizes = [size + figures.start_bytes for size in figures.query_bytes]
        base = [size + (ours.start_bytes or 0) for size in ours.query_bytes]
        line += (
            f"{figures.start_bytes / 1000:>10.1f}{figures.start_ms:>7.0f}"
            f"{statistics.median(figures.query_bytes) / 1000:>7.1f}"
            f"{_slow(figures.query_bytes) / 1000:>7.1f}"
            f"{statistics.median(sizes) / statistics.median(base):>6.2f}"
        )
    wall = "*" if figures.is_wall else " "
    times = (
        f"{statistics.median(figures.query_ms):>7.1f}{wall}{_slow(figures.query_ms):>7.1f}{wall}"
    )
    return line + times + f"{100 * figures.right:>6.0f}%"


def _slow(values: list[int] | list[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _right(found: list[Figures]) -> Iterator[str]:
    """Yield how much of the first ten hits is right, by form of question."""
    forms = list(dict.fromkeys(form for figures in found for form in figures.shares))
    yield f"{'right of ten, per cent':27}" + "".join(f"{form:>17}" for form in forms)
    for figures in found:
        shares = (100 * statistics.fmean(figures.shares[form]) for form in forms)
        yield f"{figures.name:27}" + "".join(f"{share:>17.0f}" for share in shares)


def _report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    allow_bytecode()
    main()
