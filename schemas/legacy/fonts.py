"""Which character set the name of a font tells.

The fonts of the ABC set are called ``.VnTime``, ``.VnArial``; a name that ends in H draws capital
letters from lower-case codes. VNI's fonts are ``VNI-Times`` or ``VNI Times``, those of VPS
``VPS Long An``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ABC = re.compile(r"\.vn[a-z0-9 ._-]*?(h?)", re.IGNORECASE)


@dataclass(frozen=True)
class FontSet:
    """What a font's name tells.

    Attributes:
        charset: ``tcvn3``, ``vni`` or ``vps``.
        is_capitals: The font draws every letter as a capital.
    """

    charset: str
    is_capitals: bool = False


def font_set(name: str) -> FontSet | None:
    """Return the character set of a font, or None when it is a Unicode font."""
    name = name.strip()
    match = _ABC.fullmatch(name)
    if match:
        return FontSet("tcvn3", is_capitals=match[1] == "H")
    lowered = name.lower()
    if re.match(r"vni[-\s_]", lowered):
        return FontSet("vni")
    if re.match(r"vps[-\s_]", lowered):
        return FontSet("vps")
    return None
