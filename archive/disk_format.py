"""How large a file a disk can hold, told before anything is copied to it.

Source: Microsoft, "FAT, HPFS, and NTFS file systems": a file on FAT32 has at most 2^32 - 1 bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path, PurePath, PurePosixPath

FAT_LARGEST_BYTES = 2**32 - 1
_FAT = {"vfat", "msdos", "fat", "fat12", "fat16", "fat32"}
_OCTAL = re.compile(r"\\([0-7]{3})")


def largest_file_bytes(folder: Path) -> int | None:
    """Return the largest file the disk of ``folder`` takes, in bytes; None where none is known.

    Args:
        folder: A folder that exists.
    """
    return FAT_LARGEST_BYTES if disk_format(folder) in _FAT else None


def disk_format(folder: Path) -> str:
    """Return the name of the file system of ``folder`` in lower case; empty when unknown."""
    folder = folder.resolve()
    if sys.platform == "win32":
        import ctypes

        name = ctypes.create_unicode_buffer(64)
        known = ctypes.windll.kernel32.GetVolumeInformationW(
            folder.anchor, None, 0, None, None, None, name, len(name)
        )
        return name.value.lower() if known else ""
    if sys.platform == "darwin":
        done = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False)
        return format_in_mount_list(done.stdout, folder)
    table = Path("/proc/self/mountinfo")
    text = table.read_text("utf-8", "surrogateescape") if table.exists() else ""
    return format_in_mountinfo(text, folder)


def format_in_mountinfo(text: str, folder: PurePath) -> str:
    """Return the file system of ``folder`` by Linux' list of mounts.

    Source: proc_pid_mountinfo(5): field 5 is the mount point, the type follows " - ".
    """
    mounts = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 4 and after:
            point = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4])
            mounts.append((point, after.split(" ")[0]))
    return _nearest(mounts, folder)


def format_in_mount_list(text: str, folder: PurePath) -> str:
    """Return the file system of ``folder`` by what macOS' ``mount`` prints."""
    mounts = re.findall(r"^.+? on (/.*) \(([a-z0-9_]+)[,)]", text, flags=re.MULTILINE)
    return _nearest(mounts, folder)


def _nearest(mounts: list[tuple[str, str]], folder: PurePath) -> str:
    fitting = [
        (len(PurePosixPath(point).parts), number, name)
        for number, (point, name) in enumerate(mounts)
        if folder.is_relative_to(point)
    ]
    # Of two mounts on one folder, the later covers the other.
    return max(fitting)[2].lower() if fitting else ""
