"""The catalogue: a cache that keeps what it was given, and is begun anew when it cannot."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.catalogue import Catalogue, CatalogueItem
from archive.catalogue_file import FORMAT_VERSION
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.dublincore import Statement
from schemas.errors import RecordError, StoreBusyError, StoreWriteError
from schemas.records import Access
from tests.archive.store_samples import AT, FRONT, LATER, record, technical


def derivatives(item_id: str) -> DerivativeSet:
    image = ImageFile("thumbnail.jpg", 400, 300, "thumbnail.webp")
    canvas = Canvas(
        key="0001",
        master=FRONT,
        page=0,
        label="mặt trước",
        width_px=800,
        height_px=600,
        thumbnail=image,
        access_images=(replace(image, name="access.jpg", webp="access.webp"),),
        tile_px=512,
        scale_factors=(1, 2),
        sizes=((400, 300), (800, 600)),
        files=9,
        size_bytes=90_000,
    )
    return DerivativeSet(item_id, "ab" * 32, (canvas,))


def item(number: str = "B-1", *, access: Access = Access.PUBLIC, version: int = 1) -> CatalogueItem:
    description = record(number, FRONT, access=access)
    item_id = description.item_id
    return CatalogueItem(
        item_id=item_id,
        version=version,
        created_at=AT,
        updated_at=LATER,
        record=description,
        technical=(technical(FRONT, b"scan"),),
        derivatives=derivatives(item_id),
    )


def put_many(catalogue: Catalogue, count: int) -> None:
    with catalogue.transaction():
        for number in range(count):
            catalogue.put(item(f"N-{number:04}"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.db"


@pytest.fixture
def catalogue(path: Path):
    with Catalogue.open(path) as opened:
        yield opened


def test_an_item_is_given_back_as_it_was_put(catalogue: Catalogue) -> None:
    catalogue.put(item())
    assert catalogue.get("b-1") == item()
    assert catalogue.get("b-2") is None


def test_an_item_put_again_replaces_the_first(catalogue: Catalogue) -> None:
    catalogue.put(item())
    newer = replace(item(version=2, access=Access.STAFF), derivatives=None)
    catalogue.put(newer)
    assert catalogue.get("b-1") == newer
    assert catalogue.count() == 1
    assert catalogue.count(public_on=date(2026, 11, 22)) == 0


def test_derivatives_are_set_for_an_item_that_is_there(catalogue: Catalogue) -> None:
    catalogue.put(replace(item(), derivatives=None))
    assert catalogue.ids_without_derivatives() == ["b-1"]
    catalogue.set_derivatives(derivatives("b-1"))
    assert catalogue.ids_without_derivatives() == []
    assert catalogue.get("b-1") == item()
    with pytest.raises(ValueError, match="no item 'b-2'"):
        catalogue.set_derivatives(derivatives("b-2"))


def test_a_removed_item_is_gone(catalogue: Catalogue) -> None:
    catalogue.put(item())
    catalogue.remove("b-1")
    catalogue.remove("b-1")
    assert catalogue.get("b-1") is None
    assert catalogue.count() == 0


def test_items_come_in_order_over_many_pages_and_only_public_when_asked(
    catalogue: Catalogue,
) -> None:
    with catalogue.transaction():
        for number in range(1000, 0, -1):
            access = Access.PUBLIC if number % 2 else Access.RESTRICTED
            catalogue.put(item(f"N-{number:04}", access=access))
    ids = [f"n-{number:04}" for number in range(1, 1001)]
    assert [entry.item_id for entry in catalogue.iter_items()] == ids
    assert list(catalogue.item_ids()) == ids
    assert [entry.item_id for entry in catalogue.iter_items(public_on=date(2026, 11, 22))] == ids[
        ::2
    ]
    assert (catalogue.count(), catalogue.count(public_on=date(2026, 11, 22))) == (1000, 500)


def stamp_of(catalogue: Catalogue, day: date = date(2026, 11, 22)) -> bytes:
    (row,) = catalogue.iter_public_rows(day)
    return row.stamp


def test_the_stamp_of_an_item_follows_all_that_is_known_of_it(catalogue: Catalogue) -> None:
    plain = item()
    made = plain.derivatives
    assert made is not None
    title = Statement("title", "Khăn piêu", "vi")
    changed = (
        replace(plain, version=2),
        replace(plain, created_at=LATER),
        replace(plain, updated_at=AT),
        replace(plain, technical=(technical(FRONT, b"other"),)),
        replace(plain, derivatives=replace(made, recipe="cd" * 32)),
        replace(plain, derivatives=None),
        replace(plain, record=replace(plain.record, statements=(title,))),
    )
    stamps = []
    for entry in (plain, *changed, plain):
        catalogue.put(entry)
        stamps.append(stamp_of(catalogue))
    assert stamps[0] == stamps[-1]
    assert len(set(stamps)) == len(changed) + 1


def test_the_stamp_changes_when_the_embargo_of_a_view_ends_and_on_no_other_day(
    catalogue: Catalogue,
) -> None:
    plain = item()
    view = replace(plain.record.views[0], embargo_until="2030-12-31")
    catalogue.put(replace(plain, record=replace(plain.record, views=(view,))))
    days = [date(2030, 12, 30), date(2030, 12, 31), date(2031, 1, 1), date(2031, 1, 2)]
    first, last, after, later = (stamp_of(catalogue, day) for day in days)
    assert first == last != after == later


def test_whatever_may_be_closed_is_found(catalogue: Catalogue) -> None:
    closed = set()
    for number, access in enumerate(Access):
        for view_access in Access:
            for embargo, view_embargo in (("", ""), ("2030-01-01", ""), ("", "2030-01-01")):
                entry = item(f"C-{number}-{view_access}-{embargo}-{view_embargo}", access=access)
                view = replace(
                    entry.record.views[0], access=view_access, embargo_until=view_embargo
                )
                said = Statement("title", '"access":"public"', "vi")
                described = replace(
                    entry.record, views=(view,), embargo_until=embargo, statements=(said,)
                )
                catalogue.put(replace(entry, record=described))
                if {access, view_access} != {Access.PUBLIC} or embargo or view_embargo:
                    closed.add(entry.item_id)
    assert {entry.item_id for entry in catalogue.iter_perhaps_closed()} == closed


def test_the_catalogue_may_be_written_to_between_two_items(
    catalogue: Catalogue, path: Path
) -> None:
    put_many(catalogue, 500)
    seen = []
    with Catalogue.open(path) as writer:
        for entry in catalogue.iter_items():
            seen.append(entry.item_id)
            writer.put(replace(entry, version=2))
            if entry.item_id == "n-0100":
                writer.remove("n-0450")
                writer.put(item("N-0000a"))
                writer.put(item("N-9999"))
    assert seen == [f"n-{number:04}" for number in range(500) if number != 450] + ["n-9999"]


def test_a_transaction_is_kept_whole_or_not_at_all(catalogue: Catalogue, path: Path) -> None:
    def fail() -> None:
        with catalogue.transaction():
            catalogue.put(item("B-1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with catalogue.transaction():
        catalogue.put(item("B-2"))
        with catalogue.transaction():
            catalogue.put(item("B-3"))
        with Catalogue.open(path) as reader:
            assert reader.count() == 0
    assert list(catalogue.item_ids()) == ["b-2", "b-3"]


def test_a_digest_is_remembered_for_a_scan_with_the_same_size_and_time(
    catalogue: Catalogue,
) -> None:
    catalogue.remember_source("/quét/áo.tif", 5_000_000_000, 1_700_000_000_123_456_789, "ab")
    assert catalogue.source_digest("/quét/áo.tif", 5_000_000_000, 1_700_000_000_123_456_789) == "ab"
    assert catalogue.source_digest("/quét/áo.tif", 5_000_000_000, 1_700_000_000_123_456_788) is None
    assert catalogue.source_digest("/quét/áo.tif", 4, 1_700_000_000_123_456_789) is None
    assert catalogue.source_digest("/quét/khác.tif", 5_000_000_000, 0) is None
    catalogue.remember_source("/quét/áo.tif", 4, 1, "cd")
    assert catalogue.source_digest("/quét/áo.tif", 4, 1) == "cd"


def test_what_was_put_is_there_when_it_is_opened_again(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        assert not catalogue.is_complete
        catalogue.put(item())
        catalogue.mark_complete()
    with Catalogue.open(path) as catalogue:
        assert catalogue.get("b-1") == item()
        assert catalogue.is_complete


def test_a_catalogue_begun_anew_is_empty_and_not_complete(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        catalogue.put(item())
        catalogue.mark_complete()
    with Catalogue.open(path, anew=True) as catalogue:
        assert catalogue.count() == 0
        assert not catalogue.is_complete


def test_a_catalogue_of_another_format_is_begun_anew(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        catalogue.put(item())
        catalogue.mark_complete()
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    database.commit()
    database.close()
    with Catalogue.open(path) as catalogue:
        assert catalogue.count() == 0
        assert not catalogue.is_complete


def test_a_foreign_database_is_not_taken_for_a_catalogue(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE items (item_id TEXT)")
    database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    database.commit()
    database.close()
    with Catalogue.open(path) as catalogue:
        assert catalogue.count() == 0


def damaged_by(path: Path, damage: str) -> None:
    data = bytearray(path.read_bytes())
    if damage == "text":
        data[:] = b"not a database at all, but long enough to be looked at " * 40
    elif damage == "header":
        data[:16] = bytes(16)
    elif damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "pages":
        for start in range(4096, len(data), 8192):
            data[start : start + 64] = b"\xa5" * 64
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", ["text", "header", "cut", "pages"])
def test_a_damaged_catalogue_is_begun_anew(path: Path, damage: str) -> None:
    with Catalogue.open(path) as catalogue:
        put_many(catalogue, 200)
    damaged_by(path, damage)
    with Catalogue.open(path) as catalogue:
        assert catalogue.count() == 0
        assert not catalogue.is_complete
        catalogue.put(item())
        assert catalogue.get("b-1") == item()


def test_an_empty_file_becomes_a_catalogue(path: Path) -> None:
    path.touch()
    with Catalogue.open(path) as catalogue:
        catalogue.put(item())


def test_damage_met_in_use_says_that_the_store_is_safe(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        catalogue.put(item())
    database = sqlite3.connect(path)
    database.execute('UPDATE items SET record = \'{"format": "other"}\'')
    database.commit()
    database.close()
    with Catalogue.open(path) as catalogue:
        with pytest.raises(RecordError, match=r"'b-1' in catalogue\.db is damaged") as caught:
            list(catalogue.iter_items())
        assert "hoaban rebuild" in caught.value.remedy


def test_damage_in_a_file_too_large_to_check_is_said_when_it_is_met(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.catalogue_file._CHECKED_BYTES", 0)
    with Catalogue.open(path) as catalogue:
        put_many(catalogue, 300)
    data = bytearray(path.read_bytes())
    for start in range(len(data) // 2, len(data), 4096):
        data[start : start + 64] = b"\xa5" * 64
    path.write_bytes(bytes(data))
    with Catalogue.open(path) as catalogue:
        with pytest.raises(RecordError, match=r"catalogue\.db is damaged") as caught:
            list(catalogue.iter_items())
        assert "hoaban rebuild" in caught.value.remedy


def test_a_full_disk_is_said_and_loses_only_what_was_not_committed(path: Path) -> None:
    with Catalogue.open(path) as catalogue:
        catalogue.put(item())
        pages = catalogue._connection.execute("PRAGMA page_count").fetchone()[0]
        catalogue._connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(StoreWriteError, match="full") as caught:
            put_many(catalogue, 500)
        assert "Free some space" in caught.value.remedy
        assert list(catalogue.item_ids()) == ["b-1"]


def test_a_second_writer_is_told_to_wait(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.catalogue_file._BUSY_TIMEOUT_S", 0.05)
    with Catalogue.open(path) as first, Catalogue.open(path) as second:
        with first.transaction():
            first.put(item("B-1"))
            assert second.count() == 0
            with pytest.raises(StoreBusyError, match="Another command"):
                second.put(item("B-2"))
        second.put(item("B-2"))
        assert first.count() == 2


def test_a_catalogue_that_cannot_be_made_says_where(tmp_path: Path) -> None:
    with pytest.raises(StoreWriteError) as caught:
        Catalogue.open(tmp_path / "nowhere" / "catalogue.db")
    assert caught.value.path == tmp_path / "nowhere" / "catalogue.db"


WRITER = """
import sys
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from archive.catalogue import Catalogue
with Catalogue.open(Path(sys.argv[3])) as catalogue:
    for number in range(100000):
        catalogue.remember_source(f"scan-{number}", number, number, "ab")
        print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    root = Path(__file__).parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), str(Path(__file__).parent), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert writer.stdout is not None
    for _number in range(200):
        last = int(writer.stdout.readline())
    writer.kill()
    writer.communicate()
    with Catalogue.open(path) as catalogue:
        for number in range(last + 1):
            assert catalogue.source_digest(f"scan-{number}", number, number) == "ab"


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=40, deadline=None)
@given(title=text.filter(bool), lang=text, label=text, column=text, cell=text)
def test_any_text_comes_back_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    lang: str,
    label: str,
    column: str,
    cell: str,
) -> None:
    entry = item()
    description = replace(
        entry.record,
        statements=(Statement("title", title, lang=lang),),
        views=(replace(entry.record.views[0], label=label),),
        extra=((column, cell),),
    )
    with Catalogue.open(tmp_path_factory.mktemp("c") / "catalogue.db") as catalogue:
        catalogue.put(replace(entry, record=description))
        assert catalogue.get("b-1") == replace(entry, record=description)
