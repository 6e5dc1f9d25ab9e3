"""Every kind of master, by whichever library reads it: right pixels, or the right finding."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from PIL import Image

from archive.settings import DerivativeSettings
from pipeline import extras, jp2
from pipeline.derive import recipe_of
from pipeline.extras import EXTRAS
from pipeline.identify import identify
from pipeline.vips import pyvips
from schemas.crosswalks.xmp import Credit
from tests.imaging.cr3_making import write_cr3
from tests.imaging.making import (
    DATA,
    NOISE,
    chart,
    codes,
    decoded,
    difference,
    doubled,
    job_for,
    run,
)
from tests.imaging.samples import vector_pdf
from tests.imaging.tiff_making import (
    LONG,
    page_tags,
    write_dng,
    write_planar_tiles,
    write_tiff,
)


def test_jpeg_2000_gives_its_true_depth_profile_and_pixels(tmp_path):
    colours, grey = chart(), chart().convert("L")
    colours.save(tmp_path / "a.jp2")
    colours.save(tmp_path / "a.j2k")
    grey.save(tmp_path / "grey.jp2")
    deep = Image.frombytes("I;16", grey.size, doubled(grey))
    deep.save(tmp_path / "grey16.jp2")

    for name, expected, bits in [
        ("a.jp2", colours, 8),
        ("a.j2k", colours, 8),
        ("grey.jp2", grey, 8),
        ("grey16.jp2", grey, 16),
    ]:
        outcome = run(tmp_path / "s", tmp_path / name)
        assert outcome.technical[0].bits_per_sample == bits, name
        assert "SCAN-depth" not in codes(outcome)
        assert difference(tmp_path / name, expected) < 0.5, name


def jp2_with(path: Path, *, depth: int | None = None, profile: bytes | None = None) -> None:
    """Change what a JP2's header claims: the depth of its codestream, or its colour profile."""
    content = bytearray(path.read_bytes())
    if depth is not None:
        siz = content.index(b"\xff\x4f\xff\x51")
        for channel in range(3):
            content[siz + 42 + 3 * channel] = depth - 1
    if profile is not None:
        at = content.index(b"colr") - 4
        header = content.index(b"jp2h") - 4
        box = (11 + len(profile)).to_bytes(4, "big") + b"colr\2\0\0" + profile
        old = int.from_bytes(content[at : at + 4], "big")
        length = int.from_bytes(content[header : header + 4], "big") + len(box) - old
        content[at : at + old] = box
        content[header : header + 4] = length.to_bytes(4, "big")
    path.write_bytes(content)


def test_16_bit_colour_in_jpeg_2000_says_that_8_bit_are_shown(tmp_path):
    chart().save(tmp_path / "deep.jp2")
    jp2_with(tmp_path / "deep.jp2", depth=16)

    outcome = run(tmp_path / "s", tmp_path / "deep.jp2")

    assert jp2.read_header(tmp_path / "deep.jp2").bits == 16
    (finding,) = [f for f in outcome.findings if f.code == "SCAN-depth"]
    assert "16 bits a channel; it is shown from 8" in finding.message("en")


def test_profile_in_jpeg_2000_is_honoured(tmp_path):
    profile = bytes(pyvips.Image.profile_load("p3"))
    chart().save(tmp_path / "p3.jp2")
    jp2_with(tmp_path / "p3.jp2", profile=profile)
    chart().save(tmp_path / "p3.tif", icc_profile=profile)

    outcome = run(tmp_path / "s", tmp_path / "p3.jp2")

    assert codes(outcome) == []
    assert outcome.technical[0].icc_profile_name
    assert difference(tmp_path / "p3.jp2", decoded(tmp_path / "p3.tif")) < 0.1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_bmp_of_every_kind_comes_out_right(mode, tmp_path):
    image = chart().convert(mode)
    image.save(tmp_path / "scan.bmp")

    assert difference(tmp_path / "scan.bmp", image.convert("RGB")) < 0.1


