"""What an item costs the one writer: ``python -m tests.bench.overhead [ITEMS]``.

Small scans go through a whole ingest. Printed is the CPU of the committing process for each item
(store, catalogue, job table, search index, reading the sheet), beside that of the workers.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import allow_bytecode

ROOT = Path(__file__).parent.parent.parent
SIZES_MP = (0.02, 0.05, 0.1)


def main(items: int = 2000) -> None:
    """Measure and print."""
    from tests.bench.scans import write_delivery

    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "delivery"
        write_delivery(source, items, SIZES_MP)
        command = [sys.executable, "-m", "tests.bench.overhead", "one", source, scratch]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    figures = json.loads(done.stdout)
    say = sys.stdout.write
    say(f"{items} small images: {items / figures['wall_s']:.1f} items/s\n")
    for name, seconds in figures["parts"].items():
        say(f"  {name:44} {1000 * seconds / items:7.2f} ms CPU an item\n")


def run_one(source: Path, scratch: Path) -> None:
    """Ingest in this process, and print its CPU by part as JSON."""
    from archive.catalogue import Catalogue
    from archive.opening import create_archive
    from archive.settings import Settings
    from archive.store import Store
    from pipeline import ingest as flow

    parts: Counter[str] = Counter()
    _time_calls(Store, "commit", "of which the store's commit", parts)
    _time_calls(Store, "read", "of which reading it back", parts)
    _time_calls(Catalogue, "put", "of which the catalogue", parts)
    _time_calls(flow, "update_index", "of which the search index", parts)
    archive = create_archive(scratch / "museum", Settings())
    started, before = time.perf_counter(), time.process_time()
    report = flow.ingest(archive, source, now=lambda: datetime.now(UTC))
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - before
    assert not report.findings or report.added, report
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    parts["workers"] = children.ru_utime + children.ru_stime
    shown = {"the committing process": cpu_s} | dict(sorted(parts.items()))
    sys.stdout.write(json.dumps({"wall_s": wall_s, "parts": shown}))


def _time_calls(owner: Any, name: str, label: str, parts: Counter[str]) -> None:
    function: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        before = time.thread_time()
        try:
            return function(*arguments, **options)
        finally:
            parts[label] += time.thread_time() - before

    setattr(owner, name, timed)


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["one"]:
        run_one(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(*(int(word) for word in sys.argv[1:]))
