"""Answering: one XML document for every request, right or wrong.

Source: OAI-PMH 2.0, sections 3.2 and 4; OAI identifier format 2.0 of the guidelines
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from archive.oai.repository import Entry, Format, Identity, Repository
from archive.oai.request import (
    ErrorCode,
    OaiError,
    Request,
    bounds_of,
    check_set,
    read_request,
)
from archive.oai.tokens import Place, read_token, write_token
from schemas.events import utc_text
from schemas.xml import xml_text

OAI_NS = "http://www.openarchives.org/OAI/2.0/"
_IDENTIFIER_NS = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
# Without a prefix, as every example of the protocol is; lxml's types know no such key.
_NAMES: dict[Any, str] = {None: OAI_NS, "xsi": _XSI_NS}
_IDENTIFIER_NAMES: dict[Any, str] = {None: _IDENTIFIER_NS}
PAGE_ENTRIES = 100
"""Most records of one answer: about 300 kB of LIDO."""


@dataclass(frozen=True)
class Provider:
    """Answers harvesters.

    Attributes:
        repository: What there is to harvest.
        key: Secret that signs resumption tokens; the same as long as tokens should hold.
        page_entries: Most entries in one answer.
    """

    repository: Repository
    key: bytes
    page_entries: int = PAGE_ENTRIES

    def answer(self, pairs: Sequence[tuple[str, str]], now: datetime) -> bytes:
        """Return the document that answers a request.

        Args:
            pairs: Its arguments, decoded.
            now: When it is answered.
        """
        root = etree.Element(_oai("OAI-PMH"), nsmap=_NAMES)
        root.set(
            f"{{{_XSI_NS}}}schemaLocation",
            f"{OAI_NS} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
        )
        _text(root, "responseDate", utc_text(now))
        asked = _text(root, "request", self.repository.identity.base_url)
        try:
            request = read_request(pairs)
            # A wrong verb or argument must not be repeated as an attribute; a right one must.
            answer = self._answer(request)
            self._name(asked, request)
            root.append(answer)
        except OaiError as error:
            if error.code not in (ErrorCode.BAD_VERB, ErrorCode.BAD_ARGUMENT):
                self._name(asked, read_request(pairs))
            told = _text(root, "error", str(error))
            told.set("code", error.code.value)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _name(self, asked: etree._Element, request: Request) -> None:
        asked.set("verb", request.verb)
        for name, value in request.arguments.items():
            asked.set(name, xml_text(value))

    def _answer(self, request: Request) -> etree._Element:
        answers: dict[str, Callable[[Request], etree._Element]] = {
            "Identify": self._identify,
            "ListMetadataFormats": self._list_formats,
            "ListSets": self._list_sets,
            "GetRecord": self._get_record,
            "ListIdentifiers": self._list,
            "ListRecords": self._list,
        }
        return answers[request.verb](request)

    # --- single answers ---

    def _identify(self, request: Request) -> etree._Element:
        identity = self.repository.identity
        answer = etree.Element(_oai(request.verb))
        _text(answer, "repositoryName", identity.name)
        _text(answer, "baseURL", identity.base_url)
        _text(answer, "protocolVersion", "2.0")
        _text(answer, "adminEmail", identity.admin_email)
        _text(answer, "earliestDatestamp", identity.earliest)
        _text(answer, "deletedRecord", "persistent")
        _text(answer, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        entries = self.repository.entries
        sample = f"oai:{identity.domain}:{entries[0].item_id if entries else 'item'}"
        description = etree.SubElement(answer, _oai("description"))
        description.append(_identifier_scheme(identity, sample))
        return answer

    def _list_formats(self, request: Request) -> etree._Element:
        formats: Iterable[Format] = self.repository.formats
        if request.get("identifier"):
            entry = self._entry(request)
            formats = [
                found
                for found in formats
                if entry.is_deleted or found.make(entry.item_id) is not None
            ]
            if not formats:
                raise OaiError(ErrorCode.NO_FORMATS, "The item can be had in no format.")
        answer = etree.Element(_oai(request.verb))
        for entry_format in formats:
            element = etree.SubElement(answer, _oai("metadataFormat"))
            _text(element, "metadataPrefix", entry_format.prefix)
            _text(element, "schema", entry_format.schema)
            _text(element, "metadataNamespace", entry_format.namespace)
        return answer

    def _list_sets(self, request: Request) -> etree._Element:
        if request.get("resumptionToken"):
            raise OaiError(ErrorCode.BAD_RESUMPTION, "All sets are given at once, without a token.")
        answer = etree.Element(_oai(request.verb))
        for found in self.repository.sets:
            element = etree.SubElement(answer, _oai("set"))
            _text(element, "setSpec", found.spec)
            _text(element, "setName", found.name)
        return answer

    def _get_record(self, request: Request) -> etree._Element:
        entry = self._entry(request)
        answer = etree.Element(_oai(request.verb))
        record = self._record(entry, self._format(request.get("metadataPrefix")))
        if record is None:
            raise OaiError(ErrorCode.CANNOT_DISSEMINATE, "This item cannot be had in this format.")
        answer.append(record)
        return answer

    # --- lists ---

    def _list(self, request: Request) -> etree._Element:
        place, first, last = self._begin(request)
        wanted = self._wanted(first, last, place.set_spec)
        if not wanted:
            raise OaiError(ErrorCode.NO_RECORDS, "Nothing is as asked for.")
        at = bisect_right(wanted, (place.datestamp, place.item_id), key=_key)
        answer = etree.Element(_oai(request.verb))
        given = 0
        while at < len(wanted) and given < self.page_entries:
            element = self._element(request.verb, wanted[at], self._format(place.prefix))
            at += 1
            if element is not None:
                answer.append(element)
                given += 1
        if not given and not place.cursor:
            raise OaiError(ErrorCode.NO_RECORDS, "Nothing of it can be had in this format.")
        if not given:
            # What stood behind the token went away since: the list before it is complete.
            raise OaiError(ErrorCode.BAD_RESUMPTION, "The list ended with the answer before.")
        self._add_token(answer, place, wanted, at, given)
        return answer

    def _begin(self, request: Request) -> tuple[Place, str, str]:
        """Return where to go on, and the first and last datestamp asked for.

        Raises:
            OaiError: The token is not ours, or an argument is wrong.
        """
        if token := request.get("resumptionToken"):
            place = read_token(token, self.key)
            if place is None or place.verb != request.verb:
                raise OaiError(
                    ErrorCode.BAD_RESUMPTION, "This token was not given out for this request."
                )
        else:
            place = Place(
                request.verb,
                request.get("metadataPrefix"),
                request.get("from"),
                request.get("until"),
                request.get("set"),
                datestamp="",
                item_id="",
                cursor=0,
            )
        asked = Request(place.verb, {"from": place.since, "until": place.until})
        first, last = bounds_of(asked)
        check_set(place.set_spec)
        self._format(place.prefix)
        return place, first, last

    def _wanted(self, first: str, last: str, set_spec: str) -> Sequence[Entry]:
        entries = self.repository.entries
        start = bisect_left(entries, first, key=_datestamp) if first else 0
        end = bisect_right(entries, last, key=_datestamp) if last else len(entries)
        wanted = entries[start:end]
        if not set_spec:
            return wanted
        return [entry for entry in wanted if any(_is_in(spec, set_spec) for spec in entry.sets)]

    def _element(self, verb: str, entry: Entry, chosen: Format) -> etree._Element | None:
        if verb == "ListRecords":
            return self._record(entry, chosen)
        if entry.is_deleted or chosen.prefix == "oai_dc" or chosen.make(entry.item_id) is not None:
            return self._header(entry)
        return None

    def _add_token(
        self, answer: etree._Element, place: Place, wanted: Sequence[Entry], at: int, given: int
    ) -> None:
        is_last = at >= len(wanted)
        if is_last and not place.cursor:
            return
        token = _text(answer, "resumptionToken", "")
        # Of other formats nobody knows how many records they can hold before all are made.
        if place.prefix == "oai_dc":
            token.set("completeListSize", str(len(wanted)))
        token.set("cursor", str(place.cursor))
        if not is_last:
            last = wanted[at - 1]
            onward = Place(
                place.verb,
                place.prefix,
                place.since,
                place.until,
                place.set_spec,
                last.datestamp,
                last.item_id,
                place.cursor + given,
            )
            token.text = write_token(onward, self.key)

    # --- parts ---

    def _format(self, prefix: str) -> Format:
        for found in self.repository.formats:
            if found.prefix == prefix:
                return found
        raise OaiError(ErrorCode.CANNOT_DISSEMINATE, "There is no format of this name.")

    def _entry(self, request: Request) -> Entry:
        scheme, _colon, rest = request.get("identifier").partition(":")
        domain, _colon, item_id = rest.partition(":")
        entry = None
        if scheme == "oai" and domain == self.repository.identity.domain:
            entry = self.repository.find(item_id)
        if entry is None:
            raise OaiError(ErrorCode.ID_DOES_NOT_EXIST, "There is and was no item of this name.")
        return entry

    def _header(self, entry: Entry) -> etree._Element:
        header = etree.Element(_oai("header"))
        if entry.is_deleted:
            header.set("status", "deleted")
        _text(header, "identifier", f"oai:{self.repository.identity.domain}:{entry.item_id}")
        _text(header, "datestamp", entry.datestamp)
        for spec in entry.sets:
            _text(header, "setSpec", spec)
        return header

    def _record(self, entry: Entry, chosen: Format) -> etree._Element | None:
        """Return a record, or None for an item that cannot be had in this format."""
        record = etree.Element(_oai("record"))
        record.append(self._header(entry))
        if not entry.is_deleted:
            document = chosen.make(entry.item_id)
            if document is None:
                return None
            etree.SubElement(record, _oai("metadata")).append(document)
        return record


def _identifier_scheme(identity: Identity, sample: str) -> etree._Element:
    scheme = etree.Element(f"{{{_IDENTIFIER_NS}}}oai-identifier", nsmap=_IDENTIFIER_NAMES)
    scheme.set(
        f"{{{_XSI_NS}}}schemaLocation",
        f"{_IDENTIFIER_NS} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd",
    )
    for name, text in (
        ("scheme", "oai"),
        ("repositoryIdentifier", identity.domain),
        ("delimiter", ":"),
        ("sampleIdentifier", sample),
    ):
        etree.SubElement(scheme, f"{{{_IDENTIFIER_NS}}}{name}").text = text
    return scheme


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, _oai(name))
    element.text = xml_text(text)
    return element


def _oai(name: str) -> str:
    return f"{{{OAI_NS}}}{name}"


def _is_in(spec: str, asked: str) -> bool:
    """Say whether a set is the one asked for, or a part of it."""
    return spec == asked or spec.startswith(f"{asked}:")


def _key(entry: Entry) -> tuple[str, str]:
    return entry.datestamp, entry.item_id


def _datestamp(entry: Entry) -> str:
    return entry.datestamp
