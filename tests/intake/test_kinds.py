"""Several kinds of record in one catalogue, and columns that the museum has explained."""

from __future__ import annotations

import pytest

from archive.config import IntakeSettings, Settings
from schemas.profile import parse_profile

HEAD = ("Số kiểm kê", "Tên gọi")


def kinds_of(museum) -> dict[str, str]:
    return {item.record.identifier: item.record.kind for item in museum.read().items}


def fields_of(museum, identifier: str) -> dict[str, str]:
    item = museum.items()[identifier]
    return {s.field: s.value or s.uri for s in item.record.statements}


def test_a_row_says_its_kind_and_an_empty_cell_means_the_default(museum):
    museum.csv(
        (*HEAD, "Loại hồ sơ"),
        ("1", "Trống", ""),
        ("2", "Đồi A1", "Di tích"),
        ("3", "Hội Hoa Ban", "intangible"),
        ("4", "Lò Văn A", "PERSON OR GROUP"),
    )
    assert kinds_of(museum) == {"1": "", "2": "relic_site", "3": "intangible", "4": "person"}


def test_the_name_of_a_sheet_says_the_kind_of_its_rows(museum):
    museum.xlsx(
        {
            "Hiện vật": [("Số kiểm kê", "Tên gọi", "Chất liệu"), ("1", "Trống", "đồng")],
            "Di tích": [("Mã di tích", "Tên di tích", "Xếp hạng"), ("2", "Đồi A1", "Quốc gia")],
            "Phim và âm thanh": [("Số băng", "Tên phim", "Thời lượng"), ("3", "Xòe", "83 phút")],
        }
    )
    assert kinds_of(museum) == {"1": "", "2": "relic_site", "3": "film_sound"}
    assert fields_of(museum, "2")["ranking"] == "Quốc gia"
    assert fields_of(museum, "3")["duration"] == "83 phút"


def test_the_name_of_a_csv_file_says_the_kind_too(museum):
    museum.csv(HEAD, ("1", "Đồi A1"), name="Di tích.csv")
    assert kinds_of(museum) == {"1": "relic_site"}


def test_what_a_row_says_comes_before_the_name_of_its_sheet(museum):
    museum.xlsx({"Di tích": [(*HEAD, "kind"), ("1", "Trống", "Hiện vật"), ("2", "Đồi A1", "")]})
    assert kinds_of(museum) == {"1": "", "2": "relic_site"}


def test_a_column_means_to_each_row_what_it_means_to_its_kind(museum):
    museum.csv(
        (*HEAD, "kind", "Nghệ nhân", "Thời lượng", "Lạ"),
        ("1", "Trống", "", "Lò Văn A", "", "x"),
        ("2", "Xòe", "Phim", "Lò Văn B", "5 phút", ""),
    )
    assert fields_of(museum, "1") == {"title": "Trống", "creator": "Lò Văn A"}
    assert fields_of(museum, "2")["performers"] == "Lò Văn B"
    unknown = [f.column for f in museum.read().findings if f.code == "COLUMN-unknown"]
    assert unknown == ["Lạ"]


def test_each_kind_has_its_own_obligations(museum):
    museum.csv((*HEAD, "kind"), ("1", "Trống", ""), ("2", "Hội Hoa Ban", "Lễ hội"))
    found = {item.record.identifier: museum.codes(item.findings) for item in museum.read().items}
    assert "ROW-no-value" not in found["1"]
    assert "ROW-no-value" in found["2"]  # the domain of intangible heritage


def test_a_recommended_column_that_is_missing_is_told_only_of_kinds_that_occur(museum):
    museum.csv(HEAD, ("1", "Trống"))
    missing = [f.values["field"] for f in museum.read().findings if f.code == "COLUMN-missing"]
    assert missing == ["Object type", "Date", "Material", "Rights"]
    museum.csv(HEAD, ("1", "Đồi A1"), name="Di tích.csv")
    (museum.folder / "catalogue.csv").unlink()
    missing = [f.values["field"] for f in museum.read().findings if f.code == "COLUMN-missing"]
    assert "Managing unit (Relic site)" in missing


