"""What a full derivative set costs: ``python -m tests.bench.derivatives [RUNS] [SCALE]``.

Every plan makes the same set (thumbnail 400, access 800 and 1600 as JPEG and WebP, IIIF level 0
tiles of 512 pixels) in sRGB from the same masters, each in a process of its own that has made one
such set before, as a worker has. The figures are CPU seconds (user and system, children included),
seconds, and the largest resident size. The plans take turns, RUNS times (default 5). The least CPU
time of each counts: other programs only ever add to it, and on a busy machine they add a third.
The last columns are the multiple of the floor by those, and the median over the turns, each plan
against the floor of the same turn. What is many times the floor runs once, without a set before.
SCALE makes the masters smaller: 0.1 is a tenth of the pixels.

The floor is what cannot be left out: ``dzsave`` of the same image with its colour conversion, its
two digests, and the encoding of the small pictures from images already that small (sharpened, as
they have to be).
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import allow_bytecode, pillow_plans
from tests.bench.pillow_plans import BOXES, QUALITY, TILE_PX, WEBP_QUALITY

ROOT = Path(__file__).parent.parent.parent
MASTERS = {
    "24 MP JPEG": ("j24.jpg", 24.0, "adobe"),
    "100 MP TIFF": ("t100.tif", 100.0, "adobe"),
    "50 MP 16-bit TIFF": ("t50.tif", 50.0, "prophoto"),
}


def make_master(path: Path, megapixels: float, space: str) -> None:
    """Write photographic noise in a wide colour space."""
    from pipeline.vips import pyvips
    from tests.imaging.profiles import adobe_rgb, prophoto_rgb

    width = round(math.sqrt(megapixels * 1.5e6))
    height = round(width / 1.5)
    shapes = pyvips.Image.perlin(width, height, cell_size=256, seed=7) * 90 + 120
    grain = pyvips.Image.gaussnoise(width, height, sigma=4, mean=0, seed=7)
    light = shapes + grain
    image = light.bandjoin([light * 0.8 + 10, light * 0.6 + 30])
    if space == "prophoto":
        image = (image * 257).cast("ushort").copy(interpretation="rgb16")
    else:
        image = image.cast("uchar").copy(interpretation="srgb")
    profile = prophoto_rgb() if space == "prophoto" else adobe_rgb()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    if path.suffix == ".jpg":
        image.jpegsave(str(path), Q=92)
    else:
        image.tiffsave(str(path))


def imagemagick(master: Path, out: Path) -> float:
    """As Wax does: one process a picture and a tile; returns what the CPU must be multiplied by.

    Wax makes 250 and 1140 pixels and all tiles by ``-crop`` and ``-resize`` from the master. All
    tiles of the JPEG are made; of the larger masters, which take many minutes, 12 spread over the
    levels, and their time is multiplied.
    """
    from pipeline.vips import pyvips

    head = pyvips.Image.new_from_file(str(master))
    tiles = list(pillow_plans.tiles_of(head.width, head.height))
    sample = tiles if head.width * head.height < 30e6 else tiles[:: max(1, len(tiles) // 12)]
    started = _cpu_s()
    for box in (250, 1140, 400):
        _convert(master, out, "-resize", f"{box}x", "-quality", str(QUALITY), f"{box}.jpg")
    pictures = _cpu_s() - started
    for number, (region, size, _target) in enumerate(sample):
        left, top, right, bottom = region
        _convert(
            master, out, "-crop", f"{right - left}x{bottom - top}+{left}+{top}", "+repage",
            "-resize", f"{size[0]}x{size[1]}!", "-quality", str(QUALITY), f"tile-{number}.jpg",
        )  # fmt: skip
    cut = _cpu_s() - started - pictures
    return (pictures + cut / len(sample) * len(tiles)) / (pictures + cut)


def _convert(master: Path, out: Path, *options: str) -> None:
    """Run ImageMagick with the limits of the distribution lifted, which are below 100 MP."""
    program = shutil.which("magick") or shutil.which("convert")
    assert program
    (out / "policy.xml").write_text("<policymap></policymap>", encoding="ascii")
    subprocess.run(
        [program, str(master), *options[:-1], str(out / options[-1])], check=True,
        env=os.environ | {"MAGICK_CONFIGURE_PATH": str(out)},
    )  # fmt: skip


def vips_reopened(master: Path, out: Path) -> None:
    """Open the master again for every picture."""
    from pipeline.vips import pyvips

    def srgb() -> pyvips.Image:
        image = pyvips.Image.new_from_file(str(master))
        return image.icc_transform("srgb", embedded=True, intent="relative", depth=8)

    for box in BOXES:
        for name in (f"{box}.jpg[Q={QUALITY}]", f"{box}.webp[Q={WEBP_QUALITY}]"):
            srgb().thumbnail_image(box, height=box, size="down").write_to_file(str(out / name))
    srgb().dzsave(
        str(out / "tiles"), layout="iiif3", tile_size=TILE_PX, suffix=f".jpg[Q={QUALITY}]"
    )


def floor(master: Path, out: Path) -> None:
    """What cannot be left out; the small pictures are there before the clock starts."""
    floor_with(master, out, _SMALL)


def floor_with(master: Path, out: Path, small_pictures: dict[int, Any]) -> None:
    """Make the floor of ``master`` with these small pictures, by their longer side."""
    from pipeline.vips import pyvips

    sha512, sha256 = hashlib.sha512(), hashlib.sha256()
    with master.open("rb") as file:
        while block := file.read(1 << 20):
            sha512.update(block)
            sha256.update(block)
    image = pyvips.Image.new_from_file(str(master), access="sequential", fail_on="warning")
    image = image.icc_transform(
        "srgb", embedded=True, intent="relative", black_point_compensation=True, depth=8
    )
    image.dzsave(str(out / "tiles"), layout="iiif3", tile_size=TILE_PX, suffix=f".jpg[Q={QUALITY}]")
    for box in BOXES:
        small = small_pictures[box]
        small.jpegsave(str(out / f"{box}.jpg"), Q=QUALITY, optimize_coding=True)
        small.webpsave(str(out / f"{box}.webp"), Q=WEBP_QUALITY, effort=2)


def ours(master: Path, out: Path) -> None:
    """``run_item``: copy with digests, identify, inspect, and the whole set."""
    _run_item(master, out, memory_mb=0)


def ours_derivatives(master: Path, out: Path) -> None:
    """The whole set alone: no copy, no digests."""
    from archive.settings import DerivativeSettings
    from pipeline.decode import decoding_page
    from pipeline.derive import CanvasSource, write_canvas
    from pipeline.identify import identify
    from pipeline.inspect import read_header

    identity = identify(master)
    page = read_header(master, identity).pages[0]
    with decoding_page(master, identity, page) as image:
        assert image is not None
        write_canvas(image, out, DerivativeSettings(), CanvasSource("0001", master.name, 0, ""))


def ours_low_memory(master: Path, out: Path) -> None:
    """The same with the pixels on the disk."""
    _run_item(master, out, memory_mb=1)


PLANS: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "pillow-naive": ("Pillow, naive", pillow_plans.naive),
    "pillow-good": ("Pillow, well written", pillow_plans.good),
    "pillow-safe": ("the same, with copy and digests", pillow_plans.safe),
    "pillow-same": ("also sharpened, and for viewers", pillow_plans.same),
    "imagemagick": ("ImageMagick as Wax", imagemagick),
    "vips-reopened": ("pyvips, reopened each time", vips_reopened),
    "floor": ("floor", floor),
    "ours": ("Hoa Ban", ours),
    "ours-derivatives": ("the same, no copy and no digests", ours_derivatives),
    "ours-low-memory": ("Hoa Ban, low memory", ours_low_memory),
}
# Many times the floor: one run tells enough.
ONCE = frozenset({"pillow-naive", "imagemagick", "vips-reopened"})
_SMALL: dict[int, Any] = {}


def _run_item(master: Path, out: Path, *, memory_mb: int) -> None:
    from archive.settings import DerivativeSettings
    from pipeline.jobs import Job, Scan
    from pipeline.work import run_item

    job = Job("bench", (Scan(master, master.name),), out / "staging", DerivativeSettings(),
              memory_mb=memory_mb)  # fmt: skip
    outcome = run_item(job, at="2026-01-01T00:00:00Z")
    assert outcome.derivatives is not None, outcome.findings


def own_peak_mb() -> float:
    """Return the largest resident size of this process in MB.

    On Linux ``getrusage`` would tell the parent's, too, from before this program began in it.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _cpu_s() -> float:
    used = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    return used


