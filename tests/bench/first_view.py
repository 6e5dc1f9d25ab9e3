"""How long a page takes on a slow line: ``python -m tests.bench.first_view [SITE] [RUNS]``.

The line is the slow 3G of Chromium's own tools: 400 kbit/s and 400 ms for every answer, with an
empty cache. Printed are the medians of the first contentful paint, of the load event and of how far
things moved, and the gzipped bytes that came. The floor of the same run is a page of nothing but a
line of text: two answers of the network long, whatever a page is made of.
SITE is the folder of a built site; without it, the sample archive is made and built.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import allow_bytecode
from tests.bench.wire import hosted
from tests.browser.screenshots import sample_site

LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
FLOOR = '<!DOCTYPE html><html lang="en"><title>Floor</title><p>A line of text.</p>'
_SETTLED_MS = 500
_TIMES = """() => new Promise((say) => {
  let moved = 0;
  const watch = new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) { moved += shift.value; }
  });
  watch.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => say([
    performance.getEntriesByName("first-contentful-paint")[0].startTime,
    performance.getEntriesByType("navigation")[0].loadEventEnd,
    moved,
  ]), 100);
})"""


@dataclass(frozen=True)
class View:
    """How a page came: milliseconds, the sum of its layout shifts, and gzipped bytes."""

    paint_ms: float
    load_ms: float
    moved: float
    size_bytes: int


def main(site: Path | None = None, runs: int = 3) -> None:
    """Measure and print."""
    with ExitStack() as stack:
        site = site or stack.enter_context(sample_site())
        bare = Path(stack.enter_context(TemporaryDirectory()))
        (bare / "index.html").write_text(FLOOR, encoding="utf-8")
        floor = _median([_seen(bare, "index.html") for _run in range(runs)])
        rows = [("a line of text", floor)]
        for path in _pages(site):
            rows.append((path, _median([_seen(site, path) for _run in range(runs)])))
    for name, view in rows:
        sys.stdout.write(
            f"{name:52} paint {view.paint_ms / 1000:5.2f} s ({view.paint_ms / floor.paint_ms:.2f})"
            f"  load {view.load_ms / 1000:5.2f} s  moved {view.moved:.3f}"
            f"  {view.size_bytes / 1000:6.1f} kB\n"
        )


def _pages(site: Path) -> Iterator[str]:
    lang = sorted(path.parent.name for path in site.glob("*/index.html"))[-1]
    item = min((site / lang / "items").rglob("*.html"))
    yield f"{lang}/index.html"
    yield item.relative_to(site).as_posix()
    yield f"{lang}/browse/1.html"
    yield f"{lang}/search.html"


def _seen(site: Path, path: str) -> View:
    """Open a page in a new browser on the slow line."""
    with hosted(site) as (page, address, sent):
        session: Any = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", LINE)
        page.set_viewport_size({"width": 390, "height": 844})
        before = sum(sent)
        page.goto(address.replace("index.html", path), wait_until="load", timeout=60_000)
        page.wait_for_timeout(_SETTLED_MS)
        paint_ms, load_ms, moved = page.evaluate(_TIMES)
        return View(paint_ms, load_ms, moved, sum(sent) - before)


def _median(views: list[View]) -> View:
    return View(
        statistics.median(view.paint_ms for view in views),
        statistics.median(view.load_ms for view in views),
        statistics.median(view.moved for view in views),
        int(statistics.median(view.size_bytes for view in views)),
    )


if __name__ == "__main__":
    allow_bytecode()
    main(*map(Path, sys.argv[1:2]), *map(int, sys.argv[2:3]))
