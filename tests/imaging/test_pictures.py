"""The small pictures: their sizes and formats, what they carry, and both ways to keep pixels."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageFilter

from archive.settings import DERIVATIVE_PROFILES, DerivativeSettings
from pipeline.encoding import Encoding, save_jpeg, save_webp
from pipeline.work import run_item
from schemas.crosswalks.xmp import Credit, credit_of, xmp_packet
from schemas.dublincore import Statement
from schemas.errors import StoreWriteError
from schemas.records import Record
from tests.imaging.making import AT, DATA, chart, codes, derivative_set, job_for, picture, run
from tests.imaging.test_work import tree

CREDIT = Credit(
    "BT.001/Đ",
    ("Bảo tàng <Thử>",),
    (("vi", "© Bảo tàng"), ("", "All & more")),
    "http://x.example/r",
)
NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "r": "http://ns.adobe.com/xap/1.0/rights/",
}


def words_of(packet: bytes) -> dict[str, list[str]]:
    """What an XMP packet says, by its elements."""
    root = ElementTree.fromstring(packet.decode().removeprefix("\ufeff"))
    (description,) = root.iter(f"{{{NAMES['rdf']}}}Description")
    return {
        element.tag.rsplit("}", 1)[1]: [text.strip() for text in element.itertext()]
        for element in description
    }


@pytest.mark.parametrize("size", [(2000, 1300), (900, 1700), (5000, 40)])
def test_pictures_come_in_three_sizes_as_jpeg_and_webp(size, tmp_path):
    chart(*size).save(tmp_path / "scan.png")

    outcome = run(tmp_path / "staging", tmp_path / "scan.png")

    (canvas,) = derivative_set(outcome).canvases
    assert [max(i.width_px, i.height_px) for i in canvas.access_images] == [800, 1600]
    assert max(canvas.thumbnail.width_px, canvas.thumbnail.height_px) == 400
    for image in (canvas.thumbnail, *canvas.access_images):
        jpeg, webp = picture(outcome, image.name), picture(outcome, image.webp)
        assert (jpeg.format, webp.format) == ("JPEG", "WEBP")
        assert jpeg.size == webp.size == (image.width_px, image.height_px)


def test_small_master_has_one_access_image_of_its_own_size(tmp_path):
    chart(700, 300).save(tmp_path / "scan.png")

    (canvas,) = derivative_set(run(tmp_path / "staging", tmp_path / "scan.png")).canvases

    assert [(i.name, i.width_px) for i in canvas.access_images] == [("access.jpg", 700)]
    assert (canvas.thumbnail.width_px, canvas.thumbnail.height_px) == (400, 171)


def test_what_a_page_shows_first_keeps_to_its_bytes(tmp_path):
    Image.effect_noise((1200, 900), 80).convert("RGB").save(tmp_path / "scan.png")
    settings = DerivativeSettings(first_view_kb=90)

    outcome = run(tmp_path / "staging", tmp_path / "scan.png", settings=settings)

    folder = outcome.derivatives / "0001"
    (canvas,) = derivative_set(outcome).canvases
    small, large = canvas.access_images
    assert (folder / small.webp).stat().st_size <= 90_000 < (folder / large.webp).stat().st_size
    # Noise is more than a lower quality can mend, so the picture got smaller: both of it.
    assert 400 < small.width_px < 800
    assert picture(outcome, small.name).size == picture(outcome, small.webp).size
    assert (large.width_px, large.height_px) == (1200, 900)
    files = [(folder / i.name).stat().st_size for i in (canvas.thumbnail, small, large)]
    assert [i.size_bytes for i in (canvas.thumbnail, small, large)] == files
    assert canvas.largest_bytes == (folder / "full/max/0/default.jpg").stat().st_size


def test_a_picture_to_download_keeps_its_size_whatever_it_takes(tmp_path):
    Image.effect_noise((700, 500), 80).convert("RGB").save(tmp_path / "scan.png")
    light, free = (
        run(tmp_path / name, tmp_path / "scan.png", settings=DerivativeSettings(first_view_kb=kb))
        for name, kb in (("light", 20), ("free", 0))
    )

    (canvas,) = derivative_set(light).canvases
    assert (canvas.access.width_px, canvas.access.height_px) == (700, 500)
    webp = [(o.derivatives / "0001/access.webp").stat().st_size for o in (light, free)]
    assert webp[0] < webp[1]


def test_the_set_knows_its_files_and_bytes(tmp_path):
    chart(900, 700).save(tmp_path / "scan.png")
    outcome = run(tmp_path / "staging", tmp_path / "scan.png")

    (canvas,) = derivative_set(outcome).canvases

    files = tree(outcome.derivatives / "0001")
    assert (canvas.files, canvas.size_bytes) == (len(files), sum(map(len, files.values())))


def test_every_picture_says_whose_it_is_and_nothing_else(tmp_path):
    source = DATA / "exif_gps.jpg"
    job = replace(job_for(tmp_path / "staging", source), credit=CREDIT)

    outcome = run_item(job, at=AT)

    for name in ("thumbnail.jpg", "access.webp", "access.jpg", "full/max/0/default.jpg"):
        image = picture(outcome, name)
        assert dict(image.getexif()) == {}
        assert 0 < len(image.info["icc_profile"]) < 600
        said = words_of(image.info["xmp"])
        assert said["identifier"] == ["BT.001/Đ"]
        assert said["source"] == [f"hash://sha256/{outcome.technical[0].sha256}"]
        assert said["rights"] == ["All & more", "© Bảo tàng"] or "© Bảo tàng" in said["rights"]
        assert said["WebStatement"] == ["http://x.example/r"]
        assert said["publisher"] == ["Bảo tàng <Thử>"]
        assert said["Marked"] == ["True"]


def test_rights_are_the_records_own_or_the_archives():
    kept = {"publisher": "Bảo tàng", "rights": "© Kho", "rights_uri": ""}
    own = Record(
        "1",
        (
            Statement(
                "rights", "Public", "en", "https://creativecommons.org/publicdomain/zero/1.0/"
            ),
            Statement("publisher", "Khác"),
        ),
    )

    assert credit_of(Record("1", ()), **kept) == Credit("1", ("Bảo tàng",), (("", "© Kho"),), "")
    credit = credit_of(own, **kept)
    assert credit.holders == ("Khác",)
    assert credit.rights_uri == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert words_of(xmp_packet(credit, source="x"))["Marked"] == ["False"]
    assert "Marked" not in words_of(xmp_packet(Credit("1"), source="x"))


def test_endless_and_impossible_words_still_fit_into_a_jpeg():
    credit = Credit("1", ("\0" * 9,), tuple((f"l{n}", "<&>\x01" * 9000) for n in range(6)))

    packet = xmp_packet(credit, source="x")

    assert len(packet) <= 55_000
    assert words_of(packet)["publisher"]
    assert "rights" in words_of(packet)


@pytest.mark.parametrize("quality", [82, 90, 92, 95, 100])
@pytest.mark.parametrize("compact", [False, True])
def test_film_grain_and_halftones_can_be_written_at_any_quality(quality, compact, tmp_path):
    grain = [Image.effect_noise((400, 300), 100) for _band in range(3)]
    packet = xmp_packet(Credit("BT.1", ("Bảo tàng",)), source="a.tif")
    encoding = Encoding(quality, quality, compact=compact, xmp=packet)
    save_jpeg(Image.merge("RGB", grain), tmp_path / "a.jpg", encoding)
    save_webp(Image.merge("RGB", grain), tmp_path / "a.webp", encoding)
    for path in tmp_path.iterdir():
        with Image.open(path) as written:
            written.load()
            assert written.size == (400, 300)
            assert written.info["icc_profile"]
            assert written.info["xmp"] == packet


def test_reduced_pictures_are_crisper_but_even_areas_and_documents_are_left_alone(tmp_path):
    page = Image.new("L", (2400, 1600), 200)
    page.paste(60, (800, 400, 1600, 1200))
    page.convert("RGB").save(tmp_path / "edges.png")
    page.convert("1").save(tmp_path / "text.tif", compression="group4")
    plain = DerivativeSettings(sharpen=False, quality=100)
    sharp = DerivativeSettings(quality=100)
    sources = [tmp_path / "edges.png", tmp_path / "text.tif"]

    before = run(tmp_path / "plain", *sources, settings=plain)
    after = run(tmp_path / "sharp", *sources, settings=sharp)

    def extremes(outcome, canvas="0001"):
        return picture(outcome, canvas=canvas).convert("L").getextrema()

    assert picture(after).getpixel((30, 30)) == picture(before).getpixel((30, 30))
    low, high = extremes(after)
    assert low < extremes(before)[0]
    assert high > extremes(before)[1]
    assert high - 200 < 40  # no visible halo
    for name in ("access.jpg", "thumbnail.webp"):
        one, other = (picture(o, name, "0002").tobytes() for o in (before, after))
        assert one == other
    tile = "0,0,1024,1024/512,512/0/default.jpg"
    assert picture(before, tile).tobytes() == picture(after, tile).tobytes()


def test_profiles_trade_files_bytes_and_sharpness(tmp_path):
    noisy = Image.effect_noise((2600, 1900), 60).convert("RGB").filter(ImageFilter.GaussianBlur(2))
    noisy.save(tmp_path / "scan.png")

    made = {
        name: derivative_set(run(tmp_path / name, tmp_path / "scan.png", settings=settings))
        for name, settings in DERIVATIVE_PROFILES.items()
    }

    canvases = {name: found.canvases[0] for name, found in made.items()}
    assert canvases["small"].files < 0.5 * canvases["standard"].files
    assert canvases["small"].size_bytes < 0.75 * canvases["standard"].size_bytes
    assert canvases["print"].access.width_px == 2600
    assert len({found.recipe for found in made.values()}) == 3


@pytest.mark.parametrize(
    "name", ["Landscape_6.jpg", "pil_sample_cmyk.jpg", "multipage.tiff", "xmp_tags_orientation.png"]
)
def test_pixels_kept_on_the_disk_give_the_same_bytes(name, tmp_path):
    in_memory = run(tmp_path / "memory", DATA / name)

    on_disk = run_item(replace(job_for(tmp_path / "disk", DATA / name), memory_mb=1), at=AT)

    assert tree(on_disk.derivatives) == tree(in_memory.derivatives)
    assert sorted(p.name for p in (tmp_path / "disk").iterdir()) == ["derivatives", "masters"]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_large_turned_page_is_the_same_from_the_disk(orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    chart(1900, 1100).save(tmp_path / "scan.tif", exif=exif)
    job = job_for(tmp_path / "disk", tmp_path / "scan.tif")

    on_disk = run_item(replace(job, memory_mb=1), at=AT)

    in_memory = run(tmp_path / "memory", tmp_path / "scan.tif")
    assert tree(on_disk.derivatives) == tree(in_memory.derivatives)


def test_damage_is_the_scans_fault_also_when_the_pixels_go_to_the_disk(tmp_path):
    chart(1900, 1100).save(tmp_path / "scan.jpg", quality=95)
    content = (tmp_path / "scan.jpg").read_bytes()
    (tmp_path / "scan.jpg").write_bytes(content[: len(content) // 2])

    outcome = run_item(replace(job_for(tmp_path / "s", tmp_path / "scan.jpg"), memory_mb=1), at=AT)

    assert "SCAN-damaged" in codes(outcome)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of file sizes on Windows")
@pytest.mark.parametrize(
    ("orientation", "limit_bytes"),
    [(6, 1_000_000), (1, 1_000)],
    ids=["the pixels of a turned page that wait on the disk", "the first tile"],
)
def test_full_disk_is_no_fault_of_the_scan(orientation: int, limit_bytes: int, tmp_path: Path):
    import resource

    exif = Image.Exif()
    exif[274] = orientation
    chart(1900, 1100).save(tmp_path / "scan.jpg", quality=50, exif=exif)
    job = replace(job_for(tmp_path / "s", tmp_path / "scan.jpg"), memory_mb=1, copy_masters=False)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        with pytest.raises(StoreWriteError):
            run_item(job, at=AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "s").exists()
