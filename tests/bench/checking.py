"""How fast a large catalogue is checked: ``python -m tests.bench.checking PATH [N]``.

Reads the catalogue of Tate's artworks (``tate_artworks.csv.gz``) as a delivery without scans, with
everything on: encodings, text from before Unicode, dates, measures, vocabularies, findings. Prints
rows a second of one core (processor time), the largest memory, what was understood, and with N
the N functions that took most time.
"""

from __future__ import annotations

import cProfile
import csv
import gzip
import pstats
import resource
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from archive.settings import Settings
from pipeline.intake.delivery import Delivery, read_delivery
from schemas.profile import parse_profile, shipped_profile_text
from tests.bench import allow_bytecode

# What the museum would call the columns of the table; the others are kept under their own names.
HEADINGS = {
    "accession_number": "identifier",
    "title": "title",
    "artist": "creator",
    "date_text": "date",
    "medium": "material",
    "classification": "object_type",
    "dimensions": "dimensions",
    "inscription": "inscription",
    "credit_line": "provenance",
    "subjects": "subject",
    "url": "source_url",
}


def write_delivery(tate: Path, folder: Path, most: int = 0) -> int:
    """Write the table as a catalogue under the profile's headings; return its rows.

    Args:
        tate: The table.
        folder: Where the catalogue is written.
        most: Most rows; 0 is all.
    """
    rows = 0
    with (
        gzip.open(tate, "rt", encoding="utf-8", newline="") as source,
        (folder / "catalogue.csv").open("w", encoding="utf-8", newline="") as target,
    ):
        reader = csv.reader(source)
        writer = csv.writer(target)
        writer.writerow([HEADINGS.get(heading, heading) for heading in next(reader)])
        for row in islice(reader, most or None):
            writer.writerow(row)
            rows += 1
    return rows


def read(folder: Path) -> Delivery:
    """Check the catalogue in a folder."""
    profile = parse_profile(shipped_profile_text("museum"))
    return read_delivery(folder, profile=profile, settings=Settings())


def _tell(delivery: Delivery, rows: int, elapsed_s: float) -> None:
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    understood: Counter[str] = Counter()
    for item in delivery.items:
        for statement in item.record.statements:
            understood[statement.field] += bool(statement.normal)
    codes = Counter(finding.code for finding in delivery.findings)
    codes += Counter(finding.code for item in delivery.items for finding in item.findings)
    sys.stdout.write(
        f"{rows} rows in {elapsed_s:.1f} s of one core: {rows / elapsed_s:,.0f} rows/s, "
        f"at most {peak_mb:,.0f} MB\n"
        f"understood: {dict(+understood)}\nfindings: {dict(codes)}\n"
    )


def main(tate: Path, functions: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        rows = write_delivery(tate, Path(folder))
        profiler = cProfile.Profile()
        started = time.process_time()
        if functions:
            profiler.enable()
        delivery = read(Path(folder))
        profiler.disable()
        _tell(delivery, rows, time.process_time() - started)
    if functions:
        pstats.Stats(profiler, stream=sys.stdout).sort_stats("tottime").print_stats(functions)


if __name__ == "__main__":
    allow_bytecode()
    main(Path(sys.argv[1]), int((sys.argv[2:] or ["0"])[0]))
