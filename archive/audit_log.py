"""What audits and repairs found and did, kept for good: ``audits/*.jsonl``, a file an audit.

Promise: a file only grows; what :meth:`AuditLog.append` was given is on the disk when
:meth:`AuditLog.sync` returns; a last line that a crash cut off is left out by the reader. So the
logs tell, without the catalogue, when each item was read last, and where an interrupted audit goes
on. ``docs/store-format.md`` describes the lines.

The store gets no version for an audit: reading changes nothing of an item, and a version a month
of each item would bury its history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import durable
from archive.fixity import AuditResult, Problem, ProblemKind
from archive.layout import Layout
from schemas.errors import RecordError
from schemas.events import Event, EventType, utc_text
from schemas.software import agent_name

AUDIT_FORMAT = "hoaban-audit-1"
_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class PastAudit:
    """What one log says.

    Attributes:
        path: The log.
        started_at: When the audit began, RFC 3339.
        selection: Which items it reads; the same words mean the same choice.
        results: The last result of each item read, with the time; the root has no log line.
        event: Its PREMIS event; None while it is not finished.
    """

    path: Path
    started_at: str
    selection: str
    results: Mapping[str, tuple[str, AuditResult]]
    event: Event | None

    @property
    def name(self) -> str:
        """The log's name, which is the time at which the audit began."""
        return self.path.stem


@dataclass
class AuditLog:
    """A log that is being written.

    Attributes:
        path: The file.
        started_at: When the audit began, RFC 3339.
    """

    path: Path
    started_at: str
    _waiting: list[bytes] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The log's name, which is the time at which the audit began."""
        return self.path.stem

    def add(self, result: AuditResult, at: datetime) -> None:
        """Note the result of one object; it is on the disk after the next :meth:`sync`."""
        self._append(
            {
                "item_id": result.item_id,
                "files_checked": result.files_checked,
                "bytes_checked": result.bytes_checked,
                "problems": [asdict(problem) for problem in result.problems],
                "at": utc_text(at),
            }
        )

    def add_event(self, event: Event) -> None:
        """Note an event: the end of the audit, or a repair."""
        self._append({"event": event.to_json()})

    def sync(self) -> None:
        """Bring what was noted onto the disk.

        Raises:
            StoreWriteError: The disk refused.
        """
        if self._waiting:
            durable.append_to_file(self.path, b"".join(self._waiting))
            self._waiting.clear()

    def _append(self, line: Mapping[str, Any]) -> None:
        self._waiting.append(_line(line))


def begin_log(layout: Layout, selection: str, now: Callable[[], datetime]) -> AuditLog:
    """Make the log of a new audit.

    Raises:
        StoreWriteError: The disk refused.
    """
    started = now()
    durable.make_folder(layout.audits)
    path = layout.audits / f"{started:%Y-%m-%d-%H%M%S}{_SUFFIX}"
    number = 2
    while path.exists():
        path = layout.audits / f"{started:%Y-%m-%d-%H%M%S}-{number}{_SUFFIX}"
        number += 1
    head = {
        "format": AUDIT_FORMAT,
        "started_at": utc_text(started),
        "agent": agent_name(),
        "selection": selection,
    }
    durable.write_file(path, _line(head))
    return AuditLog(path, utc_text(started))


def resume_log(past: PastAudit) -> AuditLog:
    """Go on with a log that was not finished.

    Raises:
        StoreWriteError: The disk refused.
    """
    with durable.translated_os_errors(past.path):
        is_cut_off = not past.path.read_bytes().endswith(b"\n")
    if is_cut_off:
        durable.append_to_file(past.path, b"\n")
    return AuditLog(past.path, past.started_at)


def iter_past_audits(layout: Layout) -> Iterator[PastAudit]:
    """Yield what the logs say, the newest first; a file that is no log of ours is passed over."""
    for path in sorted(layout.audits.glob(f"*{_SUFFIX}"), key=lambda path: path.stem, reverse=True):
        past = _read(path)
        if past is not None:
            yield past


def last_audited(layout: Layout) -> dict[str, str]:
    """Return when each item was read last, RFC 3339; items that never were are not there."""
    times: dict[str, str] = {}
    for past in iter_past_audits(layout):
        for item_id, (at, _result) in past.results.items():
            times[item_id] = max(at, times.get(item_id, ""))
    return times


def _line(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(path: Path) -> PastAudit | None:
    """Return what a log says; None when it is unreadable or not of this format."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return None
    head, *documents = [_parsed(line) for line in lines]
    if head.get("format") != AUDIT_FORMAT:
        return None
    started_at, selection = head.get("started_at", ""), head.get("selection", "")
    results: dict[str, tuple[str, AuditResult]] = {}
    end: Event | None = None
    for document in documents:
        try:
            if "item_id" in document:
                results[document["item_id"]] = _result(document)
            elif "event" in document:
                event = Event.from_json(document["event"])
                end = event if event.type is EventType.FIXITY_CHECK else end
        except (KeyError, TypeError, ValueError, AttributeError, RecordError):
            # A log is evidence, not the store: what can be read of it is.
            continue
    return PastAudit(path, started_at, selection, results, end)


def _parsed(line: bytes) -> dict[str, Any]:
    """Return the document in a line; nothing for the end of a line that a crash cut off."""
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _result(document: Mapping[str, Any]) -> tuple[str, AuditResult]:
    problems = tuple(
        Problem(entry["path"], ProblemKind(entry["kind"]), entry["expected"], entry["found"])
        for entry in document["problems"]
    )
    result = AuditResult(
        document["item_id"], document["files_checked"], document["bytes_checked"], problems
    )
    return document["at"], result
