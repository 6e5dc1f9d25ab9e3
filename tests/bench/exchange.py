"""How fast LIDO, EDM and MODS are made: ``python -m tests.bench.exchange [TATE.csv.gz] [COUNT]``.

Exports COUNT records (10,000) of Tate's catalogue, or of one record that says something in nearly
every field, into one file, checked against the schema, in a process of its own. Prints records per
CPU second (other work on the machine does not count), the ratio to plain lxml reading and writing
the same documents once, and the peak of memory for a tenth of the records and for all of them.
"""

from __future__ import annotations

import csv
import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from lxml import etree

from archive.export import FORMATS, ExportContext
from schemas.dublincore import Statement
from schemas.normalising import Normaliser
from schemas.records import Record
from tests.bench import allow_bytecode
from tests.conformance.museum_records import drum, exchange, museum_profile, published, said

ROOT = Path(__file__).parent.parent.parent
NAMES = ("lido", "edm", "mods")
AT = "2026-11-21T08:30:00Z"
_FIELDS = {
    "title": "title", "artist": "creator", "date_text": "date", "medium": "material",
    "classification": "object_type", "dimensions": "dimensions", "credit_line": "provenance",
    "subjects": "subject", "inscription": "note",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """An item as an export asks for it."""

    record: Record

    @property
    def item_id(self) -> str:
        """Its id."""
        return self.record.item_id


def records(tate: Path | None, count: int) -> Iterator[Record]:
    """Yield as many records, none of them kept."""
    if tate is None:
        full = drum()
        for number in range(count):
            yield replace(full, identifier=f"BT-{number:06}")
        return
    normaliser = Normaliser(museum_profile())
    with gzip.open(tate, "rt", encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), count):
            statements: list[Statement] = []
            for column, field in _FIELDS.items():
                parts = row[column].split(";") if column == "subjects" else [row[column]]
                lang = "en" if field not in ("creator", "date") else ""
                statements += [said(field, text.strip(), lang) for text in parts if text.strip()]
            statements.append(said("source_url", uri=row["url"]))
            understood, _unread = normaliser.normalised(statements)
            yield Record(row["accession_number"], understood)


def _measure(name: str, count: int, tate: Path | None) -> None:
    """Export in this process, and print what it cost."""
    items = [Item(record) for record in records(tate, min(count, 2000))]
    stream = (items[at % len(items)] for at in range(count))
    said_by_all = exchange(rights_uri="http://rightsstatements.org/vocab/InC/1.0/")
    context = ExportContext(
        museum_profile(), AT, exchange=said_by_all, published=lambda _item: WHERE
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "all.xml"
        FORMATS[name].write(items[:1], Path(folder) / "warm.xml", context)
        started = time.process_time()
        report = FORMATS[name].write(stream, out, context)
        elapsed = time.process_time() - started
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.process_time()
        for _event, element in etree.iterparse(out, events=("end",)):
            if element.getparent() is not None and element.getparent().getparent() is None:
                etree.tostring(element, encoding="UTF-8")
                element.clear()
        floor = time.process_time() - started
    print(elapsed, floor, report.items, report.size_bytes, peak_mb)


WHERE = published()


def measured(name: str, count: int, tate: Path | None) -> tuple[float, ...]:
    """Return CPU seconds, those of the floor, records, bytes and megabytes, in its own process."""
    command = [sys.executable, "-m", "tests.bench.exchange", "--measure", name, str(count)]
    done = subprocess.run(
        [*command, str(tate or "")], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return tuple(float(figure) for figure in done.stdout.split())


def main(tate: Path | None, count: int) -> None:
    """Measure and print."""
    for name in NAMES:
        small_mb = measured(name, count // 10, tate)[4]
        cpu_s, floor_s, items, size, peak_mb = measured(name, count, tate)
        print(
            f"{name:4} {items / cpu_s:6.0f} records/s  {size / items / 1024:5.1f} kB a record  "
            f"{cpu_s / floor_s:4.1f} × plain lxml  "
            f"{small_mb:.0f} MB at {count // 10}, {peak_mb:.0f} MB at {count}"
        )


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["--measure"]:
        _measure(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]) if sys.argv[4] else None)
    else:
        table = next((Path(text) for text in sys.argv[1:] if not text.isdecimal()), None)
        number = next((int(text) for text in sys.argv[1:] if text.isdecimal()), 10_000)
        main(table, number)
