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

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from search.analysis import Token, Word
from search.date_query import Years
from search.documents import field_term
from search.patterns import MOST_EXPANSIONS, Pattern
from search.query import Clause, Group, Query

BARE_WEIGHTS = (10, 6, 2)
EXACT_WEIGHTS = (15, 9, 3)
MARKED_WEIGHTS = (60, 36, 12)
TONELESS_WEIGHTS = (28, 18, 11)
WITHIN_YEARS = 10
TOUCHES_YEARS = 2
_FIELD_LEVEL = 1

Levels = Sequence[Iterable[int]]
"""Numbers of documents, one collection a level."""
Scores = dict[int, int]


class TermReader(Protocol):
    """What scoring asks of an index; numbers name living documents only."""

    @property
    def document_count(self) -> int:
        """How many documents there are."""
        ...

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all documents."""
        ...

    def bare(self, form: str) -> Levels:
        """Return the documents by the best level at which they have a bare form."""
        ...

    def exact(self, form: str) -> Levels:
        """Return the documents by the best level at which they have an exact form."""
        ...

    def pair(self, pair: str) -> Iterable[int]:
        """Return the documents that have two bare forms, joined by a space, side by side."""
        ...

    def field(self, term: str) -> Iterable[int]:
        """Return the documents that have a :func:`search.documents.field_term`."""
        ...

    def bare_forms(self, prefix: str) -> Iterable[str]:
        """Return the bare forms that begin so, in any order; some may be in no document."""
        ...

    def field_forms(self, prefix: str) -> Iterable[str]:
        """Return the field terms that begin so, in any order; some may be in no document."""
        ...

    def years(self, number: int) -> Years | None:
        """Return the years of a document's dates, or None."""
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


