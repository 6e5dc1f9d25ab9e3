"""A disk that refuses: full, write-protected, without rights, or failing; at any call."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.store import Store
from schemas.errors import StoreWriteError
from tests.archive.store_samples import assert_valid, tree
from tests.faults.store_scenarios import DISK_CALLS, SCENARIOS, Scenario, reopened, snapshot

pytestmark = pytest.mark.usefixtures("quick_disk")

# A full disk refuses what needs space, and still removes and renames within a folder.
NEEDS_SPACE = ("_open_new", "_write", "_mkdir")


class Refusal:
    """Lets so many calls pass; the disk then refuses, once or for ever."""

    def __init__(self, number: int, code: int, *, once: bool = False) -> None:
        self.calls_left = number
        self.code = code
        self.once = once
        self.refused = 0

    def install(self, patch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
        for name in names:
            patch.setattr(durable, name, self.guarded(getattr(durable, name)))

    def guarded(self, call):
        def guard(*arguments):
            self.calls_left -= 1
            if self.calls_left < 0 and not (self.once and self.refused):
                self.refused += 1
                raise OSError(self.code, "the disk refuses")
            return call(*arguments)

        return guard


def refused_commit(scenario: Scenario, store: Store) -> StoreWriteError | None:
    try:
        scenario.commit(store)
    except StoreWriteError as error:
        return error
    return None


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_disk_full_at_any_write_is_said_and_leaves_no_trace(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scenario.prepare(tmp_path / "whole")
    scenario.commit(whole)
    number, is_refused = 0, True
    while is_refused:
        store = scenario.prepare(tmp_path / str(number))
        before, state = tree(store.layout.store), snapshot(store)
        refusal = Refusal(number, errno.ENOSPC)
        with monkeypatch.context() as patch:
            refusal.install(patch, NEEDS_SPACE)
            error = refused_commit(scenario, store)
        is_refused = refusal.refused > 0
        assert is_refused == (error is not None)
        if error is not None:
            assert "full" in error.problem
            assert "Free some space" in error.remedy
            assert error.path is not None
            assert tree(store.layout.store) == before
            assert snapshot(store) == state
            assert list((store.layout.staging / "commit").glob("*")) == []
            assert_valid(store)
        scenario.commit(store)
        assert tree(store.layout.store) == tree(whole.layout.store)
        number += 1
    assert number > 5


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("once", [True, False], ids=["once", "for-ever"])
def test_a_disk_that_fails_at_any_call_never_damages_the_store(
    scenario: Scenario, once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = scenario.prepare(tmp_path / "whole")
    scenario.commit(whole)
    states = [snapshot(scenario.prepare(tmp_path / "before")), snapshot(whole)]
    number, is_refused = 0, True
    while is_refused:
        store = scenario.prepare(tmp_path / str(number))
        refusal = Refusal(number, errno.EIO, once=once)
        with monkeypatch.context() as patch:
            refusal.install(patch, DISK_CALLS)
            error = refused_commit(scenario, store)
        assert error is None or "the disk reports a fault" in str(error)
        is_refused = refusal.refused > 0
        assert snapshot(reopened(store)) in states
        store.recover()
        assert_valid(store)
        assert snapshot(store) in states
        scenario.commit(store)
        assert tree(store.layout.store) == tree(whole.layout.store)
        number += 1
    assert number > 20


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (errno.ENOSPC, "full"),
        (errno.EDQUOT, "full"),
        (errno.EROFS, "write-protected"),
        (errno.EACCES, "no right"),
        (errno.EPERM, "no right"),
        (errno.EXDEV, "different disks"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EIO, "the disk reports a fault"),
    ],
)
def test_each_refusal_says_what_it_is_and_what_to_do(
    code: int, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SCENARIOS[0].prepare(tmp_path)
    Refusal(0, code).install(monkeypatch, ("_rename",))
    with pytest.raises(StoreWriteError, match=problem) as caught:
        SCENARIOS[0].commit(store)
    assert caught.value.exit_code == 9
    assert caught.value.remedy
    assert caught.value.path is not None


def test_failed_write_leaves_old_bytes_and_no_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hoaban.toml"
    durable.write_file(path, b"old")
    for name in ("_open_new", "_write", "_sync", "_replace"):
        with monkeypatch.context() as patch:
            Refusal(0, errno.ENOSPC).install(patch, (name,))
            with pytest.raises(StoreWriteError):
                durable.write_file(path, b"new")
        assert path.read_bytes() == b"old"
        assert [entry.name for entry in tmp_path.iterdir()] == ["hoaban.toml"]


def test_a_full_disk_leaves_no_storage_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        layout = Layout(tmp_path / str(number))
        with monkeypatch.context() as patch:
            Refusal(number, errno.ENOSPC).install(patch, NEEDS_SPACE)
            with pytest.raises(StoreWriteError):
                Store.create(layout)
        assert not layout.store.exists()
        assert_valid(Store.create(layout))
