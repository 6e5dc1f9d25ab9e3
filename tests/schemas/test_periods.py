"""The table of periods: what is shipped, and what a museum lays over it."""

import pytest

from schemas import dates
from schemas.errors import ConfigError

HEADER = "names,earliest,latest,kind\n"


def test_every_shipped_row_says_where_it_is_from_and_that_nobody_has_confirmed_it() -> None:
    rows = dates.shipped_periods().rows
    assert len(rows) > 140
    for row in rows:
        assert row.status.endswith("a curator must confirm")
        assert row.source or row.status.startswith("from memory")


def test_a_museums_row_replaces_the_shipped_one_of_the_same_name() -> None:
    own = dates.load_periods(HEADER + "Thời Mạc muộn|mạc,1527,1677,period\n")
    periods = dates.shipped_periods().extended_by(own)
    value = dates.parse_date("nhà Mạc", periods)
    assert value is not None
    assert value.edtf == "1527/1677"
    shipped = dates.parse_date("nhà Mạc")
    assert shipped is not None
    assert shipped.edtf == "1527/1592"


def test_a_museum_adds_its_own_periods_in_any_spelling() -> None:
    own = dates.load_periods(
        "\ufeff" + HEADER + "Hoà Lai,750,850,period\nLễ hội X,1930-02,1930-02-03,event\n"
    )
    periods = dates.shipped_periods().extended_by(own)
    found = [
        dates.parse_date(text, periods) for text in ("thời Hòa Lai", "thoi hoa lai", "Lễ hội X")
    ]
    assert [value and value.edtf for value in found] == [
        "0750/0850",
        "0750/0850",
        "1930-02/1930-02-03",
    ]
    assert dates.parse_date("thời Hòa Lai") is None


@pytest.mark.parametrize(
    ("cell", "year"), [("800 TCN", -799), ("-0799", -799), ("1 BC", 0), ("40", 40)]
)
def test_a_start_before_christ_is_written_either_way(cell: str, year: int) -> None:
    (row,) = dates.load_periods(f"{HEADER}x,{cell},1900,period\n").rows
    assert row.first.year == year


def test_a_name_two_rows_claim_has_no_date() -> None:
    periods = dates.load_periods(HEADER + "x,1000,1100,period\nX,1200,1300,period\n")
    assert dates.parse_date("thời x", periods) is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1000,1100,period", "it has no name"),
        ("x,1100,1000,period", "it ends before it begins"),
        ("x,1000,1100,dynasty", "the kind 'dynasty' is none of"),
        ("x,about 1000,1100,period", "'about 1000' is no date"),
        ("x,1000-13,1100,period", "'1000-13' is not in the calendar"),
    ],
)
def test_a_wrong_row_is_named_with_its_reason(row: str, reason: str) -> None:
    with pytest.raises(ConfigError, match="Row 3 of the table of periods is wrong") as caught:
        dates.load_periods(f"{HEADER}ok,1000,1100,period\n{row}\n")
    assert reason in str(caught.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ConfigError, match="lacks the columns: kind, latest"):
        dates.load_periods("names,earliest\n")
