"""Legacy text for tests: the way back, which the product does not need."""

from __future__ import annotations

import unicodedata

from schemas.legacy.charsets import letters_of
from schemas.vietnamese import TONES

_VIQR_TONES = {"\u0300": "`", "\u0301": "'", "\u0303": "~", "\u0309": "?", "\u0323": "."}
_VIQR_HATS = {"\u0302": "^", "\u0306": "(", "\u031b": "+"}
_PLAIN = {"tcvn3": "abc", "tcvn5712": "tcvn3"}


def codes(charset: str) -> dict[str, str]:
    """Return the code or codes of each letter of a charset."""
    name = "tcvn3" if charset == "tcvn5712" else charset
    found: dict[str, str] = {}
    for written, letter in letters_of(name).items():
        # In the fonts' own set a capital with a tone is its letter and the lower-case one.
        is_font_code = len(written) == 2 or 0xA1 <= ord(written) <= 0xFE
        is_capital_code = letter.isupper() and len(written) == 1 and letter not in "ĂÂÊÔƠƯĐ"
        if charset == "tcvn3" and (not is_font_code or is_capital_code):
            continue
        if charset == "tcvn5712" and len(written) == 2:
            continue
        if charset == "vni" and len(written) == 2 and written[0].isupper() and written[1].islower():
            continue
        if letter not in found or (charset == "vni" and len(written) < len(found[letter])):
            found[letter] = written
    return found


def write_legacy(text: str, charset: str) -> str:
    """Return text as the codes of a legacy charset, as Latin-1 shows them."""
    text = unicodedata.normalize("NFC", text)
    if charset == "utf-8":
        return text
    if charset == "viqr":
        return "".join(map(_viqr, text))
    if charset == "cp1258":
        return "".join(map(_cp1258, text)).encode("cp1258").decode("latin-1")
    table = codes(charset)
    return "".join(table.get(letter, letter) for letter in text)


def _viqr(letter: str) -> str:
    if letter in "đĐ":
        return "dd" if letter == "đ" else "DD"
    base, *marks = unicodedata.normalize("NFD", letter)
    hats = "".join(_VIQR_HATS[mark] for mark in marks if mark in _VIQR_HATS)
    return base + hats + "".join(_VIQR_TONES[mark] for mark in marks if mark in _VIQR_TONES)


def _cp1258(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in apart if mark in TONES)
    toneless = "".join(mark for mark in apart if mark not in TONES)
    return unicodedata.normalize("NFC", toneless) + tones