def rank(query: Query, reader: TermReader) -> list[Ranked]:
    """Return the hits of a query, in no order."""
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
    """The scores of one query."""

    def __init__(self, query: Query, reader: TermReader) -> None:
        self._query = query
        self._reader = reader
        self._exact_weights = MARKED_WEIGHTS if query.is_marked else EXACT_WEIGHTS
        self._weights: dict[Token, Scores] = {}

    def hits(self) -> list[Ranked]:
        found: Scores = {}
        score: Scores = {}
        allowed: set[int] | None = None
        excluded: set[int] = set()
        for group in self._query.groups:
            if group.is_negated:
                excluded |= self._excluded(group)
                continue
            scores, parts = self._group(group)
            _add(score, scores)
            if group.is_required:
                allowed = set(scores) if allowed is None else allowed & set(scores)
            else:
                _add(found, parts)
        for first, second in self._query.pairs:
            _add(score, self._pair(first, second))
        if not self._query.part_count:
            return self._filtered(score, allowed, excluded)
        living = {
            number: parts
            for number, parts in found.items()
            if number not in excluded and (allowed is None or number in allowed)
        }
        wanted = self._query.part_count if self._query.part_count in living.values() else 1
        return [
            Ranked(number, parts, score[number])
            for number, parts in living.items()
            if parts >= wanted
        ]

    def _filtered(
        self, score: Scores, allowed: set[int] | None, excluded: set[int]
    ) -> list[Ranked]:
        """Return the hits of a query without plain words."""
        if allowed is None:
            is_negated = any(group.is_negated for group in self._query.groups)
            allowed = set(self._reader.numbers()) if is_negated else set()
        return [Ranked(number, 0, score.get(number, 0)) for number in allowed - excluded]

    def _group(self, group: Group) -> tuple[Scores, Scores]:
        """Return the scores of a group and the parts each document has of it."""
        if group.word:
            return self._word(group.word)
        scores: Scores = {}
        for clause in group.clauses:
            _add(scores, self._clause(clause))
        return scores, dict.fromkeys(scores, 1)

    def _clause(self, clause: Clause) -> Scores:
        """Return the scores of the documents that have all of a clause."""
        if clause.years:
            return self._years(clause.years)
        if clause.pattern:
            scores = self._pattern(clause.pattern, clause.field)
            if scores:
                return scores
        if clause.field:
            return self._in_field(clause)
        if clause.is_phrase:
            return self._phrase(clause)
        return _all_of([self._whole_word(word) for word in clause.words])

    def _word(self, word: Word) -> tuple[Scores, Scores]:
        """Return the scores of a word and how many of its parts each document has."""
        score: Scores = {}
        found: Scores = {}
        for token in word.parts:
            scores = self._token(token)
            _add(score, scores)
            _add(found, dict.fromkeys(scores, 1))
        for first, second in pairwise(word.parts):
            _add(score, self._pair(first, second))
        if word.is_bound:
            beside = _all_of([self._beside(*pair) for pair in pairwise(word.parts)])
            if len(word.parts) > 1:
                found = dict.fromkeys(beside, len(word.parts))
        if word.whole is not None:
            whole = self._token(word.whole)
            _add(score, whole)
            found |= dict.fromkeys(whole, len(word.parts))
        return {number: score[number] for number in found}, found

    def _whole_word(self, word: Word) -> Scores:
        """Return the scores of the documents that have all parts of a word."""
        score, found = self._word(word)
        return {n: points for n, points in score.items() if found[n] == len(word.parts)}

    def _phrase(self, clause: Clause) -> Scores:
        tokens = clause.tokens
        scores = [self._token(token) for token in tokens]
        scores += [self._pair(*pair) for pair in pairwise(tokens)]
        exact = [set[int]().union(*self._reader.exact(t.exact)) for t in tokens if t.is_marked]
        return {
            number: points
            for number, points in _all_of(scores).items()
            if all(number in numbers for numbers in exact)
        }

    def _in_field(self, clause: Clause) -> Scores:
        parts = [self._word_in_field(word, clause) for word in clause.words]
        if clause.is_phrase:
            parts += [self._pair(*pair) for pair in pairwise(clause.tokens)]
        return _all_of(parts)

    def _word_in_field(self, word: Word, clause: Clause) -> Scores:
        found = _all_of([self._token_in_field(token, clause) for token in word.parts])
        if word.whole is not None:
            _add(found, self._token_in_field(word.whole, clause))
        return found

    def _token_in_field(self, token: Token, clause: Clause) -> Scores:
        exact = set(self._reader.field(field_term(clause.field, token.exact, is_exact=True)))
        is_exact_wanted = clause.is_phrase and token.is_marked
        bare = exact
        if not is_exact_wanted:
            bare = set(self._reader.field(field_term(clause.field, token.bare, is_exact=False)))
        weights = {
            number: (self._exact_weights if number in exact else BARE_WEIGHTS)[_FIELD_LEVEL]
            for number in bare
        }
        return self._times_rarity(weights)

    def _pattern(self, pattern: Pattern, field: str) -> Scores:
        best: Scores = {}
        for form in self._expansions(pattern, field):
            if field:
                levels: Levels = [(), self._reader.field(field_term(field, form, is_exact=False))]
            else:
                levels = self._reader.bare(form)
            _best(best, BARE_WEIGHTS, levels)
        return self._times_rarity(best)

    def _expansions(self, pattern: Pattern, field: str) -> Iterator[str]:
        """Return the words of the index that fit, the first in order of code points."""
        fitting: set[str] = set()
        start = field_term(field, "", is_exact=False) if field else ""
        for prefix in pattern.prefixes:
            if field:
                terms = self._reader.field_forms(start + prefix)
                fitting |= {t[len(start) :] for t in terms if pattern.fits(t[len(start) :])}
            else:
                fitting |= {form for form in self._reader.bare_forms(prefix) if pattern.fits(form)}
        yield from sorted(fitting)[:MOST_EXPANSIONS]

    def _years(self, years: Years) -> Scores:
        scores: Scores = {}
        for number in self._reader.numbers():
            known = self._reader.years(number)
            if known is not None and known[0] <= years[1] and years[0] <= known[1]:
                is_within = years[0] <= known[0] and known[1] <= years[1]
                scores[number] = WITHIN_YEARS if is_within else TOUCHES_YEARS
        return scores

    def _excluded(self, group: Group) -> set[int]:
        """Return the documents a negated group takes out."""
        excluded: set[int] = set()
        for clause in group.clauses:
            numbers = set(self._clause(clause))
            for token in clause.tokens if clause.is_plain else ():
                if token.is_marked:
                    numbers &= set().union(*self._reader.exact(token.exact))
            excluded |= numbers
        return excluded

    def _pair(self, first: Token, second: Token) -> Scores:
        """Return the scores of the documents in which two tokens stand side by side."""
        weights = self._beside(first, second)
        return self._times_rarity(weights)

    def _beside(self, first: Token, second: Token) -> Scores:
        ones, others = self._token_weights(first), self._token_weights(second)
        numbers = self._reader.pair(f"{first.bare} {second.bare}")
        return {number: min(ones[number], others[number]) for number in numbers}

    def _token(self, token: Token) -> Scores:
        return self._times_rarity(self._token_weights(token))

    def _token_weights(self, token: Token) -> Scores:
        known = self._weights.get(token)
        if known is not None:
            return known
        best: Scores = {}
        _best(best, BARE_WEIGHTS, self._reader.bare(token.bare))
        if best:
            for form in token.toned:
                _best(best, TONELESS_WEIGHTS, self._reader.exact(form))
            _best(best, self._exact_weights, self._reader.exact(token.exact))
        self._weights[token] = best
        return best

    def _times_rarity(self, weights: Mapping[int, int]) -> Scores:
        if not weights:
            return {}
        factor = rarity(self._reader.document_count, len(weights))
        return {number: weight * factor for number, weight in weights.items()}


def _best(best: Scores, weights: Sequence[int], levels: Levels) -> None:
    for weight, numbers in zip(weights, levels, strict=False):
        for number in numbers:
            if weight > best.get(number, 0):
                best[number] = weight


def _add(total: Scores, more: Mapping[int, int]) -> None:
    for number, points in more.items():
        total[number] = total.get(number, 0) + points


def _all_of(scores: Sequence[Scores]) -> Scores:
    """Return the sums over the documents that are in all of ``scores``; none of nothing."""
    if not scores:
        return {}
    common = set(scores[0]).intersection(*scores[1:])
    return {number: sum(entry[number] for entry in scores) for number in common}
