"""A text file of inventory numbers, one a line: what ``--list`` reads.

A line may have more cells after a tab, as a column copied from a spreadsheet has; blank lines
are passed over. A number is found as it is written, else by its spelling: ``bt 1`` is ``BT-001``
where no other item is called so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.catalogue import Catalogue
from archive.store import Store
from pipeline.intake.encodings import find_encoding
from pipeline.intake.table import SheetError
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.identifiers import item_id_for, spelling_key
from schemas.messages import _
from schemas.unread import why_unread

LARGEST_LIST_BYTES = 64 * 1024 * 1024
_LONGEST_NUMBER = 1000


@dataclass(frozen=True)
class ListedNumber:
    """One inventory number of a list.

    Attributes:
        line: Where it stands, from 1.
        text: As it is written.
    """

    line: int
    text: str


@dataclass(frozen=True)
class NumberList:
    """The items a list means.

    Attributes:
        lines: Where each item was first named, by item id.
        findings: The numbers that no item or several have, each with its line.
    """

    lines: dict[str, ListedNumber]
    findings: tuple[Finding, ...]


def read_number_list(path: Path, catalogue: Catalogue, store: Store) -> NumberList:
    """Return the items that a list names.

    An item that was taken out of the archive is among them, and told: a partner may still
    have it.

    Raises:
        SourceError: The file cannot be read, is no text, or has no number.
    """
    numbers = _read(path)
    lines: dict[str, ListedNumber] = {}
    missing: list[ListedNumber] = []
    findings: list[tuple[int, Finding]] = []
    for number in numbers:
        item_id = item_id_for(number.text)
        if catalogue.get(item_id) is not None:
            lines.setdefault(item_id, number)
        else:
            missing.append(number)
    spelled = _by_spelling(catalogue, missing)
    for number in missing:
        item_id = item_id_for(number.text)
        fitting = spelled.get(spelling_key(number.text), [])
        if len(fitting) == 1:
            lines.setdefault(fitting[0][0], number)
        elif fitting:
            names = ", ".join(identifier for _id, identifier in fitting)
            findings.append((number.line, _told("ambiguous", path, number, names=names)))
        elif store.has(item_id):
            lines.setdefault(item_id, number)
            findings.append((number.line, _told("withdrawn", path, number)))
        else:
            findings.append((number.line, _told("unknown", path, number)))
    return NumberList(lines, tuple(finding for _line, finding in sorted(findings, key=_by_line)))


def withheld(path: Path, number: ListedNumber) -> Finding:
    """Return the finding of a listed item that may not go out."""
    return _told("withheld", path, number)


def _told(what: str, path: Path, number: ListedNumber, **values: object) -> Finding:
    return Finding(
        f"EXPORT-number-{what}",
        path.name,
        row=number.line,
        values={"number": number.text, **values},
    )


def _by_line(pair: tuple[int, Finding]) -> int:
    return pair[0]


def _by_spelling(
    catalogue: Catalogue, missing: list[ListedNumber]
) -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """Return the items, by spelling, that may be meant by numbers no item has as written."""
    spelled: dict[tuple[str, ...], list[tuple[str, str]]] = {
        spelling_key(number.text): [] for number in missing
    }
    if spelled:
        for item_id, identifier in catalogue.identifiers():
            fitting = spelled.get(spelling_key(identifier))
            if fitting is not None:
                fitting.append((item_id, identifier))
    return spelled


def _read(path: Path) -> list[ListedNumber]:
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_LIST_BYTES:
            raise SourceError(
                _("The list has {size} bytes; the limit is {limit}.").format(
                    size=size_bytes, limit=LARGEST_LIST_BYTES
                ),
                path=path,
            )
        numbers = list(_lines(path))
    except (OSError, UnicodeDecodeError, SheetError) as error:
        reason = why_unread(error)
        raise SourceError(
            _("The list cannot be read: {reason}.").format(reason=reason),
            remedy=_("Save it as plain text in UTF-8, one inventory number a line."),
            path=path,
        ) from error
    if not numbers:
        raise SourceError(
            _("The list has no inventory number."),
            remedy=_("Write one inventory number on each line."),
            path=path,
        )
    return numbers


def _lines(path: Path) -> Iterator[ListedNumber]:
    encoding = find_encoding(path)
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        for line, text in enumerate(file, start=1):
            number = text.partition("\t")[0].strip()[:_LONGEST_NUMBER]
            if number:
                yield ListedNumber(line, number)
