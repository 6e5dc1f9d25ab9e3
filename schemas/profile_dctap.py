"""A profile as a plain DCTAP table: the twelve columns of DCMI and no others, for other programs.

Source: DCTAP, https://www.dublincore.org/specifications/dctap/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from schemas.cells import quote_cell
from schemas.fields import DEFAULT_KIND, Field, Obligation, Profile, Role, ValueType
from schemas.profile_table import DCTAP_COLUMNS

# Fields that are something to the program have no term of their own, but one that says it.
_TERM_OF_ROLE = {Role.FILES: "hasFormat", Role.ACCESS: "accessRights", Role.KIND: "type"}


def dctap_text(profile: Profile, lang: str) -> str:
    """Return every kind of a profile as a DCTAP table, its labels in ``lang``."""
    table = io.StringIO()
    writer = csv.DictWriter(table, DCTAP_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for kind in profile.each():
        entry = kind.kind_entry
        name = entry.name if entry else DEFAULT_KIND
        label = entry.label(lang) if entry else DEFAULT_KIND
        for row in _rows(kind, lang):
            cells = {"shapeID": name, "shapeLabel": label} | row
            writer.writerow({column: quote_cell(text) for column, text in cells.items()})
            label = ""
    return table.getvalue()


def _rows(kind: Profile, lang: str) -> Iterator[dict[str, str]]:
    for field in kind:
        row = {
            "propertyID": f"dcterms:{field.term or _TERM_OF_ROLE[field.role]}",
            "propertyLabel": field.label(lang),
            "mandatory": _truth(field.obligation is Obligation.REQUIRED),
            "repeatable": _truth(field.repeatable),
            "note": field.note,
        }
        yield row | _values(field)


def _values(field: Field) -> dict[str, str]:
    """Return what DCTAP can say of the values; an address may be written as text, too."""
    if field.value_type is ValueType.URL:
        return {"valueNodeType": "IRI literal"}
    data_type = "xsd:decimal" if field.value_type is ValueType.NUMBER else "xsd:string"
    return {
        "valueNodeType": "literal",
        "valueDataType": "rdf:langString" if field.has_language else data_type,
    }


def _truth(value: bool) -> str:
    return "true" if value else "false"
