"""In which encoding a text file is written, when nothing in it says so.

A byte order mark decides; then UTF-16 shows by its zeros, and UTF-8 by being valid. What
remains is a code page of Windows: 1258 where that gives Vietnamese syllables, else 1252, which
keeps every byte. (Bytes of TCVN3 or VNI fonts are read as 1252, as their own programs show them;
the rescue of legacy text takes it from there.)
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.intake.table import SheetError
from schemas.legacy.evidence import Evidence
from schemas.legacy.readings import BY_NAME
from schemas.messages import _

_SAMPLE_BYTES = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A zero in this share of every second byte: Vietnamese in UTF-16 has about two in three.
_ZERO_SHARE = 0.2
_SAMPLE_LINES = 2000
_SEPARATOR = re.compile(r"[;,\t|]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_KEEP_BYTE = "hoaban.keep-byte"


@dataclass(frozen=True)
class Encoding:
    """How a text file is decoded.

    Attributes:
        name: Name of the codec.
        errors: Error handler for it.
        guessed: What people call it, when it was only guessed; else empty.
    """

    name: str
    errors: str = "strict"
    guessed: str = ""


def find_encoding(path: Path) -> Encoding:
    """Return the encoding of a text file; all of it may be read.

    Raises:
        SheetError: It is no text, or UTF-8 in which some bytes are damaged.
    """
    marked = marked_encoding(path)
    if marked:
        return marked
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if b"\0" in sample:
        return _without_mark(sample)
    good, bad_row = _judge_utf8(path)
    if not bad_row:
        return Encoding("utf-8")
    # One damaged byte among thousands of good ones does not make it another encoding.
    if good:
        reason = _("after row {row} the text is not {encoding}").format(
            row=bad_row - 1, encoding="UTF-8"
        )
        raise SheetError("SHEET-unreadable", reason=reason)
    if _is_vietnamese_1258(sample):
        return Encoding("cp1258", _KEEP_BYTE, "Windows-1258")
    return Encoding("cp1252", _KEEP_BYTE, "Windows-1252")


def marked_encoding(path: Path) -> Encoding | None:
    """Return the encoding that the byte order mark of a file says, or None where it has none."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((Encoding(name) for mark, name in _MARKS if head.startswith(mark)), None)


def _without_mark(sample: bytes) -> Encoding:
    halves = sample[0::2], sample[1::2]
    zeros = [half.count(0) / max(1, len(half)) for half in halves]
    for name, own, other in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        is_likely = zeros[own] >= _ZERO_SHARE > 10 * zeros[other]
        if is_likely and not _CONTROL.search(sample.decode(name, "replace")):
            return Encoding(name, guessed="UTF-16")
    raise SheetError("SHEET-unreadable", reason=_("it is neither a workbook nor text"))


def _judge_utf8(path: Path) -> tuple[bool, int]:
    """Return whether what is not ASCII is mostly UTF-8, and the first line that is not, or 0."""
    letters = errors = line = first_bad = 0
    with path.open("rb") as file:
        for raw in file:
            line += 1
            if raw.isascii():
                continue
            text = raw.decode("utf-8", "replace")
            replaced = text.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
            letters += len(text) - len(text.encode("ascii", "ignore")) - replaced
            errors += replaced
            if replaced and not first_bad:
                first_bad = line
    return letters > 10 * errors, first_bad


def _is_vietnamese_1258(sample: bytes) -> bool:
    """Say whether Windows-1258, and no other set from before Unicode, gives possible syllables."""
    evidence = Evidence()
    for line in sample.decode("cp1252", _KEEP_BYTE).splitlines()[:_SAMPLE_LINES]:
        for cell in _SEPARATOR.split(line):
            evidence.add(cell)
    decision = evidence.decide()
    return decision is not None and BY_NAME[decision.reading].charset == "cp1258"


def _keep_byte(error: UnicodeError) -> tuple[str, int]:
    """Give a byte that the code page leaves free as the control character of its number.

    Source: WHATWG Encoding, index windows-1252, which does the same.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error(_KEEP_BYTE, _keep_byte)
