"""Access levels and embargoes as a museum writes them: ``nội bộ đến 31/12/2030``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.messages import N_, _
from schemas.names import bare_key, exact_key, words_of
from schemas.records import Access

_WORDS = {
    Access.PUBLIC: "công khai;công bố;mở;công chúng;public;open",
    Access.RESTRICTED: "hạn chế;restricted;limited",
    Access.STAFF: "nội bộ;lưu hành nội bộ;chỉ nội bộ;không công khai;không công bố;"
    "không được công khai;không được công bố;chưa công khai;chưa công bố;"
    "chưa được công khai;chưa được công bố;"
    "not public;not published;staff;staff only;internal;internal only",
}
_LEVELS = {
    exact_key(words_of(w)): level for level, words in _WORDS.items() for w in words.split(";")
}
_SHOWN = {
    Access.PUBLIC: N_("public"),
    Access.RESTRICTED: N_("restricted"),
    Access.STAFF: N_("staff"),
}
_BARE_LEVELS = {bare_key(words_of(w)): _LEVELS[exact_key(words_of(w))]
                for words in _WORDS.values() for w in words.split(";")}  # fmt: skip
_DATE = r"(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}[/.-]\d{4}|\d{4})"
_DAY = r"(?:hết\s+|cuối\s+)?(?:ngày\s+|tháng\s+|năm\s+|the end of\s+)?"
_UNTIL = re.compile(
    rf"(?P<before>.*?)[\s,;(]*\b(?P<word>(?:cấm vận |embargo(?:ed)? )?(?:cho )?(?:đến|tới)|until|"
    rf"till|embargo(?:ed)? until)\s+{_DAY}{_DATE}\s*\)?",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"(?P<before>.*?)[\s,;(]*\b(?P<word>từ|kể từ|from|as of)\s+{_DAY}{_DATE}\s*\)?", re.IGNORECASE
)
_NOT_BEFORE = re.compile(
    rf"(?P<before>)(?:(?:không|chưa)(?: được)? (?:công bố|công khai)|not (?:public|published|open)|"
    rf"not to be (?:published|shown|opened)|do not (?:publish|show|open))\s+"
    rf"(?P<word>trước|before)\s+{_DAY}{_DATE}",
    re.IGNORECASE,
)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_WORDY_DAY = re.compile(
    r"\b(?P<day>\d{1,2}) tháng (?P<month>\d{1,2}),? năm (?P<year>\d{4})\b", re.IGNORECASE
)
_WORDY_MONTH = re.compile(r"\btháng (?P<month>\d{1,2}),? năm (?P<year>\d{4})\b", re.IGNORECASE)
_NAME = rf"(?P<name>{'|'.join(_MONTHS)})"
_NAMED_DAYS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_NAME},? (?P<year>\d{{4}})\b",
        rf"\b{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b",
        rf"\b{_NAME},? (?P<year>\d{{4}})\b",
    )
)
# Words after which a date may have its month first.
_ENGLISH = ("until", "till", "from", "of", "before")


@dataclass(frozen=True)
class AccessTerms:
    """Who may see an item, and from when.

    Attributes:
        text: As written.
        access: The level it names, or None where it names none but gives an embargo.
        embargo_until: The last day on which the item is withheld from the public, or None.
    """

    text: str
    access: Access | None
    embargo_until: date | None = None


def parse_access_terms(text: str) -> AccessTerms | None:
    """Return what a text says of access, or None when any of it is not certain.

    A length of time ("10 năm") gives None, because nobody can tell from when it counts; so does a
    date that may be two (``until 03/04/2030`` in English), and "mật", a state secret, which no
    level here stands for. The caller keeps such an item from the public and tells a person.
    """
    tidy = _with_figures(text)
    if len(tidy) > 200 or "?" in tidy:
        return None  # whoever asks "công khai?" has not decided
    before = _NOT_BEFORE.fullmatch(tidy)
    if before:
        return _with_embargo(text, before, shift_days=-1, is_first=True)
    until = _UNTIL.fullmatch(tidy)
    if until:
        return _with_embargo(text, until, shift_days=0)
    since = _FROM.fullmatch(tidy)
    if since:
        terms = _with_embargo(text, since, shift_days=-1, is_first=True)
        # "nội bộ từ 2020" says when it was closed, not when it opens.
        return terms if terms and terms.access is Access.PUBLIC else None
    level = _level(tidy)
    return AccessTerms(text, level) if level else None


def speaks_of_embargo(text: str) -> bool:
    """Say whether a text has the form of an embargo, whatever its day may be."""
    tidy = _with_figures(text)
    forms = (_UNTIL, _FROM, _NOT_BEFORE)
    return len(tidy) <= 200 and any(form.fullmatch(tidy) for form in forms)


_STRICTNESS = (Access.PUBLIC, Access.RESTRICTED, Access.STAFF)


def stricter(*levels: Access | None) -> Access | None:
    """Return the strictest of the levels that are given, or None when none is."""
    given = [level for level in levels if level is not None]
    return max(given, key=_STRICTNESS.index, default=None)


def access_text(access: Access, embargo_until: str) -> str:
    """Return a level and an embargo as :func:`parse_access_terms` reads them back."""
    if not embargo_until:
        return access.value
    embargo = f"embargo until {embargo_until}"
    return embargo if access is Access.PUBLIC else f"{access.value}, {embargo}"


def access_words(access: Access, embargo_until: str) -> str:
    """Return a level and an embargo in the reader's language."""
    level = _(_SHOWN[access])
    if not embargo_until:
        return level
    embargo = _("embargo until {day}").format(day=embargo_until)
    return embargo if access is Access.PUBLIC else f"{level}, {embargo}"


