"""Scans for the benchmarks: cut from the sample's real ones, the same at every run."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.vips import pyvips

SAMPLE = Path(__file__).parent.parent.parent / "pipeline" / "sample" / "scans"
# (name of the kind, its share in ten): what a museum's scanners and cameras write.
KINDS = ("jpg", "jpg", "jpg", "tif", "jpg", "png", "jpg", "tif", "tif16", "jpg")


def write_scans(folder: Path, count: int, sizes_mp: Sequence[float]) -> list[Path]:
    """Write ``count`` scans of mixed kinds and sizes into the new folder ``folder``.

    Each is another part of a sample scan, enlarged where that is too small and with the grain of a
    sensor, so that it is as hard to decode and to encode as a real one.

    Args:
        folder: Must not exist; its parent must.
        count: How many.
        sizes_mp: Their sizes in megapixels, taken in turn.
    """
    folder.mkdir()
    dice = random.Random(20261122)
    sources = [
        pyvips.Image.new_from_file(str(path)).colourspace("srgb")[:3].copy_memory()
        for path in sorted(SAMPLE.rglob("*.jpg"))
    ]
    paths = []
    for number in range(count):
        image = _cut(sources[number % len(sources)], sizes_mp[number % len(sizes_mp)], dice)
        kind = KINDS[number % len(KINDS)]
        paths.append(_saved(image, folder / f"B-{number:04d}.{kind[:3]}", deep=kind == "tif16"))
    return paths


def write_delivery(folder: Path, count: int, sizes_mp: Sequence[float]) -> list[Path]:
    """Write the same scans with a catalogue that has one item a scan."""
    paths = write_scans(folder, count, sizes_mp)
    rows = ["identifier,title,description,files"]
    rows += [f"{path.stem},Bench {path.stem},Part of a scan,{path.name}" for path in paths]
    (folder / "catalogue.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return paths


def _cut(source: pyvips.Image, megapixels: float, dice: random.Random) -> pyvips.Image:
    width = round((megapixels * 1e6 * 1.4) ** 0.5)
    height = round(width / 1.4)
    part = dice.uniform(0.6, 0.95)
    left = dice.randrange(int(source.width * (1 - part)) + 1)
    top = dice.randrange(int(source.height * (1 - part)) + 1)
    cut = source.crop(left, top, int(source.width * part), int(source.height * part))
    large = cut.resize(width / cut.width, vscale=height / cut.height, kernel="linear")
    large = large.gravity("centre", width, height, extend="copy")
    return (large + _grain(width, height)).cast("uchar").copy(interpretation="srgb")


@cache
def _grain(width: int, height: int) -> pyvips.Image:
    noise = pyvips.Image.gaussnoise(width, height, sigma=3, mean=0, seed=7)
    return noise.rint().cast("char").copy_memory()


def _saved(image: pyvips.Image, path: Path, *, deep: bool) -> Path:
    if path.suffix == ".jpg":
        image.jpegsave(str(path), Q=92, keep="none")
    elif path.suffix == ".png":
        image.pngsave(str(path), compression=3, keep="none")
    elif deep:
        (image * 257).cast("ushort").copy(interpretation="rgb16").tiffsave(str(path), keep="none")
    else:
        image.tiffsave(str(path), keep="none")
    return path
