"""Date texts: what each must give, what has no date, and laws that hold for any text."""

import csv
import datetime
import unicodedata
from pathlib import Path

import edtf as edtf_library
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas import dates
from schemas.dates import vocabulary

DATA = Path(__file__).parent.parent / "data" / "dates"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def meaning(text: str) -> tuple[object, ...] | None:
    value = dates.parse_date(text)
    if value is None:
        return None
    return (value.edtf, value.first_day, value.last_day, value.is_approximate, value.method)


EXAMPLES = [(row["text"], row["edtf"]) for row in rows("examples.csv")]
REFUSED = (DATA / "refused.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("row", rows("given.csv"), ids=lambda row: row["as_written"])
def test_given_expression_gives_its_edtf(row: dict[str, str]) -> None:
    expected = row["edtf_or_empty_when_it_must_refuse"] or None
    assert dates.edtf_of(row["as_written"]) == expected


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_expression_gives_the_edtf_thought_of(text: str, expected: str) -> None:
    assert dates.edtf_of(text) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_certain_has_no_date(text: str) -> None:
    assert dates.parse_date(text) is None


@pytest.mark.parametrize("seed", ["1", "2"])
def test_sample_read_by_hand_gives_what_was_read(seed: str) -> None:
    sample = [row for row in rows("tate-sample.csv") if row["seed"] == seed]
    assert len(sample) == 200
    for row in sample:
        value = dates.parse_date(row["text"])
        found = (value.edtf, str(value.earliest), str(value.latest)) if value else ("", "", "")
        assert found == (row["edtf"], row["earliest"], row["latest"]), row["text"]
        assert row["verdict"] in ("right", "rightly refused")


@pytest.mark.parametrize("text", ["không rõ", "Chưa xác định", "khong ro", "no date", "XXXX"])
def test_a_text_may_say_that_the_date_is_not_known(text: str) -> None:
    assert dates.states_no_date(text)
    assert dates.parse_date(text) is None
    assert dates.edtf_of(text) == "XXXX"


def test_a_text_that_is_not_understood_does_not_say_that_no_date_is_known() -> None:
    assert not dates.states_no_date("ông nội để lại")
    assert dates.edtf_of("ông nội để lại") is None


def test_the_text_is_kept_as_written() -> None:
    value = dates.parse_date("  Khoảng NĂM 1954. ")
    assert value is not None
    assert value.text == "  Khoảng NĂM 1954. "


@pytest.mark.parametrize(
    ("text", "first_day", "last_day"),
    [
        ("2/1952", "1952-02-01", "1952-02-29"),
        ("thế kỷ XIX", "1800-01-01", "1899-12-31"),
        ("đầu thế kỷ XIX", "1801-01-01", "1833-12-31"),
        ("179 TCN", "-0178-01-01", "-0178-12-31"),
        ("văn hóa Hòa Bình", "-15999-01-01", "-4999-12-31"),
        ("trước năm 1945", "1944-01-01", "1944-12-31"),
        ("sau năm 1975", "1976-01-01", "1976-12-31"),
        ("1954 hoặc 1956", "1954-01-01", "1956-12-31"),
        ("tháng Chạp năm 1968", "1968-12-01", "1969-02-28"),
    ],
)
def test_days_bound_the_date(text: str, first_day: str, last_day: str) -> None:
    value = dates.parse_date(text)
    assert value is not None
    assert (value.first_day, value.last_day) == (first_day, last_day)


def test_dates_sort_in_time_also_before_year_one() -> None:
    texts = ["văn hóa Sơn Vi", "600 TCN", "179 TCN", "năm 40 SCN", "thời Lý", "12/1953", "2/2/1954"]
    values = [dates.parse_date(text) for text in texts]
    keys = [value.sort_key for value in values if value is not None]
    assert len(keys) == len(texts)
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("text", "is_open_start", "is_open_end"),
    [("trước 1945", True, False), ("từ 1986 đến nay", False, True), ("1954", False, False)],
)
def test_an_open_side_is_said(text: str, is_open_start: bool, is_open_end: bool) -> None:
    value = dates.parse_date(text)
    assert value is not None
    assert (value.is_open_start, value.is_open_end) == (is_open_start, is_open_end)


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("15/8/1945 âm lịch", "lunar"),
        ("Minh Mạng thứ 10", "reign"),
        ("Minh Mạng năm Kỷ Sửu", "sexagenary"),
        ("cách ngày nay 2500 năm", "before present"),
        ("thời Lý", "period"),
        ("thế kỷ XIX", "century"),
        ("1954", "calendar"),
    ],
)
def test_the_value_says_how_it_was_understood(text: str, method: str) -> None:
    value = dates.parse_date(text)
    assert value is not None
    assert value.method == method


