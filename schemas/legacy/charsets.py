"""The eight-bit Vietnamese character sets, and text in one of them as Unicode.

Text in a legacy character set comes to us as the characters that another one has at the same
codes: ``®ång`` is TCVN3 shown in the Western set of Windows (code page 1252), ``∂ång`` the same
on a Macintosh. :data:`WINDOWS` and :data:`MAC` lead from those characters back to the codes.

Source: ``charsets.csv``; where its rows come from stands in ``charsets.md``.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

CHARSETS = ("tcvn3", "vni", "viscii", "vps")

_TABLE = Path(__file__).with_name("charsets.csv")
_HIGH_RUN = re.compile("[\x80-\xff]{2,}")
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")


def _codes_of(encoding: str) -> dict[int, str]:
    """Return code points to the character of the same byte, where the two differ."""
    pairs = ((code, bytes([code])) for code in range(0x80, 0x100) if code not in _UNDEFINED)
    if encoding == "mac_roman":
        pairs = ((code, bytes([code])) for code in range(0x80, 0x100))
    decoded = ((ord(byte.decode(encoding)), chr(code)) for code, byte in pairs)
    return {point: code for point, code in decoded if point != ord(code)}


WINDOWS: Mapping[int, str] = _codes_of("cp1252")
"""For ``str.translate``: characters of code page 1252 to their codes, 0x80 to 0x9F."""

MAC: Mapping[int, str] = _codes_of("mac_roman") | {0x03BC: "\xb5", 0x2126: "\xbd"}
"""For ``str.translate``: characters of Mac Roman, and letters that look the same, to codes."""


def convert(codes: str, charset: str) -> str:
    """Return text in a legacy character set as Unicode, in NFC.

    Characters the set has no letter for stay as they are.

    Args:
        codes: The text, each code as the character of that number (as Latin-1 decodes bytes).
        charset: One of :data:`CHARSETS`.
    """
    pattern, letters = _table(charset)
    text = pattern.sub(lambda match: letters[match[0]], codes)
    return unicodedata.normalize("NFC", text)


def convert_cp1258(codes: str) -> str:
    """Return text in Windows' Vietnamese code page as Unicode, in NFC."""
    return unicodedata.normalize("NFC", codes.translate(_cp1258()))


def convert_utf8(codes: str) -> str:
    """Return UTF-8 that was read as an eight-bit set as Unicode; what is no UTF-8 stays."""
    return unicodedata.normalize("NFC", _HIGH_RUN.sub(_decoded, codes))


def letters_of(charset: str) -> Mapping[str, str]:
    """Return the letters of a set by their codes."""
    return _table(charset)[1]


@lru_cache(maxsize=len(CHARSETS))
def _table(charset: str) -> tuple[re.Pattern[str], dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        letters = {
            _characters(row["codes"]): _characters(row["unicode"])
            for row in csv.DictReader(file)
            if row["charset"] == charset
        }
    if not letters:
        raise ValueError(f"{charset!r} is not one of {CHARSETS}")
    # Two codes before one: AË is Ặ in VNI, and Ë alone Ỷ.
    longest_first = sorted(letters, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), letters


@lru_cache(maxsize=1)
def _cp1258() -> dict[int, str]:
    undefined = _UNDEFINED | {0x8A, 0x8E, 0x9A, 0x9E}
    codes = (code for code in range(0x80, 0x100) if code not in undefined)
    return {code: bytes([code]).decode("cp1258") for code in codes}


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def _decoded(match: re.Match[str]) -> str:
    try:
        return match[0].encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
