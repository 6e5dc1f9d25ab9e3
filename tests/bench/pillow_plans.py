"""The peers of :mod:`tests.bench.derivatives` that are written with Pillow.

All convert colours by the same intent with black point compensation, and their encoders are set as
Hoa Ban's. None keeps 16 bits: Pillow reads 16-bit RGB as 8-bit.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageCms, ImageFilter

TILE_PX, QUALITY, WEBP_QUALITY, BOXES = 512, 82, 80, (1600, 800, 400)
# What Hoa Ban sharpens by, and which whole images it writes for viewers.
SHARPEN = ImageFilter.Kernel((3, 3), (-1, -1, -1, -1, 24, -1, -1, -1, -1), scale=16)
LARGEST_WHOLE_PX, VIEWER_THUMBNAIL_PX = 2048, 90
Box = tuple[int, int, int, int]


def naive(master: Path, out: Path) -> None:
    """Open again for every picture; every tile is cut from the full image and resized."""
    for box in BOXES:
        image = _srgb(master)
        image.thumbnail((box, box))
        image.save(out / f"{box}.jpg", quality=QUALITY)
        image.save(out / f"{box}.webp", quality=WEBP_QUALITY)
    image = _srgb(master)
    for region, size, target in tiles_of(*image.size):
        place = out / target
        place.mkdir(parents=True)
        tile = image.crop(region).resize(size, Image.Resampling.LANCZOS)
        tile.save(place / "default.jpg", quality=QUALITY)


def good(master: Path, out: Path) -> None:
    """One decode, one conversion, every level half of the last one; encoders set as ours are."""
    image = _srgb(master)
    _write_pictures(image, out)
    _write_tiles(image, out)


def safe(master: Path, out: Path) -> None:
    """The same after what an archive does first: a copy on the disk, digested on the way."""
    good(_copied(master, out), out)


def same(master: Path, out: Path) -> None:
    """All that Hoa Ban makes: also sharpened, with their profile, and the images for viewers."""
    image = _srgb(_copied(master, out))
    _write_pictures(image, out, sharpen=True)
    _write_wholes(_write_tiles(image, out), image.size, out)


def _copied(master: Path, out: Path) -> Path:
    from pipeline.copying import read_scan
    from pipeline.jobs import Scan

    return read_scan(Scan(master, master.name), out / f"copy{master.suffix}").path


def _write_pictures(image: Image.Image, out: Path, *, sharpen: bool = False) -> None:
    """Write the small pictures, each made of the next larger one before that is sharpened."""
    picture = image.reduce(max(1, max(image.size) // (2 * BOXES[0])))
    profile = _srgb_profile() if sharpen else None
    for box in BOXES:
        picture.thumbnail((box, box))
        shown = picture.filter(SHARPEN) if sharpen else picture
        shown.save(out / f"{box}.jpg", quality=QUALITY, optimize=True, icc_profile=profile)
        shown.save(out / f"{box}.webp", quality=WEBP_QUALITY, method=2, icc_profile=profile)
        picture = picture.copy()


def _write_tiles(image: Image.Image, out: Path) -> list[Image.Image]:
    """Write the tiles and return the levels that are small enough to be whole images."""
    level, factor = image, 1
    wholes = [image] if max(image.size) <= LARGEST_WHOLE_PX else []
    for region, size, target in tiles_of(*image.size):
        step = round((region[2] - region[0]) / size[0])
        while factor < step:
            level, factor = level.reduce(2), factor * 2
            if max(level.size) <= LARGEST_WHOLE_PX:
                wholes.append(level)
        place = out / target
        place.mkdir(parents=True)
        left, top = region[0] // factor, region[1] // factor
        tile = level.crop((left, top, left + size[0], top + size[1]))
        tile.save(place / "default.jpg", quality=QUALITY)
    return wholes


def _write_wholes(wholes: list[Image.Image], size: tuple[int, int], out: Path) -> None:
    """Write the whole images that viewers ask for."""
    profile = _srgb_profile()
    width = min(VIEWER_THUMBNAIL_PX, size[0])
    thumbnail = wholes[-1].resize((width, max(1, round(size[1] * width / size[0]))))
    named = [(f"{whole.width},{whole.height}", whole) for whole in wholes]
    for name, whole in (*named, (f"{VIEWER_THUMBNAIL_PX},", thumbnail)):
        place = out / "full" / name / "0"
        place.mkdir(parents=True)
        whole.save(place / "default.jpg", quality=QUALITY, optimize=True, icc_profile=profile)
    largest = out / "full" / "max" / "0"
    largest.mkdir(parents=True)
    os.link(out / "full" / named[0][0] / "0" / "default.jpg", largest / "default.jpg")


def _srgb(master: Path) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = None
    image: Image.Image = Image.open(master)
    if "icc_profile" not in image.info:
        return image.convert("RGB")
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    ImageCms.profileToProfile(
        image, profile, ImageCms.createProfile("sRGB"), inPlace=True,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    return image


def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def tiles_of(width: int, height: int) -> Iterator[tuple[Box, tuple[int, int], str]]:
    """Every tile: (region in the full image, size, folder)."""
    factor = 1
    while True:
        span = TILE_PX * factor
        for top in range(0, height, span):
            for left in range(0, width, span):
                w, h = min(span, width - left), min(span, height - top)
                size = (-(-w // factor), -(-h // factor))
                yield (
                    (left, top, left + w, top + h),
                    size,
                    f"{left},{top},{w},{h}/{size[0]},{size[1]}/0",
                )
        if max(width, height) <= span:
            return
        factor *= 2
