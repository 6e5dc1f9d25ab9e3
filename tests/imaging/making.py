"""What the imaging tests share: jobs, masters made on the spot, colour difference."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

from PIL import Image

from archive.settings import DerivativeSettings
from pipeline.decode import decode_page
from pipeline.identify import identify
from pipeline.inspect import read_header
from pipeline.jobs import Job, Outcome, Scan
from pipeline.naming import add_names
from pipeline.work import run_item
from schemas.derivatives import DerivativeSet

DATA = Path(__file__).parent.parent / "data" / "imaging"
AT = "2026-11-21T08:30:00Z"


def job_for(
    staging: Path, *sources: Path, settings: DerivativeSettings | None = None, copy: bool = True
) -> Job:
    scans = tuple(Scan(source, source.name, f"view of {source.stem}") for source in sources)
    return Job("item-1", scans, staging, settings or DerivativeSettings(), copy_masters=copy)


def run(staging: Path, *sources: Path, settings: DerivativeSettings | None = None) -> Outcome:
    """What a worker and the process that names formats make of one item."""
    job = job_for(staging, *sources, settings=settings)
    return add_names(run_item(job, at=AT), job, at=AT)


def codes(outcome: Outcome) -> list[str]:
    return [finding.code for finding in outcome.findings]


def derivative_set(outcome: Outcome) -> DerivativeSet:
    assert outcome.derivatives is not None
    text = (outcome.derivatives / "derivatives.json").read_text(encoding="utf-8")
    return DerivativeSet.from_json(json.loads(text))


def picture(outcome: Outcome, name: str = "access.jpg", canvas: str = "0001") -> Image.Image:
    assert outcome.derivatives is not None
    with Image.open(outcome.derivatives / canvas / name) as image:
        image.load()
        return image


def decoded(path: Path, page: int = 0) -> Image.Image:
    """The pixels that every derivative of a master is made from."""
    identity = identify(path)
    image = decode_page(path, identity, read_header(path, identity).pages[page])
    return Image.frombytes("RGB", (image.width, image.height), image.write_to_memory())


def chart(width: int = 240, height: int = 160) -> Image.Image:
    """Smooth colours over the whole cube: what JPEG hardly changes."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    rings = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, rings))


NOISE = Image.effect_noise((900, 700), 60).convert("RGB")


def doubled(image: Image.Image) -> bytes:
    """The samples with 16 bit: a value v as 257 v, which is the same share of white."""
    return bytes(part for value in image.tobytes() for part in (value, value))


def difference(path: Path, expected: Image.Image) -> float:
    """The median colour difference between what derivatives are made from and a picture."""
    return median(lab_difference(decoded(path), expected))


def lab_difference(one: Image.Image, other: Image.Image) -> list[float]:
    """CIE76 differences of two sRGB pictures, sorted; one value a pixel."""
    first, second = (lab_pixels(image.convert("RGB")) for image in (one, other))
    return sorted(math.dist(a, b) for a, b in zip(first, second, strict=True))


_LINEAR = [
    v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4
    for v in range(256)
]


def lab_pixels(image: Image.Image) -> list[tuple[float, float, float]]:
    """CIELAB of sRGB, D65 white."""
    raw = image.tobytes()
    pixels = []
    for at in range(0, len(raw), 3):
        r, g, b = (_LINEAR[value] for value in raw[at : at + 3])
        x, y, z = (
            v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
            for v in (
                (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
                0.2126 * r + 0.7152 * g + 0.0722 * b,
                (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
            )
        )
        pixels.append((116 * y - 16, 500 * (x - y), 200 * (y - z)))
    return pixels


def median(values: list[float]) -> float:
    return values[len(values) // 2]


def jpeg_bytes(image: Image.Image, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, "JPEG", **options)
    return target.getvalue()
