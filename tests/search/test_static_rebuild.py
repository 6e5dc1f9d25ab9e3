"""The index of the site made on the one before: as one made anew, and changed where it must be."""

import gc
import hashlib
import random
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from archive.kept_items import KeptItems
from archive.kept_objects import unpacked
from schemas.profile import SearchLevel
from search.compiled.entries import Collected
from search.compiled.leaves import Leaves
from search.compiled.pairs import Pairs
from search.compiled.sources import KnownDocuments, ListedDocument
from search.compiled.spans import Span, SpanWriter
from search.compiled.windows import Entries
from search.documents import SearchDocument, order_key
from search.static import write_static_index
from tests.search.museum_records import documents
from tests.search.shards import MANY_SHARDS, files_in

_CHANGING = {"search-index.js", "search-language.js", "search-facets.js"}
"""The scripts that name shards."""


def test_a_shard_is_named_by_what_is_in_it_and_an_edit_renames_few(tmp_path: Path) -> None:
    made = documents()
    write_static_index(made, tmp_path / "before", sizes=MANY_SHARDS)
    texts = {**made[4].texts, SearchLevel.TEXT: ("Một lời bình mới.",)}
    made[4] = replace(made[4], texts=texts)
    write_static_index(made, tmp_path / "after", sizes=MANY_SHARDS)
    before, after = files_in(tmp_path / "before"), files_in(tmp_path / "after")
    both = before.keys() & after.keys() - _CHANGING
    assert all(before[name] == after[name] for name in both)
    assert len(_shards(both)) > 0.6 * len(_shards(before))


def _shards(paths: Iterable[str]) -> set[str]:
    """Return shards and folders of shards, which are named by all that is in them."""
    found = (path.removesuffix(".js").rpartition("/") for path in paths)
    return {folder if name.isdigit() else f"{folder}/{name}" for folder, _slash, name in found}


def test_an_index_made_on_the_one_before_is_the_same_bytes_as_one_made_anew(tmp_path: Path) -> None:
    dice, made, read = random.Random(6), documents(), 0
    before, kept = tmp_path / "before", tmp_path / "kept.db"

    def edit() -> None:
        at = dice.randrange(len(made))
        texts = {**made[at].texts, SearchLevel.TEXT: (f"Lời bình {dice.random()}",)}
        made[at] = replace(made[at], texts=texts)

    def retitle() -> None:
        at = dice.randrange(len(made))
        made[at] = replace(made[at], titles=(("vi", f"Trống đồng {dice.randrange(9)}"),))

    def renumber() -> None:
        made[3] = replace(made[3], identifier=f"A.{dice.randrange(99)}")

    def other_facet() -> None:
        made[5] = replace(made[5], facets=(("material", f"gỗ {dice.randrange(3)}"),))

    def damage_shard() -> None:
        path = dice.choice(sorted((before / "shards").rglob("*.js")))
        content = bytearray(path.read_bytes())
        content[dice.randrange(len(content))] ^= 1
        path.unlink()
        path.write_bytes(content)

    def damage() -> None:
        content = bytearray(kept.read_bytes())
        for _time in range(99):
            content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        kept.write_bytes(content)

    def remove() -> None:
        made.pop(dice.randrange(len(made)))

    for change in (edit, edit, retitle, damage_shard, renumber, damage, other_facet, remove):
        change()
        read = 0
        by_id = {document.item_id: document for document in made}

        def document(listed: ListedDocument) -> SearchDocument:
            nonlocal read
            read += 1
            return by_id[listed.item_id]  # noqa: B023  (asked only while it is bound)

        listed = [ListedDocument(order_key(one), one.item_id, _stamp(one)) for one in made]
        with KeptItems(kept, "parts", b"key") as keeper:
            known = KnownDocuments(listed, document, keeper)
            after = tmp_path / "after"
            write_static_index(known, after, sizes=MANY_SHARDS, before=before)
        write_static_index(made, tmp_path / "anew", sizes=MANY_SHARDS)
        assert files_in(after) == files_in(tmp_path / "anew"), change
        if change in (edit, retitle, damage_shard) and before.exists():
            assert read <= MANY_SHARDS.group, change
        shutil.rmtree(before, ignore_errors=True)
        after.rename(before)


