"""XML read and checked safely, offline: one parser, one resolver, the packaged schemas.

Invariant: nothing here fetches anything. A document with a DOCTYPE is refused whole, so there
is no entity to expand and no DTD to load; a schema may refer only to the schemas in ``xsd/``.

Source: XML 1.0 (Fifth Edition), section 2.2 Characters; OWASP XML External Entity Prevention.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

from schemas.errors import RecordError
from schemas.messages import _

XSD_FOLDER: Final = Path(__file__).parent / "xsd"
LARGEST_DOCUMENT_BYTES: Final = 64 * 1024 * 1024

_OAI = "http://www.openarchives.org/OAI/2.0/"
_DCMI = "http://dublincore.org/schemas/xmls/"
_QDC = _DCMI + "qdc/2008/02/11/"
_LOC = "http://www.loc.gov/standards/"
_LIDO = "http://www.lido-schema.org/schema/v1.1/"
_EDM = "http://www.europeana.eu/schemas/edm/"
_MODS = _LOC + "mods/v3/"
# Our own have an address of no network.
_OWN = "urn:hoaban:xsd:"
# Every address a schema may be known by. Each schema is parsed under its official address, so
# that its relative references come out as official addresses too, on any file system.
_LOCATIONS: Mapping[str, str] = {
    _OAI + "oai_dc.xsd": "oai_dc.xsd",
    _OAI + "simpledc20021212.xsd": "simpledc20021212.xsd",
    _DCMI + "simpledc20021212.xsd": "simpledc20021212.xsd",
    **{
        _QDC + name: name
        for name in ("dc.xsd", "dcterms.xsd", "dcmitype.xsd", "qualifieddc.xsd", "qdc.xsd")
    },
    _OAI + "OAI-PMH.xsd": "OAI-PMH.xsd",
    _OAI + "oai-identifier.xsd": "oai-identifier.xsd",
    _OWN + "oai-answer.xsd": "oai-answer.xsd",
    _OWN + "mets-package.xsd": "mets-package.xsd",
    _LOC + "mets/mets.xsd": "mets-1.12.1.xsd",
    _LOC + "premis/premis.xsd": "premis-v3-0.xsd",
    _LOC + "mix/mix20/mix20.xsd": "mix20.xsd",
    _LOC + "xlink/xlink.xsd": "xlink-loc.xsd",
    "http://www.w3.org/2001/xml.xsd": "xml.xsd",
    "http://www.w3.org/2001/03/xml.xsd": "xml.xsd",
    "http://www.loc.gov/mods/xml.xsd": "xml.xsd",
    _LIDO + "xml.xsd": "xml.xsd",
    _EDM + "xml.xsd": "xml.xsd",
    "http://www.w3.org/1999/xlink.xsd": "xlink.xsd",
}
# Schemas of many files: every file in the folder is known by its name under the address.
_FOLDERS: Mapping[str, str] = {
    _LIDO: "lido",
    _LIDO + "gml/": "gml",
    "http://schemas.opengis.net/gml/3.1.1/smil/": "smil",
    _EDM: "edm",
    _MODS: "mods",
}
_SCHEMAS: Mapping[str, str] = {
    "oai_dc": _OAI + "oai_dc.xsd",
    "qdc": _QDC + "qdc.xsd",
    "lido": _LIDO + "lido-v1.1.xsd",
    "edm": _EDM + "EDM.xsd",
    "mods": _MODS + "mods-3-8.xsd",
    "mets": _OWN + "mets-package.xsd",
    "oai": _OWN + "oai-answer.xsd",
}
SCHEMA_NAMES: Final = tuple(_SCHEMAS)

_DECLARED = b"<?xml version='1.0' encoding='UTF-8'?>"
# ID of METS and MODS, xmlID of PREMIS, xml:id and gml:id; or a space, which may stand between. An
# expression that allows the space took a sixth of making a document.
_SIGNS_OF_AN_ID: Final = (b"ID=", b"id=", b" =", b"\t=", b"\n=", b"\r=")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")
_NAMESPACE = re.compile(r"\{[^}]*\}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.xsd")


class _PackagedOnly(etree.Resolver):
    """Answers for the addresses of the packaged schemas and refuses every other."""

    # The type stubs know lxml's older signature without the context.
    def resolve(  # type: ignore[override]
        self, system_url: str, public_id: str | None, context: Any
    ) -> Any:
        name = _packaged(system_url)
        if not name:
            raise RecordError(
                _("The XML refers to {address}, which is not loaded from the network.").format(
                    address=system_url
                )
            )
        return self.resolve_string((XSD_FOLDER / name).read_bytes(), context, base_url=system_url)


def parse_xml(document: bytes) -> etree._Element:
    """Return the root element of ``document``.

    Raises:
        RecordError: It is not well formed, has a DOCTYPE, or is larger than
            :data:`LARGEST_DOCUMENT_BYTES`.
    """
    if len(document) > LARGEST_DOCUMENT_BYTES:
        raise RecordError(
            _("The XML has {size} bytes; the limit is {limit}.").format(
                size=len(document), limit=LARGEST_DOCUMENT_BYTES
            )
        )
    try:
        root = etree.fromstring(document, _reader())
    except etree.XMLSyntaxError as error:
        raise RecordError(
            _("The XML is not well formed: {reason}.").format(reason=error.msg)
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RecordError(
            _("The XML has a DOCTYPE, which is refused."),
            remedy=_("Ask the sender for a version without a DOCTYPE."),
        )
    return root


def validate(document: bytes, schema_name: str) -> tuple[str, ...]:
    """Return what is wrong with ``document`` by a packaged schema, a sentence each; () if valid.

    What is well is said in half the time: no tree is made of it.

    Args:
        document: The XML text.
        schema_name: A name of :data:`SCHEMA_NAMES`.

    Raises:
        RecordError: ``document`` is not XML that :func:`parse_xml` accepts.
        ValueError: There is no schema of this name.
    """
    if _is_usual(document):
        checker = _checker(schema_name)
        if checker is not None and not _finds_fault(checker, document):
            return ()
    schema = _schema(schema_name)
    root = parse_xml(document)
    if schema.validate(root):
        return ()
    log: Any = schema.error_log  # the type stubs do not know that it can be iterated
    return tuple(
        _("line {line}: {reason}").format(line=entry.line, reason=_NAMESPACE.sub("", entry.message))
        for entry in log
    )


def xml_text(text: str) -> str:
    """Return ``text`` with every character that XML cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def is_language_tag(lang: str) -> bool:
    """Say whether ``lang`` may stand in ``xml:lang`` (the form of a BCP 47 tag)."""
    return _LANGUAGE.fullmatch(lang) is not None