VALID = [expected for _, expected in EXAMPLES if "Y" not in expected and expected != "XXXX"]


@pytest.mark.parametrize("written", sorted(set(VALID)))
def test_what_is_written_is_edtf_with_the_same_bounds(written: str) -> None:
    parsed = edtf_library.parse_edtf(written)
    reading = dates.parse_edtf(written)
    assert reading is not None
    assert reading.edtf() == written
    is_plain = not any(mark in written for mark in "[{.") and "-2" not in written[4:7]
    if is_plain and "/" not in written:
        first, last = reading.bounds
        assert parsed.lower_strict()[:3] == first
        assert parsed.upper_strict()[:3] == last


def test_a_text_too_long_is_no_date() -> None:
    assert dates.parse_date("1954" + " " * 300) is None
    assert dates.parse_date("1, " * 60 + "1954") is None


WORDS = [
    *(p for code in vocabulary.PHRASES.values() for p in code.split("|")[:3]),
    *("1954", "1945", "19", "60", "5", "31", "XIX", "XVIII", "2.500", "1960s", "19th"),
    *("-", "–", "/", ",", ";", "(", ")", "?", ".", "&", ":", "19/8/1945", "5/1954"),
    *("Lý", "Minh Mạng", "Đông Sơn", "Kỷ Sửu", "Cách mạng tháng Tám", "tháng Giêng", "xuân"),
]
TEXTS = [text for text, _ in EXAMPLES]
JOINED = st.tuples(
    st.sampled_from(["", "khoảng ", "trước ", "sau ", "từ ", "cuối ", "exhibited ", "?"]),
    st.sampled_from(TEXTS),
    st.sampled_from([" - ", ", ", "; ", " hoặc ", " và ", " (", " đến ", " ", "/"]),
    st.sampled_from(TEXTS),
    st.sampled_from(["", ")", "?", " TCN"]),
).map("".join)
LIKELY = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
ANY = st.one_of(st.text(max_size=60), LIKELY, JOINED)


@given(ANY)
@example("1950, mùa xuân 1951")
@example("1/1950, những năm 1960-1970")
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_every_value_is_in_order(text: str) -> None:
    value = dates.parse_date(text)
    if value is None:
        return
    assert value.earliest <= value.latest
    assert value.sort_key[0] <= value.sort_key[1]
    assert value.first_day <= value.last_day or value.earliest < 0
    reading = dates.parse_edtf(value.edtf)
    assert reading is not None, value.edtf
    again = dates.parse_date(value.edtf)
    assert reading.bounds[0][0] == value.earliest
    assert reading.bounds[1][0] == value.latest
    assert again is None or again.edtf == value.edtf
    if "Y" not in value.edtf:
        edtf_library.parse_edtf(value.edtf)
    for lang in ("vi", "en"):
        assert dates.describe(value.edtf, lang) != ""


