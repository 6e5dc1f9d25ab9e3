"""The archive a command works on, with what its options choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archive.config import with_choices
from archive.layout import find_archive
from archive.opening import Archive, open_archive
from schemas.errors import (
    HoabanError,
)

if TYPE_CHECKING:
    pass


def now() -> datetime:
    return datetime.now(UTC)


def open_chosen(
    archive_dir: Path | None,
    *,
    jobs: int | None = None,
    engine: str | None = None,
    scheduler: str | None = None,
) -> Archive:
    archive = open_archive(archive_dir or Path.cwd())
    settings = with_choices(archive.settings, jobs=jobs, engine=engine, scheduler=scheduler)
    return replace(archive, settings=settings)


def is_in_archive() -> bool:
    try:
        find_archive(Path.cwd())
    except HoabanError:
        return False
    return True
