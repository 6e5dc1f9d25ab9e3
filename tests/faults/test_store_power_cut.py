"""Cut the power after each disk call: whatever was not synced may be lost, in any combination.

A killed process loses nothing it has written, because the system's cache survives; so kills
never find a missing fsync. Here every disk call of a commit is recorded, replayed in a model
that knows what is synced, and a disk as it may look after the cut is made from the model.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import tree
from tests.faults.amount import CUTS_A_CALL, IS_WHOLE
from tests.faults.store_scenarios import (
    DISK_CALLS,
    SCENARIOS,
    Scenario,
    assert_mended,
    assert_sound,
    snapshot,
)


@dataclass
class File:
    """A file: what programs see, and what the disk surely has (None: perhaps nothing)."""

    seen: bytes = b""
    synced: bytes | None = None


@dataclass
class Folder:
    """A folder: the names programs see, and those the disk surely has."""

    seen: dict[str, Node] = field(default_factory=dict)
    synced: dict[str, Node] = field(default_factory=dict)


Node = File | Folder


class ForgetfulDisk:
    """A model of the file system under one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.top = self._loaded(root)
        self.handles: dict[int, File] = {}

    def _loaded(self, folder: Path) -> Folder:
        node = Folder()
        for path in folder.iterdir():
            data = None if path.is_dir() else path.read_bytes()
            node.seen[path.name] = self._loaded(path) if data is None else File(data, data)
        node.synced = dict(node.seen)
        return node

    def folder(self, path: Path) -> Folder:
        node: Node = self.top
        for part in path.relative_to(self.root).parts:
            assert isinstance(node, Folder)
            node = node.seen[part]
        assert isinstance(node, Folder)
        return node

    # What each disk call does.

    def open_new(self, path: Path, handle: int) -> None:
        file = self.folder(path.parent).seen.setdefault(path.name, File())
        assert isinstance(file, File)
        file.seen = b""
        self.handles[handle] = file

    def opened(self, path: Path, handle: int) -> None:
        file = self.folder(path.parent).seen[path.name]
        assert isinstance(file, File)
        self.handles[handle] = file

    def write(self, handle: int, data: bytes) -> None:
        self.handles[handle].seen += bytes(data)

    def sync(self, handle: int) -> None:
        self.handles[handle].synced = self.handles[handle].seen

    def sync_folder(self, folder: Path) -> None:
        node = self.folder(folder)
        node.synced = dict(node.seen)

    def rename(self, source: Path, target: Path) -> None:
        node = self.folder(source.parent).seen.pop(source.name)
        self.folder(target.parent).seen[target.name] = node

    def mkdir(self, folder: Path) -> None:
        self.folder(folder.parent).seen.setdefault(folder.name, Folder())

    def remove(self, path: Path) -> None:
        self.folder(path.parent).seen.pop(path.name, None)

    def after_a_cut(self, target: Path, dice: random.Random) -> None:
        """Make ``target`` a disk as it may look after the power was cut now."""
        self._survive(self.top, target, dice)

    def _survive(self, node: Node, target: Path, dice: random.Random) -> None:
        if isinstance(node, File):
            if node.synced == node.seen:
                data = node.seen
            else:
                part = node.seen[: dice.randrange(len(node.seen) + 1)]
                data = dice.choice((node.synced or b"", part, node.seen))
            target.write_bytes(data)
            return
        target.mkdir()
        for name in sorted(node.seen.keys() | node.synced.keys()):
            survivor = dice.choice((node.seen, node.synced)).get(name)
            if survivor is not None:
                self._survive(survivor, target / name, dice)


