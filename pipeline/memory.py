"""How much memory a worker may use, and whether a page's pixels fit in it.

A page that does not fit waits on the disk between decoding and tiling (``pipeline.decode``); the
pictures are the same, byte for byte, and take a little longer. A page whose decoder holds more than
that, whatever is done, is decoded while no other such page is (``pipeline.turns``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from archive.settings import Settings
from pipeline.readers import PageHeader

# Measured: what a worker needs beside the pixels (docs/benchmarks.md).
_BESIDE_MB = 120
_BYTES_A_PIXEL = 3
# Half of what is free stays for the other programs of an office computer and its disk cache.
_SHARE = 0.5
_MEGABYTE = 1 << 20
_MEMINFO = Path("/proc/meminfo")


def worker_memory_mb(settings: Settings, *, free_mb: int | None = None) -> int:
    """Return the megabytes that each worker may use.

    Args:
        settings: Number of workers and their limit.
        free_mb: Memory that is free now; by default the computer is asked.
    """
    free = free_memory_mb() if free_mb is None else free_mb
    workers = settings.jobs or os.cpu_count() or 1
    share = max(1, int(free * _SHARE / workers))
    return min(share, settings.memory_limit_mb) if settings.memory_limit_mb else share


def fits_in_memory(width_px: int, height_px: int, *, memory_mb: int) -> bool:
    """Say whether a worker with this much memory may hold the pixels; 0 means any amount."""
    needed = width_px * height_px * _BYTES_A_PIXEL / _MEGABYTE + _BESIDE_MB
    return not memory_mb or needed <= memory_mb


def may_stand_beside_others(page: PageHeader, *, memory_mb: int) -> bool:
    """Say whether a worker with this much memory may decode a page while others decode theirs.

    What a page of a reader that decodes strip by strip needs is seen to by :func:`fits_in_memory`.

    Args:
        page: The page.
        memory_mb: What the worker may use; 0 means any amount.
    """
    pixels = page.stored_width_px * page.stored_height_px
    needed = pixels * page.held_bytes / _MEGABYTE + _BESIDE_MB
    return not (memory_mb and page.held_bytes) or needed <= memory_mb


def free_memory_mb() -> int:
    """Return how much memory programs could still use, in megabytes, as the system tells it."""
    if sys.platform == "win32":
        return _windows_free_mb()
    if _MEMINFO.is_file():
        return min(_linux_free_mb(), _container_free_mb())
    # macOS tells no number that means "available"; half of what is built in is a safe one.
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // _MEGABYTE


def _linux_free_mb() -> int:
    for line in _MEMINFO.read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // _MEGABYTE


def _container_free_mb() -> int:
    """Return what a container's limit leaves (cgroup version 2), or a very large number."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        stat = (group / "memory.stat").read_text(encoding="ascii").split()
    except OSError:
        return sys.maxsize
    # What is used beside "anon" is mostly the disk cache, which gives way.
    used = int(stat[stat.index("anon") + 1])
    return sys.maxsize if limit == "max" else max(0, int(limit) - used) // _MEGABYTE


def _windows_free_mb() -> int:
    import ctypes

    class MemoryStatus(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in "abcdefg"),
        ]

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    # total and available physical memory are the first two of the seven.
    return int(status.b) // _MEGABYTE
