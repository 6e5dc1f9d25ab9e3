"""A delivery in legacy text, from the sheet to the search and the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from archive.layout import Layout
from archive.store import Store
from tests.conftest import Run
from tests.flows.deliveries import draw_scan
from tests.schemas.legacy_writing import write_legacy

ROWS = (
    ("Số kiểm kê", "Tên gọi", "Chất liệu", "Tệp ảnh"),
    ("ĐB-001", "Trống đồng", "Đồng thau", "drum.jpg"),
    ("ĐB-002", "Khăn piêu của người Thái", "Vải bông", "scarf.jpg"),
)


@pytest.fixture
def museum(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Two scans, and a register typed in ABC fonts."""
    folder = tmp_path / "delivery"
    draw_scan(folder / "drum.jpg")
    draw_scan(folder / "scarf.jpg", colour="indigo")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append([write_legacy(cell, "tcvn3") for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.font = Font(name=".VnTime")
    book.save(folder / "so.xlsx")
    return folder


def records(museum: Path) -> dict[str, dict[str, Any]]:
    store = Store(Layout(museum))
    found = [store.read(item_id).record.to_json() for item_id in store.iter_item_ids()]
    return {record["identifier"]: record for record in found}


def test_register_in_abc_fonts_becomes_a_unicode_archive(
    run: Run, museum: Path, delivery: Path
) -> None:
    ran = run("ingest", delivery, "--yes", cwd=museum)
    assert ran.code == 0, ran
    assert "TEXT-legacy-rescued" in ran.out
    record = records(museum)["ĐB-001"]
    assert [statement["value"] for statement in record["statements"]] == ["Trống đồng", "Đồng thau"]
    assert ["Tên gọi", "Trèng ®ång"] in record["originals"]
    for words in ("trống đồng", "trong dong"):
        assert "Trống đồng" in run("search", words, cwd=museum).out
    # What was found is kept, never searched and never published.
    # (In quotes, for a single slip would be corrected.)
    assert "Trống đồng" not in run("search", '"Trèng ®ång"', cwd=museum).out
    assert run("build", cwd=museum).code == 0
    pages = [path.read_text(encoding="utf-8") for path in (museum / "site").rglob("*.html")]
    assert any("Khăn piêu của người Thái" in page for page in pages)
    everything = b"".join(p.read_bytes() for p in (museum / "site").rglob("*") if p.is_file())
    assert "Trèng".encode() not in everything
    again = run("ingest", delivery, "--yes", cwd=museum)
    assert "unchanged: 2" in again.out.lower() or "2 unchanged" in again.out.lower(), again.out


def test_without_an_answer_rows_are_set_aside_until_there_is_one(
    run: Run, museum: Path, delivery: Path
) -> None:
    ran = run("ingest", delivery, cwd=museum)
    assert ran.code == 10
    assert "TEXT-legacy-waits" in ran.out
    assert records(museum) == {}
    assert run("ingest", delivery, "--yes", cwd=museum).code == 0
    assert sorted(records(museum)) == ["ĐB-001", "ĐB-002"]


@pytest.mark.parametrize(("answer", "code", "identifiers"), [("y", 0, 2), ("n", 10, 0)])
def test_a_person_at_a_terminal_is_asked(
    run: Run,
    museum: Path,
    delivery: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    identifiers: int,
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_options: object) -> bool:
        asked.append(question)
        return answer == "y"

    monkeypatch.setattr("pipeline.commands.legacy_text.click.confirm", confirm)
    monkeypatch.setattr("pipeline.commands.legacy_text.is_terminal", lambda: True)
    ran = run("ingest", delivery, cwd=museum)
    assert asked == ["Convert it to Unicode?"]
    assert "Trèng ®ång → Trống đồng" in ran.err
    assert ".VnTime" in ran.err
    assert (ran.code, len(records(museum))) == (code, identifiers)


def test_check_shows_each_column_before_and_after(run: Run, museum: Path, delivery: Path) -> None:
    ran = run("check", delivery, cwd=museum)
    assert ran.code == 10
    assert "[TEXT-legacy-found]" in ran.out
    assert "'Trèng ®ång' → 'Trống đồng'" in ran.out
    agreed = run("check", delivery, "--yes", cwd=museum)
    assert (agreed.code, "[TEXT-legacy-rescued]" in agreed.out) == (0, True)


def test_dry_run_says_what_would_be_set_aside(run: Run, museum: Path, delivery: Path) -> None:
    assert run("ingest", delivery, "--dry-run", cwd=museum).code == 10
    assert run("ingest", delivery, "--dry-run", "--yes", cwd=museum).code == 0
    assert records(museum) == {}


def test_decision_can_be_remembered(run: Run, museum: Path, delivery: Path) -> None:
    path = museum / "hoaban.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[archive]", '[archive]\nlegacy_text = "convert"'), "utf-8")
    assert run("ingest", delivery, cwd=museum).code == 0
    path.write_text(text.replace("[archive]", '[archive]\nlegacy_text = "yes"'), "utf-8")
    assert "ask, convert, keep" in run("ingest", delivery, cwd=museum).err


@pytest.mark.parametrize("charset", ["tcvn3", "vni", "viscii", "cp1258"])
def test_csv_in_a_legacy_charset_goes_the_same_way(
    run: Run, museum: Path, delivery: Path, charset: str
) -> None:
    (delivery / "so.xlsx").unlink()
    lines = [",".join(write_legacy(cell, charset) for cell in row) for row in ROWS]
    (delivery / "so.csv").write_bytes("\r\n".join(lines).encode("latin-1"))
    assert run("ingest", delivery, "--yes", cwd=museum).code == 0
    titles = [record["statements"][0]["value"] for record in records(museum).values()]
    assert sorted(titles) == ["Khăn piêu của người Thái", "Trống đồng"]
