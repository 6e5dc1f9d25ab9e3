"""Camera RAW: developed to what the camera saw, and told when a part is missing.

The files are made with each camera's own compression (``cr2_making``, ``cr3_making``,
``raw_making``), so that LibRaw's own decoders run.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import rawpy
from PIL import Image

from archive.settings import DerivativeSettings
from pipeline.identify import identify
from pipeline.inspect import read_header
from pipeline.problem import ScanProblem
from pipeline.readers import camera_raw
from pipeline.readers.raw_header import read_raw_header
from tests.imaging.cr2_making import write_cr2
from tests.imaging.cr3_making import write_cr3
from tests.imaging.lossless_jpeg import lossless_jpeg
from tests.imaging.making import (
    chart,
    codes,
    decoded,
    derivative_set,
    difference,
    lab_difference,
    median,
    picture,
    run,
)
from tests.imaging.raw_making import write_arw, write_nef
from tests.imaging.sensors import EOS_5D, EOS_M50, NIKON_D810, SONY_A7, Camera, mosaic
from tests.imaging.tiff_making import (
    LONG,
    SHORT,
    directory,
    dng_tags,
    even,
    write_dng,
    write_linear_dng,
    write_tiff,
)

Write = Callable[..., None]
SIZE = (96, 64)
CHART = chart(*SIZE)
KINDS: dict[str, tuple[Write, Camera, str]] = {
    "a.cr2": (write_cr2, EOS_5D, "fmt/592"),
    "a.cr3": (write_cr3, EOS_M50, "fmt/1595"),
    "a.nef": (write_nef, NIKON_D810, "fmt/202"),
    # PRONOM's signatures do not tell an ARW from any other TIFF.
    "a.arw": (write_arw, SONY_A7, "fmt/353"),
}
every_kind = pytest.mark.parametrize("name", KINDS)
# Their tags say where they were taken.
NAMES_A_PLACE = frozenset({"a.cr2", "a.cr3", "a.nef", "a.arw"})


def made(folder: Path, name: str, image: Image.Image = CHART, **options: object) -> Path:
    KINDS[name][0](folder / name, image, **options)
    return folder / name


@every_kind
def test_camera_raw_gives_the_colours_that_the_sensor_counted(name, tmp_path):
    path = made(tmp_path, name)

    outcome = run(tmp_path / "s", path)

    assert codes(outcome) == (["SCAN-place"] if name in NAMES_A_PLACE else [])
    (technical,) = outcome.technical
    assert technical.puid == KINDS[name][2]
    assert technical.readers == ("raw",)
    assert (technical.bits_per_sample, technical.samples_per_pixel) == (14, 1)
    # Neither the masked border of the sensor nor the preview, which is red and half as wide.
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == SIZE
    differences = lab_difference(decoded(path), CHART)
    assert median(differences) < 1
    assert differences[len(differences) * 99 // 100] < 8
    assert median(lab_difference(picture(outcome), CHART)) < 3


@every_kind
def test_every_count_of_the_sensor_is_decoded(name, tmp_path):
    path, camera = made(tmp_path, name), KINDS[name][1]

    with rawpy.imread(str(path)) as raw:
        counts = raw.raw_image_visible.ravel().tolist()

    differences = [abs(a - b) for a, b in zip(counts, mosaic(CHART, camera), strict=True)]
    # Sony's coding keeps 11 bits of a count, and 7 of its distance to the block's smallest.
    assert max(differences) <= (64 if name == "a.arw" else 0)
    assert sum(differences) / len(differences) < 8


@every_kind
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_camera_raw_is_turned_once(name, orientation, tmp_path):
    path = made(tmp_path, name, orientation=orientation)
    upright = CHART.rotate({3: 180, 6: -90, 8: 90}[orientation], expand=True)

    assert difference(path, upright) < 1
    assert read_header(path, identify(path)).pages[0].orientation == orientation


@every_kind
def test_camera_and_time_are_known_and_the_place_stays_in_the_master(name, tmp_path):
    outcome = run(tmp_path / "s", made(tmp_path, name))

    (taken,) = [event for event in outcome.events if event.type.value == "capture"]
    assert taken.at == "2024-03-09T08:15:30"
    assert taken.agent.endswith(KINDS[name][1].model)
    assert outcome.technical[0].exif["EXIF ExposureTime"] == "1/125"
    assert outcome.derivatives is not None
    for written in (p for p in outcome.derivatives.rglob("*") if p.is_file()):
        content = written.read_bytes()
        assert not any(mark in content for mark in (b"Exif\0", b"GPS", b"EXIF")), written


@every_kind
def test_brightness_does_not_depend_on_the_brightest_part(name, tmp_path):
    darker = CHART.point(lambda value: value * 225 // 255)

    assert difference(made(tmp_path, name, darker), darker) < 1


@pytest.mark.parametrize("name", ["a.cr3", "a.nef"])
def test_full_sensor_is_white_where_it_is_full_below_the_known_level(name, tmp_path):
    white = Image.new("RGB", SIZE, (255, 255, 255))
    camera = replace(KINDS[name][1], white=14_000)

    pixel = decoded(made(tmp_path, name, white, camera=camera)).getpixel((60, 40))

    assert min(pixel) >= 254


@every_kind
@pytest.mark.parametrize("share", [0.2, 0.6, 0.999])
def test_camera_raw_that_is_cut_short_is_never_shown_half_black(name, share, tmp_path):
    path = made(tmp_path, name)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    outcome = run(tmp_path / "s", path)

    (finding,) = outcome.findings
    assert finding.code == "SCAN-damaged"
    assert outcome.is_set_aside
    assert finding.path.endswith(name)


@every_kind
def test_camera_raw_whose_end_was_never_copied_is_told(name, tmp_path):
    path = made(tmp_path, name, Image.effect_noise((160, 128), 60).convert("RGB"))
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + bytes(len(content) - half))

    assert {"SCAN-zero-end", "SCAN-damaged"} & set(codes(run(tmp_path / "s", path)))


@pytest.mark.parametrize("name", ["a.cr2", "a.nef"])
def test_damaged_bits_are_told_when_they_are_decoded_and_the_limit_before(name, tmp_path):
    path = made(tmp_path, name)
    content = bytearray(path.read_bytes())
    at = len(content) * 4 // 5
    content[at : at + 600] = b"\xff\xfe" * 300
    path.write_bytes(content)
    too_small = DerivativeSettings(max_megapixels=0)

    assert codes(run(tmp_path / "s", path))[-1:] == ["SCAN-damaged"]
    assert codes(run(tmp_path / "s", path, settings=too_small)) == ["SCAN-too-large"]


def test_raw_is_derived_again_when_it_is_developed_otherwise(tmp_path, monkeypatch):
    write_dng(tmp_path / "a.dng", CHART)
    CHART.save(tmp_path / "a.png")
    before = [derivative_set(run(tmp_path / "s", p)) for p in sorted(tmp_path.glob("a.*"))]
    monkeypatch.setattr(camera_raw, "DEVELOPING_VERSION", 99)
    after = [derivative_set(run(tmp_path / "s", p)) for p in sorted(tmp_path.glob("a.*"))]

    changed = [one.recipe != other.recipe for one, other in zip(before, after, strict=True)]
    assert changed == [True, False]


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_dng_is_developed_to_what_the_camera_saw(orientation, tmp_path):
    write_dng(tmp_path / "scan.dng", CHART, orientation=orientation)
    upright = CHART.rotate({1: 0, 3: 180, 6: -90, 8: 90}[orientation], expand=True)

    outcome = run(tmp_path / "s", tmp_path / "scan.dng")

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert (technical.puid, technical.bits_per_sample) == ("fmt/730", 14)
    assert (technical.orientation, technical.readers) == (orientation, ("raw",))
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == upright.size
    assert difference(tmp_path / "scan.dng", upright) < 1.5


def test_dng_of_a_scanner_has_three_samples_and_its_own_brightness(tmp_path):
    darker = CHART.point(lambda value: value * 225 // 255)
    write_linear_dng(tmp_path / "scan.dng", darker)

    outcome = run(tmp_path / "s", tmp_path / "scan.dng")

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert (technical.bits_per_sample, technical.samples_per_pixel) == (14, 3)
    assert difference(tmp_path / "scan.dng", darker) < 1


def _tiled_dng(path: Path) -> list[int]:
    """Write a DNG of 256 tiles of lossless JPEG, the pixels last; return where each begins."""
    image, side = chart(256, 256), 16
    counts = mosaic(image, EOS_5D)
    pieces = [
        lossless_jpeg(
            [counts[(top + y) * 256 + left + x] for y in range(side) for x in range(side)],
            side,
            side,
            bits=14,
        )
        for top in range(0, 256, side)
        for left in range(0, 256, side)
    ]
    lengths = [len(piece) for piece in pieces]
    tags = dng_tags(image.size) | {259: (SHORT, [7]), 322: (LONG, [side]), 323: (LONG, [side])}
    del tags[278]
    tags |= {324: (LONG, [0] * len(pieces)), 325: (LONG, lengths)}
    begin = 8 + len(even(directory(tags, 8)))
    places = [begin + sum(lengths[:number]) for number in range(len(pieces))]
    tags[324] = (LONG, places)
    head = struct.pack("<2sHI", b"II", 42, 8) + even(directory(tags, 8))
    path.write_bytes(head + b"".join(pieces))
    return places


def test_dng_of_many_tiles_is_refused_wherever_it_ends_or_turns_to_zeros(tmp_path):
    path = tmp_path / "tiled.dng"
    places = _tiled_dng(path)
    content = path.read_bytes()
    assert codes(run(tmp_path / "s", path)) == []

    zeroed = content[: places[128]].ljust(len(content), b"\0")
    for damaged in (content[: places[128]], content[: places[255] - 1], content[:-1], zeroed):
        path.write_bytes(damaged)
        assert "SCAN-damaged" in codes(run(tmp_path / "s", path))


def test_strip_that_claims_bytes_after_the_last_pixel_is_whole(tmp_path):
    path = tmp_path / "a.dng"
    tags, pixels = dng_tags(SIZE), bytes(range(256)) * (2 * SIZE[0] * SIZE[1] // 256)
    tags |= {273: (LONG, [0]), 279: (LONG, [len(pixels) + 16])}
    tags[273] = (LONG, [8 + len(even(directory(tags, 8)))])
    head = struct.pack("<2sHI", b"II", 42, 8) + even(directory(tags, 8))
    path.write_bytes(head + pixels)
    assert read_raw_header(path).bits == 14

    path.write_bytes((head + pixels)[:-1])
    with pytest.raises(ScanProblem):
        read_raw_header(path)


@pytest.mark.parametrize("following", ["beyond the end", "the mosaic again"])
def test_arw_whose_chain_goes_astray_is_developed(following, tmp_path):
    path = made(tmp_path, "a.arw")
    content = bytearray(path.read_bytes())
    entries = struct.unpack_from("<H", content, 8)[0]
    fields = (struct.unpack_from("<HHII", content, 10 + 12 * n) for n in range(entries))
    below = next(value for tag, _, _, value in fields if tag == 330)
    place = below if following == "the mosaic again" else len(content) + 5000
    struct.pack_into("<I", content, 10 + 12 * entries, place)
    path.write_bytes(content)

    assert codes(run(tmp_path / "s", path)) == ["SCAN-place"]


def test_white_of_floating_point_is_no_depth(tmp_path):
    path = tmp_path / "a.dng"
    write_tiff(path, dng_tags(SIZE) | {50717: (LONG, [1])}, [bytes(2 * SIZE[0] * SIZE[1])])

    assert read_raw_header(path).bits == 16


@pytest.mark.parametrize(("components", "samples"), [(2, 1), (3, 3), (4, 1)])
def test_reduced_cr2_has_three_samples(components, samples, tmp_path):
    path = made(tmp_path, "a.cr2")
    content = bytearray(path.read_bytes())
    content[content.rindex(b"\xff\xc3\x00\x0e") + 9] = components
    path.write_bytes(content)

    assert read_raw_header(path).samples == samples
