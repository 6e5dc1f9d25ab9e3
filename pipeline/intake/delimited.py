"""CSV and its relatives as rows: encoding by byte order mark, separator by the headings.

``csv.Sniffer`` guesses from characters and is often wrong where cells hold commas and
semicolons, as museum catalogues do; the headings are a far surer sign. Cells that were quoted
so that no program runs them as formulas (:mod:`schemas.cells`) come back as they were.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from math import log
from pathlib import Path
from typing import BinaryIO, TextIO

from pipeline.intake.table import Row, Sheet, SheetError
from schemas.cells import unquote_cell
from schemas.messages import _

SEPARATORS = (";", ",", "\t")
_SAMPLE_CHARS = 1 << 16
_HEADER_RECORDS = 20
_UNDEFINED_IN_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@contextmanager
def open_delimited(
    path: Path, *, count_known: Callable[[Sequence[str]], int]
) -> Iterator[Iterator[Sheet]]:
    """Open a CSV file and give its one sheet, while the block lasts.

    The text is UTF-8, with or without byte order mark, or UTF-16 with one; any other is taken for
    Windows' Western code page, which shows every Vietnamese set from before Unicode in a way that
    can be told and turned back (``pipeline.intake.rescue``). A first line ``sep=;`` names the
    separator and is no row, as in Excel.

    Raises:
        SheetError: The text is in another encoding, or a quotation mark is never closed.
    """
    with path.open("rb") as raw:
        encoding = _encoding(raw)
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        sample = text.read(_SAMPLE_CHARS)
    declared = _declared_separator(sample)
    separator = declared or detect_separator(sample, count_known=count_known)
    with path.open(encoding=encoding, newline="") as text:
        yield iter((Sheet("", _rows(text, separator, is_declared=bool(declared))),))


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


def _encoding(raw: BinaryIO) -> str:
    head = raw.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        raise SheetError(
            "SHEET-unreadable", reason=_("it is neither a workbook nor text in UTF-8 or UTF-16")
        )
    raw.seek(0)
    return eight_bit_encoding(iter(partial(raw.read, 1 << 20), b"")) or "utf-8"


def eight_bit_encoding(blocks: Iterable[bytes]) -> str:
    """Return how text is to be decoded that is not UTF-8: cp1252, or latin-1 where that fails.

    Returns:
        Empty for UTF-8, also where its last character is cut off. Both others give each byte a
        character of its own, so that no byte is lost whatever set the text was written in.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_windows = True, True
    for block in blocks:
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
        is_windows = is_windows and not _UNDEFINED_IN_WINDOWS.search(block)
    if is_utf8:
        return ""
    return "cp1252" if is_windows else "latin-1"


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
