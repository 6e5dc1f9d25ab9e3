"""Pages for the tests of quality control: text drawn with a real font, and damage done to scans."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "pipeline" / "sample" / "scans"
# The font that Pillow brings draws a box for most letters with marks.
FONT = ROOT / "pipeline" / "fonts" / "be-vietnam-pro-600.ttf"
PAPER, INK = (238, 232, 214), (40, 36, 34)
SYLLABLES = (
    "trống",
    "đồng",
    "khăn",
    "piêu",
    "bảo",
    "tàng",
    "hiện",
    "vật",
    "sưu",
    "tập",
    "dân",
    "tộc",
    "Thái",
    "ghi",
    "chép",
    "làng",
    "bản",
)


def grainy(image: Image.Image, sigma: float = 5) -> Image.Image:
    """Add the grain of a sensor, the same on every run."""
    chance = random.Random(3)
    size = (image.width // 4, image.height // 4)
    grain = bytes(
        max(0, min(255, round(chance.gauss(128, sigma)))) for _ in range(size[0] * size[1])
    )
    tile = Image.frombytes("L", size, grain)
    sheet = Image.new("L", image.size, 128)
    for left in range(0, image.width, size[0]):
        for top in range(0, image.height, size[1]):
            sheet.paste(tile, (left, top))
    return ImageChops.add(image, Image.merge("RGB", [sheet] * 3), 1, -128)


def text_page(
    seed: int = 1,
    *,
    lines: int = 34,
    size: tuple[int, int] = (1240, 1754),
    font_file: Path | None = None,
) -> Image.Image:
    """Draw an A4 page of Vietnamese text at 150 ppi, as a scanner gives it."""
    chance = random.Random(seed)
    font = ImageFont.truetype(font_file, 24) if font_file else ImageFont.load_default(24)
    image = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        words = " ".join(chance.choice(SYLLABLES) for _word in range(chance.randint(9, 14)))
        draw.text((150, 160 + line * 42), words, font=font, fill=INK)
    return grainy(image.filter(ImageFilter.GaussianBlur(0.6)))


def real(name: str) -> Image.Image:
    """Return a scan of the sample."""
    with Image.open(SAMPLE / name) as image:
        return image.convert("RGB")


def scaled(
    factors: tuple[float, float, float], shift: float = 0
) -> Callable[[Image.Image], Image.Image]:
    """Return what multiplies the channels of an image and clips them."""

    def damage(image: Image.Image) -> Image.Image:
        bands = [
            band.point([max(0, min(255, round(v * factor + shift))) for v in range(256)])
            for band, factor in zip(image.split(), factors, strict=True)
        ]
        return Image.merge("RGB", bands)

    return damage


def tilted(degrees: float) -> Callable[[Image.Image], Image.Image]:
    """Return what tilts a page so that its lines fall to the right."""
    return lambda image: image.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor=PAPER)


def on_lid(shade: int) -> Callable[[Image.Image], Image.Image]:
    """Return what lays a sheet into a corner of an area with twice its sides."""

    def damage(image: Image.Image) -> Image.Image:
        area = Image.new("RGB", (image.width * 2, image.height * 2), (shade,) * 3)
        area.paste(image, (image.width // 8, image.height // 8))
        return area

    return damage
