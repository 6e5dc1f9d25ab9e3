"""The tables of docs/dates.md and docs/vi/nien-dai.md: the tested examples, as they come out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from schemas import dates

DATA = Path(__file__).parent.parent / "data" / "dates"
_BEGIN = "<!-- table: made by python -m tests.docs.reference -->\n"
_END = "<!-- end of table -->\n"
_MOST = 8
_KINDS = {
    "day": ("Days", "Ngày"),
    "month": ("Months, quarters, seasons", "Tháng, quý, mùa"),
    "year": ("Years", "Năm"),
    "about": ("About, perhaps", "Khoảng, có lẽ"),
    "range": ("From, to, before, after", "Từ, đến, trước, sau"),
    "list": ("Lists", "Liệt kê"),
    "century": ("Centuries", "Thế kỷ"),
    "decade": ("Decades", "Thập niên"),
    "era": ("Before Christ", "Trước Công nguyên"),
    "age": ("Ages", "Cách ngày nay"),
    "period": ("Dynasties, cultures", "Triều đại, văn hóa khảo cổ"),
    "reign": ("Reign years", "Niên hiệu"),
    "cycle": ("Years of the cycle", "Năm can chi"),
    "lunar": ("Lunar dates", "Âm lịch"),
    "event": ("Events", "Sự kiện"),
    "spelling": ("Other spellings", "Cách viết khác"),
    "english": ("English", "Tiếng Anh"),
    "french": ("French", "Tiếng Pháp"),
}
_HEADS = {
    "en": "| As written | EDTF | Years | Shown as |",
    "vi": "| Viết trong sổ | EDTF | Năm | Hiển thị |",
}


def with_examples(page: str, lang: str) -> str:
    """Return a page with its table of examples made again, in ``en`` or ``vi``."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + "\n".join(_tables(lang)) + "\n" + _END + after


def _tables(lang: str) -> Iterator[str]:
    with (DATA / "examples.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for kind, names in _KINDS.items():
        texts = [row["text"] for row in rows if row["group"] == kind]
        step = max(1, len(texts) // _MOST)
        yield from (
            "",
            f"**{names[0 if lang == 'en' else 1]}**",
            "",
            _HEADS[lang],
            "|---|---|---|---|",
        )
        yield from (_row(text, lang) for text in texts[::step][:_MOST])


def _row(text: str, lang: str) -> str:
    value = dates.parse_date(text)
    if value is None:
        raise ValueError(f"an example has no date: {text}")
    start = "…" if value.is_open_start else value.earliest
    end = "…" if value.is_open_end else value.latest
    years = f"{start}" if start == end else f"{start} … {end}".replace("… …", "…")
    return f"| {text} | `{value.edtf}` | {years} | {dates.describe(value.edtf, lang)} |"
