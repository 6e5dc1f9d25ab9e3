"""Crash, full disk, write protection and power cut before each disk call of a copy and a repair."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.opening import Archive, open_archive
from archive.store import Store
from schemas.errors import StoreWriteError
from tests.archive.replica_samples import copied, make_archive
from tests.archive.store_samples import assert_valid, tree
from tests.faults.amount import CUTS_OF_A_REPAIR, KILLS_OF_A_COPY
from tests.faults.replica_scenarios import (
    HARMS,
    Harm,
    assert_intact_untouched,
    assert_only_whole_versions,
    assert_sound,
    copy_again,
    make_damaged,
    make_old_copy,
    make_source,
    mend,
)
from tests.faults.store_scenarios import DISK_CALLS
from tests.faults.test_store_crash import Crash, crashing_after
from tests.faults.test_store_disk_full import NEEDS_SPACE, Refusal
from tests.faults.test_store_power_cut import ForgetfulDisk, recording

quick = pytest.mark.usefixtures("quick_disk")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return make_source(tmp_path_factory.mktemp("source"))


@pytest.fixture(scope="module")
def old_copy(source: Archive, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return make_old_copy(source, tmp_path_factory.mktemp("old"))


def fresh(old_copy: Layout, folder: Path) -> Layout:
    shutil.copytree(old_copy.root, folder)
    return Layout(folder)


def refused(work: Callable[[], object]) -> StoreWriteError | None:
    try:
        work()
    except StoreWriteError as error:
        return error
    return None


def every(calls: int, most: int = 60) -> range:
    """Every call, or evenly spread ones where there are many: the slow test takes them all."""
    return range(0, calls, max(1, calls // most))


def calls_of_a_copy(source: Archive, target: Layout, monkeypatch: pytest.MonkeyPatch) -> int:
    with crashing_after(10**9, monkeypatch) as countdown:
        copy_again(source.layout, target)
    return countdown.calls


def check_copy_crashes(source, old_copy, tmp_path, monkeypatch, most: int) -> None:
    wanted = tree(source.layout.store)
    calls = calls_of_a_copy(source, fresh(old_copy, tmp_path / "whole"), monkeypatch)
    assert tree(tmp_path / "whole" / "store") == wanted
    assert calls > 100
    for number in every(calls, most):
        target = fresh(old_copy, tmp_path / "cut")
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            copy_again(source.layout, target)
        assert_only_whole_versions(target, Store(source.layout))
        assert_sound(target)
        copy_again(source.layout, target)
        assert tree(target.store) == wanted
        assert list(target.staging.iterdir()) == []
        shutil.rmtree(target.root)


@quick
def test_a_crash_of_a_copy_leaves_whole_versions_and_the_next_run_finishes(
    source: Archive, old_copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_copy_crashes(source, old_copy, tmp_path, monkeypatch, most=40)


@quick
@pytest.mark.slow
def test_a_crash_of_a_copy_before_every_disk_call(
    source: Archive, old_copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_copy_crashes(source, old_copy, tmp_path, monkeypatch, most=10**6)


@quick
def test_a_crash_of_the_first_copy_can_be_gone_on_with(
    source: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = calls_of_a_copy(source, Layout(tmp_path / "whole"), monkeypatch)
    for number in every(calls, 25):
        target = Layout(tmp_path / str(number))
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            copy_again(source.layout, target)
        copy_again(source.layout, target)
        assert tree(target.store) == tree(source.layout.store)


@quick
@pytest.mark.leaves_damage("what each crash begins with", "template")
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
def test_a_crash_of_a_repair_touches_nothing_intact_and_the_next_one_finishes(
    harm: Harm, source: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(source, tmp_path / "copy")
    template = make_damaged(source, tmp_path / "template", harm)
    before = tree(template.layout.store)
    whole = make_damaged(source, tmp_path / "whole", harm)
    with crashing_after(10**9, monkeypatch) as countdown:
        assert mend(whole, copy).problems == ()
    for number in every(countdown.calls, 30):
        archive = make_damaged(source, tmp_path / "cut", harm)
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            mend(archive, copy)
        assert_intact_untouched(before, archive, source)
        assert mend(archive, copy).problems == ()
        assert tree(archive.layout.store) == tree(source.layout.store)
        shutil.rmtree(archive.layout.root)
    assert_valid(Store(whole.layout))


@quick
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "ro", "io"])
def test_a_disk_that_refuses_a_copy_is_told_and_nothing_half_is_there(
    code: int, source: Archive, old_copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = NEEDS_SPACE if code == errno.ENOSPC else DISK_CALLS
    number, is_refused = 0, True
    while is_refused:
        target = fresh(old_copy, tmp_path / str(number))
        refusal = Refusal(number, code)
        with monkeypatch.context() as patch:
            refusal.install(patch, names)
            error = refused(partial(copy_again, source.layout, target))
        assert error is None or error.remedy
        is_refused = refusal.refused > 0
        assert_only_whole_versions(target, Store(source.layout))
        assert_sound(target)
        copy_again(source.layout, target)
        assert tree(target.store) == tree(source.layout.store)
        shutil.rmtree(target.root)
        number += 7
    assert number > 50


@quick
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
def test_a_disk_that_refuses_a_repair_is_told_and_nothing_intact_is_touched(
    harm: Harm, source: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(source, tmp_path / "copy")
    number, is_refused = 0, True
    while is_refused:
        archive = make_damaged(source, tmp_path / str(number), harm)
        before = tree(archive.layout.store)
        refusal = Refusal(number, errno.ENOSPC)
        with monkeypatch.context() as patch:
            refusal.install(patch, NEEDS_SPACE)
            error = refused(partial(mend, archive, copy))
        assert error is None or "full" in str(error)
        is_refused = refusal.refused > 0
        assert_intact_untouched(before, archive, source)
        assert mend(archive, copy).problems == ()
        assert tree(archive.layout.store) == tree(source.layout.store)
        shutil.rmtree(archive.layout.root)
        number += 2


def cut_copies(
    source: Archive, old_copy: Layout, folder: Path, monkeypatch, *, forgotten=frozenset()
) -> tuple[list[Path], list[Path]]:
    """Return copies as they may look after the power was cut: in the middle, and at the end."""
    dice = random.Random(5)
    target = fresh(old_copy, folder / "real")
    disks: list[Path] = []

    def cut() -> None:
        disks.append(folder / f"cut-{len(disks)}")
        disk.after_a_cut(disks[-1], dice)

    disk = ForgetfulDisk(folder / "real")
    with monkeypatch.context() as patch:
        patch.setattr(durable, "_sync", lambda handle: None)
        patch.setattr(durable, "_sync_folder", lambda folder: None)
        recording(disk, patch, cut, forgotten)
        copy_again(source.layout, target)
    middle = len(disks)
    for _number in range(10):
        cut()
    return disks[:middle], disks[middle:]


@quick
def test_a_power_cut_leaves_whole_versions_and_what_was_told_is_there(
    source: Archive, old_copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    middle, end = cut_copies(source, old_copy, tmp_path, monkeypatch)
    for root in middle:
        assert_only_whole_versions(Layout(root), Store(source.layout))
    for root in middle[::12]:
        assert_sound(Layout(root))
        copy_again(source.layout, Layout(root))
        assert tree(root / "store") == tree(source.layout.store)
    for root in end:
        assert tree(root / "store") == tree(source.layout.store)
    assert len(middle) > 100


@quick
@pytest.mark.leaves_damage("a sync is left out", "cut-*")
@pytest.mark.parametrize("forgotten", ["_sync", "_sync_folder"])
def test_the_model_finds_a_sync_that_a_copy_leaves_out(
    forgotten: str, source: Archive, old_copy: Layout, tmp_path: Path, monkeypatch
) -> None:
    _middle, end = cut_copies(
        source, old_copy, tmp_path, monkeypatch, forgotten=frozenset({forgotten})
    )
    assert any(tree(root / "store") != tree(source.layout.store) for root in end)


def cut_repairs(
    source: Archive, harm: Harm, folder: Path, monkeypatch, *, cuts: int, forgotten=frozenset()
) -> tuple[list[Path], list[Path]]:
    """Return archives as they may look after the power was cut in a repair, and at its end."""
    dice = random.Random(harm.name)
    copy = copied(source, folder / "copy")
    archive = make_damaged(source, folder / "real", harm)
    disks: list[Path] = []

    def cut() -> None:
        for _number in range(cuts):
            disks.append(folder / f"cut-{len(disks)}")
            disk.after_a_cut(disks[-1], dice)

    # Locks are no disk calls of ours; what is in them does not matter.
    for lock in (archive.layout.audit_lock, archive.layout.lock):
        lock.touch()
    disk = ForgetfulDisk(archive.layout.root)
    with monkeypatch.context() as patch:
        patch.setattr(durable, "_sync", lambda handle: None)
        patch.setattr(durable, "_sync_folder", lambda folder: None)
        recording(disk, patch, cut, forgotten)
        assert mend(archive, copy).problems == ()
    middle = len(disks)
    for _number in range(10):
        disks.append(folder / f"cut-{len(disks)}")
        disk.after_a_cut(disks[-1], dice)
    return disks[:middle], disks[middle:]


@quick
@pytest.mark.slow
@pytest.mark.leaves_damage("what the repair begins with", "as-was")
@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
def test_a_power_cut_in_a_repair_touches_nothing_intact_and_the_next_one_finishes(
    harm: Harm, source: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(make_damaged(source, tmp_path / "as-was", harm).layout.store)
    middle, end = cut_repairs(source, harm, tmp_path, monkeypatch, cuts=CUTS_OF_A_REPAIR)
    for number, root in enumerate(middle):
        archive = open_archive(root)
        assert_intact_untouched(before, archive, source)
        if number % 20 == 0:
            assert mend(archive, Layout(tmp_path / "copy")).problems == ()
            assert tree(root / "store") == tree(source.layout.store)
        shutil.rmtree(root)
    for root in end:
        assert tree(root / "store") == tree(source.layout.store)
    assert len(middle) > 15 * CUTS_OF_A_REPAIR


@quick
@pytest.mark.leaves_damage("a sync is left out", "cut-*")
@pytest.mark.parametrize("forgotten", ["_sync", "_sync_folder"])
def test_the_model_finds_a_sync_that_a_repair_leaves_out(
    forgotten: str, source: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _middle, end = cut_repairs(
        source, HARMS[0], tmp_path, monkeypatch, cuts=0, forgotten=frozenset({forgotten})
    )
    assert any(tree(root / "store") != tree(source.layout.store) for root in end)


WORKER = """
import sys
from archive.layout import Layout
from pathlib import Path
from pipeline.replicate import replicate
from tests.archive.replica_samples import Clock
replicate(Layout(Path(sys.argv[1])), Layout(Path(sys.argv[2])), now=Clock())
"""


def start_copy(source: Archive, target: Path) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(source.layout.root), str(target)],
        env=os.environ | {"PYTHONPATH": root},
    )


def check_kills(folder: Path, kills: int) -> None:
    source = make_archive(folder / "source", items=40)
    target, dice = folder / "copy", random.Random(kills)
    while kills:
        process = start_copy(source, target)
        waited_s = time.monotonic() + 5
        while not (target / ".staging").exists() and time.monotonic() < waited_s:
            time.sleep(0.005)
        time.sleep(dice.uniform(0.1, 1.2))
        process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        process.wait()
        if (target / "store").exists():
            assert_only_whole_versions(Layout(target), Store(source.layout))
        if process.returncode == 0:
            shutil.rmtree(target)
        kills -= 1
    assert start_copy(source, target).wait() == 0
    assert tree(target / "store") == tree(source.layout.store)
    assert_valid(Store(Layout(target)))


def test_three_kills_of_a_copy(tmp_path: Path) -> None:
    check_kills(tmp_path, 3)


@pytest.mark.slow
def test_many_kills_of_a_copy(tmp_path: Path) -> None:
    check_kills(tmp_path, KILLS_OF_A_COPY)
