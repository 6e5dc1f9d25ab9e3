"""The scripts of the site's search: complete, reproducible, and the same as Whoosh answers.

What the scripts answer is compared in tests/browser/test_search_engine.py.
"""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import StoreWriteError
from search.documents import LEVELS, SearchDocument, best_levels
from search.static import static_index, write_static_index
from tests.search.museum_records import DATA, documents, vectors_text


def data_of(script: Path) -> dict[str, Any]:
    text = script.read_text(encoding="utf-8")
    start, end = text.index("{"), text.rindex("}") + 1
    return dict(json.loads(text[start:end]))


def test_the_vectors_are_what_python_gives_today() -> None:
    assert (DATA / "vectors.json").read_text(encoding="utf-8") == vectors_text(), (
        "if the change is meant: PYTHONPATH=. python tests/search/museum_records.py"
    )


def test_nine_scripts_are_written_and_the_engine_is_named_first(tmp_path: Path) -> None:
    written = write_static_index(documents(), tmp_path / "site" / "search")
    assert [path.name for path in written] == [
        "search-engine.js",
        "search-analysis.js",
        "search-query.js",
        "search-scoring.js",
        "search-correct.js",
        "search-facets.js",
        "search-suggest.js",
        "search-tables.js",
        "search-index.js",
    ]
    assert sorted(written) == sorted((tmp_path / "site" / "search").iterdir())


def test_the_same_documents_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    shuffled = documents()
    random.Random(3).shuffle(shuffled)
    first = write_static_index(documents(), tmp_path / "first")
    second = write_static_index(shuffled, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_index_holds_every_word_of_every_document(tmp_path: Path) -> None:
    index = data_of(write_static_index(documents(), tmp_path)[-1])
    by_id = {document.item_id: document for document in documents()}
    found: dict[str, dict[tuple[str, str], int]] = {item_id: {} for item_id in by_id}
    for bare, variants in index["terms"].items():
        for exact, codes in variants:
            number = 0
            for code in codes:
                number += code // len(LEVELS)
                item_id = index["documents"][number][0]
                found[item_id][exact, bare] = code % len(LEVELS)
    assert found == {
        item_id: {(token.exact, token.bare): level for token, level in best_levels(d).items()}
        for item_id, d in by_id.items()
    }


def test_the_index_shows_what_a_hit_needs() -> None:
    entries = static_index(documents())["documents"]
    assert isinstance(entries, list)
    shown = {entry[0]: entry[1:] for entry in entries}
    for document in documents():
        assert shown[document.item_id] == [
            document.identifier,
            [list(title) for title in document.titles],
            document.date,
            document.thumbnail,
            list(document.span) if document.span else None,
            document.added,
            [list(facet) for facet in document.facets],
        ]


def test_one_item_twice_is_a_defect() -> None:
    twice = SearchDocument("a", "A", (("", "áo"),), {})
    with pytest.raises(ValueError, match="twice"):
        static_index([twice, twice])


def test_a_folder_that_cannot_be_made_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreWriteError) as caught:
        write_static_index([], tmp_path / "file" / "search")
    assert "hoaban build" in caught.value.remedy
