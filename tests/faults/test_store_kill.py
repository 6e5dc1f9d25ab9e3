"""Kill a committing process at random moments, and let the next one go on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_valid, tree
from tests.faults.amount import KILLS_OF_A_STORE

WORKER = Path(__file__).with_name("store_kill_worker.py")


def start(root: Path, items: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(WORKER), str(root), str(items)]
    tests = WORKER.parents[1]
    paths = os.pathsep.join([str(tests.parent), str(tests / "archive")])
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": paths},
    )


def run_and_kill(root: Path, items: int, dice: random.Random) -> list[str]:
    """Kill the worker a moment after a random number of commits; return what it said."""
    process = start(root, items)
    assert process.stdout is not None
    said = [process.stdout.readline() for _number in range(dice.randint(0, 4))]
    time.sleep(dice.uniform(0, 0.03))
    process.kill()
    rest, _errors = process.communicate()
    return [line for line in "".join([*said, rest]).split("\n") if " " in line]


def check_kills(folder: Path, *, kills: int, items: int) -> None:
    dice = random.Random(kills)
    root = folder / "killed"
    root.mkdir()
    store = Store(Layout(root))
    acknowledged: dict[str, int] = {}
    for _number in range(kills):
        for line in run_and_kill(root, items, dice):
            item_id, version = line.split()
            acknowledged[item_id] = int(version)
        for item_id, version in acknowledged.items():
            item = store.read(item_id)
            assert item.version >= version, "an acknowledged version was lost"
            assert all(file.is_file() for file in item.masters.values())
    assert acknowledged
    for name in ("killed", "whole"):
        (folder / name).mkdir(exist_ok=True)
        process = start(folder / name, items)
        assert process.communicate() is not None
        assert process.returncode == 0
    assert_valid(store)
    assert list(store.layout.staging.iterdir()) == []
    assert tree(store.layout.store) == tree(folder / "whole" / "store")


def test_fifteen_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=15, items=25)


@pytest.mark.slow
def test_many_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    check_kills(tmp_path, kills=KILLS_OF_A_STORE, items=150)
