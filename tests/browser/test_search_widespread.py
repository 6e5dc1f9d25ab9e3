"""Words in a great many documents: the same answers from what stands beside them, for less."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page

from schemas.profile import SearchLevel
from search.analysis import bare_form
from search.compiled.packing import Packing, sizes_for
from search.documents import SearchDocument
from search.static import write_static_index
from tests.bench.catalogue import words
from tests.bench.static_search import documents
from tests.search.museum_records import FIELDS

pytestmark = pytest.mark.browser

_PAGE = '<!doctype html><meta charset="utf-8"><script src="search/search-engine.js"></script>'
_SIZES = replace(sizes_for(10_000, Packing.WEB), largest_entry=60, share=32)
_RECORDS = 1500
_VALUES = 4

Ask = Callable[[str, dict[str, Any]], tuple[Any, list[str]]]
"""Gives the answer to a query, and the paths of the shards that were asked for."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an index in which words are widespread, and one in which none is."""
    made = [_as_of_many(*numbered) for numbered in enumerate(documents(_RECORDS))]
    found = tmp_path_factory.mktemp("widespread"), tmp_path_factory.mktemp("plain")
    for folder, share in zip(found, (_SIZES.share, 0), strict=True):
        sizes = replace(_SIZES, share=share)
        write_static_index(made, folder / "search", FIELDS, sizes=sizes)
        (folder / "index.html").write_text(_PAGE, encoding="utf-8")
    return found


def _as_of_many(number: int, document: SearchDocument) -> SearchDocument:
    """Return a document of an archive whose facets have few values, as of a larger one.

    Some have two values of a facet, or none, and a span of years, or no date; of some the title
    is written without the marks that the same words have in the text.
    """
    few = ((name, crc32(value.encode()) % _VALUES) for name, value in document.facets)
    facets = [(name, f"{name} {value}") for name, value in few]
    if number % 3 == 0:
        facets.append(("material", "material 0"))
    if number % 4 == 0:
        facets = [(name, value) for name, value in facets if name != "ethnic_group"]
    year = 1900 + number % 6 * 20
    found = replace(
        document,
        facets=tuple(dict.fromkeys(facets)),
        span=(year, year + number % 2 * 40) if number % 5 else None,
    )
    if number % 6:
        return found
    ((language, title),) = document.titles
    titles = document.texts[SearchLevel.TITLE]
    plain = tuple(bare_form(text) for text in titles)
    return replace(
        found,
        titles=((language, bare_form(title)),),
        texts={**document.texts, SearchLevel.TITLE: plain},
    )


@pytest.fixture
def asks(chromium: Browser, folders: tuple[Path, Path]) -> Iterator[tuple[Ask, Ask]]:
    """Give what asks the one index and what asks the other."""
    pages = [chromium.new_page(), chromium.new_page()]
    yield _asking(pages[0], folders[0], is_anew=True), _asking(pages[1], folders[1], is_anew=False)
    for page in pages:
        page.close()


def _asking(page: Page, folder: Path, *, is_anew: bool) -> Ask:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.partition("/shards/")[2]))

    def ask(query: str, options: dict[str, Any]) -> tuple[Any, list[str]]:
        if is_anew or page.url == "about:blank":
            # What was loaded is not asked for again.
            page.goto((folder / "index.html").as_uri())
            page.evaluate("HoabanSearch.load('search')")
        sent.clear()
        asked = "([query, options]) => HoabanSearch.search(query, options)"
        answer = page.evaluate(asked, [query, options])
        return answer, [path for path in sent if path]

    return ask


def _is_sooner(shards: list[str]) -> bool:
    """Say whether an answer came from beside widespread words, without any whole list."""
    names = [path.rpartition("/")[2] for path in shards]
    return "4.js" in names and "1.js" not in names


def _drawn(count: int, seed: int) -> list[str]:
    """Return frequent words, every third as typed without marks."""
    dice = random.Random(seed)
    pool = [word for word in words() if word.isalpha()][:60]
    drawn = dice.choices(pool, k=count)
    return [word if (at + seed) % 3 else bare_form(word) for at, word in enumerate(drawn)]


def _compared(asks: tuple[Ask, Ask], query: str, options: dict[str, Any]) -> bool:
    widespread, plain = asks
    found, shards = widespread(query, options)
    assert found == plain(query, options)[0], (query, options)
    return _is_sooner(shards)


def test_two_widespread_words_have_the_same_hits_for_less(asks: tuple[Ask, Ask]) -> None:
    ones, others = _drawn(9, 3), _drawn(9, 4)
    sooner = [
        _compared(asks, f"{one} {other}", {"limit": (1, 2, 20)[at % 3]})
        for at, (one, other) in enumerate(zip(ones, others, strict=True))
    ]
    assert any(sooner)
    assert not all(sooner)


def test_two_words_of_titles_have_the_same_hits_for_less(asks: tuple[Ask, Ask]) -> None:
    dice = random.Random(8)
    titles = [document.titles[0][1].split() for document in documents(200)]
    sooner = []
    for title in dice.sample(titles, 5):
        place = dice.randrange(len(title) - 1)
        sooner.append(_compared(asks, " ".join(title[place : place + 2]), {"limit": 2}))
    assert any(sooner)


@pytest.mark.parametrize("is_dated", [False, True])
def test_a_widespread_word_with_a_filter_has_the_same_hits_and_counts_for_less(
    asks: tuple[Ask, Ask], is_dated: bool
) -> None:
    dice = random.Random(12)
    sooner = []
    for word in _drawn(7, 5):
        values = [f"material {at}" for at in dice.sample(range(_VALUES), dice.randint(1, 3))]
        options = {"filters": {"material": values}, "facets": True, "years": is_dated, "limit": 3}
        sooner.append(_compared(asks, word, options))
    assert any(sooner)
    assert not all(sooner)


def test_a_value_that_nothing_has_finds_nothing(asks: tuple[Ask, Ask]) -> None:
    word = _drawn(1, 5)[0]
    _compared(asks, word, {"filters": {"material": ["không có"]}, "facets": True})


def test_filters_on_two_facets_or_years_or_further_pages_are_answered_as_ever(
    asks: tuple[Ask, Ask],
) -> None:
    word = _drawn(1, 5)[0]
    material, kind = "material 1", "object_type 1"
    options: dict[str, Any]
    for options in (
        {"filters": {"material": [material], "object_type": [kind]}, "facets": True},
        {"filters": {"material": [material]}, "between": [1900, 1950], "facets": True},
        {"filters": {"material": [material]}, "facets": True, "offset": 60, "limit": 20},
        {"filters": {"material": [material]}, "facets": True, "order": "date"},
        {"filters": {"unknown": ["x"]}, "facets": True},
    ):
        assert not _compared(asks, word, options)
