"""Values understood at intake, kept in the record, shown, exported, edited and taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.catalogue import Catalogue
from archive.config import Settings
from archive.opening import Archive, create_archive, open_archive
from archive.store import Store
from pipeline.find import find
from pipeline.ingest import ingest
from pipeline.intake.delivery import Delivery, read_delivery
from pipeline.packages import export
from pipeline.publish import publish
from pipeline.roundtrip.records import export_records, import_records, plan_import
from pipeline.status import status
from schemas.access import access_text, parse_access_terms
from schemas.crosswalks.dcterms import qdc_xml
from schemas.crosswalks.jsonld import schema_org
from schemas.dublincore import TERMS, Statement
from schemas.errors import ConfigError, SourceError
from schemas.findings import Finding
from schemas.identifiers import spelling_key
from schemas.normalising import Normaliser
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Access, Record, is_public
from tests.flows.deliveries import draw_scan, write_csv

PROFILE = parse_profile(shipped_profile_text("museum"))
HEADINGS = (
    "Số kiểm kê", "Tên gọi", "Niên đại", "Kích thước (cm)", "Trọng lượng (g)", "Ngôn ngữ",
    "Dân tộc", "Chất liệu", "Địa điểm", "Quyền", "Tệp ảnh", "Mức truy cập",
)  # fmt: skip
DRUM = (
    "BT-1", "Trống", "cuối thế kỷ XIX", "Cao 45; rộng 30,5", "1.250,5", "tiếng Thái Đen", "Mèo",
    "gỗ lim", "bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên", "CC BY 4.0", "1.jpg", "",
)  # fmt: skip
SETTINGS = Settings(jobs=1)


def noon(year: int) -> datetime:
    return datetime(year, 6, 15, 12, tzinfo=UTC)


def at(year: int):  # type: ignore[no-untyped-def]
    return lambda: noon(year)


def delivered(folder: Path, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> Path:
    folder.mkdir(exist_ok=True)
    draw_scan(folder / "1.jpg")
    write_csv(folder / "so.csv", headings, rows)
    return folder


def read(folder: Path, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> Delivery:
    source = delivered(folder, *rows, headings=headings)
    return read_delivery(source, profile=PROFILE, settings=SETTINGS)


def by_field(record: Record, name: str) -> list[Statement]:
    return [statement for statement in record.statements if statement.field == name]


def normal(record: Record, name: str) -> list[dict[str, object]]:
    return [dict(statement.normal) for statement in by_field(record, name)]


def found(delivery: Delivery, code: str) -> list[Finding]:
    items = (finding for item in delivery.items for finding in item.findings)
    return [finding for finding in (*delivery.findings, *items) if finding.code == code]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return create_archive(tmp_path / "archive", SETTINGS)


def test_every_value_type_is_understood_beside_its_text(tmp_path: Path) -> None:
    (item,) = read(tmp_path / "in", DRUM).items
    record = item.record
    date = {"edtf": "1867~/1900~", "earliest": 1867, "latest": 1900, "approximate": True}
    assert normal(record, "date") == [date]
    assert [s.value for s in by_field(record, "dimensions")] == ["Cao 45", "rộng 30,5"]
    assert normal(record, "dimensions") == [{"height_mm": 450}, {"width_mm": 305}]
    assert normal(record, "weight") == [{"weight_g": 1250.5}]
    assert normal(record, "language") == [{"code": "blt", "tag": "blt"}]
    assert normal(record, "ethnic_group") == [{"id": "hmong"}]
    (place,) = normal(record, "place")
    assert place["commune"] == "Xã Thanh Nưa"
    assert place["former"] is True
    (rights,) = by_field(record, "rights")
    assert rights.uri == "http://creativecommons.org/licenses/by/4.0/"
    assert (rights.value, rights.written_uri) == ("CC BY 4.0", "")


def test_one_number_of_a_column_settles_the_decimal_mark_of_the_others(tmp_path: Path) -> None:
    headings = ("Số kiểm kê", "Tên gọi", "Trọng lượng (kg)")
    rows = [("1", "A", "1.250"), ("2", "B", "12,5")]
    delivery = read(tmp_path / "both", *rows, headings=headings)
    assert normal(delivery.items[0].record, "weight") == [{"weight_g": 1_250_000}]
    alone = read(tmp_path / "alone", rows[0], headings=headings)
    assert normal(alone.items[0].record, "weight") == [{}]


CELLS = {
    "VALUE-date-unread": ("Niên đại", "31/4/1954"),
    "VALUE-measure-unread": ("Kích thước", "20 gang"),
    "VALUE-unknown-term": ("Chất liệu", "qzxqzx"),
    "VALUE-similar-term": ("Dân tộc", "Khơ Mụu"),
    "VALUE-place-ambiguous": ("Địa điểm", "Thanh An"),
}


@pytest.mark.parametrize("code", CELLS)
def test_a_value_that_is_not_understood_is_told_where_it_stands(tmp_path: Path, code: str) -> None:
    heading, text = CELLS[code]
    headings = ("Số kiểm kê", "Tên gọi", heading)
    delivery = read(tmp_path / "in", ("1", "A", text), headings=headings)
    (finding,) = found(delivery, code)
    assert (finding.row, finding.column) == (2, heading)
    assert text in finding.message("en")
    assert not delivery.items[0].is_set_aside


def test_an_unknown_date_that_says_so_is_complete(tmp_path: Path) -> None:
    headings = ("Số kiểm kê", "Tên gọi", "Niên đại")
    delivery = read(tmp_path / "in", ("1", "A", "không rõ"), headings=headings)
    assert not found(delivery, "VALUE-date-unread")


def test_many_cells_that_fail_alike_are_one_finding(tmp_path: Path) -> None:
    """VALUE-many stands for 101 cells."""
    headings = ("Số kiểm kê", "Tên gọi", "Niên đại")
    rows = [(str(n), "A", f"vào ngày trời mưa {n}") for n in range(101)]
    delivery = read(tmp_path / "in", *rows, headings=headings)
    (finding,) = found(delivery, "VALUE-many")
    assert finding.values["count"] == 101
    assert not found(delivery, "VALUE-date-unread")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("BT 001", "BT-001", True),
        ("bt001", "BT.1", True),
        ("BT.001/a", "BT 001a", True),
        ("BT-1", "BT-11", False),
        ("BT-1/2", "BT-12", False),
        ("BT-1", "BT-1/a", False),
        ("12/Đ.3", "12/D.3", False),
    ],
)
def test_only_the_spelling_of_a_number_is_passed_over(one: str, other: str, is_same: bool) -> None:
    assert (spelling_key(one) == spelling_key(other)) is is_same


def test_a_number_of_the_archive_in_another_spelling_is_told(
    archive: Archive, tmp_path: Path
) -> None:
    headings = ("Số kiểm kê", "Tên gọi")
    ingest(archive, delivered(tmp_path / "a", ("BT-1", "A"), headings=headings), now=at(2026))
    again = delivered(tmp_path / "b", ("BT 001", "A"), headings=headings)
    report = ingest(archive, again, now=at(2026))
    assert "ROW-similar-identifier" in {finding.code for finding in report.findings}


def test_own_tables_come_before_those_that_ship(archive: Archive, tmp_path: Path) -> None:
    root = archive.layout.root
    (root / "vocabularies").mkdir()
    (root / "vocabularies" / "materials.csv").write_text(
        "id,label_vi,uri,broader\nlim,gỗ lim,http://example.org/lim,wood\n", encoding="utf-8"
    )
    (root / "periods.csv").write_text(
        "names,earliest,latest,kind\nBà Nội,1910,1920,period\n", encoding="utf-8"
    )
    row = ("BT-1", "Trống", "thời Bà Nội", *DRUM[3:])
    ingest(open_archive(root), delivered(tmp_path / "in", row), now=at(2026))
    record = Store(archive.layout).read("bt-1").record
    assert normal(record, "date")[0]["edtf"] == "1910/1920"
    (material,) = by_field(record, "material")
    assert (material.uri, material.known("id")) == ("http://example.org/lim", "lim")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("periods.csv", "names,earliest,latest,kind\nX,abc,1900,period\n"),
        ("vocabularies/own.csv", "id,label_vi\n,gỗ\n"),
    ],
)
def test_a_wrong_table_is_told_by_its_file_and_row(archive: Archive, name: str, text: str) -> None:
    path = archive.layout.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        open_archive(archive.layout.root)
    assert caught.value.path == path
    assert "2" in str(caught.value)


def test_pages_and_exports_say_what_a_value_means(archive: Archive, tmp_path: Path) -> None:
    ingest(archive, delivered(tmp_path / "in", DRUM), now=at(2026))
    publish(archive, now=at(2026))
    site = archive.layout.site
    (page,) = (site / "vi" / "items").rglob("bt-1.html")
    text = page.read_text(encoding="utf-8")
    assert "cuối thế kỷ XIX" in text
    assert "(khoảng 1867–1900)" in text
    assert "Xã Thanh Nưa, Tỉnh Điện Biên" in text
    (manifest,) = (site / "iiif").rglob("bt-1/manifest.json")
    assert json.loads(manifest.read_bytes())["navDate"] == "1867-01-01T00:00:00Z"
    record = Store(archive.layout).read("bt-1").record
    data = schema_org(record)
    assert {"@value": "1867~/1900~", "@type": "http://id.loc.gov/datatypes/edtf/EDTF"} in data[
        "temporal"
    ]
    assert data["inLanguage"] == "blt"
    assert data["spatialCoverage"]["geo"]["@type"] == "GeoCoordinates"
    assert b">1867~/1900~<" in qdc_xml(record)


def test_a_changed_cell_is_understood_again_and_the_others_stay(
    archive: Archive, tmp_path: Path
) -> None:
    ingest(archive, delivered(tmp_path / "in", DRUM), now=at(2026))
    before = Store(archive.layout).read("bt-1").record
    sheet = tmp_path / "out.csv"
    export_records(archive, sheet)
    text = sheet.read_text(encoding="utf-8-sig")
    assert "creativecommons.org" not in text
    edited = text.replace("cuối thế kỷ XIX", "năm 1954")
    sheet.write_text(edited, encoding="utf-8-sig", newline="")
    import_records(archive, sheet, agreed=plan_import(archive, sheet), now=at(2026))
    after = Store(archive.layout).read("bt-1").record
    assert normal(after, "date") == [{"edtf": "1954", "earliest": 1954, "latest": 1954}]
    assert [s for s in after.statements if s.field != "date"] == [
        s for s in before.statements if s.field != "date"
    ]


def test_until_its_last_day_an_embargo_keeps_an_item_from_the_public(
    archive: Archive, tmp_path: Path
) -> None:
    row = (*DRUM[:-1], "cấm vận đến 31/12/2030")
    ingest(archive, delivered(tmp_path / "in", row), now=at(2026))
    item = archive.layout.site / "vi" / "items"
    publish(archive, now=at(2026))
    assert not list(item.rglob("bt-1.html"))
    assert not list((archive.layout.site / "iiif").rglob("bt-1"))
    assert status(archive, now=at(2026)).public_items == 0
    assert find(archive, "trống", limit=1, lang="vi", now=at(2026)).hits[0].url == ""
    with pytest.raises(SourceError):
        export(archive, "csv", tmp_path / "out.csv", now=at(2026))
    publish(archive, now=at(2031))
    assert list(item.rglob("bt-1.html"))
    assert status(archive, now=at(2031)).public_items == 1
    assert export(archive, "csv", tmp_path / "out.csv", now=at(2031)).items == 1


def test_an_embargo_that_a_row_ends_early_is_told(archive: Archive, tmp_path: Path) -> None:
    """CHANGE-embargo-ended warns; a row that says nothing of access keeps the embargo."""
    source = delivered(tmp_path / "in", (*DRUM[:-1], "cấm vận đến 2030"))
    ingest(archive, source, now=at(2026))
    ingest(archive, delivered(source, DRUM), now=at(2026))
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        item = catalogue.get("bt-1")
        assert item is not None
        assert item.record.embargo_until == "2030-12-31"
    report = ingest(archive, delivered(source, (*DRUM[:-1], "công khai")), now=at(2026))
    assert "CHANGE-embargo-ended" in {finding.code for finding in report.findings}


def test_a_column_of_embargoes_says_nothing_else(tmp_path: Path) -> None:
    text = shipped_profile_text("museum")
    row = "artifact,embargo,dcterms:available,Cấm vận,Embargo,,value,false,,false,,false,none,false"
    profile = parse_profile(f"{text.rstrip()}\n{row},false,embargo,,,\n")
    headings = ("Số kiểm kê", "Tên gọi", "Cấm vận")
    rows = (("1", "A", "31/12/2030"), ("2", "B", "mười năm"))
    source = delivered(tmp_path / "in", *rows, headings=headings)
    first, second = read_delivery(source, profile=profile, settings=SETTINGS).items
    assert first.record.embargo_until == "2030-12-31"
    assert "VALUE-bad-embargo" in {finding.code for finding in second.findings}
    assert second.is_set_aside


def test_an_embargo_in_the_past_changes_nothing() -> None:
    public = Record("1", (), embargo_until="2020-12-31")
    assert is_public(public, noon(2026).date())
    assert not is_public(replace(public, access=Access.STAFF), noon(2026).date())


@given(st.sampled_from(Access), st.dates(min_value=noon(1950).date(), max_value=noon(2290).date()))
def test_a_level_and_an_embargo_are_read_as_they_are_written(access: Access, day: object) -> None:
    terms = parse_access_terms(access_text(access, str(day)))
    assert terms is not None
    assert (terms.access or Access.PUBLIC, str(terms.embargo_until)) == (access, str(day))


NAMES = st.text("abcdef_", min_size=1, max_size=8)
VALUES = st.text(max_size=8) | st.integers() | st.booleans() | st.floats(allow_nan=False)


@given(st.sampled_from(sorted(TERMS)), st.dictionaries(NAMES, VALUES, max_size=4))
def test_a_statement_survives_json_byte_for_byte(term: str, pairs: dict[str, object]) -> None:
    statement = Statement(term, "x", normal=tuple(sorted(pairs.items())))  # type: ignore[arg-type]
    record = Record("BT-1", (statement,))
    data = record.to_bytes()
    again = Record.from_json(json.loads(data))
    assert again == record
    assert again.to_bytes() == data
    assert (b'"normal"' in data) == bool(pairs)


@given(st.text(max_size=30), st.sampled_from([f for f in PROFILE if f.term]))
def test_what_was_normalised_is_normal(text: str, field: object) -> None:
    name, term = field.name, field.term  # type: ignore[attr-defined]
    normaliser = Normaliser(PROFILE)
    once, _unread = normaliser.normalised([Statement(term, text or "x", field=name)])
    twice, _unread = normaliser.normalised(once)
    assert twice == once
