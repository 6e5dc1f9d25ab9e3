r"""Letters that nobody sees: those that turn the writing round, and those without any width.

A name as ``\u202egpj.exe`` is shown as ``exe.jpg``: what a person sees is not what is there. The
languages of our museums are written from left to right, and a text that is not needs no such
letter either, because each of its own letters has its direction.

Source: Unicode Standard Annex #9, section 2 Directional Formatting Characters; Unicode Technical
Report #36, section 2.10 Bidirectional Text Spoofing.
"""

from __future__ import annotations

import re

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# No writing needs these. Joiners and marks of direction are of use in a text: emoji, the scripts of
# India and South-East Asia, words from right to left.
_NEEDLESS = re.compile("[\u200b\u2060\ufeff\u00ad]")
_WITHOUT_WIDTH = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")


def has_turning(text: str) -> bool:
    """Say whether a text holds a letter that overrides or embeds a direction of writing."""
    return not text.isprintable() and _TURNING.search(text) is not None


def without_turning(text: str) -> str:
    """Return a text without the letters that override or embed a direction of writing."""
    return text if text.isprintable() else _TURNING.sub("", text)


def without_needless(text: str) -> str:
    """Return a text without the letters that nobody sees and that no text needs."""
    return text if text.isprintable() else _NEEDLESS.sub("", _TURNING.sub("", text))


def turning_shown(text: str) -> str:
    r"""Return a text in which such letters are written out, as ``\u202e``, and do nothing."""
    return text if text.isprintable() else _TURNING.sub(lambda found: _written(found[0]), text)


def hidden_in(text: str) -> tuple[str, ...]:
    """Return the names, as ``U+200B``, of the letters of a text that nobody sees, each once."""
    if text.isprintable():
        return ()
    return _names(_TURNING.findall(text) + _WITHOUT_WIDTH.findall(text))


def needless_in(text: str) -> tuple[str, ...]:
    """Return the names of the letters that :func:`without_needless` leaves out, each once."""
    if text.isprintable():
        return ()
    return _names(_TURNING.findall(text) + _NEEDLESS.findall(text))


def _names(letters: list[str]) -> tuple[str, ...]:
    return tuple(f"U+{ord(letter):04X}" for letter in dict.fromkeys(letters))


def _written(letter: str) -> str:
    return f"\\u{ord(letter):04x}"
