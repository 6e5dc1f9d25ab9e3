"""Resumption tokens: all that is needed to go on stands in the token, and nothing on the server.

A token names the entry after which to go on, by datestamp and item, not by a count: what changes
during a harvest moves to the end of the list and is met there, and nothing is passed over. It
is signed, so that only what was given out is taken back.

Source: OAI-PMH 2.0, sections 3.5 and 3.5.1
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import astuple, dataclass

_SIGNATURE_BYTES = 16
_LONGEST = 2000


@dataclass(frozen=True)
class Place:
    """Where a list goes on.

    Attributes:
        verb: The request that is gone on with.
        prefix: The format asked for.
        since: The argument ``from``, or empty.
        until: The argument ``until``, or empty.
        set_spec: The argument ``set``, or empty.
        datestamp: Datestamp of the last entry given.
        item_id: The last entry given.
        cursor: Entries given so far.
    """

    verb: str
    prefix: str
    since: str
    until: str
    set_spec: str
    datestamp: str
    item_id: str
    cursor: int


def write_token(place: Place, key: bytes) -> str:
    """Return a token for a place, signed with ``key``."""
    data = json.dumps(astuple(place), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(data, key) + data).decode().rstrip("=")


def read_token(token: str, key: bytes) -> Place | None:
    """Return the place a token names, or None when it was not given out with ``key``."""
    if len(token) > _LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error):
        return None
    signature, data = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    # The same token in another spelling was not given out either.
    if not hmac.compare_digest(signature, _signature(data, key)):
        return None
    return Place(*json.loads(data))


def _signature(data: bytes, key: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)[:_SIGNATURE_BYTES]
