"""The peers that node asks: Lunr as CollectionBuilder uses it, and MiniSearch.

Both give a reader everything before the first question: CollectionBuilder the records, from which
the page makes the index each time, MiniSearch an index that was made before.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.bench.peers.engines import EDITED, Figures
from tests.bench.peers.questions import PlainRecord, Question

_DRIVER = Path(__file__).with_name("scripted.cjs")
NAMES = {"lunr": "Lunr, as CollectionBuilder", "minisearch": "MiniSearch"}


def missing(package: str, packages: Path) -> str:
    """Return what of a package is missing, or empty."""
    if shutil.which("node") is None:
        return "node"
    return "" if (packages / "node_modules" / package).is_dir() else package


def measure(
    package: str,
    packages: Path,
    records: Sequence[PlainRecord],
    asked: Sequence[Question],
    folder: Path,
) -> Figures:
    """Return what a peer costs.

    Args:
        package: ``lunr`` or ``minisearch``.
        packages: Holds ``node_modules``.
        records: The records.
        asked: The questions.
        folder: Made for its files.
    """
    folder.mkdir()
    (folder / "records.jsonl").write_text(
        "\n".join(json.dumps(asdict(record), ensure_ascii=False) for record in records),
        encoding="utf-8",
    )
    texts = json.dumps([question.text for question in asked], ensure_ascii=False)
    (folder / "questions.json").write_text(texts, encoding="utf-8")
    modules = packages.resolve() / "node_modules"
    # The heap that a large index needs, whatever the machine's default.
    command = ["node", "--max-old-space-size=8192", str(_DRIVER), package, str(modules)]
    done = subprocess.run(
        [*command, str(folder), str(EDITED)], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    found = json.loads(done.stdout)
    figures = Figures(
        NAMES[package],
        build_s=found["build_ms"] / 1000,
        edit_s=found["edit_ms"] / 1000,
        files=found["files"],
        disk_bytes=found["disk_bytes"],
        start_bytes=found["start_bytes"],
        start_ms=found["start_ms"],
        query_bytes=[0] * len(asked),
    )
    for question, hits, milliseconds in zip(asked, found["hits"], found["query_ms"], strict=True):
        figures.add(question, hits, milliseconds)
    return figures
