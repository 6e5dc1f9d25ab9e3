"""What a build of the site says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SiteReport:
    """What a build made.

    Attributes:
        pages: HTML pages.
        items: Public items.
        files: All files, images included.
        bytes: Size of the site, images included.
        warnings: Sentences about items that are not shown in full.
        at: When it was made; it stands in no page.
        path: Where it stands.
        disk_bytes: What it takes on a stick.
        halvings: How often its zoomable images were halved so that it fits.
        is_as_before: Whether nothing had to be written, because nothing had changed.
    """

    pages: int
    items: int
    files: int
    bytes: int
    warnings: tuple[str, ...]
    at: str
    path: Path
    disk_bytes: int = 0
    halvings: int = 0
    is_as_before: bool = False