def write_xml(root: etree._Element) -> bytes:
    """Return the XML text of ``root``: UTF-8 with a declaration, indented, final newline."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def compile_schema(content: bytes, address: str) -> etree.XMLSchema:
    """Return the XML schema in ``content``, whose imports may name packaged schemas only.

    Args:
        content: The schema's XML text.
        address: Its official address, by which its relative imports are found.

    Raises:
        RecordError: It is not a schema, or it refers to one that is not packaged.
    """
    parser = _parser()
    parser.resolvers.add(_PackagedOnly())
    try:
        return etree.XMLSchema(etree.fromstring(content, parser, base_url=address))
    except etree.LxmlError as error:
        raise RecordError(
            _("The XML schema {address} cannot be used: {reason}.").format(
                address=address, reason=error
            )
        ) from error


def _is_usual(document: bytes) -> bool:
    """Say whether a document can be checked as it is read; others are looked at as a whole.

    An ID that is given twice is found only in a tree.
    """
    is_ours = document.startswith(_DECLARED) and b"<!DOCTYPE" not in document
    is_ours = is_ours and len(document) <= LARGEST_DOCUMENT_BYTES
    return is_ours and not any(sign in document for sign in _SIGNS_OF_AN_ID)


class _Nothing:
    """What is made of a document that is only checked."""

    def close(self) -> None:
        """Give nothing back."""


class _Checkers(threading.local):
    """The checkers of one thread: what a parser found is kept in it until the next document."""

    def __init__(self) -> None:
        self.by_name: dict[str, etree.XMLParser | None] = {}


_checkers = _Checkers()


def _checker(name: str) -> etree.XMLParser | None:
    """Return the parser that checks against a schema as it reads, or None where it does not."""
    known = _checkers.by_name
    if name not in known:
        made = _parser(schema=_schema(name), target=_Nothing())
        # A version of lxml that left the schema out would find nothing wrong with anything.
        known[name] = made if _finds_fault(made, b"<nothing/>") else None
    return known[name]


def _finds_fault(checker: etree.XMLParser, document: bytes) -> bool:
    try:
        etree.fromstring(document, checker)
    except etree.XMLSyntaxError:
        return True
    return len(checker.error_log) > 0


@cache
def _schema(name: str) -> etree.XMLSchema:
    try:
        address = _SCHEMAS[name]
    except KeyError:
        raise ValueError(f"no XML schema {name!r}; there are {SCHEMA_NAMES}") from None
    return compile_schema((XSD_FOLDER / _packaged(address)).read_bytes(), address)


def _packaged(address: str) -> str:
    """Return the path in ``xsd/`` of the schema with an address, or an empty text."""
    if address in _LOCATIONS:
        return _LOCATIONS[address]
    start, _slash, name = address.rpartition("/")
    folder = _FOLDERS.get(start + "/", "")
    is_there = folder and _FILE_NAME.fullmatch(name) and (XSD_FOLDER / folder / name).is_file()
    return f"{folder}/{name}" if is_there else ""


@cache
def _reader() -> etree.XMLParser:
    """Return the one parser of documents; it keeps nothing of what it has read."""
    return _parser()


def _parser(**more: Any) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **more
    )
