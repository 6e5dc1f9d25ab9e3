"""What one ingest took in and found: ``batch.json``, from which its contact sheet is made.

A batch has a name that people can say and sort by: the UTC time at which it began, as
``2026-11-22-083015``. Every object version that a batch commits says that name in its message
(:func:`message_of`), so the store alone tells what belongs to which batch; ``batch.json`` is a
report beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from schemas.dublincore import Statement
from schemas.errors import RecordError
from schemas.finding_text import findings_text, parse_findings
from schemas.findings import Finding
from schemas.recordings import AUDIO
from schemas.records import best_value
from schemas.technical import Technical

BATCH_FORMAT = "hoaban-batch-1"
BATCH_NAME = "batch.json"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}")
_IN_MESSAGE = re.compile(r", batch (\d{4}-\d{2}-\d{2}-\d{6})$")


def batch_name(started_at: str) -> str:
    """Return the name of the batch that began at ``started_at``, RFC 3339 in UTC."""
    day, _t, time = started_at.removesuffix("Z").partition("T")
    return f"{day}-{time.replace(':', '')}"


def batch_start(name: str) -> str:
    """Return when the batch of a name began, RFC 3339 in UTC: the inverse of :func:`batch_name`."""
    day, time = name[:10], name[11:]
    return f"{day}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def is_batch_name(text: str) -> bool:
    """Say whether ``text`` has the form of a batch name; anything else never becomes a path."""
    return bool(_NAME.fullmatch(text))


def message_of(deed: str, batch: str) -> str:
    """Return the message of an object version that a batch commits."""
    return f"{deed}, batch {batch}"


def batch_in(message: str) -> str:
    """Return the batch that the message of an object version names, or an empty text."""
    found = _IN_MESSAGE.search(message)
    return found[1] if found else ""


class Outcome(StrEnum):
    """What became of an item. ``CHECKED``: it was only looked at, nothing was written."""

    ADDED = "added"
    UPDATED = "updated"
    SET_ASIDE = "set_aside"
    CHECKED = "checked"


@dataclass(frozen=True)
class BatchScan:
    """One scan of a batch.

    Attributes:
        name: Its path in the delivery.
        width_px: Width of its first page as displayed; 0 where it could not be read.
        height_px: Height of its first page as displayed; likewise.
        pages: Number of pages; likewise.
        resolution_ppi: Pixels per inch, horizontal, or 0 when the file has none.
        format_name: PRONOM's name of its format, or empty.
        picture: Its thumbnail, relative to the folder of pictures, or empty.
        large_picture: What a click shows, likewise.
    """

    name: str
    width_px: int = 0
    height_px: int = 0
    pages: int = 0
    resolution_ppi: float = 0.0
    format_name: str = ""
    picture: str = ""
    large_picture: str = ""

    @classmethod
    def of(cls, name: str, technical: Technical | None) -> BatchScan:
        """Return a scan with what was read from it, as far as it was."""
        if technical is None:
            return cls(name)
        first = technical.pages[0]
        is_sound = technical.recording is not None and technical.recording.media == AUDIO
        # The size of the drawing of a sound is nobody's business.
        width_px, height_px = (0, 0) if is_sound else (first.width_px, first.height_px)
        return cls(
            name,
            width_px,
            height_px,
            len(technical.pages),
            technical.resolution_ppi[0] if technical.resolution_ppi else 0.0,
            technical.format_name,
        )


@dataclass(frozen=True)
class BatchItem:
    """One item of a batch.

    Attributes:
        item_id: The item.
        identifier: Its inventory number.
        titles: Its titles, each with its language or an empty text.
        outcome: What became of it.
        scans: Its scans in this batch, in reading order.
        findings: What was found in its row and its scans.
    """

    item_id: str
    identifier: str
    titles: tuple[tuple[str, str], ...]
    outcome: Outcome
    scans: tuple[BatchScan, ...] = ()
    findings: tuple[Finding, ...] = ()

    def title(self, lang: str) -> str:
        """Return the title for a reader of ``lang``, or an empty text."""
        best = best_value(
            (Statement("title", text, lang=tag) for tag, text in self.titles if text), lang
        )
        return best.value if best else ""


@dataclass(frozen=True)
class BatchReport:
    """What one batch took in and found.

    Attributes:
        name: Its name, or empty for a delivery that was only checked.
        source: Name of the folder it came from.
        started_at: When it began, RFC 3339.
        items: Its items, in the order of the sheet.
        findings: What was found in the delivery as a whole.
        is_restored: It was made again from the store, which does not keep findings.
    """

    name: str
    source: str
    started_at: str
    items: tuple[BatchItem, ...]
    findings: tuple[Finding, ...] = ()
    is_restored: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        data = asdict(self)
        data["findings"] = _findings_json(self.findings)
        for entry, item in zip(data["items"], self.items, strict=True):
            entry["findings"] = _findings_json(item.findings)
        return {"format": BATCH_FORMAT, **data}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BatchReport:
        """Return the report that ``data`` holds.

        Raises:
            RecordError: ``data`` is not a batch report of this format.
        """
        try:
            if data["format"] != BATCH_FORMAT:
                raise RecordError(f"not a {BATCH_FORMAT} document")
            return cls(
                name=data["name"],
                source=data["source"],
                started_at=data["started_at"],
                items=tuple(_item(entry) for entry in data["items"]),
                findings=_findings(data["findings"]),
                is_restored=data["is_restored"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"not a batch report: {error!r}") from error


def _item(data: Mapping[str, Any]) -> BatchItem:
    return BatchItem(
        item_id=data["item_id"],
        identifier=data["identifier"],
        titles=tuple((lang, text) for lang, text in data["titles"]),
        outcome=Outcome(data["outcome"]),
        scans=tuple(BatchScan(**scan) for scan in data["scans"]),
        findings=_findings(data["findings"]),
    )


def _findings_json(findings: Iterable[Finding]) -> Any:
    return json.loads(findings_text(findings))


def _findings(data: object) -> tuple[Finding, ...]:
    return parse_findings(json.dumps(data))
