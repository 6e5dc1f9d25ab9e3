"""Places through time: the unit as recorded, and what it is today."""

import csv
import gzip
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.gazetteer import Level, State, find_place
from schemas.gazetteer.units import HERE, gazetteer

TABLES = sorted(HERE.glob("*.csv.gz"))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()))


@pytest.mark.parametrize(
    ("text", "today", "province", "locality"),
    [
        (
            "bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên",
            "Xã Thanh Nưa",
            "Tỉnh Điện Biên",
            "bản Mển",
        ),
        ("Thanh Nưa, Điện Biên", "Xã Thanh Nưa", "Tỉnh Điện Biên", ""),
        ("phường Mường Thanh, TP Điện Biên Phủ", "Phường Điện Biên Phủ", "Tỉnh Điện Biên", ""),
        ("X. Noong Hẹt, H. Điện Biên", "Xã Thanh An", "Tỉnh Điện Biên", ""),
        (
            "xã Mường Mươn - huyện Mường Chà - tỉnh Điện Biên",
            "Xã Mường Pồn",
            "Tỉnh Điện Biên",
            "",
        ),
        ("Bà Rịa - Vũng Tàu", None, "Thành phố Hồ Chí Minh", ""),
        ("Sài Gòn", None, "Thành phố Hồ Chí Minh", ""),
        ("Hà Nội - Việt Nam", None, "Thành phố Hà Nội", ""),
        ("TX Mường Lay", "Phường Mường Lay", "Tỉnh Điện Biên", ""),
        ("si pa phin, dien bien", "Xã Si Pa Phìn", "Tỉnh Điện Biên", ""),
        ("P. Bến Nghé, Q.1, TP.HCM", "Phường Sài Gòn", "Thành phố Hồ Chí Minh", ""),
        ("Huyện Hoàng Sa, Đà Nẵng", "Đặc khu Hoàng Sa", "Thành phố Đà Nẵng", ""),
        ("Xã Thanh Luông, Điện Biên, Việt Nam", "Xã Thanh Nưa", "Tỉnh Điện Biên", ""),
        ("huyện Tuần Giáo, tỉnh Lai Châu", None, "Tỉnh Điện Biên", ""),
        ("xã Thanh Xyz, huyện Điện Biên", None, "Tỉnh Điện Biên", "xã Thanh Xyz"),
        ("Hà Tây", None, "Thành phố Hà Nội", ""),
        ("Sơn La", None, "Tỉnh Sơn La", ""),
        ("Hà Giang", None, "Tỉnh Tuyên Quang", ""),
        ("Lai Châu (cũ)", None, "", ""),
        ("Khu tự trị Thái Mèo", None, "", ""),
        ("Khu tự trị Tây Bắc", None, "", ""),
    ],
)
def test_a_place_is_found_with_what_it_is_today(
    text: str, today: str | None, province: str, locality: str
) -> None:
    match = find_place(text)
    assert match.state is State.FOUND
    assert match.place is not None
    assert (match.place.commune.name if match.place.commune else None) == today
    assert match.place.province == province
    assert match.locality == locality
    assert match.text == text


def test_a_place_has_the_coordinates_of_todays_commune() -> None:
    place = find_place("bản Mển, xã Thanh Nưa, huyện Điện Biên").place
    assert place is not None
    assert place.id == "gso-2025:03322"
    assert place.is_former
    commune = place.commune
    assert commune is not None
    assert commune.code == "03328"
    assert 21.3 < commune.latitude < 21.6
    assert 102.8 < commune.longitude < 103.1


def test_lai_chau_before_2004_lies_in_two_provinces_of_today() -> None:
    place = find_place("Lai Châu cũ").place
    assert place is not None
    assert place.provinces == ("Tỉnh Điện Biên", "Tỉnh Lai Châu")


@pytest.mark.parametrize(
    "text",
    [
        "Thanh An",  # several communes of that name
        "phường Mường Thanh, Điện Biên",  # the ward of today is not the ward of before
        "Tủa Chùa",  # a district, a township and a commune
        "Lai Châu",  # of today, or before 2004
        "Phường 1",
    ],
)
def test_an_ambiguous_place_gives_candidates(text: str) -> None:
    match = find_place(text)
    assert match.state is State.AMBIGUOUS
    assert match.place is None
    assert 2 <= len(match.candidates) <= 12


@pytest.mark.parametrize(
    "text", ["", "Pompeii", "Moscow, Idaho (46.72, -117.0)", "xã Abc", "," * 9]
)
def test_what_is_no_place_of_vietnam_is_unknown(text: str) -> None:
    assert find_place(text).state is State.UNKNOWN


def test_marks_that_are_written_count() -> None:
    match = find_place("xã Thạnh An, Cần Thơ")
    named = [match.place] if match.place else list(match.candidates)
    assert all(place is not None and "Thạnh An" in place.name for place in named)


def test_the_tables_are_sound() -> None:
    known = gazetteer()
    assert len(known.communes) == 3321
    assert len(known.province_names) == 34
    codes = {row["code"] for row in rows(HERE / "communes.csv.gz")}
    for row in rows(HERE / "former-communes.csv.gz"):
        assert set(row["today"].split()) <= codes
        assert row["today"]
    for path in TABLES:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
    assert sum(path.stat().st_size for path in TABLES) < 1_000_000
    for commune in known.communes.values():
        assert 7 < commune.latitude < 24
        assert 102 < commune.longitude < 117


def test_a_commune_that_kept_its_code_is_among_those_it_became() -> None:
    """The mergers come from one source and the codes from another: they agree."""
    today = {row["code"] for row in rows(HERE / "communes.csv.gz")}
    former = [row for row in rows(HERE / "former-communes.csv.gz") if row["code"] in today]
    assert len(former) > 3300
    apart = [row["code"] for row in former if row["code"] not in row["today"].split()]
    assert apart == []


def test_historical_provinces_are_sound() -> None:
    text = (HERE / "historical-provinces.csv").read_text(encoding="utf-8")
    table = list(csv.DictReader(text.splitlines()))
    assert unicodedata.is_normalized("NFC", text)
    assert len({row["id"] for row in table}) == len(table)
    assert all(row["source"] and row["until"].isdigit() for row in table)


def test_every_former_commune_of_dien_bien_is_found_by_its_full_name() -> None:
    known = gazetteer()
    units = {unit for entries in known.by_name.values() for _name, unit in entries}
    ours = [
        unit
        for unit in units
        if unit.level is Level.COMMUNE and unit.full_name.endswith(", Tỉnh Điện Biên")
    ]
    assert len(ours) == 129 + 45
    for unit in ours:
        match = find_place(unit.full_name)
        if unit.is_former:
            assert match.place is not None, unit.full_name
            assert tuple(c.code for c in match.place.communes) == unit.today
        else:
            places = [match.place] if match.place else match.candidates
            assert unit.id in {place.id for place in places if place}, unit.full_name


@settings(deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    match = find_place(text)
    assert (match.place is not None) == (match.state is State.FOUND)
    assert match.text == text
