"""What was probably meant, when no record has all words of a query: from the index's own words.

A candidate for a word differs by one slip from it (a letter left out, put in, exchanged, or two
letters swapped), begins with its first or second letter, and stands in some document. Of several
the one is chosen that stands beside the words typed before and after it in most documents, then
the one in most documents, then the first in the order of code points.

Words in no document are exchanged first. If every word is in some document but none has all, one
word is exchanged: the one whose candidate stands beside its neighbours in most documents.
"""

from __future__ import annotations

from search.analysis import Token, Word
from search.docsets import union
from search.query import Query
from search.scoring import TermReader

SHORTEST_WORD = 3
"""Letters of a word that is looked at; in shorter ones every letter counts."""


def corrected(query: Query, reader: TermReader) -> Query | None:
    """Return the query that was probably meant, or None when there is none.

    Args:
        query: A query of which no document has all parts.
        reader: The index.
    """
    words = list(query.words)
    unknown = [word for word in words if not _count(reader, word)]
    if not unknown:
        return _one_exchanged(query, words, reader)
    result = query
    for place, word in enumerate(words):
        found = _best(words, place, reader) if word in unknown and _is_open(word) else None
        if found is not None:
            words[place] = found[1]
            result = result.with_word(word, found[1])
    return None if result is query else result


def correction_tables() -> dict[str, object]:
    """Return the limit above as JSON data, for the search page."""
    return {"shortest_word": SHORTEST_WORD}


def is_one_slip(word: str, other: str) -> bool:
    """Say whether two different words are one slip apart."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(word), len(other)) and word[start] == other[start]:
        start += 1
    if len(word) != len(other):
        longer, shorter = sorted((word, other), key=len, reverse=True)
        return longer[start + 1 :] == shorter[start:]
    if word[start + 1 :] == other[start + 1 :]:
        return True
    is_swapped = word[start : start + 2] == other[start : start + 2][::-1]
    return is_swapped and word[start + 2 :] == other[start + 2 :]


def _one_exchanged(query: Query, words: list[Word], reader: TermReader) -> Query | None:
    best: tuple[tuple[int, int], int, Word] | None = None
    for place, word in enumerate(words):
        found = _best(words, place, reader) if _is_open(word) else None
        # A word that exists is given up only for one that fits better beside its neighbours.
        if found is not None and found[0][0] and (best is None or found[0] > best[0]):
            best = (found[0], place, found[1])
    return query.with_word(words[best[1]], best[2]) if best else None


def _is_open(word: Word) -> bool:
    """Say whether a word may have a slip: one part, of letters, long enough."""
    bare = word.parts[0].bare
    return (
        len(word.parts) == 1
        and word.whole is None
        and len(bare) >= SHORTEST_WORD
        and not any(character.isdecimal() for character in bare)
    )


def _best(words: list[Word], place: int, reader: TermReader) -> tuple[tuple[int, int], Word] | None:
    """Return the best candidate for a word and what speaks for it."""
    bare = words[place].parts[0].bare
    before = words[place - 1].parts[-1].bare if place else ""
    after = words[place + 1].parts[0].bare if place + 1 < len(words) else ""
    best: tuple[tuple[int, int], str] | None = None
    for form in _candidates(bare, reader):
        count = _documents_with(reader, form)
        beside = reader.pair(f"{before} {form}").bit_count() if before else 0
        beside += reader.pair(f"{form} {after}").bit_count() if after else 0
        reason = (beside, count)
        if count and (best is None or reason > best[0]):
            best = (reason, form)
    return None if best is None else (best[0], Word((Token(best[1], best[1]),)))


def _candidates(bare: str, reader: TermReader) -> list[str]:
    letters = dict.fromkeys(bare[:2])
    return sorted(
        form
        for letter in letters
        for form in reader.bare_forms(letter)
        if is_one_slip(bare, form) and not any(character.isdecimal() for character in form)
    )


def _count(reader: TermReader, word: Word) -> int:
    return max(_documents_with(reader, token.bare) for token in word.tokens)


def _documents_with(reader: TermReader, form: str) -> int:
    return union(reader.bare((form,))).bit_count()
