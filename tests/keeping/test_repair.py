"""Repair puts back what was recorded, from the object itself or a copy, and nothing else."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.opening import Archive
from archive.store import Store
from pipeline.audit import AuditReport, audit
from pipeline.repair import repair
from schemas.errors import ConfigError, RecordError
from tests.archive.replica_samples import Clock, copied, damage, files_of, flip, make_archive
from tests.archive.store_samples import assert_valid, tree


@pytest.fixture
def copy(template: Archive, tmp_path: Path) -> Layout:
    return copied(template, tmp_path / "copy")


def mended(archive: Archive, copy: Layout) -> AuditReport:
    report = audit(archive, now=Clock())
    return repair(archive, report, copy.root, now=Clock())


def test_any_damage_to_any_file_is_found_and_put_back(
    template: Archive, archive: Archive, copy: Layout
) -> None:
    dice = random.Random(3)
    wanted = tree(archive.layout.store)
    for path in files_of(archive.layout):
        name = path.relative_to(archive.layout.store).as_posix()
        if name == "0=ocfl_1.1":
            continue
        kind = damage(path, dice)
        report = audit(archive, now=Clock())
        assert report.problems, (name, kind)
        after = repair(archive, report, copy.root, now=Clock())
        assert after.problems == (), (name, kind)
        assert tree(archive.layout.store) == wanted, (name, kind)
    assert tree(copy.store) == wanted


def test_many_damages_at_once_are_put_back(archive: Archive, copy: Layout) -> None:
    wanted = tree(archive.layout.store)
    for round_ in range(6):
        dice = random.Random(round_)
        files = [path for path in files_of(archive.layout) if path.name != "0=ocfl_1.1"]
        for path in dice.sample(files, len(files) // 2):
            damage(path, dice)
        assert mended(archive, copy).problems == ()
        assert tree(archive.layout.store) == wanted
    assert_valid(Store(archive.layout))


def test_only_damaged_files_are_touched(archive: Archive, copy: Layout) -> None:
    files = files_of(archive.layout)
    before = {path: path.stat().st_mtime_ns for path in files}
    victim = next(path for path in files if path.suffix == ".tif")
    flip(victim, random.Random(1))
    report = mended(archive, copy)
    touched = [path for path in files if path.stat().st_mtime_ns != before[path]]
    assert touched == [victim]
    assert report.repaired == (victim.relative_to(archive.layout.store).as_posix(),)


def test_the_damaged_file_is_kept_aside(archive: Archive, copy: Layout) -> None:
    victim = next(path for path in files_of(archive.layout) if path.suffix == ".tif")
    flip(victim, random.Random(1))
    damaged = victim.read_bytes()
    report = mended(archive, copy)
    aside = archive.layout.audits / "set-aside" / report.log
    assert (aside / report.repaired[0]).read_bytes() == damaged


@pytest.mark.leaves_damage("nothing can mend it", "archive", "copy")
def test_a_copy_with_the_same_damage_repairs_nothing_and_is_not_believed(
    archive: Archive, copy: Layout
) -> None:
    victim = next(path for path in files_of(archive.layout) if path.suffix == ".tif")
    name = victim.relative_to(archive.layout.store)
    flip(victim, random.Random(1))
    flip(copy.store / name, random.Random(2))
    damaged = victim.read_bytes()
    report = mended(archive, copy)
    assert [problem.path for problem in report.problems] == [name.as_posix()]
    assert report.repaired == ()
    assert victim.read_bytes() == damaged


@pytest.mark.leaves_damage("the copy is not what is mended", "copy")
def test_damage_in_different_files_of_both_is_still_repaired(
    archive: Archive, copy: Layout
) -> None:
    wanted = tree(archive.layout.store)
    first, second = [path for path in files_of(archive.layout) if path.suffix == ".tif"][:2]
    flip(first, random.Random(1))
    flip(copy.store / second.relative_to(archive.layout.store), random.Random(1))
    assert mended(archive, copy).problems == ()
    assert tree(archive.layout.store) == wanted


def test_both_inventories_damaged_come_from_the_copy(archive: Archive, copy: Layout) -> None:
    wanted = tree(archive.layout.store)
    folder = Store(archive.layout).folder_of("t-0")
    for path in folder.rglob("inventory.json*"):
        path.write_bytes(b"")
    report = mended(archive, copy)
    assert report.problems == ()
    assert len(report.repaired) == 8
    assert tree(archive.layout.store) == wanted


@pytest.mark.leaves_damage("nothing can mend it", "archive")
def test_an_older_copy_never_takes_a_version_away(
    archive: Archive, template: Archive, tmp_path: Path
) -> None:
    older = make_archive(tmp_path / "older")
    folder = Store(older.layout).folder_of("t-0")
    for version in ("v2", "v3"):
        shutil.rmtree(folder / version)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(folder / "v1" / name, folder / name)
    ours = Store(archive.layout).folder_of("t-0")
    for place in (ours, ours / "v3"):
        (place / "inventory.json").write_bytes(b"")
    before = tree(archive.layout.store)
    report = mended(archive, older.layout)
    assert report.repaired == ()
    assert report.problems
    assert tree(archive.layout.store) == before


def test_a_whole_object_that_is_gone_comes_back(archive: Archive, copy: Layout) -> None:
    wanted = tree(archive.layout.store)
    shutil.rmtree(Store(archive.layout).folder_of("t-0"))
    report = mended(archive, copy)
    assert report.problems == ()
    assert tree(archive.layout.store) == wanted


@pytest.mark.leaves_damage("nothing can mend it", "archive", "copy")
def test_a_whole_object_is_not_brought_in_from_a_damaged_one(
    archive: Archive, copy: Layout
) -> None:
    store = Store(archive.layout)
    name = store.folder_of("t-0").relative_to(archive.layout.store)
    shutil.rmtree(store.folder_of("t-0"))
    flip(next((copy.store / name).rglob("*.jpg")), random.Random(1))
    report = mended(archive, copy)
    assert (name.as_posix(), "missing") in [(entry.path, entry.kind) for entry in report.problems]
    assert not store.has("t-0")


@pytest.mark.leaves_damage("a file of somebody is in an object", "archive")
def test_what_nothing_records_stays_where_it_is(archive: Archive, copy: Layout) -> None:
    stray = Store(archive.layout).folder_of("t-1") / "v1" / "content" / "note.txt"
    stray.write_bytes(b"mine")
    report = mended(archive, copy)
    assert [problem.kind for problem in report.problems] == ["extra"]
    assert stray.read_bytes() == b"mine"


def test_the_declaration_of_the_root_is_put_back(archive: Archive, copy: Layout) -> None:
    wanted = tree(archive.layout.store)
    flip(archive.layout.store / "0=ocfl_1.1", random.Random(1))
    report = mended(archive, copy)
    assert (report.problems, report.repaired) == ((), ("0=ocfl_1.1",))
    assert tree(archive.layout.store) == wanted


def test_each_repair_is_an_event_in_the_log(archive: Archive, copy: Layout) -> None:
    victim = next(path for path in files_of(archive.layout) if path.suffix == ".tif")
    flip(victim, random.Random(1))
    report = mended(archive, copy)
    text = (archive.layout.audits / f"{report.log}.jsonl").read_text()
    assert '"type":"recovery"' in text
    assert report.repaired[0] in text
    assert "from=copy copy" in text


def test_the_archive_itself_is_no_copy(archive: Archive, tmp_path: Path) -> None:
    report = audit(archive, now=Clock())
    with pytest.raises(ConfigError, match="one folder"):
        repair(archive, report, archive.layout.root, now=Clock())
    with pytest.raises(ConfigError, match="lie in each other"):
        repair(archive, report, archive.layout.root / "store", now=Clock())
    with pytest.raises(RecordError, match="not there"):
        repair(archive, report, tmp_path / "nothing", now=Clock())
