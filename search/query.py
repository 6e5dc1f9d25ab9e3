"""What people type, as words to look for.

Every query searches and none is an error: there is no syntax, only words. What is too long
is cut, the same on the search page.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import islice

from search.analysis import Word, iter_words

LONGEST_QUERY = 256
"""Code points of a query, in NFC, that are looked at."""

MOST_WORDS = 24
"""Different words of a query that are looked for."""


@dataclass(frozen=True)
class Query:
    """A query, parsed.

    Attributes:
        words: The different words, in the order typed; empty for a query without any.
    """

    words: tuple[Word, ...]

    @property
    def part_count(self) -> int:
        """How many parts a record must have to have all of the query."""
        return sum(len(word.parts) for word in self.words)

    @property
    def is_marked(self) -> bool:
        """Say whether any word was typed with marks."""
        return any(token.is_marked for word in self.words for token in word.parts)


def parse_query(text: str) -> Query:
    """Return the words of ``text``; never raises."""
    looked_at = unicodedata.normalize("NFC", text)[:LONGEST_QUERY]
    return Query(tuple(islice(dict.fromkeys(iter_words(looked_at)), MOST_WORDS)))


def query_limits() -> dict[str, int]:
    """Return the limits above as JSON data, for the search page."""
    return {"longest_query": LONGEST_QUERY, "most_words": MOST_WORDS}
