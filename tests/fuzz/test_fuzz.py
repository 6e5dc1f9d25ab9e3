"""Anything at all, given to what reads from outside: a value, a finding, or the documented error.

In a usual run each reader gets a few dozen inputs. The long run is one command, which takes hours
where the number is large (docs/fuzzing.md)::

    HOABAN_FUZZ=20000 python -m pytest -q tests/fuzz
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.ocfl import parse_inventory
from archive.settings import Settings
from pipeline.identify import identify
from pipeline.inspect import read_header
from pipeline.intake import read_delivery
from pipeline.readers.page import ScanProblem
from schemas.access import parse_access_terms
from schemas.dates import edtf_of, parse_date
from schemas.derivatives import DerivativeSet
from schemas.dublincore import Statement
from schemas.errors import RecordError, SourceError
from schemas.events import parse_events_document
from schemas.measures import parse_measures
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Access, Record, View
from schemas.technical import parse_technical_document
from schemas.xml import parse_xml
from search.query import parse_query
from tests.hostile.scans import exif_counts, exif_loop, jpeg_with_exif, tiff, tiff_of
from tests.intake.spreadsheets import row, sheet, text, write_ods

EXAMPLES = int(os.environ.get("HOABAN_FUZZ", "25"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
slowly_fuzzed = settings(fuzzed, max_examples=max(10, EXAMPLES // 4))

# --- damage to files that are good ---

Damage = tuple[str, int, bytes]
damage = st.lists(
    st.tuples(
        st.sampled_from(["put", "cut", "insert", "repeat"]),
        st.integers(0, 1 << 20),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from(
                [b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"<!DOCTYPE x>", b'"', b"\n"]
            ),
        ),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


def damaged(data: bytes, hits: list[Damage]) -> bytes:
    """Return good bytes after some hits; each says what, where (modulo the length), by what."""
    found = bytearray(data)
    for kind, at, content in hits:
        at %= max(len(found), 1)
        if kind == "put":
            found[at : at + len(content)] = content
        elif kind == "insert":
            found[at:at] = content
        elif kind == "repeat":
            found[at:at] = found[at : at + 40] * 3
        else:
            del found[at : at + 1 + content[0]]
    return bytes(found)


# --- the sheet reader ---

HEADINGS = ("Số kiểm kê", "Tên gọi", "Niên đại", "Kích thước", "Mức truy cập", "Tệp ảnh")
ROWS = (
    HEADINGS,
    ("BT-1", "Trống", "1954", "12 x 3 cm", "nội bộ", "a.jpg"),
    ("7", "Cối", *[""] * 4),
)


@cache
def good_sheet(ending: str) -> bytes:
    if ending == "csv":
        return "\r\n".join(",".join(cells) for cells in ROWS).encode()
    if ending == "ods":
        with tempfile.TemporaryDirectory() as folder:
            rows = [row(*map(text, cells)) for cells in ROWS]
            return write_ods(Path(folder) / "a.ods", sheet("Sổ", *rows)).read_bytes()
    book = openpyxl.Workbook()
    for cells in ROWS:
        book.active.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_sheet(folder: Path, ending: str, data: bytes) -> None:
    """Read a delivery with a catalogue of these bytes; only a SourceError may come out."""
    for path in folder.iterdir():
        path.unlink()
    (folder / f"so.{ending}").write_bytes(data)
    (folder / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    try:
        delivery = read_delivery(folder, profile=PROFILE, settings=Settings())
    except SourceError:
        return
    for finding in (*delivery.findings, *(f for item in delivery.items for f in item.findings)):
        assert finding.message("vi")
        assert finding.message("en")
    for item in delivery.items:
        if not item.is_set_aside:
            assert Record.from_json(json.loads(item.record.to_bytes())) == item.record


PROFILE = parse_profile(shipped_profile_text("museum"))


@fuzzed
@given(data=st.one_of(st.binary(max_size=4000), st.text(max_size=2000).map(str.encode)))
def test_any_bytes_are_read_as_csv_or_told(tmp_path_factory: Any, data: bytes) -> None:
    read_sheet(tmp_path_factory.mktemp("csv"), "csv", data)


cells = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["=1+1", "nội bộ", "đến 31/12/2030", "../a.jpg", "a (nội bộ)", "\0", "9e9"]),
)  # fmt: skip


@fuzzed
@given(rows=st.lists(st.lists(cells, max_size=8), max_size=6))
def test_any_cells_are_read_or_told(tmp_path_factory: Any, rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in rows]
    data = "\r\n".join([",".join(HEADINGS), *quoted]).encode("utf-8", "surrogatepass")
    read_sheet(tmp_path_factory.mktemp("cells"), "csv", data)


@slowly_fuzzed
@given(ending=st.sampled_from(["xlsx", "ods", "csv"]), hits=damage)
def test_a_damaged_sheet_is_read_or_told(
    tmp_path_factory: Any, ending: str, hits: list[Damage]
) -> None:
    read_sheet(tmp_path_factory.mktemp("sheet"), ending, damaged(good_sheet(ending), hits))


@slowly_fuzzed
@given(ending=st.sampled_from(["xlsx", "ods"]), part=st.integers(0, 20), hits=damage)
def test_a_sheet_with_a_damaged_part_is_read_or_told(
    tmp_path_factory: Any, ending: str, part: int, hits: list[Damage]
) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good_sheet(ending))) as good,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        names = good.namelist()
        for number, name in enumerate(names):
            data = good.read(name)
            bad.writestr(name, damaged(data, hits) if number == part % len(names) else data)
    read_sheet(tmp_path_factory.mktemp("part"), ending, buffer.getvalue())


# --- readers of text ---

WORDS = (
    "thế kỷ", "thế kỉ", "đầu", "cuối", "khoảng", "triều", "Nguyễn", "niên hiệu", "năm", "tháng",
    "ngày", "trước", "sau", "TCN", "BC", "c.", "circa", "between", "and", "1954", "7/5/1954", "XX",
    "XVIII", "?", "-", "–", "/", "..", "~", "[", "]", "{", "}", "Ất Mùi", "Bảo Đại", "thứ", "8",
    "99999999999999999999", "0", "-0001", "31/02/2030", "hoặc", ";", "(", ")", "\u0309", "\0",
)  # fmt: skip
dates = st.one_of(
    st.text(max_size=120),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
)


@fuzzed
@given(dates)
def test_any_date_is_understood_or_left_alone(written: str) -> None:
    value = parse_date(written)
    if value is not None:
        assert parse_date(written) == value
        assert edtf_of(written) is None or isinstance(edtf_of(written), str)


READERS: dict[str, Callable[[str], object]] = {
    "access": parse_access_terms,
    "measures": parse_measures,
    "query": parse_query,
}


@pytest.mark.parametrize("name", READERS)
@fuzzed
@given(written=st.one_of(st.text(max_size=200), dates))
def test_any_text_is_understood_or_left_alone(name: str, written: str) -> None:
    READERS[name](written)


@fuzzed
@given(
    st.one_of(st.binary(max_size=300), damage.map(lambda hits: damaged(b"<a b='c'>d</a>", hits)))
)
def test_any_xml_is_read_or_refused(document: bytes) -> None:
    with contextlib.suppress(RecordError):
        parse_xml(document)


# --- EXIF ---

entry = st.tuples(
    st.one_of(st.sampled_from([270, 271, 274, 282, 283, 296, 306, 330, 34665, 34853, 37500]),
              st.integers(0, 65535)),
    st.integers(0, 14),
    st.one_of(st.integers(0, 9), st.sampled_from([0xFFFFFFFF, 0x7FFFFFFF, 1 << 20])),
    st.one_of(st.integers(0, 200), st.sampled_from([8, 0xFFFFFFFF, 0x7FFFFFF0])),
)  # fmt: skip


def read_scan(path: Path, data: bytes) -> None:
    """Read the header of a scan of these bytes; only a ScanProblem may come out."""
    path.write_bytes(data)
    identity = identify(path)
    if identity.format is None:
        return
    try:
        header = read_header(path, identity)
    except ScanProblem:
        return
    json.dumps(dict(header.exif)).encode()
    assert header.pages
    assert header.captured_at == "" or len(header.captured_at) == 19


@fuzzed
@given(
    entries=st.lists(entry, max_size=12),
    tail=st.binary(max_size=200),
    following=st.integers(0, 300),
)
def test_any_exif_is_read_or_left_alone(
    tmp_path_factory: Any, entries: list[tuple[int, int, int, int]], tail: bytes, following: int
) -> None:
    folder = tmp_path_factory.mktemp("exif")
    exif = tiff(entries, tail, following)
    read_scan(folder / "scan.jpg", jpeg_with_exif(exif))
    read_scan(folder / "scan.tif", exif)


SCANS = (exif_counts(), exif_loop(), tiff_of(8, 8), jpeg_with_exif(tiff([(274, 3, 1, 6)])))


@fuzzed
@given(which=st.sampled_from(SCANS), hits=damage)
def test_a_damaged_header_is_read_or_told(
    tmp_path_factory: Any, which: bytes, hits: list[Damage]
) -> None:
    read_scan(tmp_path_factory.mktemp("scan") / "scan", damaged(which, hits))


# --- records and what stands beside them in the store ---

plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
RECORD = Record(
    "BT-1",
    (Statement("title", "Trống", "vi", field="title", normal=(("edtf", "1954"),)),),
    (View("masters/a.tif", "back", "en", Access.STAFF, "2030-12-31"),),
    Access.PUBLIC,
    (("Cột", "ô"),),
    (("Cột", "«"),),
    "document",
    embargo_until="2031-01-01",
).to_json()


@st.composite
def changed_records(draw: Any) -> Any:
    """A record's JSON with something else at some of its places."""
    data = json.loads(json.dumps(RECORD))
    for _ in range(draw(st.integers(1, 3))):
        place = data
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and draw(st.booleans()):
                place = inner
                continue
            place[key] = draw(plain)
            break
    return data


