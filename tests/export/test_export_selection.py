"""Which items an export takes, and what it says of those that are no longer to be had."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest

from archive.catalogue import Catalogue
from archive.export import FORMATS, ExportContext
from archive.export.deletions import Deletion, DeletionReason
from archive.export.selection import Selection
from pipeline.deletions import iter_deletions
from pipeline.hidden_letters import hidden_told
from pipeline.selection import choose, parse_since
from schemas.dublincore import Statement
from schemas.errors import ConfigError, SourceError, StoreWriteError
from schemas.findings import Finding
from schemas.messages import speaking
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Access, Record, View, day_of
from tests.conftest import Run
from tests.export.museum import JANUARY, JUNE, MARCH, Museum, clock, new_museum

FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def museum(tmp_path: Path) -> Museum:
    museum = new_museum(tmp_path / "museum")
    museum.put("BT-001", material="đồng; gỗ", collection="Sưu tập Đông Sơn")
    museum.put("BT-002", material="lụa", ethnic_group="Thái", batch="2026-01-10-030000")
    museum.put("BT-003", material="gỗ", ethnic_group="Mông", collection="Sưu tập Đông Sơn")
    museum.put("BT-004", material="gỗ", access=Access.STAFF)
    return museum


def taken(
    museum: Museum, selection: Selection, *, at: str = JUNE, all_access: bool = False
) -> list[str]:
    """The numbers of the items that a selection takes."""
    museum.index()
    archive = museum.archive
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        public_on = None if all_access else day_of(clock(at)())
        found = choose(archive, catalogue, selection, public_on=public_on)
        return [item.record.identifier for item in found.iter_items(catalogue)]


def deleted(museum: Museum, selection: Selection, *, all_access: bool = False) -> list[Deletion]:
    museum.index()
    archive = museum.archive
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        public_on = None if all_access else day_of(clock(JUNE)())
        found = choose(archive, catalogue, selection, public_on=public_on)
        return list(iter_deletions(museum.store, catalogue, found))


@pytest.mark.parametrize(
    ("selection", "numbers"),
    [
        (Selection(), ["BT-001", "BT-002", "BT-003"]),
        (Selection(query="gỗ"), ["BT-001", "BT-003"]),
        (Selection(query="chất liệu:lụa OR chất liệu:đồng"), ["BT-001", "BT-002"]),
        (Selection(facets=(("material", "gỗ"),)), ["BT-001", "BT-003"]),
        (Selection(facets=(("Chất liệu", "go"),)), ["BT-001", "BT-003"]),
        (Selection(facets=(("material", "gồ"),)), []),
        (Selection(facets=(("material", "đồng"), ("material", "lụa"))), ["BT-001", "BT-002"]),
        (Selection(facets=(("material", "gỗ"), ("ethnic", "mong"))), ["BT-003"]),
        (Selection(collections=("Sưu tập Đông Sơn",)), ["BT-001", "BT-003"]),
        (Selection(collections=("sưu tập đông sơn",), query="Mông"), ["BT-003"]),
        (Selection(batches=("2026-01-10-030000",)), ["BT-002"]),
        (Selection(batches=("2026-01-10-030000",), facets=(("material", "gỗ"),)), []),
    ],
)
def test_every_part_of_a_selection_narrows_the_others(
    museum: Museum, selection: Selection, numbers: list[str]
) -> None:
    assert taken(museum, selection) == numbers


def test_staff_items_are_taken_only_when_all_is_asked_for(museum: Museum) -> None:
    wood = Selection(facets=(("material", "gỗ"),))
    assert taken(museum, wood, all_access=True) == ["BT-001", "BT-003", "BT-004"]


@pytest.mark.parametrize(
    ("selection", "told"),
    [
        (Selection(facets=(("no such field", "gỗ"),)), r"no field 'no such field'.*material"),
        (Selection(facets=(("material", " "),)), "has no value.*--facet"),
        (Selection(facets=(("", "x"),)), "no field"),
        (Selection(collections=("",)), "has no value"),
        (Selection(batches=("2026-01-01-000000",)), "hoaban status"),
        (Selection(batches=("../x",)), "hoaban status"),
        (Selection(list_file=Path("no-such-list.txt")), "cannot be read"),
    ],
)
def test_what_cannot_be_understood_is_an_error_that_says_what_to_do(
    museum: Museum, selection: Selection, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        taken(museum, selection)


def test_a_list_that_cannot_be_read_is_told_of_in_the_readers_language(
    museum: Museum, tmp_path: Path
) -> None:
    told = {}
    for path in (tmp_path / "none.txt", tmp_path):
        with speaking("vi"), pytest.raises(SourceError) as caught:
            taken(museum, Selection(list_file=path))
        told[path.name] = str(caught.value)
    assert "không có tệp này" in told["none.txt"]
    assert "đây là một thư mục" in told[tmp_path.name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_takes_its_numbers_and_tells_the_others_with_their_lines(
    museum: Museum, tmp_path: Path, encoding: str
) -> None:
    """EXPORT-number-unknown, -ambiguous, -withheld and -withdrawn."""
    museum.put("BT 01")
    museum.put("BT_01.")
    museum.put("BT-005")
    museum.withdraw("BT-005", at=MARCH)
    numbers = ["BT-002\tKhăn", "", "bt 3", "bt/1", "Số 99/Đ", "BT-004", "BT-005", "BT-002"]
    listed = tmp_path / "loan.txt"
    listed.write_text("\r\n".join(numbers), encoding=encoding, newline="")
    report = museum.export("csv", tmp_path / "out.csv", Selection(list_file=listed))
    assert [(f.code, f.path, f.row, f.values["number"]) for f in report.findings] == [
        ("EXPORT-number-ambiguous", "loan.txt", 4, "bt/1"),
        ("EXPORT-number-unknown", "loan.txt", 5, "Số 99/Đ"),
        ("EXPORT-number-withheld", "loan.txt", 6, "BT-004"),
        ("EXPORT-number-withdrawn", "loan.txt", 7, "BT-005"),
    ]
    assert report.is_partial
    assert report.items == 2
    rows = csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig")))
    assert [row["identifier"] for row in rows] == ["BT-002", "BT-003"]


def test_an_empty_list_selects_nothing_and_is_an_error(museum: Museum, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n \n", encoding="utf-8")
    with pytest.raises(SourceError, match="no inventory number"):
        taken(museum, Selection(list_file=tmp_path / "empty.txt"))
    (tmp_path / "picture.txt").write_bytes(b"II*\0\x08\0\0\0" + bytes(range(64)) + b"\xff\0\0\xfe")
    with pytest.raises(SourceError):
        taken(museum, Selection(list_file=tmp_path / "picture.txt"))


@pytest.mark.parametrize("text", ["2026-02-01", "1/2/2026", "01.02.2026", "2026-02-01T00:00"])
def test_a_day_begins_where_the_museum_stands(text: str) -> None:
    assert parse_since(text) == datetime(2026, 2, 1).astimezone()


def test_a_moment_with_a_zone_is_that_moment_and_nonsense_is_refused() -> None:
    assert parse_since("2026-02-01T00:00:00Z") == FEBRUARY
    for text in ("", "yesterday", "31/31/2026", "2026-02-30"):
        with pytest.raises(SourceError, match="2026-11-21"):
            parse_since(text)


def test_since_takes_what_is_new_changed_or_come_out_of_an_embargo(museum: Museum) -> None:
    museum.put("BT-002", material="tơ", at=MARCH)
    museum.put("BT-006", at=MARCH)
    museum.put("BT-007", embargo_until="2026-02-15")
    museum.put("BT-008", embargo_until="2026-01-20")
    museum.put("BT-009", embargo_until="2026-12-31")
    assert taken(museum, Selection(since=FEBRUARY)) == ["BT-002", "BT-006", "BT-007"]
    assert taken(museum, Selection(since=MAY)) == []
    assert taken(museum, Selection(since=FEBRUARY, query="tơ")) == ["BT-002"]


def test_what_was_to_be_had_and_is_no_more_is_told_with_its_reason(museum: Museum) -> None:
    museum.put("BT-001", access=Access.STAFF, at=MARCH)
    museum.withdraw("BT-002", at=MARCH)
    museum.put("BT-003", embargo_until="2030-12-31", at=MARCH)
    museum.put("BT-006", at=MARCH)
    museum.withdraw("BT-006", at="2026-03-11T03:00:00Z")
    museum.put("BT-007", access=Access.RESTRICTED)
    museum.withdraw("BT-007", at=MARCH)
    assert [(d.item_id, d.at, d.reason) for d in deleted(museum, Selection(since=FEBRUARY))] == [
        ("bt-001", MARCH, DeletionReason.NOT_PUBLIC),
        ("bt-002", MARCH, DeletionReason.WITHDRAWN),
        ("bt-003", MARCH, DeletionReason.NOT_PUBLIC),
        ("bt-006", "2026-03-11T03:00:00Z", DeletionReason.WITHDRAWN),
    ]
    assert deleted(museum, Selection(since=MAY)) == [], "told before, so not again"
    assert deleted(museum, Selection()) == []
    all_gone = deleted(museum, Selection(since=FEBRUARY), all_access=True)
    assert [gone.item_id for gone in all_gone] == ["bt-002", "bt-006", "bt-007"]


def test_an_item_that_leaves_a_selection_is_told_to_those_who_take_that_selection(
    museum: Museum,
) -> None:
    museum.put("BT-001", material="đồng", collection="Sưu tập khác", at=MARCH)
    museum.put("BT-002", material="vải", at=MARCH)
    gone = deleted(museum, Selection(since=FEBRUARY, collections=("Sưu tập Đông Sơn",)))
    assert [(d.item_id, d.reason) for d in gone] == [("bt-001", DeletionReason.NOT_SELECTED)]
    gone = deleted(museum, Selection(since=FEBRUARY, facets=(("material", "lụa"),)))
    assert [d.item_id for d in gone] == ["bt-002"]
    gone = deleted(museum, Selection(since=FEBRUARY, query="lụa"))
    assert [d.item_id for d in gone] == ["bt-001", "bt-002"], "a query is told too much of"
    assert deleted(museum, Selection(since=FEBRUARY, batches=("2026-01-10-030000",))) == []


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_tells_what_was_deleted_even_where_nothing_is_new(
    museum: Museum, tmp_path: Path, name: str
) -> None:
    museum.withdraw("BT-002", at=MARCH)
    entry = FORMATS[name]
    out = tmp_path / f"package{entry.ending or '.zip'}"
    report = museum.export(name, out, Selection(since=FEBRUARY))
    assert (report.items, report.deleted) == (0, 1)
    if entry.ending:
        assert report.deletions == "package-deleted.csv"
        assert report.path == tmp_path / "package-deleted.csv"
        assert not out.exists(), "a file of nothing helps nobody"
        table = (tmp_path / "package-deleted.csv").read_bytes()
    else:
        with zipfile.ZipFile(out) as zipped:
            assert f"package/{report.deletions}" in zipped.namelist()
            (inside,) = [n for n in zipped.namelist() if n.endswith("/deleted.csv")]
            table = zipped.read(inside)
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    page = f"{museum.archive.settings.base_url}/vi/items"
    assert rows[0] == ["item_id", "identifier", "deleted_at", "reason", "page"]
    assert rows[1][:4] == ["bt-002", "BT-002", MARCH, "withdrawn"]
    assert rows[1][4].startswith(page)
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("csv", "a.xlsx"),
        ("xlsx", "a.csv"),
        ("iiif", "a.zip"),
        ("oai_dc", "a.xml"),
        ("bagit", "a.tar.gz"),
        ("lido", "a.json"),
    ],
)
def test_a_name_that_says_something_else_than_what_is_made_is_refused(
    museum: Museum, tmp_path: Path, name: str, wrong: str
) -> None:
    with pytest.raises(ConfigError, match=f"For {name}, PATH must end in one of: ") as refused:
        museum.export(name, tmp_path / wrong)
    assert refused.value.path == tmp_path / wrong
    assert not any(tmp_path.glob("a*"))


def test_a_bag_with_deletions_is_valid(museum: Museum, tmp_path: Path) -> None:
    museum.withdraw("BT-002", at=MARCH)
    museum.export("bagit", tmp_path / "bag", Selection(since=FEBRUARY))
    bagit.Bag(str(tmp_path / "bag")).validate()
    assert "data/deleted.csv" in bagit.Bag(str(tmp_path / "bag")).entries


def test_nothing_new_and_nothing_deleted_writes_nothing_and_is_no_error(
    museum: Museum, tmp_path: Path, run: Run
) -> None:
    report = museum.export("csv", tmp_path / "out.csv", Selection(since=MAY))
    assert (report.items, report.files, report.deleted) == (0, 0, 0)
    assert not (tmp_path / "out.csv").exists()
    root = museum.archive.layout.root
    ran = run("export", "csv", "--out", tmp_path / "out.csv", "--since", "1/1/2100", cwd=root)
    assert (ran.code, "Nothing is new" in ran.out) == (0, True)


def test_what_stands_beside_the_export_is_never_replaced(museum: Museum, tmp_path: Path) -> None:
    museum.withdraw("BT-002", at=MARCH)
    (tmp_path / "out-deleted.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreWriteError, match="replaces nothing"):
        museum.export("csv", tmp_path / "out.csv", Selection(since=FEBRUARY))
    assert not (tmp_path / "out.csv").exists()


def test_the_command_chooses_tells_and_says_by_its_exit_code_that_numbers_are_unknown(
    museum: Museum, tmp_path: Path, run: Run
) -> None:
    museum.withdraw("BT-002", at=MARCH)
    museum.index()
    root = museum.archive.layout.root
    (tmp_path / "list.txt").write_text("BT-001\nBT-77\n", encoding="utf-8")
    listed = ("--list", tmp_path / "list.txt")
    ran = run("export", "csv", "--out", tmp_path / "a.csv", *listed, cwd=root)
    assert ran.code == 10
    assert "list.txt: 2: error [EXPORT-number-unknown] The archive has no item 'BT-77'" in ran.out
    ran = run("export", "csv", "--json", "--out", tmp_path / "b.csv", *listed, cwd=root)
    data = json.loads(ran.out)
    assert (data["items"], data["findings"][0]["row"]) == (1, 2)
    chosen_so = ("--facet", "chất liệu=gỗ", "--collection", "Sưu tập Đông Sơn", "BT-003")
    ran = run("export", "qdc", "--out", tmp_path / "dc", *chosen_so, cwd=root)
    assert (ran.code, "1 item written" in ran.out) == (0, True)
    since = ("--since", JANUARY)
    ran = run("export", "qdc", "--out", tmp_path / "new", *since, cwd=root)
    assert "see deleted.csv" in ran.out
    ran = run("export", "csv", "--out", tmp_path / "new.csv", *since, cwd=root)
    assert "see new-deleted.csv" in ran.out
    ran = run("export", "qdc", "--out", tmp_path / "x", "--facet", "material", cwd=root)
    assert (ran.code, "field=value" in ran.err) == (4, True)


def test_letters_nobody_sees_are_told_and_the_number_goes_out_as_it_is(museum: Museum) -> None:
    """EXPORT-hidden-letters."""
    number = "BT\u200b-\u202e009"
    museum.put(number, title="Trống\u202e đồng", material="gỗ\u200b", storage_location="Kho\u200b")
    museum.index()
    out = museum.archive.layout.root.parent / "mods.xml"
    report = museum.export("mods", out)
    (told,) = (f for f in report.findings if f.code == "EXPORT-hidden-letters")
    assert told.values == {
        "number": number,
        "places": "identifier: U+202E, U+200B; title@vi: U+202E; material@vi: U+200B",
    }
    assert not report.is_partial
    text = out.read_text(encoding="utf-8")
    assert f">{number}</mods:identifier>" in text
    assert "Trống đồng" in text
    whole = museum.export("csv", out.with_suffix(".csv"), all_access=True)
    (told,) = (f for f in whole.findings if f.code == "EXPORT-hidden-letters")
    assert "storage_location@vi: U+200B" in str(told.values["places"])
    assert number in out.with_suffix(".csv").read_text(encoding="utf-8-sig")


@dataclass(frozen=True)
class Described:
    record: Record

    @property
    def item_id(self) -> str:
        return self.record.item_id


def told_of(record: Record, *left_out: str) -> list[Finding]:
    found: list[Finding] = []
    profile = parse_profile(shipped_profile_text("museum"))
    context = ExportContext(profile, JANUARY, tell=found.append)
    assert list(hidden_told([Described(record)], context, left_out)) == [Described(record)]
    return found


def test_joiners_are_told_of_numbers_and_names_of_masters_and_not_of_texts() -> None:
    joined = "\U0001f468\u200d\U0001f33e ꪀ\u200cꪱ"
    title = Statement("title", joined, "vi", field="title")
    assert told_of(Record("BT-1", (title,), (View("a.jpg", joined),))) == []
    (told,) = told_of(Record("BT\u200d-1", (title,), (View("a\u200c.jpg", "Mặt\u200b trước"),)))
    places = "identifier: U+200D; views: U+200B; masters: U+200C"
    assert told.values["places"] == places


def test_hidden_letters_of_an_item_that_does_not_go_out_are_not_told() -> None:
    record = Record("BT\u200d-1", (Statement("title", "Trống", "vi", field="title"),))
    assert len(told_of(record)) == 1
    assert told_of(record, record.item_id) == []
