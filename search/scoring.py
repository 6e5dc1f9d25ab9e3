"""The scoring: every engine and the search page give the same hits in the same order.

Let N be the number of documents and, for a token, D the number of documents that have its
bare form at any level. All numbers are integers.

* A token *matches* a document that has its bare form; it matches *exactly* where the document
  has its exact form, and *but for the tone* where the token has marks and no tone and the
  document has it with one (``điên`` for điện).
* weight(token, document) is the best over the places it matches: by level (title, subject,
  text) 10, 6, 2 for a bare match. For an exact match 60, 36, 12 if any word of the query was
  typed with marks, else 15, 9, 3; but for the tone 28, 18, 11. So with marks an exact match in a
  description counts more than a bare one in a title, and a record that has every word exactly
  precedes every record that has none exactly; without marks the level decides first, because
  "do" then hardly means the word "do", and exactness only within a level.
* rarity(token) is the number of binary digits of N // D, from 1 for a word in more than half
  of the documents.
* score = sum of weight × rarity over the parts of the query's words that match, and over the
  words found whole; and for every two words typed one after the other (two parts of one word, or
  of a phrase, too) that stand side by side in the document: the smaller weight of the two ×
  the rarity of the pair.
* found = number of parts that match; a word found whole counts as all its parts. The clusters
  of a bound word match only if each stands beside the next.
* Words in one field: weights as above for a subject, rarity of the word in that field. Words
  that fit a pattern: the weights of the best, rarity of all together. Years: 10 where the
  document's dates lie within them, 2 where they only touch. Of a group the sum over its clauses.

A document is a hit if it has every required group (phrase, field, pattern, years, or several
clauses with one of these) and no negated one. Of these, if some document has all parts of the
plain words, only those with all are hits; otherwise every one with at least one part. Hits are
ordered by found, then score, both falling, then as :func:`search.documents.order_key` says.
A word typed with marks excludes only records that have it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from search.analysis import Token, Word
from search.date_query import Years
from search.docsets import NONE, Docs, at_least, union
from search.patterns import MOST_EXPANSIONS, Pattern
from search.planes import Planes, best_of, best_sums, having, lesser, times, within
from search.query import Clause, Group, Query

BARE_WEIGHTS = (10, 6, 2)
EXACT_WEIGHTS = (15, 9, 3)
MARKED_WEIGHTS = (60, 36, 12)
TONELESS_WEIGHTS = (28, 18, 11)
WITHIN_YEARS = 10
TOUCHES_YEARS = 2
_FIELD_LEVEL = 1

Levels = Sequence[Docs]
"""Sets of documents, one a level."""


class TermReader(Protocol):
    """What scoring asks of an index; sets hold living documents only."""

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        ...

    def documents(self) -> Docs:
        """Return all documents."""
        ...

    def bare(self, forms: Iterable[str]) -> Levels:
        """Return by level the documents that have one of these bare forms there at best."""
        ...

    def exact(self, form: str) -> Levels:
        """Return the documents by the best level at which they have an exact form."""
        ...

    def pair(self, pair: str) -> Docs:
        """Return the documents that have two bare forms, joined by a space, side by side."""
        ...

    def field(self, name: str, forms: Iterable[str]) -> Docs:
        """Return the documents that have one of these bare forms in a field."""
        ...

    def field_exact(self, name: str, form: str) -> Docs:
        """Return the documents that have an exact form in a field."""
        ...

    def bare_forms(self, prefix: str) -> Iterable[str]:
        """Return the bare forms that begin so, in any order; some may be in no document."""
        ...

    def existing(self, forms: Iterable[str]) -> Collection[str]:
        """Return those of some bare forms that there are, likewise."""
        ...

    def most_with(self, form: str) -> int:
        """Return a number that the documents that have a bare form do not exceed."""
        ...

    def field_forms(self, name: str, prefix: str) -> Iterable[str]:
        """Return the bare forms in a field that begin so, likewise."""
        ...

    def dated(self, fits: Callable[[Years], bool]) -> Docs:
        """Return the documents whose years fit."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """One hit before it is shown.

    Attributes:
        number: The document.
        found: Parts of the query it has.
        score: Its score.
    """

    number: int
    found: int
    score: int


@dataclass(frozen=True)
class Ranking:
    """The hits of a query; which are the best is reckoned when it is asked for.

    Attributes:
        levels: (parts of the query found, the hits that have so many), most parts first; none
            empty.
        parts: What makes up the score of a document.
    """

    levels: tuple[tuple[int, Docs], ...] = ()
    parts: tuple[Planes, ...] = ()

    @property
    def docs(self) -> Docs:
        """All hits."""
        return union(docs for _found, docs in self.levels)

    @property
    def most_found(self) -> int:
        """Parts of the query that the best hit has."""
        return self.levels[0][0] if self.levels else 0

    def __len__(self) -> int:
        """Say how many hits there are."""
        return self.docs.bit_count()

    def among(self, docs: Docs) -> Ranking:
        """Return the hits that are among these documents, ranked as before."""
        levels = ((found, entry & docs) for found, entry in self.levels)
        return replace(self, levels=tuple((found, both) for found, both in levels if both))

    def iter_best(self, wanted: int) -> Iterator[tuple[int, int, Docs]]:
        """Yield (found, score, equal hits), best first, until ``wanted`` hits are there."""
        for found, docs in self.levels:
            if wanted <= 0:
                return
            sums = best_sums(self.parts, docs, wanted)
            for score in sorted(sums, reverse=True):
                yield found, score, sums[score]
            wanted -= docs.bit_count()


@dataclass(frozen=True)
class _Found:
    """What a part of a query finds: documents, and the points they get for it."""

    docs: Docs = NONE
    parts: tuple[Planes, ...] = ()


def rank(query: Query, reader: TermReader) -> Ranking:
    """Return the hits of a query."""
    return _Ranking(query, reader).hits()


def rarity(document_count: int, documents_with: int) -> int:
    """Return how much a token counts that ``documents_with`` of all documents have."""
    return (document_count // documents_with).bit_length()


def scoring_tables() -> dict[str, object]:
    """Return the weights as JSON data, for the search page."""
    return {
        "bare_weights": list(BARE_WEIGHTS),
        "exact_weights": list(EXACT_WEIGHTS),
        "marked_weights": list(MARKED_WEIGHTS),
        "toneless_weights": list(TONELESS_WEIGHTS),
        "within_years": WITHIN_YEARS,
        "touches_years": TOUCHES_YEARS,
        "most_expansions": MOST_EXPANSIONS,
    }


class _Ranking:
    """The hits of one query."""

    def __init__(self, query: Query, reader: TermReader) -> None:
        self._query = query
        self._reader = reader
        self._exact_weights = MARKED_WEIGHTS if query.is_marked else EXACT_WEIGHTS
        self._weights: dict[Token, Planes] = {}

    def hits(self) -> Ranking:
        parts: list[Planes] = []
        counted: list[Docs] = []
        allowed: Docs | None = None
        excluded = NONE
        for group in self._query.groups:
            if group.is_negated:
                excluded |= self._excluded(group)
                continue
            found, sets = self._group(group)
            parts += found.parts
            if group.is_required:
                allowed = found.docs if allowed is None else allowed & found.docs
            else:
                counted += sets
        parts += (self._pair(first, second) for first, second in self._query.pairs)
        levels = self._levels(counted, allowed, excluded)
        return Ranking(tuple((n, docs) for n, docs in levels if docs), tuple(parts))

    def _levels(
        self, counted: list[Docs], allowed: Docs | None, excluded: Docs
    ) -> list[tuple[int, Docs]]:
        """Return the hits by how many parts of the query they have, most first."""
        if not self._query.part_count:
            if allowed is None:
                is_negated = any(group.is_negated for group in self._query.groups)
                allowed = self._reader.documents() if is_negated else NONE
            return [(0, allowed & ~excluded)]
        living = [
            docs & ~excluded if allowed is None else docs & allowed & ~excluded
            for docs in at_least(counted)
        ]
        if living[-1]:
            return [(len(living), living[-1])]
        levels = [(len(living), NONE)]
        for count in range(len(living) - 1, 0, -1):
            levels.append((count, living[count - 1] & ~living[count]))
        return levels

    def _group(self, group: Group) -> tuple[_Found, list[Docs]]:
        """Return what a group finds, and the documents of each part it has."""
        if group.word:
            return self._word(group.word)
        clauses = [self._clause(clause) for clause in group.clauses]
        docs = union(found.docs for found in clauses)
        return _Found(docs, tuple(part for found in clauses for part in found.parts)), [docs]

    def _clause(self, clause: Clause) -> _Found:
        """Return the documents that have all of a clause."""
        if clause.years:
            return self._years(clause.years)
        if clause.pattern:
            found = self._pattern(clause.pattern, clause.field)
            if found.docs:
                return found
        if clause.field:
            return self._in_field(clause)
        if clause.is_phrase:
            return self._phrase(clause)
        return _all_of([self._whole_word(word) for word in clause.words])

    def _word(self, word: Word) -> tuple[_Found, list[Docs]]:
        """Return what a word finds, and the documents of each of its parts."""
        parts = [self._token(token) for token in word.parts]
        sets = [having(planes) for planes in parts]
        parts += (self._pair(first, second) for first, second in pairwise(word.parts))
        if word.is_bound and len(word.parts) > 1:
            beside = _all_of([_found(self._beside(*pair)) for pair in pairwise(word.parts)])
            sets = [beside.docs] * len(word.parts)
        if word.whole is not None:
            whole = self._token(word.whole)
            parts.append(whole)
            sets = [docs | having(whole) for docs in sets]
        docs = union(sets)
        return _Found(docs, tuple(within(part, docs) for part in parts)), sets

    def _whole_word(self, word: Word) -> _Found:
        """Return the documents that have all parts of a word."""
        found, sets = self._word(word)
        return _within(found, at_least(sets)[-1])

    def _phrase(self, clause: Clause) -> _Found:
        tokens = clause.tokens
        parts = [self._token(token) for token in tokens]
        parts += (self._pair(*pair) for pair in pairwise(tokens))
        found = _all_of([_found(part) for part in parts])
        docs = found.docs
        for token in tokens:
            if token.is_marked:
                docs &= union(self._reader.exact(token.exact))
        return _within(found, docs)

    def _in_field(self, clause: Clause) -> _Found:
        parts = [self._word_in_field(word, clause) for word in clause.words]
        if clause.is_phrase:
            parts += (_found(self._pair(*pair)) for pair in pairwise(clause.tokens))
        return _all_of(parts)

    def _word_in_field(self, word: Word, clause: Clause) -> _Found:
        found = _all_of([_found(self._token_in_field(token, clause)) for token in word.parts])
        if word.whole is None:
            return found
        whole = self._token_in_field(word.whole, clause)
        return _Found(found.docs | having(whole), (*found.parts, whole))

    def _token_in_field(self, token: Token, clause: Clause) -> Planes:
        exact = self._reader.field_exact(clause.field, token.exact)
        weighted = [(self._exact_weights[_FIELD_LEVEL], exact)]
        if not (clause.is_phrase and token.is_marked):
            bare = self._reader.field(clause.field, (token.bare,))
            weighted.append((BARE_WEIGHTS[_FIELD_LEVEL], bare))
        return self._times_rarity(best_of(weighted))

    def _pattern(self, pattern: Pattern, field: str) -> _Found:
        forms = self._expansions(pattern, field)
        levels: Levels = (NONE, self._reader.field(field, forms)) if field else ()
        levels = levels or self._reader.bare(forms)
        return _found(self._times_rarity(best_of(zip(BARE_WEIGHTS, levels, strict=False))))

    def _expansions(self, pattern: Pattern, field: str) -> list[str]:
        """Return the words of the index that fit, the first in order of code points."""
        fitting: set[str] = set()
        for prefix in pattern.prefixes:
            if field:
                forms = self._reader.field_forms(field, prefix)
            else:
                forms = self._reader.bare_forms(prefix)
            fitting.update(form for form in forms if pattern.fits(form))
        return sorted(fitting)[:MOST_EXPANSIONS]

    def _years(self, years: Years) -> _Found:
        first, last = years
        inside = self._reader.dated(lambda span: first <= span[0] and span[1] <= last)
        touching = self._reader.dated(lambda span: span[0] <= last and first <= span[1])
        return _found(best_of([(WITHIN_YEARS, inside), (TOUCHES_YEARS, touching)]))

    def _excluded(self, group: Group) -> Docs:
        """Return the documents a negated group takes out."""
        excluded = NONE
        for clause in group.clauses:
            docs = self._clause(clause).docs
            for token in clause.tokens if clause.is_plain else ():
                if token.is_marked:
                    docs &= union(self._reader.exact(token.exact))
            excluded |= docs
        return excluded

    def _pair(self, first: Token, second: Token) -> Planes:
        """Return the points of the documents in which two tokens stand side by side."""
        return self._times_rarity(self._beside(first, second))

    def _beside(self, first: Token, second: Token) -> Planes:
        docs = self._reader.pair(f"{first.bare} {second.bare}")
        return lesser(self._token_weights(first), self._token_weights(second), docs)

    def _token(self, token: Token) -> Planes:
        return self._times_rarity(self._token_weights(token))

    def _token_weights(self, token: Token) -> Planes:
        known = self._weights.get(token)
        if known is not None:
            return known
        weighted = list(zip(BARE_WEIGHTS, self._reader.bare((token.bare,)), strict=True))
        if any(docs for _weight, docs in weighted):
            for form in token.toned:
                weighted += zip(TONELESS_WEIGHTS, self._reader.exact(form), strict=True)
            weighted += zip(self._exact_weights, self._reader.exact(token.exact), strict=True)
        planes = self._weights[token] = best_of(weighted)
        return planes

    def _times_rarity(self, weights: Planes) -> Planes:
        if not weights:
            return weights
        count = having(weights).bit_count()
        return times(weights, rarity(self._reader.document_count, count))


def _found(planes: Planes) -> _Found:
    return _Found(having(planes), (planes,))


def _within(found: _Found, docs: Docs) -> _Found:
    docs &= found.docs
    return _Found(docs, tuple(within(part, docs) for part in found.parts))


def _all_of(founds: Sequence[_Found]) -> _Found:
    """Return the documents that are in all; none of nothing."""
    if not founds:
        return _Found()
    docs = founds[0].docs
    for found in founds[1:]:
        docs &= found.docs
    return _within(_Found(docs, tuple(part for found in founds for part in found.parts)), docs)
