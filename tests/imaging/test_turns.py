"""Pages whose decoder holds all of them, taken one at a time where memory is short."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import pipeline.work
from archive.settings import DerivativeSettings
from pipeline.identify import identify
from pipeline.memory import may_stand_beside_others
from pipeline.readers import PageHeader, read_pages
from pipeline.turns import Turns, turn
from pipeline.work import check_item, run_item
from tests.imaging.making import chart, job_for

ROOT = Path(__file__).parent.parent.parent
SCARCE_MB = 100


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns are of a whole computer: this one's other tests may hold them."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))


def had_while_made(work, job, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether another worker would have had the turn while each page was made."""
    had = []
    for name in ("decode_page", "decoding_page"):
        monkeypatch.setattr(pipeline.work, name, spied(getattr(pipeline.work, name), had))
    work(job)
    return had


def spied(decode, had: list[bool]):
    def spy(*args, **options):
        with turn(wait_s=0) as is_had:
            had.append(is_had)
        return decode(*args, **options)

    return spy


@pytest.mark.parametrize(
    ("name", "memory_mb", "is_free"),
    [
        ("a.jp2", SCARCE_MB, False),
        ("a.bmp", SCARCE_MB, False),
        ("a.jp2", 0, True),
        ("a.jp2", 4096, True),
        ("a.tif", SCARCE_MB, True),
        ("a.png", SCARCE_MB, True),
    ],
)
def test_only_a_page_that_is_held_whole_and_does_not_fit_takes_the_turn(
    name, memory_mb, is_free, tmp_path, monkeypatch
):
    chart().save(tmp_path / name)
    job = replace(job_for(tmp_path / "s", tmp_path / name), memory_mb=memory_mb)

    for work in (partial(run_item, at="2026-01-01T00:00:00Z"), check_item):
        assert set(had_while_made(work, job, monkeypatch)) == {is_free}
    with turn(wait_s=0) as is_had:
        assert is_had  # given back


def test_a_progressive_jpeg_is_held_and_a_plain_one_is_not(tmp_path):
    held = []
    for name, options in (("plain.jpg", {}), ("progressive.jpg", {"progressive": True})):
        chart().save(tmp_path / name, **options)
        pages = read_pages(tmp_path / name, identify(tmp_path / name), DerivativeSettings()).pages
        held.append(pages[0].held_bytes > 0)

    assert held == [False, True]


def test_the_same_images_come_of_a_page_that_took_its_turn(tmp_path):
    chart().save(tmp_path / "a.jp2")
    trees = []
    for memory_mb in (0, SCARCE_MB):
        folder = tmp_path / f"s{memory_mb}"
        run_item(
            replace(job_for(folder, tmp_path / "a.jp2"), memory_mb=memory_mb),
            at="2026-01-01T00:00:00Z",
        )
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        trees.append({path.relative_to(folder): path.read_bytes() for path in files})

    assert trees[0] == trees[1]


def test_a_turn_that_is_not_given_back_is_waited_for_only_so_long():
    with turn(wait_s=0) as first, turn(wait_s=0.2) as second:
        assert (first, second) == (True, False)


def test_an_item_waits_for_all_its_turns_together_only_so_long():
    page, turns = PageHeader(0, 6000, 4000, held_bytes=17), Turns(SCARCE_MB, wait_s=0.3)
    with turn(wait_s=0):
        for _page in range(3):
            with turns.taken_for(page):
                pass
        assert turns._left_s == 0


def test_a_worker_that_is_killed_gives_its_turn_back():
    script = "import tempfile, os, sys\ntempfile.tempdir = sys.argv[1]\n"
    script += "from pipeline.turns import turn\nwith turn():\n    os.kill(os.getpid(), 9)\n"
    child = [sys.executable, "-c", script, tempfile.gettempdir()]
    assert subprocess.run(child, cwd=ROOT, check=False).returncode != 0

    with turn(wait_s=0) as is_had:
        assert is_had


def test_a_folder_that_cannot_be_written_gives_no_turns(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))

    with turn(wait_s=0) as is_had:
        assert not is_had


def test_a_disk_without_locks_gives_no_turns(monkeypatch):
    def refuse(_handle):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("pipeline.turns.try_lock", refuse)
    with turn(wait_s=0) as is_had:
        assert not is_had


def test_the_need_follows_pixels_and_reader():
    raw = PageHeader(0, 6000, 4000, held_bytes=17)

    assert may_stand_beside_others(raw, memory_mb=520)
    assert not may_stand_beside_others(raw, memory_mb=500)
    assert may_stand_beside_others(replace(raw, held_bytes=0), memory_mb=1)
    assert may_stand_beside_others(raw, memory_mb=0)
