"""What a search of the public site costs its reader: ``python -m tests.bench.static_search``.

Builds the sharded index over generated records and asks queries of every kind in Chromium, each
on a fresh page with the cache off. Of each kind it prints the gzipped bytes that come over the
wire until the first page of results is there, and the requests; the loading of the page itself is
given apart as "start". Then, as the processor is and slowed down, of each kind: the milliseconds
until the results are there, the CPU time of the main thread until then, and that of its longest
task. Bytes, requests and CPU time are what to trust: a busy machine makes anybody wait. With
``--against`` it asks two indexes in turn instead, because that makes the CPU time larger, too.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from schemas.vietnamese import bare_form
from search.compiled.packing import Packing
from search.documents import SearchDocument
from search.static import write_static_index
from tests.bench import allow_bytecode
from tests.bench.catalogue import documents as catalogue_documents
from tests.bench.catalogue import vocabulary, words
from tests.bench.wire import Sent, hosted
from tests.search.museum_records import FIELDS

_PAGE = '<!doctype html><meta charset="utf-8"><script src="search/search-engine.js"></script>'
_ASK = """async ([query, options]) => {
    const start = performance.now();
    const found = await HoabanSearch.search(query, options);
    return [found.total, performance.now() - start];
}"""
_TRACED = ("toplevel", "disabled-by-default-devtools.timeline")
_SLOWER = 4
"""How many times slower the processor is made."""
_TURNS = 3

_FACETS = ("object_type", "material", "ethnic_group", "place", "period")


@dataclass(frozen=True)
class Kind:
    """One kind of query.

    Attributes:
        name: What it is called.
        kilobytes: What it may cost at 100,000 records.
        queries: What is typed.
        options: How it is asked.
    """

    name: str
    kilobytes: int
    queries: Sequence[str]
    options: dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """What one query cost.

    Attributes:
        sent: The files that came.
        wall: Milliseconds until the results were there.
        busy: CPU time of the main thread in milliseconds.
        blocked: That of its longest task.
        total: How many hits there are.
    """

    sent: tuple[Sent, ...]
    wall: float
    busy: float
    blocked: float
    total: int

    @property
    def size(self) -> int:
        """Gzipped bytes."""
        return sum(self.sent)

    @property
    def requests(self) -> int:
        """How many files came."""
        return len(self.sent)


def documents(count: int, artworks: Path | None = None) -> Iterator[SearchDocument]:
    """Yield the records: those of the catalogue benchmark, with their fields."""
    for document in catalogue_documents(count, artworks=artworks):
        fields = (*(("title", text) for _lang, text in document.titles), *document.facets)
        span = (int(document.date), int(document.date))
        yield replace(document, fields=fields, span=span)


def kinds() -> list[Kind]:
    """Return the queries: words of the records by their frequency, and of every kind."""
    dice = random.Random(11)
    pool = words()
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(pool))))
    drawn = [word for word in dice.choices(pool, cum_weights=weights, k=400) if word.isalpha()]
    long = [word for word in drawn if len(word) > 3]
    titles = [document.titles[0][1].split() for document in documents(2000)]
    pairs = [
        tuple(title[place : place + 2])
        for title, place in zip(dice.sample(titles, 10), itertools.cycle((0, 1, 2)))
    ]
    objects = [
        f"{kind} {material}"
        for kind, material in zip(
            dice.sample(vocabulary("object-types"), 10),
            dice.choices(vocabulary("materials"), k=10),
            strict=True,
        )
    ]
    slips = [bare_form(word[0] + word[2] + word[1] + word[3:]) for word in long[20:30]]
    return [
        Kind("one word", 40, drawn[:12] + [bare_form(word) for word in drawn[12:20]], {}),
        Kind("two words", 80, [f"{a} {b}" for a, b in itertools.pairwise(drawn[20:31])], {}),
        Kind("phrase of two", 80, [f'"{a} {b}"' for a, b in pairs], {}),
        Kind("title of 4 to 6", 0, objects, {}),
        Kind("one typo", 50, slips, {}),
        Kind(
            "number",
            40,
            [
                f"BT.{n // 1000:03}.{n % 1000:03}"
                for n in (dice.randrange(5000) for _number in range(10))
            ],
            {},
        ),
        Kind("counts of facets", 100, drawn[30:40], {"facets": True}),
        Kind(
            "filter, counts",
            100,
            drawn[40:50],
            {"facets": True, "filters": {"material": list(vocabulary("materials")[:3])}},
        ),
    ]


def ask(page: Any, address: str, sent: list[Sent], kind: Kind, query: str) -> tuple[int, Cost]:
    """Return what loading cost, and what the query cost."""
    page.goto("about:blank")
    sent.clear()
    page.goto(address)
    page.evaluate("HoabanSearch.load('search')")
    start = sum(sent)
    sent.clear()
    browser = page.context.browser
    browser.start_tracing(page=page, categories=list(_TRACED))
    total, wall = page.evaluate(_ASK, [query, kind.options])
    tasks = task_times(browser.stop_tracing())
    return start, Cost(tuple(sent), wall, sum(tasks), max(tasks), total)


def task_times(trace: bytes) -> list[float]:
    """Return the CPU times of the tasks of a page's main thread, in milliseconds.

    CPU time, because on a busy machine a task takes long by the clock that only waits.
    """
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        float(event["tdur"]) / 1000
        for event in events
        if event["name"].endswith("RunTask")
        and "tdur" in event
        and (event["pid"], event["tid"]) in mains
    ]
    if not tasks:
        raise SystemExit("the trace has no tasks with their CPU time")
    return tasks


def measure(folder: Path, *, is_detailed: bool = False) -> None:
    """Print what the queries cost; in detail, of each kind of file how much of it."""
    print(
        f"{'query':18}{'n':>4}{'kB median':>11}{'p95':>7}{'mark':>6}{'ratio':>7}"
        f"{'requests':>10}{'p95':>5}{'hits':>9}"
    )
    starts: list[int] = []
    found: dict[str, dict[int, list[Cost]]] = {}
    with hosted(folder) as (page, address, sent):
        processor = page.context.new_cdp_session(page)
        for kind in kinds():
            # The files were sent once when they are asked for by a slow page: the server is fast.
            of_rates = found[kind.name] = {1: [], _SLOWER: []}
            for rate, costs in of_rates.items():
                processor.send("Emulation.setCPUThrottlingRate", {"rate": rate})
                for query in kind.queries:
                    start, cost = ask(page, address, sent, kind, query)
                    starts.append(start)
                    costs.append(cost)
            _print(kind, of_rates[1])
            if is_detailed:
                _print_files(of_rates[1])
    print(
        f"{'start':18}{len(starts):>4}{statistics.median(starts) / 1000:>11.1f}"
        f"{max(starts) / 1000:>7.1f}{10:>6}"
    )
    _print_times(found)


def compare(old: Path, new: Path) -> None:
    """Print what queries cost with one index and with another, asked in turn on a slow page.

    Of each query the least of some turns counts, without a trace, which costs time of its own.
    """
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "index.html").write_text(_PAGE, encoding="utf-8")
        (root / "old").symlink_to(old.resolve())
        (root / "new").symlink_to(new.resolve())
        with hosted(root) as (page, address, _sent):
            processor = page.context.new_cdp_session(page)
            processor.send("Performance.enable", {"timeDomain": "threadTicks"})
            for kind in kinds():
                least = [_least(page, processor, address, kind, query) for query in kind.queries]
                print(f"{kind.name:18}", end="")
                for what, at in (("ms", 0), ("CPU ms", 1)):
                    before, after = ([one[own][at] for one in least] for own in ("old", "new"))
                    ratio = sum(after) / sum(before)
                    for values in (before, after):
                        print(f"{statistics.median(values):6.0f}{_late(values):6.0f}", end="")
                    print(f" {what}, ratio {ratio:.2f}", end="   ")
                print(flush=True)


def _least(
    page: Any, processor: Any, address: str, kind: Kind, query: str
) -> dict[str, tuple[float, ...]]:
    """Return of both indexes the least milliseconds of a query, and of the main thread's CPU."""

    def busy() -> float:
        metrics = processor.send("Performance.getMetrics")["metrics"]
        return next(1000 * float(m["value"]) for m in metrics if m["name"] == "TaskDuration")

    found: dict[str, list[tuple[float, float]]] = {"old": [], "new": []}
    for turn in range(_TURNS):
        for own in sorted(found, reverse=bool(turn % 2)):
            page.goto("about:blank")
            page.goto(address.replace("index.html", f"{own}/index.html"))
            page.evaluate("HoabanSearch.load('search')")
            processor.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
            start = busy()
            _total, wall = page.evaluate(_ASK, [query, kind.options])
            found[own].append((wall, busy() - start))
            processor.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return {own: tuple(map(min, zip(*times, strict=True))) for own, times in found.items()}


