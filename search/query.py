"""What people type, as what to look for: words, and a language for those who want more.

    trống đồng              words: records that have all, if there are any, else those with some
    "trống đồng"            these words side by side; those typed with marks exactly so
    -gỗ                     without this word
    trống OR chiêng         one or the other (also HOẶC and ``|``)
    dân tộc:Thái            in one field, by its name, label or heading in any language
    material:"đồng thau"    several words in one field
    đi*, 77.AO.*, 195?      beginnings of words; any part of a number
    1945..1954, thế kỷ XIX  a date that touches these years
    date:1954               the same by the name of the field

Every query searches and none is an error: what is no language is words, a quote that is not
closed closes at the end, a name that is no field is a word. What is too long is cut.

Invariant: ``search/client/search-query.js`` reads every query alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from search.analysis import Token, Word, is_letter, iter_words
from search.date_query import Years, years_at
from search.documents import spelling_key
from search.patterns import Pattern, pattern_of

LONGEST_QUERY = 256
"""Code points of a query, in NFC, that are looked at."""

MOST_WORDS = 24
"""Clauses of a query that are looked for."""

SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200C))
)
QUOTES = '"“”„«»'
MINUS = "-"
OPERATORS: Mapping[str, str] = MappingProxyType(
    {"OR": "or", "HOẶC": "or", "|": "or", "AND": "and", "NOT": "not"}
)
"""Words that are signs when they stand in capitals between others."""

LONGEST_FIELD_NAME = 5
"""Words of a field's name that are looked for before a colon."""


@dataclass(frozen=True)
class Fields:
    """The fields that can be asked for.

    Attributes:
        names: :func:`spelling_key` of what a field may be called, to its name.
        dates: Names of the fields that date an item.
    """

    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    dates: tuple[str, ...] = ()


NO_FIELDS = Fields()


@dataclass(frozen=True)
class Clause:
    """One thing to look for: words, a pattern or years.

    Attributes:
        words: Words that must all be there; beside a pattern, what it means if nothing fits it.
        is_phrase: They must stand side by side, and as typed if they carry marks.
        field: Name of the field they must be in, or empty.
        pattern: Words of the index that fit a pattern.
        years: The item's date touches these years.
    """

    words: tuple[Word, ...] = ()
    is_phrase: bool = False
    field: str = ""
    pattern: Pattern | None = None
    years: Years | None = None

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All parts of the words, in order."""
        return tuple(token for word in self.words for token in word.parts)

    @property
    def is_plain(self) -> bool:
        """Say whether it is just words."""
        return not (self.is_phrase or self.field or self.pattern or self.years)


@dataclass(frozen=True)
class Group:
    """Clauses of which one is enough.

    Attributes:
        clauses: At least one.
        is_negated: A record that has it is no hit.
    """

    clauses: tuple[Clause, ...]
    is_negated: bool = False

    @property
    def is_required(self) -> bool:
        """Say whether a record without it is no hit even when nothing has all words."""
        return not self.is_negated and not all(clause.is_plain for clause in self.clauses)

    @property
    def word(self) -> Word | None:
        """The word, if the group is nothing but one."""
        clause = self.clauses[0]
        is_word = len(self.clauses) == 1 and clause.is_plain and not self.is_negated
        return clause.words[0] if is_word and len(clause.words) == 1 else None

    @property
    def part_count(self) -> int:
        """How many parts of the query a record that has the group has."""
        if self.is_negated or self.is_required:
            return 0
        return len(self.word.parts) if self.word else 1


@dataclass(frozen=True)
class Query:
    """A query, parsed.

    Attributes:
        groups: In the order typed; a word typed twice is there once. Empty for a query without
            any word.
        pairs: Words typed one after the other: the last part of one, the first of the next.
    """

    groups: tuple[Group, ...]
    pairs: tuple[tuple[Token, Token], ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """The plain words, in the order typed."""
        return tuple(group.word for group in self.groups if group.word)

    @property
    def part_count(self) -> int:
        """How many parts a record must have to have all of the query's words."""
        return sum(group.part_count for group in self.groups)

    @property
    def is_marked(self) -> bool:
        """Say whether any word was typed with marks."""
        clauses = (c for group in self.groups if not group.is_negated for c in group.clauses)
        return any(token.is_marked for clause in clauses for token in clause.tokens)

    def with_word(self, old: Word, new: Word) -> Query:
        """Return the query with ``new`` in the place of the plain word ``old``."""
        groups = [
            replace(group, clauses=(Clause((new,)),)) if group.word == old else group
            for group in self.groups
        ]
        return _query(groups)


def parse_query(text: str, fields: Fields = NO_FIELDS) -> Query:
    """Return what ``text`` asks for; never raises.

    Args:
        text: Anything a person types.
        fields: The fields that can be asked for by name.
    """
    return _Reader(unicodedata.normalize("NFC", text)[:LONGEST_QUERY], fields).query()


def _query(groups: list[Group]) -> Query:
    different = list(dict.fromkeys(groups))[:MOST_WORDS]
    pairs = [
        (first.word.parts[-1], second.word.parts[0])
        for first, second in pairwise(different)
        if first.word and second.word
    ]
    return Query(tuple(different), tuple(pairs))


@dataclass
class _Pending:
    """A clause just read, and what stood before it."""

    clause: Clause
    is_negated: bool
    is_alternative: bool
    start: int


