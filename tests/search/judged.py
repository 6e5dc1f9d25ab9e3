"""Records and queries with judgments: which records a person would want to see for a query.

The records are the bundled sample and seven of each object in ``judged-objects.tsv``, with places,
numbers and dates as a museum in the north-west writes them. The judgments name what an object
*is* (``object=khen group=Mông``), never words that an engine could find, so that they favour none.
"""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from openpyxl import load_workbook

from schemas.dublincore import Statement
from schemas.records import Record
from search.documents import SearchDocument, document_for
from tests.search.museum_records import DATA, PROFILE

SAMPLE = Path(__file__).parents[2] / "pipeline" / "sample" / "catalogue.xlsx"
EACH = 7
BEST, ALSO = 3, 1
_PLACES = (
    "Bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên",
    "Xã Sính Phình, huyện Tủa Chùa, tỉnh Điện Biên",
    "Phường Mường Thanh, thành phố Điện Biên Phủ",
    "Xã Sín Thầu, huyện Mường Nhé",
    "Thị trấn Tuần Giáo, tỉnh Điện Biên",
    "Mai Châu, Hòa Bình",
    "Xã Chiềng Ly, huyện Thuận Châu, tỉnh Sơn La",
    "Sa Pa, Lào Cai",
    "Làng Đồng Kỵ, Bắc Ninh",
    "Kon Tum",
    "Gò Mun, Phú Thọ",
)
_REMARKS = (
    "Cán bộ bảo tàng mua của gia đình năm {year}.",
    "Gia đình hiến tặng năm {year}; hiện vật còn nguyên.",
    "Sưu tầm trong đợt khảo sát năm {year}, sứt nhẹ ở mép.",
    "Bà con dùng đến năm {year} rồi cất trên gác bếp.",
    "Chuyển giao từ phòng văn hóa huyện năm {year}; đã vệ sinh bằng cồn.",
)
_NUMBERS = ("BTĐB {n}/Gm-{m}", "ĐB.{n}.{m}", "{m}.KL.{n}", "BT-{n}", "{n}/K{m}")


@dataclass(frozen=True)
class Judged:
    """A record and what it is.

    Attributes:
        record: The record.
        facts: What judgments may ask: object, title, group, date, id.
    """

    record: Record
    facts: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class JudgedQuery:
    """A query and what it should find.

    Attributes:
        text: As typed.
        gains: By item, how much a person wants it: ``BEST`` or ``ALSO``.
    """

    text: str
    gains: dict[str, int]


def judged_records() -> list[Judged]:
    """Return all records, the same ones every time."""
    dice = random.Random(1954)
    numbers = iter(dice.sample(range(1000, 10_000), 1000))
    made = (record for row in _rows("objects") for record in _objects(row, dice, numbers))
    return [*_sample(), *made]


def judged_documents() -> list[SearchDocument]:
    """Return the search documents of all records."""
    return [document_for(judged.record, PROFILE, "") for judged in judged_records()]


def judged_queries() -> list[JudgedQuery]:
    """Return the queries; each has something to find."""
    records = judged_records()
    queries = []
    for row in _rows("queries"):
        gains = dict.fromkeys(_wanted(row["also"], records), ALSO)
        gains |= dict.fromkeys(_wanted(row["best"], records), BEST)
        assert BEST in gains.values(), row["query"]
        queries.append(JudgedQuery(row["query"], gains))
    return queries


def number_queries() -> list[JudgedQuery]:
    """Return parts of numbers as people type them, each with the items that have them."""
    records = [judged.record for judged in judged_records()]
    queries = []
    for record in records[::9]:
        digits = max("".join(c if c.isdigit() else " " for c in record.identifier).split(), key=len)
        for typed in (record.identifier.lower().replace("/", " "), digits):
            wanted = [r for r in records if digits in _digit_runs(r.identifier)]
            gains = {r.item_id: BEST if r == record or typed == digits else ALSO for r in wanted}
            queries.append(JudgedQuery(typed, gains))
    return queries


def _digit_runs(identifier: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in identifier).split()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"judged-{name}.tsv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: value or "" for key, value in row.items()} for row in reader]


def _wanted(text: str, records: list[Judged]) -> list[str]:
    """Return the items of ``a=b c=d|e=f``: those with all facts of one of the alternatives."""
    found = []
    for alternative in filter(None, text.split("|")):
        facts: list[tuple[str, str]] = []
        for piece in alternative.split(" "):
            name, is_fact, value = piece.partition("=")
            if is_fact:
                facts.append((name, value))
            else:
                facts[-1] = (facts[-1][0], f"{facts[-1][1]} {piece}")
        found += [judged.record.item_id for judged in records if judged.facts >= set(facts)]
    return found


def _objects(row: dict[str, str], dice: random.Random, numbers: Iterator[int]) -> Iterator[Judged]:
    titles, groups, dates = (cycle(row[name].split(";")) for name in ("titles", "groups", "dates"))
    for place in range(EACH):
        title, group, date = next(titles), next(groups), next(dates)
        number = dice.choice(_NUMBERS).format(n=next(numbers), m=dice.randint(10, 99))
        remark = dice.choice(_REMARKS).format(year=dice.randint(1958, 2012))
        values = {
            "title": title,
            "object_type": row["type"],
            "material": row["material"],
            "ethnic_group": group,
            "date": date,
            "subject": row["subject"],
            "place": dice.choice(_PLACES),
            "description": f"{row['description']} {remark}",
        }
        statements = [_statement(name, value) for name, value in values.items() if value]
        statements.append(_statement("title", row["title_en"], "en"))
        if place % 3 == 2:
            statements = [_apart(statement) for statement in statements]
        facts = {("object", row["key"]), ("title", title), ("group", group), ("date", date)}
        yield Judged(Record(number, tuple(statements)), frozenset(facts))


def _statement(name: str, value: str, lang: str = "vi") -> Statement:
    field = PROFILE.get(name)
    assert field is not None, name
    return Statement(field.term, value, lang, "", name)


def _apart(statement: Statement) -> Statement:
    value = unicodedata.normalize("NFD", statement.value)
    return Statement(statement.term, value, statement.lang, "", statement.field)


def _sample() -> Iterator[Judged]:
    """Yield the records of the bundled sample."""
    columns = {"Tên gọi (Anh)": ("title", "en"), "Miêu tả (Anh)": ("description", "en")}
    for entry in PROFILE:
        columns.setdefault(entry.label("vi"), (entry.name, "vi"))
    with closing(load_workbook(SAMPLE, read_only=True)) as book:
        headings, *rows = book.active.iter_rows(min_row=2, values_only=True)
    for row in rows:
        cells = {
            name: str(cell) for name, cell in zip(map(str, headings), row, strict=False) if cell
        }
        identifier = cells.pop("Số kiểm kê")
        statements = tuple(
            _statement(*_named(columns[name], value))
            for name, value in cells.items()
            if name in columns and name != "Tệp ảnh"
        )
        yield Judged(Record(identifier, statements), frozenset({("id", identifier)}))


def _named(column: tuple[str, str], value: str) -> tuple[str, str, str]:
    return column[0], value, column[1]