def small_pictures_of(master: Path) -> dict[int, Any]:
    """Return the small pictures that Hoa Ban would encode, by their longer side.

    They are sharpened as its own are: crisp pictures take longer to encode.
    """
    from pipeline.pictures import sharpened
    from pipeline.vips import pyvips

    made = {}
    for box in BOXES:
        small = pyvips.Image.thumbnail(
            str(master), box, height=box, size="down", output_profile="srgb"
        )
        made[box] = sharpened(small.copy_memory()).copy_memory()
    return made


def run_one(plan: str, master: Path, warm: Path) -> None:
    """Run one plan in this process and print its figures as JSON."""
    function = PLANS[plan][1]
    with tempfile.TemporaryDirectory(dir=master.parent) as folder:
        (Path(folder) / "warm").mkdir()
        (Path(folder) / "out").mkdir()
        if plan == "floor":
            _SMALL.update(small_pictures_of(master))
        if plan != "imagemagick":
            # A worker makes many sets: its imports, tables and memory are not counted.
            function(warm if plan in ONCE else master, Path(folder) / "warm")
        before, started = _cpu_s(), time.perf_counter()
        factor = function(master, Path(folder) / "out") or 1.0
        cpu, wall = _cpu_s() - before, time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if plan != "imagemagick":
        peak_mb = own_peak_mb()
    sys.stdout.write(json.dumps([cpu * float(factor), wall * float(factor), peak_mb]))


