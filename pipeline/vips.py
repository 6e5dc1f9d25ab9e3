"""The one place that imports pyvips, so that libvips always starts with our rules.

Promise: every other module says ``from pipeline.vips import pyvips`` and gets a libvips that
refuses its untrusted loaders, keeps no cache of operations (it would serve the old pixels of a
file that was written anew) and uses one thread, because the workers are processes.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys

# libvips reads these when it starts, so they must stand before the import.
os.environ["VIPS_BLOCK_UNTRUSTED"] = "1"
os.environ.setdefault("VIPS_CONCURRENCY", "1")
# Warnings are turned into errors by fail_on; libvips need not print them on stderr too.
os.environ.setdefault("VIPS_WARNING", "0")

import pyvips

pyvips.cache_set_max(0)

_M_ARENA_MAX = -8
_PATH = re.compile(r"^(?:/|[A-Za-z]:[/\\]).*?: ")


def _use_one_heap() -> None:
    """Let all threads share one heap: glibc's heap a thread costs 30 MB and gives no speed here.

    Source: mallopt(3); the number is from glibc's malloc.h.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl has none, and needs none
        mallopt(_M_ARENA_MAX, 1)


if sys.platform == "linux":
    _use_one_heap()

__all__ = ["pyvips", "reason_of", "version"]


def version() -> str:
    """Return the version of libvips, as ``8.18.7``."""
    return ".".join(str(pyvips.version(part)) for part in range(3))


def reason_of(error: Exception) -> str:
    """Return the first thing libvips says of an error, in one line.

    libvips repeats itself and ends with its most general complaint. A path of ours that it names
    is left out: the finding names the scan.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith("unable to ")), "")
    return (_PATH.sub("", said) or "unknown reason").rstrip(".")
