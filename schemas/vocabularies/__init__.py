"""Controlled vocabularies: terms with labels, spellings and addresses, read from CSV tables.

Several tables ship in this folder (``README.md`` there names sources and licences); a museum adds
its own as ``vocabularies/NAME.csv`` in the archive, in the same form, and reads it with
:func:`parse_vocabulary`.

A text matches a term when it is one of its names, whatever the case, the place of the tone, the
apostrophes and hyphens; typed without marks it matches when only one term fits. Where two terms
share a name (*tiếng Thái*), :meth:`Vocabulary.match` gives None and :meth:`Vocabulary.suggest`
gives both: choosing is for a person.
"""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from schemas.errors import ConfigError
from schemas.messages import _
from schemas.names import Words, bare_key, exact_key, may_be, words_of

SHIPPED = Path(__file__).parent
NAMES = ("ethnic-groups", "languages", "materials", "object-types")
"""The tables that ship."""

_PREFIXES = {
    "ethnic-groups": ("dân tộc", "tộc người", "người", "dt"),
    "languages": ("tiếng", "ngôn ngữ", "tiếng nói"),
    "materials": ("chất liệu", "bằng", "làm bằng"),
}
"""Words people put before a name of a vocabulary, which say nothing."""

_OWN = ("id", "variants", "former", "uri", "broader", "note", "source")
_CLOSE_ENOUGH = 0.72
_MAX_CHARACTERS = 200


@dataclass(frozen=True)
class Term:
    """One entry of a vocabulary.

    Attributes:
        id: Stable id within the vocabulary.
        labels: Name to show, by language.
        variants: Other names and spellings.
        former: Names that are no longer used, or that hurt: matched, never shown or suggested.
        uri: Its address in a vocabulary the world shares; may be empty.
        broader: Id of the term above it; may be empty.
        note: What a curator should know.
        source: Where it was taken from.
        properties: Further columns of the table, such as ``tag`` of a language.
    """

    id: str
    labels: Mapping[str, str] = field(hash=False)
    variants: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    uri: str = ""
    broader: str = ""
    note: str = ""
    source: str = ""
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)

    def label(self, lang: str) -> str:
        """Return the label in ``lang``, else in any language, else the id."""
        return self.labels.get(lang) or next(iter(self.labels.values()), self.id)

    def shown_names(self) -> Iterator[str]:
        """Yield the names that may be shown to people."""
        yield from self.labels.values()
        yield from self.variants

    def names(self) -> Iterator[str]:
        """Yield every name that is matched, also the id and the former names."""
        yield self.id
        yield from self.shown_names()
        yield from self.former


@dataclass(frozen=True)
class Vocabulary:
    """Terms by id, found by any of their names.

    Attributes:
        name: As in the file's name.
        terms: In the order of the table.
        prefixes: Words before a name that say nothing ("người", "tiếng").
        base: The vocabulary this one is laid over: what it has no name for is looked up there.
    """

    name: str
    terms: tuple[Term, ...]
    prefixes: tuple[str, ...] = ()
    base: Vocabulary | None = None

    def __iter__(self) -> Iterator[Term]:
        yield from self.terms
        yield from self.base or ()

    def extended_by(self, other: Vocabulary) -> Vocabulary:
        """Return this vocabulary with the terms of ``other`` laid over it.

        A term of ``other`` replaces the one of its id here, and its names come before all here.
        """
        kept = tuple(term for term in self if other.get(term.id) is None)
        prefixes = other.prefixes or self.prefixes
        return replace(other, prefixes=prefixes, base=replace(self, terms=kept, base=None))

    def get(self, term_id: str) -> Term | None:
        """Return the term with an id, or None."""
        return self._by_id.get(term_id) or (self.base.get(term_id) if self.base else None)

    def match(self, text: str) -> Term | None:
        """Return the one term ``text`` names, or None when it names none or several."""
        found = self._named(text)
        if not found and self.base:
            return self.base.match(text)
        return found[0] if len(found) == 1 else None

    def suggest(self, text: str, *, limit: int = 3) -> tuple[Term, ...]:
        """Return the terms ``text`` may mean, best first, for a person to choose from.

        Args:
            text: What was written.
            limit: How many terms at most.
        """
        named = self._named(text)
        key = bare_key(words_of(text[:_MAX_CHARACTERS]))
        close = difflib.get_close_matches(key, self._by_shown, n=limit * 3, cutoff=_CLOSE_ENOUGH)
        found = [*named, *(term for name in close for term in self._by_shown[name])]
        if self.base:
            found.extend(self.base.suggest(text, limit=limit))
        return tuple(dict.fromkeys(found))[:limit]

    def _named(self, text: str) -> list[Term]:
        if len(text) > _MAX_CHARACTERS:
            return []
        words = words_of(text)
        found = self._with_words(words)
        if not found:
            for prefix in self._prefix_words:
                if words[: len(prefix)] == prefix and len(words) > len(prefix):
                    return self._with_words(words[len(prefix) :])
        return found

    def _with_words(self, words: Words) -> list[Term]:
        if not words:
            return []
        exact = self._by_exact.get(exact_key(words))
        if exact:
            return exact
        found = self._by_bare.get(bare_key(words), ())
        fitting = (term for name, term in found if may_be(words, name))
        return list(dict.fromkeys(fitting))

    @cached_property
    def _by_id(self) -> dict[str, Term]:
        return {term.id: term for term in self.terms}

    @cached_property
    def _prefix_words(self) -> list[Words]:
        return sorted(map(words_of, self.prefixes), key=len, reverse=True)

    @cached_property
    def _by_exact(self) -> dict[str, list[Term]]:
        index: dict[str, dict[Term, None]] = {}
        for term in self.terms:
            for name in term.names():
                index.setdefault(exact_key(words_of(name)), {})[term] = None
        return {key: list(terms) for key, terms in index.items()}

    @cached_property
    def _by_bare(self) -> dict[str, list[tuple[Words, Term]]]:
        index: dict[str, list[tuple[Words, Term]]] = {}
        for term in self.terms:
            for words in map(words_of, term.names()):
                index.setdefault(bare_key(words), []).append((words, term))
        return index

    @cached_property
    def _by_shown(self) -> dict[str, list[Term]]:
        index: dict[str, list[Term]] = {}
        for term in self.terms:
            for name in term.shown_names():
                key = bare_key(words_of(name))
                index.setdefault(key, []).append(term)
        return index


