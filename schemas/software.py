"""Which Hoa Ban this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "hoaban"


@cache
def hoaban_version() -> str:
    """Return the installed version, or ``0+checkout`` where Hoa Ban runs uninstalled."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0+checkout"


def agent_name() -> str:
    """Return the name events and packages give as the software that acted."""
    return f"Hoa Ban {hoaban_version()}"
