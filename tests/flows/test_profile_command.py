"""The profile as a museum meets it: listed, checked, written out, and used from sheet to site."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import openpyxl
import pytest

from schemas.profile import parse_profile, shipped_profile_text

HEAD = ("Số kiểm kê", "Tên gọi")


@pytest.fixture
def museum(run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "museum").code == 0
    return tmp_path / "museum"


def write_csv(path: Path, *rows: tuple[str, ...]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")
    return path.parent


def test_profile_lists_every_kind_and_field(run, museum):
    listed = run("profile", "--archive", museum)
    assert listed.code == 0
    assert "relic_site: Relic site" in listed.out
    assert "Inventory number · required · text · dcterms:identifier" in listed.out
    one = run("profile", "--kind", "person", "--json", "--archive", museum)
    (kind,) = json.loads(one.out)["kinds"]
    assert (kind["kind"], kind["fields"][1]["labels"]["vi"]) == ("person", "Họ và tên")


def test_profile_of_a_kind_that_is_not_there_names_those_that_are(run, museum):
    refused = run("profile", "--kind", "ship", "--archive", museum)
    assert refused.code == 2
    assert "relic_site" in refused.err


def test_a_wrong_profile_is_told_cell_by_cell_by_profile_and_by_check(run, museum, tmp_path):
    path = museum / "profile.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("dcterms:created", "dcterms:made", 1), encoding="utf-8")
    source = write_csv(tmp_path / "s" / "a.csv", HEAD, ("1", "Trống"))
    for arguments in (("profile",), ("check",), ("check", source)):
        told = run(*arguments, "--archive", museum)
        assert told.code == 3
        assert "profile.csv: 9, propertyID: error [PROFILE-bad-value]" in told.out
    refused = run("ingest", source, "--archive", museum)
    assert refused.code == 3
    assert "9, propertyID: The profile has 'dcterms:made' here" in refused.err


def test_check_without_a_source_checks_the_profile_of_the_archive_one_is_in(run, museum, tmp_path):
    assert run("check", cwd=museum).code == 0
    assert run("check", cwd=tmp_path).code == 2


@pytest.mark.parametrize("kind", ["artifact", "relic_site", "film_sound", "intangible", "person"])
def test_a_template_is_read_back_as_the_kind_it_was_made_for(run, museum, tmp_path, kind):
    path = tmp_path / "s" / "so.xlsx"
    path.parent.mkdir()
    made = run("--lang", "vi", "profile", "--kind", kind, "--template", path, "--archive", museum)
    assert made.code == 0
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    fields = parse_profile(shipped_profile_text("museum")).of(kind)
    assert [cell.value for cell in sheet[1]] == [f.label("vi") for f in fields][:-1]
    assert sheet["A1"].comment.text
    for column, field in enumerate(fields, start=1):
        written = {"identifier": "1", "title": "Đồi A1"}.get(field.name)
        sheet.cell(2, column).value = written
    book.save(path)
    checked = json.loads(run("check", path.parent, "--json", "--archive", museum).out)
    codes = {finding["code"] for finding in checked["findings"]}
    assert not codes & {"COLUMN-unknown", "COLUMN-similar", "COLUMN-missing", "COLUMN-duplicate"}
    run("ingest", path.parent, "--archive", museum)
    records = list((museum / "store").rglob("record-*.json")) or [
        p
        for p in (museum / "store").rglob("*")
        if p.is_file() and b"hoaban-record" in p.read_bytes()
    ]
    if kind == "intangible":
        assert records == []  # the domain is required, so the row waits for it
    else:
        assert (f'"kind": "{kind}"' in records[0].read_text("utf-8")) == (kind != "artifact")


def test_a_label_that_looks_like_a_formula_is_written_as_text(run, museum, tmp_path):
    path = museum / "profile.csv"
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace(",Số kiểm kê,", ",=1+1,", 1), encoding="utf-8")
    template, table = tmp_path / "t.xlsx", tmp_path / "d.csv"
    run("--lang", "vi", "profile", "--template", template, "--dctap", table, "--archive", museum)
    assert openpyxl.load_workbook(template).worksheets[0]["A1"].data_type == "s"
    assert ",'=1+1," in table.read_text(encoding="utf-8-sig")


def test_profile_writes_over_nothing(run, museum, tmp_path):
    (tmp_path / "t.xlsx").write_text("mine", encoding="utf-8")
    for option in ("--template", "--dctap", "--shipped"):
        assert run("profile", option, tmp_path / "t.xlsx", "--archive", museum).code == 9
    assert (tmp_path / "t.xlsx").read_text(encoding="utf-8") == "mine"


def test_the_shipped_profile_can_be_had_outside_an_archive(run, tmp_path):
    assert run("profile", "--shipped", "p.csv", cwd=tmp_path).code == 0
    text = (tmp_path / "p.csv").read_text(encoding="utf-8-sig")
    assert text == shipped_profile_text("museum")


def test_check_remembers_what_a_column_is_and_keeps_the_comments(run, museum, tmp_path):
    source = write_csv(
        tmp_path / "s" / "a.csv", (*HEAD, "Nơi cất", "Mã cũ"), ("1", "Trống", "Kho A", "x")
    )
    before = (museum / "hoaban.toml").read_text(encoding="utf-8")
    first = run("check", source, "--archive", museum)
    assert "COLUMN-unknown" in first.out
    told = run(
        "check", source, "--map", "Nơi cất=storage_location", "--map", "Mã cũ=", "--archive", museum
    )
    assert "COLUMN-unknown" not in told.out
    after = (museum / "hoaban.toml").read_text(encoding="utf-8")
    assert after.startswith(before)
    columns = tomllib.loads(after)["intake"]["columns"]
    assert columns == {"Nơi cất": "storage_location", "Mã cũ": ""}
    assert "COLUMN-unknown" not in run("check", source, "--archive", museum).out
    assert "COLUMN-unknown" not in run("ingest", source, "--archive", museum).out


@pytest.mark.parametrize("entry", ["Nơi cất=nowhere", "Nơi cất", "=title"])
def test_a_mapping_to_nothing_there_is_refused_and_not_remembered(run, museum, tmp_path, entry):
    source = write_csv(tmp_path / "s" / "a.csv", (*HEAD, "Nơi cất"), ("1", "Trống", "x"))
    before = (museum / "hoaban.toml").read_bytes()
    assert run("check", source, "--map", entry, "--archive", museum).code == 2
    assert (museum / "hoaban.toml").read_bytes() == before


def test_a_mapping_to_a_field_that_is_gone_is_told_by_check(run, museum):
    config = museum / "hoaban.toml"
    text = config.read_text(encoding="utf-8") + '\n[intake.columns]\n"Giá" = "price"\n'
    config.write_text(text, encoding="utf-8")
    told = run("check", "--archive", museum)
    assert (told.code, "COLUMN-mapped-nowhere" in told.out) == (3, True)


def test_outside_an_archive_a_mapping_holds_for_the_one_check(run, tmp_path):
    source = write_csv(tmp_path / "s" / "a.csv", (*HEAD, "Nơi cất"), ("1", "Trống", "x"))
    told = run("check", source, "--map", "Nơi cất=storage_location", cwd=tmp_path)
    assert "COLUMN-unknown" not in told.out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]


@pytest.mark.parametrize("line", ['columns = "x"', 'columns = { "a" = 1 }', 'encoding = "klingon"'])
def test_wrong_settings_of_reading_are_refused(run, museum, line):
    config = museum / "hoaban.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + f"\n[intake]\n{line}\n", encoding="utf-8"
    )
    assert run("check", "--archive", museum).code == 3
    assert run("status", "--archive", museum).code == 3


def test_each_kind_is_shown_with_its_own_labels_and_comes_back_from_its_export(
    run, museum, tmp_path
):
    source = write_csv(
        tmp_path / "s" / "a.csv",
        (*HEAD, "Loại hồ sơ", "Địa chỉ", "Nghề"),
        ("1", "Trống", "", "", ""),
        ("2", "Đồi A1", "Di tích", "Mường Thanh", ""),
        ("3", "Lò Văn A", "Nghệ nhân", "12 ngõ kín", "dệt"),
    )
    run("ingest", source, "--archive", museum)
    assert run("build", "--archive", museum).code == 0
    pages = [path.read_text(encoding="utf-8") for path in (museum / "site" / "vi").rglob("*.html")]
    site = next(page for page in pages if "<dt>Mã di tích</dt>" in page)
    assert "<dt>Địa chỉ</dt>" in site
    assert "Mường Thanh" in site
    person = next(page for page in pages if "<dt>Mã nhân vật</dt>" in page)
    assert "<dt>Nghề, lĩnh vực</dt>" in person
    assert not [
        p for p in (museum / "site").rglob("*") if p.is_file() and b"12 ng" in p.read_bytes()
    ]
    assert "Lò Văn A" in run("search", "dệt", "--archive", museum).out
    out = tmp_path / "again" / "a.csv"
    out.parent.mkdir()
    run("export", "csv", "--out", out, "--archive", museum)
    again = json.loads(run("ingest", out.parent, "--dry-run", "--json", "--archive", museum).out)
    changes = {item["identifier"]: item["change"] for item in again["items"]}
    # The public export leaves out the address of a person, and nothing else.
    assert changes == {"1": "unchanged", "2": "unchanged", "3": "record"}


def test_a_template_that_is_called_no_workbook_is_refused(run, tmp_path):
    ran = run("profile", "--template", tmp_path / "so.ods")
    assert ran.code == 4
    assert ".xlsx" in ran.err
    assert not (tmp_path / "so.ods").exists()
