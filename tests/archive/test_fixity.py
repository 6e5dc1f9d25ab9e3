"""The audit finds every way in which stored bytes can differ from what was recorded."""

from __future__ import annotations

import errno
import os
import random
import shutil
import tracemalloc
from pathlib import Path

import pytest

from archive.fixity import AuditResult, Problem, iter_audit, iter_missing
from archive.ocfl_root import object_path
from archive.pace import Pace
from archive.store import Store
from schemas.identifiers import item_id_for
from tests.archive.store_samples import (
    BACK,
    FRONT,
    JPEG,
    LATER,
    NUMBER,
    TIFF,
    commit,
    new_store,
    tree,
)

ITEM = item_id_for(NUMBER)
HOME = object_path(ITEM)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path)
    commit(store, {FRONT: JPEG, BACK: TIFF})
    commit(store, {FRONT: TIFF + b"new"}, title="Váy Thái", at=LATER)
    commit(store, identifier="B-2")
    return store


def problems(store: Store) -> list[Problem]:
    return [problem for result in iter_audit(store) for problem in result.problems]


def found(store: Store) -> list[tuple[str, str]]:
    return [(problem.path, problem.kind.value) for problem in problems(store)]


def flip(path: Path, *, position: int = 7) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 4
    path.write_bytes(bytes(data))


def test_a_sound_store_has_no_problems_and_every_file_is_read(store: Store) -> None:
    results = list(iter_audit(store))
    assert [result.problems for result in results] == [()] * 3
    assert sorted(result.item_id for result in results) == ["", "b-2", ITEM]
    files = [path for path in store.layout.store.rglob("*") if path.is_file()]
    assert sum(result.files_checked for result in results) == len(files)
    assert sum(result.bytes_checked for result in results) == sum(
        path.stat().st_size for path in files
    )


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_a_folder_that_cannot_be_listed_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = store.layout.store / HOME / "v1" / "content" / "kept"
    extra.mkdir()
    (extra / "file").write_bytes(b"x")
    listing = os.scandir

    def refused(path: Path | str) -> object:
        if Path(path) == extra:
            raise OSError(errno.EIO, "Input/output error")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refused)
    kinds = {(p.path, p.kind.value, p.found) for p in problems(store)}
    name = extra.relative_to(store.layout.store).as_posix()
    assert kinds == {(name, "extra", "a folder"), (name, "changed", "Input/output error")}


def test_progress_reaches_the_whole_store(store: Store) -> None:
    calls: list[tuple[int, int]] = []
    results = list(iter_audit(store, on_progress=lambda *done: calls.append(done)))
    assert calls == sorted(calls)
    assert calls[-1] == (
        sum(result.bytes_checked for result in results),
        sum(result.files_checked for result in results),
    )


def test_a_flipped_bit_in_any_file_is_found_and_no_other_file_is_blamed(store: Store) -> None:
    dice = random.Random(1)
    for path in sorted(store.layout.store.rglob("*")):
        if path.is_file():
            good = path.read_bytes()
            flip(path, position=dice.randrange(len(good)))
            name = path.relative_to(store.layout.store).as_posix()
            blamed = {problem_path.removesuffix(".sha512") for problem_path, _kind in found(store)}
            assert blamed == {name.removesuffix(".sha512")}
            path.write_bytes(good)
    assert found(store) == []


@pytest.mark.parametrize("version", ["", "v1/", "v2/"])
@pytest.mark.leaves_damage("only found, not mended", ".")
def test_a_flipped_bit_in_an_inventory_is_blamed_on_it(store: Store, version: str) -> None:
    flip(store.layout.store / HOME / f"{version}inventory.json", position=30)
    assert found(store) == [(f"{HOME}/{version}inventory.json", "inventory")]


@pytest.mark.parametrize("version", ["", "v2/"])
@pytest.mark.leaves_damage("only found, not mended", ".")
def test_a_flipped_bit_in_a_sidecar_is_blamed_on_it(store: Store, version: str) -> None:
    flip(store.layout.store / HOME / f"{version}inventory.json.sha512")
    assert found(store) == [(f"{HOME}/{version}inventory.json.sha512", "inventory")]


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_a_flipped_bit_in_an_old_master_is_found_with_both_digests(store: Store) -> None:
    path = store.layout.store / HOME / "v1" / "content"
    master = next(entry for entry in path.iterdir() if entry.suffix == ".jpg")
    digest_start = master.stem
    flip(master, position=20_000)
    (problem,) = problems(store)
    assert problem.path == master.relative_to(store.layout.store).as_posix()
    assert problem.expected.startswith(digest_start)
    assert len(problem.found) == 128
    assert problem.found != problem.expected


def test_a_missing_file_of_any_kind_is_found(store: Store) -> None:
    for path in sorted(store.layout.store.rglob("*")):
        if path.is_file():
            good = path.read_bytes()
            path.unlink()
            assert (path.relative_to(store.layout.store).as_posix(), "missing") in found(store)
            path.write_bytes(good)


