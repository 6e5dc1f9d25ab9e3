"""What was probably meant, when no record has all words of a query: from the index's own words.

A candidate for a word differs by one slip from it (a letter left out, put in, exchanged, or two
letters swapped), begins with its first or second letter, and stands in some document; one for a
word of a to z and apostrophes has no other letters. Of several the one is chosen that stands beside
the words typed before and after it in most documents, then the one in most documents, then the
first in the order of code points.

Words in no document are exchanged first. If every word is in some document but none has all, one
word is exchanged: the one whose candidate stands beside its neighbours in most documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from search.analysis import Token, Word
from search.docsets import union
from search.query import Query
from search.scoring import TermReader

_LATIN = frozenset(f"'{ascii_lowercase}")

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


def one_slip_away(word: str, letters: Iterable[str]) -> set[str]:
    """Return every other word that is one slip away from a word.

    They are some hundreds, many fewer than the words of an index.

    Args:
        word: In its bare form.
        letters: What letters may be put in or in the place of others.
    """
    parted = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    words = {start + end[1:] for start, end in parted if end}
    words |= {start + end[1] + end[0] + end[2:] for start, end in parted if len(end) > 1}
    for letter in letters:
        words.update(start + letter + end for start, end in parted)
        words.update(start + letter + end[1:] for start, end in parted if end)
    return words - {word}


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
    beside: dict[str, int] = {}
    for form in _candidates(bare, reader):
        count = reader.pair(f"{before} {form}").bit_count() if before else 0
        count += reader.pair(f"{form} {after}").bit_count() if after else 0
        beside[form] = count
    most = max(beside.values(), default=0)
    count, form = _most_frequent([form for form, n in beside.items() if n == most], reader)
    return ((most, count), Word((Token(form, form),))) if count else None


def _most_frequent(forms: list[str], reader: TermReader) -> tuple[int, str]:
    """Return how many documents have the form that most have, and the form; 0 for none."""
    best, found = 0, ""
    # Whoever cannot exceed the best any more need not be counted.
    bounds = sorted(((reader.most_with(form), form) for form in forms), reverse=True)
    for bound, form in bounds:
        if bound < best:
            break
        count = _documents_with(reader, form)
        if count > best or (count == best and form < found):
            best, found = count, form
    return best, found


def _candidates(bare: str, reader: TermReader) -> list[str]:
    starts = tuple(dict.fromkeys(bare[:2]))
    if _LATIN.issuperset(bare):
        return sorted(
            reader.existing(f for f in one_slip_away(bare, _LATIN) if f.startswith(starts))
        )
    found: set[str] = set()
    for letter in starts:
        forms = list(reader.bare_forms(letter))
        found.update(one_slip_away(bare, set("".join(forms))).intersection(forms))
    return sorted(form for form in found if not any(character.isdecimal() for character in form))


def _count(reader: TermReader, word: Word) -> int:
    return max(_documents_with(reader, token.bare) for token in word.tokens)


def _documents_with(reader: TermReader, form: str) -> int:
    return union(reader.bare((form,))).bit_count()
