"""Which pieces of a text a query finds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from search.analysis import is_han, is_word_character, iter_words
from search.query import Query


def highlighted(text: str, query: Query) -> tuple[tuple[str, bool], ...]:
    """Return the pieces of ``text`` in NFC, and of each whether the query finds it.

    A word is found as it is searched: without its marks, by its beginning where a pattern asks
    for that. What is joined (77.AO.84) is marked whole.
    """
    bare = {
        token.bare
        for group in query.groups
        if not group.is_negated
        for clause in group.clauses
        for word in clause.words
        for token in word.tokens
    }
    patterns = [
        clause.pattern
        for group in query.groups
        if not group.is_negated
        for clause in group.clauses
        if clause.pattern
    ]
    pieces: list[tuple[str, bool]] = []
    for piece in _pieces(unicodedata.normalize("NFC", text)):
        forms = {token.bare for word in iter_words(piece) for token in word.indexed}
        is_found = not forms.isdisjoint(bare) or any(p.fits(f) for p in patterns for f in forms)
        if pieces and pieces[-1][1] is is_found:
            pieces[-1] = (pieces[-1][0] + piece, is_found)
        else:
            pieces.append((piece, is_found))
    return tuple(pieces)


def _pieces(text: str) -> Iterator[str]:
    """Yield runs of word characters, Hán-Nôm characters one by one, and all between them."""
    start = 0
    for place, character in enumerate(text):
        is_break = not is_word_character(character) or is_han(character)
        if is_break:
            if start < place:
                yield text[start:place]
            yield character
            start = place + 1
    if start < len(text):
        yield text[start:]
