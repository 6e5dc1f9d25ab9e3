"""Fields and kinds of record: what an application profile is made of, however it is written down.

``schemas.profile`` reads one from its table; everything else asks it what a field is called,
what it means and whether it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

DEFAULT_KIND = "artifact"
"""Shape of the records that name no kind, and of a profile that names none."""

LINE = "\n"
DEFAULT_SEPARATORS = ";" + LINE


class Role(StrEnum):
    """What a field is to the program, beyond being described by its DC term."""

    VALUE = "value"
    IDENTIFIER = "identifier"
    FILES = "files"
    ACCESS = "access"
    KIND = "kind"


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


class ValueType(StrEnum):
    """What the values of a field are, for whoever reads them further than as text."""

    TEXT = "text"
    DATE = "date"
    MEASURE = "measure"
    WEIGHT = "weight"
    LANGUAGE = "language"
    ETHNIC_GROUP = "ethnic_group"
    MATERIAL = "material"
    OBJECT_TYPE = "object_type"
    PLACE = "place"
    RIGHTS = "rights"
    URL = "url"
    NUMBER = "number"
    COORDINATE = "coordinate"
    ACCESS = "access"
    EMBARGO = "embargo"


@dataclass(frozen=True)
class Field:
    """One field of the profile.

    Attributes:
        name: Stable name in records and commands, ASCII.
        term: DCMI term; empty for the roles FILES, ACCESS and KIND.
        labels: Label by language tag.
        headings: Further column headings it is recognised by, in any language.
        role: What the field is to the program.
        obligation: Whether a row needs it.
        repeatable: Whether a cell may hold several values.
        has_language: Whether its text is in some language (a title is, a weight is not).
        search: How much a word found in it counts.
        is_shown: Whether the public site shows it.
        is_facet: Whether the site lists its values as ways in.
        value_type: What its values are.
        vocabulary: Name of the table its values should come from, or empty.
        default: Value of a row whose cell is empty, as ``text``, ``URI`` or ``text <URI>``; may
            be empty.
        separators: The characters that separate the values of a cell; a line break is ``LINE``.
        note: What staff should know when they fill it in; may be empty.
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
    value_type: ValueType = ValueType.TEXT
    vocabulary: str = ""
    default: str = ""
    separators: str = DEFAULT_SEPARATORS
    note: str = ""

    def label(self, lang: str) -> str:
        """Return the label in ``lang``, else in any language, else the name."""
        return label_in(self.labels, lang) or self.name


@dataclass(frozen=True)
class Kind:
    """One kind of record: a shape of the profile.

    Attributes:
        name: Stable name, ASCII: the shapeID.
        labels: Label by language tag; may be empty.
        headings: Further words a sheet or a cell may call it by.
        fields: Its fields, in the order people see them.
    """

    name: str
    labels: Mapping[str, str] = field(hash=False, default_factory=dict)
    headings: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()

    def label(self, lang: str) -> str:
        """Return the label in ``lang``, else in any language, else the name."""
        return label_in(self.labels, lang) or self.name

    @property
    def words(self) -> tuple[str, ...]:
        """Everything it may be called in a sheet."""
        return (self.name, *self.labels.values(), *self.headings)


# Stands for the column that says a row's kind where a profile of several kinds has none.
_KIND_FIELD = Field(
    "kind",
    "",
    {"vi": "Loại hồ sơ", "en": "Record kind"},
    headings=("Loại bản ghi", "Kind", "Kind of record", "Record type"),
    role=Role.KIND,
    search=SearchLevel.NONE,
    is_shown=False,
)


@dataclass(frozen=True)
class Profile:
    """The fields of one kind of record, in the order people see them, and the other kinds.

    A profile as read stands for its default kind; :meth:`of` turns it to another.

    Attributes:
        fields: The fields of the kind it stands for.
        kinds: Every kind, as the table has them; empty when there is only one without a name.
        kind: The kind it stands for; empty for the default one, as in a record.
    """

    fields: tuple[Field, ...]
    kinds: tuple[Kind, ...] = ()
    kind: str = ""

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def get(self, name: str) -> Field | None:
        """Return the field called ``name``, or None."""
        return self._by_name.get(name)

    def with_role(self, role: Role) -> Field | None:
        """Return the first field of a role, or None."""
        return self._by_role.get(role)

    def of(self, kind: str) -> Profile:
        """Return the profile of a record's kind.

        Of a kind that the table does not have (any more) only number and title are known: what
        it hid cannot be known, so nothing else may be shown.
        """
        if kind == self.kind:
            return self
        if kind not in self._turned:
            self._turned[kind] = self._turn(kind)
        return self._turned[kind]

    def _turn(self, kind: str) -> Profile:
        default = default_kind(self.kinds)
        found = next((entry for entry in self.kinds if entry.name == kind), None)
        if default is not None and (found is default or not kind):
            return replace(self, fields=default.fields, kind="")
        if found is not None:
            return replace(self, fields=found.fields, kind=kind)
        known = default.fields if default else self.fields
        bare = (entry for entry in known if entry.role is not Role.VALUE or entry.name == "title")
        return replace(self, fields=tuple(bare), kind=kind)

    def each(self) -> Iterator[Profile]:
        """Yield the profile of every kind, the default kind's first."""
        default = default_kind(self.kinds)
        yield self.of("")
        for entry in self.kinds:
            if entry is not default:
                yield self.of(entry.name)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The place of every field of every kind in a table that holds them all."""
        names = dict.fromkeys(entry.name for kind in self.each() for entry in kind)
        return {name: place for place, name in enumerate(names)}

    @cached_property
    def shown_names(self) -> frozenset[str]:
        """The names of the fields that the public is shown."""
        return frozenset(entry.name for entry in self.fields if entry.is_shown)

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        # The first of two fields of one name counts, as in the order of the table.
        return {entry.name: entry for entry in reversed(self.fields)}

    @cached_property
    def _by_role(self) -> Mapping[Role, Field]:
        return {entry.role: entry for entry in reversed(self.fields)}

    @cached_property
    def _turned(self) -> dict[str, Profile]:
        return {}

    @property
    def kind_entry(self) -> Kind | None:
        """The kind it stands for, or None when the table names none."""
        if not self.kind:
            return default_kind(self.kinds)
        return next((entry for entry in self.kinds if entry.name == self.kind), None)


def default_kind(kinds: tuple[Kind, ...]) -> Kind | None:
    """Return the kind of records that name none: ``artifact``, else the first, else None.

    Its name decides before its place, so that a museum may order its table as it likes.
    """
    return next((kind for kind in kinds if kind.name == DEFAULT_KIND), kinds[0] if kinds else None)


def profile_of(kinds: tuple[Kind, ...]) -> Profile:
    """Return the profile of some kinds, at least one.

    Where there are several and a kind has no field that says which a row is, it gets one.
    """
    if len(kinds) > 1:
        kinds = tuple(
            replace(kind, fields=(*kind.fields, _KIND_FIELD))
            if all(entry.role is not Role.KIND for entry in kind.fields)
            and all(entry.name != _KIND_FIELD.name for entry in kind.fields)
            else kind
            for kind in kinds
        )
    default = default_kind(kinds)
    return Profile(default.fields if default else (), kinds)


def label_in(labels: Mapping[str, str], lang: str) -> str:
    """Return the label in ``lang``, else in any language, else an empty text."""
    return labels.get(lang) or next(iter(labels.values()), "")
