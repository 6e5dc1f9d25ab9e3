"""The CSV export: what stands where, that nothing runs, and that texts come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export import FORMATS, ExportContext
from schemas.cells import quote_cell, unquote_cell
from schemas.dublincore import Statement
from schemas.errors import SourceError, StoreWriteError
from schemas.profile import parse_profile

Make = Callable[..., Any]
export_csv = FORMATS["csv"].write


def rows_of(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_row_an_item_and_a_column_a_field_and_language(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [
        make_item(
            "BT.1",
            Statement("title", "Khăn piêu", "vi", field="title"),
            Statement("title", "Headscarf", "en", field="title"),
            Statement("medium", "vải", "vi", field="material"),
            Statement("medium", "chỉ", "vi", field="material"),
            masters={"a.tif": b"a", "b/c.tif": b"c"},
        ),
        make_item(
            "BT.2",
            Statement("title", "Rìu", field="title"),
            Statement("license", "CC BY", uri="http://example.org/by", field="rights_uri"),
        ),
    ]
    report = export_csv(iter(items), tmp_path / "out.csv", context)
    first, second = rows_of(tmp_path / "out.csv")
    assert list(first) == [
        "identifier",
        "title",
        "title@en",
        "title@vi",
        "material@vi",
        "rights_uri",
        "files",
        "access",
    ]
    assert first["title@vi"] == "Khăn piêu"
    assert first["title@en"] == "Headscarf"
    assert first["material@vi"] == "vải; chỉ"
    assert first["files"] == "a.tif; b/c.tif"
    assert first["access"] == "public"
    assert second["title"] == "Rìu"
    assert second["rights_uri"] == "CC BY <http://example.org/by>"
    assert (report.items, report.files) == (2, 1)
    assert report.size_bytes == (tmp_path / "out.csv").stat().st_size


def test_the_same_items_give_the_same_bytes(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item()
    for name in ("one.csv", "two.csv"):
        export_csv([item], tmp_path / name, context)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_what_the_public_is_not_shown_is_left_out_unless_told(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    profile = parse_profile(
        "field,propertyID,role,shown\nidentifier,identifier,identifier,true\n"
        "title,title,value,true\ndonor,provenance,value,false\n"
    )
    item = make_item(
        "BT.1",
        Statement("title", "Rìu", field="title"),
        Statement("provenance", "Ông A", field="donor"),
        Statement("subject", "x", field="gone"),
        extra=(("Giá", "100"),),
    )
    public = replace(context, profile=profile)
    export_csv([item], tmp_path / "public.csv", public)
    assert set(rows_of(tmp_path / "public.csv")[0]) == {"identifier", "title", "files", "access"}
    export_csv([item], tmp_path / "all.csv", replace(public, is_complete=True))
    assert rows_of(tmp_path / "all.csv")[0]["donor"] == "Ông A"


@pytest.mark.parametrize(
    "text", ["=1+1", "+84 123", "-5", "@SUM(A1)", "\t=1", "\r=1", " =cmd", "＝1", "'=1", "''\n"]
)
def test_a_cell_that_starts_a_formula_is_neutralised_and_comes_back(text: str) -> None:
    assert quote_cell(text) == "'" + text
    assert unquote_cell(quote_cell(text)) == text


@pytest.mark.parametrize("text", ["", "Rìu", "'quoted'", "a=b", "'", "77.AO.84"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert quote_cell(text) == text
    assert unquote_cell(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n aĐ＝"), max_size=8) | st.text())
def test_unquoting_restores_every_text(text: str) -> None:
    quoted = quote_cell(text)
    assert unquote_cell(quoted) == text
    assert not quoted.lstrip().startswith(("=", "+", "-", "@"))


def test_formulas_in_a_record_do_not_run_and_texts_survive_the_file(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    text = '=HYPERLINK("http://x";"a")\r\nsecond, line'
    item = make_item("BT.1", Statement("title", text, "vi", field="title"))
    export_csv([item], tmp_path / "out.csv", context)
    cell = rows_of(tmp_path / "out.csv")[0]["title@vi"]
    assert cell.startswith("'=")
    assert unquote_cell(cell) == text


def test_nothing_selected_is_an_error_and_leaves_nothing(
    context: ExportContext, tmp_path: Path
) -> None:
    for entry in FORMATS.values():
        with pytest.raises(SourceError, match="No item"):
            entry.write(iter(()), tmp_path / "out.x", context)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_already_is_never_replaced(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    for entry in FORMATS.values():
        with pytest.raises(StoreWriteError, match="replaces nothing"):
            entry.write([make_item(entry.name)], out, context)
    assert out.read_text(encoding="utf-8") == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"out.csv", "store"}
