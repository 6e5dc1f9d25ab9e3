"""What happened to an item, in the words of PREMIS: ``events.json`` in every object version.

The list only grows: a version's events are those of the version before, and then its own.

Source: PREMIS Data Dictionary 3.0, section 2 (events, agents); event types from
http://id.loc.gov/vocabulary/preservation/eventType (read 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from schemas.errors import RecordError

EVENTS_FORMAT = "hoaban-events-1"
_VOCABULARY = "http://id.loc.gov/vocabulary/preservation/eventType/"


class EventType(StrEnum):
    """The event types we record, in the words of PREMIS.

    ``DERIVATION`` has no entry in the Library of Congress vocabulary, so it has no URI.
    """

    ACCESSION = "accession"
    CAPTURE = "capture"
    INGESTION = "ingestion"
    MESSAGE_DIGEST_CALCULATION = "message digest calculation"
    FORMAT_IDENTIFICATION = "format identification"
    METADATA_MODIFICATION = "metadata modification"
    DERIVATION = "derivation"
    FIXITY_CHECK = "fixity check"
    RECOVERY = "recovery"

    @property
    def uri(self) -> str:
        """The type's URI in the Library of Congress vocabulary, or empty."""
        code = _CODES.get(self)
        return _VOCABULARY + code if code else ""


_CODES = {
    EventType.ACCESSION: "acc",
    EventType.CAPTURE: "cap",
    EventType.INGESTION: "ing",
    EventType.MESSAGE_DIGEST_CALCULATION: "mes",
    EventType.FORMAT_IDENTIFICATION: "for",
    EventType.METADATA_MODIFICATION: "mem",
    EventType.FIXITY_CHECK: "fix",
    EventType.RECOVERY: "rec",
}


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        type: What happened.
        at: When, as RFC 3339 in UTC with whole seconds, ``2026-11-21T08:30:00Z``; a capture
            keeps the camera's local time, which names no zone, ``2012-05-03T10:00:00``.
        outcome: ``success``, ``warning`` or ``fail`` (PREMIS eventOutcome vocabulary).
        agent: Who or what did it, as ``Hoa Ban 0.1.0`` or ``libvips 8.18.7``.
        path: Logical path of the master concerned, or empty for the whole item.
        detail: One sentence or a key=value list in English; may be empty.
    """

    type: EventType
    at: str
    outcome: str
    agent: str
    path: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the event as plain JSON data, with the URI of its type."""
        return asdict(self) | {
            "type": self.type.value,
            "type_uri": self.type.uri,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Event:
        """Return the event that ``data`` holds.

        Raises:
            RecordError: ``data`` is not an event.
        """
        try:
            return cls(
                type=EventType(data["type"]),
                at=data["at"],
                outcome=data["outcome"],
                agent=data["agent"],
                path=data["path"],
                detail=data["detail"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"not an event: {error!r}") from error


def events_document(events: tuple[Event, ...]) -> dict[str, Any]:
    """Return ``events.json`` for an item, oldest first."""
    return {"format": EVENTS_FORMAT, "events": [event.to_json() for event in events]}


def parse_events_document(data: Mapping[str, Any]) -> tuple[Event, ...]:
    """Return the events that ``events.json`` holds.

    Raises:
        RecordError: The document is not of this format.
    """
    try:
        if data["format"] != EVENTS_FORMAT:
            raise RecordError(f"not a {EVENTS_FORMAT} document")
        events = list(data["events"])
    except (KeyError, TypeError) as error:
        raise RecordError(f"not a {EVENTS_FORMAT} document: {error!r}") from error
    return tuple(map(Event.from_json, events))


def utc_text(moment: datetime) -> str:
    """Return an aware moment as RFC 3339 in UTC with whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
