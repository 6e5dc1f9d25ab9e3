"""How much memory a worker plans for and really needs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archive.settings import Settings
from pipeline.memory import fits_in_memory, free_memory_mb, worker_memory_mb
from pipeline.vips import pyvips
from tests.bench.derivatives import make_master

ROOT = Path(__file__).parent.parent.parent
# Runs every scan as a worker would, and prints the largest resident size in MB after each.
SCRIPT = """
import sys
from pathlib import Path
from archive.settings import DerivativeSettings
from pipeline.jobs import Job, Scan
from pipeline.work import run_item
from tests.bench.derivatives import own_peak_mb
staging, memory_mb, times, *scans = sys.argv[1:]
for _ in range(int(times)):
    for scan in map(Path, scans):
        job = Job("x", (Scan(scan, scan.name),), Path(staging), DerivativeSettings(),
                  memory_mb=int(memory_mb))
        assert run_item(job, at="2026-01-01T00:00:00Z").derivatives
    now = [line for line in open("/proc/self/status") if line.startswith("VmRSS")][0].split()[1]
    print(int(now) // 1024, round(own_peak_mb()))
"""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def sizes(staging: Path, *scans: Path, memory_mb: int = 0, times: int = 1) -> list[list[int]]:
    """(resident, largest resident) in MB after each round."""
    command = [sys.executable, "-c", SCRIPT, staging, str(memory_mb), str(times), *scans]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [[int(word) for word in line.split()] for line in done.stdout.splitlines()]


def test_a_worker_gets_its_share_of_half_of_what_is_free():
    settings = Settings(jobs=4, memory_limit_mb=4096)

    assert worker_memory_mb(settings, free_mb=8000) == 1000
    assert worker_memory_mb(settings, free_mb=80_000) == 4096
    assert worker_memory_mb(replace(settings, memory_limit_mb=0), free_mb=80_000) == 10_000
    assert worker_memory_mb(settings, free_mb=0) == 1
    assert 0 < worker_memory_mb(settings) <= 4096


def test_a_page_goes_to_the_disk_when_its_pixels_and_the_rest_do_not_fit():
    assert fits_in_memory(12_000, 8_000, memory_mb=400)
    assert not fits_in_memory(12_000, 8_000, memory_mb=390)
    assert fits_in_memory(900_000, 900_000, memory_mb=0)


def test_free_memory_is_that_of_a_computer():
    assert 100 < free_memory_mb() < 1 << 26


def growth(early: list[int], late: list[int]) -> int:
    """MB by which both the least and the most of many rounds grew.

    What a round holds when it is asked goes up and down by what the allocator gives back: seen
    were 82 or 135 MB, in any order. A leak raises both ends.
    """
    return min(min(late) - min(early), max(late) - max(early))


@on_linux
def test_memory_is_flat_over_sixty_images(tmp_path):
    make_master(tmp_path / "scan.jpg", 0.5, "adobe")

    resident = [now for now, _peak in sizes(tmp_path / "s", tmp_path / "scan.jpg", times=60)]

    assert growth(resident[5:20], resident[40:]) < 8


@on_linux
@pytest.mark.slow
def test_memory_is_flat_over_many_large_images(tmp_path):
    make_master(tmp_path / "scan.jpg", 8.0, "adobe")

    resident = [now for now, _peak in sizes(tmp_path / "s", tmp_path / "scan.jpg", times=45)]

    assert growth(resident[5:20], resident[30:]) < 15


@on_linux
@pytest.mark.slow
@pytest.mark.parametrize("name", ["scan.tif", "turned.tif"])
def test_large_page_needs_little_memory_when_its_pixels_wait_on_the_disk(name, tmp_path):
    make_master(tmp_path / "scan.tif", 100.0, "adobe")
    if name == "turned.tif":
        image = pyvips.Image.new_from_file(str(tmp_path / "scan.tif"), access="sequential")
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", 6)
        image.tiffsave(str(tmp_path / name))

    ((_now, in_memory),) = sizes(tmp_path / "s", tmp_path / name)
    ((_now, on_disk),) = sizes(tmp_path / "s", tmp_path / name, memory_mb=1)

    assert in_memory < 100 * 3 + 120
    assert on_disk < 200