def test_one_damaged_file_of_a_span_with_a_frequent_word_leaves_no_other_name(
    tmp_path: Path,
) -> None:
    made, kept = documents(), tmp_path / "kept.db"
    _build_known(made, tmp_path / "before", None, kept)
    anew = files_in(tmp_path / "before")
    for number, file in enumerate(_one_of_each_kind(kept)):
        shutil.copytree(tmp_path / "before", tmp_path / "damaged")
        shutil.copy(kept, tmp_path / "own.db")
        path = tmp_path / "damaged" / file
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.unlink()
        if number % 2:
            path.write_bytes(content)
        _build_known(made, tmp_path / "after", tmp_path / "damaged", tmp_path / "own.db")
        assert files_in(tmp_path / "after") == anew, file
        for name in ("damaged", "after"):
            shutil.rmtree(tmp_path / name)


def test_a_build_after_one_that_was_thrown_away_is_the_same_as_one_made_anew(
    tmp_path: Path,
) -> None:
    dice, first = random.Random(1), documents()
    _build_known(first, tmp_path / "before", None, tmp_path / "first.db")
    for _time in range(2):
        made, kept = list(first), tmp_path / "kept.db"
        shutil.copy(tmp_path / "first.db", kept)
        at = dice.randrange(len(made))
        texts = {**made[at].texts, SearchLevel.TEXT: (f"Lời bình {dice.random()}",)}
        made[at] = replace(made[at], texts=texts)
        for name in ("thrown-away", "after"):
            _build_known(made, tmp_path / name, tmp_path / "before", kept)
        write_static_index(made, tmp_path / "anew", sizes=MANY_SHARDS)
        assert files_in(tmp_path / "after") == files_in(tmp_path / "anew")


def test_what_was_written_is_let_go_without_a_collector_of_cycles(tmp_path: Path) -> None:
    # Else every range of keys stays in the memory of its process.
    of_a_range = (Leaves, Entries, SpanWriter, Collected, Pairs)
    is_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        write_static_index(documents(), tmp_path / "anew", sizes=MANY_SHARDS)
        _build_known(documents(), tmp_path / "known", None, tmp_path / "kept.db")
        left = [one for one in gc.get_objects() if isinstance(one, of_a_range)]
    finally:
        if is_enabled:
            gc.enable()
    assert left == []


def test_an_older_index_leaves_nothing_behind(tmp_path: Path) -> None:
    write_static_index(documents(), tmp_path / "search")
    write_static_index([], tmp_path / "search")
    write_static_index([], tmp_path / "other")
    assert files_in(tmp_path / "search") == files_in(tmp_path / "other")


def _stamp(document: SearchDocument) -> bytes:
    return hashlib.sha256(repr(document).encode()).digest()


def _build_known(made: list[SearchDocument], folder: Path, before: Path | None, kept: Path) -> None:
    by_id = {document.item_id: document for document in made}
    listed = [ListedDocument(order_key(one), one.item_id, _stamp(one)) for one in made]
    with KeptItems(kept, "parts", b"key") as keeper:
        known = KnownDocuments(listed, lambda one: by_id[one.item_id], keeper)
        write_static_index(known, folder, sizes=MANY_SHARDS, before=before)


def _one_of_each_kind(kept: Path) -> list[str]:
    """Return of the files of spans with frequent words the last of each kind."""
    with closing(sqlite3.connect(kept)) as store:
        rows = store.execute("SELECT data FROM kept WHERE item_id LIKE 'spans w %'").fetchall()
    spans = [Span(*values) for (data,) in rows for values in unpacked(data)]
    found: dict[str, str] = {}
    for span in spans:
        files = [file for file, _seal in span.files]
        if any("/t" in Path(file).parent.as_posix() for file in files):
            for file in files:
                path = Path(file)
                is_group = path.stem.isdecimal()
                found[f"t/{path.stem}" if is_group else path.stem[0]] = file
    assert found.keys() >= {"w", "g", "b", "t/0", "t/1", "t/2", "t/3"}
    return sorted(found.values())
