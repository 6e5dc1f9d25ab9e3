"""The disks that take no file of 4 GB are known by what the system says of them."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from archive import disk_format
from archive.disk_format import format_in_mount_list, format_in_mountinfo

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 8:17 / /media/lan/USB\\040BAO\\040TANG rw,nosuid shared:2 - vfat /dev/sdb1 rw,uid=1000
41 22 8:33 / /media/lan/exfat rw shared:3 master:4 - exfat /dev/sdc1 rw
42 41 0:50 / /media/lan/exfat/share rw - cifs //server/share rw
43 22 8:40 / /media/lan/twice rw - vfat /dev/sdd1 rw
44 43 8:41 / /media/lan/twice rw - ntfs3 /dev/sdd2 rw
"""
MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk4s1 on /Volumes/NO NAME (msdos, local, nodev, nosuid, noowners)
/dev/disk5s1 on /Volumes/Big (exfat, local)
"""


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("/home/lan", "ext4"),
        ("/media/lan/USB BAO TANG/kho", "vfat"),
        ("/media/lan/exfat", "exfat"),
        ("/media/lan/exfat/share/kho", "cifs"),
        ("/media/lan/twice", "ntfs3"),
    ],
)
def test_the_mount_that_a_folder_is_on_is_found(folder: str, name: str) -> None:
    assert format_in_mountinfo(MOUNTS, PurePosixPath(folder)) == name


def test_the_mounts_of_a_mac_are_read() -> None:
    assert format_in_mount_list(MAC, PurePosixPath("/Volumes/NO NAME/kho")) == "msdos"
    assert format_in_mount_list(MAC, PurePosixPath("/Users/lan")) == "apfs"
    assert format_in_mount_list("", PurePosixPath("/Users/lan")) == ""


@pytest.mark.parametrize("text", ["", "x", "1 2 3 4 - \n", " - ext4"])
def test_a_list_that_says_nothing_gives_nothing(text: str) -> None:
    assert format_in_mountinfo(text, PurePosixPath("/home")) == ""


@pytest.mark.parametrize(
    ("name", "largest"), [("vfat", 2**32 - 1), ("fat32", 2**32 - 1), ("exfat", None), ("", None)]
)
def test_only_fat_has_a_limit(name: str, largest: int | None, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(disk_format, "disk_format", lambda folder: name)
    assert disk_format.largest_file_bytes(tmp_path) == largest


def test_the_disk_of_this_computer_is_asked_without_an_error(tmp_path) -> None:
    assert disk_format.disk_format(tmp_path) not in ("vfat", "msdos")