def measured(plan: str, master: Path, warm: Path) -> list[float]:
    """Return CPU seconds, seconds and largest size in MB of one run."""
    command = [sys.executable, "-m", "tests.bench.derivatives", "one", plan, master, warm]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    figures: list[float] = json.loads(done.stdout)
    return figures


def rounds(master: Path, warm: Path, runs: int) -> dict[str, list[list[float]]]:
    """Return the figures of every turn of the plans that this computer has the programs for."""
    has_magick = bool(shutil.which("magick") or shutil.which("convert"))
    results: dict[str, list[list[float]]] = {}
    for run in range(runs):
        for plan in PLANS:
            if (run and plan in ONCE) or (plan == "imagemagick" and not has_magick):
                continue
            results.setdefault(plan, []).append(measured(plan, master, warm))
    return results


def line_of(rows: list[list[float]], floors: list[list[float]]) -> str:
    """Return the figures of one plan as the table shows them."""
    cpu, wall, peak = (min(column) for column in zip(*rows, strict=True))
    least = cpu / min(floor[0] for floor in floors)
    turns = [row[0] / floor[0] for row, floor in zip(rows, floors, strict=False)]
    return f"{cpu:8.2f} {wall:8.2f} {peak:8.0f} {least:8.2f} {statistics.median(turns):8.2f}"


def main(runs: int = 5, scale: float = 1.0) -> None:
    """Make the masters, measure every plan, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.jpg"
        make_master(warm, 0.5, "adobe")
        say = sys.stdout.write
        say(f"{os.cpu_count()} cores; CPU s, wall s, peak MB, CPU / floor: least, median\n")
        for title, (name, megapixels, space) in MASTERS.items():
            master = Path(folder) / name
            make_master(master, megapixels * scale, space)
            say(f"\n{title} x {scale:g}, {master.stat().st_size / 1e6:.0f} MB\n")
            rows = rounds(master, warm, runs)
            for plan, (label, _function) in PLANS.items():
                if plan not in rows:
                    say(f"  {label:36} not installed\n")
                    continue
                say(f"  {label:36} {line_of(rows[plan], rows['floor'])}\n")
            sys.stdout.flush()
            master.unlink()


if __name__ == "__main__":
    allow_bytecode()
    if sys.argv[1:2] == ["one"]:
        run_one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 5, float(sys.argv[2]) if sys.argv[2:] else 1.0)
