"""CSV and its relatives as rows: separator by the headings, encoding by ``intake.encodings``.

``csv.Sniffer`` guesses from characters and is often wrong where cells hold commas and
semicolons, as museum catalogues do; the headings are a far surer sign. Cells that were quoted
so that no program runs them as formulas (:mod:`schemas.cells`) come back as they were.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from math import log
from pathlib import Path
from typing import TextIO

from pipeline.intake.encodings import Encoding, find_encoding, marked_encoding
from pipeline.intake.table import Row, Sheet, SheetError
from schemas.cells import unquote_cell
from schemas.messages import _

SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_CHARS = 1 << 16
_HEADER_RECORDS = 20


@contextmanager
def open_delimited(
    path: Path, *, count_known: Callable[[Sequence[str]], int], encoding: str = ""
) -> Iterator[Iterator[Sheet]]:
    """Open a CSV file and give its one sheet, while the block lasts.

    Text that is in none of the Unicode encodings nor Windows-1258 is read as Windows' Western code
    page, in which every Vietnamese set from before Unicode can be told and turned back
    (``pipeline.intake.rescue``). A first line ``sep=;`` names the separator and is no row, as in
    Excel.

    Args:
        path: The file.
        count_known: Says how many of some cells are known column headings.
        encoding: Its encoding where it has no byte order mark; empty means that it is found.

    Raises:
        SheetError: The text is in another encoding, or a quotation mark is never closed.
    """
    found = _encoding(path, encoding)
    with path.open(encoding=found.name, errors="replace", newline="") as text:
        sample = text.read(_SAMPLE_CHARS)
    declared = _declared_separator(sample)
    separator = declared or detect_separator(sample, count_known=count_known)
    with path.open(encoding=found.name, errors=found.errors, newline="") as text:
        rows = _rows(text, separator, is_declared=bool(declared))
        yield iter((Sheet("", rows, encoding=found.guessed),))


def detect_separator(sample: str, *, count_known: Callable[[Sequence[str]], int]) -> str:
    """Return the separator of a delimited text.

    It is the one that shows the most known headings in one of the first rows; where that does
    not decide, the one that cuts the most rows into the same, largest number of cells.

    Args:
        sample: The beginning of the text; its last record may be cut off.
        count_known: Says how many of some cells are known column headings.
    """
    scores = []
    for separator in SEPARATORS:
        records = _sample_records(sample, separator)
        known = max(map(count_known, records[:_HEADER_RECORDS]), default=0)
        scores.append((known, _evenness(records), separator))
    best = max(scores, key=lambda score: score[:2])
    return best[2] if best[:2] > (0, 0) else ","


def _encoding(path: Path, given: str) -> Encoding:
    """Return the encoding of a file: what its first bytes say comes before what a museum says."""
    marked = marked_encoding(path)
    if marked or not given:
        return marked or find_encoding(path)
    return Encoding(given)


def _rows(text: TextIO, separator: str, *, is_declared: bool) -> Iterator[Row]:
    number = 0
    try:
        if is_declared:
            text.readline()
        # Strict, because otherwise a quotation mark that is never closed swallows the rest of
        # the file into one cell without a word.
        for record in csv.reader(text, delimiter=separator, strict=True):
            number += 1
            yield Row(number, tuple(map(unquote_cell, record)))
    except UnicodeDecodeError as error:
        reason = _("after row {row} the text is not {encoding}").format(
            row=number, encoding=error.encoding.upper()
        )
        raise SheetError("SHEET-unreadable", reason=reason) from error
    except csv.Error as error:
        reason = _("a quotation mark in row {row} is not closed or not doubled ({error})").format(
            row=number + 1, error=error
        )
        raise SheetError("SHEET-unreadable", row=number + 1, reason=reason) from error


def _declared_separator(sample: str) -> str:
    declared = re.match(r'"?sep=(.)"?\r?\n', sample, re.IGNORECASE)
    return declared[1] if declared else ""


def _sample_records(sample: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    records: list[list[str]] = []
    # What was read up to an error is enough to tell; the true reading will say what is wrong.
    with suppress(csv.Error):
        records.extend(record for record in islice(reader, 200) if record)
    is_cut = len(sample) >= _SAMPLE_CHARS and len(records) > 1
    return records[:-1] if is_cut else records


def _evenness(records: Sequence[Sequence[str]]) -> float:
    widths = Counter(len(record) for record in records)
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / len(records) * log(width)
