"""How text from a catalogue is tidied, folded for comparison, and told to be Vietnamese."""

from __future__ import annotations

import re
import unicodedata

from schemas.hidden_letters import without_needless

# Letters no other language of our sites writes: đ ơ ư ă, and the block in which Unicode keeps
# every Vietnamese letter with a tone mark or a mark below.
_VIETNAMESE_LETTER = re.compile("[đơưăĩũ\u1ea0-\u1ef9]")
# English words that are no Vietnamese syllables ("the" is one, a silk): an English caption may
# well hold a Vietnamese name.
_ENGLISH_WORD = re.compile(r"\b(?:of|and|with|from|by|for|at)\b")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_NOT_WORD = re.compile(r"[\W_]+")


def tidy_line(text: str) -> str:
    """Return ``text`` in NFC on one line: runs of white space become one space.

    Letters that nobody sees and no text needs are left out, also those that turn the writing
    round; joiners stay, because emoji and some scripts are written with them.
    """
    if not text.isprintable():
        text = _CONTROL.sub("", without_needless(text))
    text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tidy_lines(text: str) -> str:
    """Return ``text`` in NFC, its line breaks kept, with at most one blank line."""
    if text.isprintable():
        return tidy_line(text)
    lines = (tidy_line(line) for line in _LINE_BREAK.sub("\n", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def fold(text: str) -> str:
    """Return ``text`` for recognising a heading or a word: ``Số_Kiểm-kê*`` is ``so kiem ke``.

    Case, Latin marks and punctuation are dropped and đ is d; other scripts keep their marks.
    """
    return _NOT_WORD.sub(" ", strip_marks(text)).strip()


def strip_marks(text: str) -> str:
    """Return ``text`` in lower case without Latin marks, with đ as d."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in bare if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare)


def is_vietnamese(text: str) -> bool:
    """Say whether ``text`` is obviously Vietnamese.

    It holds a letter that only Vietnamese has, and no common English word. Vietnamese text
    without such a letter ("Áo dài") is not obvious, so it gives False.
    """
    if text.isascii():
        return False
    lowered = unicodedata.normalize("NFC", text.lower())
    return bool(_VIETNAMESE_LETTER.search(lowered)) and not _ENGLISH_WORD.search(lowered)
