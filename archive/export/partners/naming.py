"""Names of a partner's image files: by its pattern, and fit for every disk and for a wiki.

Invariant: a name has 1 to 120 bytes, no two of one export are alike on any file system or as pages
of a wiki, and none has a character that Windows or MediaWiki refuses. The title is cut where there
is no room for all; the number never is.

Source: https://commons.wikimedia.org/wiki/Commons:File_naming, MediaWiki $wgLegalTitleChars,
https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from archive.export.names import safe_name
from schemas.partners.reading import PLACEHOLDER
from schemas.wikitext import file_title

LONGEST_BYTES = 120
_TITLE = "title"
_COLON = re.compile(r"\s*:\s+")
_REFUSED = re.compile(r"[#<>\[\]{}|/\\:*?\"%~&]+")
# A wiki takes "_" for a blank, and several for one.
_BLANKS = re.compile(r"[\s_]{2,}|[^\S ]")
# Also what a table would have to quote, for a name in a table is the name of the file.
_NOT_FIRST = " .-_,'=+@＝＋－＠"
_ROOM_FOR_COUNT = 8


class FileNames:
    """Gives names, and remembers those that it gave."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._taken: set[str] = set()

    def name(self, parts: Mapping[str, str], ending: str) -> str:
        """Return a new name.

        Args:
            parts: Text of each placeholder of the pattern.
            ending: Ending of the file, as ``.jpg``.
        """
        stem = self._stem(parts, ending)
        name, number = safe_name(stem + ending), 1
        while file_title(name) in self._taken:
            number += 1
            name = safe_name(f"{stem}-{number}{ending}")
        self._taken.add(file_title(name))
        return name

    def _stem(self, parts: Mapping[str, str], ending: str) -> str:
        clean = {key: _clean(text) for key, text in parts.items()}
        fixed = _filled(self._pattern, clean | {_TITLE: ""})
        room = LONGEST_BYTES - _ROOM_FOR_COUNT - len((fixed + ending).encode())
        clean[_TITLE] = _cut(clean.get(_TITLE, ""), room)
        stem = _filled(self._pattern, clean)
        # safe_name would put "_" before a device name of Windows, and a wiki would take it off.
        return "x" + safe_name(stem) if safe_name(stem).startswith("_") else stem


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    text = PLACEHOLDER.sub(lambda found: parts.get(found[1], ""), pattern)
    # What stood between two parts of which one is empty is not needed.
    return _clean(text).lstrip(_NOT_FIRST).rstrip(" .-_,")


def _clean(text: str) -> str:
    visible = "".join(
        letter if unicodedata.category(letter)[0] != "C" else " "
        for letter in unicodedata.normalize("NFC", text)
    )
    visible = _COLON.sub(" - ", visible)
    return _BLANKS.sub(
        lambda found: "_" if found[0][0] == "_" else " ", _REFUSED.sub("-", visible)
    ).strip(" _")


def _cut(text: str, room: int) -> str:
    encoded = text.encode()
    if len(encoded) <= room:
        return text
    short = encoded[: max(room, 0)].decode(errors="ignore")
    words, _blank, _half = short.rpartition(" ")
    return (words or short).rstrip(" .,;-")
