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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import cli
from archive.fixity import iter_audit
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_objects_valid, assert_valid
from tests.faults.amount import KILLS_A_COMMAND, STEP
from tests.faults.test_store_crash import Crash, crashing_after
from tests.flows.deliveries import HEADINGS, draw_scan, tree, write_csv

ROOT = Path(__file__).parent.parent.parent
ITEMS = 8
# Tests work with one worker unless told otherwise; here several have to be killed.
WORKERS = {"HOABAN_JOBS": "2"}
# The search index and the catalogue are compared by what they answer, not by their bytes.
MADE = ("site", "derivatives")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "cli", "--lang", "en", *map(str, arguments)]


def hoaban(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--lang", "en", *map(str, arguments)])
    assert not ended.value.code


@dataclass(frozen=True)
class Deed:
    """A command that changes an archive.

    Attributes:
        name: Its name.
        archive: What it is given, to be copied.
        arguments: Gives the command line for an archive.
    """

    name: str
    archive: Path
    arguments: Callable[[Path], list[object]]


@pytest.fixture(scope="module")
def deeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deed]:
    folder = tmp_path_factory.mktemp("deeds")
    delivery, empty, full = folder / "delivery", folder / "empty", folder / "full"
    rows = []
    for number in range(ITEMS):
        draw_scan(delivery / f"K-{number}_1.jpg", colour=f"hsl({number * 40}, 60%, 40%)")
        draw_scan(delivery / f"K-{number}_2.tif", colour=f"hsl({number * 40}, 60%, 60%)")
        rows.append((f"K-{number}", f"Hiện vật {number}", "", "gỗ", ""))
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    hoaban("init", empty)
    shutil.copytree(empty, full)
    hoaban("ingest", delivery, "--archive", full)
    hoaban("build", "--archive", full)
    sheet = folder / "records.csv"
    hoaban("records", "export", sheet, "--archive", full)
    text = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(text.replace("Hiện vật", "Cổ vật"), encoding="utf-8-sig")
    edited, bare = folder / "edited", folder / "bare"
    shutil.copytree(full, edited)
    hoaban("records", "import", sheet, "--yes", "--archive", edited)
    store = Store(Layout(edited))
    batch = store.history("k-0")[-1].message.rpartition(" ")[2]
    shutil.copytree(full, bare)
    for name in (*MADE, "index"):
        shutil.rmtree(bare / name)
    return {
        "ingest": Deed("ingest", empty, lambda a: ["ingest", delivery, "--archive", a]),
        "edit": Deed("edit", full, lambda a: ["records", "import", sheet, "--yes", "--archive", a]),
        "undo": Deed("undo", edited, lambda a: ["undo", batch, "--yes", "--archive", a]),
        "rebuild": Deed("rebuild", bare, lambda a: ["rebuild", "--archive", a]),
    }


def held(archive: Path) -> dict[str, object]:
    """What the newest version of every item holds, without the moments it was written at."""
    store = Store(Layout(archive))
    return {
        item.item_id: (item.record, {t.path: t.sha512 for t in item.technical}, item.version)
        for item in map(store.read, store.iter_item_ids())
    }


def masters(archive: Path) -> set[str]:
    store = Store(Layout(archive))
    return {t.sha512 for item in store.iter_item_ids() for t in store.read(item).technical}


def assert_undamaged(archive: Path) -> None:
    """Every object is whole as it stands, before anything has mended it but ``recover``."""
    store = Store(Layout(archive))
    store.recover()
    assert_objects_valid(store)
    problems = [problem for result in iter_audit(store) for problem in result.problems]
    assert [p for p in problems if p.found != "an empty folder"] == []


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
