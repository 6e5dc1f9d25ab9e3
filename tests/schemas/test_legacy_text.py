"""Legacy text against its Unicode source, and clean text that must stay as it is."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.legacy.cells import Cell, rescue_cell
from schemas.legacy.charsets import MAC, WINDOWS, convert
from schemas.legacy.evidence import Decision, Evidence
from schemas.legacy.fonts import FontSet, font_set
from schemas.legacy.readings import BY_NAME, READINGS
from schemas.legacy.repairs import restore_second, restore_u
from schemas.legacy.syllables import is_syllable
from schemas.legacy.viqr import convert_viqr
from schemas.legacy.words import convert_text
from tests.schemas.legacy_writing import codes, write_legacy

DATA = Path(__file__).parent.parent / "data" / "legacy_text"
SOURCE = (DATA / "udhr_vie.utf8.txt").read_text(encoding="utf-8")


def as_windows(raw: bytes) -> str:
    """Show bytes in code page 1252, its free codes as control characters."""
    return "".join(
        chr(byte) if byte in b"\x81\x8d\x8f\x90\x9d" else bytes([byte]).decode("cp1252")
        for byte in raw
    )


def as_mac(raw: bytes) -> str:
    return raw.decode("mac_roman")


def raw(name: str) -> bytes:
    return (DATA / f"udhr_vie.{name}.txt").read_bytes()


SAMPLES = {
    "TCVN3 bytes": as_windows(raw("tcvn3-abc")),
    "TCVN3 mojibake": raw("tcvn3-mojibake.utf8").decode(),
    "TCVN3 as Mac Roman": as_mac(raw("tcvn3-abc")),
    "TCVN 5712-1 bytes": as_windows(raw("tcvn5712-1")),
    "VNI bytes": as_windows(raw("vni-windows")),
    "VNI mojibake": raw("vni-mojibake.utf8").decode(),
    "VNI as Mac Roman": as_mac(raw("vni-windows")),
    "VISCII bytes": as_windows(raw("viscii")),
    "VISCII mojibake": raw("viscii").decode("latin-1"),
    "CP1258 bytes": as_windows(raw("cp1258")),
    "CP1258 mojibake": raw("cp1258").decode("latin-1"),
    "TCVN3 mojibake, twice": as_windows(raw("tcvn3-mojibake.utf8")),
    "VNI mojibake, twice": as_windows(raw("vni-mojibake.utf8")),
    "VIQR": raw("viqr").decode(),
    "UTF-8 as Windows-1252": as_windows(raw("utf8")),
    "UTF-8 as Latin-1": raw("utf8").decode("latin-1"),
    "UTF-8 as Mac Roman": as_mac(raw("utf8")),
}


def decide(cells: Iterable[str]) -> Decision | None:
    evidence = Evidence()
    for cell in cells:
        evidence.add(cell)
    return evidence.decide()


def rescue_column(text: str) -> tuple[Decision, list[Cell]]:
    """Rescue a text whose lines are the cells of a column, without being told how."""
    cells = text.split("\n")
    decision = decide(cells)
    assert decision is not None
    return decision, [rescue_cell(cell, decision) for cell in cells]


def differing(one: str, other: str) -> list[tuple[str, str]]:
    """Return the words in which two texts differ."""
    words, others = one.split(), other.split()
    assert len(words) == len(others)
    return [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]


@pytest.mark.parametrize("name", SAMPLES)
def test_recovered_text_equals_its_unicode_source(name: str) -> None:
    decision, cells = rescue_column(SAMPLES[name])
    text = "\n".join(cell.text for cell in cells)
    wrong = differing(SOURCE, text)
    print(f"{name}: read as {decision.reading}; {len(SOURCE.split())} words, {len(wrong)} wrong")
    assert wrong == []
    assert text == SOURCE
    assert not any(cell.doubtful for cell in cells)


@pytest.mark.parametrize("name", ["nfd.utf8", "utf16le-bom"])
def test_unicode_in_another_form_needs_no_rescue(name: str) -> None:
    text = raw(name).decode("utf-16" if "16" in name else "utf-8")
    assert decide(text.split("\n")) is None
    assert unicodedata.normalize("NFC", text) == SOURCE


def test_lost_soft_hyphens_cost_only_what_is_provably_lost() -> None:
    _decision, cells = rescue_column(raw("tcvn3-mojibake-softhyphen-lost.utf8").decode())
    text = "\n".join(cell.text for cell in cells)
    before = differing(
        SOURCE, convert(raw("tcvn3-abc").replace(b"\xad", b"").decode("latin-1"), "tcvn3")
    )
    wrong = differing(SOURCE, text)
    flagged = sum(len(cell.doubtful) for cell in cells)
    print(
        f"{len(before)} words lost their ư, {len(before) - len(wrong)} restored, {flagged} flagged"
    )
    # Without its ư each of the words left could be another one, or is a single consonant.
    stripped = [(word.strip(".,;:"), left.strip(".,;:")) for word, left in wrong]
    assert all(is_syllable(left) or left in ("t", "th", "c") for _word, left in stripped)
    assert all(word.replace("ư", "") == left for word, left in stripped)
    assert (len(before), len(wrong), flagged) == (163, 59, 56)
    assert not [pair for pair in differing(text, SOURCE) if "ư" in pair[0] and pair not in wrong]


@pytest.mark.parametrize(
    "name", ["blt", "blu", "eng", "fra", "hms", "lao", "tha", "vie", "vie_han"]
)
def test_clean_text_of_any_language_is_never_rescued(name: str) -> None:
    lines = (DATA / f"udhr_{name}.txt").read_text(encoding="utf-8").split("\n")
    assert decide(lines) is None
    assert decide(unicodedata.normalize("NFC", line) for line in lines) is None
    assert decide(unicodedata.normalize("NFD", line) for line in lines) is None


def test_highland_and_other_place_names_are_never_rescued() -> None:
    names = (DATA / "place_names.txt").read_text(encoding="utf-8").splitlines()
    assert {"Pleiku", "Đắk Lắk", "Hmông"} <= set(names)
    odd = [name for name in names if not all(map(is_syllable, name.split()))]
    assert decide(names) is None
    assert decide(odd) is None
    for start in range(0, len(odd), 10):
        assert decide(odd[start : start + 10]) is None


def test_columns_of_the_sample_catalogue_are_never_rescued() -> None:
    path = DATA.parent / "intake" / "catalogue.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        for column in zip(*csv.reader(file), strict=True):
            assert decide(column) is None


def test_highland_names_in_a_legacy_column_come_out_right() -> None:
    names = ["Trống đồng", "Gốm Chăm", "Bản Mường Thanh", "Đắk Lắk", "Hmông", "Pleiku", "Nồi đất"]
    _decision, cells = rescue_column("\n".join(write_legacy(name, "tcvn3") for name in names))
    assert [cell.text for cell in cells] == names


@pytest.mark.parametrize("charset", ["tcvn3", "vni", "viscii", "cp1258"])
def test_place_names_in_legacy_columns_come_out_right_or_are_pointed_out(charset: str) -> None:
    names = (DATA / "place_names.txt").read_text(encoding="utf-8").splitlines()
    _decision, cells = rescue_column("\n".join(write_legacy(name, charset) for name in names))
    pairs = list(zip(names, cells, strict=True))
    wrong = [(name, cell.text) for name, cell in pairs if name != cell.text]
    silent = [(name, cell.text) for name, cell in pairs if name != cell.text and not cell.doubtful]
    print(f"{charset}: {len(names)} names, {len(wrong)} wrong, {len(silent)} not told: {silent}")
    assert len(wrong) <= len(names) * 0.05
    assert len(silent) <= len(names) * 0.01


@pytest.mark.parametrize(
    "cells",
    [
        ["Café", "Où?", "Pré", "Thé", "Rosé", "Né à Dijon", "Château", "Forêt", "Île"],
        ["Müller", "Dürer", "Größe", "Bäume", "Öl auf Leinwand", "Köln", "weiß"],
        ["Niño", "São Paulo", "José Brandão", "Peñón", "cañón", "Açúcar"],
        ["5 µm", "20 × 30 cm", "© 2006", "½ inch", "No. 7·5", "100 °C", "Acme®"],
        ["a^2 + b^2", "x~y", "add", "ladder", "O'Brien`s", "see (a)", "C++", "to+from"],
        ["Mèo", "Sò", "Bò", "Chó", "Cá", "Bà"],
    ],
)
def test_short_clean_columns_are_never_rescued(cells: list[str]) -> None:
    assert decide(cells) is None


def test_words_converted_twice_are_mended_only_where_one_source_is_possible() -> None:
    assert restore_second("Cỏc", "tcvn3").text == "Các"
    assert restore_second("khơng", "vni").text == "không"
    possible = restore_second("húa", "tcvn3")
    assert (possible.text, possible.doubtful) == ("húa", (("húa", "hóa"),))
    possible = restore_second("cĩ", "vni")
    assert (possible.text, possible.doubtful) == ("cĩ", (("cĩ", "có"),))
    assert decide(["cĩ", "húa", "nĩ", "Cỏc"]) is None


def test_lost_u_is_restored_only_where_no_other_word_is_possible() -> None:
    assert restore_u("đợc nớc trờng nh").text == "được nước trường như"
    assert restore_u("mời ngời, cao 5 m").text == "mời ngời, cao 5 m"
    assert restore_u("ngời").doubtful == (("ngời", "người"),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (".VnTime", FontSet("tcvn3")),
        (".VnTimeH", FontSet("tcvn3", is_capitals=True)),
        (".VnArial Narrow", FontSet("tcvn3")),
        ("VNI-Times", FontSet("vni")),
        ("VNI Times", FontSet("vni")),
        ("VPS Long An", FontSet("vps")),
        ("Times New Roman", None),
        ("", None),
    ],
)
def test_font_names_tell_their_set(name: str, expected: FontSet | None) -> None:
    assert font_set(name) == expected


LETTERS = {
    charset: sorted({letter for letter in codes(charset) if len(letter) == 1})
    for charset in ("tcvn3", "tcvn5712", "vni", "viscii", "vps")
}
WORDS = sorted({word.strip('.,;:()"') for word in SOURCE.split()})


@pytest.mark.parametrize("charset", [*LETTERS, "cp1258"])
@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), st.booleans())
def test_conversion_takes_back_what_was_written(charset: str, text: str, is_upper: bool) -> None:
    text = text.upper() if is_upper else text
    written = write_legacy(text, charset)
    name = {"cp1258": "Windows-1258", "tcvn5712": "TCVN 5712-1", "tcvn3": "TCVN3 (ABC)"}
    reading = name.get(charset, charset.upper())
    assert BY_NAME[reading].convert(written) == text
    assert BY_NAME[reading].convert(written.translate({})) == text


@pytest.mark.parametrize("charset", ["tcvn5712", "viscii", "vps"])
@settings(deadline=None)
@given(st.data())
def test_every_letter_of_a_set_comes_back(charset: str, data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from(LETTERS[charset]), max_size=12)))
    base = "tcvn3" if charset == "tcvn5712" else charset
    spaced = " ".join(text)
    assert convert(write_legacy(spaced, charset), base) == spaced


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(filter(str.isalpha, WORDS))), max_size=8).map(" ".join))
def test_viqr_takes_back_what_was_written(text: str) -> None:
    # At the end of a text, before a capital or a number a mark may be punctuation: see below.
    text = f"{text.lower()} và"
    assert convert_viqr(write_legacy(text, "viqr")) == text


def test_viqr_tells_of_marks_that_may_be_punctuation() -> None:
    decision = Decision("VIQR", 3, 3)
    cell = rescue_cell("ddo^` da. Lan", decision)
    assert (cell.text, cell.doubtful) == ("đồ da. Lan", (("da.", "dạ"),))
    assert rescue_cell("Chie^'c a'o co+? ddo^. va`i ma`u.", decision) == Cell(
        "Chiếc áo cở độ vài màu."
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.sampled_from(sorted(BY_NAME)))
def test_no_text_raises_and_every_result_is_stable_nfc(text: str, reading: str) -> None:
    converted = BY_NAME[reading].convert(text)
    assert unicodedata.is_normalized("NFC", converted)
    unicodedata.is_normalized("NFC", convert_text(unicodedata.normalize("NFC", text), reading))
    rescue_cell(text, Decision(reading, 3, 3, is_u_lost=True))
    rescue_cell(text, Decision("", 3, 3, second="vni"))
    decide([text])


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=30))
def test_text_without_vietnamese_codes_stays_in_every_reading(text: str) -> None:
    plain = "".join(c for c in text if c.isascii() and c.isprintable())
    for reading in READINGS:
        assert convert_text(plain, reading.name) == plain


def test_both_views_lead_back_to_the_codes() -> None:
    every = bytes(range(0x80, 0x100))
    assert as_mac(every).translate(MAC) == every.decode("latin-1")
    assert as_windows(every).translate(WINDOWS) == every.decode("latin-1")
