"""What people wrote beside the store comes to a copy, too, and what cannot is told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.opening import Archive
from schemas.errors import ConfigError, StoreWriteError
from tests.archive.replica_samples import add_item
from tests.keeping.copies import codes, refuse_reading, run, write_texts


def test_what_people_wrote_comes_too_and_nothing_of_it_is_deleted(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REPLICA-text-left, REPLICA-text-refused."""
    root = archive.layout.root
    texts = {
        "stories/mot.vi.md": "một",
        "theme/logo.svg": "<svg/>",
        "vocabularies/materials.csv": "id\n",
        "partners/ours.toml": "[partner]\n",
        "periods.csv": "",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "stories/.DS_Store").write_bytes(b"x")
    assert run(archive, copy).findings == ()
    for name, text in texts.items():
        assert (copy.root / name).read_text(encoding="utf-8") == text
    assert not (copy.root / "stories/.DS_Store").exists()

    (root / "stories/mot.vi.md").rename(root / "stories/hai.vi.md")
    (left,) = run(archive, copy).findings
    assert (left.code, left.path) == ("REPLICA-text-left", "stories/mot.vi.md")
    assert (copy.root / "stories/hai.vi.md").is_file()

    (root / "stories/refused.vi.md").write_text("không", encoding="utf-8")
    written = durable.write_file

    def as_fat(path: Path, data: bytes) -> None:
        if "refused" in path.name:
            with durable.translated_os_errors(path):
                raise OSError(errno.EINVAL, "Invalid argument")
        written(path, data)

    monkeypatch.setattr(durable, "write_file", as_fat)
    add_item(archive, "T-9")
    report = run(archive, copy)
    assert codes(report) == ["REPLICA-text-refused", "REPLICA-text-left"]
    assert report.added == 1

    def as_full(path: Path, data: bytes) -> None:
        with durable.translated_os_errors(path):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable, "write_file", as_full)
    with pytest.raises(StoreWriteError):
        run(archive, copy)


def test_what_was_found_in_a_batch_comes_too_and_stays(archive: Archive, copy: Layout) -> None:
    root = archive.layout.root
    write_texts(root, "batches/2026-11-22-083015/batch.json", "batches/notes/batch.json")
    write_texts(root, "batches/2026-11-22-083015/contact-sheet.html")
    assert run(archive, copy).findings == ()
    came = [path.relative_to(copy.root) for path in copy.batches.rglob("*.*")]
    assert came == [Path("batches/2026-11-22-083015/batch.json")]
    (root / came[0]).unlink()
    assert run(archive, copy).findings == ()
    assert (copy.root / came[0]).is_file()


def test_a_text_that_cannot_be_read_is_told_and_costs_no_other(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REPLICA-text-unreadable."""
    root = archive.layout.root
    write_texts(root, "stories/a.vi.md", "stories/b.vi.md")
    run(archive, copy)
    write_texts(root, "theme/logo.svg")
    (root / "stories/a.vi.md").write_text("new", encoding="utf-8")
    refuse_reading(monkeypatch, root / "stories/a.vi.md")
    report = run(archive, copy)
    (found,) = report.findings
    assert (found.code, found.path) == ("REPLICA-text-unreadable", "stories/a.vi.md")
    assert "Input/output error" in found.message("en")
    assert (copy.root / "stories/a.vi.md").read_text(encoding="utf-8") == "stories/a.vi.md"
    assert (copy.root / "theme/logo.svg").is_file()
    (root / "stories/b.vi.md").unlink()
    (root / "stories/b.vi.md").symlink_to(root / "gone")
    assert codes(run(archive, copy)) == ["REPLICA-text-unreadable"] * 2


def test_settings_that_cannot_be_read_are_not_a_disk_that_refuses(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_reading(monkeypatch, archive.layout.profile, errno.EACCES)
    with pytest.raises(ConfigError, match="cannot be read"):
        run(archive, copy)


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES])
def test_a_text_of_the_copy_that_cannot_be_read_is_written_again(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    write_texts(archive.layout.root, "stories/a.vi.md")
    run(archive, copy)
    story = copy.root / "stories/a.vi.md"
    was = story.stat().st_ino
    with monkeypatch.context() as patch:
        refuse_reading(patch, story, number, times=1)
        assert run(archive, copy).findings == ()
    assert story.stat().st_ino != was
    with monkeypatch.context() as patch:
        refuse_reading(patch, story, number)
        if number == errno.EIO:
            with pytest.raises(StoreWriteError):
                run(archive, copy)
        else:
            assert codes(run(archive, copy)) == ["REPLICA-text-refused"]


def test_a_name_too_long_for_the_disk_of_the_copy_is_refused(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(archive.layout.root, f"stories/{'a' * 200}/x.vi.md", "stories/b.vi.md")
    real = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        if copy.root in path.parents and "a" * 200 in str(path):
            raise OSError(errno.ENAMETOOLONG, "File name too long")
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    assert codes(run(archive, copy)) == ["REPLICA-text-refused"]
    assert (copy.root / "stories/b.vi.md").is_file()


def test_a_folder_that_cannot_be_listed_is_told_and_not_taken_for_empty(
    archive: Archive, copy: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REPLICA-text-unreadable, and no REPLICA-text-left for what it holds."""
    root = archive.layout.root
    write_texts(root, "stories/deep/a.vi.md", "stories/b.vi.md")
    run(archive, copy)
    real = os.scandir

    def scandir(path: str) -> object:
        if os.fspath(path) == str(root / "stories/deep"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    (found,) = run(archive, copy).findings
    assert (found.code, found.path) == ("REPLICA-text-unreadable", "stories/deep")


def test_a_folder_that_is_a_link_is_told(archive: Archive, copy: Layout, tmp_path: Path) -> None:
    """REPLICA-text-linked."""
    write_texts(archive.layout.root, "theme/logo.svg")
    write_texts(tmp_path / "elsewhere", "a.png")
    (archive.layout.root / "theme/images").symlink_to(tmp_path / "elsewhere")
    (found,) = run(archive, copy).findings
    assert (found.code, found.path) == ("REPLICA-text-linked", "theme/images")
    assert not (copy.root / "theme/images").exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mot.vi.md", "mot.vi.md"), ("A/x.vi.md", "a/x.vi.md"), ("mo\u0323t.md", "m\u1ecdt.md")],
)
def test_a_name_that_many_disks_take_for_another_does_not_overwrite_it(
    archive: Archive, copy: Layout, one: str, other: str
) -> None:
    """REPLICA-text-refused."""
    write_texts(archive.layout.root, f"stories/{one}", f"stories/{other}")
    (found,) = run(archive, copy).findings
    assert (found.code, found.path) == ("REPLICA-text-refused", f"stories/{other}")
    assert one in found.message("en")
    assert (copy.root / "stories" / one).read_text(encoding="utf-8") == f"stories/{one}"
    assert not (copy.root / "stories" / other).exists()
