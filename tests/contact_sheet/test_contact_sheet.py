"""The contact sheet of a batch: what it shows, where it stands, how it is made again."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.contact_sheet import page as sheet_page
from archive.contact_sheet.folder import Pictures, write_sheet
from archive.layout import Layout
from archive.settings import Settings
from archive.store import Store
from schemas.batches import (
    BatchItem,
    BatchReport,
    BatchScan,
    Outcome,
    batch_in,
    batch_name,
    is_batch_name,
    message_of,
)
from schemas.errors import EXIT_PARTIAL, RecordError
from schemas.findings import KINDS, Finding, Severity
from schemas.messages import speaking
from tests.conftest import Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, write_csv


@pytest.fixture
def museum(tmp_path: Path, run: Run) -> Path:
    """An archive that is told nothing of the quality of the small drawings of these tests."""
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    settings = folder / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    assert "\ncontrol = true" in text
    settings.write_text(text.replace("\ncontrol = true", "\ncontrol = false"), encoding="utf-8")
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return make_delivery(tmp_path / "delivery")


def ingest(run: Run, museum: Path, source: Path, code: int = 0) -> tuple[str, Path]:
    """Bring a delivery in, and return the batch and its contact sheet."""
    ran = run("ingest", "--json", source, cwd=museum)
    assert ran.code == code, ran
    report = json.loads(ran.out)
    return report["batch"], Path(report["contact_sheets"][-1])


class Page(HTMLParser):
    """The parts of a sheet the tests look at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.folder = path.parent
        self.text = path.read_text(encoding="utf-8")
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.levels: list[str] = []
        self.tags: list[str] = []
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "img" and values.get("src"):
            self.pictures.append(str(values["src"]))
        if tag == "a":
            self.links.append(str(values["href"]))
        if tag == "li" and "data-level" in values:
            self.levels.append(str(values["data-level"]))


def test_ingest_writes_a_sheet_with_every_scan_and_says_where(
    run: Run, museum: Path, delivery: Path
) -> None:
    ran = run("ingest", delivery, cwd=museum)
    sheet = next((museum / "batches").glob("*/contact-sheet.html"))
    assert f"Contact sheet, to look through: {sheet}" in ran.out
    page = Page(sheet)
    assert len(page.pictures) == 4
    for address in page.pictures + page.links[1:]:
        assert (sheet.parent / address).read_bytes()[:2] == b"\xff\xd8"
    for words in ("drum_front.tif", "BT-002", "Piêu scarf", "320 × 240 px", "300 ppi"):
        assert words in page.text