@fuzzed
@given(st.one_of(plain, changed_records()))
def test_any_json_is_a_record_or_refused(data: Any) -> None:
    try:
        record = Record.from_json(data)
    except RecordError:
        return
    again = Record.from_json(json.loads(record.to_bytes()))
    assert again.to_bytes() == record.to_bytes()
    assert record.item_id
    assert isinstance(record.title("vi"), str)


DOCUMENTS: dict[str, Callable[[Any], object]] = {
    "technical": parse_technical_document,
    "events": parse_events_document,
    "derivatives": DerivativeSet.from_json,
}


@pytest.mark.parametrize("name", DOCUMENTS)
@fuzzed
@given(data=st.dictionaries(st.sampled_from(["format", "masters", "events", "canvases"]), plain))
def test_any_json_is_a_document_of_the_store_or_refused(name: str, data: Any) -> None:
    data = {"format": f"hoaban-{name}-1", **data}
    with contextlib.suppress(RecordError):
        DOCUMENTS[name](data)


@fuzzed
@given(st.one_of(st.binary(max_size=200), plain.map(lambda data: json.dumps(data).encode())))
def test_any_bytes_are_an_inventory_or_refused(data: bytes) -> None:
    with contextlib.suppress(RecordError):
        parse_inventory(data)


def test_the_seeds_are_what_they_are_taken_for() -> None:
    assert struct.unpack("<H", SCANS[2][:4][2:])[0] == 42
    assert Record.from_json(RECORD).views[0].access is Access.STAFF
