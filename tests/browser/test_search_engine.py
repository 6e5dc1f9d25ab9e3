"""The search page's engine in Chromium, from file://: the same words, hits and order."""

import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from schemas.profile import SearchLevel
from search.analysis import Word, iter_words
from search.compiled.packing import Sizes
from search.documents import SearchDocument
from search.index import SearchIndex
from search.query import Clause, Query, parse_query
from search.static import write_static_index
from tests.search.museum_records import FIELDS
from tests.search.shards import MANY_SHARDS

VECTORS = Path(__file__).parent.parent / "data" / "search" / "vectors.json"
PAGE = '<!doctype html><meta charset="utf-8"><script src="search/search-engine.js"></script>'
# Letters of every kind the analysis tells apart; all older than Python's Unicode tables.
ALPHABET = (
    "aáàảãạăắâấeéẹêếiíịoóọôốơớuúụưứyýỵđĐgqhklmnpstvbcrxHKTŁøßœıİΣσς 0129٣໒²½Ⅻ.-/_'’‐–,:!?\n\t"
    "\u0300\u0301\u0303\u0309\u0323\u0302\u031b\u00ad\u200b\u200d\ufe0f\u0306"
    "ꪁꪫꪱꪣꪴꪹꪕꪸꪉ꪿꫁ສິລາຈຶ່กเก่ាខ្ꨌꩌꨭ安南𡨸々〇👘"
)

QUERY_PIECES = [
    *("áo", "gỗ", "đồng", "trống", "trong", "da", "đá", "Mông", "dien", "bein", "77.AO.84", "B-52"),
    *("-", " -", '"', '"', " OR ", " NOT ", "|", "*", "?", ":", " ", "..", "1954", "1945..1954"),
    *(
        "dân tộc:",
        "material:",
        "date:",
        "niên đại: ",
        "title:",
        "Thái",
        "khè*",
        "195?",
        "thế kỷ XX",
    ),
    *("before 1954", "thập niên 1950", "TK 19-XX TCN ", "安", "ꪹꪕꪸꪉ", "H'Mông", "y*", "hòa", "điên"),
]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return dict(json.loads(VECTORS.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def address(vectors: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    return _site(vectors, tmp_path_factory.mktemp("site"), None)


@pytest.fixture(scope="module")
def page(chromium: Browser, address: str) -> Page:
    return _opened(chromium, address)


@pytest.fixture(scope="module", params=[None, MANY_SHARDS], ids=["few files", "many shards"])
def index_page(
    chromium: Browser,
    vectors: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Page:
    return _opened(chromium, _site(vectors, tmp_path_factory.mktemp("site"), request.param))


def _site(vectors: dict[str, Any], site: Path, sizes: Sizes | None) -> str:
    made = map(_document, vectors["documents"])
    write_static_index(made, site / "search", FIELDS, sizes=sizes)
    (site / "index.html").write_text(PAGE, encoding="utf-8")
    return (site / "index.html").as_uri()


def _opened(chromium: Browser, address: str) -> Page:
    opened = chromium.new_page()
    opened.goto(address)
    opened.evaluate("HoabanSearch.load('search')")
    return opened


def test_later_scripts_are_asked_for_by_what_is_in_them(chromium: Browser, address: str) -> None:
    asked: list[str] = []
    opened = chromium.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(address)
    opened.evaluate("HoabanSearch.load('search')")
    opened.evaluate("HoabanSearch.search('khongco')")
    opened.evaluate("HoabanSearch.suggest('tr')")
    opened.close()
    names = [url.rpartition("/")[2] for url in asked]
    later = [name.split("?") for name in names if name.startswith("search-") and "?" in name]
    digests = {name: digest for name, digest in later if name != "search-index.js"}
    assert digests.keys() == {"search-language.js", "search-correct.js", "search-suggest.js"}
    assert {len(digest) for digest in digests.values()} == {12}
    # That of the language is in the manifest, the other in the engine.
    assert digests["search-correct.js"] == digests["search-suggest.js"]
    assert digests["search-language.js"] != digests["search-suggest.js"]


def test_what_came_with_the_language_is_not_asked_for_again(
    chromium: Browser, index_page: Page
) -> None:
    asked: list[str] = []
    opened = chromium.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(index_page.url)
    opened.evaluate("HoabanSearch.load('search')")
    found = opened.evaluate("HoabanSearch.search('áo', {facets: true})")
    opened.close()
    assert found["facets"]
    names = [url.rpartition("/")[2] for url in asked]
    # The tables of the facets, and the one node of the words.
    assert not [name for name in names if name.startswith(("v", "n"))]


def test_no_options_and_empty_filters_count_nothing(chromium: Browser, index_page: Page) -> None:
    asked: list[str] = []
    opened = chromium.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(index_page.url)
    opened.evaluate("HoabanSearch.load('search')")
    plain, empty = (
        opened.evaluate(f"HoabanSearch.search('áo', {options})")
        for options in ("null", "{filters: {}, between: null}")
    )
    assert plain == empty
    assert not [url for url in asked if "search-facets.js" in url]
    opened.close()


def test_texts_have_the_same_words(page: Page, vectors: dict[str, Any]) -> None:
    texts = [vector["text"] for vector in vectors["words"]]
    expected = [vector["words"] for vector in vectors["words"]]
    assert _words(page, texts) == expected


def test_random_texts_have_the_same_words(page: Page) -> None:
    dice = random.Random(1954)
    texts = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 60))) for _number in range(3000)]
    assert _words(page, texts) == [[_word(word) for word in iter_words(text)] for text in texts]


