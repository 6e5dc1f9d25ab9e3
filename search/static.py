"""The search of the public site: a complete index as classic scripts, for http and file://.

``write_static_index`` writes nine scripts into one folder. A page names the first; it loads
the others when ``HoabanSearch.load(folder)`` is called:

    search-engine.js     the engine (``search/client/search-engine.js``, as it is)
    search-analysis.js   the analysis (``search/client/search-analysis.js``, as it is)
    search-query.js      the query language (``search/client/search-query.js``, as it is)
    search-scoring.js    the scoring, and
    search-correct.js    what was probably meant,
    search-facets.js     filters, counts and the histogram, and
    search-suggest.js    suggestions (all from ``search/client``, as they are)
    search-tables.js     ``HoabanSearch.receive("tables", {...})``: the rules and weights
    search-index.js      ``HoabanSearch.receive("index", {...})``: documents and postings

**Format 3 of the index.** One JSON object:

    format      3; the engine refuses any other
    documents   [[item_id, identifier, [[lang, title], ...], date, thumbnail, [first year, last
                year] or null, added, [[field, value], ...]], ...], in the order of
                ``order_key``: a document's number is its position and its rank among equals
    terms       {bare form: [[exact form, codes], ...], ...}, both sorted by code point; codes
                are integers 3 × (number − previous number) + level, where the first previous
                number is 0 and level is 0 title, 1 subject, 2 text: the best level at which
                the document has this exact form
    pairs       {two bare forms joined by a space: steps}, steps being number − previous number
    fields      {term of a field: steps}
    suggestions [[key, kind, text, how many documents have it], ...] of ``search.suggest``,
                sorted by key, kind and text by code point

Invariant: the same documents in any order give the same bytes. All access goes through
``HoabanSearch.load`` and ``HoabanSearch.search``; a compiled, sharded index takes the place of
the last file behind the same two functions, with a format number of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from schemas.errors import StoreWriteError
from schemas.messages import _
from search.analysis import analysis_tables
from search.correct import correction_tables
from search.date_query import date_tables
from search.documents import (
    LEVELS,
    SearchDocument,
    best_levels,
    field_terms,
    order_key,
    token_pairs,
)
from search.facets import facet_tables
from search.query import NO_FIELDS, Fields, query_tables
from search.scoring import scoring_tables
from search.suggest import Entry, suggestion_tables, suggestions_of

FORMAT = 3
ENGINE_NAME = "search-engine.js"
_CLIENT = Path(__file__).parent / "client"
_SCRIPTS = (
    ENGINE_NAME,
    "search-analysis.js",
    "search-query.js",
    "search-scoring.js",
    "search-correct.js",
    "search-facets.js",
    "search-suggest.js",
)


def write_static_index(
    documents: Iterable[SearchDocument], folder: Path, fields: Fields = NO_FIELDS
) -> tuple[Path, ...]:
    """Write the search of the public site.

    Args:
        documents: The public items, in any order; nothing else may be among them, because
            every word of them can be read from the files.
        folder: Where the scripts go; made if missing.
        fields: The fields that can be asked for by name.

    Returns:
        The files written, the one a page names first.

    Raises:
        ValueError: An item stands twice in ``documents``.
        StoreWriteError: The disk refused a write.
    """
    tables = analysis_tables() | query_tables(fields) | date_tables() | scoring_tables()
    tables |= correction_tables() | facet_tables() | suggestion_tables()
    texts = {name: (_CLIENT / name).read_text(encoding="utf-8") for name in _SCRIPTS}
    texts["search-tables.js"] = _script("tables", {"format": FORMAT} | tables)
    texts["search-index.js"] = _script("index", static_index(documents))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreWriteError(
            _("The search of the site cannot be written: {reason}.").format(
                reason=error.strerror or str(error)
            ),
            remedy=_("Make room or give yourself the right to write, then run: hoaban build"),
            path=folder,
        ) from error
    return tuple(folder / name for name in texts)


def static_index(documents: Iterable[SearchDocument]) -> dict[str, object]:
    """Return the index of ``documents`` as JSON data of the format above.

    Raises:
        ValueError: An item stands twice in ``documents``.
    """
    ordered = sorted(documents, key=order_key)
    if len({document.item_id for document in ordered}) != len(ordered):
        raise ValueError("an item stands twice among the documents")
    terms: dict[str, dict[str, list[int]]] = {}
    previous: dict[str, int] = {}
    pairs = _Steps()
    fields = _Steps()
    suggestions: Counter[Entry] = Counter()
    for number, document in enumerate(ordered):
        for token, level in best_levels(document).items():
            step = number - previous.get(token.exact, 0)
            codes = terms.setdefault(token.bare, {}).setdefault(token.exact, [])
            codes.append(len(LEVELS) * step + level)
            previous[token.exact] = number
        pairs.add(token_pairs(document), number)
        fields.add(field_terms(document), number)
        titles = (title for _lang, title in document.titles)
        suggestions.update(suggestions_of(document.identifier, titles, document.facets))
    return {
        "format": FORMAT,
        "documents": [_display(document) for document in ordered],
        "terms": {
            bare: [[exact, variants[exact]] for exact in sorted(variants)]
            for bare, variants in sorted(terms.items())
        },
        "pairs": pairs.sorted(),
        "fields": fields.sorted(),
        "suggestions": [
            [entry.key, entry.kind, entry.text, count]
            for entry, count in sorted(suggestions.items())
        ],
    }


class _Steps:
    """Documents by term, each as its distance from the one before."""

    def __init__(self) -> None:
        self._steps: dict[str, list[int]] = {}
        self._previous: dict[str, int] = {}

    def add(self, terms: Iterable[str], number: int) -> None:
        for term in terms:
            self._steps.setdefault(term, []).append(number - self._previous.get(term, 0))
            self._previous[term] = number

    def sorted(self) -> dict[str, list[int]]:
        return dict(sorted(self._steps.items()))


def _display(document: SearchDocument) -> list[object]:
    titles = [list(title) for title in document.titles]
    return [
        document.item_id,
        document.identifier,
        titles,
        document.date,
        document.thumbnail,
        list(document.span) if document.span else None,
        document.added,
        [list(facet) for facet in document.facets],
    ]


def _script(name: str, data: object) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f'HoabanSearch.receive("{name}",{text});\n'