def parse_vocabulary(
    text: str, name: str, path: Path | None = None, *, base: Vocabulary | None = None
) -> Vocabulary:
    """Return the vocabulary in the text of a table.

    The columns are ``id``, ``label_vi``, ``label_en`` (a column ``label_XX`` for each language),
    ``variants`` and ``former`` (several, separated by ``;``), ``uri``, ``broader``, ``note`` and
    ``source``; any further column becomes a property. Only ``id`` and one label are required.

    Args:
        text: The table.
        name: Name of the vocabulary.
        path: Where it was read, for messages.
        base: The vocabulary it is to be laid over; its ids may stand in ``broader`` too.

    Raises:
        ConfigError: A column is missing, an id is empty or stands twice, a term has no label, or
            its ``broader`` is no id of the table.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    columns = [column or "" for column in reader.fieldnames or ()]
    if "id" not in columns or not any(column.startswith("label_") for column in columns):
        raise ConfigError(
            _("The vocabulary needs a column 'id' and a column such as 'label_vi'."), path=path
        )
    terms: dict[str, Term] = {}
    for row in reader:
        term = _term({key: " ".join((value or "").split()) for key, value in row.items() if key})
        if not term.id or not term.labels or term.id in terms:
            raise ConfigError(
                _("Row {row} of the vocabulary needs an id of its own and a label.").format(
                    row=reader.line_num
                ),
                path=path,
            )
        terms[term.id] = term
    for term in terms.values():
        if term.broader and term.broader not in terms and not (base and base.get(term.broader)):
            raise ConfigError(
                _("The term '{name}' lies under '{broader}', which is not in the table.").format(
                    name=term.id, broader=term.broader
                ),
                path=path,
            )
    own = Vocabulary(name, tuple(terms.values()), _PREFIXES.get(name, ()))
    return base.extended_by(own) if base else own


@cache
def shipped(name: str) -> Vocabulary:
    """Return a vocabulary that ships.

    Args:
        name: One of :data:`NAMES`.

    Raises:
        ValueError: There is none of that name.
    """
    if name not in NAMES:
        raise ValueError(f"vocabulary {name!r} is not one of {NAMES}")
    path = SHIPPED / f"{name}.csv"
    return parse_vocabulary(path.read_text(encoding="utf-8"), name, path)


def _term(row: Mapping[str, str]) -> Term:
    labels = {
        column.removeprefix("label_"): unicodedata.normalize("NFC", value)
        for column, value in row.items()
        if column.startswith("label_") and value
    }
    properties = {
        column: value
        for column, value in row.items()
        if column not in _OWN and not column.startswith("label_") and value
    }
    return Term(
        id=row["id"],
        labels=labels,
        variants=_several(row.get("variants", "")),
        former=_several(row.get("former", "")),
        uri=row.get("uri", ""),
        broader=row.get("broader", ""),
        note=row.get("note", ""),
        source=row.get("source", ""),
        properties=properties,
    )


def _several(cell: str) -> tuple[str, ...]:
    parts: Iterable[str] = unicodedata.normalize("NFC", cell).split(";")
    return tuple(part.strip() for part in parts if part.strip())
