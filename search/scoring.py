"""The one scoring: the Whoosh index and the search page give the same hits in the same order.

Let N be the number of documents and, for a token, D the number of documents that have its
bare form at any level. All numbers are integers.

* A token *matches* a document that has its bare form; it matches *exactly* where the document
  has its exact form.
* weight(token, document) is the best over the places it matches: by level (title, subject,
  text) 10, 6, 2 for a bare match. For an exact match 60, 36, 12 if any word of the query was
  typed with marks, else 15, 9, 3. So with marks an exact match in a description counts more
  than a bare one in a title, and a record that has every word exactly precedes every record
  that has none exactly; without marks the level decides first, because "do" then hardly means
  the word "do", and exactness only within a level.
* rarity(token) is the number of binary digits of N // D, from 1 for a word in more than half
  of the documents.
* score = sum of weight × rarity over the parts of the query's words that match, and over the
  words found whole.
* found = number of parts that match; a word found whole counts as all its parts.

If some document has all parts of the query, only those with all are hits. Otherwise every
document with at least one is. Hits are ordered by found, then score, both falling, then by
identifier and item id, both rising by code point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from search.analysis import Token, Word
from search.query import Query

BARE_WEIGHTS = (10, 6, 2)
EXACT_WEIGHTS = (15, 9, 3)
MARKED_WEIGHTS = (60, 36, 12)


@dataclass(frozen=True)
class Postings:
    """Where one token stands: document numbers, one collection a level.

    Attributes:
        bare: Documents whose best level for the bare form this is.
        exact: Documents whose best level for the exact form this is.
    """

    bare: Sequence[Iterable[int]]
    exact: Sequence[Iterable[int]]


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


def rank(query: Query, document_count: int, find: Callable[[Token], Postings]) -> list[Ranked]:
    """Return the hits of a query, in no order.

    Args:
        query: The words to look for.
        document_count: N above.
        find: Gives the postings of a token, of living documents only.
    """
    exact_weights = MARKED_WEIGHTS if query.is_marked else EXACT_WEIGHTS
    found: dict[int, int] = {}
    score: dict[int, int] = {}
    for word in query.words:
        scores = {
            token: _scores(find(token), exact_weights, document_count) for token in word.tokens
        }
        for token_scores in scores.values():
            for number, points in token_scores.items():
                score[number] = score.get(number, 0) + points
        for number, parts in _parts_found(word, scores).items():
            found[number] = found.get(number, 0) + parts
    wanted = query.part_count if query.part_count in found.values() else 1
    return [
        Ranked(number, parts, score[number]) for number, parts in found.items() if parts >= wanted
    ]


def rarity(document_count: int, documents_with: int) -> int:
    """Return how much a token counts that ``documents_with`` of all documents have."""
    return (document_count // documents_with).bit_length()


def scoring_weights() -> dict[str, list[int]]:
    """Return the weights as JSON data, for the search page."""
    return {
        "bare_weights": list(BARE_WEIGHTS),
        "exact_weights": list(EXACT_WEIGHTS),
        "marked_weights": list(MARKED_WEIGHTS),
    }


def _scores(
    postings: Postings, exact_weights: Sequence[int], document_count: int
) -> Mapping[int, int]:
    best: dict[int, int] = {}
    for weights, levels in ((BARE_WEIGHTS, postings.bare), (exact_weights, postings.exact)):
        for weight, numbers in zip(weights, levels, strict=True):
            for number in numbers:
                best[number] = max(best.get(number, 0), weight)
    if not best:
        return best
    factor = rarity(document_count, len(best))
    return {number: weight * factor for number, weight in best.items()}


def _parts_found(word: Word, scores: Mapping[Token, Mapping[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for token in word.parts:
        for number in scores[token]:
            found[number] = found.get(number, 0) + 1
    if word.whole is not None:
        found |= dict.fromkeys(scores[word.whole], len(word.parts))
    return found