def test_heic_keeps_10_bit_and_is_turned_once(tmp_path):
    deep = run(tmp_path / "s", DATA / "chart_10bit.heic")

    assert codes(deep) == []
    assert (deep.technical[0].bits_per_sample, deep.technical[0].readers) == (10, ("heif",))
    assert difference(DATA / "chart_10bit.heic", chart()) < 1.5
    turned = chart().rotate(-90, expand=True)
    assert difference(DATA / "chart_turned.heic", turned) < 1.5


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"II*\0\x10\0\0\0CR\2\0", "camera RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "camera RAW"),
        (b"FUJIFILMCCD-RAW 0201", "camera RAW"),
        (b"IIU\0\x18\0\0\0", "camera RAW"),
        (b"IIRO\x08\0\0\0", "camera RAW"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
    ],
)
def test_first_bytes_decide_whatever_the_name_says(head, name, tmp_path):
    (tmp_path / "scan.jpg").write_bytes(head + bytes(600))

    found = identify(tmp_path / "scan.jpg")

    assert found.format is not None
    assert found.format.name == name
    findings = run(tmp_path / "s", tmp_path / "scan.jpg").findings
    assert findings[-1].code in {"SCAN-damaged", "SCAN-not-an-image"}


def masters(folder: Path) -> list[Path]:
    """One scan for each way of reading, full of noise, so that every byte of it counts."""
    NOISE.save(folder / "a.jp2")
    NOISE.save(folder / "a.j2k")
    NOISE.save(folder / "zstd.tif", compression="zstd")
    NOISE.save(folder / "lzma.tif", compression="lzma")
    NOISE.save(folder / "a.bmp")
    NOISE.save(folder / "a.gif")
    NOISE.save(folder / "a.webp", quality=80)
    NOISE.save(folder / "a.avif", speed=9)
    NOISE.save(folder / "a.pdf")
    write_dng(folder / "a.dng", NOISE.crop((0, 0, 160, 100)))
    write_planar_tiles(folder / "planar.tif", NOISE.crop((0, 0, 320, 160)))
    (folder / "a.heic").write_bytes((DATA / "chart_10bit.heic").read_bytes())
    return sorted(folder.iterdir())


def test_scan_cut_short_is_damaged_in_every_format(tmp_path):
    (tmp_path / "whole").mkdir()
    for path in masters(tmp_path / "whole"):
        content = path.read_bytes()
        cut = tmp_path / path.name
        for share in (0.5, 0.95):
            cut.write_bytes(content[: int(len(content) * share)])
            found = codes(run(tmp_path / "s", cut))
            assert found[-1:] == ["SCAN-damaged"], (path.name, share)


def test_scan_whose_end_was_never_copied_is_told_in_every_format(tmp_path):
    (tmp_path / "whole").mkdir()
    for path in [p for p in masters(tmp_path / "whole") if p.stat().st_size > 20_000]:
        content = path.read_bytes()
        half = len(content) // 2
        (tmp_path / path.name).write_bytes(content[:half] + bytes(len(content) - half))

        found = codes(run(tmp_path / "s", tmp_path / path.name))

        assert {"SCAN-damaged", "SCAN-zero-end"} & set(found), path.name
    assert "SCAN-zero-end" in codes(run(tmp_path / "s", tmp_path / "a.bmp"))


@pytest.mark.parametrize(
    ("extra", "name"),
    [("heic", "h.heic"), ("raw", "r.dng"), ("raw", "r.cr3"), ("pdf", "p.pdf"),
     ("media", "m.mp3")],
)  # fmt: skip
def test_missing_part_is_named_with_what_to_install(extra, name, tmp_path, monkeypatch):
    (tmp_path / "h.heic").write_bytes((DATA / "chart_10bit.heic").read_bytes())
    write_dng(tmp_path / "r.dng", chart(32, 32))
    write_cr3(tmp_path / "r.cr3", chart(32, 40))
    chart().save(tmp_path / "p.pdf")
    (tmp_path / "m.mp3").write_bytes(b"ID3\4" + bytes(60))

    def import_module(module: str) -> object:
        raise ModuleNotFoundError(f"No module named '{module}'")

    monkeypatch.setattr(extras, "import_module", import_module)

    outcome = run(tmp_path / "s", tmp_path / name)

    (finding,) = outcome.findings
    assert finding.code == "SCAN-needs-extra"
    assert f"hoaban[{extra}]" in finding.message("en")
    assert finding.values["found"] in EXTRAS[extra].reads
    assert finding.values["found"] in finding.message("en")


