"""What a partner has to take out again: items that were public and are no more.

An export says them as one table: ``deleted.csv`` in a package, ``NAME-deleted.csv`` beside a
single file. It names items and never what they are: they were withheld for a reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from schemas.cells import quote_cell

DELETED_NAME = "deleted.csv"
_HEADINGS = ("item_id", "identifier", "deleted_at", "reason", "page")


class DeletionReason(StrEnum):
    """Why an item is no longer in an export."""

    WITHDRAWN = "withdrawn"
    NOT_PUBLIC = "not_public"
    NOT_SELECTED = "not_selected"


@dataclass(frozen=True)
class Deletion:
    """One item that a partner may have and should have no more.

    Attributes:
        item_id: The item.
        identifier: Its inventory number.
        at: Since when, RFC 3339.
        reason: Why.
    """

    item_id: str
    identifier: str
    at: str
    reason: DeletionReason


def deletions_csv(deletions: Iterable[tuple[Deletion, str]]) -> bytes:
    """Return the table of deletions, each with the address its page had: UTF-8 with BOM, CRLF."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_HEADINGS)
    for gone, page in deletions:
        cells = (gone.item_id, gone.identifier, gone.at, gone.reason.value, page)
        table.writerow([quote_cell(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def beside(out: Path) -> Path:
    """Return where the deletions stand of an export that is a single file."""
    return out.with_name(f"{out.stem}-{DELETED_NAME}")
