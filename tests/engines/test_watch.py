"""The hot folder: only finished scans, nothing twice, each trouble once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.config import Settings
from archive.lock import write_lock
from archive.opening import Archive, create_archive
from archive.store import Store
from pipeline.watch import Taken, WatchPlan, watch
from schemas.errors import SourceError
from tests.conftest import Run
from tests.flows.deliveries import HEADINGS, ROWS, draw_scan, make_delivery, tree, write_csv


class OverError(Exception):
    """The script of a test has ended."""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return create_archive(tmp_path / "museum", Settings(jobs=1))


def watched(
    archive: Archive, folder: Path, *scenes: Callable[[], object], quiet: int = 2
) -> list[Taken]:
    """Watch while the scenes are played between two looks, then a few quiet looks more."""
    script = iter([*scenes, *[lambda: None] * quiet])

    def sleep(seconds: float) -> None:
        try:
            next(script)()
        except StopIteration:
            raise OverError from None

    found = []
    rounds = watch(archive, WatchPlan(folder, 5.0), now=lambda: datetime.now(UTC), sleep=sleep)
    with pytest.raises(OverError):
        found.extend(iter_into(found, rounds))
    return found


def iter_into(found: list[Taken], rounds) -> list[Taken]:
    for taken in rounds:
        found.append(taken)
    return []


def codes(found: list[Taken]) -> list[str]:
    """Return what was said, but for columns that our small sheets do not have."""
    all_of = [f.code for taken in found if taken.report for f in taken.report.findings]
    return [code for code in all_of if code != "COLUMN-missing"]


def added(found: list[Taken]) -> list[str]:
    return [item_id for taken in found if taken.report for item_id in taken.report.added]


def test_finished_scans_are_taken_once(archive: Archive, tmp_path: Path) -> None:
    folder = make_delivery(tmp_path / "hot")
    found = watched(archive, folder, quiet=4)
    assert added(found) == ["bt-001", "bt-002", "bt-003"]
    before = tree(archive.layout.store)
    assert watched(archive, folder) == []
    assert tree(archive.layout.store) == before


def test_a_scan_that_still_grows_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    folder = make_delivery(tmp_path / "hot")
    whole = (folder / "drum_front.tif").read_bytes()
    (folder / "drum_front.tif").write_bytes(whole[:1000])

    def grow() -> None:
        with (folder / "drum_front.tif").open("ab") as scan:
            scan.write(whole[scan.tell() : scan.tell() + len(whole) // 3])

    found = watched(archive, folder, grow, grow, grow, grow)
    assert added(found) == ["bt-002", "bt-003", "bt-001"]
    assert codes(found) == []
    assert Store(archive.layout).read("bt-001").technical[0].size_bytes == len(whole)


def test_rows_wait_for_their_scans_without_a_word(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "hot"
    folder.mkdir()
    write_csv(folder / "catalogue.csv", HEADINGS, ROWS)
    found = watched(
        archive, folder, lambda: None, lambda: draw_scan(folder / "scarf.jpg"), lambda: None
    )
    assert added(found) == ["bt-002"]
    assert codes(found) == []


def test_a_broken_sheet_is_said_once_and_taken_when_it_is_mended(
    archive: Archive, tmp_path: Path
) -> None:
    folder = make_delivery(tmp_path / "hot")
    sheet = folder / "catalogue.csv"
    mended = sheet.read_bytes()
    sheet.write_text("a,b\n1,2\n", encoding="utf-8")

    def another_scan() -> None:
        draw_scan(folder / "another.png")

    found = watched(
        archive, folder, lambda: None, another_scan, lambda: None, lambda: sheet.write_bytes(mended)
    )
    sheet_codes = [code for code in codes(found) if code.startswith("SHEET-")]
    assert len(sheet_codes) == len(set(sheet_codes)) >= 1
    assert added(found) == ["bt-001", "bt-002", "bt-003"]


def test_a_damaged_scan_is_said_once_also_after_a_restart(archive: Archive, tmp_path: Path) -> None:
    folder = make_delivery(tmp_path / "hot")
    (folder / "scarf.jpg").write_bytes(b"not an image at all")
    found = watched(archive, folder, *[lambda: None] * 3, lambda: draw_scan(folder / "x.png"))
    assert codes(found) == ["SCAN-not-an-image"]
    assert codes(watched(archive, folder)) == []
    found = watched(archive, folder, lambda: draw_scan(folder / "scarf.jpg"))
    assert added(found) == ["bt-002"]


def test_a_folder_without_a_sheet_waits_for_it(archive: Archive, tmp_path: Path) -> None:
    folder = make_delivery(tmp_path / "hot")
    sheet = folder / "catalogue.csv"
    text = sheet.read_bytes()
    sheet.unlink()
    found = watched(archive, folder, lambda: None, lambda: None, lambda: sheet.write_bytes(text))
    assert [type(taken.trouble) for taken in found] == [SourceError, type(None)]
    assert added(found) == ["bt-001", "bt-002", "bt-003"]


def test_another_command_at_work_is_waited_for(archive: Archive, tmp_path: Path) -> None:
    folder = make_delivery(tmp_path / "hot")
    lock = write_lock(archive.layout)
    lock.__enter__()
    found = watched(archive, folder, *[lambda: None] * 3, lambda: lock.__exit__(None, None, None))
    assert found[0].trouble is not None
    assert sum(taken.trouble is not None for taken in found) == 1
    assert added(found) == ["bt-001", "bt-002", "bt-003"]


def test_once_ends_after_one_round(run: Run, tmp_path: Path) -> None:
    folder, museum = make_delivery(tmp_path / "hot"), tmp_path / "museum"
    (folder / "scarf.jpg").write_bytes(b"")
    assert run("init", museum).code == 0
    command = ("watch", folder, "--once", "--every", "0.1")
    ran = run(*command, cwd=museum)
    assert ran.code == 10
    assert "taken: bt-001" in ran.out
    assert "SCAN-empty" in ran.out
    ran = run(*command, cwd=museum)
    assert (ran.code, ran.out) == (0, "")
    assert run("watch", tmp_path / "nowhere", "--once", cwd=museum).code == 4
