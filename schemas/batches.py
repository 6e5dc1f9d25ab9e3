"""Names of batches."""

from __future__ import annotations

import re

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}")
_IN_MESSAGE = re.compile(r", batch (\d{4}-\d{2}-\d{2}-\d{6})$")


def batch_name(started_at: str) -> str:
    """Return the name of the batch that began at ``started_at``, RFC 3339 in UTC."""
    day, _t, time = started_at.removesuffix("Z").partition("T")
    return f"{day}-{time.replace(':', '')}"


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