def test_queries_have_the_same_hits_in_the_same_order(
    index_page: Page, vectors: dict[str, Any]
) -> None:
    assert sum(len(entries) for name, entries in vectors.items() if name != "documents") >= 500
    answers = index_page.evaluate(
        """queries => Promise.all(queries.map(async query => {
            const results = await HoabanSearch.search(query, {limit: 50});
            const hits = results.hits.map(hit => [hit.item_id, hit.score]);
            return {query: query, total: results.total, hits: hits, corrected: results.corrected};
        }))""",
        [vector["query"] for vector in vectors["queries"]],
    )
    assert answers == vectors["queries"]


def test_orders_and_facets_are_the_same(index_page: Page, vectors: dict[str, Any]) -> None:
    answers = index_page.evaluate(
        """vectors => Promise.all(vectors.map(async ({query, order}) => {
            const results = await HoabanSearch.search(
                query, {limit: 50, order: order, facets: order === "number"});
            const hits = results.hits.map(hit => [hit.item_id, hit.score]);
            return {query: query, total: results.total, hits: hits, corrected: results.corrected,
                    order: order, facets: results.facets};
        }))""",
        vectors["orders"],
    )
    assert answers == vectors["orders"]
    assert any(vector["facets"] for vector in vectors["orders"])


def test_filters_counts_and_histograms_are_the_same(
    index_page: Page, vectors: dict[str, Any]
) -> None:
    answers = index_page.evaluate(
        """vectors => Promise.all(vectors.map(async ({query, filters, between}) => {
            const results = await HoabanSearch.search(query, {
                limit: 50, filters: filters, between: between, facets: true, years: true,
                all: true});
            const hits = results.hits.map(hit => [hit.item_id, hit.score]);
            return {query: query, filters: filters, between: between, total: results.total,
                    hits: hits, corrected: results.corrected, facets: results.facets,
                    years: results.years};
        }))""",
        vectors["filtered"],
    )
    assert answers == vectors["filtered"]
    assert [list(answer["facets"]) for answer in answers] == [
        list(vector["facets"]) for vector in vectors["filtered"]
    ]


def test_suggestions_are_the_same(index_page: Page, vectors: dict[str, Any]) -> None:
    answers = index_page.evaluate(
        """vectors => Promise.all(vectors.map(async ({text}) =>
            ({text: text, suggestions: await HoabanSearch.suggest(text, 12)})))""",
        vectors["suggested"],
    )
    assert answers == vectors["suggested"]
    assert sum(bool(vector["suggestions"]) for vector in vectors["suggested"]) > 60


def test_the_same_pieces_of_a_text_are_marked(page: Page, vectors: dict[str, Any]) -> None:
    pieces = page.evaluate(
        """vectors => Promise.all(vectors.map(async ({query, text}) =>
            HoabanSearch.highlight(text, await HoabanSearch.parse(query))))""",
        vectors["marked"],
    )
    assert pieces == [vector["pieces"] for vector in vectors["marked"]]


def test_random_queries_are_read_alike(page: Page) -> None:
    dice = random.Random(1975)
    signs = [*ALPHABET, *QUERY_PIECES * 4]
    queries = ["".join(dice.choices(signs, k=dice.randint(1, 16))) for _number in range(4000)]
    read = page.evaluate("queries => Promise.all(queries.map(HoabanSearch.parse))", queries)
    for query, found in zip(queries, read, strict=True):
        assert found == _query(parse_query(query, FIELDS)), query


def test_random_queries_have_the_same_hits(
    index_page: Page, vectors: dict[str, Any], tmp_path: Path
) -> None:
    dice = random.Random(1930)
    index = SearchIndex.create(tmp_path / "index")
    index.replace_all(map(_document, vectors["documents"]))
    queries = [" ".join(dice.choices(QUERY_PIECES, k=dice.randint(1, 5))) for _number in range(400)]
    answers = index_page.evaluate(
        """queries => Promise.all(queries.map(async query => {
            const results = await HoabanSearch.search(query, {limit: 50});
            return [results.corrected, results.hits.map(hit => [hit.item_id, hit.score])];
        }))""",
        queries,
    )
    for query, answer in zip(queries, answers, strict=True):
        found = index.search(query, limit=50, fields=FIELDS)
        hits = [[hit.item_id, hit.score] for hit in found.hits]
        assert answer == [found.corrected, hits], query