class _Reader:
    """Reads a query from left to right."""

    def __init__(self, text: str, fields: Fields) -> None:
        self._text = text
        self._fields = fields
        self._place = 0
        self._found: list[_Pending] = []

    def query(self) -> Query:
        """Return the query that stands in the text."""
        is_negated = is_alternative = False
        while self._skip_spaces():
            start = self._place
            operator = self._operator()
            if operator:
                is_alternative |= operator == "or" and bool(self._found)
                is_negated |= operator == "not"
                continue
            is_negated |= self._minus()
            before = len(self._found)
            self._read(is_negated, is_alternative, start)
            if len(self._found) != before or self._place == start:
                is_negated = is_alternative = False
            if self._place == start:
                self._place += 1
        return _query(self._groups())

    def _groups(self) -> list[Group]:
        groups: list[Group] = []
        for entry in self._found:
            if entry.is_alternative and groups and not (entry.is_negated or groups[-1].is_negated):
                groups[-1] = Group((*groups[-1].clauses, entry.clause))
            else:
                groups.append(Group((entry.clause,), entry.is_negated))
        return [part for group in groups for part in _apart(group)]

    def _skip_spaces(self) -> bool:
        while self._place < len(self._text) and self._text[self._place] in SPACES:
            self._place += 1
        return self._place < len(self._text)

    def _chunk_end(self, place: int) -> int:
        while place < len(self._text) and self._text[place] not in SPACES + QUOTES:
            place += 1
        return place

    def _operator(self) -> str:
        end = self._chunk_end(self._place)
        found = OPERATORS.get(self._text[self._place : end], "")
        is_last = not self._text[end:].strip(SPACES)
        if found and not is_last and (self._found or found == "not"):
            self._place = end
            return found
        return ""

    def _minus(self) -> bool:
        after = self._text[self._place + 1 : self._place + 2]
        if (
            self._text[self._place] != MINUS
            or not after
            or not (is_letter(after) or after in QUOTES)
        ):
            return False
        self._place += 1
        return True

    def _read(self, is_negated: bool, is_alternative: bool, start: int) -> None:
        def found(clause: Clause) -> None:
            if clause.words or clause.pattern or clause.years:
                self._found.append(_Pending(clause, is_negated, is_alternative, start))

        if self._text[self._place] in QUOTES:
            found(Clause(self._quoted(), is_phrase=True))
            return
        date = years_at(self._text, self._place, is_in_field=False)
        if date is not None:
            written = Clause(tuple(iter_words(self._text[self._place : date[1]])), is_phrase=True)
            found(Clause(years=date[0]))
            if ".." not in self._text[self._place : date[1]] and not is_negated:
                # Who writes the century of an item in words means its words as well.
                self._found.append(_Pending(written, is_negated, True, start))
            self._place = date[1]
            return
        end = self._chunk_end(self._place)
        colon = self._text.find(":", self._place, end)
        if colon > self._place:
            pending = self._field_before(colon, start)
            if pending is not None:
                name, first = pending
                if first is not None:
                    is_negated, is_alternative = first.is_negated, first.is_alternative
                self._place = colon + 1
                found(self._value(name))
                return
        chunk = self._text[self._place : end]
        self._place = end
        found(Clause(tuple(iter_words(chunk)), pattern=pattern_of(chunk)))

    def _field_before(self, colon: int, start: int) -> tuple[str, _Pending | None] | None:
        """Return the field named before a colon, and the first word taken for its name.

        Words already read that belong to the name are taken back.
        """
        last = self._found[-LONGEST_FIELD_NAME + 1 :]
        for count in range(len(last), -1, -1):
            words = last[len(last) - count :]
            if any(not entry.clause.is_plain for entry in words) or any(
                entry.is_negated or entry.is_alternative for entry in words[1:]
            ):
                continue
            begin = words[0].start if words else self._place
            name = self._fields.names.get(spelling_key(self._text[begin:colon]))
            if name is not None and (self._has_value(colon) or not words):
                del self._found[len(self._found) - count :]
                return name, words[0] if words else None
        return None

    def _has_value(self, colon: int) -> bool:
        return bool(self._text[colon + 1 :].strip(SPACES))

    def _value(self, name: str) -> Clause:
        """Return the clause of a field's value, which stands here."""
        if not self._skip_spaces():
            return Clause()
        if name in self._fields.dates:
            quote = self._text[self._place] in QUOTES
            date = years_at(self._text, self._place + quote, is_in_field=True)
            if date is not None:
                self._place = date[1]
                if quote and self._text[self._place : self._place + 1] in QUOTES:
                    self._place += 1
                return Clause(years=date[0])
        if self._text[self._place] in QUOTES:
            return Clause(self._quoted(), is_phrase=True, field=name)
        end = self._chunk_end(self._place)
        chunk = self._text[self._place : end]
        self._place = end
        return Clause(tuple(iter_words(chunk)), field=name, pattern=pattern_of(chunk))

    def _quoted(self) -> tuple[Word, ...]:
        self._place += 1
        end = self._place
        while end < len(self._text) and self._text[end] not in QUOTES:
            end += 1
        words = tuple(iter_words(self._text[self._place : end]))
        self._place = end + 1
        return words


def _apart(group: Group) -> list[Group]:
    """Return a group of several plain words as one group for each of them."""
    clause = group.clauses[0]
    if len(group.clauses) > 1 or group.is_negated or not clause.is_plain:
        return [group]
    return [Group((Clause((word,)),)) for word in clause.words]


def query_tables(fields: Fields) -> dict[str, object]:
    """Return limits, signs and fields as JSON data, for the search page."""
    return {
        "longest_query": LONGEST_QUERY,
        "most_words": MOST_WORDS,
        "spaces": SPACES,
        "quotes": QUOTES,
        "operators": dict(OPERATORS),
        "longest_field_name": LONGEST_FIELD_NAME,
        "fields": dict(fields.names),
        "date_fields": list(fields.dates),
    }
