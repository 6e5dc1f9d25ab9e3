"""The names by which a column heading says its language: ``Tên gọi (tiếng Anh)``, ``title@vi``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.intake.text import fold

# Folded name -> BCP 47 tag (ISO 639-3 where there is no two-letter code). "Hán" and "Hàn"
# (Korean) fold to one word, so neither stands here alone.
_NAMES: Mapping[str, str] = {
    "vi": "vi",
    "vn": "vi",
    "vie": "vi",
    "viet": "vi",
    "viet nam": "vi",
    "viet ngu": "vi",
    "vietnamese": "vi",
    "en": "en",
    "eng": "en",
    "anh": "en",
    "anh ngu": "en",
    "english": "en",
    "fr": "fr",
    "phap": "fr",
    "french": "fr",
    "francais": "fr",
    "zh": "zh",
    "trung": "zh",
    "trung quoc": "zh",
    "hoa": "zh",
    "chinese": "zh",
    "chu han": "lzh",
    "han nom": "vi-Hani",
    "chu nom": "vi-Hani",
    "nom": "vi-Hani",
    "ja": "ja",
    "nhat": "ja",
    "japanese": "ja",
    "han quoc": "ko",
    "korean": "ko",
    "nga": "ru",
    "russian": "ru",
    "duc": "de",
    "german": "de",
    "lao": "lo",
    "khmer": "km",
    "thai": "blt",
    "thai den": "blt",
    "tai dam": "blt",
    "thai trang": "twh",
    "tai don": "twh",
    "tay": "tyz",
    "nung": "nut",
    "muong": "mtq",
    "dao": "ium",
    "hmong": "hmn",
    "h mong": "hmn",
    "mong": "hmn",
    "kho mu": "kjg",
    "ha nhi": "hni",
    "cham": "cjm",
    "e de": "rad",
    "gia rai": "jra",
    "ba na": "bdq",
}
_PLAIN = frozenset(
    {"vi", "vn", "vie", "vietnamese", "en", "eng", "english", "fr", "french", "zh", "chinese"}
)
_TAG = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|\d{3}))?", re.IGNORECASE)


def language_named(name: str) -> str:
    """Return the BCP 47 tag of a language by its Vietnamese or English name, or empty.

    "Thái" is Tai Dam (``blt``), the language of the Black Tai of Điện Biên and Sơn La.
    """
    folded = fold(name)
    for prefix in ("", "tieng ", "chu ", "ngon ngu "):
        if folded.startswith(prefix):
            tag = _NAMES.get(folded) or _NAMES.get(folded.removeprefix(prefix))
            if tag:
                return tag
    return ""


def language_said(words: str) -> str:
    """Return the tag of a language named after a heading without brackets, or empty.

    Only what cannot be anything else counts: a code or an English name (``title_en``, "Title
    English"), or a name after "tiếng" or "chữ"; in "Văn hóa Chăm" no language is named.
    """
    folded = fold(words)
    is_plain = folded in _PLAIN or folded.startswith(("tieng ", "chu "))
    return language_named(folded) if is_plain else ""


def parse_language_tag(text: str) -> str:
    """Return a BCP 47 tag (language, script, region) in its usual case, or empty."""
    match = _TAG.fullmatch(text.strip())
    if not match:
        return ""
    language, script, region = match.groups(default="")
    return language.lower() + script.title() + region.upper()