def test_the_sheet_opens_when_its_folder_is_copied_away(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    _batch, sheet = ingest(run, museum, delivery)
    copy = tmp_path / "stick"
    shutil.copytree(sheet.parent, copy)
    shutil.rmtree(museum)
    page = Page(copy / sheet.name)
    assert all((copy / address).is_file() for address in page.pictures)
    assert "http" not in page.text.replace("http-equiv", "")


def test_faulty_scans_and_those_they_keep_out_are_shown_with_what_to_do(
    run: Run, museum: Path, delivery: Path
) -> None:
    (delivery / "drum_back.jpg").write_bytes(b"")
    _batch, sheet = ingest(run, museum, delivery, EXIT_PARTIAL)
    page = Page(sheet)
    assert page.levels == ["fine", "error", "fine", "fine"]
    assert "An error in the same item keeps this scan out too." in page.text
    assert KINDS["SCAN-empty"].problem in page.text
    assert "SCAN-empty" in page.text
    assert len(page.pictures) == 2


def test_scans_without_a_row_are_in_the_summary(run: Run, museum: Path, delivery: Path) -> None:
    draw_scan(delivery / "unknown.jpg")
    _batch, sheet = ingest(run, museum, delivery)
    page = Page(sheet)
    assert page.levels == ["fine"] * 4
    assert "<b>unknown.jpg</b>" in page.text


def test_an_item_without_scans_and_twin_rows_have_tiles_of_their_own(
    run: Run, museum: Path, delivery: Path
) -> None:
    twins = (("BT-009", "Gùi", "Basket", "", ""), ("bt_009", "Nỏ", "Crossbow", "", ""))
    write_csv(delivery / "catalogue.csv", HEADINGS, [*ROWS, *twins])
    _batch, sheet = ingest(run, museum, delivery, EXIT_PARTIAL)
    page = Page(sheet)
    assert page.levels == ["fine"] * 4 + ["error"] * 2
    assert page.text.index("Basket") < page.text.index("Crossbow")


def test_only_what_a_batch_took_in_is_on_its_sheet(run: Run, museum: Path, delivery: Path) -> None:
    first, first_sheet = ingest(run, museum, delivery)
    old = [(first_sheet.parent / p).read_bytes() for p in Page(first_sheet).pictures]
    draw_scan(delivery / "scarf.jpg", colour="crimson")
    second, second_sheet = ingest(run, museum, delivery)
    assert second > first
    assert "scarf.jpg" in Page(second_sheet).text
    assert "mortar.png" not in Page(second_sheet).text
    # What was judged stays to be seen, though the archive shows the new scan now.
    assert [(first_sheet.parent / p).read_bytes() for p in Page(first_sheet).pictures] == old


def test_a_run_that_finds_nothing_new_writes_no_sheet(
    run: Run, museum: Path, delivery: Path
) -> None:
    ingest(run, museum, delivery)
    ran = run("ingest", "--json", delivery, cwd=museum)
    assert json.loads(ran.out)["contact_sheets"] == []
    assert len(list((museum / "batches").iterdir())) == 1


def test_nothing_of_a_sheet_reaches_the_site_or_an_export(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    batch, _sheet = ingest(run, museum, delivery)
    assert run("build", cwd=museum).code == 0
    assert not list((museum / "site").rglob("contact-sheet*"))
    assert not [
        path
        for path in (museum / "site").rglob("*")
        if path.is_file() and batch.encode() in path.read_bytes()
    ]


def test_every_version_says_its_batch(run: Run, museum: Path, delivery: Path) -> None:
    first, _sheet = ingest(run, museum, delivery)
    rows = [("BT-001", "Trống đồng lớn", *ROWS[0][2:]), *ROWS[1:]]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    second = json.loads(run("ingest", "--json", delivery, cwd=museum).out)["batch"]
    store = Store(Layout(museum))
    assert [v.message for v in store.history("bt-001")] == [
        f"Ingest, batch {first}",
        f"Update, batch {second}",
    ]
    status = run("status", cwd=museum).out
    assert first in status
    assert second in status


def test_the_sheet_is_made_again_in_another_language(
    run: Run, museum: Path, delivery: Path
) -> None:
    batch, sheet = ingest(run, museum, delivery)
    before = sheet.read_bytes()
    ran = run("--lang", "vi", "contact-sheet", batch, cwd=museum)
    assert ran.code == 0
    assert str(sheet) in ran.out
    assert 'lang="vi"' in sheet.read_text("utf-8")
    assert "Trống đồng" in sheet.read_text("utf-8")
    run("contact-sheet", cwd=museum)
    assert sheet.read_bytes() == before


def test_a_lost_folder_is_made_again_from_the_store_alone(
    run: Run, museum: Path, delivery: Path
) -> None:
    batch, sheet = ingest(run, museum, delivery)
    shutil.rmtree(museum / "batches")
    (museum / "catalogue.db").unlink()
    assert run("rebuild", cwd=museum).code == 0
    assert run("contact-sheet", batch, cwd=museum).code == 0
    page = Page(sheet)
    assert len(page.pictures) == 4
    assert "made again from the store" in page.text


def test_a_report_that_came_back_without_its_pictures_gets_those_of_today(
    run: Run, museum: Path, delivery: Path
) -> None:
    batch, sheet = ingest(run, museum, delivery)
    before = sheet.read_bytes()
    report = sheet.with_name("batch.json").read_bytes()
    sheet.with_name("seen.txt").write_text("all looked through", "utf-8")
    # As in an archive restored from a copy, which has the reports alone.
    for name in ("contact-sheet.html", "contact-sheet_files"):
        (sheet.parent / name).rename(museum.parent / name)
    derivatives = (museum / "derivatives").rename(museum / "not-made-yet")
    assert run("contact-sheet", batch, cwd=museum).code == 0
    assert not Page(sheet).pictures
    derivatives.rename(museum / "derivatives")
    assert run("contact-sheet", batch, cwd=museum).code == 0
    assert sheet.read_bytes() == before
    assert sheet.with_name("batch.json").read_bytes() == report
    assert sheet.with_name("seen.txt").is_file()
    assert [(sheet.parent / name).is_file() for name in Page(sheet).pictures] == [True] * 4


def test_an_unknown_batch_is_refused_with_those_there_are(
    run: Run, museum: Path, delivery: Path
) -> None:
    nothing = run("contact-sheet", cwd=museum)
    assert nothing.code != 0
    assert "There is no batch yet" in nothing.err
    batch, _sheet = ingest(run, museum, delivery)
    for wrong in ("2001-01-01-000000", "../../etc", "x"):
        ran = run("contact-sheet", wrong, cwd=museum)
        assert ran.code != 0
        assert wrong in ran.err
        assert batch in ran.err


def test_a_damaged_report_says_what_to_do(run: Run, museum: Path, delivery: Path) -> None:
    batch, sheet = ingest(run, museum, delivery)
    (sheet.parent / "batch.json").write_text('{"format": "other"}', encoding="utf-8")
    ran = run("contact-sheet", batch, cwd=museum)
    assert ran.code == RecordError.exit_code
    assert "Remove this folder" in ran.err


# --- before anything is archived -------------------------------------------------------------


def test_check_writes_a_sheet_of_a_delivery(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    (delivery / "scarf.jpg").write_bytes(b"not an image")
    draw_scan(delivery / "copy.png", colour="sienna")
    rows = [*ROWS, ("BT-004", "Cối", "Mortar", "gỗ", "copy.png")]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    sheet = tmp_path / "for the photographer" / "sheet.html"
    ran = run("check", delivery, "--contact-sheet", sheet, cwd=museum)
    assert ran.code == EXIT_PARTIAL
    assert str(sheet) in ran.out
    page = Page(sheet)
    assert page.levels == ["fine", "fine", "error", "fine", "warning"]
    assert len(page.pictures) == 4
    assert all((sheet.parent / address).is_file() for address in page.pictures)
    assert "SCAN-not-an-image" in page.text
    assert "SCAN-duplicate" in page.text


@pytest.mark.parametrize("name", ["sheet.html", "deep/sheet.html"])
def test_a_sheet_among_the_scans_is_refused(run: Run, delivery: Path, name: str) -> None:
    before = sorted(delivery.rglob("*"))
    ran = run("check", delivery, "--contact-sheet", delivery / name)
    assert ran.code != 0
    assert "among the scans" in ran.err
    assert sorted(delivery.rglob("*")) == before


def test_a_sheet_never_replaces_something_that_is_no_page(
    run: Run, delivery: Path, tmp_path: Path
) -> None:
    table = tmp_path / "catalogue.xlsx"
    table.write_bytes(b"precious")
    ran = run("check", delivery, "--contact-sheet", table)
    assert ran.code != 0
    assert "must end in .html" in ran.err
    assert table.read_bytes() == b"precious"


# --- text from outside -----------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)>\"'</script></title><!--{{7*7}}"


def report_of(name: str, *, title: str = "", picture: str = "") -> BatchReport:
    finding = Finding("SCAN-duplicate", path=name, item_id="i", values={"other": name})
    scan = BatchScan(name, 10, 20, 2, 300.0, "TIFF", picture, picture)
    item = BatchItem("i", title or name, (("vi", title),), Outcome.ADDED, (scan,), (finding,))
    return BatchReport("2026-11-22-083015", name, "2026-11-22T08:30:15Z", (item,), (finding,))


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1).filter(str.strip), st.text())
def test_no_text_of_a_delivery_becomes_markup(name: str, title: str) -> None:
    plain = sheet_page.sheet_html(report_of("a"), Settings(), pictures="p")
    hostile = sheet_page.sheet_html(
        report_of(name + HOSTILE, title=title + HOSTILE), Settings(), pictures="p"
    )
    assert [tag for tag in _tags(hostile) if tag != "title"] == [
        tag for tag in _tags(plain) if tag != "title"
    ]


def _tags(text: str) -> list[str]:
    class Tags(HTMLParser):
        found: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append(f"{tag} {sorted(name for name, _value in attrs)}")

    parser = Tags()
    parser.found = []
    parser.feed(re.sub(r"<(style|script)>.*?</\1>", "", text, count=2, flags=re.DOTALL))
    return parser.found


@given(
    st.lists(st.sampled_from(sorted(KINDS)), max_size=6),
    st.sampled_from(list(Outcome)),
    st.text(),
)
def test_a_report_survives_the_way_to_json_and_back(
    codes: list[str], outcome: Outcome, title: str
) -> None:
    findings = tuple(Finding(code, path="a", row=3, values={"x": title}) for code in codes)
    item = BatchItem("i", "I", (("", title),), outcome, (BatchScan("a"),), findings)
    report = BatchReport("n", "s", "2026-11-22T08:30:15Z", (item,), findings, is_restored=True)
    assert BatchReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_notes_ask_nothing_of_anybody() -> None:
    notes = [code for code, kind in KINDS.items() if kind.severity is Severity.INFO]
    item = BatchItem("i", "I", (), Outcome.ADDED, (BatchScan("a"),), (Finding(notes[0], path="a"),))
    report = BatchReport("n", "s", "2026-11-22T08:30:15Z", (item,))
    (tile,) = sheet_page._tiles(report)
    assert tile.level == "fine"


def test_names_of_batches() -> None:
    name = batch_name("2026-11-22T08:30:15Z")
    assert name == "2026-11-22-083015"
    assert is_batch_name(name)
    assert batch_in(message_of("Ingest", name)) == name
    assert batch_in("Ingest") == ""
    assert not is_batch_name("../2026-11-22-083015")


def test_pictures_of_another_disk_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("archive.contact_sheet.folder.os.link", refuse)
    draw_scan(tmp_path / "a.jpg")
    sources = {("i", "a"): Pictures(tmp_path / "a.jpg", tmp_path / "a.jpg")}
    sheet = tmp_path / "out" / "sheet.html"
    with speaking("vi"):
        write_sheet(sheet, Settings(), report_of("a"), sources)
        write_sheet(sheet, Settings(), report_of("a"), sources)
    copy = tmp_path / "out" / "sheet_files" / "000" / "000000.jpg"
    assert copy.read_bytes() == (tmp_path / "a.jpg").read_bytes()
