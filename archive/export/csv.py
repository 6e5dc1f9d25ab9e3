"""The catalogue as one table for a spreadsheet program: a row an item, a column a field.

UTF-8 with a byte order mark, so that Excel reads Vietnamese; CRLF; a column ``field@lang`` for
every language a field occurs in. A cell that a spreadsheet program would run as a formula is
quoted by the reversible rule of :mod:`schemas.cells`.

The table is for people and spreadsheets. What must come back whole is ``record.json`` in a bag.

Source: RFC 4180
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.target import new_path
from schemas.access import access_text
from schemas.cells import quote_cell
from schemas.profile import Profile, Role
from schemas.records import Record

_SEPARATOR = "; "
_MASTERS = "masters/"
# (position of the field, rank of the language, heading): sorts columns as people expect them.
_Column = tuple[int, int, str]


def export_csv(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write ``items`` as a CSV file.

    The items are read once and kept on disk, not in memory, until all columns are known.

    Args:
        items: The items, in the order of the rows.
        out: The file to make.
        context: The application profile, and what may be shown.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    with new_path(out) as path:
        count = 0
        columns: set[_Column] = set()
        with TemporaryFile("w+", encoding="utf-8", dir=path.parent) as spool:
            for item in at_least_one(items):
                row = _row(context.record_of(item), context.profile)
                columns |= row.keys()
                spool.write(json.dumps([[*key, text] for key, text in row.items()]) + "\n")
                count += 1
            spool.seek(0)
            _write_table(path, spool, sorted(columns))
        size_bytes = path.stat().st_size
    return ExportReport(out, items=count, files=1, size_bytes=size_bytes)


def _write_table(path: Path, spool: IO[str], columns: Sequence[_Column]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow([quote_cell(heading) for _field, _lang, heading in columns])
        for line in spool:
            row = {(field, lang, name): text for field, lang, name, text in json.loads(line)}
            table.writerow([quote_cell(row.get(column, "")) for column in columns])


def _row(record: Record, profile: Profile) -> dict[_Column, str]:
    """Return the cells of one item by their columns, the fixed columns always among them."""
    position = profile.positions
    last = len(position)
    kind = _named(profile.of(record.kind), Role.KIND, "kind")
    profile = profile.of(record.kind)
    number = _named(profile, Role.IDENTIFIER, "identifier")
    files = _named(profile, Role.FILES, "files")
    access = _named(profile, Role.ACCESS, "access")
    cells: dict[_Column, list[str]] = {
        (position.get(number, last), 0, number): [record.identifier],
        (position.get(files, last), 0, files): [
            view.path.removeprefix(_MASTERS) for view in record.views
        ],
        (position.get(access, last), 0, access): [access_text(record.access, record.embargo_until)],
    }
    if record.kind:
        cells[position.get(kind, last), 0, kind] = [record.kind]
    for entry in record.statements:
        if entry.field == number:
            continue
        name = entry.field or f"dcterms:{entry.term}"
        heading = f"{name}@{entry.lang}" if entry.lang else name
        column = (position.get(name, last), 1 if entry.lang else 0, heading)
        cells.setdefault(column, []).append(entry.written)
    return {column: _SEPARATOR.join(texts) for column, texts in cells.items()}


def _named(profile: Profile, role: Role, default: str) -> str:
    field = profile.with_role(role)
    return field.name if field else default
