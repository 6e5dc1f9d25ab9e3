"""From a record to the few words an image carries with it: XMP.

A picture is copied from the site and its page is lost; what it is, whose it is and what may be
done with it stay inside it. Nothing of the master's own metadata is carried over: a GPS place or
a camera's number is not ours to publish.

Source: XMP Specification Part 1 (ISO 16684-1:2019), sections 7 and 8.3 Dublin Core, 8.5 Rights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from schemas.dublincore import Statement
from schemas.records import Record
from schemas.rights import rights_statement
from schemas.xml import is_language_tag, xml_text

# A JPEG has room for 65,502 bytes of XMP, and libvips leaves out a packet of 60,000.
_MOST_BYTES = 55_000
_MOST_TEXTS = 6
_LONGEST_TEXT = 1000
_NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"'
)


@dataclass(frozen=True)
class Credit:
    """What every derivative of an item says of it.

    Attributes:
        identifier: The inventory number.
        holders: Who publishes it: the museum.
        rights: (language or empty, text) of the rights statement.
        rights_uri: Address of the statement or licence, or empty.
    """

    identifier: str = ""
    holders: tuple[str, ...] = ()
    rights: tuple[tuple[str, str], ...] = ()
    rights_uri: str = ""


def credit_of(record: Record, *, publisher: str, rights: str, rights_uri: str) -> Credit:
    """Return what the derivatives of ``record`` say.

    Args:
        record: The record as the public may see it.
        publisher: Name of the museum, for records that name no publisher.
        rights: Rights statement for records that have none of their own.
        rights_uri: Its address.
    """
    own = record.rights
    if not own and (rights or rights_uri):
        own = (Statement("rights", rights, uri=rights_uri),)
    addresses = [s.uri or s.value for s in own if s.uri or rights_statement(s.value)]
    address = addresses[0] if addresses else ""
    known = rights_statement(address)
    holders = [s.value for s in record.values("publisher") if s.value] or [publisher]
    return Credit(
        identifier=record.identifier,
        holders=tuple(holder for holder in holders if holder)[:_MOST_TEXTS],
        rights=tuple((s.lang, s.value) for s in own if s.value and not rights_statement(s.value))[
            :_MOST_TEXTS
        ],
        rights_uri=known.uri if known else address,
    )


def xmp_packet(credit: Credit, *, source: str) -> bytes:
    """Return the XMP packet of one image, UTF-8; the same for the same words.

    What is too long for a JPEG loses its last texts of rights, then its last holders.

    Args:
        credit: What is said of the item.
        source: Identifier of the very file the image was made from.
    """
    packet = _packet(credit, source)
    while len(packet) > _MOST_BYTES and (credit.rights or credit.holders):
        if credit.rights:
            credit = replace(credit, rights=credit.rights[:-1])
        else:
            credit = replace(credit, holders=credit.holders[:-1])
        packet = _packet(credit, source)
    return packet


def _packet(credit: Credit, source: str) -> bytes:
    said = [
        _simple("dc:identifier", credit.identifier),
        _simple("dc:source", source),
        _array("dc:publisher", "Bag", (("", holder) for holder in credit.holders)),
        _array("dc:rights", "Alt", _alternatives(credit.rights)),
        _simple("xmpRights:Marked", _marked(credit)),
        _simple("xmpRights:WebStatement", credit.rights_uri),
    ]
    body = "".join(said)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {_NAMESPACES}>{body}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _marked(credit: Credit) -> str:
    """Say whether rights are reserved; empty when nobody has said anything."""
    if "/publicdomain/" in credit.rights_uri:
        return "False"
    return "True" if credit.rights or credit.rights_uri else ""


def _alternatives(texts: tuple[tuple[str, str], ...]) -> Iterable[tuple[str, str]]:
    """Give one text a language, the first one also as the default, which readers look for."""
    by_lang: dict[str, list[str]] = {}
    for lang, text in texts:
        tag = lang if is_language_tag(lang) else "x-default"
        by_lang.setdefault(tag, []).append(text)
    joined = {tag: " / ".join(found) for tag, found in by_lang.items()}
    if joined and "x-default" not in joined:
        yield "x-default", next(iter(joined.values()))
    yield from joined.items()


def _simple(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>" if text else ""


def _array(name: str, kind: str, texts: Iterable[tuple[str, str]]) -> str:
    entries = "".join(
        f'<rdf:li xml:lang="{lang}">{_text(text)}</rdf:li>'
        if lang
        else f"<rdf:li>{_text(text)}</rdf:li>"
        for lang, text in texts
    )
    return f"<{name}><rdf:{kind}>{entries}</rdf:{kind}></{name}>" if entries else ""


def _text(text: str) -> str:
    return escape(xml_text(text[:_LONGEST_TEXT]))
