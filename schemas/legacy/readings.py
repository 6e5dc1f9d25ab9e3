"""Every way in which legacy text reaches us: a character set, shown as another one's characters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.legacy.charsets import MAC, WINDOWS, convert, convert_cp1258, convert_utf8
from schemas.legacy.viqr import convert_viqr

# The Greek letter, which some programs put for the micro sign of the same shape.
_MICRO = {0x03BC: "\xb5"}


@dataclass(frozen=True)
class Reading:
    """One way to read a cell.

    Attributes:
        name: What people call it.
        charset: The set it was written in.
        convert: Gives the text as Unicode, in NFC.
    """

    name: str
    charset: str
    convert: Callable[[str], str]


def _through(view: Mapping[int, str], charset: str) -> Callable[[str], str]:
    return lambda text: convert(text.translate(view), charset)


def _from_utf8(text: str) -> str:
    return convert_utf8(text.translate(WINDOWS))


READINGS = (
    Reading("TCVN3 (ABC)", "tcvn3", _through(_MICRO, "tcvn3")),
    Reading("VNI", "vni", _through({}, "vni")),
    Reading("Windows-1258", "cp1258", lambda text: convert_cp1258(text.translate(WINDOWS))),
    Reading("VISCII", "viscii", _through(WINDOWS, "viscii")),
    Reading("TCVN 5712-1", "tcvn3", _through(WINDOWS, "tcvn3")),
    Reading("TCVN3 (Mac Roman)", "tcvn3", _through(MAC, "tcvn3")),
    Reading("VNI (Mac Roman)", "vni", _through(MAC, "vni")),
    # Shown as Western letters, saved as UTF-8 and shown as Western letters once more.
    Reading("TCVN3 (UTF-8)", "tcvn3", lambda text: convert(_from_utf8(text), "tcvn3")),
    Reading("VNI (UTF-8)", "vni", lambda text: convert(_from_utf8(text), "vni")),
    Reading("UTF-8 (Windows-1252)", "utf-8", _from_utf8),
    Reading("UTF-8 (Mac Roman)", "utf-8", lambda text: convert_utf8(text.translate(MAC))),
)
"""What words alone can tell apart, the likeliest first: of equals, the first is meant."""

VPS = Reading("VPS", "vps", _through(WINDOWS, "vps"))
"""Told by its fonts only: its codes are too much like those of VISCII."""

VIQR = Reading("VIQR", "viqr", convert_viqr)
"""Told by its marks, which are ASCII."""

BY_NAME: Mapping[str, Reading] = {reading.name: reading for reading in (*READINGS, VPS, VIQR)}
