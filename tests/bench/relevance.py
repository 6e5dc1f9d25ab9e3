"""How well search finds what people want: ``python -m tests.bench.relevance``.

Prints nDCG@10, recall@50 and MRR over the judged queries of ``tests/search/judged.py``: as typed
with marks, without any, with one slip of the finger, and for parts of inventory numbers; by the
index of the command line, by the search of the site (in Chromium, where there is one), and by
what a plain search engine does: BM25 over words without their marks.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from schemas.vietnamese import bare_form
from search.documents import LEVELS, SearchDocument
from search.index import SearchIndex
from search.static import write_static_index
from tests.bench import allow_bytecode
from tests.search.judged import JudgedQuery, judged_documents, judged_queries, number_queries
from tests.search.museum_records import FIELDS

Find = Callable[[str], Sequence[str]]
"""Returns the items a query finds, best first, at most 50."""

_DEEP = 50
_TOP = 10


def figures(find: Find, queries: Sequence[JudgedQuery]) -> tuple[float, float, float]:
    """Return nDCG@10, recall@50 and MRR, each a mean over ``queries``.

    Recall counts what is wanted most, of at most 50; the reciprocal rank is that of the first of
    these.
    """
    ndcg = recall = mrr = 0.0
    for query in queries:
        found = list(find(query.text))[:_DEEP]
        gains = [query.gains.get(item, 0) for item in found]
        ideal = sorted(query.gains.values(), reverse=True)
        ndcg += _gain(gains) / _gain(ideal)
        best = max(ideal)
        wanted = min(_DEEP, sum(gain == best for gain in ideal))
        recall += sum(gain == best for gain in gains) / wanted
        mrr += next((1 / (place + 1) for place, gain in enumerate(gains) if gain == best), 0.0)
    return ndcg / len(queries), recall / len(queries), mrr / len(queries)


def _gain(gains: Sequence[int]) -> float:
    """Return the discounted gain of the first ten."""
    return sum((2**gain - 1) / math.log2(place + 2) for place, gain in enumerate(gains[:_TOP]))


def without_marks(query: JudgedQuery) -> JudgedQuery:
    """Return a query as people type it without marks."""
    text = re.sub(r"[^\W\d_]+", lambda word: _same_case(word[0]), query.text)
    return JudgedQuery(text, query.gains)


def _same_case(word: str) -> str:
    # OR and names of fields are signs of the language and stay.
    return word if word == "OR" else "".join(bare_form(letter) for letter in word.lower())


def with_one_slip(query: JudgedQuery, dice: random.Random) -> JudgedQuery | None:
    """Return a query with one slip in a word of four letters or more, or None without such."""
    places = [m for m in re.finditer(r"[^\W\d_]{4,}", query.text) if m[0] not in ("OR",)]
    if not places or any(sign in query.text for sign in ':"'):
        return None
    word = dice.choice(places)
    place = dice.randrange(1, len(word[0]) - 1)
    letters = list(word[0])
    slip = dice.choice(("swap", "drop", "double"))
    if slip == "swap":
        letters[place], letters[place + 1] = letters[place + 1], letters[place]
    elif slip == "drop":
        del letters[place]
    else:
        letters.insert(place, letters[place])
    text = query.text[: word.start()] + "".join(letters) + query.text[word.end() :]
    return JudgedQuery(text, query.gains) if text != query.text else None


def folded_baseline(documents: Sequence[SearchDocument]) -> Find:
    """Return BM25 over folded words: what a search engine does out of the box."""
    texts = [" ".join(t for level in LEVELS for t in d.texts.get(level, ())) for d in documents]
    counts = [Counter(_folded(text)) for text in texts]
    mean = sum(map(Counter.total, counts)) / len(counts)
    having = Counter(word for count in counts for word in count)

    def find(query: str) -> list[str]:
        scores: dict[int, float] = {}
        for word in _folded(query):
            if not having[word]:
                continue
            rare = math.log(1 + (len(counts) - having[word] + 0.5) / (having[word] + 0.5))
            for number, count in enumerate(counts):
                if count[word]:
                    length = 0.25 + 0.75 * count.total() / mean
                    score = rare * count[word] * 2.2 / (count[word] + 1.2 * length)
                    scores[number] = scores.get(number, 0) + score
        best = sorted(scores, key=lambda number: (-scores[number], number))
        return [documents[number].item_id for number in best[:_DEEP]]

    return find


def _folded(text: str) -> list[str]:
    return [bare_form(word) for word in re.findall(r"\w+", text)]


def whoosh_index(documents: Sequence[SearchDocument], folder: Path) -> Find:
    """Return the search of the command line."""
    index = SearchIndex.create(folder)
    index.replace_all(documents)
    return lambda query: [
        hit.item_id for hit in index.search(query, limit=_DEEP, fields=FIELDS).hits
    ]


@contextmanager
def static_index(documents: Sequence[SearchDocument], folder: Path) -> Iterator[Find | None]:
    """Give the search of the site, or None where there is no Chromium."""
    path = os.environ.get("HOABAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        yield None
        return
    write_static_index(documents, folder / "search", FIELDS)
    page_text = (
        '<!doctype html><meta charset="utf-8"><script src="search/search-engine.js"></script>'
    )
    (folder / "index.html").write_text(page_text, encoding="utf-8")
    # Only what `.[dev]` installs has it, and only this part of the figures needs a browser.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((folder / "index.html").as_uri())
        page.evaluate("HoabanSearch.load('search')")
        yield lambda query: list(
            page.evaluate(
                f"HoabanSearch.search({json.dumps(query)}, {{limit: {_DEEP}}})"
                ".then(found => found.hits.map(hit => hit.item_id))"
            )
        )
        browser.close()


def query_sets() -> dict[str, list[JudgedQuery]]:
    """Return the queries in each way of typing them."""
    queries = judged_queries()
    dice = random.Random(7)
    slips = (with_one_slip(query, dice) for query in queries)
    return {
        "with marks": queries,
        "without marks": [without_marks(query) for query in queries],
        "one slip": [query for query in slips if query is not None],
        "parts of numbers": number_queries(),
    }


def main() -> None:
    """Print the figures."""
    documents = judged_documents()
    print(f"{len(documents)} records")
    print(f"{'queries':18} {'':>4}  {'search':9} nDCG@10  recall@50    MRR")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with static_index(documents, folder) as static:
            ways: dict[str, Find | None] = {
                "whoosh": whoosh_index(documents, folder / "index"),
                "static": static,
                "folded": folded_baseline(documents),
            }
            for typed, queries in query_sets().items():
                for way, find in ways.items():
                    if find is None:
                        continue
                    ndcg, recall, mrr = figures(find, queries)
                    line = f"{typed:18} {len(queries):>4}  {way:9}"
                    print(f"{line} {ndcg:7.3f} {recall:10.3f} {mrr:6.3f}")


if __name__ == "__main__":
    allow_bytecode()
    main()
