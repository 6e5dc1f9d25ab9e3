"""A colour target in a scan: found whatever its turn, measured as published, and graded."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from archive.config import settings_from
from pipeline.colour_difference import Lab, delta_e_2000
from pipeline.target import find_patches, read_target
from pipeline.target_colours import AFTER_2014, BEFORE_2014, EDITIONS, lab_of, srgb_of
from pipeline.vips import pyvips
from pipeline.work import check_item, run_item
from schemas.errors import ConfigError, DependencyError
from tests.flows.deliveries import SRGB
from tests.imaging.colour_charts import scan_with_chart, with_cast
from tests.imaging.making import AT, codes, job_for

SCANS = Path(__file__).parent.parent.parent / "pipeline" / "sample" / "scans"
BACKGROUNDS = sorted(SCANS.rglob("*.jpg"))

# Sharma, Wu and Dalal (2005), table 1.
PAIRS = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""

colours = st.builds(Lab, st.floats(0, 100), st.floats(-100, 100), st.floats(-100, 100))


def published_pairs() -> list[tuple[Lab, Lab, float]]:
    rows = [[float(number) for number in line.split()] for line in PAIRS.split("\n") if line]
    return [(Lab(*row[:3]), Lab(*row[3:6]), row[6]) for row in rows]


def test_the_formula_gives_all_34_published_differences() -> None:
    assert len(published_pairs()) == 34
    for one, other, expected in published_pairs():
        assert delta_e_2000(one, other) == pytest.approx(expected, abs=1e-4)
        assert delta_e_2000(other, one) == pytest.approx(expected, abs=1e-4)


@given(colours, colours)
def test_a_difference_is_no_less_than_zero_and_the_same_both_ways(one: Lab, other: Lab) -> None:
    assert delta_e_2000(one, one) == 0
    assert delta_e_2000(one, other) >= 0
    assert delta_e_2000(one, other) == pytest.approx(delta_e_2000(other, one), abs=1e-6)


@given(st.tuples(*[st.floats(0, 255)] * 3))
def test_a_colour_survives_the_way_to_lab_and_back(rgb: tuple[float, float, float]) -> None:
    assert srgb_of(lab_of(rgb)) == pytest.approx(rgb, abs=0.02)


def test_of_the_target_srgb_cannot_hold_cyan_alone() -> None:
    for edition in EDITIONS.values():
        assert len(edition) == 24
        lost = [
            number
            for number, lab in enumerate(edition)
            if delta_e_2000(lab, lab_of(srgb_of(lab))) > 0.1
        ]
        assert lost == [17]


def test_the_two_editions_differ_by_what_their_maker_says_is_little() -> None:
    pairs = zip(AFTER_2014, BEFORE_2014, strict=True)
    assert max(delta_e_2000(one, other) for one, other in pairs) < 3


def background(number: int = 0) -> Image.Image:
    with Image.open(BACKGROUNDS[number]) as picture:
        picture.thumbnail((1600, 1600))
        return picture.convert("RGB")


def as_vips(picture: Image.Image) -> pyvips.Image:
    return pyvips.Image.new_from_memory(
        picture.tobytes(), picture.width, picture.height, 3, "uchar"
    ).copy(interpretation="srgb")


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [0, 2.5, -7])
def test_a_target_is_found_at_any_turn_and_a_perfect_one_gets_four_stars(
    degrees: float, quarter_turns: int
) -> None:
    scan = scan_with_chart(background(), width_px=420, degrees=degrees, quarter_turns=quarter_turns)
    reading = read_target(as_vips(scan), "2014")
    assert reading is not None
    assert (reading.stars, reading.worst < 1) == (4, True)


@pytest.mark.parametrize("width_px", [200, 320, 900])
def test_a_target_may_be_small_or_large_in_the_picture(width_px: int) -> None:
    patches = find_patches(as_vips(scan_with_chart(background(1), width_px=width_px)))
    assert patches is not None
    for found, lab in zip(patches, AFTER_2014, strict=True):
        assert found == pytest.approx(srgb_of(lab), abs=6)


@pytest.mark.parametrize(
    ("cast", "stars"),
    [((1.01, 1, 0.99), 4), ((1.03, 1, 0.96), 3), ((1.0, 1.0, 0.85), 1), ((1.2, 1, 0.7), 0)],
)
def test_the_stronger_the_cast_the_fewer_the_stars(
    cast: tuple[float, float, float], stars: int
) -> None:
    scan = with_cast(scan_with_chart(background(), width_px=420), *cast)
    reading = read_target(as_vips(scan), "2014")
    assert reading is not None
    assert reading.stars == stars, reading


def test_the_other_edition_is_another_measure() -> None:
    scan = as_vips(scan_with_chart(background(), width_px=420))
    new, old = read_target(scan, "2014"), read_target(scan, "2005")
    assert new is not None
    assert old is not None
    assert old.mean > new.mean


@pytest.mark.parametrize("path", BACKGROUNDS, ids=lambda path: path.name)
def test_a_picture_without_a_target_has_no_grade(path: Path) -> None:
    with Image.open(path) as picture:
        assert find_patches(as_vips(picture.convert("RGB"))) is None


def test_a_grey_picture_has_no_grade() -> None:
    assert read_target(as_vips(background()).colourspace("b-w"), "2014") is None


def scan_file(folder: Path, *cast: float) -> Path:
    path = folder / "scan.jpg"
    picture = scan_with_chart(background(), width_px=420)
    (with_cast(picture, *cast) if cast else picture).save(path, quality=92, icc_profile=SRGB)
    return path


@pytest.mark.parametrize(
    ("cast", "code"),
    [((), "QUALITY-target-graded"), ((1.2, 1, 0.7), "QUALITY-target-poor")],
)
def test_ingest_and_check_grade_alike_when_asked(
    tmp_path: Path, cast: tuple[float, ...], code: str
) -> None:
    job = replace(job_for(tmp_path / "work", scan_file(tmp_path, *cast)), target_edition="2014")
    made, checked = run_item(job, at=AT), check_item(job)
    assert codes(made) == codes(checked) == [code]
    finding = made.findings[0]
    assert (finding.path, finding.item_id) == ("scan.jpg", "item-1")
    assert made.findings[0].values["stars"] == checked.findings[0].values["stars"]
    assert "of 4 stars" in finding.message("en")


def test_nobody_looks_for_a_target_without_being_asked(tmp_path: Path) -> None:
    assert codes(run_item(job_for(tmp_path / "work", scan_file(tmp_path)), at=AT)) == []


def test_a_missing_part_stops_the_work_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    job = replace(job_for(tmp_path / "work", scan_file(tmp_path)), target_edition="2014")
    with pytest.raises(DependencyError, match=r"hoaban\[target\]"):
        run_item(job, at=AT)


def test_the_table_of_settings_and_the_jpeg_quality_are_two_things() -> None:
    tables = {"derivatives": {"quality": 70}, "quality": {"target": True}}
    settings = settings_from(tables, Path("hoaban.toml"))
    assert (settings.derivatives.quality, settings.quality.wanted_target) == (70, "2014")
    for wrong in ({"quality": {"target_edition": "1976"}}, {"archive": {"quality": 3}}):
        with pytest.raises(ConfigError):
            settings_from(wrong, Path("hoaban.toml"))
