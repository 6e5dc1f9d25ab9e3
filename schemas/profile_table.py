"""The table of a profile as kinds and fields, with a finding for each cell that is wrong.

The table is a DCTAP: a row with a ``propertyID`` is a statement template, ``shapeID`` names the
shape it belongs to (or stands once, above its rows), and what DCTAP has no word for stands in
columns of our own. A shape is a kind of record. A row with a ``shapeID`` and no property names
the kind itself: its labels and what a sheet may call it.

In any kind but the default one an empty cell says what it says there in the field of that name,
so that 30 headings of an inventory number are kept in one place.

Source: DCTAP, https://www.dublincore.org/specifications/dctap/
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.fields import DEFAULT_KIND, Field, Kind, Role
from schemas.findings import Finding
from schemas.profile_cells import RowCells
from schemas.vietnamese import normal_text

DCTAP_COLUMNS = (
    "shapeID",
    "shapeLabel",
    "propertyID",
    "propertyLabel",
    "mandatory",
    "repeatable",
    "valueNodeType",
    "valueDataType",
    "valueConstraint",
    "valueConstraintType",
    "valueShape",
    "note",
)
OWN_COLUMNS = (
    "field",
    "headings",
    "role",
    "obligation",
    "has_language",
    "search",
    "shown",
    "facet",
    "value_type",
    "vocabulary",
    "default",
    "separator",
)
_LABEL = re.compile(r"label_([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)")
_SEPARATORS = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """What was read of a table.

    Attributes:
        kinds: Its kinds; of a table with errors only what could be read.
        findings: What is wrong with it.
    """

    kinds: tuple[Kind, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Line:
    number: int
    shape: str
    cells: Mapping[str, str]

    @property
    def is_shape(self) -> bool:
        return not (self.cells.get("propertyID") or self.cells.get("field"))


def read_table(text: str, path: str = "") -> Table:
    """Return the kinds in the text of a ``profile.csv``, and every finding in one pass.

    Args:
        text: The table, its cells separated by commas, semicolons or tabs: a spreadsheet
            program in Vietnamese writes semicolons.
        path: What findings call the file.
    """
    try:
        records = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), _dialect(text)))
    except csv.Error as error:
        return Table((), (Finding("PROFILE-unreadable", path, values={"reason": error}),))
    header = [cell.strip() for cell in records[0]] if records else []
    findings = list(_header_findings(header, path))
    if any(finding.code == "PROFILE-missing-column" for finding in findings):
        return Table((), tuple(findings))
    lines = list(_lines(header, records[1:]))
    kinds = _kinds(lines, header, path, findings)
    if not any(kind.fields for kind in kinds):
        findings.append(Finding("PROFILE-no-fields", path))
    findings.extend(_kind_findings(kinds, path))
    return Table(kinds, tuple(findings))


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.splitlines()[0] if text else ""
    counts = {mark: first.count(mark) for mark in _SEPARATORS}

    class _Dialect(csv.excel):
        delimiter = max(_SEPARATORS, key=lambda mark: counts[mark])
        strict = True

    return _Dialect


def _header_findings(header: Sequence[str], path: str) -> Iterator[Finding]:
    known = (*DCTAP_COLUMNS, *OWN_COLUMNS, "label_vi", "label_en")
    if "propertyID" not in header:
        yield Finding("PROFILE-missing-column", path, values={"column": "propertyID"})
    for column in header:
        if not column or column in known or _LABEL.fullmatch(column):
            continue
        similar = difflib.get_close_matches(column, known, n=1, cutoff=0.75)
        values = {"column": column, "similar": similar[0] if similar else ""}
        code = "PROFILE-similar-column" if similar else "PROFILE-unknown-column"
        yield Finding(code, path, row=1, column=column, values=values)


def _lines(header: Sequence[str], records: Sequence[Sequence[str]]) -> Iterator[_Line]:
    shape = DEFAULT_KIND
    for number, record in enumerate(records, start=2):
        cells = {name: cell.strip() for name, cell in zip(header, record, strict=False) if name}
        if not any(cells.values()):
            continue
        shape = cells.get("shapeID") or shape
        yield _Line(number, shape, cells)


def _kinds(
    lines: Sequence[_Line], header: Sequence[str], path: str, findings: list[Finding]
) -> tuple[Kind, ...]:
    """Return the kinds in the order of the table; the default one is read before the others."""
    languages = [(c, match[1]) for c in header if (match := _LABEL.fullmatch(c))]
    names = list(dict.fromkeys(line.shape for line in lines))
    default = DEFAULT_KIND if DEFAULT_KIND in names else next(iter(names), DEFAULT_KIND)
    read: dict[str, Kind] = {}
    for name in sorted(names, key=lambda name: name != default):
        base = {field.name: field for field in read[default].fields} if name != default else {}
        own = [line for line in lines if line.shape == name]
        read[name] = _kind(name, own, base, RowCells(path, languages, findings))
    return tuple(read[name] for name in names)


def _kind(name: str, lines: Sequence[_Line], base: Mapping[str, Field], cells: RowCells) -> Kind:
    kind = Kind(name)
    fields: dict[str, Field] = {}
    rows: dict[str, int] = {}
    for line in lines:
        cells.at(line.number, line.cells)
        if not name.isidentifier():
            cells.expect_name("shapeID", name)
        label = line.cells.get("shapeLabel", "")
        if line.is_shape:
            kind = replace(kind, labels=cells.labels() or kind.labels, headings=cells.headings())
        if label and not kind.labels:
            kind = replace(kind, labels={"und": label})
        field = None if line.is_shape else cells.field(base)
        if field is None:
            continue
        if field.name in fields:
            cells.find("PROFILE-duplicate-field", "field", field=field.name, first=rows[field.name])
            continue
        fields[field.name], rows[field.name] = field, line.number
    return replace(kind, fields=tuple(fields.values()))


def _kind_findings(kinds: Sequence[Kind], path: str) -> Iterator[Finding]:
    for kind in kinds:
        roles = {field.role for field in kind.fields}
        names = {field.name for field in kind.fields}
        if kind.fields and (Role.IDENTIFIER not in roles or "title" not in names):
            yield Finding("PROFILE-no-identifier", path, values={"kind": kind.name})
        for field in kind.fields:
            if not field.labels:
                yield Finding("PROFILE-no-label", path, values={"field": field.name})
        yield from _shared_headings(kind, path)


def _shared_headings(kind: Kind, path: str) -> Iterator[Finding]:
    owners: dict[str, Field] = {}
    named = [(name, f) for f in kind.fields for name in (f.name, *f.labels.values())]
    for heading, field in [*named, *((h, f) for f in kind.fields for h in f.headings)]:
        owner = owners.setdefault(" ".join(normal_text(heading).split()), field)
        if owner is not field:
            values = {"heading": heading, "first": owner.name}
            yield Finding("PROFILE-shared-heading", path, column=field.name, values=values)
