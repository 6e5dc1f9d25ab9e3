"""What quality control costs: ``python -m tests.bench.quality [RUNS] [PICTURES]``.

A page of text and masters of 2.5, 24 and 100 megapixels are made; each gets its full derivative set
(the work on one item, digests and copy included) without quality control, and its measures are
taken from the pictures that are left in memory. CPU seconds of this process, the least of RUNS
runs (default 3), both in the same run. Then one look-up among PICTURES pictures (default 40,000).
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from archive.fingerprints import Fingerprints, Picture
from archive.settings import DerivativeSettings, QualitySettings
from pipeline.decode import decode_page
from pipeline.derive import CanvasSource, write_canvas
from pipeline.identify import identify
from pipeline.inspect import read_header
from pipeline.jobs import Job, Scan
from pipeline.quality.crops import TileCrops
from pipeline.quality.judging import ScanFacts, judged
from pipeline.quality.look import Look
from pipeline.work import run_item
from schemas.fingerprints import Fingerprint
from tests.bench import allow_bytecode
from tests.bench.derivatives import make_master
from tests.quality.pages import text_page

MASTERS = {
    "2.2 MP page of text, JPEG": ("page.jpg", 0.0),
    "2.5 MP JPEG": ("j2.jpg", 2.5),
    "24 MP JPEG": ("j24.jpg", 24.0),
    "100 MP TIFF": ("t100.tif", 100.0),
}
AT = "2026-11-21T08:30:00Z"


def costs(master: Path, folder: Path) -> tuple[float, float]:
    """Return CPU seconds of derivation, and of the measures."""
    settings = DerivativeSettings()
    started = time.process_time()
    run_item(Job("item", (Scan(master, master.name),), folder / "staging", settings), at=AT)
    derivation = time.process_time() - started
    identity = identify(master)
    image = decode_page(master, identity, read_header(master, identity).pages[0])
    with tempfile.TemporaryDirectory(dir=folder) as place:
        look = Look(TileCrops.of(image, Path(place) / "0001", settings.tile_px))
        source = CanvasSource("0001", "masters/x", 0, "")
        write_canvas(image, Path(place), settings, source, see=look.see)
        started = time.process_time()
        list(judged(look.measure(), ScanFacts(), QualitySettings()))
        assert look.fingerprint
        measured = time.process_time() - started
    return derivation, measured


def look_up_ms(count: int) -> tuple[float, float]:
    """Return CPU milliseconds of adding one picture, and of looking one up among ``count``."""
    chance = random.Random(7)
    fingerprints = Fingerprints.apart()
    texts = [
        Fingerprint(_sparse(chance, 256), _sparse(chance, 1024), bytes(8)).text
        for _picture in range(count)
    ]
    started = time.process_time()
    for number, text in enumerate(texts):
        fingerprints.put(f"i{number}", [Picture(f"i{number}", "0001", "masters/x", text)])
    added = time.process_time() - started
    started = time.process_time()
    for number, text in enumerate(texts[:200]):
        fingerprints.alike(Picture(f"i{number}", "0001", "masters/x", text))
    return added * 1000 / count, (time.process_time() - started) * 5


def _sparse(chance: random.Random, bits: int) -> int:
    """Return a number with three tenths of its bits set, as fingerprints have."""
    return sum(1 << bit for bit in range(bits) if chance.random() < 0.3)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40_000
    print("| master | derivation, CPU s | quality control, CPU s | share |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for name, (file, megapixels) in MASTERS.items():
            master = Path(scratch) / file
            if megapixels:
                make_master(master, megapixels, "adobe")
            else:
                text_page().save(master, quality=92)
            found = [costs(master, Path(scratch)) for _run in range(runs)]
            derivation, measured = (min(figures) for figures in zip(*found, strict=True))
            share = 100 * measured / derivation
            print(f"| {name} | {derivation:.3f} | {measured:.3f} | {share:.1f} % |", flush=True)
            master.unlink()
    added, asked = look_up_ms(count)
    print(f"\nOf {count:,} pictures: {added:.2f} ms to add one, {asked:.2f} ms to look one up.")


if __name__ == "__main__":
    allow_bytecode()
    main()
