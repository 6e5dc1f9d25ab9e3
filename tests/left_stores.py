"""Every store that a test leaves is valid as ocfl-py judges it; who damages one on purpose says so.

``@pytest.mark.leaves_damage("why", "copy")`` names the archives, by their folders under
``tmp_path``, that a test leaves damaged on purpose: each pattern must meet one that is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.store import Store
from tests.archive.ocfl_judge import said_of_objects, said_of_root

# What commands make beside a store, often of thousands of files.
_BESIDE = frozenset({"site", "derivatives", "index", ".staging", ".cache"})
# Whose tests are judged: those of the store, of what changes it and of what is made from it.
_TESTS = frozenset(
    {
        *("archive", "discovery", "export", "faults", "flows", "fuzz", "hostile", "keeping"),
        *("leaks", "oai", "receiving", "roundtrip"),
    }
)
_judged: set[Path] = set()


def archives_in(folder: Path) -> list[Path]:
    """Return the folders under ``folder``, itself included, that hold a store."""
    found = []
    for place, folders, _files in os.walk(folder):
        if "store" in folders and _is_storage_root(Path(place, "store")):
            found.append(Path(place))
            folders.remove("store")
        folders[:] = [
            name for name in folders if name not in _BESIDE and Path(place, name) not in _judged
        ]
    return sorted(found)


def _is_storage_root(folder: Path) -> bool:
    """Say whether a folder is or was one: damage may have taken part of what marks it."""
    names = {path.name for path in folder.iterdir()}
    return not names.isdisjoint({"0=ocfl_1.1", "extensions"})


def said_of(archive: Path) -> list[str]:
    """Return what ocfl-py has against a store, as the next command that writes finds it."""
    layout = Layout(archive)
    if any((layout.staging / "commit").glob("*")):
        Store(layout).recover()
    return said_of_root(layout.store) + said_of_objects(layout.store)


def assert_left_valid(folder: Path, damaged: tuple[str, ...] = ()) -> None:
    """Assert that every store under a folder is valid, and each that was named is not."""
    unmet = set(damaged)
    for archive in archives_in(folder):
        name = archive.relative_to(folder).as_posix()
        said = said_of(archive)
        meant = {pattern for pattern in damaged if fnmatch(name, pattern)}
        assert not said or meant, f"the test leaves a damaged store: {said}"
        if said:
            unmet -= meant
    assert not unmet, f"said to be left damaged, and is not: {sorted(unmet)}"


@pytest.fixture(autouse=True)
def _every_store_is_left_valid(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    is_judged = request.path.parent.name in _TESTS and "tmp_path" in request.fixturenames
    folder = request.getfixturevalue("tmp_path") if is_judged else None
    yield
    if folder is not None:
        _judged.add(folder)
        monkeypatch.undo()  # a disk that still refuses would keep recover from its work
        marks = list(request.node.iter_markers("leaves_damage"))
        assert_left_valid(folder, tuple(name for mark in marks for name in mark.args[1:]))


@pytest.fixture(autouse=True, scope="module")
def _every_shared_store_is_left_valid(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The stores that the tests of a module share are judged when the last of them has ended."""
    folder = tmp_path_factory.getbasetemp()
    _judged.update(folder.iterdir())  # what others have left
    yield
    if request.path.parent.name in _TESTS:
        assert_left_valid(folder)
