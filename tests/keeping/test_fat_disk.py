"""Copies, packages and editions on a stick as shops sell it: FAT32 or exFAT."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import bagit
import pytest

from archive.layout import Layout
from archive.opening import open_archive
from archive.store import Store
from pipeline.audit import audit
from pipeline.audit_choice import AuditChoice
from pipeline.repair import repair
from pipeline.replicate import replicate
from pipeline.restore import restore
from tests.archive.replica_samples import Clock, list_items, make_archive
from tests.archive.store_samples import LATER, assert_valid, commit, tree
from tests.conftest import Run
from tests.faults.fat_disk import fat_disk

# As museums and their scanners name things; no FAT disk takes any of them.
NAMES = ("Áo chàm: mặt trước?.tif", 'gọi là "nhỏ".tif', "a*b|c.tif", "cuối .", "A.tif", "a.tif")
NUMBER = "BTĐB: 12/Đ.3*"


def test_the_disk_refuses_what_fat_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fat_disk(tmp_path / "stick", monkeypatch) as stick:
        for name in NAMES[:4]:
            with pytest.raises(OSError, match="Invalid argument"):
                (stick / name).write_bytes(b"x")
            with pytest.raises(OSError, match="Invalid argument"):
                (stick / name).mkdir()
        (stick / "A.tif").write_bytes(b"x")
        with pytest.raises(FileExistsError):
            (stick / "a.tif").write_bytes(b"y")
        with pytest.raises(PermissionError):
            (stick / "link").hardlink_to(stick / "A.tif")
        with pytest.raises(PermissionError):
            (stick / "link").symlink_to("A.tif")
        handle = os.open(stick, os.O_RDONLY)
        with pytest.raises(OSError, match="Invalid argument"):
            os.fsync(handle)
        os.close(handle)
    (tmp_path / "stick" / NAMES[0]).write_bytes(b"x")


def test_a_copy_on_a_fat_disk_is_made_grows_repairs_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_archive(tmp_path / "museum", items=2)
    store = Store(archive.layout)
    masters = {f"masters/{name}": name.encode() for name in NAMES}
    commit(store, masters, identifier=NUMBER)
    with fat_disk(tmp_path / "stick", monkeypatch) as stick:
        copy = Layout(stick / "copy")
        assert replicate(archive.layout, copy, now=Clock()).added == 3
        commit(store, title="Áo chàm cũ", identifier=NUMBER, at=LATER)
        assert replicate(archive.layout, copy, now=Clock()).updated == 1
        assert tree(copy.store) == tree(archive.layout.store)
        assert_valid(Store(copy))
        assert audit(open_archive(copy.root), now=Clock()).problems == ()
        # Damage on the stick is repaired from the archive, and the other way round.
        for damaged, sound in ((copy, archive.layout), (archive.layout, copy)):
            master = next(path for path in sorted(damaged.store.rglob("*.tif")))
            master.write_bytes(b"rot")
            found = audit(open_archive(damaged.root), now=Clock(), choice=AuditChoice(is_anew=True))
            assert len(found.problems) == 1
            assert not repair(open_archive(damaged.root), found, sound.root, now=Clock()).problems
        report = restore(copy.root, tmp_path / "new", now=Clock(), against=archive.layout.root)
        assert report.is_equal


def test_a_bag_is_made_on_a_fat_disk(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_archive(tmp_path / "museum", items=1)
    masters = {f"masters/{name}": name.encode() for name in NAMES}
    commit(Store(archive.layout), masters, identifier=NUMBER)
    list_items(archive)
    with fat_disk(tmp_path / "stick", monkeypatch) as stick:
        for name in ("bag", "bag.tar", "bag.zip"):
            ran = run("export", "bagit", "--out", stick / name, "--archive", archive.layout.root)
            assert ran.code == 0, ran.err
        assert bagit.Bag(str(stick / "bag")).is_valid()
        # What is in the two others can be unpacked there.
        for name in ("bag.tar", "bag.zip"):
            shutil.unpack_archive(stick / name, stick / f"of-{name[4:]}")
            assert bagit.Bag(str(stick / f"of-{name[4:]}" / "bag")).is_valid()
