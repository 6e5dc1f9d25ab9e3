"""What each item of a bag means for the archive: new, newer, the same, or in conflict.

Pure but for reading: nothing is written. Provenance decides. ``events.json`` only grows, so of two
states of one object the one whose events begin with all of the other's is the later; when neither
does, both were changed, and a person has to look.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from archive.bag_reading import VerifiedBag
from archive.export.bagit import NAMES_FORMAT
from archive.ocfl import check_logical_paths
from archive.store import Store, StoredItem
from schemas.errors import RecordError, SourceError
from schemas.events import Event, EventType, parse_events_document
from schemas.findings import Finding
from schemas.identifiers import spelling_key
from schemas.records import Record
from schemas.technical import Technical, parse_technical_document

_DOCUMENTS = ("record.json", "technical.json", "events.json")
_LONGEST_VALUE = 300


class Standing(StrEnum):
    """What an item of a bag is to the archive."""

    NEW = "new"
    NEWER = "newer"
    KNOWN = "known"
    OLDER = "older"
    REFUSED = "refused"


@dataclass(frozen=True)
class Difference:
    """One thing that the archive and the bag say otherwise."""

    field: str
    here: str
    there: str


@dataclass(frozen=True)
class ReceivedItem:
    """One item of a bag.

    Attributes:
        record: What the bag says of it; of one that cannot be read, its folder's name alone.
        standing: What becomes of it.
        findings: Why, where that needs a word.
        technical: What was read from its masters.
        masters: Name in the bag of each master, by logical path.
        new_events: What happened to it that the archive does not know yet, oldest first.
        differences: What the archive says otherwise, where both were changed.
    """

    record: Record
    standing: Standing
    findings: tuple[Finding, ...] = ()
    technical: tuple[Technical, ...] = ()
    masters: Mapping[str, str] = field(default_factory=dict)
    new_events: tuple[Event, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Say whether it is to be taken in."""
        return self.standing in (Standing.NEW, Standing.NEWER)

    def to_json(self) -> dict[str, Any]:
        """Return what becomes of it as plain JSON data."""
        return {
            "item": self.record.item_id,
            "identifier": self.record.identifier,
            "standing": self.standing.value,
            "masters": len(self.masters),
            "differences": [vars(difference) for difference in self.differences],
        }


@dataclass(frozen=True)
class _Packed:
    """An item as the bag has it."""

    record: Record
    technical: tuple[Technical, ...]
    events: tuple[Event, ...]
    masters: Mapping[str, str]


def plan_items(
    proven: VerifiedBag, store: Store, identifiers: Iterable[tuple[str, str]]
) -> tuple[ReceivedItem, ...]:
    """Return every item of a bag, in the order of their ids, with what becomes of it.

    Args:
        proven: The bag.
        store: The store it would go into.
        identifiers: Id and inventory number of every item of the archive.
    """
    spelled = {spelling_key(number): number for _id, number in identifiers}
    ids = sorted({name.split("/")[1] for name in proven.digests if name.count("/") > 1})
    return tuple(_planned(proven, store, item_id, spelled) for item_id in ids)


def _planned(
    proven: VerifiedBag, store: Store, item_id: str, spelled: Mapping[tuple[str, ...], str]
) -> ReceivedItem:
    try:
        packed = _read(proven, item_id)
    except (RecordError, SourceError, ValueError, RecursionError) as error:
        reason = getattr(error, "problem", "") or str(error) or type(error).__name__
        finding = Finding("RECEIVE-unreadable", item_id=item_id, values={"reason": reason})
        return ReceivedItem(Record(item_id, ()), Standing.REFUSED, (finding,))
    missing = [view.path for view in packed.record.views if view.path not in packed.masters]
    if missing:
        names = ", ".join(path.removeprefix("masters/") for path in missing[:5])
        return _refused(packed, "RECEIVE-without-masters", names=names)
    if not store.has(item_id):
        return _new(packed, spelled)
    try:
        stored = store.read(item_id)
    except RecordError as error:
        return _refused(packed, "STORE-damaged", reason=error.problem)
    return _compared(packed, stored)


def _new(packed: _Packed, spelled: Mapping[tuple[str, ...], str]) -> ReceivedItem:
    number = packed.record.identifier
    known = spelled.get(spelling_key(number))
    findings: tuple[Finding, ...] = ()
    if known is not None:
        findings = (_found(packed, "RECEIVE-similar-number", identifier=number, here=known),)
    return _taken(packed, Standing.NEW, packed.events, findings)


def _compared(packed: _Packed, stored: StoredItem) -> ReceivedItem:
    """Return what becomes of an item whose number the archive has."""
    theirs, ours = _history(packed.events), _history(stored.events)
    differences = tuple(_differences(packed, stored))
    if not differences:
        return _kept(packed, Standing.KNOWN, "RECEIVE-known")
    if theirs[: len(ours)] == ours and len(theirs) > len(ours):
        return _taken(packed, Standing.NEWER, _unknown(packed.events, len(ours)))
    if ours[: len(theirs)] == theirs and len(ours) > len(theirs):
        return _kept(packed, Standing.OLDER, "RECEIVE-older")
    if _are_strangers(packed, stored):
        said = {
            "identifier": stored.record.identifier,
            "here": stored.record.title("vi"),
            "there": packed.record.title("vi"),
        }
        return _refused(packed, "RECEIVE-other-object", differences, **said)
    fields = ", ".join(difference.field for difference in differences)
    return _refused(packed, "RECEIVE-differs", differences, fields=fields)


def _history(events: Iterable[Event]) -> list[Event]:
    """Return what happened to an object itself: not that it was handed over."""
    return [event for event in events if event.type is not EventType.ACCESSION]


