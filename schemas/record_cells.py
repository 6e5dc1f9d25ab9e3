"""A record as the cells of a row.

Headings are exact, not recognised: ``title@vi`` is the title in Vietnamese, ``dcterms:subject``
a statement that came from no field, ``extra:Kệ`` a cell that was kept under an unknown heading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.access import access_text
from schemas.dublincore import Statement
from schemas.fields import DEFAULT_SEPARATORS, LINE
from schemas.profile import Profile, Role
from schemas.records import Record

EXTRA = "extra:"
TERM = "dcterms:"
_MASTERS = "masters/"


@dataclass(frozen=True)
class Columns:
    """The headings of a profile's special fields.

    Attributes:
        identifier: Of the inventory number; not to be edited.
        files: Of the scans; not to be edited.
        access: Of the access level.
        kind: Of the kind of record; not to be edited.
    """

    identifier: str
    files: str
    access: str
    kind: str

    @property
    def fixed(self) -> frozenset[str]:
        """Those that are not to be edited."""
        return frozenset({self.identifier, self.files, self.kind})


def columns_of(profile: Profile) -> Columns:
    """Return the headings of a profile's special fields."""
    return Columns(
        _named(profile, Role.IDENTIFIER, "identifier"),
        _named(profile, Role.FILES, "files"),
        _named(profile, Role.ACCESS, "access"),
        _named(profile, Role.KIND, "kind"),
    )


def cells_of(record: Record, profile: Profile, *, with_extra: bool = True) -> dict[str, str]:
    """Return the text of every cell of a record by heading; values stand apart as they are read.

    Args:
        record: The record.
        profile: Says what its fields are called and what separates their values.
        with_extra: Cells under unknown headings too, which are for the museum only.
    """
    profile = profile.of(record.kind)
    columns = columns_of(profile)
    cells: dict[str, list[str]] = {
        columns.identifier: [record.identifier],
        columns.files: [view.path.removeprefix(_MASTERS) for view in record.views],
        columns.access: [access_text(record.access, record.embargo_until)],
    }
    if record.kind:
        cells[columns.kind] = [record.kind]
    for statement in record.statements:
        if statement.field != columns.identifier:
            cells.setdefault(heading_of(statement), []).append(statement.written)
    for heading, text in record.extra if with_extra else ():
        cells.setdefault(EXTRA + heading, []).append(text)
    return {h: separator_of(h, profile).join(texts) for h, texts in cells.items()}


def in_order(headings: Iterable[str], profile: Profile) -> list[str]:
    """Return headings as people expect them: as the profile has them, unknown ones last."""
    places = profile.positions

    def key(heading: str) -> tuple[int, str]:
        return places.get(heading.partition("@")[0], len(places)), heading

    return sorted(headings, key=key)


def heading_of(statement: Statement) -> str:
    """Return the heading under which a statement stands."""
    name = statement.field or TERM + statement.term
    return f"{name}@{statement.lang}" if statement.lang else name


def separator_of(heading: str, profile: Profile) -> str:
    """Return what stands between the values of a cell, so that they are found again."""
    field = profile.get(heading.partition("@")[0])
    separators = field.separators if field and field.repeatable else DEFAULT_SEPARATORS
    mark = separators.replace(LINE, "")[:1]
    if not mark:
        return LINE
    return f"{mark} " if mark in ",;" else f" {mark} "


def _named(profile: Profile, role: Role, default: str) -> str:
    field = profile.with_role(role)
    return field.name if field else default
