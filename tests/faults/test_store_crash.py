"""Stop the process before each disk call of a commit, and of the recovery from that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.store import Store
from tests.archive.store_samples import assert_valid, tree
from tests.faults.store_scenarios import (
    DISK_CALLS,
    ITEM,
    SCENARIOS,
    Scenario,
    assert_mended,
    reopened,
    snapshot,
)

pytestmark = pytest.mark.usefixtures("quick_disk")


class Crash(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Countdown:
    """Lets so many disk calls pass; then the process is dead and none passes any more.

    A write that is cut off leaves half of its bytes.
    """

    def __init__(self, calls_left: int) -> None:
        self.calls_left = calls_left
        self.calls = 0
        self.refusals = 0

    @property
    def is_first_refusal(self) -> bool:
        return self.refusals == 1

    def pass_one(self) -> None:
        if self.calls >= self.calls_left:
            self.refusals += 1
            raise Crash
        self.calls += 1


@contextmanager
def crashing_after(calls: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Countdown]:
    countdown = Countdown(calls)

    def guarded(name, call):
        def guard(*arguments):
            try:
                countdown.pass_one()
            except Crash:
                if name == "_write" and countdown.is_first_refusal:
                    handle, data = arguments
                    call(handle, data[: len(data) // 2])
                raise
            return call(*arguments)

        return guard

    with monkeypatch.context() as patch:
        for name in DISK_CALLS:
            patch.setattr(durable, name, guarded(name, getattr(durable, name)))
        yield countdown


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return request.param


def uninterrupted(scenario: Scenario, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Return the states before and after, the tree at the end, and the number of disk calls."""
    store = scenario.prepare(folder)
    states = [snapshot(store)]
    with crashing_after(10**9, monkeypatch) as countdown:
        scenario.commit(store)
    states.append(snapshot(store))
    assert states[0] != states[1]
    return states, tree(store.layout.store), countdown.calls


def test_a_crash_before_any_disk_call_leaves_the_old_or_the_new_version(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, end, calls = uninterrupted(scenario, tmp_path / "whole", monkeypatch)
    template = scenario.prepare(tmp_path / "template").layout.root
    seen = set()
    for number in range(calls):
        shutil.copytree(template, tmp_path / "crashed")
        store = Store(Layout(tmp_path / "crashed"))
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            scenario.commit(store)
        seen.add(states.index(snapshot(reopened(store))))
        assert_mended(store, scenario, states, end)
        shutil.rmtree(tmp_path / "crashed")
    assert seen == {0, 1}
    assert calls > 20


def test_a_crash_during_recovery_is_recovered_from(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, end, calls = uninterrupted(scenario, tmp_path / "whole", monkeypatch)
    template = scenario.prepare(tmp_path / "template").layout.root
    for number in range(0, calls, 4):
        for recovery_number in range(0, 100, 2):
            shutil.copytree(template, tmp_path / "crashed")
            store = Store(Layout(tmp_path / "crashed"))
            with crashing_after(number, monkeypatch), pytest.raises(Crash):
                scenario.commit(store)
            is_over = False
            with crashing_after(recovery_number, monkeypatch):
                try:
                    store.recover()
                    is_over = True
                except Crash:
                    pass
            assert_mended(store, scenario, states, end)
            shutil.rmtree(tmp_path / "crashed")
            if is_over:
                break


def test_a_commit_after_a_crash_needs_no_recovery_first(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _states, end, calls = uninterrupted(scenario, tmp_path / "whole", monkeypatch)
    for number in range(calls):
        store = scenario.prepare(tmp_path / str(number))
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            scenario.commit(store)
        store = reopened(store)
        scenario.commit(store)
        assert tree(store.layout.store) == end
        assert_valid(store)


def test_recovery_names_the_items_that_were_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = SCENARIOS[1]
    _states, _end, calls = uninterrupted(scenario, tmp_path / "whole", monkeypatch)
    store = scenario.prepare(tmp_path / "crashed")
    # The last call removes the journal.
    with crashing_after(calls - 1, monkeypatch), pytest.raises(Crash):
        scenario.commit(store)
    assert store.recover() == (ITEM,)
    assert store.recover() == ()


def test_a_damaged_journal_does_not_stop_recovery(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states, end, calls = uninterrupted(scenario, tmp_path / "whole", monkeypatch)
    for number in range(calls):
        store = scenario.prepare(tmp_path / str(number))
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            scenario.commit(store)
        for journal in (store.layout.staging / "commit").glob("*.json"):
            journal.write_bytes(b"{")
        assert_mended(store, scenario, states, end)


def test_a_crash_while_the_storage_root_is_made_leaves_none_or_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crashing_after(10**9, monkeypatch) as countdown:
        wanted = tree(Store.create(Layout(tmp_path / "whole")).layout.store)
    for number in range(countdown.calls):
        layout = Layout(tmp_path / str(number))
        with crashing_after(number, monkeypatch), pytest.raises(Crash):
            Store.create(layout)
        assert not layout.store.exists() or tree(layout.store) == wanted
        store = Store.create(layout)
        assert tree(layout.store) == wanted
        assert_valid(store)
    assert countdown.calls > 10