def test_a_recipe_names_a_part_that_is_missing_here(monkeypatch):
    def version(distribution: str) -> str:
        raise PackageNotFoundError(distribution)

    def recipe() -> str:
        return recipe_of(DerivativeSettings(), [("a" * 128, 1)], Credit(), readers=("pdf",))

    there = recipe()
    monkeypatch.setattr(extras, "version", version)

    assert recipe() != there


def test_images_that_are_not_shown_are_counted(tmp_path):
    frames = [chart(40, 40), chart(40, 40).rotate(90)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])

    for path in (tmp_path / "moving.gif", DATA / "frozenpond.mpo"):
        finding = run(tmp_path / "s", path).findings[-1]
        assert finding.code == "SCAN-more-images"
        assert "holds 2 images" in finding.message("en")


def test_ycck_jpeg_is_the_same_picture_as_its_cmyk(tmp_path):
    with Image.open(DATA / "pil_sample_cmyk.jpg") as image:
        image.convert("CMYK").save(tmp_path / "cmyk.tif")

    assert difference(DATA / "pil_sample_cmyk.jpg", decoded(tmp_path / "cmyk.tif")) < 1


def test_derivatives_name_every_library_that_made_them(tmp_path):
    write_dng(tmp_path / "a.dng", chart(32, 32))

    outcome = run(tmp_path / "s", tmp_path / "a.dng", DATA / "lab.tif")

    agents = [event.agent for event in outcome.events if event.type.value == "derivation"]
    assert agents[0].startswith("libvips") or "rawpy" in agents[0]
    assert "rawpy" in agents[0]
    assert "Pillow" in agents[1]


def test_check_job_reads_every_format_too(tmp_path):
    from pipeline.work import check_item

    vector_pdf(tmp_path / "a.pdf")
    checked = check_item(job_for(tmp_path / "s", tmp_path / "a.pdf", DATA / "chart_10bit.heic"))

    assert checked.findings == ()
    assert [t.readers for t in checked.technical] == [("pdf",), ("heif",)]


def test_large_claims_are_refused_before_decoding_by_every_reader(tmp_path):
    tags = page_tags(60_000, 60_000, [12], 1) | {278: (LONG, [60_000])}
    write_tiff(tmp_path / "bomb.tif", tags, [bytes(100)])
    chart().save(tmp_path / "bomb.jp2")
    content = bytearray((tmp_path / "bomb.jp2").read_bytes())
    siz = content.index(b"\xff\x4f\xff\x51")
    content[siz + 8 : siz + 16] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.jp2").write_bytes(content)
    chart().save(tmp_path / "bomb.bmp")
    content = bytearray((tmp_path / "bomb.bmp").read_bytes())
    content[18:26] = (60_000).to_bytes(4, "little") * 2
    (tmp_path / "bomb.bmp").write_bytes(content)

    for name in ("bomb.tif", "bomb.jp2", "bomb.bmp"):
        assert codes(run(tmp_path / "s", tmp_path / name)) == ["SCAN-too-large"], name


def test_made_again_the_derivatives_are_the_same_bytes(tmp_path):
    write_dng(tmp_path / "a.dng", chart())
    vector_pdf(tmp_path / "a.pdf")
    chart().save(tmp_path / "a.jp2")
    sources = [*sorted(tmp_path.iterdir()), DATA / "chart_10bit.heic"]

    def made(staging: Path) -> dict[str, bytes]:
        folder = run(staging, *sources).derivatives
        assert folder is not None
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    assert made(tmp_path / "one") == made(tmp_path / "two")