@given(ANY | st.sampled_from(TEXTS))
@settings(max_examples=200, deadline=None)
def test_spelling_forms_of_a_text_mean_the_same(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert meaning(unicodedata.normalize(form, text)) == meaning(text)


@given(st.sampled_from(TEXTS))
@settings(max_examples=150, deadline=None)
def test_capitals_mean_the_same(text: str) -> None:
    if not text.endswith("s"):
        assert meaning(text.upper()) == meaning(text)


@given(LIKELY | JOINED | st.sampled_from(TEXTS))
@settings(max_examples=400, deadline=None)
def test_about_never_makes_a_date_narrower(text: str) -> None:
    sharp, about = dates.parse_date(text), dates.parse_date(f"khoảng {text}")
    if sharp is None or about is None:
        return
    assert about.sort_key[0] <= sharp.sort_key[0]
    assert about.sort_key[1] >= sharp.sort_key[1]
    assert about.is_approximate


@given(st.dates(min_value=datetime.date(1000, 1, 1)), st.sampled_from("/-."))
def test_day_month_year_is_read_in_vietnamese_order(day: datetime.date, separator: str) -> None:
    text = separator.join(map(str, (day.day, day.month, day.year)))
    value = dates.parse_date(text)
    if day.year > 2100:
        assert value is None
        return
    assert value is not None
    assert value.edtf == value.first_day == value.last_day == day.isoformat()


@given(st.integers(1000, 2100), st.integers(1, 1100))
def test_a_range_runs_forward_or_is_no_date(first: int, more: int) -> None:
    last = first + more
    value = dates.parse_date(f"{first} - {last}")
    assert value is None or (value.earliest, value.latest) == (first, last)
    assert dates.parse_date(f"{last} - {first}") is None


@given(st.integers(1, 9999))
def test_years_before_christ_are_astronomical(year: int) -> None:
    value = dates.parse_date(f"năm {year} TCN")
    assert value is not None
    assert value.earliest == value.latest == 1 - year


@pytest.mark.parametrize(
    ("written", "vietnamese", "english"),
    [
        ("1954", "1954", "1954"),
        ("1945-08-19", "19/8/1945", "19 August 1945"),
        ("1954-05", "5/1954", "May 1954"),
        ("18XX", "thế kỷ XIX", "19th century"),
        ("00XX", "thế kỷ I", "1st century"),
        ("196X", "thập niên 1960", "1960s"),
        ("1954~", "khoảng 1954", "c. 1954"),
        ("1954%", "khoảng 1954?", "c. 1954?"),
        ("1801~/1900~", "khoảng 1801–1900", "c. 1801–1900"),
        ("-0178", "179 TCN", "179 BC"),
        ("-0299~/-0200~", "khoảng 300 TCN – 201 TCN", "c. 300 BC – 201 BC"),
        ("../1944", "đến 1944", "until 1944"),
        ("1976/..", "từ 1976", "since 1976"),
        ("[1954,1955]", "1954 hoặc 1955", "1954 or 1955"),
        ("{1954,1955..1957}", "1954 và 1955–1957", "1954 and 1955–1957"),
        ("{1785~,1786~,1797}", "khoảng 1785–1786 và 1797", "c. 1785–1786 and 1797"),
        ("1975-21", "mùa xuân 1975", "spring 1975"),
        ("Y-15999/Y-4999", "16000 TCN – 5000 TCN", "16000 BC – 5000 BC"),
        ("XXXX", "không rõ", "date unknown"),
        ("not EDTF", "not EDTF", "not EDTF"),
    ],
)
def test_a_value_is_shown_as_people_write_it(written: str, vietnamese: str, english: str) -> None:
    assert dates.describe(written, "vi") == vietnamese
    assert dates.describe(written, "en") == english


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("written", sorted(set(VALID)))
def test_what_is_shown_is_understood_again(written: str, lang: str) -> None:
    again = dates.edtf_of(dates.describe(written, lang))
    assert again == written


def test_dates_are_not_shown_in_a_language_nobody_translated() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        dates.describe("1954", "fr")
