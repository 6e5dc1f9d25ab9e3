"""A second copy: what it brings, what it refuses, and the proof that it can be restored."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from archive import durable
from archive.layout import Layout
from archive.opening import Archive, open_archive
from archive.store import Store
from pipeline import replicate as replicating
from pipeline.audit import audit
from pipeline.restore import restore
from schemas.errors import EXIT_PARTIAL, ConfigError, FixityError, StoreWriteError
from schemas.messages import speaking
from tests.archive.replica_samples import Clock, add_item, files_of, flip, make_archive
from tests.archive.store_samples import assert_valid, commit, tree
from tests.keeping.copies import codes, refuse_reading, run, write_texts


def test_a_copy_is_an_archive_with_the_same_store(archive: Archive, copy: Layout) -> None:
    audit(archive, now=Clock())
    report = run(archive, copy)
    assert (report.added, report.updated, report.unchanged) == (3, 0, 0)
    assert tree(copy.store) == tree(archive.layout.store)
    assert copy.config.read_bytes() == archive.layout.config.read_bytes()
    assert copy.profile.read_bytes() == archive.layout.profile.read_bytes()
    assert tree(copy.audits) == tree(archive.layout.audits)
    assert_valid(Store(copy))
    assert audit(open_archive(copy.root), now=Clock()).problems == ()
    assert json.loads(copy.replica.read_bytes())["finished_at"]


def test_only_what_is_new_is_copied(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    assert run(archive, copy).size_bytes == 0
    add_item(archive, "T-9")
    commit(Store(archive.layout), title="Khăn piêu", identifier="T-1")
    report = run(archive, copy)
    assert (report.added, report.updated, report.unchanged) == (1, 1, 2)
    assert tree(copy.store) == tree(archive.layout.store)


def test_names_are_short_and_plain_enough_for_any_disk(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    for path in copy.root.rglob("*"):
        name = path.relative_to(copy.root).as_posix()
        assert name.isascii()
        assert len(name) < 200
        assert not path.is_symlink()
        assert path.is_dir() or path.stat().st_nlink == 1
        assert not set(path.name) & set('<>:"\\|?*')
        assert not path.name.endswith((".", " "))


@pytest.mark.leaves_damage("only told, not mended", "archive")
def test_a_damaged_file_is_not_copied_over_or_beside_a_good_one(
    archive: Archive, copy: Layout
) -> None:
    run(archive, copy)
    good = tree(copy.store)
    add_item(archive, "T-9")
    for path in files_of(archive.layout):
        if path.suffix in (".tif", ".jpg"):
            flip(path, random.Random(1))
    report = run(archive, copy)
    assert codes(report) == ["REPLICA-source-damaged"]
    assert report.findings[0].item_id == "t-9"
    assert {name: data for name, data in tree(copy.store).items() if name in good} == good
    assert not Store(copy).has("t-9")


@pytest.mark.leaves_damage("only told, not mended", "archive")
def test_a_damaged_inventory_in_the_archive_is_told(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    folder = Store(archive.layout).folder_of("t-1")
    flip(folder / "inventory.json", random.Random(1))
    report = run(archive, copy)
    assert codes(report) == ["REPLICA-source-damaged"]
    assert report.findings[0].path.endswith("inventory.json")


@pytest.mark.leaves_damage("only told, not mended", "disk/copy")
def test_damage_in_the_copy_is_told_and_left_to_repair(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    next(path for path in files_of(copy) if path.suffix == ".tif").unlink()
    report = run(archive, copy)
    assert codes(report) == ["REPLICA-damaged"]
    assert report.findings[0].path.endswith(".tif")


def test_a_newer_copy_stays_as_it_is(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    commit(Store(copy), title="Sửa ở bản sao", identifier="T-1")
    before = tree(copy.store)
    assert codes(run(archive, copy)) == ["REPLICA-newer"]
    assert tree(copy.store) == before


def test_a_copy_with_another_history_stays_as_it_is(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    commit(Store(copy), title="Sửa ở bản sao", identifier="T-1")
    commit(Store(archive.layout), title="Sửa ở kho", identifier="T-1")
    before = tree(copy.store)
    assert codes(run(archive, copy)) == ["REPLICA-differs"]
    assert tree(copy.store) == before


@pytest.mark.leaves_damage("folders of an object are left empty", "archive")
def test_nothing_of_the_copy_is_deleted(archive: Archive, copy: Layout) -> None:
    run(archive, copy)
    (copy.root / "note.txt").write_bytes(b"mine")
    shutil.rmtree(Store(archive.layout).folder_of("t-1"))
    report = run(archive, copy)
    assert report.only_there == 1
    assert Store(copy).has("t-1")
    assert (copy.root / "note.txt").read_bytes() == b"mine"


def test_what_does_not_fit_on_fat32_is_told_before_anything_is_copied(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = {"masters/lớn.tif": b"x" * 6_000}
    commit(Store(archive.layout), big, identifier="T-9")
    monkeypatch.setattr(replicating, "largest_file_bytes", lambda folder: 5_000)
    report = run(archive, copy)
    assert codes(report) == ["REPLICA-file-too-large"]
    assert report.findings[0].item_id == "t-9"
    assert "4 GB" in report.findings[0].message("en")
    assert report.added == 3


def test_a_disk_without_room_is_told_before_anything_is_copied(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(archive.layout.root)._replace(free=10)
    monkeypatch.setattr(replicating.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StoreWriteError, match=r"0\.0 MB free"):
        run(archive, copy)
    assert not list(Store(copy).iter_item_ids())


def test_a_disk_that_keeps_other_bytes_than_were_written_is_found(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = durable._write
    monkeypatch.setattr(
        durable,
        "_write",
        lambda handle, data: write(handle, bytes(data).replace(b"second", b"sec0nd")),
    )
    with pytest.raises(FixityError, match="reads back otherwise"):
        run(archive, copy)
    assert not list(Store(copy).iter_item_ids())


@pytest.mark.parametrize("place", [".", "store", "store/x", "copy", ".."])
def test_the_archive_its_inside_and_its_outside_are_refused(archive: Archive, place: str) -> None:
    target = Layout((archive.layout.root / place).resolve())
    before = tree(archive.layout.root)
    with pytest.raises(ConfigError, match="lie in each other"):
        run(archive, target)
    assert tree(archive.layout.root) == before


def test_a_link_to_the_archive_is_seen_through(archive: Archive, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(archive.layout.root)
    with pytest.raises(ConfigError, match="lie in each other"):
        run(archive, Layout(link / "copy"))


def test_a_folder_with_other_things_is_refused(archive: Archive, copy: Layout) -> None:
    copy.root.mkdir(parents=True)
    (copy.root / "photos").mkdir()
    with pytest.raises(ConfigError, match="holds other things"):
        run(archive, copy)


def test_what_a_system_puts_on_a_disk_is_no_hindrance(archive: Archive, copy: Layout) -> None:
    copy.root.mkdir(parents=True)
    for name in ("System Volume Information", "lost+found", ".Trashes"):
        (copy.root / name).mkdir()
    (copy.root / ".DS_Store").write_bytes(b"x")
    assert run(archive, copy).added == 3


def test_the_copy_of_another_archive_is_refused(
    archive: Archive, copy: Layout, tmp_path: Path
) -> None:
    other = make_archive(tmp_path / "other", items=0)
    add_item(other, "KHAC-1")
    run(other, copy)
    with pytest.raises(ConfigError, match="another archive"):
        run(archive, copy)


def test_a_restored_copy_is_proven_equal(archive: Archive, copy: Layout, tmp_path: Path) -> None:
    run(archive, copy)
    new = tmp_path / "new"
    report = restore(copy.root, new, now=Clock(), against=archive.layout.root)
    assert report.is_equal
    assert report.is_current
    assert tree(new / "store") == tree(archive.layout.store)
    assert not (new / "replica.json").exists()
    add_item(archive, "T-9")
    shutil.rmtree(new)
    report = restore(copy.root, new, now=Clock(), against=archive.layout.root)
    assert (report.is_equal, report.is_current) == (True, False)


@pytest.mark.leaves_damage("only told, not mended", "disk/copy")
def test_a_damaged_copy_is_not_said_to_be_equal(
    archive: Archive, copy: Layout, tmp_path: Path
) -> None:
    run(archive, copy)
    flip(next(path for path in files_of(copy) if path.suffix == ".tif"), random.Random(1))
    report = restore(copy.root, tmp_path / "new", now=Clock())
    assert not report.is_equal
    assert codes(report.copied) == ["REPLICA-source-damaged"]
    assert report.items == 3


def test_a_restoration_that_lacks_a_text_is_not_said_to_be_equal(
    archive: Archive, copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(archive.layout.root, "stories/a.vi.md")
    run(archive, copy)
    new = tmp_path / "new"
    with monkeypatch.context() as patch:
        refuse_reading(patch, copy.root / "stories/a.vi.md")
        code, text = hoaban("restore", copy.root, new)
        report = restore(copy.root, new, now=Clock())
    assert code == EXIT_PARTIAL
    assert "Equal" not in text
    assert "  stories/a.vi.md" in text.splitlines()
    assert (report.is_equal, report.is_store_equal) == (False, True)
    assert (new / "replica.json").exists()
    code, text = hoaban("restore", copy.root, new)
    assert (code, "Equal" in text) == (0, True)
    assert (new / "stories/a.vi.md").is_file()
    assert not (new / "replica.json").exists()


def test_a_restoration_can_be_gone_on_with(
    archive: Archive, copy: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(archive, copy)
    original, left = replicating.copy_object, [2]

    def copy_object(*arguments):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(replicating, "copy_object", copy_object)
        with pytest.raises(KeyboardInterrupt):
            restore(copy.root, tmp_path / "new", now=Clock())
    report = restore(copy.root, tmp_path / "new", now=Clock())
    assert report.is_equal
    assert (report.copied.added, report.copied.unchanged) == (1, 2)


def test_a_folder_in_an_archive_is_no_copy(archive: Archive, tmp_path: Path) -> None:
    (archive.layout.root / "inside").mkdir()
    with pytest.raises(ConfigError, match="no archive and no copy"):
        restore(archive.layout.root / "inside", tmp_path / "new", now=Clock())


def hoaban(*arguments: object) -> tuple[int, str]:
    with speaking("en"):
        result = CliRunner().invoke(cli.hoaban, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_worst_day_from_the_command_line(
    archive: Archive, copy: Layout, tmp_path: Path
) -> None:
    root = archive.layout.root
    code, text = hoaban("replicate", copy.root, "--archive", root)
    assert (code, "3 new" in text) == (0, True)
    victim = next(path for path in files_of(archive.layout) if path.suffix == ".tif")
    good = victim.read_bytes()
    flip(victim, random.Random(1))
    page = tmp_path / "report.html"
    code, text = hoaban("audit", "--archive", root, "--report", page)
    assert code == 6
    assert "not as recorded" in text
    assert "default-src &#39;none&#39;" in page.read_text(encoding="utf-8")
    code, text = hoaban("audit", "--archive", root, "--repair-from", copy.root)
    assert code == 0
    assert "restored from the copy" in text
    assert victim.read_bytes() == good
    code, text = hoaban("restore", copy.root, tmp_path / "new", "--against", root)
    assert code == 0
    assert "the copy is complete" in text


@pytest.mark.parametrize(
    "options",
    [
        ("--sample", "0%"),
        ("--sample", "101%"),
        ("--sample", "x"),
        ("--for", "soon"),
        ("--max-rate", "fast"),
        ("--sample", "5%", "--oldest", "3"),
        ("--report", "report.pdf"),
    ],
)
def test_a_quantity_typed_wrongly_is_a_usage_error(
    archive: Archive, options: tuple[str, ...]
) -> None:
    code, _text = hoaban("audit", "--archive", archive.layout.root, *options)
    assert code == 2


def test_quantities_are_read_as_people_write_them() -> None:
    from pipeline.commands.quantities import duration, rate, share

    assert [rate(text) for text in ("50MB/s", "800k", "1,5 GB", "10")] == [5e7, 8e5, 1.5e9, 10]
    assert [share(text) for text in ("5%", "0,5 %", "100")] == [5, 0.5, 100]
    assert [duration(text) for text in ("30m", "2h", "1h30m", "90s")] == [1800, 7200, 5400, 90]


def test_a_mistyped_copy_and_a_missing_profile_say_what_to_do(
    archive: Archive, copy: Layout, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"no copy of one.*hoaban replicate"):
        restore(tmp_path / "disk" / "kopie", tmp_path / "new", now=Clock())
    archive.layout.profile.unlink()
    with pytest.raises(ConfigError, match=r"profile is missing.*from a copy"):
        open_archive(archive.layout.root)
