"""SIGKILL at random moments of ingest, edit, undo and rebuild; the next run finishes each.

The process is the real command with its workers, killed as a group. After every kill no master that
was there is missing and no object is damaged; at the end everything is as if nothing had happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cli
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_valid
from tests.faults.amount import KILLS_A_COMMAND, STEP
from tests.faults.deeds import MADE, Deed, assert_undamaged, held, hoaban, make_deeds, masters
from tests.faults.test_store_crash import Crash, crashing_after
from tests.flows.deliveries import tree

ROOT = Path(__file__).parent.parent.parent
ITEMS = 8
# Tests work with one worker unless told otherwise; here several have to be killed.
WORKERS = {"HOABAN_JOBS": "2"}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "cli", "--lang", "en", *map(str, arguments)]


@pytest.fixture(scope="module")
def deeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deed]:
    return make_deeds(tmp_path_factory.mktemp("deeds"), ITEMS)


def run_and_kill(arguments: list[object], after_s: float) -> bool:
    """Run a command, kill it with its workers after a while, and say whether it was killed."""
    process = subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        env=os.environ | WORKERS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(after_s) != 0
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def finished(deed: Deed, folder: Path) -> tuple[Path, float]:
    """Return an archive after the uninterrupted command, and how long that took in seconds."""
    archive = shutil.copytree(deed.archive, folder / "calm")
    began = time.monotonic()
    # With as many workers as what is killed, so that the moments of the kills fit.
    done = subprocess.run(
        command(*deed.arguments(archive)), cwd=ROOT, env=os.environ | WORKERS, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    return archive, time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ingest", "edit", "undo", "rebuild"])
def test_killed_at_random_moments_a_command_ends_as_if_never_killed(
    name: str, deeds: dict[str, Deed], tmp_path: Path
) -> None:
    deed = deeds[name]
    calm, whole_s = finished(deed, tmp_path)
    dice = random.Random(name)
    killed = attempts = 0
    hurt = shutil.copytree(deed.archive, tmp_path / "hurt")
    known = masters(hurt)
    while killed < KILLS_A_COMMAND:
        attempts += 1
        assert attempts < 20 * KILLS_A_COMMAND, "the command is done before it can be killed"
        began = time.monotonic()
        was_killed = run_and_kill(deed.arguments(hurt), dice.uniform(0.2, 1.0) * whole_s)
        killed += was_killed
        if not was_killed:
            # The machine has become faster: later moments would never be met.
            whole_s = min(whole_s, time.monotonic() - began)
        assert_undamaged(hurt)
        assert known <= masters(hurt), "a master was lost"
        known |= masters(hurt)
        if not was_killed or attempts % 5 == 0:
            # From the beginning again, so that early moments are met as often as late ones.
            finish_and_compare(deed, hurt, calm)
            shutil.rmtree(hurt)
            shutil.copytree(deed.archive, hurt)
            known = masters(hurt)
    finish_and_compare(deed, hurt, calm)
    assert_valid(Store(Layout(hurt)))


def finish_and_compare(deed: Deed, hurt: Path, calm: Path) -> None:
    done = subprocess.run(command(*deed.arguments(hurt)), cwd=ROOT, capture_output=True)
    assert done.returncode in (0, 4) if deed.name == "undo" else done.returncode == 0, done.stderr
    assert_undamaged(hurt)
    assert held(hurt) == held(calm)
    assert list((hurt / ".staging").iterdir()) == []
    for made in MADE:
        if (calm / made).is_dir():
            assert tree(hurt / made).keys() == tree(calm / made).keys()
    if deed.name == "rebuild":
        for made in MADE:
            assert tree(hurt / made) == tree(calm / made)
    hits = subprocess.run(
        command("search", "--json", "vat", "--archive", hurt), cwd=ROOT, capture_output=True
    )
    assert json.loads(hits.stdout)["total"] == ITEMS


@pytest.mark.slow
@pytest.mark.usefixtures("quick_disk")
@pytest.mark.parametrize("name", ["edit", "undo"])
def test_a_crash_before_any_disk_call_of_an_edit_or_undo_is_finished_by_the_next_run(
    name: str, deeds: dict[str, Deed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deed = deeds[name]
    calm = shutil.copytree(deed.archive, tmp_path / "calm")
    states = [held(calm)]
    with crashing_after(10**9, monkeypatch) as countdown:
        hoaban(*deed.arguments(calm))
    states.append(held(calm))
    assert countdown.calls > 50
    for number in range(0, countdown.calls, STEP):
        hurt = shutil.copytree(deed.archive, tmp_path / "hurt")
        with crashing_after(number, monkeypatch), pytest.raises((Crash, SystemExit)):
            cli.main(["--lang", "en", *map(str, deed.arguments(hurt))])
        for item_id, state in held(hurt).items():
            assert state in (states[0][item_id], states[1][item_id])
        with pytest.raises(SystemExit) as ended:
            cli.main(["--lang", "en", *map(str, deed.arguments(hurt))])
        assert ended.value.code in (0, None)
        assert held(hurt) == states[1]
        assert_undamaged(hurt)
        shutil.rmtree(hurt)


@pytest.mark.slow
def test_two_ingests_at_once_do_no_harm(deeds: dict[str, Deed], tmp_path: Path) -> None:
    deed = deeds["ingest"]
    calm, _whole_s = finished(deed, tmp_path)
    both = shutil.copytree(deed.archive, tmp_path / "both")
    running = [
        subprocess.Popen(
            command(*deed.arguments(both)),
            cwd=ROOT,
            env=os.environ | WORKERS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _number in range(2)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in running]
    codes = sorted(code for _said, code in ended)
    assert codes in ([0, 0], [0, 8]), ended
    assert all(b"Traceback" not in said for said, _code in ended)
    finish_and_compare(deed, both, calm)
    assert_valid(Store(Layout(both)))
