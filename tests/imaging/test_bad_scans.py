from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from archive.settings import DerivativeSettings
from pipeline import tiff
from pipeline.identify import identify
from pipeline.work import check_item
from tests.imaging.making import DATA, chart, codes, job_for, jpeg_bytes, run
from tests.imaging.tiff_making import recompressed


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def bad_files(folder):
    """Make one bad scan for every finding; give {file name: code}."""
    noise = Image.effect_noise((900, 700), 60).convert("RGB")
    jpeg = jpeg_bytes(noise, quality=90)
    noise.save(folder / "whole.tif", compression="tiff_lzw")
    lzw = (folder / "whole.tif").read_bytes()
    (folder / "whole.tif").unlink()
    chart().save(folder / "whole.png")
    png = (folder / "whole.png").read_bytes()
    (folder / "whole.png").unlink()
    first_strip = lzw[: len(lzw) // 3] + bytes(2000) + lzw[len(lzw) // 3 + 2000 :]
    contents = {
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "SCAN-damaged"),
        "overwritten.jpg": (jpeg[:40000] + b"\xff\xff" * 99 + jpeg[40198:], "SCAN-damaged"),
        "truncated.tif": (lzw[: len(lzw) // 2], "SCAN-damaged"),
        "overwritten.tif": (first_strip, "SCAN-damaged"),
        "truncated.png": (png[: len(png) // 2], "SCAN-damaged"),
        "text.jpg": (b"This is not a picture.\n" * 40, "SCAN-not-an-image"),
        "page.pdf": (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "SCAN-damaged"),
        "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SCAN-not-an-image"),
        "empty.jpg": (b"", "SCAN-empty"),
        "bomb.png": (png_header(60000, 60000), "SCAN-too-large"),
        "signature-only.tif": (b"II*\0", "SCAN-damaged"),
        "signature-only.jpg": (b"\xff\xd8\xff", "SCAN-damaged"),
        "jpeg2000.tif": (recompressed(lzw, 34712), "SCAN-not-an-image"),
        "jpegxl.tif": (recompressed(lzw, 50002), "SCAN-not-an-image"),
    }
    expected = {}
    for name, (content, code) in contents.items():
        (folder / name).write_bytes(content)
        expected[name] = code
    return expected


def test_every_bad_scan_gives_its_finding_and_leaves_nothing_staged(tmp_path):
    expected = bad_files(tmp_path)
    for name, code in expected.items():
        staging = tmp_path / "staging"

        outcome = run(staging, DATA / "icc_profile.png", tmp_path / name)

        errors = [f for f in outcome.findings if f.kind.severity.value == "error"]
        assert [(f.code, f.path, f.item_id) for f in errors] == [(code, name, "item-1")], name
        assert errors[0].message("en")
        assert (outcome.technical, outcome.masters, outcome.events) == ((), (), ())
        assert outcome.derivatives is None
        assert list(staging.iterdir()) == []
        assert codes(check_item(job_for(staging, tmp_path / name)))[-1] == code


def test_all_bad_scans_of_an_item_are_told_in_one_run(tmp_path):
    expected = bad_files(tmp_path)
    names = sorted(expected)

    outcome = run(tmp_path / "staging", *(tmp_path / name for name in names))

    errors = [f for f in outcome.findings if f.kind.severity.value == "error"]
    assert [(f.path, f.code) for f in errors] == [(name, expected[name]) for name in names]


def test_finding_says_in_words_what_a_file_is_that_is_no_image(tmp_path):
    bad_files(tmp_path)
    said = {}
    for name in ("text.jpg", "jpeg2000.tif", "jpegxl.tif"):
        (finding,) = [
            f
            for f in run(tmp_path / "staging", tmp_path / name).findings
            if f.code == "SCAN-not-an-image"
        ]
        said[name] = finding.message("en")

    assert "plain text" in said["text.jpg"]
    assert "JPEG 2000" in said["jpeg2000.tif"]
    assert "JPEG XL" in said["jpegxl.tif"]


@given(st.binary(min_size=1, max_size=600), st.sampled_from(["a.jpg", "a.tif", "a"]))
def test_any_bytes_are_identified_and_never_crash(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(content)

    assert identify(path).found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("Giấy phép\n".encode() * 90, "plain text"),
        ("ấ" * 400, "plain text"),
        (b"\x7fELF\x02\x01", "unknown kind"),
        (b"%PDF-", "PDF"),
    ],
)
def test_content_under_a_wrong_name_is_said_in_words(content, found, tmp_path):
    data = content.encode() if isinstance(content, str) else content
    (tmp_path / "scan.jpg").write_bytes(data)

    assert found in identify(tmp_path / "scan.jpg").found


def test_camera_raw_is_known_by_its_tags_whatever_it_is_called(tmp_path):
    Image.new("L", (32, 32), 90).save(tmp_path / "mosaic.tif", tiffinfo={50706: b"\1\4\0\0"})

    outcome = run(tmp_path / "staging", tmp_path / "mosaic.tif")

    assert codes(outcome) == ["SCAN-not-an-image"]
    assert "camera RAW" in outcome.findings[0].message("en")


def test_limit_of_megapixels_is_read_from_the_settings(tmp_path):
    Image.new("RGB", (1500, 1000)).save(tmp_path / "big.png")

    small = run(tmp_path / "s", tmp_path / "big.png", settings=DerivativeSettings(max_megapixels=1))
    large = run(tmp_path / "s", tmp_path / "big.png", settings=DerivativeSettings(max_megapixels=2))

    assert "SCAN-too-large" in codes(small)
    assert "2" in small.findings[0].message("en")
    assert not large.is_set_aside


def test_missing_and_forbidden_and_odd_sources_are_unreadable(tmp_path):
    (tmp_path / "folder.jpg").mkdir()

    outcome = run(tmp_path / "staging", tmp_path / "gone.jpg", tmp_path / "folder.jpg")

    assert codes(outcome) == ["SCAN-unreadable", "SCAN-unreadable"]
    assert str(tmp_path) not in outcome.findings[0].message("en")


def test_wrong_extension_is_told_and_the_content_read(tmp_path):
    (tmp_path / "scan.tif").write_bytes(jpeg_bytes(chart()))

    outcome = run(tmp_path / "staging", tmp_path / "scan.tif")

    assert codes(outcome) == ["SCAN-extension", "SCAN-no-profile"]
    assert outcome.technical[0].mime_type == "image/jpeg"


def test_name_with_brackets_is_a_name_and_not_options_of_the_decoder(tmp_path):
    (tmp_path / "ảnh [page=2, shrink=8].jpg").write_bytes(jpeg_bytes(chart()))

    outcome = check_item(job_for(tmp_path / "staging", tmp_path / "ảnh [page=2, shrink=8].jpg"))

    assert outcome.technical[0].pages[0].width_px == chart().width


def test_scan_that_grows_while_it_is_copied_is_refused(tmp_path, monkeypatch):
    source = tmp_path / "growing.jpg"
    source.write_bytes(jpeg_bytes(chart()))
    from pipeline import copying

    blocks = copying._blocks

    def grow(scan):
        yield from blocks(scan)
        with source.open("ab") as file:
            file.write(b"more")

    monkeypatch.setattr(copying, "_blocks", grow)

    outcome = run(tmp_path / "staging", source)

    assert codes(outcome) == ["SCAN-changed"]
    assert list((tmp_path / "staging").iterdir()) == []


@pytest.mark.parametrize("make", [b"", b"II*\0", b"MM\0+", b"II*\0\x08\0\0\0\xff\xff"])
def test_broken_tiff_directories_raise_value_error(make, tmp_path):
    (tmp_path / "x.tif").write_bytes(make)

    with pytest.raises(ValueError, match="TIFF"):
        tiff.read_directories(tmp_path / "x.tif")


@given(
    st.lists(st.tuples(st.integers(0, 815), st.integers(0, 255)), max_size=12),
    st.integers(0, 816),
)
def test_damaged_tiff_directories_are_read_or_refused_but_never_crash(tmp_path_factory, hits, end):
    content = bytearray((DATA / "multipage.tiff").read_bytes())
    for at, value in hits:
        content[at] = value
    path = tmp_path_factory.mktemp("tiff") / "x.tif"
    path.write_bytes(content[: end or None])

    try:
        directories = tiff.read_directories(path)
    except ValueError:
        return
    assert len(directories) <= 10_000
    for directory in directories:
        assert directory.compression
        assert directory.is_camera_raw in {True, False}


def test_exif_that_stands_behind_other_segments_is_not_called_damaged(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "x" * 3000
    plain = jpeg_bytes(chart(), exif=exif.tobytes())
    other = b"\xff\xe2" + (65_002).to_bytes(2, "big") + bytes(65_000)
    (tmp_path / "scan.jpg").write_bytes(plain[:2] + other * 2 + plain[2:])

    outcome = run(tmp_path / "s", tmp_path / "scan.jpg")

    assert outcome.derivatives
    assert "SCAN-bad-exif" not in codes(outcome)
