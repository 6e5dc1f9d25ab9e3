"""Reading a request: which verb, with which arguments, and what is wrong with them.

Source: OAI-PMH 2.0, sections 3.1.1, 3.6 and 4
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class ErrorCode(StrEnum):
    """What can be wrong, as the protocol names it."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION = "badResumptionToken"
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_RECORDS = "noRecordsMatch"
    NO_FORMATS = "noMetadataFormats"


class OaiError(Exception):
    """A request that cannot be answered; it is told to the harvester and to nobody else."""

    def __init__(self, code: ErrorCode, text: str) -> None:
        """Say what is wrong, in English, as harvesters' people read it."""
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Request:
    """A request in order.

    Attributes:
        verb: What is asked.
        arguments: The other arguments, each once.
    """

    verb: str
    arguments: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return an argument, or an empty text."""
        return self.arguments.get(name, "")


_LIST = frozenset({"from", "until", "set", "metadataPrefix", "resumptionToken"})
# Of each verb: the arguments it may have, and those it must.
_VERBS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset({"identifier"}), frozenset()),
    "ListSets": (frozenset({"resumptionToken"}), frozenset()),
    "GetRecord": (
        frozenset({"identifier", "metadataPrefix"}),
        frozenset({"identifier", "metadataPrefix"}),
    ),
    "ListIdentifiers": (_LIST, frozenset({"metadataPrefix"})),
    "ListRecords": (_LIST, frozenset({"metadataPrefix"})),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")


def read_request(pairs: Sequence[tuple[str, str]]) -> Request:
    """Return the request that the arguments of an address or a form make.

    Args:
        pairs: Names and values, decoded.

    Raises:
        OaiError: Something is missing, too much, or given twice.
    """
    counts = Counter(name for name, _value in pairs)
    arguments = dict(pairs)
    verb = arguments.pop("verb", "")
    if counts["verb"] != 1 or verb not in _VERBS:
        raise OaiError(ErrorCode.BAD_VERB, f"The verb must be one of: {', '.join(_VERBS)}.")
    allowed, needed = _VERBS[verb]
    for name in arguments:
        if name not in allowed:
            raise OaiError(ErrorCode.BAD_ARGUMENT, f"{verb} has no argument '{name}'.")
        if counts[name] > 1:
            raise OaiError(ErrorCode.BAD_ARGUMENT, f"The argument '{name}' is given twice.")
    if "resumptionToken" in arguments and len(arguments) > 1:
        raise OaiError(ErrorCode.BAD_ARGUMENT, "A resumptionToken is given with nothing else.")
    missing = needed - arguments.keys()
    if missing and "resumptionToken" not in arguments:
        raise OaiError(ErrorCode.BAD_ARGUMENT, f"{verb} needs {', '.join(sorted(missing))}.")
    if not _PREFIX.fullmatch(arguments.get("metadataPrefix", "oai_dc")):
        # Unlike one that is only unknown, it must not be repeated in the answer.
        raise OaiError(
            ErrorCode.BAD_ARGUMENT, "'metadataPrefix' is not written as the name of a format."
        )
    return Request(verb, MappingProxyType(arguments))


def bounds_of(request: Request) -> tuple[str, str]:
    """Return the first and the last datestamp asked for, empty for none.

    Days become moments: the first second of ``from``, the last of ``until``.

    Raises:
        OaiError: They are no dates, of two kinds, or the wrong way round.
    """
    since, until = request.get("from"), request.get("until")
    for name, text in (("from", since), ("until", until)):
        if text and not _is_moment(text):
            raise OaiError(
                ErrorCode.BAD_ARGUMENT,
                f"'{name}' must be written as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.",
            )
    if since and until and len(since) != len(until):
        raise OaiError(ErrorCode.BAD_ARGUMENT, "'from' and 'until' must be equally exact.")
    first = f"{since}T00:00:00Z" if len(since) == len("2026-01-01") else since
    last = f"{until}T23:59:59Z" if len(until) == len("2026-01-01") else until
    if first and last and first > last:
        raise OaiError(ErrorCode.BAD_ARGUMENT, "'from' must not be later than 'until'.")
    return first, last


def check_set(spec: str) -> None:
    """Check how a set is written.

    Raises:
        OaiError: No set can be called so.
    """
    if spec and not _SET.fullmatch(spec):
        raise OaiError(ErrorCode.BAD_ARGUMENT, "'set' is not written as the name of a set.")


def _is_moment(text: str) -> bool:
    if not _DAY.fullmatch(text) and not _MOMENT.fullmatch(text):
        return False
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).utcoffset() == timedelta(0)
    except ValueError:
        return False