def test_slips_in_other_letters_are_corrected_alike(
    chromium: Browser, vectors: dict[str, Any], tmp_path: Path
) -> None:
    one = _document(vectors["documents"][0])
    made = [
        replace(one, item_id=text, texts={SearchLevel.TITLE: (text,)}, titles=(("", text),))
        for text in ("huyeж", "мастерская")
    ]
    index = SearchIndex.create(tmp_path / "index")
    index.replace_all(made)
    write_static_index(made, tmp_path / "search", FIELDS)
    (tmp_path / "index.html").write_text(PAGE, encoding="utf-8")
    page = _opened(chromium, (tmp_path / "index.html").as_uri())
    asked = {"huyeq": "", "huyeжж": "huyeж", "мастеркая": "мастерская"}
    for query, meant in asked.items():
        found = page.evaluate("query => HoabanSearch.search(query)", query)
        assert found["corrected"] == index.search(query).corrected == meant, query
    page.close()


def test_a_hit_says_what_a_list_of_results_shows(index_page: Page, vectors: dict[str, Any]) -> None:
    (wanted,) = (entry for entry in vectors["documents"] if entry["identifier"] == "77.AO.84")
    (hit,) = index_page.evaluate("HoabanSearch.search('77.AO.84').then(found => found.hits)")
    shown = ("item_id", "identifier", "titles", "date", "thumbnail")
    assert hit == {name: wanted[name] for name in shown} | {"score": hit["score"]}


def test_pages_of_hits_are_parts_of_one_list(index_page: Page) -> None:
    whole = index_page.evaluate("HoabanSearch.search('gỗ', {limit: 50})")
    part = index_page.evaluate("HoabanSearch.search('gỗ', {limit: 3, offset: 2})")
    assert part == whole | {"hits": whole["hits"][2:5]}


def test_a_folder_without_index_is_refused_and_can_be_tried_again(
    chromium: Browser, address: str
) -> None:
    other = chromium.new_page()
    other.goto(address)
    assert other.evaluate("HoabanSearch.load('elsewhere').catch(e => e.message)").startswith(
        "cannot load elsewhere/"
    )
    other.evaluate("HoabanSearch.load('search/')")
    assert other.evaluate("HoabanSearch.search('77.AO.84').then(found => found.total)") == 1
    other.close()


def test_an_index_of_another_format_is_refused(chromium: Browser, address: str) -> None:
    other = chromium.new_page()
    other.goto(address)
    message = other.evaluate(
        """() => {
            const take = HoabanSearch.receive;
            HoabanSearch.receive = (name, data) => take(
                name, name === "index" ? Object.assign({}, data, {format: 1}) : data);
            return HoabanSearch.load("search").catch(error => error.message);
        }"""
    )
    assert message == "search index of format 1, expected 7"
    other.close()


def _words(page: Page, texts: list[str]) -> Any:
    return page.evaluate(
        """texts => texts.map(text => HoabanSearch.words(text).map(word => ({
            parts: word.parts.map(token => [token.exact, token.bare]),
            whole: word.whole && [word.whole.exact, word.whole.bare],
            bound: word.isBound,
            latin: word.latin.map(token => [token.exact, token.bare]),
        })))""",
        texts,
    )


def _word(word: Word) -> dict[str, Any]:
    whole = word.whole and [word.whole.exact, word.whole.bare]
    return {
        "parts": [[token.exact, token.bare] for token in word.parts],
        "whole": whole,
        "bound": word.is_bound,
        "latin": [[token.exact, token.bare] for token in word.latin],
    }


def _document(entry: dict[str, Any]) -> SearchDocument:
    titles = tuple((lang, text) for lang, text in entry["titles"])
    texts = {SearchLevel(level): tuple(values) for level, values in entry["texts"].items()}
    lists = {name: tuple(map(tuple, entry[name])) for name in ("fields", "facets")}
    span = tuple(entry["span"]) if entry["span"] else None
    return SearchDocument(**entry | lists | {"titles": titles, "texts": texts, "span": span})


def _query(query: Query) -> dict[str, Any]:
    return {
        "groups": [
            {
                "clauses": [_clause(clause) for clause in group.clauses],
                "isNegated": group.is_negated,
            }
            for group in query.groups
        ],
        "pairs": [[asdict(first), asdict(second)] for first, second in query.pairs],
    }


def _clause(clause: Clause) -> dict[str, Any]:
    pattern = clause.pattern
    return {
        "words": [
            {
                "parts": [asdict(token) for token in word.parts],
                "whole": word.whole and asdict(word.whole),
                "isBound": word.is_bound,
                "latin": [asdict(token) for token in word.latin],
            }
            for word in clause.words
        ],
        "isPhrase": clause.is_phrase,
        "field": clause.field,
        "pattern": pattern and {"prefixes": list(pattern.prefixes), "rest": pattern.rest},
        "years": clause.years and list(clause.years),
    }