def recording(
    disk: ForgetfulDisk,
    monkeypatch: pytest.MonkeyPatch,
    after_each: Callable[[], None],
    forgotten: frozenset[str],
) -> None:
    """Let each disk call happen, in the model too, except those ``forgotten`` there."""
    in_model: dict[str, Callable[..., None]] = {
        "_write": disk.write,
        "_sync": disk.sync,
        "_sync_folder": disk.sync_folder,
        "_rename": disk.rename,
        "_replace": disk.rename,
        "_chmod": lambda path, mode: None,
        "_mkdir": disk.mkdir,
        "_unlink": disk.remove,
        "_rmdir": disk.remove,
    }
    assert {*in_model, "_open_new", "_open_to_append"} == set(DISK_CALLS)
    real_open, real_open_new, real_append = os.open, durable._open_new, durable._open_to_append

    def recorded(name, call):
        def record(*arguments):
            call(*arguments)
            if name not in forgotten:
                in_model[name](*arguments)
                after_each()

        return record

    def open_new(path: Path) -> int:
        handle = real_open_new(path)
        disk.open_new(path, handle)
        after_each()
        return handle

    def open_to_append(path: Path) -> int:
        handle = real_append(path)
        disk.opened(path, handle)
        return handle

    def open_known(path, flags, *rest):
        handle = real_open(path, flags, *rest)
        if flags & os.O_RDWR:
            disk.opened(Path(path), handle)
        return handle

    for name in in_model:
        monkeypatch.setattr(durable, name, recorded(name, getattr(durable, name)))
    monkeypatch.setattr(durable, "_open_new", open_new)
    monkeypatch.setattr(durable, "_open_to_append", open_to_append)
    monkeypatch.setattr(durable.os, "open", open_known)


def cut_disks(
    scenario: Scenario,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    cuts_per_call: int,
    forgotten: frozenset[str] = frozenset(),
) -> tuple[list[Path], list[Path], list[object], object]:
    """Return disks cut in the middle, disks cut after the end, the two states, the end."""
    dice = random.Random(scenario.name)
    store = scenario.prepare(folder / "real")
    states = [snapshot(store)]
    disks: list[Path] = []

    def cut(cuts: int = cuts_per_call) -> None:
        for _number in range(cuts):
            disks.append(folder / f"cut-{len(disks)}")
            disk.after_a_cut(disks[-1], dice)

    # Staged scans are written by workers, who do not sync: they are not on the disk yet.
    real_commit = Store.commit

    def commit_after_loading(self, record, **arguments):
        disk.top = disk._loaded(disk.root)
        # The staging folder itself is made by recover, which syncs it.
        staging = unsynced(disk.top.seen[".staging"])
        disk.top.seen[".staging"] = disk.top.synced[".staging"] = staging
        return real_commit(self, record, **arguments)

    disk = ForgetfulDisk(store.layout.root)
    with monkeypatch.context() as patch:
        patch.setattr(durable, "_sync", lambda handle: None)
        patch.setattr(durable, "_sync_folder", lambda folder: None)
        patch.setattr(Store, "commit", commit_after_loading)
        recording(disk, patch, cut, forgotten)
        scenario.commit(store)
    in_the_middle = len(disks)
    cut(20)
    states.append(snapshot(store))
    return disks[:in_the_middle], disks[in_the_middle:], states, tree(store.layout.store)


def unsynced(node: Node) -> Node:
    if isinstance(node, File):
        return File(node.seen, None)
    return Folder({name: unsynced(child) for name, child in node.seen.items()})


def check_cuts(
    scenario: Scenario, folder: Path, monkeypatch, *, cuts_per_call: int, thorough_every: int = 1
) -> int:
    middle, end, states, wanted = cut_disks(
        scenario, folder, monkeypatch, cuts_per_call=cuts_per_call
    )
    for number, root in enumerate(middle):
        if number % thorough_every:
            assert_sound(Store(Layout(root)), states)
        else:
            assert_mended(Store(Layout(root)), scenario, states, wanted)
        shutil.rmtree(root)
    for root in end:
        assert snapshot(Store(Layout(root))) == states[1], "an acknowledged commit was lost"
        assert_mended(Store(Layout(root)), scenario, states, wanted)
    return len(middle) + len(end)


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_cuts(scenario, tmp_path, monkeypatch, cuts_per_call=1) > 40


@pytest.mark.slow
@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_thousands_of_power_cuts_lose_nothing_acknowledged(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = check_cuts(scenario, tmp_path, monkeypatch, cuts_per_call=CUTS_A_CALL, thorough_every=20)
    assert cuts > (3500 if IS_WHOLE else 1000)


@pytest.mark.usefixtures("quick_disk")
@pytest.mark.leaves_damage("a sync is left out", "cut-*")
@pytest.mark.parametrize("forgotten", ["_sync", "_sync_folder"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_model_finds_a_sync_that_was_left_out(
    scenario: Scenario, forgotten: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _middle, end, states, _wanted = cut_disks(
        scenario, tmp_path, monkeypatch, cuts_per_call=0, forgotten=frozenset({forgotten})
    )
    lost = 0
    for root in end:
        try:
            lost += snapshot(Store(Layout(root))) != states[1]
        except Exception:
            lost += 1
    assert lost > 0
