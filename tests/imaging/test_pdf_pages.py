"""PDF pages: a scan within keeps its pixels, other pages are drawn, damage is told."""

from __future__ import annotations

import pytest

from archive.settings import DerivativeSettings
from tests.imaging.making import (
    DATA,
    NOISE,
    chart,
    codes,
    derivative_set,
    difference,
    picture,
    run,
)
from tests.imaging.samples import vector_pdf


def test_pdf_page_that_is_one_scan_keeps_the_scans_pixels(tmp_path):
    chart().save(tmp_path / "scan.pdf", resolution=150, quality=100)

    outcome = run(tmp_path / "s", tmp_path / "scan.pdf")

    assert codes(outcome) == []
    (technical,) = outcome.technical
    assert (technical.pages[0].width_px, technical.pages[0].height_px) == chart().size
    assert technical.resolution_ppi == (150.0, 150.0)
    assert difference(tmp_path / "scan.pdf", chart()) < 1.5


def test_other_pdf_pages_are_views_drawn_at_the_resolution_of_the_settings(tmp_path):
    vector_pdf(tmp_path / "pages.pdf", pages=3)
    for ppi, size in ((300, (600, 300)), (100, (200, 100))):
        settings = DerivativeSettings(pdf_ppi=ppi)
        outcome = run(tmp_path / "s", tmp_path / "pages.pdf", settings=settings)

        assert codes(outcome) == []
        (technical,) = outcome.technical
        assert [(p.width_px, p.height_px) for p in technical.pages] == [size] * 3
        assert technical.resolution_ppi is None
        image = picture(outcome, canvas="0003")
        assert image.getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)
        assert image.getpixel((size[0] - 5, 5)) == (255, 255, 255)


def test_pdf_page_is_refused_before_it_is_drawn_when_it_is_too_large(tmp_path):
    vector_pdf(tmp_path / "poster.pdf", width_pt=14_400, height_pt=14_400)

    assert codes(run(tmp_path / "s", tmp_path / "poster.pdf")) == ["SCAN-too-large"]


def test_damaged_scan_in_a_pdf_is_no_blank_page(tmp_path):
    NOISE.save(tmp_path / "scan.pdf")
    content = (tmp_path / "scan.pdf").read_bytes()
    at = len(content) // 2
    (tmp_path / "scan.pdf").write_bytes(content[:at] + b"\xff\xff" * 99 + content[at + 198 :])

    assert codes(run(tmp_path / "s", tmp_path / "scan.pdf")) == ["SCAN-damaged"]


def test_settings_of_pdf_pages_are_part_of_the_recipe_of_pdfs_only(tmp_path):
    vector_pdf(tmp_path / "a.pdf")
    recipes = {
        name: [
            derivative_set(
                run(tmp_path / "s", path, settings=DerivativeSettings(pdf_ppi=ppi))
            ).recipe
            for ppi in (72, 100)
        ]
        for name, path in (("pdf", tmp_path / "a.pdf"), ("gps", DATA / "exif_gps.jpg"))
    }

    assert len(set(recipes["pdf"])) == 2
    assert len(set(recipes["gps"])) == 1
