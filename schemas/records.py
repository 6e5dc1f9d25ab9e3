"""A record: what the museum says of one item. Stored as ``record.json`` in every object version.

Invariant: ``Record.from_json(record.to_json()) == record``, and the JSON text of a record is
the same bytes on every machine, so that "did the description change" is a comparison of bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from typing import Any

from schemas.dublincore import RIGHTS_TERMS, Normal, Statement
from schemas.errors import RecordError
from schemas.identifiers import item_id_for
from schemas.overruled_rights import settled_rights

RECORD_FORMAT = "hoaban-record-1"

_COMPACT = json.JSONEncoder(ensure_ascii=False)


class Access(StrEnum):
    """Who may see an item. Only ``PUBLIC`` items reach the site and the exports."""

    PUBLIC = "public"
    RESTRICTED = "restricted"
    STAFF = "staff"


@dataclass(frozen=True)
class View:
    """One master of an item, in reading order.

    Attributes:
        path: Logical path of the master in the object, as in ``masters/book/00.jpg``.
        label: What the view shows ("back", "page 3"), or empty.
        lang: BCP 47 language tag of the label, or empty.
        access: Who may see this master of an item that is public itself.
        embargo_until: The last day on which it is kept from the public although it is ``PUBLIC``,
            as ``2030-12-31``; empty for none.
    """

    path: str
    label: str = ""
    lang: str = ""
    access: Access = Access.PUBLIC
    embargo_until: str = ""

    def __post_init__(self) -> None:
        if self.embargo_until:
            date.fromisoformat(self.embargo_until)


@dataclass(frozen=True)
class Record:
    """The description of one item.

    Attributes:
        identifier: The inventory number as the museum writes it, in NFC.
        statements: Dublin Core statements, in the order of the profile and the cell.
        views: The item's masters, in reading order; may be empty.
        access: Who may see the item.
        embargo_until: The last day on which the item is kept from the public although it is
            ``PUBLIC``, as ``2030-12-31``; empty for none.
        extra: (column heading, text) of cells under unknown columns: kept, never published.
        originals: (column heading, text as found) of cells that were legacy text, as ``®ång``:
            kept, never published and never searched.
        kind: Shape of the profile that describes it; empty for the default kind.
        is_withdrawn: The item was taken out of the archive, as by the undoing of its ingest; what
            it was is in the versions before. It has no views and no statements, and is listed
            nowhere.
    """

    identifier: str
    statements: tuple[Statement, ...]
    views: tuple[View, ...] = ()
    access: Access = Access.PUBLIC
    extra: tuple[tuple[str, str], ...] = ()
    originals: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    is_withdrawn: bool = False
    embargo_until: str = ""

    def __post_init__(self) -> None:
        if self.embargo_until:
            date.fromisoformat(self.embargo_until)

    @property
    def item_id(self) -> str:
        """The item's name in paths and URLs."""
        return item_id_for(self.identifier)

    def values(self, term: str) -> tuple[Statement, ...]:
        """Return every statement of ``term`` itself, in order."""
        return tuple([statement for statement in self.statements if statement.term == term])

    @property
    def rights(self) -> tuple[Statement, ...]:
        """What it says may be done with the item, in order.

        Where they name different ones, only those that count are among them; see
        :mod:`schemas.overruled_rights`.
        """
        return tuple([s for s in settled_rights(self.statements) if s.term in RIGHTS_TERMS])

    def title(self, lang: str) -> str:
        """Return the title in ``lang``, else an untagged one, else the first, else the number."""
        best = best_value(self.values("title"), lang)
        return best.value if best else self.identifier

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain JSON data."""
        withdrawn = {"withdrawn": True} if self.is_withdrawn else {}
        return {
            "format": RECORD_FORMAT,
            "identifier": self.identifier,
            # Left out where it is the default, so that records made before kinds keep their bytes.
            **_drop_empty(kind=self.kind),
            **withdrawn,
            "access": self.access.value,
            **_drop_empty(embargo_until=self.embargo_until),
            "statements": [_statement_to_json(statement) for statement in self.statements],
            "views": [_view_to_json(view) for view in self.views],
            "extra": [list(pair) for pair in self.extra],
            # Absent where there is none: most records keep the bytes they always had.
            **({"originals": [list(pair) for pair in self.originals]} if self.originals else {}),
        }

    def to_bytes(self) -> bytes:
        """Return ``record.json``: UTF-8, two spaces, one final newline."""
        return json_bytes(self.to_json())

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Return the record that ``data`` holds.

        Raises:
            RecordError: ``data`` is not a record of this format.
        """
        try:
            if data["format"] != RECORD_FORMAT:
                raise RecordError(f"record format {data['format']!r}, expected {RECORD_FORMAT!r}")
            return cls(
                identifier=_number(data["identifier"]),
                statements=tuple(map(_statement_from_json, data["statements"])),
                views=tuple(map(_view_from_json, data["views"])),
                access=Access(data["access"]),
                extra=tuple(map(_pair, data["extra"])),
                originals=tuple(map(_pair, data.get("originals", ()))),
                kind=_text_of(data.get("kind", "")),
                is_withdrawn=bool(data.get("withdrawn", False)),
                embargo_until=_text_of(data.get("embargo_until", "")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RecordError(f"not a record: {error!r}") from error


def is_public(record: Record, today: date) -> bool:
    """Say whether the public may see an item on a day: the one place where that is decided.

    Args:
        record: The item's record, its embargo included.
        today: The day, as the museum's calendar has it (:func:`day_of`).
    """
    return _is_open(record.access, record.embargo_until, today)


def is_view_public(view: View, today: date) -> bool:
    """Say whether the public may see a master on a day, if it may see the item."""
    return _is_open(view.access, view.embargo_until, today)


def _is_open(access: Access, embargo_until: str, today: date) -> bool:
    is_withheld = bool(embargo_until) and today <= date.fromisoformat(embargo_until)
    return access is Access.PUBLIC and not is_withheld


def day_of(at: datetime) -> date:
    """Return the day a moment falls on where this computer stands."""
    return at.astimezone().date()


def opened_at(embargo_until: str) -> datetime:
    """Return the moment an embargo has ended: the midnight after its last day, aware."""
    return datetime.combine(
        date.fromisoformat(embargo_until) + timedelta(days=1), time()
    ).astimezone()


def withdrawn(identifier: str) -> Record:
    """Return the record of an item that was taken out of the archive."""
    return Record(identifier, (), access=Access.STAFF, is_withdrawn=True)


def json_bytes(data: object) -> bytes:
    """Return ``data`` as the JSON text we store: UTF-8, keys as given, final newline."""
    try:
        text = _indented(data, "\n")
    except TypeError:
        # A key that is no text, or what no JSON can say.
        text = json.dumps(data, ensure_ascii=False, indent=2)
    return (text + "\n").encode()


def _indented(data: object, line: str) -> str:
    """Return JSON as ``json.dumps`` with an indent of two writes it, in half its time.

    Args:
        data: What is written.
        line: A line end and the spaces in front of ``data``.
    """
    inner = line + "  "
    if isinstance(data, dict) and data:
        parts = [
            f"{_quoted(key)}: {_quoted(value) if type(value) is str else _indented(value, inner)}"
            for key, value in data.items()
        ]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}"
    if isinstance(data, list | tuple) and data:
        parts = [
            _quoted(entry) if type(entry) is str else _indented(entry, inner) for entry in data
        ]
        return f"[{inner}{f',{inner}'.join(parts)}{line}]"
    return _COMPACT.encode(data)


def best_value(statements: Iterable[Statement], lang: str) -> Statement | None:
    """Return the statement for a reader of ``lang``: in it, else untagged, else the first."""
    best: Statement | None = None
    for statement in statements:
        if statement.lang == lang:
            return statement
        if best is None or (best.lang and not statement.lang):
            best = statement
    return best


def _view_to_json(view: View) -> dict[str, Any]:
    access = "" if view.access is Access.PUBLIC else view.access.value
    return _drop_empty(
        path=view.path,
        label=view.label,
        lang=view.lang,
        access=access,
        embargo_until=view.embargo_until,
    )


def _view_from_json(data: Mapping[str, Any]) -> View:
    texts = {key: _text_of(value) for key, value in data.items()}
    access = Access(texts.pop("access", Access.PUBLIC))
    return View(access=access, **texts)


def _number(value: object) -> str:
    """Return an inventory number, which must give an item id.

    Raises:
        TypeError: It is no text.
        ValueError: It is blank.
    """
    number = _text_of(value)
    item_id_for(number)
    return number


def _pair(value: Any) -> tuple[str, str]:
    column, text = value
    return _text_of(column), _text_of(text)


def _text_of(value: object) -> str:
    """Return a text that can be written as UTF-8.

    Raises:
        TypeError: It is no text.
        ValueError: It has half of a surrogate pair.
    """
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    value.encode()
    return value


def _statement_to_json(statement: Statement) -> dict[str, Any]:
    data: dict[str, Any] = _drop_empty(
        term=statement.term,
        value=statement.value,
        lang=statement.lang,
        uri=statement.uri,
        field=statement.field,
    ) | {"value": statement.value}
    # Absent where there is none: records made before there were any keep their bytes.
    return data | {"normal": dict(statement.normal)} if statement.normal else data


def _statement_from_json(data: Mapping[str, Any]) -> Statement:
    for key, text in data.items():
        # Most texts are ASCII addresses and names; the others are few enough to be encoded.
        if key != "normal" and not (isinstance(text, str) and text.isascii()):
            _text_of(text)
    if "normal" not in data:
        return Statement(**data)
    normal = tuple(sorted(data["normal"].items()))
    if not normal or not all(isinstance(value, str | int | float) for _key, value in normal):
        raise ValueError(f"{data['normal']!r} is not what a text may mean")
    return Statement(**{**data, "normal": _shared(normal, repr(normal))})


@lru_cache(maxsize=1 << 12)
def _shared(normal: Normal, _as_written: str) -> Normal:
    """Return one tuple for all that are equal: catalogues say the same few things often.

    Args:
        normal: The pairs.
        _as_written: Their text, for 1, 1.0 and true are equal and are not the same JSON.
    """
    return normal


def _drop_empty(**entries: str) -> dict[str, str]:
    return {key: value for key, value in entries.items() if value}
