"""How an item is cited, in the styles scholars and pupils are asked for."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

from archive.settings import Settings
from archive.site.items import Display
from schemas.messages import N_, translate

_REPORT = N_("Item {number}: a correction")
_BIBTEX_SPECIAL = re.compile(r"([\\{}$&#^_%~])")


class Citation(NamedTuple):
    """A citation in one style.

    Attributes:
        style: Name of the style.
        text: The citation.
        is_code: Whether it is for a program, to be kept as it is.
    """

    style: str
    text: str
    is_code: bool = False


def citations(item: Display, address: str) -> tuple[Citation, ...]:
    """Return the citations of an item, after the museum's own.

    Nothing is made up: what the record does not say is left out, and no day of access is given,
    because a page is the same on every day.

    Args:
        item: What its page shows.
        address: Its permanent address, or empty.

    Source: APA 7, section 10.14 (works in museums); Chicago 17, 14.235; BibTeX ``@misc``.
    """
    title, date, holder = item.title.text, item.date.text, item.holder.text
    number = item.identifier
    dated = f" ({date})" if date else ""
    tail = f" {address}" if address else ""
    place = f" {holder}." if holder else ""
    named = f"{title} [{number}]"
    apa = f"{item.maker}{dated}. {named}." if item.maker else f"{named}{dated}."
    maker = f"{item.maker}. " if item.maker else ""
    when = f" {date}." if date else ""
    chicago = f"{maker}{title}.{when} {number}.{place}{tail}"
    return (
        Citation("APA", f"{apa}{place}{tail}"),
        Citation("Chicago", chicago),
        Citation("BibTeX", _bibtex(item, address), is_code=True),
    )


def report_address(settings: Settings, number: str, address: str, lang: str) -> str:
    """Return where an error in an item's page is reported, or empty when the museum says nowhere.

    An e-mail begins with the item's number; a form gets it as ``item``.
    """
    contact = settings.site.contact
    if not contact:
        return ""
    subject = translate(_REPORT, lang).format(number=number)
    if settings.site.is_mail:
        body = f"&body={quote(address)}" if address else ""
        return f"mailto:{quote(contact, safe='@')}?subject={quote(subject)}{body}"
    mark = "&" if "?" in contact else "?"
    return f"{contact}{mark}item={quote(number, safe='')}"


def _bibtex(item: Display, address: str) -> str:
    fields = {
        "author": item.maker,
        "title": item.title.text,
        "year": item.date.text,
        "howpublished": item.holder.text,
        "note": item.identifier,
        "url": address,
    }
    lines = [
        f"  {name} = {{{value if name == 'url' else _BIBTEX_SPECIAL.sub(_escaped, value)}}}"
        for name, value in fields.items()
        if value
    ]
    return f"@misc{{{item.item_id},\n" + ",\n".join(lines) + "\n}"


def _escaped(found: re.Match[str]) -> str:
    names = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}
    return names.get(found[1], "\\" + found[1])
