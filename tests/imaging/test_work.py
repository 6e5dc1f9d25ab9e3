from __future__ import annotations

import hashlib
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from archive.settings import DerivativeSettings
from pipeline import vips
from pipeline.derive import recipe_of
from pipeline.vips import pyvips
from pipeline.work import check_item, run_item
from schemas.crosswalks.xmp import Credit
from schemas.errors import StoreWriteError
from schemas.events import EventType
from tests.imaging.making import (
    AT,
    DATA,
    chart,
    codes,
    derivative_set,
    job_for,
    jpeg_bytes,
    picture,
    run,
)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_digests_are_those_of_the_file(tmp_path):
    (technical,) = run(tmp_path / "staging", DATA / "lab.tif").technical

    content = (DATA / "lab.tif").read_bytes()
    assert technical.size_bytes == len(content)
    assert technical.sha512 == hashlib.sha512(content).hexdigest()
    assert technical.sha256 == hashlib.sha256(content).hexdigest()
    assert technical.path == "masters/lab.tif"
    assert technical.source_name == "lab.tif"


def test_events_say_what_was_done_oldest_first(tmp_path):
    outcome = run(tmp_path / "staging", DATA / "lab.tif", DATA / "frozenpond.mpo")

    told = [(event.type, event.path, event.at) for event in outcome.events]
    lab, pond = "masters/lab.tif", "masters/frozenpond.mpo"
    assert told == [
        (EventType.CAPTURE, pond, "2014-03-02T13:30:00"),
        (EventType.MESSAGE_DIGEST_CALCULATION, lab, AT),
        (EventType.FORMAT_IDENTIFICATION, lab, AT),
        (EventType.MESSAGE_DIGEST_CALCULATION, pond, AT),
        (EventType.FORMAT_IDENTIFICATION, pond, AT),
        (EventType.DERIVATION, lab, AT),
        (EventType.DERIVATION, pond, AT),
    ]
    agents = [event.agent for event in outcome.events]
    assert agents[0] == "Nintendo 3DS"
    assert agents[2].startswith("siegfried ")
    assert agents[-1] == f"libvips {vips.version()}"
    assert "fmt/353" in outcome.events[2].detail
    assert "access_px=1600" in outcome.events[-1].detail
    assert {event.outcome for event in outcome.events} == {"success"}


def test_impossible_exposure_date_gives_no_capture_event(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    chart().save(tmp_path / "scan.jpg", exif=exif)

    outcome = run(tmp_path / "staging", tmp_path / "scan.jpg")

    assert EventType.CAPTURE not in {event.type for event in outcome.events}


def test_item_without_scans_has_an_empty_derivative_set(tmp_path):
    outcome = run(tmp_path / "staging")

    assert derivative_set(outcome).canvases == ()
    assert (outcome.technical, outcome.masters, outcome.findings) == ((), (), ())
    assert codes(check_item(job_for(tmp_path / "nothing"))) == []


def test_masters_are_read_in_place_when_they_need_no_copy(tmp_path):
    job = job_for(tmp_path / "staging", DATA / "lab.tif", copy=False)

    outcome = run_item(job, at=AT)

    copied = run_item(job_for(tmp_path / "other", DATA / "lab.tif"), at=AT)
    assert outcome.masters == ()
    assert outcome.technical == copied.technical
    assert not (tmp_path / "staging" / "masters").exists()
    assert tree(tmp_path / "staging" / "derivatives") == tree(tmp_path / "other" / "derivatives")


def test_second_run_clears_what_a_first_left_and_gives_the_same_bytes(tmp_path):
    sources = [DATA / "Landscape_6.jpg", DATA / "multipage.tiff"]
    run(tmp_path / "staging", *sources)
    first = tree(tmp_path / "staging")
    (tmp_path / "staging" / "derivatives" / "0009").mkdir()
    (tmp_path / "staging" / "masters" / "0001.jpg").write_bytes(b"half")

    run(tmp_path / "staging", *sources)

    assert tree(tmp_path / "staging") == first
    assert str(tmp_path).encode() not in first["derivatives/derivatives.json"]


def test_new_scan_under_an_old_name_never_shows_old_pixels(tmp_path):
    from PIL import Image

    source = tmp_path / "scan.png"
    Image.new("RGB", (40, 40), (10, 10, 10)).save(source)
    run(tmp_path / "staging", source)
    Image.new("RGB", (40, 40), (200, 200, 200)).save(source)

    outcome = run(tmp_path / "staging", source)

    assert picture(outcome).getpixel((5, 5)) == pytest.approx((200, 200, 200), abs=3)


def test_recipe_changes_with_every_thing_that_changes_the_files():
    settings = DerivativeSettings()
    masters = [("a" * 128, 1), ("b" * 128, 3)]
    credit = Credit("BT.001")
    recipe = recipe_of(settings, masters, credit)
    changes = {
        "thumbnail_px": 300, "small_access_px": 700, "access_px": 1000, "tile_px": 256,
        "first_view_kb": 60,
        "quality": 83, "webp_quality": 83, "sharpen": False, "compact": True,
    }  # fmt: skip
    others = [
        *(
            recipe_of(replace(settings, **{name: changes[name]}), masters, credit)
            for name in changes
        ),
        recipe_of(settings, masters[::-1], credit),
        recipe_of(settings, masters[:1], credit),
        recipe_of(settings, [("a" * 128, 2), ("b" * 128, 3)], credit),
        recipe_of(settings, masters, replace(credit, rights=(("", "CC BY"),))),
    ]

    assert len({recipe, *others}) == 14
    # How PDF pages are drawn counts only for masters that are PDFs (test_readers), how large films
    # are only for recordings (test_recordings).
    same = replace(settings, max_megapixels=5, profile="print", pdf_ppi=200, film_px=640)
    assert {*changes, "max_megapixels", "profile", "pdf_ppi", "film_px"} == {
        field.name for field in fields(settings)
    }
    assert recipe == recipe_of(same, iter(masters), credit)


def test_recipe_of_the_set_is_that_of_its_masters(tmp_path):
    outcome = run(tmp_path / "staging", DATA / "multipage.tiff")

    masters = [(t.sha512, len(t.pages)) for t in outcome.technical]
    assert derivative_set(outcome).recipe == recipe_of(DerivativeSettings(), masters, Credit())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit of file sizes on Windows")
@pytest.mark.parametrize("limit", [2_000, 60_000], ids=["in the copy", "in the derivatives"])
def test_disk_that_refuses_a_write_is_an_error_and_leaves_nothing(limit, tmp_path):
    import resource

    (tmp_path / "scan.jpg").write_bytes(jpeg_bytes(chart(2000, 1500), quality=20))
    assert 2_000 < (tmp_path / "scan.jpg").stat().st_size < 60_000
    settings = DerivativeSettings(quality=100, access_px=2000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        with pytest.raises(StoreWriteError) as caught:
            run(tmp_path / "staging", tmp_path / "scan.jpg", settings=settings)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert caught.value.remedy
    assert not (tmp_path / "staging").exists()


def test_libvips_runs_with_our_rules():
    pyvips.Image.svgload_buffer  # noqa: B018  (the loader exists in the library)
    with pytest.raises(pyvips.Error):
        pyvips.Image.svgload_buffer(b'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>')
    assert vips.version().count(".") == 2
