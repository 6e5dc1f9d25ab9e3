"""The commits that the fault tests interrupt, and what must hold after each interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.fixity import iter_audit
from archive.layout import Layout
from archive.store import Store
from schemas.identifiers import item_id_for
from tests.archive.store_samples import (
    BACK,
    FRONT,
    LATER,
    NUMBER,
    assert_objects_valid,
    assert_valid,
    commit,
    new_store,
    tree,
)

ITEM = item_id_for(NUMBER)

# Small, so that thousands of interruptions take seconds.
ONE, TWO = b"first scan " * 20, b"second scan " * 20

# The calls of archive.durable that touch the disk.
DISK_CALLS = (
    "_open_new",
    "_open_to_append",
    "_write",
    "_sync",
    "_sync_folder",
    "_rename",
    "_replace",
    "_chmod",
    "_mkdir",
    "_unlink",
    "_rmdir",
)


@dataclass(frozen=True)
class Scenario:
    """A commit, and what is in the store before it."""

    name: str
    before: Callable[[Store], object]
    commit: Callable[[Store], object]

    def prepare(self, folder: Path) -> Store:
        store = new_store(folder)
        self.before(store)
        store.recover()
        return store


SCENARIOS = (
    Scenario("new-object", lambda store: None, lambda store: commit(store, {FRONT: ONE})),
    Scenario(
        "metadata-version",
        lambda store: commit(store, {FRONT: ONE}),
        lambda store: commit(store, title="Váy Thái", at=LATER),
    ),
    Scenario(
        "master-version",
        lambda store: commit(store, {FRONT: ONE, BACK: TWO}),
        lambda store: commit(store, {FRONT: TWO + ONE, "masters/new.tif": b"third"}, at=LATER),
    ),
)


def snapshot(store: Store) -> object:
    """What a reader sees of the item, whole or not at all."""
    if not store.has(ITEM):
        return None
    item = store.read(ITEM)
    masters = {path: file.read_bytes() for path, file in item.masters.items()}
    return item.version, item.record, item.technical, item.events, masters


def reopened(store: Store) -> Store:
    return Store(Layout(store.layout.root))


def assert_sound(store: Store, states: list[object]) -> None:
    """Recover, and check, without a rerun, that the store is old or new and its objects valid."""
    assert snapshot(store) in states
    store.recover()
    assert snapshot(store) in states
    assert_objects_valid(store)
    assert [problem for result in iter_audit(store) for problem in result.problems] == []


def assert_mended(store: Store, scenario: Scenario, states: list[object], end: object) -> None:
    """Recover, and check that the store is valid, old or new, and that a rerun completes it."""
    store = reopened(store)
    assert snapshot(store) in states
    store.recover()
    assert list(store.layout.staging.glob("*")) == []
    assert_valid(store)
    assert snapshot(store) in states
    scenario.commit(store)
    store.recover()
    assert tree(store.layout.store) == end
