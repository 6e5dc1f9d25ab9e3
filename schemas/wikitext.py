"""Texts as wikitext that shows them as they are, and names that MediaWiki takes for files.

A museum's text may hold anything: brackets, pipes, tildes, a line that begins with a star. On a
wiki page each of them would be markup. Here every character that can be is written as a numeric
character reference, which MediaWiki shows as the character and never reads as markup.

Invariant: for a text without control characters, ``html.unescape(escape(text))`` is the text, its
blanks put in order and its line breaks written ``<br />``.

Source: https://www.mediawiki.org/wiki/Help:Formatting, …/Manual:$wgLegalTitleChars,
https://commons.wikimedia.org/wiki/Commons:File_naming
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

BREAK = "<br />"

# Always markup somewhere; & so that what looks like a reference stays what it is.
_MARKUP = re.compile(r"[&<>\[\]{}|=~]|'{2,}|_{2,}")
# Markup at the beginning of a line, and of what a template gives.
_AT_START = re.compile(r"[*#:;]|-{4,}")
_LINE = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?")


def escape(text: str) -> str:
    """Return wikitext that shows ``text``, one line; its line breaks become ``<br />``."""
    lines = (" ".join(_CONTROL.sub(" ", line).split()) for line in _LINE.split(text))
    return BREAK.join(_escaped(line) for line in lines if line)


def in_language(text: str, lang: str) -> str:
    """Return a text in the template of its language, ``{{vi|1=…}}``; as it is without one.

    Args:
        text: Plain text.
        lang: BCP 47 tag, or empty. Commons has a template for codes of two letters; others go
            into ``{{lang|…}}``.
    """
    match = _TAG.fullmatch(lang)
    if match is None:
        return escape(text)
    code = match[1].lower()
    return (
        f"{{{{{code}|1={escape(text)}}}}}"
        if len(code) == 2
        else (f"{{{{lang|{code}|2={escape(text)}}}}}")
    )


def address(url: str) -> str:
    """Return a web address in which nothing is markup."""
    return quote(_CONTROL.sub("", url), safe="%/:?#@!$&()*+,;=-._")


def template(name: str, parameters: list[tuple[str, str]]) -> str:
    """Return a template with a parameter a line.

    Args:
        name: Its name.
        parameters: (name, wikitext); the text is escaped already.
    """
    width = max((len(key) for key, _value in parameters), default=0)
    lines = [f" |{key:<{width}} = {value}".rstrip() for key, value in parameters]
    return "\n".join([f"{{{{{name}", *lines, "}}"])


def file_title(name: str) -> str:
    """Return the form in which two file names are one page: first letter, blanks, Unicode form.

    Case does not count at all, for the files also stand on disks that do not tell it.
    """
    return unicodedata.normalize("NFKC", " ".join(name.replace("_", " ").split())).casefold()


def _escaped(line: str) -> str:
    start = _AT_START.match(line)
    begin, rest = (start[0], line[start.end() :]) if start else ("", line)
    return _references(begin) + _MARKUP.sub(lambda found: _references(found[0]), rest)


def _references(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)
