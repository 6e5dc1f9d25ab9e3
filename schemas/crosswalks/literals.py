"""What the Dublin Core crosswalks write: each statement as the literals it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.records import Record
from schemas.xml import is_language_tag, xml_text


@dataclass(frozen=True)
class Literal:
    """One value of one term, fit for XML.

    Attributes:
        term: DCMI term.
        text: The text, or the URI; only characters that XML can hold.
        lang: Well-formed language tag, or empty.
        is_uri: Whether ``text`` is a URI.
    """

    term: str
    text: str
    lang: str = ""
    is_uri: bool = False


def iter_literals(record: Record, url: str = "") -> Iterator[Literal]:
    """Yield every literal of ``record`` once: ``url``, the inventory number, then in its order.

    A statement with a text and a URI comes to two literals, a date that was understood has one
    more in EDTF, a language one more with its tag. A language tag that XML would
    refuse is left out, the text stays.
    """
    seen: set[Literal] = set()
    for literal in _literals(record, url):
        if literal.text.strip() and literal not in seen:
            seen.add(literal)
            yield literal


def _literals(record: Record, url: str) -> Iterator[Literal]:
    yield Literal("identifier", xml_text(url), is_uri=True)
    yield Literal("identifier", xml_text(record.identifier))
    for entry in record.statements:
        lang = entry.lang if is_language_tag(entry.lang) else ""
        yield Literal(entry.term, xml_text(entry.value), lang)
        yield Literal(entry.term, xml_text(entry.uri), is_uri=True)
        # For programs: a date in EDTF, a language by its tag.
        for name in ("edtf", "tag"):
            yield Literal(entry.term, str(entry.known(name) or ""))
