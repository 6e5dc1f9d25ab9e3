"""The cells of one row of a profile's table as a field, with a finding for each that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from schemas.dublincore import ELEMENTS_NS, TERMS, TERMS_NS
from schemas.fields import LINE, Field, Obligation, Role, SearchLevel, ValueType
from schemas.findings import Finding
from schemas.messages import _

_TRUE = ("true", "yes", "1", "có", "đúng")
_FALSE = ("false", "no", "0", "không", "sai")
_PREFIXES = ("dcterms:", "dct:", "dc:", TERMS_NS, ELEMENTS_NS)
_NOT_NAME = re.compile(r"\W+", re.ASCII)
# Data types of DCTAP tables made elsewhere; every other is text to us.
_DATA_TYPES = {
    "xsd:date": ValueType.DATE,
    "xsd:datetime": ValueType.DATE,
    "xsd:gyear": ValueType.DATE,
    "xsd:gyearmonth": ValueType.DATE,
    "edtf:edtf": ValueType.DATE,
    "xsd:decimal": ValueType.NUMBER,
    "xsd:integer": ValueType.NUMBER,
    "xsd:double": ValueType.NUMBER,
    "xsd:float": ValueType.NUMBER,
    "xsd:anyuri": ValueType.URL,
}
_TEXT_DATA_TYPES = ("", "xsd:string", "rdf:langstring", "literal")
_MARKS = re.compile(r"[;|,/\t+&#]*")
Word = TypeVar("Word", bound=StrEnum)


class RowCells:
    """Reads rows one after another and gathers what is wrong with them."""

    def __init__(
        self, path: str, languages: Sequence[tuple[str, str]], findings: list[Finding]
    ) -> None:
        """Prepare to read.

        Args:
            path: What findings call the table.
            languages: Each label column with its language tag.
            findings: Where findings are put.
        """
        self._path = path
        self._languages = languages
        self._findings = findings
        self._row = 0
        self._cells: Mapping[str, str] = {}

    def at(self, row: int, cells: Mapping[str, str]) -> None:
        """Go to a row."""
        self._row = row
        self._cells = cells

    def find(self, code: str, at: str, **values: object) -> None:
        """Add a finding on a cell of the row."""
        self._findings.append(Finding(code, self._path, row=self._row, column=at, values=values))

    def expect_name(self, column: str, value: str) -> None:
        """Find that a cell is no name."""
        self._bad(column, value, _("a name of the letters a to z, digits and _"))

    def labels(self) -> dict[str, str]:
        """Return the labels of the row by language."""
        return {tag: text for column, tag in self._languages if (text := self._cells.get(column))}

    def headings(self) -> tuple[str, ...]:
        """Return the further headings of the row."""
        parts = self._cells.get("headings", "").split(";")
        return tuple(part.strip() for part in parts if part.strip())

    def field(self, base: Mapping[str, Field]) -> Field | None:
        """Return the field of the row, or None when there is none to speak of.

        Args:
            base: The fields whose cells stand for empty ones, by name.
        """
        name = self._cells.get("field") or self._name_of_property()
        if not (name.isidentifier() and name.isascii()):
            self.expect_name("field", name)
            return None
        known = base.get(name)
        role = self._word("role", Role, known.role if known else _plain_role(name))
        term = self._term(role, known)
        if term is None:
            return None
        plain = known or Field(name, term, {})
        labels = dict(plain.labels) | self.labels()
        if not labels and self._cells.get("propertyLabel"):
            labels = {"und": self._cells["propertyLabel"]}
        return Field(
            name=name,
            term=term,
            labels=labels,
            headings=self.headings() or plain.headings,
            role=role,
            obligation=self._obligation(plain.obligation),
            repeatable=self._truth("repeatable", plain.repeatable),
            has_language=self._truth("has_language", plain.has_language),
            search=self._word("search", SearchLevel, plain.search),
            is_shown=self._truth("shown", plain.is_shown),
            is_facet=self._truth("facet", plain.is_facet),
            value_type=self._value_type(plain.value_type),
            vocabulary=self._vocabulary(plain.vocabulary),
            default=self._default(role, plain.default),
            separators=self._separators(plain.separators),
            note=self._cells.get("note") or plain.note,
        )

    def _name_of_property(self) -> str:
        local = re.split(r"[:/#]", self._cells.get("propertyID", ""))[-1]
        return _NOT_NAME.sub("_", local)

    def _term(self, role: Role, known: Field | None) -> str | None:
        written = self._cells.get("propertyID", "")
        if role in (Role.FILES, Role.ACCESS, Role.KIND):
            return ""
        if not written and known:
            return known.term
        term = written
        for prefix in _PREFIXES:
            term = term.removeprefix(prefix)
        if term in TERMS:
            return term
        self._bad("propertyID", written, _("a DCMI term, as dcterms:title"))
        return None

    def _obligation(self, known: Obligation) -> Obligation:
        mandatory = self._cells.get("mandatory", "")
        written = self._cells.get("obligation", "")
        if not mandatory:
            return self._word("obligation", Obligation, known)
        is_mandatory = self._truth("mandatory", False)
        implied = Obligation.REQUIRED if is_mandatory else Obligation.OPTIONAL
        obligation = self._word("obligation", Obligation, implied)
        if (obligation is Obligation.REQUIRED) is not is_mandatory:
            self.find(
                "PROFILE-contradiction", "obligation", mandatory=mandatory, obligation=written
            )
        return obligation

    def _value_type(self, known: ValueType) -> ValueType:
        if self._cells.get("value_type"):
            return self._word("value_type", ValueType, known)
        if self._cells.get("valueNodeType", "").lower() == "iri":
            return ValueType.URL
        data_type = self._cells.get("valueDataType", "").lower()
        if data_type in _DATA_TYPES:
            return _DATA_TYPES[data_type]
        if data_type not in _TEXT_DATA_TYPES:
            self._unused("valueDataType")
        return known

    def _vocabulary(self, known: str) -> str:
        named = self._cells.get("vocabulary", "")
        if self._cells.get("valueConstraintType", "").lower() == "vocabulary":
            named = named or self._cells.get("valueConstraint", "")
        elif self._cells.get("valueConstraint"):
            self._unused("valueConstraint")
        if self._cells.get("valueShape"):
            self._unused("valueShape")
        if named and not _NOT_NAME.sub("", named.replace("-", "_")).isidentifier():
            self.expect_name("vocabulary", named)
        return named or known

    def _default(self, role: Role, known: str) -> str:
        written = self._cells.get("default", "")
        if written and role is not Role.VALUE:
            self._bad("default", written, _("nothing: only a field of the role value has one"))
            return known
        return written or known

    def _separators(self, known: str) -> str:
        written = self._cells.get("separator", "")
        if not written:
            return known
        marks = re.sub(r"\bline\b", "", written).replace(" ", "").replace("\\t", "\t")
        if not _MARKS.fullmatch(marks):
            self._bad("separator", written, _("some of ; | , / and the word line"))
            return known
        return marks + (LINE if "line" in written.split() else "")

    def _word(self, column: str, words: type[Word], known: Word) -> Word:
        written = self._cells.get(column, "")
        if not written:
            return known
        try:
            return words(written.lower())
        except ValueError:
            expected = _("one of: {words}").format(words=", ".join(words))
            self._bad(column, written, expected)
            return known

    def _truth(self, column: str, known: bool) -> bool:
        written = self._cells.get(column, "").lower()
        if not written:
            return known
        if written not in (*_TRUE, *_FALSE):
            self._bad(column, written, _("true or false"))
        return written in _TRUE

    def _unused(self, column: str) -> None:
        self.find("PROFILE-unused", column, value=self._cells[column], column=column)

    def _bad(self, column: str, value: str, expected: str) -> None:
        self.find("PROFILE-bad-value", column, value=value, expected=expected)


def _plain_role(name: str) -> Role:
    return Role.IDENTIFIER if name == "identifier" else Role.VALUE
