"""Smaller editions of zoomable images, held against images that were made that small."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.site.smaller import files_of, halved, most_halvings
from pipeline.encoding import Encoding
from pipeline.tiles import write_tiles
from pipeline.vips import pyvips
from schemas.derivatives import Canvas, ImageFile

TILE_PX = 64
PICTURES = ("thumbnail.jpg", "thumbnail.webp", "access.jpg", "access.webp")


def made(folder: Path, width: int, height: int, access_px: int) -> tuple[Canvas, list[str]]:
    """Write the tiles of a plain image, and return its canvas and the names of all its files."""
    folder.mkdir(exist_ok=True)
    image = pyvips.Image.black(width, height, bands=3).copy(interpretation="srgb")
    written = write_tiles(image, folder / "0001", tile_px=TILE_PX, encoding=Encoding(50))
    pyramid = written.pyramid
    scale = min(1.0, access_px / max(width, height))
    access = ImageFile(
        "access.jpg", max(1, round(width * scale)), max(1, round(height * scale)), "access.webp"
    )
    small = ImageFile("thumbnail.jpg", 1, 1, "thumbnail.webp")
    canvas = Canvas(
        key="0001", master="a.tif", page=0, label="", width_px=width, height_px=height,
        thumbnail=small, access_images=(access,), tile_px=TILE_PX,
        scale_factors=pyramid.scale_factors, sizes=pyramid.sizes, files=0, size_bytes=0,
    )  # fmt: skip
    found = sorted(
        path.relative_to(folder / "0001").as_posix()
        for path in (folder / "0001").rglob("*")
        if path.is_file()
    )
    return canvas, [*found, *PICTURES]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 700), st.integers(1, 700), st.integers(0, 4), st.integers(40, 200))
def test_an_edition_is_the_pyramid_of_an_image_made_that_small(
    width: int, height: int, times: int, access_px: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        canvas, names = made(Path(name) / "whole", width, height, access_px)
        small = halved(canvas, times)
        files = list(files_of(canvas, times, names))
        assert {file.source for file in files} <= set(names)
        assert len({file.name for file in files}) == len(files)
        like, expected = made(Path(name) / "small", small.width_px, small.height_px, access_px)
        assert {file.name for file in files} == set(expected)
        assert (small.scale_factors, small.sizes) == (like.scale_factors, like.sizes)
        assert max(small.width_px, small.height_px) >= max(
            canvas.access.width_px, canvas.access.height_px
        )


@pytest.mark.parametrize("size", [(4096, 3000), (1000, 90), (64, 64), (1, 1)])
def test_halving_ends_at_the_access_image(tmp_path: Path, size: tuple[int, int]) -> None:
    canvas, names = made(tmp_path, *size, 500)
    most = most_halvings(canvas)
    assert halved(canvas, most + 3) == halved(canvas, most)
    assert halved(canvas, 0) == canvas
    assert {file.name for file in files_of(canvas, 0, names)} == set(names)