def test_an_empty_cell_takes_the_default_of_its_field(museum):
    museum.csv((*HEAD, "kind"), ("1", "Hội Hoa Ban", "Lễ hội"))
    (statement,) = [s for s in museum.items()["1"].record.statements if s.field == "resource_type"]
    assert (statement.term, statement.value) == ("type", "Event")
    assert statement.uri == "http://purl.org/dc/dcmitype/Event"


def test_a_kind_cell_is_no_column_of_a_profile_of_one_kind(museum):
    museum.profile = parse_profile(
        "field,propertyID,label_vi,role\nidentifier,dcterms:identifier,Số,identifier\n"
        "title,dcterms:title,Tên,\n"
    )
    museum.csv(("Số", "Tên", "Loại hồ sơ"), ("1", "Trống", "Di tích"))
    assert kinds_of(museum) == {"1": ""}
    assert "COLUMN-unknown" in museum.codes(museum.read().findings)


def test_a_record_of_the_default_kind_is_written_as_before(museum):
    museum.csv((*HEAD, "kind"), ("1", "Trống", "Hiện vật"), ("2", "Đồi A1", "Di tích"))
    items = museum.items()
    assert b"kind" not in items["1"].record.to_bytes()
    assert b'"kind": "relic_site"' in items["2"].record.to_bytes()
    assert type(items["2"].record).from_json(items["2"].record.to_json()) == items["2"].record


@pytest.mark.parametrize(
    ("separator", "cell", "expected"),
    [
        ("", "a;b\nc|d", ["a", "b", "c|d"]),
        ("|", "a;b|c\nd", ["a;b", "c d"]),
        ("| line", "a|b\nc", ["a", "b", "c"]),
        ("line", "a;b\nc", ["a;b", "c"]),
    ],
)
def test_the_profile_says_what_separates_values(museum, separator, cell, expected):
    museum.profile = parse_profile(
        "field,propertyID,label_vi,role,repeatable,separator\n"
        "identifier,dcterms:identifier,Số,identifier,,\n"
        "title,dcterms:title,Tên,,,\n"
        f"subject,dcterms:subject,Chủ đề,,true,{separator}\n"
    )
    museum.csv(("Số", "Tên", "Chủ đề"), ("1", "Trống", cell))
    item = museum.items()["1"]
    assert [s.value for s in item.record.statements if s.field == "subject"] == expected


def test_a_column_is_what_the_museum_says_it_is(museum):
    columns = {"Tên ngắn": "other_title@en", "Giá bảo hiểm": "", "Ghi chú": "storage_location"}
    museum.settings = Settings(intake=IntakeSettings(columns=columns))
    museum.csv(
        (*HEAD, "TÊN NGẮN", "giá_bảo_hiểm", "Ghi chú"), ("1", "Trống", "Drum", "5000", "Kho A")
    )
    item = museum.items()["1"]
    assert fields_of(museum, "1")["storage_location"] == "Kho A"
    assert [(s.value, s.lang) for s in item.record.statements if s.field == "other_title"] == [
        ("Drum", "en")
    ]
    assert item.record.extra == ()
    assert not {"COLUMN-unknown", "COLUMN-similar"} & museum.codes(museum.read().findings)


def test_an_unknown_column_that_resembles_a_field_says_which(museum):
    museum.csv((*HEAD, "Chat lieuu"), ("1", "Trống", "đồng"))
    (finding,) = [f for f in museum.read().findings if f.code == "COLUMN-similar"]
    assert '--map "Chat lieuu=material"' in finding.message()


@pytest.mark.parametrize("heading", ["Giá bảo hiểm", "Số trang", "Ký hiệu phim", "Người duyệt"])
def test_a_column_of_another_meaning_is_not_likened_to_a_field(museum, heading):
    museum.csv((*HEAD, heading), ("1", "Trống", "x"))
    assert "COLUMN-similar" not in museum.codes(museum.read().findings)
