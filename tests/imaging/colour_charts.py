"""Pictures of a ColorChecker Classic, drawn from its reference values, with known faults."""

from __future__ import annotations

from PIL import Image

from pipeline.target_colours import AFTER_2014, srgb_of


def chart_picture(patch_px: int = 120) -> Image.Image:
    """The chart: four rows of six patches on black."""
    gap, frame = patch_px * 3 // 20, patch_px * 7 // 20
    step = patch_px + gap
    size = (6 * step - gap + 2 * frame, 4 * step - gap + 2 * frame)
    picture = Image.new("RGB", size, (28, 28, 28))
    for number, lab in enumerate(AFTER_2014):
        row, column = divmod(number, 6)
        colour = tuple(round(value) for value in srgb_of(lab))
        at = (frame + column * step, frame + row * step)
        picture.paste(colour, (*at, at[0] + patch_px, at[1] + patch_px))
    return picture


def scan_with_chart(
    background: Image.Image, *, width_px: int, degrees: float = 0.0, quarter_turns: int = 0
) -> Image.Image:
    """A scan with the chart near its lower right corner."""
    chart = chart_picture().rotate(90 * quarter_turns, expand=True)
    scale = width_px / max(chart.size)
    chart = chart.resize((round(chart.width * scale), round(chart.height * scale)))
    mask = Image.new("L", chart.size, 255).rotate(degrees, expand=True)
    chart = chart.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    scan = background.convert("RGB")
    at = ((scan.width - chart.width) * 9 // 10, (scan.height - chart.height) * 9 // 10)
    scan.paste(chart, at, mask)
    return scan


def with_cast(picture: Image.Image, red: float, green: float, blue: float) -> Image.Image:
    """Every channel multiplied: what a wrong white balance or exposure does."""
    factors = (red, green, blue)
    table = [min(255, round(value * factor)) for factor in factors for value in range(256)]
    return picture.point(table)
