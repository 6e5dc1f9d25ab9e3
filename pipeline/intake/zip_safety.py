"""A workbook that is a ZIP archive of XML parts, checked before anything reads it.

A part with a document type (the way to entity bombs and to files of this machine), an encoding
that could hide one, or an archive that swells out of proportion is refused, whichever XML
parser comes after.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.intake.table import SheetError
from schemas.messages import _

# Deflate cannot do better than 1:1032; spreadsheet XML stays under 1:100.
MAX_RATIO = 400
_RATIO_FREE_BYTES = 1_000_000
_CHUNK_BYTES = 1 << 20
_MB = 1_000_000

# In every encoding that an XML parser recognises without being told.
_DOCTYPES = tuple(
    "<!DOCTYPE".encode(encoding)
    for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
_EBCDIC_XML = b"\x4c\x6f\xa7\x94"
_DECLARED_ENCODING = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")
_PLAIN_ENCODINGS = (b"utf-8", b"us-ascii", b"iso-8859-1")


def check_package(archive: zipfile.ZipFile, size_bytes: int, *, limit_bytes: int) -> None:
    """Refuse an archive that could do harm.

    Args:
        archive: The workbook.
        size_bytes: Length of its file.
        limit_bytes: Most bytes of what is packed in it; photographs, which hardly shrink, are
            bounded by the file itself.

    Raises:
        SheetError: It is protected with a password, a bomb, or has a part no parser should see.
    """
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError("SHEET-encrypted")
    _check_size(parts, size_bytes, limit_bytes)
    for part in parts:
        if not _is_harmless(archive, part):
            reason = _("its part {name} has a document type or a strange encoding").format(
                name=part.filename
            )
            raise SheetError("SHEET-unreadable", reason=reason)


@contextmanager
def sheet_errors(sheet: str = "") -> Iterator[None]:
    """Translate what a parser raises inside the block into errors of the catalogue."""
    try:
        yield
    except (SheetError, OSError, GeneratorExit):
        raise
    except zipfile.BadZipFile as error:
        reason = _("the file is damaged or cut short ({error})").format(error=error)
        raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason) from error
    # openpyxl and the parsers below it raise whatever a malformed part leads them to
    # (KeyError, TypeError, ParseError, IndexError …); each of them means the same to a museum.
    except Exception as error:
        reason = _("the workbook is malformed ({error})").format(
            error=f"{type(error).__name__}: {error}".splitlines()[0][:200]
        )
        raise SheetError("SHEET-unreadable", sheet=sheet, reason=reason) from error


def too_large(size_bytes: int, limit_bytes: int) -> SheetError:
    """Return the error of a catalogue that would need too much memory."""
    size, limit = -(-size_bytes // _MB), limit_bytes // _MB
    return SheetError("SHEET-too-large", size=size, limit=limit)


def _check_size(parts: list[zipfile.ZipInfo], size_bytes: int, limit_bytes: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    swelling = sum(part.file_size for part in parts if part.file_size > 2 * part.compress_size)
    if swelling > limit_bytes:
        raise too_large(unpacked, limit_bytes)
    has_overlaps = sum(part.compress_size for part in parts) > size_bytes
    swells = any(
        part.file_size > max(_RATIO_FREE_BYTES, MAX_RATIO * part.compress_size) for part in parts
    )
    if has_overlaps or swells:
        reason = _("it unpacks to {size} MB, as no spreadsheet does").format(
            size=-(-unpacked // _MB)
        )
        raise SheetError("SHEET-unreadable", reason=reason)


def _is_harmless(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Say whether no XML parser can be led astray by a part, whatever its name says it is."""
    with archive.open(part) as stream:
        chunk = stream.read(_CHUNK_BYTES)
        declared = _DECLARED_ENCODING.match(chunk)
        if declared and declared[1].lower() not in _PLAIN_ENCODINGS:
            return False
        if chunk.startswith(_EBCDIC_XML):
            return False
        tail = b""
        while chunk:
            window = tail + chunk
            if any(doctype in window for doctype in _DOCTYPES):
                return False
            tail = chunk[-36:]  # the longest form of the word has 36 bytes
            chunk = stream.read(_CHUNK_BYTES)
    return True
