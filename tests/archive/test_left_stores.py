"""What judges the stores that tests leave finds damage, and takes no mark that says too much."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.store import Store
from tests.archive.replica_samples import files_of, flip, make_archive
from tests.archive.store_samples import assert_objects_valid, assert_valid
from tests.left_stores import archives_in, assert_left_valid


def flip_one(layout: Layout, ending: str) -> None:
    flip(next(path for path in files_of(layout) if path.name.endswith(ending)), random.Random(1))


def remove_master(layout: Layout) -> None:
    next(path for path in files_of(layout) if path.suffix == ".tif").unlink()


def add_file(layout: Layout) -> None:
    (Store(layout).folder_of("t-0") / "v1" / "note.txt").write_bytes(b"x")


def write_declaration(layout: Layout) -> None:
    (Store(layout).folder_of("t-0") / "0=ocfl_object_1.1").write_bytes(b"ocfl_object_1.0\n")


def remove_inventory(layout: Layout) -> None:
    (Store(layout).folder_of("t-0") / "inventory.json").unlink()


PLANTED: dict[str, Callable[[Layout], None]] = {
    "master": lambda layout: flip_one(layout, ".tif"),
    "record": lambda layout: flip_one(layout, ".json"),
    "sidecar": lambda layout: flip_one(layout, "inventory.json.sha512"),
    "declaration": write_declaration,
    "missing": remove_master,
    "extra": add_file,
    "no inventory": remove_inventory,
}


@pytest.mark.leaves_damage("planted", "museum")
@pytest.mark.parametrize("name", PLANTED)
def test_planted_damage_is_found_after_a_test_and_in_one(name: str, tmp_path: Path) -> None:
    layout = make_archive(tmp_path / "museum", items=2).layout
    assert_left_valid(tmp_path)
    assert_valid(Store(layout))
    PLANTED[name](layout)
    with pytest.raises(AssertionError, match="leaves a damaged store"):
        assert_left_valid(tmp_path)
    with pytest.raises(AssertionError):
        assert_objects_valid(Store(layout))
    assert_left_valid(tmp_path, ("museum",))


def test_a_mark_that_no_damage_meets_is_refused(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "museum", items=1)
    shutil.copytree(archive.layout.root, tmp_path / "disk" / "copy")
    names = [path.relative_to(tmp_path).as_posix() for path in archives_in(tmp_path)]
    assert names == ["disk/copy", "museum"]
    with pytest.raises(AssertionError, match=r"is not: \['museum'\]"):
        assert_left_valid(tmp_path, ("museum",))


def test_it_is_in_force_for_every_test(request: pytest.FixtureRequest) -> None:
    assert {"_every_store_is_left_valid", "_every_shared_store_is_left_valid"} <= set(
        request.fixturenames
    )
