"""What is to be done with a delivered item."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """What a delivered item brings, beside what the archive has.

    ``RECORD``: only the description changed, so no scan needs to be read again.
    ``SET_ASIDE``: the sheet keeps it out.
    """

    NEW = "new"
    SCANS = "scans"
    RECORD = "record"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set_aside"
