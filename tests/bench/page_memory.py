"""What one page needs in memory, by format: ``python -m tests.bench.page_memory [MEGAPIXELS]``.

Each page (24 MP) is worked on in a process of its own, as a worker does, after a small one of the
same kind. Printed are the largest resident size in MB after each, their difference in bytes a
pixel, and what the reader says that decoding holds (``PageHeader.held_bytes``; 0: strip by strip).
HEIC, which nothing here can write, is measured only where a file is named: ``… page_memory FILE``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.bench import allow_bytecode

ROOT = Path(__file__).parent.parent.parent
_SMALL_MP = 0.05
Write = Callable[[Any, Path], object]


def main(megapixels: float = 24.0, files: tuple[Path, ...] = ()) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        if files:
            small = scratch / "small.jpg"
            WRITERS["plain.jpg"](_noise(_SMALL_MP), small)
            for file in files:
                _measure(small, file, scratch)
            return
        for kind, write in WRITERS.items():
            pages = (scratch / f"small-{kind}", scratch / kind)
            for page, size in zip(pages, (_SMALL_MP, megapixels), strict=True):
                write(_noise(size), page)
            _measure(*pages, scratch)
            pages[1].unlink()


def _measure(small: Path, page: Path, scratch: Path) -> None:
    command = [sys.executable, "-m", "tests.bench.page_memory", "one", small, page, scratch]
    subprocess.run(command, cwd=ROOT, check=True)


def run_one(small: Path, page: Path, scratch: Path) -> None:
    """Be the worker."""
    from archive.settings import DerivativeSettings
    from pipeline.identify import identify
    from pipeline.jobs import Job, Scan
    from pipeline.readers import read_pages
    from pipeline.work import run_item
    from tests.bench.derivatives import own_peak_mb

    settings = DerivativeSettings()
    peaks = []
    for scan in (small, page):
        job = Job("item", (Scan(scan, scan.name),), scratch / "staging", settings)
        assert run_item(job, at="2026-01-01T00:00:00Z").derivatives, scan
        peaks.append(own_peak_mb())
    header = read_pages(page, identify(page), settings).pages[0]
    pixels = header.stored_width_px * header.stored_height_px
    grown = (peaks[1] - peaks[0]) * (1 << 20) / pixels
    sys.stdout.write(
        f"{page.name:18}{peaks[0]:6.0f}{peaks[1]:6.0f} MB"
        f"{grown:7.1f} bytes a pixel, held {header.held_bytes}\n"
    )


def _noise(megapixels: float) -> Any:
    """Return photographic noise of 3 to 2, which no format can make much of."""
    from pipeline.vips import pyvips

    height = round((megapixels * 1e6 / 1.5) ** 0.5 / 16) * 16
    width = height * 3 // 2
    shapes = pyvips.Image.perlin(width, height, cell_size=256, seed=7) * 90 + 120
    light = shapes + pyvips.Image.gaussnoise(width, height, sigma=4, mean=0, seed=7)
    image = light.bandjoin([light * 0.8 + 10, light * 0.6 + 30])
    return image.cast("uchar").copy(interpretation="srgb").copy_memory()


def _pillow(image: Any) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", (image.width, image.height), image.write_to_memory())


def _turned(image: Any) -> Any:
    from pipeline.vips import pyvips

    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    return image


def _write_planar(image: Any, path: Path) -> None:
    from tests.imaging.tiff_making import write_planar_tiles

    write_planar_tiles(path, _pillow(image))


def _write_dng(image: Any, path: Path) -> None:
    """Write a mosaic of 14 bit in which every filter counted the same light."""
    from tests.imaging.tiff_making import dng_tags, write_tiff

    light = (image[1] * (16383 / 255)).cast("ushort")
    tags = dng_tags((image.width, image.height))
    write_tiff(path, tags, [light.write_to_memory()])


WRITERS: Mapping[str, Write] = {
    "plain.jpg": lambda image, path: image.jpegsave(str(path), Q=92),
    "turned.jpg": lambda image, path: _turned(image).jpegsave(str(path), Q=92),
    "progressive.jpg": lambda image, path: image.jpegsave(str(path), Q=92, interlace=True),
    "strips.tif": lambda image, path: image.tiffsave(str(path), compression="lzw"),
    "tiles.tif": lambda image, path: image.tiffsave(str(path), tile=True, compression="lzw"),
    "planar.tif": _write_planar,
    "plain.png": lambda image, path: image.pngsave(str(path), compression=1),
    "interlaced.png": lambda image, path: image.pngsave(str(path), compression=1, interlace=True),
    "plain.bmp": lambda image, path: _pillow(image).save(path),
    "plain.gif": lambda image, path: image.gifsave(str(path), effort=1),
    "plain.webp": lambda image, path: image.webpsave(str(path), effort=0),
    "plain.avif": lambda image, path: image.heifsave(str(path), compression="av1", effort=0),
    "plain.jp2": lambda image, path: _pillow(image).save(path),
    "mosaic.dng": _write_dng,
    "scan.pdf": lambda image, path: _pillow(image).save(path, "PDF", resolution=300.0),
}


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["one"]:
        run_one(*(Path(word) for word in sys.argv[2:5]))
    elif sys.argv[1:] and not sys.argv[1].replace(".", "").isdigit():
        main(files=tuple(Path(word) for word in sys.argv[1:]))
    else:
        main(*(float(word) for word in sys.argv[1:]))
