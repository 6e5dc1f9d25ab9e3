"""One item as a METS 1.12.1 document: description, PREMIS, MIX, files and structure.

Invariant: every ID that the document refers to is in it, and it is valid against METS, PREMIS,
MIX and oai_dc at once; :func:`mets_problems` says so, and nothing is written of which it does
not.

Source: METS Schema 1.12.1; Using PREMIS with METS (Library of Congress, 2017)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from lxml import etree

from schemas.crosswalks.elements import XSI_NS, Namespace
from schemas.crosswalks.mix import has_mix, mix, mix_element
from schemas.crosswalks.oai_dc import OAI_DC_NS, oai_dc_element
from schemas.crosswalks.premis import (
    Agent,
    StoredFile,
    agent_element,
    agents_of,
    event_element,
    file_object,
    item_object,
    premis,
    rights_element,
    rights_of,
)
from schemas.dublincore import ELEMENTS_NS
from schemas.events import Event
from schemas.messages import _
from schemas.records import Record, View
from schemas.software import agent_name
from schemas.technical import Technical
from schemas.views import label_text
from schemas.xml import parse_xml, validate, write_xml, xml_text

METS_NS: Final = "http://www.loc.gov/METS/"
XLINK_NS: Final = "http://www.w3.org/1999/xlink"

mets = Namespace("mets", METS_NS)
xlink = Namespace("xlink", XLINK_NS)
_OTHERS: Final = (
    premis,
    mix,
    xlink,
    Namespace("xsi", XSI_NS),
    Namespace("oai_dc", OAI_DC_NS),
    Namespace("dc", ELEMENTS_NS),
)
_LOCATIONS: Final = (
    f"{METS_NS} http://www.loc.gov/standards/mets/mets.xsd"
    f" {premis.uri} http://www.loc.gov/standards/premis/premis.xsd"
    f" {mix.uri} http://www.loc.gov/standards/mix/mix20/mix20.xsd"
)
# Attributes of METS that hold IDs of the same document.
_REFERENCES: Final = frozenset({"ADMID", "DMDID", "FILEID", "STRUCTID", "TRANSFORMBEHAVIOR"})


@dataclass(frozen=True)
class PackagedFile:
    """One file beside the METS document.

    Attributes:
        path: Where it stands, relative to the document.
        mime_type: Its media type; may be empty.
        size_bytes: Its length.
        sha512: Its digest.
    """

    path: str
    mime_type: str
    size_bytes: int
    sha512: str


@dataclass(frozen=True)
class MetsItem:
    """What a METS document tells.

    Attributes:
        record: The description, as it may be shown.
        technical: What was read from each master, in the order of the record's views.
        events: What happened to the item, oldest first.
        masters: The masters in the package by logical path; empty where they are withheld.
        images: What stands in the package in place of masters, in reading order.
        documents: Other descriptions in the package, by their kind, as ``HOABAN-RECORD``.
        url: Address of the item's page; may be empty.
        at: When the document is made, RFC 3339 in UTC.
        publisher: Name of the museum; may be empty.
        lang: Language of labels.
        rights: Rights statement of items that have none of their own; may be empty.
        rights_uri: Its address; may be empty.
    """

    record: Record
    technical: tuple[Technical, ...]
    events: tuple[Event, ...]
    masters: Mapping[str, PackagedFile]
    at: str
    images: tuple[PackagedFile, ...] = ()
    documents: Mapping[str, PackagedFile] = field(default_factory=dict)
    url: str = ""
    publisher: str = ""
    lang: str = "vi"
    rights: str = ""
    rights_uri: str = ""


def mets_xml(item: MetsItem) -> bytes:
    """Return the METS document of an item."""
    return write_xml(_Document(item).root)


def mets_problems(document: bytes) -> tuple[str, ...]:
    """Return what is wrong with a METS document, a sentence each; empty if it is as it must be.

    XML schemas as libxml2 knows them do not look whether an IDREF leads anywhere; this does.

    Raises:
        RecordError: It is not XML that may be read.
    """
    root = parse_xml(document)
    names = [element.get("ID", "") for element in root.iter(f"{{{METS_NS}}}*")]
    known = {name for name in names if name}
    dangling = sorted(
        name
        for element in root.iter(f"{{{METS_NS}}}*")
        for attribute in _REFERENCES & set(element.keys())
        for name in element.get(attribute, "").split()
        if name not in known
    )
    return validate(document, "mets") + tuple(
        _("nothing has the ID '{name}' that is referred to").format(name=name) for name in dangling
    )


class _Document:
    """A METS document in the making; its parts are numbered in the order they are told."""

    def __init__(self, item: MetsItem) -> None:
        self._item = item
        self._name = item.record.item_id
        self._positions = {entry.path: n for n, entry in enumerate(item.technical, start=1)}
        self._said = rights_of(item.record, item.rights, item.rights_uri)
        self._rights = bool(self._said.uris or self._said.texts)
        self._file_ids: dict[str, str] = {}
        self.root = mets.root(
            "mets",
            *_OTHERS,
            OBJID=item.url or self._name,
            LABEL=item.record.title(item.lang),
            TYPE="item",
        )
        self.root.set(f"{{{XSI_NS}}}schemaLocation", _LOCATIONS)
        self._add_header()
        self._add_description()
        self._add_administration()
        self._add_files()
        self._add_structure()

    def _add_header(self) -> None:
        header = mets.add(self.root, "metsHdr", CREATEDATE=self._item.at)
        if self._item.publisher:
            museum = mets.add(header, "agent", ROLE="CUSTODIAN", TYPE="ORGANIZATION")
            mets.add(museum, "name", self._item.publisher)
        maker = mets.add(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
        mets.add(maker, "name", agent_name())

    def _add_description(self) -> None:
        section = mets.add(self.root, "dmdSec", ID="dmd-1")
        wrap = mets.add(section, "mdWrap", MDTYPE="DC", MIMETYPE="text/xml")
        described = oai_dc_element(self._item.record, url=self._item.url)
        mets.add(wrap, "xmlData").append(described)
        for number, (kind, file) in enumerate(self._item.documents.items(), start=2):
            section = mets.add(self.root, "dmdSec", ID=f"dmd-{number}")
            link = mets.add(
                section, "mdRef", MDTYPE="OTHER", OTHERMDTYPE=kind, LOCTYPE="URL", **_core(file)
            )
            _locate(link, file)

    def _add_administration(self) -> None:
        administration = mets.add(self.root, "amdSec", ID="amd-1")
        events = [f"{self._name}/events/{n}" for n, _e in enumerate(self._item.events, start=1)]
        statement = f"{self._name}/rights/1"
        rights: tuple[str, ...] = (statement,) if self._rights else ()
        item = item_object(
            self._item.record, self._name, map(self._file_name, self._item.technical), rights
        )
        self._wrap(administration, "techMD", "object", "PREMIS:OBJECT", item)
        for number, technical in enumerate(self._item.technical, start=1):
            self._add_master(administration, number, technical, events, rights)
        if self._rights:
            said = rights_element(self._said, statement, self._name)
            self._wrap(administration, "rightsMD", "rights-1", "PREMIS:RIGHTS", said)
        for number, event in enumerate(self._item.events, start=1):
            told = self._event(event, events[number - 1])
            self._wrap(administration, "digiprovMD", f"event-{number}", "PREMIS:EVENT", told)
        for number, agent in enumerate(self._agents(), start=1):
            told = agent_element(agent)
            self._wrap(administration, "digiprovMD", f"agent-{number}", "PREMIS:AGENT", told)

    def _add_master(
        self,
        administration: etree._Element,
        number: int,
        technical: Technical,
        events: Sequence[str],
        rights: tuple[str, ...],
    ) -> None:
        packaged = self._item.masters.get(technical.path)
        own = zip(events, self._item.events, strict=True)
        file = StoredFile(
            technical,
            self._file_name(technical),
            packaged.path if packaged else "",
            self._name,
            tuple(name for name, event in own if event.path == technical.path),
            rights,
        )
        told = file_object(file)
        self._wrap(administration, "techMD", f"object-{number}", "PREMIS:OBJECT", told)
        if has_mix(technical):
            for page in range(1, len(technical.pages) + 1):
                image = mix_element(technical, page, f"{file.identifier}#page={page}")
                self._wrap(administration, "techMD", f"mix-{number}-{page}", "NISOIMG", image)

    def _event(self, event: Event, identifier: str) -> etree._Element:
        number = self._positions.get(event.path)
        if number is not None:
            concerned = self._file_name(self._item.technical[number - 1])
            return event_element(event, identifier, concerned)
        # A master that was replaced or taken out since: the item is what is left of it.
        return event_element(event, identifier, self._name, event.path and f"file={event.path}")

    def _agents(self) -> list[Agent]:
        agents = (agent for event in self._item.events for agent in agents_of(event))
        return list(dict.fromkeys(agents))

    def _add_files(self) -> None:
        item = self._item
        if not item.masters and not item.images:
            return
        section = mets.add(self.root, "fileSec")
        if item.masters:
            group = mets.add(section, "fileGrp", USE="MASTER")
            for number, technical in enumerate(item.technical, start=1):
                if file := item.masters.get(technical.path):
                    described = " ".join(self._described(number, technical))
                    self._add_file(group, f"file-{number}", file, technical.path, described)
        if item.images:
            group = mets.add(section, "fileGrp", USE="ACCESS")
            for number, file in enumerate(item.images, start=1):
                self._add_file(group, f"image-{number}", file, file.path)

    def _described(self, number: int, technical: Technical) -> list[str]:
        pages = range(1, len(technical.pages) + 1) if has_mix(technical) else ()
        own = [f"event-{n}" for n, e in enumerate(self._item.events, 1) if e.path == technical.path]
        return [
            f"object-{number}",
            *(f"mix-{number}-{page}" for page in pages),
            *(["rights-1"] if self._rights else []),
            *own,
        ]

    def _add_file(
        self,
        group: etree._Element,
        name: str,
        file: PackagedFile,
        path: str,
        described: str = "",
    ) -> None:
        self._file_ids[path] = name
        entry = mets.add(group, "file", ID=name, ADMID=described, **_core(file))
        _locate(mets.add(entry, "FLocat", LOCTYPE="URL"), file)

    def _add_structure(self) -> None:
        structure = mets.add(self.root, "structMap", TYPE="physical")
        sections = [f"dmd-{n}" for n in range(1, len(self._item.documents) + 2)]
        item = mets.add(
            structure,
            "div",
            TYPE="item",
            LABEL=self._item.record.title(self._item.lang),
            DMDID=" ".join(sections),
            ADMID="amd-1",
        )
        if self._item.images:
            for number, file in enumerate(self._item.images, start=1):
                div = mets.add(item, "div", TYPE="view", ORDER=str(number))
                mets.add(div, "fptr", FILEID=self._file_ids[file.path])
            return
        for order, view in enumerate(self._item.record.views, start=1):
            self._add_view(item, order, view)

    def _add_view(self, parent: etree._Element, order: int, view: View) -> None:
        label = label_text(view.label, self._item.lang)
        div = mets.add(parent, "div", TYPE="view", ORDER=str(order), LABEL=label)
        file_id = self._file_ids.get(view.path)
        if file_id is None:
            return
        mets.add(div, "fptr", FILEID=file_id)
        number = self._positions[view.path]
        technical = self._item.technical[number - 1]
        if len(technical.pages) < 2:
            return
        for page in range(1, len(technical.pages) + 1):
            described = f"mix-{number}-{page}" if has_mix(technical) else ""
            mets.add(div, "div", TYPE="page", ORDER=str(page), ADMID=described)

    def _file_name(self, technical: Technical) -> str:
        return f"{self._name}/{technical.path}"

    def _wrap(
        self, parent: etree._Element, section: str, name: str, kind: str, content: etree._Element
    ) -> None:
        version = {"NISOIMG": "2.0"}.get(kind, "3.0")
        wrap = mets.add(
            mets.add(parent, section, ID=name),
            "mdWrap",
            MDTYPE=kind,
            MDTYPEVERSION=version,
            MIMETYPE="text/xml",
        )
        mets.add(wrap, "xmlData").append(content)


def _core(file: PackagedFile) -> dict[str, str]:
    return {
        "MIMETYPE": file.mime_type,
        "SIZE": str(file.size_bytes),
        "CHECKSUM": file.sha512,
        "CHECKSUMTYPE": "SHA-512",
    }


def _locate(element: etree._Element, file: PackagedFile) -> None:
    element.set(xlink.attribute("type"), "simple")
    element.set(xlink.attribute("href"), quote(xml_text(file.path), safe="/"))