def _print(kind: Kind, costs: Sequence[Cost]) -> None:
    sizes = sorted(cost.size / 1000 for cost in costs)
    requests = sorted(cost.requests for cost in costs)
    ratio = f"{statistics.median(sizes) / kind.kilobytes:.2f}" if kind.kilobytes else ""
    print(
        f"{kind.name:18}{len(costs):>4}{statistics.median(sizes):>11.1f}{_late(sizes):>7.1f}"
        f"{kind.kilobytes or '':>6}{ratio:>7}"
        f"{statistics.median(requests):>10.0f}{_late(requests):>5.0f}"
        f"{statistics.median(cost.total for cost in costs):>9.0f}",
        flush=True,
    )


def _print_times(found: dict[str, dict[int, list[Cost]]]) -> None:
    head = f"{'ms, median, p95':>17}{'CPU':>7}{'p95':>6}{'task':>6}"
    print(f"{'query':18}{head}{f'{_SLOWER} times slower: ' + head.lstrip():>52}")
    for name, of_rates in found.items():
        print(f"{name:18}", end="")
        for costs in of_rates.values():
            wall, busy = ([getattr(c, what) for c in costs] for what in ("wall", "busy"))
            print(
                f"{statistics.median(wall):>11.0f}{_late(wall):>6.0f}"
                f"{statistics.median(busy):>7.0f}{_late(busy):>6.0f}"
                f"{max(cost.blocked for cost in costs):>6.0f}",
                end=" " * 16,
            )
        print()


