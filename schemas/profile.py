"""The application profile: which fields a record has, what they are called, what they mean.

A profile is a table, ``profile.csv`` in the archive, in the tabular form of Dublin Core
(DCTAP) with a few columns of our own. A museum changes a label or adds a field by editing it.

Source: DCMI Tabular Application Profiles, https://www.dublincore.org/specifications/dctap/
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from schemas.dublincore import TERMS
from schemas.errors import ConfigError
from schemas.messages import LANGUAGES, _

SHIPPED = Path(__file__).parent / "profiles"


class Role(StrEnum):
    """What a field is to the program, beyond being described by its DC term."""

    VALUE = "value"
    IDENTIFIER = "identifier"
    FILES = "files"
    ACCESS = "access"


class Obligation(StrEnum):
    """Whether a row needs the field: without a required one it is set aside."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class SearchLevel(StrEnum):
    """How much a word found in the field counts; ``NONE`` is not searched."""

    TITLE = "title"
    SUBJECT = "subject"
    TEXT = "text"
    NONE = "none"


@dataclass(frozen=True)
class Field:
    """One field of the profile.

    Attributes:
        name: Stable name in records and commands, ASCII.
        term: DCMI term; empty for the roles FILES and ACCESS.
        labels: Label by language code.
        headings: Further column headings it is recognised by, in any language.
        role: What the field is to the program.
        obligation: Whether a row needs it.
        repeatable: Whether a cell may hold several values, separated by ``;``.
        has_language: Whether its text is in some language (a title is, a weight is not).
        search: How much a word found in it counts.
        is_shown: Whether the public site shows it.
        is_facet: Whether the site lists its values as ways in.
    """

    name: str
    term: str
    labels: Mapping[str, str] = field(hash=False)
    headings: tuple[str, ...] = ()
    role: Role = Role.VALUE
    obligation: Obligation = Obligation.OPTIONAL
    repeatable: bool = False
    has_language: bool = False
    search: SearchLevel = SearchLevel.TEXT
    is_shown: bool = True
    is_facet: bool = False

    def label(self, lang: str) -> str:
        """Return the label in ``lang``, else in any language, else the name."""
        return self.labels.get(lang) or next(iter(self.labels.values()), self.name)


@dataclass(frozen=True)
class Profile:
    """The fields of a profile, in the order people see them."""

    fields: tuple[Field, ...]

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def get(self, name: str) -> Field | None:
        """Return the field called ``name``, or None."""
        return next((entry for entry in self.fields if entry.name == name), None)

    def with_role(self, role: Role) -> Field | None:
        """Return the first field of a role, or None."""
        return next((entry for entry in self.fields if entry.role is role), None)


def parse_profile(text: str, path: Path | None = None) -> Profile:
    """Return the profile in the text of a ``profile.csv``.

    Args:
        text: The table.
        path: Where it was read, for messages.

    Raises:
        ConfigError: A column is missing, a term or word is unknown, or a name stands twice.
    """
    fields: list[Field] = []
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = {"field", "propertyID"} - set(reader.fieldnames or ())
    if missing:
        raise ConfigError(
            _("The profile lacks the columns: {names}.").format(names=", ".join(sorted(missing))),
            path=path,
        )
    for row in reader:
        try:
            entry = _field({key: (value or "").strip() for key, value in row.items() if key})
        except ValueError as error:
            raise ConfigError(
                _("Row {row} of the profile is wrong: {reason}.").format(
                    row=reader.line_num, reason=error
                ),
                path=path,
            ) from error
        if any(entry.name == other.name for other in fields):
            raise ConfigError(
                _("The field '{name}' stands twice in the profile.").format(name=entry.name),
                path=path,
            )
        fields.append(entry)
    profile = Profile(tuple(fields))
    if profile.with_role(Role.IDENTIFIER) is None or profile.get("title") is None:
        raise ConfigError(
            _("The profile needs a field with the role 'identifier' and a field 'title'."),
            path=path,
        )
    return profile


def read_profile(path: Path) -> Profile:
    """Return the profile in a ``profile.csv``.

    Raises:
        ConfigError: The file cannot be read, or :func:`parse_profile` refuses it.
    """
    try:
        return parse_profile(path.read_text(encoding="utf-8-sig"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            _("The profile cannot be read: {reason}.").format(reason=error), path=path
        ) from error


@cache
def shipped_profile_text(name: str) -> str:
    """Return the text of a profile that comes with Hoa Ban, as ``museum``."""
    return (SHIPPED / f"{name}.csv").read_text(encoding="utf-8")


def _field(row: Mapping[str, str]) -> Field:
    term = row["propertyID"].removeprefix("dcterms:")
    role = Role(row.get("role") or "value")
    if role in (Role.VALUE, Role.IDENTIFIER) and term not in TERMS:
        raise ValueError(f"'{row['propertyID']}' is not a DCMI term")
    if not row["field"].isidentifier():
        raise ValueError(f"'{row['field']}' is not a field name (ASCII letters, digits, _)")
    return Field(
        name=row["field"],
        term=term,
        labels={lang: row[f"label_{lang}"] for lang in LANGUAGES if row.get(f"label_{lang}")},
        headings=tuple(part.strip() for part in row.get("headings", "").split(";") if part.strip()),
        role=role,
        obligation=Obligation(row.get("obligation") or "optional"),
        repeatable=_is_true(row.get("repeatable", "")),
        has_language=_is_true(row.get("has_language", "")),
        search=SearchLevel(row.get("search") or "text"),
        is_shown=_is_true(row.get("shown", "") or "true"),
        is_facet=_is_true(row.get("facet", "")),
    )


def _is_true(word: str) -> bool:
    if word.lower() in ("true", "yes", "1", "có"):
        return True
    if word.lower() in ("false", "no", "0", "không", ""):
        return False
    raise ValueError(f"'{word}' is neither true nor false")
