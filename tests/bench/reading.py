"""Time and memory of reading a catalogue: ``python -m tests.bench.reading [ROWS] [FORMAT …]``.

Writes a catalogue of ROWS rows (100,000) in each format (csv, xlsx, ods), reads it in a process
of its own, and prints rows a second and the largest memory of that process: of the rows alone, as
they stream by, and of the whole delivery, which keeps what it read. The ratio is against a bare
``csv.reader`` over the same rows.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from tests.bench import allow_bytecode

HEADINGS = (
    "Số kiểm kê", "Tên gọi", "Loại hiện vật", "Chất liệu", "Niên đại", "Kích thước", "Dân tộc",
    "Địa điểm", "Miêu tả", "Tình trạng", "Nguồn gốc", "Ghi chú",
)  # fmt: skip
ROOT = Path(__file__).parent.parent.parent
FORMATS = ("csv", "xlsx", "ods")
_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="So">'
)
_ODS_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield the headings and as many rows, no two alike."""
    yield HEADINGS
    for number in range(count):
        yield (
            f"BTĐB {number:06}", f"Trống đồng số {number}", "Nhạc khí", "Đồng; gỗ",
            f"Thế kỷ {number % 20}", f"Cao {number % 90} cm", "Thái", "Mường Thanh, Điện Biên",
            f"Mặt trống có ngôi sao mười hai cánh, bốn tượng cóc, ghi chép lần {number}.",
            "Còn nguyên", "Sưu tầm", "",
        )  # fmt: skip


def write_catalogue(path: Path, count: int) -> None:
    """Write a catalogue in the format that its name says."""
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Sổ")
        for row in rows(count):
            sheet.append(row)
        book.save(path)
    elif path.suffix == ".ods":
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("content.xml", "w", force_zip64=True) as content,
        ):
            content.write(_ODS_HEAD.encode())
            for row in rows(count):
                cells = "".join(cell.format(escape(text)) for text in row)
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            content.write(_ODS_TAIL.encode())
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows(count))


def _measure(what: str, path: Path) -> None:
    """Read in this process, and print seconds, rows and megabytes."""
    import resource

    from archive.settings import Settings
    from pipeline.intake import read_delivery
    from pipeline.intake.headings import Headings
    from pipeline.intake.sheet import open_sheets
    from schemas.profile import parse_profile, shipped_profile_text

    profile = parse_profile(shipped_profile_text("museum"))
    started = time.perf_counter()
    if what == "rows":
        with open_sheets(path, count_known=Headings(profile).count_known) as sheets:
            count = sum(1 for sheet in sheets for _row in sheet.rows)
    elif what == "delivery":
        count = len(read_delivery(path.parent, profile=profile, settings=Settings()).items)
    else:
        with path.open(encoding="utf-8", newline="") as file:
            count = sum(1 for _row in csv.reader(file))
    elapsed = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{elapsed} {count} {peak_mb}\n")


def measured(what: str, path: Path) -> tuple[float, int, float]:
    """Return seconds, rows and megabytes of reading in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.reading", "--measure", what, str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    elapsed, count, peak_mb = done.stdout.split()
    return float(elapsed), int(count), float(peak_mb)


def main(count: int, formats: tuple[str, ...]) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.csv"
        write_catalogue(bare, count)
        floor_s, _count, floor_mb = measured("bare", bare)
        sys.stdout.write(f"{count} rows; bare csv.reader {floor_s:.2f} s, {floor_mb:.0f} MB\n")
        for name in formats:
            path = Path(folder) / name / f"so.{name}"
            path.parent.mkdir()
            write_catalogue(path, count)
            for what in ("rows", "delivery"):
                elapsed, read, peak_mb = measured(what, path)
                sys.stdout.write(
                    f"{name:5} {what:9} {elapsed:6.1f} s {read / elapsed:8.0f} rows/s "
                    f"{elapsed / floor_s:6.1f} × bare  {peak_mb:5.0f} MB\n"
                )


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["--measure"]:
        _measure(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int((sys.argv[1:2] or ["100000"])[0]), tuple(sys.argv[2:]) or FORMATS)
