"""Each finding of quality control: raised by damage to real scans and pages, and not without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from archive.limits import Limits, Watermark
from archive.settings import DerivativeSettings, QualitySettings
from pipeline.jobs import Job
from pipeline.quality.judging import ScanFacts, judged, letters_on_their_heads
from pipeline.quality.look import Look, Measures
from pipeline.quality.object_size import longest_side_mm
from pipeline.vips import pyvips
from pipeline.work import check_item
from schemas.fingerprints import Fingerprint, is_alike
from schemas.records import Record, Statement
from tests.imaging.making import codes, derivative_set, job_for, run_item
from tests.quality.pages import FONT, SAMPLE, on_lid, real, scaled, text_page, tilted

SETTINGS = QualitySettings()
FACTS = ScanFacts()
AMBER = "ho-phach/gm_00848501.jpg"
PHOTOGRAPH = "anh-tu-lieu/lange.jpg"
MOSAIC = "tranh-kham/cat12_00838901.jpg"


def measured(image: Image.Image) -> Measures:
    pixels = pyvips.Image.new_from_memory(
        image.tobytes(), image.width, image.height, 3, "uchar"
    ).copy(interpretation="srgb")
    return Look.at(pixels).measure()


def said(
    image: Image.Image, facts: ScanFacts = FACTS, settings: QualitySettings = SETTINGS
) -> dict[str, dict[str, object]]:
    return dict(judged(measured(image), facts, settings))


def blurred(sigma: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: image.filter(ImageFilter.GaussianBlur(sigma))


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return text_page()


@pytest.mark.parametrize("name", [AMBER, PHOTOGRAPH, MOSAIC, "tranh-kham/cat5_00816201.jpg"])
def test_good_scans_of_objects_raise_nothing_but_their_size(name: str) -> None:
    assert set(said(real(name))) <= {"QUALITY-small"}


@pytest.mark.parametrize("seed", [1, 2])
def test_good_pages_raise_nothing(seed: int) -> None:
    assert said(text_page(seed)) == {}


@pytest.mark.parametrize(
    ("code", "name", "damage"),
    [
        ("QUALITY-blurred", AMBER, blurred(4)),
        ("QUALITY-blurred", MOSAIC, blurred(4)),
        ("QUALITY-highlights", AMBER, scaled((1.7, 1.7, 1.7))),
        ("QUALITY-highlights", PHOTOGRAPH, scaled((1.8, 1.8, 1.8))),
        ("QUALITY-shadows", AMBER, scaled((1, 1, 1), -110)),
        ("QUALITY-cast", PHOTOGRAPH, scaled((0.7, 0.9, 1.15))),
        ("QUALITY-border", MOSAIC, on_lid(250)),
        ("QUALITY-border", AMBER, on_lid(250)),
    ],
)
def test_damage_to_a_real_scan_is_found(
    code: str, name: str, damage: Callable[[Image.Image], Image.Image]
) -> None:
    scan = real(name)
    assert code not in said(scan)
    assert code in said(damage(scan))


@pytest.mark.parametrize(
    ("code", "damage"),
    [
        ("QUALITY-blurred", blurred(4)),
        ("QUALITY-cast", scaled((0.8, 0.95, 1.05))),
        ("QUALITY-skew", tilted(1.2)),
        ("QUALITY-skew", tilted(-3)),
        ("QUALITY-sideways", lambda page: page.transpose(Image.Transpose.ROTATE_90)),
        ("QUALITY-border", on_lid(6)),
    ],
)
def test_damage_to_a_page_of_text_is_found(
    page: Image.Image, code: str, damage: Callable[[Image.Image], Image.Image]
) -> None:
    assert list(said(damage(page))) == [code]


@pytest.mark.parametrize("degrees", [-4.0, -2.3, -0.9, 0.0, 0.8, 1.7, 3.6])
def test_tilt_is_told_to_a_fifth_of_a_degree(page: Image.Image, degrees: float) -> None:
    across = measured(tilted(degrees)(page)).across
    assert across.angle_deg == pytest.approx(degrees, abs=0.2)


def test_yellow_paper_and_coloured_objects_have_no_cast(page: Image.Image) -> None:
    assert "QUALITY-cast" not in said(scaled((1.0, 0.85, 0.6))(page))
    for red in ("ho-phach/gm_00848901.jpg", "ho-phach/gm_00906701.jpg"):
        assert "QUALITY-cast" not in said(real(red))


def test_a_soft_scan_with_many_pixels_is_not_called_blurred(page: Image.Image) -> None:
    large = page.resize((page.width * 3, page.height * 3), Image.Resampling.BICUBIC)
    assert "QUALITY-blurred" not in said(large)


def test_a_chessboard_is_no_text() -> None:
    board = Image.new("L", (8, 8))
    board.putdata([255 * ((x + y) % 2) for y in range(8) for x in range(8)])
    large = board.resize((1200, 1200), Image.Resampling.NEAREST).convert("RGB")
    assert not {"QUALITY-skew", "QUALITY-sideways"} & set(said(large))


def test_a_blank_page_is_only_called_blank(page: Image.Image) -> None:
    blank = text_page(lines=0)
    assert said(blank) == {"QUALITY-blank": {}}
    assert "QUALITY-blank" not in said(text_page(lines=1))


def test_small_picture() -> None:
    preview = real(AMBER)
    preview.thumbnail((640, 640))
    found = said(preview)["QUALITY-small"]
    assert (found["width"], found["height"], found["ppi"]) == (640, 512, 300)


def test_resolution_over_the_object(page: Image.Image) -> None:
    a4 = replace(FACTS, object_mm=297.0)
    assert said(page, a4)["QUALITY-resolution"] == {"size": "297", "ppi": 150, "wanted": 300}
    assert said(page, a4, replace(SETTINGS, min_ppi=150)) == {}
    assert said(page, replace(FACTS, object_mm=140.0)) == {}
    # Nobody scans a mosaic of four metres at 300 ppi.
    assert said(page, replace(FACTS, object_mm=4570.0)) == {}


def test_stated_resolution_counts_only_where_a_scanner_states_it(page: Image.Image) -> None:
    stated = replace(FACTS, stated_ppi=200.0)
    assert list(said(page, stated)) == ["QUALITY-stated-resolution"]
    assert said(page, replace(stated, is_photograph=True)) == {}
    assert said(page, replace(stated, stated_ppi=72.0)) == {}


def test_black_and_white_scan_is_told_of_its_depth(tmp_path: Path) -> None:
    scan = tmp_path / "page.tif"
    text_page().convert("1", dither=Image.Dither.NONE).save(
        scan, compression="group4", dpi=(300, 300)
    )
    job = replace(job_for(tmp_path / "staging", scan), quality=SETTINGS)
    assert codes(run_item(job, at="2026-11-21T08:30:00Z")) == ["QUALITY-depth"]


@pytest.mark.parametrize(
    ("text", "longest_mm"),
    [
        ("30 x 20 cm", 300.0),
        ("Cao 45cm, rộng 30cm", 450.0),
        ("khung: 50 x 60 cm", 0.0),
        ("khoảng hai gang tay", 0.0),
        ("", 0.0),
    ],
)
def test_size_of_the_object_is_read_only_where_it_is_certain(text: str, longest_mm: float) -> None:
    statements = (Statement("extent", text, field="dimensions"),) if text else ()
    assert longest_side_mm(Record("BT-1", statements)) == longest_mm


def test_every_sample_scan_is_measured_without_a_false_alarm() -> None:
    alarms = {}
    for path in sorted(SAMPLE.rglob("*.jpg")):
        found = set(said(real(path.relative_to(SAMPLE).as_posix()))) - {"QUALITY-small"}
        if found:
            alarms[path.name] = found
    # A window in the photograph is blown out indeed.
    assert alarms in ({}, {"evans.jpg": {"QUALITY-highlights"}})


def test_the_scan_is_judged_not_what_may_be_shown_of_it(tmp_path: Path) -> None:
    scan = SAMPLE / AMBER
    limited = Limits(max_px=300, watermark=Watermark("© Bảo tàng"))
    job = replace(job_for(tmp_path / "limited", scan), quality=SETTINGS, limits=limited)
    outcome = run_item(job, at="2026-11-21T08:30:00Z")
    plain = run_item(job_for(tmp_path / "plain", scan), at="2026-11-21T08:30:00Z")
    assert codes(outcome) == []
    one, other = (derivative_set(made).canvases[0].fingerprint for made in (outcome, plain))
    assert is_alike(Fingerprint.parse(one), Fingerprint.parse(other))


@pytest.mark.parametrize(("sigma", "is_blurred"), [(0, False), (4, True)])
@pytest.mark.parametrize("tile_px", [256, 512, 2048])
def test_sharpness_is_the_same_from_the_tiles(
    tmp_path: Path, sigma: float, is_blurred: bool, tile_px: int
) -> None:
    scan = tmp_path / "scan.png"
    blurred(sigma)(real(AMBER)).save(scan)
    settings = DerivativeSettings(tile_px=tile_px)
    job = replace(job_for(tmp_path / "staging", scan, settings=settings), quality=SETTINGS)
    found = codes(run_item(job, at="2026-11-21T08:30:00Z"))
    assert ("QUALITY-blurred" in found) is is_blurred


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 1), (130, 130), (1025, 513)])
def test_any_size_can_be_measured(tmp_path: Path, size: tuple[int, int]) -> None:
    scan = tmp_path / "strip.png"
    text_page(size=(1240, 1754)).resize(size).save(scan)
    job = replace(job_for(tmp_path / "staging", scan), quality=SETTINGS)
    outcome = run_item(job, at="2026-11-21T08:30:00Z")
    assert not outcome.is_set_aside
    assert codes(check_item(job)) == codes(outcome)


def item_of_pages(
    folder: Path, turned: set[int], *, count: int = 5, font_file: Path | None = None
) -> Job:
    """Return the job of an item of pages of text, some of them delivered on their heads."""
    scans = []
    for number in range(count):
        page = text_page(number, size=(1000, 1700), font_file=font_file)
        path = folder / f"{number}.jpg"
        (page.transpose(Image.Transpose.ROTATE_180) if number in turned else page).save(path)
        scans.append(path)
    return replace(job_for(folder / "staging", *scans), quality=SETTINGS)


@pytest.mark.parametrize(("turned", "told"), [(set(), []), ({3}, ["3.jpg"]), ({0, 1, 2, 3, 4}, [])])
def test_a_page_on_its_head_is_told_of_where_the_others_are_not(
    tmp_path: Path, turned: set[int], told: list[str]
) -> None:
    job = item_of_pages(tmp_path, turned)
    for outcome in (check_item(job), run_item(job, at="2026-11-21T08:30:00Z")):
        found = [f.path for f in outcome.findings if f.code == "QUALITY-upside-down"]
        assert found == told


def test_an_orientation_tag_that_turns_a_page_on_its_head_is_told_of(tmp_path: Path) -> None:
    job = item_of_pages(tmp_path, set())
    with Image.open(tmp_path / "2.jpg") as page:
        exif = page.getexif()
        exif[0x0112] = 3
        page.save(tmp_path / "2.jpg", exif=exif)
    found = [f.path for f in check_item(job).findings if f.code == "QUALITY-upside-down"]
    assert found == ["2.jpg"]


@pytest.mark.parametrize(
    ("count", "turned", "told"),
    [(1, set(), []), (1, {0}, ["0.jpg"]), (3, {0, 2}, ["0.jpg", "2.jpg"])],
)
def test_latin_letters_on_their_heads_are_told_of_by_themselves(
    tmp_path: Path, count: int, turned: set[int], told: list[str]
) -> None:
    job = item_of_pages(tmp_path, turned, count=count, font_file=FONT)
    for outcome in (check_item(job), run_item(job, at="2026-11-21T08:30:00Z")):
        found = [f.path for f in outcome.findings if f.code == "QUALITY-letters-upside-down"]
        assert found == told


def test_a_page_on_its_head_is_told_of_once(tmp_path: Path) -> None:
    job = item_of_pages(tmp_path, {3}, font_file=FONT)
    found = [f for f in check_item(job).findings if "upside-down" in f.code]
    assert [(f.code, f.path) for f in found] == [("QUALITY-upside-down", "3.jpg")]


@pytest.mark.parametrize("name", [AMBER, PHOTOGRAPH, MOSAIC, "tranh-kham/cat5_00816201.jpg"])
@pytest.mark.parametrize("is_turned", [True, False])
def test_pictures_are_never_told_to_stand_on_their_heads(name: str, is_turned: bool) -> None:
    picture = real(name)
    shown = picture.transpose(Image.Transpose.ROTATE_180) if is_turned else picture
    assert not letters_on_their_heads(measured(shown))


def test_boxes_instead_of_letters_say_nothing_of_their_way() -> None:
    for picture in (text_page(), text_page().transpose(Image.Transpose.ROTATE_180)):
        assert not letters_on_their_heads(measured(picture))


def test_few_pages_do_not_say_which_way_is_up(tmp_path: Path) -> None:
    found = codes(check_item(item_of_pages(tmp_path, {1}, count=3)))
    assert "QUALITY-upside-down" not in found
