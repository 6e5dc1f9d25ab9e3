"""A delivery made to do harm: each thing is told, nothing happens, and the rest goes in."""

from __future__ import annotations

import csv
import json
import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from PIL import Image

from tests.conftest import Run
from tests.flows.deliveries import draw_scan, write_csv
from tests.hostile.scans import QUIET, REFUSED, SCANS, write_scans
from tests.site.reading import Page, pages

HEADINGS = ("Số kiểm kê", "Tên gọi", "Tệp ảnh")


def number_of(name: str) -> str:
    return "X-" + name.replace(".", "-")


@pytest.fixture
def museum(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "museum"
    assert run("init", folder).code == 0
    settings = folder / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    for name, value in (
        ("max_megapixels", 100), ("item_timeout_s", 120), ("memory_limit_mb", 1500)
    ):  # fmt: skip
        text = re.sub(rf"{name} = \d+", f"{name} = {value}", text)
    settings.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "delivery"
    draw_scan(folder / "good.jpg")
    return folder


def catalogue(folder: Path, *rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> None:
    write_csv(folder / "catalogue.csv", headings, [("TỐT-1", "Vật tốt", "good.jpg"), *rows])


def findings(out: str, *severities: str) -> dict[str, set[str]]:
    """The codes of findings, by file; of errors unless others are asked for."""
    found: dict[str, set[str]] = {}
    for finding in json.loads(out)["findings"]:
        if finding["severity"] in (severities or ("error",)):
            found.setdefault(finding["path"], set()).add(finding["code"])
    return found


def ids_of(out: str) -> set[str]:
    return set(json.loads(out)["added"])


@pytest.mark.slow
def test_every_hostile_scan_is_told_or_harmless_and_the_batch_goes_on(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    names = write_scans(delivery)
    catalogue(delivery, *((number_of(name), name, name) for name in names))

    checked = run("check", "--json", delivery, cwd=museum)
    ran = run("ingest", "--json", delivery, cwd=museum)

    assert ran.code == 10, ran.err
    told = findings(ran.out)
    noted = findings(ran.out, "warning", "info")
    for name, (_make, codes) in SCANS.items():
        if codes is REFUSED:
            assert told.get(name, set()) & codes, name
        else:
            assert name not in told, (name, told.get(name))
            assert codes <= noted.get(name, set()), name
    shown = {number_of(name).lower() for name, (_make, codes) in SCANS.items() if codes != REFUSED}
    assert ids_of(ran.out) >= shown
    assert len(ids_of(ran.out)) == len(shown) + 1
    assert {path: codes for path, codes in findings(checked.out).items() if path in SCANS} == {
        path: codes for path, codes in told.items() if path in SCANS
    }
    assert str(museum) not in ran.out.replace(json.dumps(str(museum / "quarantine")), "").replace(
        json.dumps(str(museum / "batches"))[1:-1], ""
    )
    assert run("build", cwd=museum).code == 0
    assert run("audit", cwd=museum).code == 0
    made = list((museum / "derivatives").rglob("access.jpg"))
    assert len(made) == len(shown) + 1


@pytest.mark.slow
def test_a_scan_cut_short_anywhere_never_stops_the_others(
    run: Run, museum: Path, delivery: Path
) -> None:
    noise = Image.effect_noise((96, 64), 60).convert("RGB")
    names = []
    for ending in ("jpg", "png", "tif", "webp", "gif", "jp2", "avif", "bmp"):
        noise.save(delivery / f"whole.{ending}")
        data = (delivery / f"whole.{ending}").read_bytes()
        (delivery / f"whole.{ending}").unlink()
        for part in range(16):
            names.append(f"cut-{part:02d}.{ending}")
            (delivery / names[-1]).write_bytes(data[: len(data) * part // 16])
    catalogue(delivery, *((number_of(name), name, name) for name in names))

    ran = run("ingest", "--json", delivery, cwd=museum)

    assert ran.code == 10
    told = findings(ran.out)
    # The last cuts of a format without checksums may leave a picture with a grey edge.
    assert len(told.keys() & names) > 0.8 * len(names)
    assert len(ids_of(ran.out)) == 1 + len(names) - len(told.keys() & names)


# Numbers and names that would do harm as paths.
ODD_NUMBERS = (
    ("../../etc/1", "Vật 1", "CON.jpg"),
    ("..\\..\\windows", "Vật 2", "nul.tif"),
    ("CON", "Vật 3", "COM1.png"),
    ("nul.txt", "Vật 4", "aux"),
    ("/absolute", "Vật 5", "a" * 200 + ".jpg"),
    ("C:\\x", "Vật 6", "-rf.jpg"),
    ("a/../../../b", "Vật 7", ""),
)


def test_names_from_outside_never_become_paths(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.jpg"
    draw_scan(outside, colour="red")
    secret = outside.read_bytes()
    (delivery / "link.jpg").symlink_to(outside)
    (delivery / "passwd.jpg").symlink_to("/etc/passwd")
    (delivery / "folder").symlink_to(tmp_path)
    (delivery / "loop.jpg").symlink_to("loop.jpg")
    os.mkfifo(delivery / "pipe.jpg")
    odd = ["CON.jpg", "nul.tif", "COM1.png", "aux", "a" * 200 + ".jpg", " space .jpg", "-rf.jpg"]
    for name in odd:
        draw_scan(delivery / "x.jpg")
        (delivery / "x.jpg").rename(delivery / name)
    draw_scan(delivery / "x.jpg")
    for name in ("x\\..\\up.jpg", "C:evil.jpg", "line\nbreak.jpg", "\u202egpj.exe.jpg"):
        (delivery / name).write_bytes((delivery / "x.jpg").read_bytes())
    rows = [
        *ODD_NUMBERS,
        ("BT-1", "Vật 8", "../outside.jpg"),
        ("BT-2", "Vật 9", "link.jpg"),
        ("BT-3", "Vật 10", "folder/outside.jpg"),
        ("BT-4", "Vật 11", "/etc/passwd"),
        ("BT-5", "Vật 12", "C:evil.jpg"),
    ]
    catalogue(delivery, *rows)
    before = {path for path in tmp_path.rglob("*") if museum not in path.parents}

    ran = run("ingest", "--json", delivery, cwd=museum)
    run("build", cwd=museum)

    assert ran.code == 10, ran.err
    data = json.loads(ran.out)
    codes = {(f["path"], f["code"]) for f in data["findings"] if f["severity"] == "error"}
    for name in ("link.jpg", "loop.jpg", "passwd.jpg", "folder", "x\\..\\up.jpg", "C:evil.jpg"):
        assert (name, "MATCH-unsafe-name") in codes, name
    assert ("line\\nbreak.jpg", "SCAN-unreadable") in codes
    assert ("\u202egpj.exe.jpg", "SCAN-turned-name") in codes
    assert ("pipe.jpg", "SCAN-unreadable") in codes
    assert {item for item in data["added"] if item.startswith("bt-")} == set()
    assert len(data["added"]) == 8
    assert {path for path in tmp_path.rglob("*") if museum not in path.parents} == before
    device = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
    for path in museum.rglob("*"):
        assert not device.match(path.name), path
        assert path.name.isascii(), path
        assert not path.is_symlink()
        if path.is_file() and path.suffix == ".jpg":
            assert path.read_bytes() != secret
    names = [
        path.relative_to(museum / "store").as_posix() for path in (museum / "store").rglob("*")
    ]
    assert len({name.casefold() for name in names}) == len(names)


def test_names_equal_after_normalising_or_folding_are_told(
    run: Run, museum: Path, delivery: Path
) -> None:
    for name in ("Ảnh.jpg", "A\u0309nh.jpg", "STRASSE.png", "straße.png"):
        draw_scan(delivery / "x.jpg")
        (delivery / "x.jpg").rename(delivery / name)
    catalogue(
        delivery, ("N-1", "Vật 1", "Ảnh.jpg"), ("N-2", "Vật 2", "straße.png"), ("N-3", "Vật 3", "")
    )
    ran = run("ingest", "--json", delivery, cwd=museum)
    assert ran.code == 10
    told = {(f["item"], f["code"]) for f in json.loads(ran.out)["findings"]}
    assert {("n-1", "MATCH-name-collision"), ("n-2", "MATCH-name-collision")} <= told
    assert not ids_of(ran.out) & {"n-1", "n-2"}


# --- sheets ---


def workbook(path: Path, **parts: bytes) -> Path:
    """A good workbook with some parts replaced; ``__`` stands for ``/`` in their names."""
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(("TỐT-1", "Vật tốt", "good.jpg"))
    book.save(path)
    with zipfile.ZipFile(path) as whole:
        contents = {name: whole.read(name) for name in whole.namelist()}
    contents |= {name.replace("__", "/") + ".xml": data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in contents.items():
            packed.writestr(name, data)
    return path


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
LOL = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "&%c;&%c;&%c;&%c;&%c;&%c;&%c;&%c;">' % ((98 + n,) + (97 + n,) * 8)
        for n in range(9)
    )
    + b"]><x>&j;</x>"
)
BOOKS = {
    "bomb": {"xl__worksheets__sheet1": SHEET + b"<row/>" * 4_000_000},
    "laughs": {"xl__sharedStrings": LOL},
    "outside": {"xl__workbook": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'},
    "far-row": {"xl__worksheets__sheet1": SHEET + b'<row r="999999999"><c r="ZZZZ999999999"><v>1'
                b"</v></c></row></sheetData></worksheet>"},
    "deep": {"xl__worksheets__sheet1": b"<a>" * 200_000},
    "no-strings": {"xl__worksheets__sheet1": SHEET + b'<row r="1"><c r="A1" t="s"><v>99999999</v>'
                   b"</c></row></sheetData></worksheet>"},
}  # fmt: skip


@pytest.mark.parametrize("kind", BOOKS)
def test_a_hostile_workbook_is_refused_with_a_finding(
    kind: str, run: Run, museum: Path, delivery: Path
) -> None:
    workbook(delivery / "so.xlsx", **BOOKS[kind])
    for command in ("check", "ingest"):
        ran = run(command, "--json", delivery, cwd=museum)
        assert ran.code in (4, 10), (ran.code, ran.err)
        codes = {f["code"] for f in json.loads(ran.out)["findings"] if f["severity"] == "error"}
        assert any(code.startswith("SHEET-") for code in codes), codes
        assert "root:" not in ran.out
    assert json.loads(run("status", "--json", cwd=museum).out)["items"] == 0


def test_a_sheet_swollen_by_a_hundred_thousand_empty_rows_is_read(
    run: Run, museum: Path, delivery: Path
) -> None:
    rows = b"".join(b'<row r="%d"/>' % n for n in range(3, 100_000))
    head = b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (column, text.encode())
        for column, text in zip((b"A", b"B", b"C"), HEADINGS, strict=True)
    )
    row = head.replace(b'1" t', b'2" t')
    for old, new in zip(HEADINGS, ("TỐT-1", "Vật tốt", "good.jpg"), strict=True):
        row = row.replace(old.encode(), new.encode())
    sheet = SHEET + b'<row r="1">' + head + b'</row><row r="2">' + row + b"</row>" + rows
    workbook(delivery / "so.xlsx", xl__worksheets__sheet1=sheet + b"</sheetData></worksheet>")
    assert run("ingest", delivery, cwd=museum).code == 0


# --- text ---

FORMULAS = ('=HYPERLINK("http://evil")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1+1")
ATTACKS = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    "javascript:window.pwned=3",
    "\"'><svg onload=window.pwned=4>",
    "<!--<script>window.pwned=5",
    "]]><x:y/>&amp;&#x3c;script&#x3e;window.pwned=6&#x3c;/script&#x3e;",
    "${7*7}{{7*7}}{% raw %}\u2028\u2029\u202e",
)


def test_formulas_are_neutral_in_every_table_that_goes_out_and_come_back(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    rows = [(f"F-{n}", formula, "") for n, formula in enumerate(FORMULAS)]
    catalogue(delivery, *rows)
    assert run("ingest", delivery, cwd=museum).code == 0
    assert run("export", "csv", "--out", tmp_path / "out.csv", cwd=museum).code == 0
    for name in ("records.csv", "records.xlsx"):
        assert run("records", "export", tmp_path / name, cwd=museum).code == 0
    for name in ("out.csv", "records.csv"):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]
    for sheet in openpyxl.load_workbook(tmp_path / "records.xlsx").worksheets:
        for row in sheet.iter_rows():
            assert not [cell for cell in row if cell.data_type == "f"]
    for name in ("records.csv", "records.xlsx"):
        ran = run("records", "import", "--dry-run", "--json", tmp_path / name, cwd=museum)
        assert ran.code == 0, ran.out
        assert not json.loads(ran.out).get("changes"), ran.out


def told_of_cells(run: Run, museum: Path, delivery: Path, texts: tuple[str, ...]) -> list[set[str]]:
    """Return what is told of each text as the name of an item, without what a row always lacks."""
    catalogue(delivery, *((f"C-{n}", text, "") for n, text in enumerate(texts)))
    ran = run("check", "--json", delivery, cwd=museum)
    found: list[set[str]] = [set() for _text in texts]
    for finding in json.loads(ran.out)["findings"]:
        if finding["code"].startswith("TEXT-") and finding["row"] is not None:
            found[finding["row"] - 3].add(finding["code"])
    return found


def test_programs_and_formulas_in_cells_are_told(run: Run, museum: Path, delivery: Path) -> None:
    told = told_of_cells(run, museum, delivery, (*ATTACKS, *FORMULAS))
    assert all("TEXT-program" in codes for codes in told[: len(ATTACKS) - 1])
    assert "TEXT-turned" in told[len(ATTACKS) - 1]
    formulas = dict(zip(FORMULAS, told[len(ATTACKS) :], strict=True))
    assert formulas.pop("-2+3") == set()
    assert all(codes == {"TEXT-formula"} for codes in formulas.values()), formulas


def test_ordinary_descriptions_are_taken_for_no_program(
    run: Run, museum: Path, delivery: Path
) -> None:
    texts = (
        "Cao < 20 cm, rộng > 5 cm & sâu 3", "- Bát (vỡ)", "-Cao(cm) 20", "+84 912 345 678",
        "@baotang", "JavaScript: sách nhập môn", "Kịch bản (script): vở chèo", "a <b>đậm</b> c",
        "≈ 1930", "---", "- nồi | chảo", "Mô-đun online=có", "1 = hỏng; 2 = tốt",
    )  # fmt: skip
    assert told_of_cells(run, museum, delivery, texts) == [set()] * len(texts)


def test_what_nothing_is_said_of_has_its_reason() -> None:
    document = (Path(__file__).parents[2] / "docs" / "fuzzing.md").read_text(encoding="utf-8")
    reasons = document.partition("## Passed over without a word")[2].partition("\n## ")[0]
    quiet = [name for name, (_make, codes) in SCANS.items() if codes is QUIET]
    odd = [name for number, _title, scan in ODD_NUMBERS for name in (number, scan) if name]
    for name in (*quiet, *odd, "-2+3"):
        assert f"`{name[:3] + '…' if len(name) > 50 else name}`" in reasons, name
    for name in re.findall(r"`([a-z0-9-]+\.[a-z]+)`: ", reasons):
        assert name in quiet, f"{name} is told now: take it out of the table"


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_letters_that_nobody_sees_are_told_and_turn_nothing_round(
    run: Run, museum: Path, delivery: Path
) -> None:
    for number, letter in enumerate(TURNING):
        draw_scan(delivery / f"T{number}_{letter}gpj.exe.jpg")
    draw_scan(delivery / "wide\u200bless.jpg")
    draw_scan(delivery / "folder\u202e" / "inside.jpg")
    draw_scan(delivery / "good.jpg")
    rows = [(f"T-{n}", f"Vật {letter}gnoud gnốrt", "") for n, letter in enumerate(TURNING)]
    catalogue(delivery, *rows)
    ran = run("ingest", "--json", delivery, cwd=museum)
    assert ran.code == 10, ran.err
    data = json.loads(ran.out)
    told = [(f["code"], f["path"], f["row"]) for f in data["findings"]]
    for number, letter in enumerate(TURNING):
        assert ("SCAN-turned-name", f"T{number}_{letter}gpj.exe.jpg", None) in told
        assert ("TEXT-turned", "catalogue.csv", number + 3) in told
    assert ("SCAN-turned-name", "folder\u202e", None) in told
    assert ("SCAN-hidden-letters", "wide\u200bless.jpg", None) in told
    assert all(letter not in f["message"] for f in data["findings"] for letter in TURNING)
    assert "t-0" in data["added"]
    said = run("check", delivery, "--contact-sheet", delivery.parent / "sheet.html", cwd=museum)
    assert "U+202E" in said.out
    assert "\\u202e" in said.out
    assert run("build", cwd=museum).code == 0
    shown = [said.out, (delivery.parent / "sheet.html").read_text("utf-8")]
    shown += [p.read_text("utf-8") for p in (museum / "batches").rglob("*.html")]
    shown += [p.read_text("utf-8") for p in (museum / "site").rglob("*.html")]
    assert not [text for text in shown if any(letter in text for letter in TURNING)]
    assert "gnoud gnốrt" in "".join(shown)


@pytest.fixture
def attacked(run: Run, museum: Path, delivery: Path) -> Path:
    """An archive each of whose texts is an attack."""
    more = "Tên gọi (Anh);Mô tả;Chất liệu;Niên đại;Nơi sản xuất;Từ khóa;Giấy phép;Nguồn;Ghi chú lạ"
    headings = (*HEADINGS, *more.split(";"))
    rows = []
    for n, attack in enumerate(ATTACKS):
        name = f"scan{n}.jpg"
        draw_scan(delivery / name)
        said = attack.replace(";", ",")
        rows.append((f"A-{n}", said, name, *[f"{said} {k}" for k in range(9)]))
    write_csv(delivery / "catalogue.csv", headings, rows)
    ran = run("ingest", delivery, cwd=museum)
    assert ran.code == 0, ran.out
    assert run("build", cwd=museum).code == 0
    return museum


def test_no_text_becomes_markup_on_any_page(run: Run, attacked: Path, tmp_path: Path) -> None:
    assert run("audit", "--report", tmp_path / "report.html", cwd=attacked).code == 0
    assert run("check", tmp_path / "delivery", "--contact-sheet", tmp_path / "checked.html",
               cwd=attacked).code in (0, 10)  # fmt: skip
    (sheet,) = (attacked / "batches").rglob("contact-sheet.html")
    made = [*pages(attacked / "site"), *map(Page, (sheet, tmp_path / "report.html",
                                                 tmp_path / "checked.html"))]  # fmt: skip
    assert len(made) > 2 * len(ATTACKS)
    for page in made:
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")], page.path
            assert attributes.get("src") != "x"
            assert tag != "svg" or "onload" not in attributes
            for name in ("href", "src", "action"):
                link = re.sub(r"[\x00-\x20]", "", attributes.get(name) or "").casefold()
                assert not link.startswith(("javascript:", "data:text", "vbscript:")), page.path
        for _attributes, text in page.scripts:
            assert "<script" not in text.casefold()
            assert "<!--" not in text
    assert sum("window.pwned=1" in "".join(page.text) for page in made) >= 2
