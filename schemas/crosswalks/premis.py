"""What an item's files are and what happened to them, in PREMIS 3.

Each function makes one ``premis:object``, ``premis:event``, ``premis:agent`` or
``premis:rights`` element, whole in itself, so that METS can wrap each on its own.

Source: PREMIS Data Dictionary for Preservation Metadata 3.0; premis-v3-0.xsd
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

from schemas.crosswalks.elements import Namespace, set_type
from schemas.events import Event, EventType
from schemas.records import Record
from schemas.rights import RightsStatement, rights_statement
from schemas.technical import Technical

PREMIS_NS: Final = "http://www.loc.gov/premis/v3"
_VOCABULARY: Final = "http://id.loc.gov/vocabulary/preservation/"
_LOCAL: Final = "local"
_UNKNOWN_PUID: Final = "UNKNOWN"
_VERSIONED = re.compile(r"(?P<name>.*\S)\s+v?(?P<version>\d[\w.+-]*)")
_DIGESTS: Final = (("SHA-512", "sha512"), ("SHA-256", "sha256"))

premis = Namespace("premis", PREMIS_NS)


@dataclass(frozen=True)
class Agent:
    """Who or what did something.

    Attributes:
        name: Its name with its version, as events have it.
        kind: ``software`` or ``hardware`` (a camera, a scanner).
    """

    name: str
    kind: str = "software"


@dataclass(frozen=True)
class StoredFile:
    """One master as PREMIS sees it.

    Attributes:
        technical: What was read from it.
        identifier: What it is called in this package; unique in it.
        location: Where it stands in the package, or empty where it is not in it.
        item: What the object it is a part of is called.
        events: What the events that concern it are called.
        rights: What the statements of its rights are called.
    """

    technical: Technical
    identifier: str
    location: str
    item: str
    events: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


def item_object(
    record: Record, identifier: str, parts: Iterable[str], rights: Iterable[str]
) -> etree._Element:
    """Return the representation that an item's files make up together.

    Args:
        record: Says the inventory number.
        identifier: What the item is called in this package.
        parts: What its files are called.
        rights: What the statements of its rights are called.
    """
    found = premis.root("object")
    set_type(found, "premis:representation")
    _identified(found, "objectIdentifier", identifier)
    _identified(found, "objectIdentifier", record.identifier, kind="inventory number")
    for part in parts:
        _related(found, "has part", part)
    _link_rights(found, rights)
    return found


def file_object(file: StoredFile) -> etree._Element:
    """Return one master: its digests, its format, its name, where it is, what it belongs to."""
    technical = file.technical
    found = premis.root("object")
    set_type(found, "premis:file")
    _identified(found, "objectIdentifier", file.identifier)
    traits = premis.add(found, "objectCharacteristics")
    premis.add(traits, "compositionLevel", "0")
    for name, attribute in _DIGESTS:
        fixity = premis.add(traits, "fixity")
        _term(fixity, "messageDigestAlgorithm", name, "cryptographicHashFunctions", attribute)
        premis.add(fixity, "messageDigest", getattr(technical, attribute))
        premis.add(fixity, "messageDigestOriginator", "Hoa Ban")
    premis.add(traits, "size", str(technical.size_bytes))
    _add_format(traits, technical)
    premis.add(found, "originalName", technical.source_name)
    if file.location:
        place = premis.add(premis.add(found, "storage"), "contentLocation")
        premis.add(place, "contentLocationType", "relative path")
        premis.add(place, "contentLocationValue", file.location)
    _related(found, "is part of", file.item)
    for event in file.events:
        link = premis.add(found, "linkingEventIdentifier")
        premis.add(link, "linkingEventIdentifierType", _LOCAL)
        premis.add(link, "linkingEventIdentifierValue", event)
    _link_rights(found, file.rights)
    return found


def event_element(event: Event, identifier: str, concerns: str, detail: str = "") -> etree._Element:
    """Return one event.

    Args:
        event: What happened.
        identifier: What it is called in this package.
        concerns: What the object it happened to is called.
        detail: What else is to be said of it; may be empty.
    """
    found = premis.root("event")
    _identified(found, "eventIdentifier", identifier)
    _term(found, "eventType", event.type.value, "eventType", event.type.uri.rpartition("/")[2])
    premis.add(found, "eventDateTime", event.at)
    said = "; ".join(part for part in (event.detail, detail) if part)
    if said:
        premis.add(premis.add(found, "eventDetailInformation"), "eventDetail", said)
    outcome = premis.add(found, "eventOutcomeInformation")
    _term(outcome, "eventOutcome", event.outcome, "eventOutcome", _OUTCOMES.get(event.outcome, ""))
    for agent in agents_of(event):
        link = premis.add(found, "linkingAgentIdentifier")
        premis.add(link, "linkingAgentIdentifierType", _LOCAL)
        premis.add(link, "linkingAgentIdentifierValue", agent.name)
    link = premis.add(found, "linkingObjectIdentifier")
    premis.add(link, "linkingObjectIdentifierType", _LOCAL)
    premis.add(link, "linkingObjectIdentifierValue", concerns)
    return found


# Source: https://id.loc.gov/vocabulary/preservation/eventOutcome.html
_OUTCOMES = {"success": "suc", "warning": "war", "fail": "fai"}


def agents_of(event: Event) -> tuple[Agent, ...]:
    """Return who or what an event names; several programs stand with commas between them."""
    if event.type is EventType.CAPTURE:
        return (Agent(event.agent, "hardware"),) if event.agent else ()
    names = (name.strip() for name in event.agent.split(","))
    return tuple(Agent(name) for name in dict.fromkeys(names) if name)


def agent_element(agent: Agent) -> etree._Element:
    """Return one agent, its version apart from its name."""
    found = premis.root("agent")
    _identified(found, "agentIdentifier", agent.name)
    versioned = _VERSIONED.fullmatch(agent.name) if agent.kind == "software" else None
    premis.add(found, "agentName", versioned["name"] if versioned else agent.name)
    _term(found, "agentType", agent.kind, "agentType", agent.kind[:3])
    if versioned:
        premis.add(found, "agentVersion", versioned["version"])
    return found


@dataclass(frozen=True)
class RightsSaid:
    """What is said of the rights in an item.

    Attributes:
        uris: Addresses of statements or licences.
        texts: The museum's own words.
    """

    uris: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


def rights_of(record: Record, rights: str = "", rights_uri: str = "") -> RightsSaid:
    """Return what a record says of its rights; where nothing, what is given for all.

    Args:
        record: The record.
        rights: The archive's statement for items that have none of their own, or empty.
        rights_uri: Its address, or empty.
    """
    entries = record.rights
    uris = [entry.uri for entry in entries if entry.uri]
    uris += [entry.value for entry in entries if rights_statement(entry.value)]
    texts = [entry.value for entry in entries if entry.value and entry.value not in uris]
    if not uris and not texts:
        return RightsSaid((rights_uri,) if rights_uri else (), (rights,) if rights else ())
    known = (rights_statement(uri) for uri in uris)
    named = [found.uri if found else uri for found, uri in zip(known, uris, strict=True)]
    return RightsSaid(tuple(dict.fromkeys(named)), tuple(dict.fromkeys(texts)))


def rights_element(said: RightsSaid, identifier: str, concerns: str) -> etree._Element:
    """Return the rights in an item, as one statement.

    A Creative Commons licence is a licence; any other statement and words of the museum are
    "other": PREMIS would have a jurisdiction with a copyright, which no catalogue says.

    Args:
        said: What is said of them; not nothing.
        identifier: What the statement is called in this package.
        concerns: What the item is called.
    """
    found = premis.root("rights")
    statement = premis.add(found, "rightsStatement")
    _identified(statement, "rightsStatementIdentifier", identifier)
    licence = next((k for k in map(rights_statement, said.uris) if k and _is_licence(k)), None)
    if licence:
        _add_licence(statement, said, licence)
    else:
        _add_other(statement, said)
    link = premis.add(statement, "linkingObjectIdentifier")
    premis.add(link, "linkingObjectIdentifierType", _LOCAL)
    premis.add(link, "linkingObjectIdentifierValue", concerns)
    return found


def _is_licence(statement: RightsStatement) -> bool:
    return "creativecommons.org/" in statement.uri and "/mark/" not in statement.uri


def _add_licence(parent: etree._Element, said: RightsSaid, licence: RightsStatement) -> None:
    _term(parent, "rightsBasis", "license", "rightsBasis", "lic")
    information = premis.add(parent, "licenseInformation")
    for uri in said.uris:
        documented = premis.add(information, "licenseDocumentationIdentifier")
        premis.add(documented, "licenseDocumentationIdentifierType", "URI")
        premis.add(documented, "licenseDocumentationIdentifierValue", uri)
    premis.add(information, "licenseTerms", licence.mark)
    for text in said.texts:
        premis.add(information, "licenseNote", text)


def _add_other(parent: etree._Element, said: RightsSaid) -> None:
    _term(parent, "rightsBasis", "other", "rightsBasis", "oth")
    information = premis.add(parent, "otherRightsInformation")
    for uri in said.uris:
        documented = premis.add(information, "otherRightsDocumentationIdentifier")
        premis.add(documented, "otherRightsDocumentationIdentifierType", "URI")
        premis.add(documented, "otherRightsDocumentationIdentifierValue", uri)
    premis.add(information, "otherRightsBasis", "statement of the holding institution")
    for text in said.texts:
        premis.add(information, "otherRightsNote", text)


def _add_format(parent: etree._Element, technical: Technical) -> None:
    found = premis.add(parent, "format")
    name = technical.format_name or technical.mime_type or "unknown"
    premis.add(premis.add(found, "formatDesignation"), "formatName", name)
    if technical.puid and technical.puid != _UNKNOWN_PUID:
        registry = premis.add(found, "formatRegistry")
        premis.add(registry, "formatRegistryName", "PRONOM")
        premis.add(registry, "formatRegistryKey", technical.puid)


def _identified(parent: etree._Element, name: str, value: str, kind: str = _LOCAL) -> None:
    found = premis.add(parent, name)
    premis.add(found, f"{name}Type", kind)
    premis.add(found, f"{name}Value", value)


def _related(parent: etree._Element, how: str, identifier: str) -> None:
    found = premis.add(parent, "relationship")
    _term(found, "relationshipType", "structural", "relationshipType", "str")
    code = {"has part": "hsp", "is part of": "isp"}[how]
    _term(found, "relationshipSubType", how, "relationshipSubType", code)
    other = premis.add(found, "relatedObjectIdentifier")
    premis.add(other, "relatedObjectIdentifierType", _LOCAL)
    premis.add(other, "relatedObjectIdentifierValue", identifier)


def _link_rights(parent: etree._Element, identifiers: Iterable[str]) -> None:
    for identifier in identifiers:
        link = premis.add(parent, "linkingRightsStatementIdentifier")
        premis.add(link, "linkingRightsStatementIdentifierType", _LOCAL)
        premis.add(link, "linkingRightsStatementIdentifierValue", identifier)


def _term(parent: etree._Element, name: str, text: str, vocabulary: str, code: str) -> None:
    """Add a word of a Library of Congress vocabulary; one without a code is only a word."""
    found = premis.add(parent, name, text)
    if code:
        found.set("authority", vocabulary)
        found.set("authorityURI", _VOCABULARY + vocabulary)
        found.set("valueURI", f"{_VOCABULARY}{vocabulary}/{code}")
