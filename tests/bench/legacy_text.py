"""What noticing legacy text costs: ``python -m tests.bench.legacy_text FILE.csv[.gz] ...``.

Prints for each file the cells, the microseconds a cell for clean text, the ratio against tidying
the same cells (which every reading does), and the columns that would be converted: none, if it is
clean.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
import time
from pathlib import Path

from pipeline.intake.text import tidy_line
from schemas.legacy.evidence import Evidence
from tests.bench import allow_bytecode


def read_columns(path: Path) -> dict[str, list[str]]:
    """Return the filled cells of a CSV file by heading."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    with io.StringIO(raw.decode("utf-8-sig"), newline="") as file:
        rows = csv.reader(file)
        headings = next(rows)
        columns: dict[str, list[str]] = {heading: [] for heading in headings}
        for row in rows:
            for heading, cell in zip(headings, row, strict=False):
                if cell:
                    columns[heading].append(cell)
    return columns


def main() -> None:
    """Measure each file of the command line."""
    for name in sys.argv[1:]:
        columns = read_columns(Path(name))
        cells = sum(map(len, columns.values()))
        start = time.process_time()
        for texts in columns.values():
            for text in texts:
                tidy_line(text)
        tidied_s = time.process_time() - start
        start = time.process_time()
        found = {}
        for heading, texts in columns.items():
            evidence = Evidence()
            for text in texts:
                evidence.add(text)
            decision = evidence.decide()
            if decision:
                found[heading] = decision.reading or decision.second
        noticed_s = time.process_time() - start
        print(
            f"{Path(name).name}: {cells} cells; {noticed_s / cells * 1e6:.2f} µs a cell,"
            f" {noticed_s / tidied_s:.1f} times tidying; to convert: {found or 'none'}"
        )


if __name__ == "__main__":
    allow_bytecode()
    main()
