"""The search page's engine in Chromium, from file://: the same words, hits and order."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from schemas.profile import SearchLevel
from search.analysis import Word, iter_words
from search.documents import SearchDocument
from search.static import write_static_index

VECTORS = Path(__file__).parent.parent / "data" / "search" / "vectors.json"
PAGE = '<!doctype html><meta charset="utf-8"><script src="search/search-engine.js"></script>'
# Letters of every kind the analysis tells apart; all older than Python's Unicode tables.
ALPHABET = (
    "aáàảãạăắâấeéẹêếiíịoóọôốơớuúụưứyýỵđĐgqhklmnpstvbcrxHKTŁøßœıİΣσς 0129٣໒²½Ⅻ.-/_'’‐–,:!?\n\t"
    "\u0300\u0301\u0303\u0309\u0323\u0302\u031b\u00ad\u200b\u200d\ufe0f\u0306"
    "ꪁꪫꪱꪣꪴꪹꪕꪸꪉ꪿꫁ສິລາຈຶ່กเก่ាខ្ꨌꩌꨭ安南𡨸々〇👘"
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return dict(json.loads(VECTORS.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def address(vectors: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    site = tmp_path_factory.mktemp("site")
    write_static_index(map(_document, vectors["documents"]), site / "search")
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    return (site / "index.html").as_uri()


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Page:
    opened = chromium.new_page()
    opened.goto(address)
    opened.evaluate("HoabanSearch.load('search')")
    return opened


def test_texts_have_the_same_words(page: Page, vectors: dict[str, Any]) -> None:
    texts = [vector["text"] for vector in vectors["words"]]
    expected = [vector["words"] for vector in vectors["words"]]
    assert _words(page, texts) == expected


def test_random_texts_have_the_same_words(page: Page) -> None:
    dice = random.Random(1954)
    texts = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 60))) for _number in range(3000)]
    assert _words(page, texts) == [[_word(word) for word in iter_words(text)] for text in texts]


def test_queries_have_the_same_hits_in_the_same_order(page: Page, vectors: dict[str, Any]) -> None:
    assert len(vectors["queries"]) >= 150
    answers = page.evaluate(
        """queries => queries.map(query => {
            const results = HoabanSearch.search(query, {limit: 50});
            const hits = results.hits.map(hit => [hit.item_id, hit.score]);
            return {query: query, total: results.total, hits: hits};
        })""",
        [vector["query"] for vector in vectors["queries"]],
    )
    assert answers == vectors["queries"]


def test_a_hit_says_what_a_list_of_results_shows(page: Page, vectors: dict[str, Any]) -> None:
    (wanted,) = (entry for entry in vectors["documents"] if entry["identifier"] == "77.AO.84")
    (hit,) = page.evaluate("HoabanSearch.search('77.AO.84').hits")
    del wanted["texts"]
    assert hit == wanted | {"score": hit["score"]}


def test_pages_of_hits_are_parts_of_one_list(page: Page) -> None:
    whole = page.evaluate("HoabanSearch.search('gỗ', {limit: 50})")
    part = page.evaluate("HoabanSearch.search('gỗ', {limit: 3, offset: 2})")
    assert part == {"total": whole["total"], "hits": whole["hits"][2:5]}


def test_a_folder_without_index_is_refused_and_can_be_tried_again(
    chromium: Browser, address: str
) -> None:
    other = chromium.new_page()
    other.goto(address)
    assert other.evaluate("HoabanSearch.load('elsewhere').catch(e => e.message)").startswith(
        "cannot load elsewhere/"
    )
    other.evaluate("HoabanSearch.load('search/')")
    assert other.evaluate("HoabanSearch.search('77.AO.84').total") == 1
    other.close()


def test_an_index_of_another_format_is_refused(chromium: Browser, address: str) -> None:
    other = chromium.new_page()
    other.goto(address)
    message = other.evaluate(
        """() => {
            const take = HoabanSearch.receive;
            HoabanSearch.receive = (name, data) => take(
                name, name === "index" ? Object.assign({}, data, {format: 2}) : data);
            return HoabanSearch.load("search").catch(error => error.message);
        }"""
    )
    assert message == "search index of format 2, expected 1"
    other.close()


def _words(page: Page, texts: list[str]) -> Any:
    return page.evaluate(
        """texts => texts.map(text => HoabanSearch.words(text).map(word => ({
            parts: word.parts.map(token => [token.exact, token.bare]),
            whole: word.whole && [word.whole.exact, word.whole.bare],
        })))""",
        texts,
    )


def _word(word: Word) -> dict[str, Any]:
    whole = word.whole and [word.whole.exact, word.whole.bare]
    return {"parts": [[token.exact, token.bare] for token in word.parts], "whole": whole}


def _document(entry: dict[str, Any]) -> SearchDocument:
    titles = tuple((lang, text) for lang, text in entry["titles"])
    texts = {SearchLevel(level): tuple(values) for level, values in entry["texts"].items()}
    return SearchDocument(**entry | {"titles": titles, "texts": texts})