def _late(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def _print_files(costs: Sequence[Cost]) -> None:
    """Print how many files of each kind a query took, and their kilobytes, on the average."""
    found: dict[str, list[int]] = {}
    for sent in (sent for cost in costs for sent in cost.sent):
        *_folders, folder, name = sent.path.partition("?")[0].split("/")
        # In the folder of a group names are numbers: the folder says what it is.
        is_numbered = name.removesuffix(".js").isdigit()
        kind = f"{folder[0]}/{name[0]}" if is_numbered and folder[0] == "t" else folder[0]
        kind = kind if is_numbered else name[0] if len(name) == 10 else name.partition(".")[0]
        found.setdefault(kind, []).append(sent)
    for kind, sizes in sorted(found.items()):
        count, size = len(sizes) / len(costs), sum(sizes) / len(costs) / 1000
        print(f"    {kind:18}{count:>7.1f}{size:>7.1f}")


def main() -> None:
    """Build and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=10_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--packing", type=Packing, default=Packing.WEB)
    options.add_argument("--folder", type=Path, help="keep the index here, and use it again")
    options.add_argument("--files", action="store_true", help="print what kinds of files came")
    options.add_argument("--against", type=Path, help="compare an older index with --folder")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.folder or Path(name)
        if not (folder / "index.html").exists():
            built(folder, chosen.records, chosen.packing, chosen.processes)
        if chosen.against:
            compare(chosen.against, folder)
            return
        measure(folder, is_detailed=chosen.files)


def built(folder: Path, records: int, packing: Packing, processes: int) -> None:
    """Build the index and print what it took."""
    made = _Timed(documents(records))
    wall, cpu = time.perf_counter(), _cpu()
    write_static_index(made, folder / "search", FIELDS, packing=packing, processes=processes)
    wall, cpu = time.perf_counter() - wall - made.wall, _cpu() - cpu - made.cpu
    (folder / "index.html").write_text(_PAGE, encoding="utf-8")
    files = [path for path in (folder / "search").rglob("*") if path.is_file()]
    peak = (
        max(
            resource.getrusage(who).ru_maxrss
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        / 1000
    )
    fullest = max(
        len(list(path.iterdir())) for path in (folder / "search").rglob("*") if path.is_dir()
    )
    print(
        f"{records} records: {wall:.1f} s, {cpu:.1f} CPU s ({records / wall:.0f} records/s, "
        f"{records / cpu:.0f} a CPU s); largest process {peak:.0f} MB; "
        f"five million turns of an empty loop take {_loop():.2f} CPU s; "
        f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB; "
        f"fullest folder {fullest}"
    )


class _Timed:
    """Gives documents and keeps what making them took, which is no part of the build."""

    def __init__(self, documents: Iterator[SearchDocument]) -> None:
        self._documents = documents
        self.wall = self.cpu = 0.0

    def __iter__(self) -> Iterator[SearchDocument]:
        while True:
            wall, cpu = time.perf_counter(), time.process_time()
            document = next(self._documents, None)
            self.wall += time.perf_counter() - wall
            self.cpu += time.process_time() - cpu
            if document is None:
                return
            yield document


def _loop() -> float:
    """Return what a plain loop costs now: on an idle core of 3 GHz about 0.2 s."""
    start = _cpu()
    for _turn in range(5_000_000):
        pass
    return _cpu() - start


def _cpu() -> float:
    return sum(
        use.ru_utime + use.ru_stime
        for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    allow_bytecode()
    main()
