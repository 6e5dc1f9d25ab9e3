"""Whether an index can be read at all: what tells damaged files from a defect of the program.

Damaged bytes surface as any exception, far from where they were read. So when answering fails,
everything the index holds is read once, by nothing but the engine and the forms of keys: where
that fails too the files are to blame, and where it does not the program is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from search.docsets import Docs, docs_of, numbers_of
from search.documents import LEVELS
from search.engine import Snapshot
from search.keys import (
    FACETS,
    FIELD_WORDS,
    PAIR,
    SPANS,
    SUGGESTIONS,
    WORDS,
    bare_of,
    facet_of,
    field_word_of,
    span_of,
    suggestible_of,
    word_of,
)

_TITLE_PARTS = 2


def read_all(snapshot: Snapshot) -> None:
    """Read every key and every document of a snapshot; slow.

    Raises:
        Exception: Whatever damaged bytes lead to.
    """
    living = snapshot.living()
    if living.bit_count() != snapshot.document_count:
        raise ValueError("another number of documents than it says")
    for key in snapshot.keys(""):
        if key[0] != PAIR:
            _PARTS[key[0]](key)
        if _set_of(snapshot.having(key)) & ~living:
            raise ValueError("a key names a document that is not there")
    if docs_of(list(snapshot.paired())) & ~living:
        raise ValueError("a pair names a document that is not there")
    for number in numbers_of(living):
        item_id, text = snapshot.stored(number)
        display = json.loads(text)
        if not item_id or not {"identifier", "titles", "date", "thumbnail"} <= display.keys():
            raise ValueError("a document without what a hit shows")
        if not all(len(title) == _TITLE_PARTS for title in display["titles"]):
            raise ValueError("a title is not a language and a text")
        snapshot.added(number)
    if sorted(snapshot.in_order()) != numbers_of(living):
        raise ValueError("documents without an order")


def _set_of(found: Sequence[int] | Docs) -> Docs:
    return found if isinstance(found, int) else docs_of(found)


def _word(key: str) -> object:
    return bare_of(key), LEVELS[word_of(key)[1]]


_PARTS: Mapping[str, Callable[[str], object]] = {
    WORDS: _word,
    FIELD_WORDS: field_word_of,
    FACETS: facet_of,
    SPANS: span_of,
    SUGGESTIONS: suggestible_of,
}