def _unknown(events: tuple[Event, ...], known: int) -> tuple[Event, ...]:
    """Return the events after the first ``known`` that are no handing over."""
    return tuple(_history(events)[known:])


def _tracks(events: Iterable[Event]) -> list[Event]:
    """Return the events that only one object can have had.

    Two museums may take in something within the same second: what happened to its scans tells,
    or, of an item without any, all that happened.
    """
    history = _history(events)
    return [e for e in history if e.type is EventType.MESSAGE_DIGEST_CALCULATION] or history


def _are_strangers(packed: _Packed, stored: StoredItem) -> bool:
    """Say whether two items of one number have nothing in common: no event, scan or title."""
    if set(_tracks(packed.events)) & set(_tracks(stored.events)):
        return False
    theirs = {technical.sha512 for technical in packed.technical}
    if theirs & {technical.sha512 for technical in stored.technical}:
        return False
    titles = {s.value.casefold() for s in packed.record.values("title")}
    return not titles & {s.value.casefold() for s in stored.record.values("title")}


def _differences(packed: _Packed, stored: StoredItem) -> Iterable[Difference]:
    there, here = packed.record, stored.record
    fields = dict.fromkeys(s.field or s.term for s in (*here.statements, *there.statements))
    for name in fields:
        yield from _differing(name, _values(here, name), _values(there, name))
    for name in ("identifier", "access", "embargo_until", "kind"):
        yield from _differing(name, getattr(here, name), getattr(there, name))
    for name in ("extra", "originals"):
        yield from _differing(name, _cells(getattr(here, name)), _cells(getattr(there, name)))
    yield from _differing("views", _views(here), _views(there))
    ours = {entry.path: entry.sha512 for entry in stored.technical}
    theirs = {entry.path: entry.sha512 for entry in packed.technical}
    for path in dict.fromkeys([*ours, *theirs]):
        yield from _differing(path, ours.get(path, ""), theirs.get(path, ""))


def _differing(name: str, here: str, there: str) -> Iterable[Difference]:
    if here != there:
        yield Difference(name, here[:_LONGEST_VALUE], there[:_LONGEST_VALUE])


def _values(record: Record, name: str) -> str:
    own = (s for s in record.statements if (s.field or s.term) == name)
    return "; ".join(" ".join(filter(None, (s.value, s.uri, s.lang))) for s in own)


def _cells(pairs: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{heading}: {text}" for heading, text in pairs)


def _views(record: Record) -> str:
    """Return the views in their order, with what is said of each."""
    said = ((v.path, v.label, v.lang, v.access.value, v.embargo_until) for v in record.views)
    return "; ".join(" ".join(filter(None, view)) for view in said)


def _taken(
    packed: _Packed,
    standing: Standing,
    events: tuple[Event, ...],
    findings: tuple[Finding, ...] = (),
) -> ReceivedItem:
    return ReceivedItem(packed.record, standing, findings, packed.technical, packed.masters, events)


def _kept(packed: _Packed, standing: Standing, code: str) -> ReceivedItem:
    return ReceivedItem(packed.record, standing, (_found(packed, code),))


def _refused(
    packed: _Packed, code: str, differences: tuple[Difference, ...] = (), **values: object
) -> ReceivedItem:
    found = (_found(packed, code, **values),)
    return ReceivedItem(packed.record, Standing.REFUSED, found, differences=differences)


def _found(packed: _Packed, code: str, **values: object) -> Finding:
    return Finding(code, item_id=packed.record.item_id, values=values)


# --- an item in a bag ---


def _read(proven: VerifiedBag, item_id: str) -> _Packed:
    """Return an item, its parts at one with each other and with the bag's manifests.

    Raises:
        RecordError: A document is not what it must be.
        SourceError: A document is missing or too large.
        ValueError: They contradict each other, or a name is unsafe.
    """
    record_data, technical_data, events_data = (
        _document(proven, f"data/{item_id}/{name}") for name in _DOCUMENTS
    )
    record = Record.from_json(record_data)
    if record.item_id != item_id or record.is_withdrawn:
        raise ValueError(f"its record is that of '{record.identifier}'")
    technical = parse_technical_document(technical_data)
    if [entry.path for entry in technical] != [view.path for view in record.views]:
        raise ValueError("record.json and technical.json name other masters")
    masters = _masters(proven, item_id)
    check_logical_paths(frozenset(masters))
    for entry in technical:
        name = masters.get(entry.path)
        said = {"sha512": entry.sha512, "sha256": entry.sha256}
        if name is not None and proven.digests[name] != said:
            raise ValueError(f"{entry.path} is not as technical.json says")
    return _Packed(record, technical, parse_events_document(events_data), masters)


def _document(proven: VerifiedBag, name: str) -> Any:
    return json.loads(proven.bag.read(name))


def _masters(proven: VerifiedBag, item_id: str) -> dict[str, str]:
    """Return the name in the bag of each master, by its logical path."""
    folder = f"data/{item_id}/"
    names = {
        name.removeprefix(folder): name
        for name in proven.digests
        if name.startswith(f"{folder}masters/")
    }
    if f"{folder}names.json" not in proven.bag.sizes:
        return names
    data = _document(proven, f"{folder}names.json")
    if not isinstance(data, dict) or data.get("format") != NAMES_FORMAT:
        raise ValueError("names.json is of an unknown format")
    true = {str(safe): str(path) for safe, path in dict(data["true_names"]).items()}
    found = {true.get(safe, safe): name for safe, name in names.items()}
    if len(found) != len(names) or not all(path.startswith("masters/") for path in found):
        raise ValueError("names.json names masters wrongly")
    return found
