"""Vietnamese in ASCII: marks typed after their letter, as ``Tro^'ng ddo^`ng``.

A full stop or question mark after a vowel is a mark or just that. It is a mark inside a word; at
the end of a word it is one where the syllable has no tone yet, this letter may carry it and the
text goes on: after a full stop with a lower-case word, after a question mark with any.

Source: RFC 1456, section 4.
"""

from __future__ import annotations

import re
import unicodedata

from schemas.legacy.syllables import carries_tone, is_syllable
from schemas.vietnamese import TONES

_HATS = {"^": "\u0302", "(": "\u0306", "+": "\u031b", "*": "\u031b"}
_MARKS = {"`": "\u0300", "'": "\u0301", "~": "\u0303", "?": "\u0309", ".": "\u0323"}
SIGN = re.compile(r"[AEOaeo]\^|[Aa]\((?!\w*\))|[OUou][+*](?!\s)|[AEIOUYaeiouy][`~]|\b[Dd][Dd]")
"""What no other ASCII text often has: a letter with a hat, a horn, a tilde or a grave accent."""
_HAT = re.compile(r"([AEOaeo])(\^)|([Aa])(\()|([OUou])([+*])")
_DD = re.compile(r"\\?\b([Dd])[Dd](?=[^\Wd])")
_WORD = re.compile(r"(?:[^\W\d_]|(?<=[AEIOUYaeiouyăâêôơưĂÂÊÔƠƯ])[`'~?.])+")
_TONED = re.compile(r"([AEIOUYaeiouyăâêôơưĂÂÊÔƠƯ])([`'~?.])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# Escaped characters wait in the private use area until the marks are read.
_WAITING = 0xF700
_SENTENCE_WORDS = 5


def convert_viqr(text: str) -> str:
    """Return VIQR text as Unicode, in NFC; a backslash before a mark makes it plain."""
    text = _ESCAPED.sub(_put_aside, text)
    text = unicodedata.normalize("NFC", text)
    text = _DD.sub(lambda match: "Đ" if match[1] == "D" else "đ", text)
    text = _HAT.sub(_with_hat, text)
    text = _WORD.sub(_with_tone, text)
    return re.sub("[\uf700-\uf77f]", lambda match: chr(ord(match[0]) - _WAITING), text)


def ambiguous_words(text: str) -> list[str]:
    """Return the words of VIQR ``text`` whose last stop or question mark may be a tone mark."""
    text = _HAT.sub(_with_hat, _DD.sub("đ", unicodedata.normalize("NFC", text)))
    return [
        match[0]
        for match in _WORD.finditer(text)
        if match[0][-1] in ".?"
        and _may_be_toned(match[0][:-1], match[0][-1])
        and not _is_followed(match)
        and not _ends_sentence(match)
    ]


def with_last_mark(word: str) -> str:
    """Return an ambiguous word with its last stop or question mark read as its tone."""
    return _toned(word)


def _put_aside(match: re.Match[str]) -> str:
    return chr(_WAITING + ord(match[1])) if match[1] in "`'~?.^(+*Dd" else match[0]


def _with_hat(match: re.Match[str]) -> str:
    letter, sign = (group for group in match.groups() if group)
    return unicodedata.normalize("NFC", letter + _HATS[sign])


def _with_tone(match: re.Match[str]) -> str:
    word = match[0]
    body, last = (word[:-1], word[-1]) if word[-1] in ".?'" else (word, "")
    if last and not (_may_be_toned(body, last) and _is_followed(match)):
        return _toned(body) + last
    return _toned(word)


def _toned(word: str) -> str:
    return _TONED.sub(lambda m: unicodedata.normalize("NFC", m[1] + _MARKS[m[2]]), word)


def _may_be_toned(word: str, mark: str) -> bool:
    toned = _toned(word)
    has_tone = any(letter in TONES for letter in unicodedata.normalize("NFD", toned))
    if has_tone or not word or not carries_tone(word, len(word) - 1):
        return False
    return is_syllable(unicodedata.normalize("NFC", word + _MARKS[mark]))


def _is_followed(match: re.Match[str]) -> bool:
    if match[0][-1] == "'":
        return True
    after = re.match(r"[ \t]*(\S?)", match.string[match.end() :])
    following = after[1] if after else ""
    if match[0][-1] == "?":
        # A register asks no questions before its last word.
        return bool(following)
    return following.islower() or following in (",", ";", ":", ".", ")")


def _ends_sentence(match: re.Match[str]) -> bool:
    """Say whether the stop is the last sign of a text long enough to be a sentence."""
    is_last = not match.string[match.end() :].strip()
    return is_last and match[0][-1] == "." and len(match.string.split()) >= _SENTENCE_WORDS