def test_a_file_or_folder_that_nothing_names_is_found(store: Store) -> None:
    root = store.layout.store
    for name in ("Thumbs.db", f"{HOME}/.DS_Store", f"{HOME}/v1/content/x", "extensions/readme"):
        (root / name).write_bytes(b"x")
        assert found(store) == [(name, "extra")]
        (root / name).unlink()
    for name in ("abc", f"{HOME}/v9", f"{HOME}/v1/content/empty", HOME.rpartition("/")[0] + "/x"):
        (root / name).mkdir()
        assert found(store) == [(name, "extra")]
        (root / name).rmdir()


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_an_object_in_the_wrong_place_is_found(store: Store) -> None:
    moved = store.layout.store / "aaa" / "bbb" / "ccc"
    moved.mkdir(parents=True)
    shutil.move(store.folder_of("b-2"), moved)
    assert (f"aaa/bbb/ccc/{store.folder_of('b-2').name}", "extra") in found(store)


def test_an_inventory_of_another_item_is_found(store: Store) -> None:
    home = store.folder_of("b-2")
    shutil.rmtree(home)
    shutil.copytree(store.layout.store / HOME, home)
    kinds = {problem.kind.value for problem in problems(store)}
    assert kinds == {"inventory"}


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_inventories_that_contradict_each_other_are_found(store: Store, tmp_path: Path) -> None:
    other = new_store(tmp_path / "other")
    commit(other, {FRONT: JPEG})
    for name in ("inventory.json", "inventory.json.sha512"):
        foreign = (other.folder_of(ITEM) / name).read_bytes()
        (store.layout.store / HOME / "v1" / name).write_bytes(foreign)
    assert found(store) == [(f"{HOME}/v1/inventory.json", "inventory")]
    for name in ("inventory.json", "inventory.json.sha512"):
        foreign = (other.folder_of(ITEM) / name).read_bytes()
        (store.layout.store / HOME / "v2" / name).write_bytes(foreign)
    assert (f"{HOME}/v2/inventory.json", "inventory") in found(store)


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_masters_are_checked_even_when_the_root_inventory_is_lost(store: Store) -> None:
    home = store.layout.store / HOME
    (home / "inventory.json").write_bytes(b"{}")
    master = next(path for path in (home / "v1" / "content").iterdir() if path.suffix == ".tif")
    flip(master)
    assert found(store) == [
        (f"{HOME}/inventory.json", "inventory"),
        (master.relative_to(store.layout.store).as_posix(), "changed"),
    ]


def test_a_link_in_the_place_of_a_master_is_not_followed(store: Store, tmp_path: Path) -> None:
    content = store.layout.store / HOME / "v1" / "content"
    master = next(path for path in content.iterdir() if path.suffix == ".jpg")
    (tmp_path / "elsewhere").write_bytes(master.read_bytes())
    master.unlink()
    try:
        master.symlink_to(tmp_path / "elsewhere")
    except OSError:  # Windows grants links to administrators only
        return
    assert found(store) == [(master.relative_to(store.layout.store).as_posix(), "changed")]


def test_a_store_that_is_gone_is_one_problem_of_the_root(store: Store) -> None:
    shutil.rmtree(store.layout.store)
    (result,) = iter_audit(store)
    assert result.item_id == ""
    assert (".", "missing") in [(entry.path, entry.kind.value) for entry in result.problems]


def test_a_version_added_in_the_middle_of_the_audit_is_no_problem(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    commit(store, {FRONT: JPEG})
    titles = iter(["Một", "Hai"])

    class Meddling(Pace):
        """Commits between two files."""

        def add(self, *, bytes_read: int = 0, files_read: int = 0) -> None:
            super().add(bytes_read=bytes_read, files_read=files_read)
            if files_read and self.files_done in (1, 9):
                for title in titles:
                    commit(store, title=title, at=LATER)
                    break

    results = list(iter_audit(store, pace=Meddling()))
    assert [result.problems for result in results] == [(), ()]
    assert store.version_of(ITEM) == 3


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_a_commit_that_a_crash_left_unfinished_is_reported(store: Store) -> None:
    home = store.layout.store / HOME
    shutil.copytree(home / "v2", home / "v3")
    journal = store.layout.staging / "commit" / f"{ITEM}.json"
    journal.parent.mkdir(exist_ok=True)
    journal.write_bytes(b"damaged")
    assert (f"{HOME}/v3", "extra") in found(store)


@pytest.mark.leaves_damage("only found, not mended", ".")
def test_an_item_whose_whole_folder_is_gone_is_found_by_the_catalogue(store: Store) -> None:
    shutil.rmtree(store.folder_of("b-2"))
    assert list(iter_missing(store, ["b-2", ITEM])) == [
        AuditResult("b-2", 0, 0, (Problem(object_path("b-2"), "missing", "an object", "nothing"),))
    ]


def test_the_audit_changes_nothing(store: Store) -> None:
    before = tree(store.layout.store)
    list(iter_audit(store))
    assert tree(store.layout.store) == before


def test_memory_does_not_grow_with_the_store(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    for number in range(40):
        commit(store, {"masters/a.jpg": JPEG + bytes([number])}, identifier=f"M-{number}")
    peaks = []
    for limit in (4, 41):
        tracemalloc.start()
        for _result, _number in zip(iter_audit(store), range(limit), strict=False):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 100_000