def parse_embargo(text: str) -> AccessTerms | None:
    """Return what a cell says in which nothing but an embargo stands: a day alone is its last."""
    return parse_access_terms(text) or parse_access_terms(f"đến {text}")


def _with_figures(text: str) -> str:
    """Return a text on one line, its months in figures: ``31 tháng 12 năm 2030``, ``May 2030``."""
    tidy = _WORDY_DAY.sub(r"\g<year>-\g<month>-\g<day>", " ".join(text.split()))
    tidy = _WORDY_MONTH.sub(r"\g<month>/\g<year>", tidy)
    for form in _NAMED_DAYS:
        tidy = form.sub(_in_figures, tidy)
    return tidy


def _in_figures(match: re.Match[str]) -> str:
    month = _MONTHS.index(match["name"].casefold()) + 1
    day = match.groupdict().get("day")
    return f"{match['year']}-{month}-{day}" if day else f"{month}/{match['year']}"


def _level(text: str) -> Access | None:
    words = words_of(text)
    exact = _LEVELS.get(exact_key(words))
    if exact or not text.isascii():
        return exact
    return _BARE_LEVELS.get(bare_key(words))


def _with_embargo(
    text: str, match: re.Match[str], *, shift_days: int, is_first: bool = False
) -> AccessTerms | None:
    before = match["before"].strip(" ,;(-–")
    level = _level(before) if before else None
    if before and level is None:
        return None
    is_english = match["word"].casefold().split()[-1] in _ENGLISH
    day = _day(match["date"], is_first=is_first, is_english=is_english)
    if day is None:
        return None
    if not is_first and level is Access.PUBLIC:
        return None  # "public until …" is no embargo but its opposite
    return AccessTerms(text, level, day + timedelta(days=shift_days))


def _day(written: str, *, is_first: bool, is_english: bool) -> date | None:
    """Return the day a date names; the first or last day of a month or year."""
    parts = [int(part) for part in re.split(r"[/.-]", written)]
    if len(parts) == 3 and len(written.split("-")[0]) != 4:
        day, month, year = parts
        if is_english and month <= 12 and day <= 12 and day != month:
            return None
    elif len(parts) == 3:
        year, month, day = parts
    else:
        year, month = parts[-1], parts[0] if len(parts) == 2 else (1 if is_first else 12)
        if not 1 <= month <= 12 or year < 1:
            return None
        day = 1 if is_first else calendar.monthrange(year, month)[1]
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2300 else None
