"""A real disk that is too small: each command says so, and goes on when there is room.

The disks are mounted for the test, so what SQLite, libvips and the search engine do with a full one
is seen too. test_store_disk_full.py refuses each single call of a commit on every system.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.amount import FULL_AT
from tests.faults.deeds import masters
from tests.faults.small_disk import (
    LARGE_BYTES,
    PAGE_BYTES,
    SmallDisk,
    is_where_it_may_mount,
    namespace,
    run_where_it_may_mount,
    small_disk,
)
from tests.faults.works import Work, assert_nothing_lost, make_works

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Work]:
    return make_works(tmp_path_factory.mktemp("deeds"))


def placed(work: Work, disk: SmallDisk) -> Path:
    return shutil.copytree(work.archive, disk.folder / "archive") if work.is_there else work.archive


def check_full_disk(run: Run, work: Work, folder: Path, full_at: tuple[float, ...]) -> None:
    with small_disk(folder / "calm") as disk:
        archive = placed(work, disk)
        begun_bytes = disk.used_bytes
        assert run(*work.arguments(archive, disk.folder)).code == 0
        needed_bytes = disk.used_bytes - begun_bytes
        wanted = work.result(archive, disk.folder)
    for number, part in enumerate(full_at):
        with small_disk(folder / f"small-{number}") as disk:
            archive = placed(work, disk)
            known = masters(archive)
            room_bytes = int(needed_bytes * part) // PAGE_BYTES * PAGE_BYTES
            # A tmpfs without a size has no limit.
            disk.resize(max(PAGE_BYTES, begun_bytes + room_bytes))
            refused = run(*work.arguments(archive, disk.folder))
            assert refused.code == 9, refused
            assert str(disk.folder) in refused.err
            said = refused.err.lower()
            assert any(word in said for word in ("full", "no space left", "mb free")), said
            assert any(word in said for word in ("free some space", "free space", "make room")), (
                said
            )
            assert_nothing_lost(archive, known)
            disk.resize(LARGE_BYTES)
            ran = run(*work.arguments(archive, disk.folder))
            assert ran.code == 0, ran
            assert work.result(archive, disk.folder) == wanted
            if work.is_there:
                assert not any(path.is_file() for path in (archive / ".staging").rglob("*"))
            assert_nothing_lost(archive, known)


@pytest.mark.slow
def test_a_command_on_a_disk_too_small_says_so_and_ends_when_it_is_larger(
    run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if is_where_it_may_mount():
        works: Mapping[str, Work] = request.getfixturevalue("works")
        for name, work in works.items():
            check_full_disk(run, work, tmp_path / name, FULL_AT)
    else:
        run_where_it_may_mount(request.node.nodeid, ROOT, tmp_path / "inside")


def test_a_disk_is_seen_by_nobody_else_and_is_gone_with_its_process(tmp_path: Path) -> None:
    """Killed with -9 while the disk is mounted, which is known: it says so before it waits."""
    script = f"mount -t tmpfs tmpfs '{tmp_path}' && touch '{tmp_path}/on-it' && echo on && read x"
    with subprocess.Popen(
        [*namespace(), "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        process.kill()
    assert str(tmp_path) not in Path("/proc/mounts").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == []


def test_a_system_that_cannot_mount_is_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match="the program mount is missing"):
        namespace()
    for program, ends_with in (("mount", 0), ("umount", 0), ("unshare", 1)):
        (tmp_path / program).write_text(
            f"#!/bin/sh\necho not permitted >&2\nexit {ends_with}\n", encoding="utf-8"
        )
        (tmp_path / program).chmod(0o755)
    with pytest.raises(AssertionError, match=r"no disk can be mounted here .* not permitted"):
        namespace()
