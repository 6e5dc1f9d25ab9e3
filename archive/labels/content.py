"""What is printed of one item, in each language of the archive."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import segno

from schemas.profile import Field, Profile, Role
from schemas.records import Record, best_value

# Fields that say how a record is kept, not what the object is.
_NOT_PRINTED = (Role.FILES, Role.ACCESS, Role.KIND)
# ISO/IEC 18004, error correction level M: a scratched or glossy label still reads.
_QR_LEVEL = "m"
_QR_QUIET_MODULES = 4


@dataclass(frozen=True)
class Words:
    """A text and its language.

    Attributes:
        text: The text; lines are parted by line feeds.
        lang: Language code, or empty when none is said.
    """

    text: str
    lang: str = ""


@dataclass(frozen=True)
class Line:
    """One field of an item.

    Attributes:
        name: Name of the field.
        labels: What the field is called, in each printed language.
        values: What it says: in each printed language where it differs.
    """

    name: str
    labels: tuple[Words, ...]
    values: tuple[Words, ...]


@dataclass(frozen=True)
class PrintedItem:
    """An item as it is printed.

    Attributes:
        identifier: Its inventory number.
        titles: Its titles, the printed languages first; each once.
        lines: The chosen fields that say something.
        address: Address of its page, or empty.
        code: The address as a QR code, an ``svg`` element without a size; or empty.
        picture: Its first picture as a ``data:`` address, or empty.
    """

    identifier: str
    titles: tuple[Words, ...]
    lines: tuple[Line, ...]
    address: str = ""
    code: str = ""
    picture: str = ""

    def value(self, name: str) -> tuple[Words, ...]:
        """Return what the field called ``name`` says."""
        return next((line.values for line in self.lines if line.name == name), ())


def printed_item(
    record: Record,
    profile: Profile,
    languages: Sequence[str],
    chosen: Sequence[str] = (),
    *,
    is_complete: bool = False,
    address: str = "",
    picture: Path | None = None,
) -> PrintedItem:
    """Return what is printed of an item.

    Args:
        record: What the museum says of it.
        profile: The archive's application profile.
        languages: The printed languages, the main one first.
        chosen: Names of the fields, in the order they are printed; empty means all.
        is_complete: Fields that the profile hides from the public too.
        address: Address of the item's page, for its QR code; may be empty.
        picture: A small JPEG of it; None for none.
    """
    own = profile.of(record.kind)
    fields = [f for f in own if f.role not in _NOT_PRINTED and (f.is_shown or is_complete)]
    if chosen:
        by_name = {field.name: field for field in fields}
        fields = [by_name[name] for name in chosen if name in by_name]
    return PrintedItem(
        identifier=record.identifier,
        titles=_titles(record, languages),
        lines=tuple(_lines(record, fields, languages)),
        address=address,
        code=qr_code(address) if address else "",
        picture=_data_address(picture) if picture else "",
    )


def qr_code(text: str) -> str:
    """Return ``text`` as a QR code: an ``svg`` element that takes the size of its box.

    Source: ISO/IEC 18004; the quiet zone is its four modules.
    """
    code = segno.make_qr(text, error=_QR_LEVEL)
    svg: str = code.svg_inline(omitsize=True, border=_QR_QUIET_MODULES, light="#fff")
    return svg


def _titles(record: Record, languages: Sequence[str]) -> tuple[Words, ...]:
    titles = [s for s in record.values("title") if s.value]
    if not titles:
        return (Words(record.identifier),)
    best = (best_value(titles, lang) for lang in languages)
    return _each_once(Words(s.value, s.lang) for s in best if s)


def _lines(record: Record, fields: Iterable[Field], languages: Sequence[str]) -> Iterator[Line]:
    for field in fields:
        if field.role is Role.IDENTIFIER:
            values: tuple[Words, ...] = (Words(record.identifier),)
        else:
            values = _each_once(_in(record, field, lang) for lang in languages)
        if values:
            labels = _each_once(Words(field.label(lang), lang) for lang in languages)
            yield Line(field.name, labels, values)


def _in(record: Record, field: Field, lang: str) -> Words:
    """Return a field's values in ``lang``, else in the languages there are."""
    found = [s for s in record.statements if s.field == field.name and (s.value or s.uri)]
    own = [s for s in found if s.lang in ("", lang)] or found
    text = "\n".join(dict.fromkeys(s.value or s.uri for s in own))
    return Words(text, own[0].lang if own else "")


def _each_once(words: Iterable[Words]) -> tuple[Words, ...]:
    by_text = {entry.text: entry for entry in reversed(list(words)) if entry.text}
    return tuple(reversed(by_text.values()))


def _data_address(picture: Path) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(picture.read_bytes()).decode()
