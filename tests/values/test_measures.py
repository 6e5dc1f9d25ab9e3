"""Dimensions and weights: what is read, and what is left alone because it is not certain."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.measures import (
    Dimension,
    Measure,
    MeasuredPart,
    Measurement,
    Unit,
    decimal_mark_of,
    format_parts,
    parse_measures,
)
from schemas.measures.words import NAMES, PARTS, UNITS

TATE = Path(__file__).parent.parent / "data" / "values" / "tate-dimensions-sample.csv"

READ = {
    "C: 45; R: 30; D: 2 cm": "height 450 mm, width 300 mm, side 20 mm",
    "Cao 45cm, rộng 30cm": "height 450 mm, width 300 mm",
    "Cao 45, rộng 30 cm": "height 450 mm, width 300 mm",
    "Cao: 45 cm\nRộng: 30 cm": "height 450 mm, width 300 mm",
    "CAO 45CM": "height 450 mm",
    "ĐK miệng 12,5 cm; ĐK đáy 8": "mouth: diameter 125 mm\nbase: diameter 80 mm",
    "Đường kính miệng: 12,5 cm; cao: 8cm": "mouth: diameter 125 mm\nheight 80 mm",
    "30 x 20 x 5 cm": "300 mm x 200 mm x 50 mm",
    "30×20cm": "300 mm x 200 mm",
    "H. 12 3/4 in. (32.4 cm)": "height 323.85 mm",
    "12¾ in": "side 323.85 mm",
    "12 x 9 in. (30.5 x 22.9 cm)": "304.8 mm x 228.6 mm",
    "Dài 1,2m": "length 1200 mm",
    "Cao 1m20": "height 1200 mm",
    "Φ 15 cm": "diameter 150 mm",
    "1,25 kg": "weight 1250 g",
    "1.250.000 g": "weight 1250000 g",
    "1.250,5 g": "weight 1250.5 g",
    "0.125 kg": "weight 125 g",
    "khoảng 3kg": "weight ~3000 g",
    "Cao khoảng 30 cm": "height ~300 mm",
    "2 tấn": "weight 2000000 g",
    "Trọng lượng: 2,5 kg": "weight 2500 g",
    "support: 394 x 419 mm": "support: 394 mm x 419 mm",
    "unconfirmed: 210 x 260 mm": "unconfirmed: 210 mm x 260 mm",
    "object: 595 x 1915 x 770 mm, 320kg": "object: 595 mm x 1915 mm x 770 mm, weight 320000 g",
    "duration: 30min, 30sec": "duration 1830 s",
    "Thời lượng: 12 phút 5 giây": "duration 725 s",
    "Diameter: 44–50 mm; depth: 16 mm; Weight: 6 g": "diameter 44–50 mm, depth 16 mm, weight 6 g",
    "Height: 280 mm; width of base: 135 mm": "height 280 mm\nbase: width 135 mm",
    "Kích thước: 30 x 20 cm (DxR)": "length 300 mm, width 200 mm",
    "DxRxC: 30 x 20 x 5cm": "length 300 mm, width 200 mm, height 50 mm",
    "Dài x rộng: 30 x 20 cm": "length 300 mm, width 200 mm",
    "H 10 × W 20 × D 5 cm": "height 100 mm, width 200 mm, depth 50 mm",
    "Khổ 13 x 18 cm": "130 mm x 180 mm",
    "ĐKM: 12cm; ĐKĐ: 8cm": "mouth: diameter 120 mm\nbase: diameter 80 mm",
    "Cao 45 cm. Rộng 30 cm.": "height 450 mm, width 300 mm",
    "45 cm (cao) x 30 cm (rộng)": "height 450 mm, width 300 mm",
}

UNCERTAIN = [
    "",
    "30x20",  # no unit anywhere
    "Φ 15",
    "1.250 g",  # a thousand grams, or one and a quarter?
    "1,250 kg",
    "12, 5 cm",
    "20 lạng",  # 37.8 g, or 100 g
    "3 thước 2 tấc",
    "Dài 1m2",  # 1.2 m, or a square metre
    "30 x 20 (cao)",
    "object: 9 x 9 mm, 9 mm",
    "frame: 9 x 9 mm, 9 kg, 9 mm",
    "30 x 20 cm in a frame",
    "Cao 45 kg",
    "Trọng lượng 30 cm",
    "12 in. (45 cm)",  # the two do not agree
    "0 x 0 mm",
    "50-44 mm",
    "Overall display dimensions variable",
    "displayed (approximate): 3 x 4 cm",
    "cao 45 cm, x 30",
    "C: 45; R: 3 in; D: 2 cm",
    "không rõ",
    "45",
]


@pytest.mark.parametrize(("text", "read"), READ.items())
def test_a_measure_is_read(text: str, read: str) -> None:
    measurement = parse_measures(text)
    assert measurement is not None
    assert format_parts(measurement.parts) == read
    assert measurement.text == text


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_is_not_certain_is_left_alone(text: str) -> None:
    assert parse_measures(text) is None


def test_the_unit_of_the_column_counts_only_where_the_text_has_none() -> None:
    named = parse_measures("30x20", unit="cm")
    own = parse_measures("30 x 20 mm", unit="cm")
    assert named is not None
    assert own is not None
    assert format_parts(named.parts) == "300 mm x 200 mm"
    assert format_parts(own.parts) == "30 mm x 20 mm"
    assert parse_measures("30x20", unit="lạng") is None


def test_a_column_proves_its_decimal_mark() -> None:
    vietnamese = ["1.250 g", "3,5 g", "12 g"]
    assert decimal_mark_of(vietnamese) == ","
    assert decimal_mark_of(["1.250 g", "12 g"]) == ""
    assert decimal_mark_of(["3,5 g", "3.5 g"]) == ""
    assert decimal_mark_of(["1.250,5 g"]) == ","
    read = parse_measures("1.250 g", decimal_mark=",")
    assert read is not None
    assert read.parts[0].measures == (Measure(Dimension.WEIGHT, Decimal(1250), Unit.GRAM),)
    decimal = parse_measures("1.250 g", decimal_mark=".")
    assert decimal is not None
    assert decimal.parts[0].measures[0].value == Decimal("1.25")


def test_a_measure_is_found_by_what_it_measures() -> None:
    read = parse_measures("ĐK miệng 12,5 cm; ĐK đáy 8 cm; cao 20 cm")
    assert read is not None
    mouth = read.first(Dimension.DIAMETER, "mouth")
    assert mouth is not None
    assert mouth.value == 125
    assert read.first(Dimension.DIAMETER) is None
    height = read.first(Dimension.HEIGHT)
    assert height is not None
    assert height.value == 200


def test_two_hundred_measures_of_tate_read_by_hand_stay_as_read() -> None:
    """Every row was compared with its text by a person: none of the 200 was wrong."""
    rows = list(csv.DictReader(io.StringIO(TATE.read_text(encoding="utf-8"))))
    assert len(rows) == 200
    for row in rows:
        measurement = parse_measures(row["text"])
        assert measurement is not None, row
        assert format_parts(measurement.parts) == row["read_as"], row


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises_and_the_text_stays(text: str) -> None:
    read = parse_measures(text)
    assert read is None or (read.text == text and read.parts)


_pieces = st.sampled_from(
    [*NAMES, *PARTS, *UNITS, "x", "×", ",", ", ", ";", "\n", ":", "(", ")", "-", "–", "~",
     "khoảng", "của", "unconfirmed", "H", "W", "C", "R", "D", "L", " "]
) | st.from_regex(r"\A\d{1,4}([.,]\d{1,4})?\Z")  # fmt: skip


@settings(deadline=None)
@given(st.lists(_pieces, max_size=14).map(" ".join) | st.lists(_pieces, max_size=14).map("".join))
def test_what_is_read_is_written_in_a_form_that_is_read_back(text: str) -> None:
    read = parse_measures(text)
    if read is not None:
        again = parse_measures(format_parts(read.parts))
        assert again is not None
        assert again.parts == read.parts


_values = st.decimals("0.01", "99999", places=2, allow_nan=False).map(
    lambda value: value.quantize(Decimal(1)) if value == int(value) else value.normalize()
)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["height", "width", "depth", "diameter"]), _values),
        min_size=1,
        unique_by=lambda pair: pair[0],
    ),
    st.sampled_from([True, False]),
)
def test_numbers_survive_exactly(named: list[tuple[str, Decimal]], approximate: object) -> None:
    measures = tuple(
        Measure(Dimension(name), value, Unit.MILLIMETRE, is_approximate=approximate is True)
        for name, value in named
    )
    parts = (MeasuredPart("mouth", measures),)
    text = format_parts(parts)
    assert parse_measures(text) == Measurement(text, parts)
