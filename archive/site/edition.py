"""An edition of the site for a disk of a certain size, such as a USB stick for a village school.

It is the whole site: every item, page and search. Only its zoomable images are halved, as often as
it takes, never below the access images. Names are safe on FAT32 and exFAT, and a list of
checksums lets every copy be verified.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.layout import Layout
from archive.site.files import CLUSTER_BYTES, Counts
from archive.site.smaller import NamedFile, files_of, most_halvings
from schemas.derivatives import Canvas
from schemas.errors import SourceError
from schemas.messages import _

if TYPE_CHECKING:
    from archive.site.items import SiteItem

CHECKSUMS_NAME = "checksums.sha256"
_MEGABYTE = 1_000_000
# More than any image has: 2^24 pixels of a side.
_MOST_LEVELS = 24


@dataclass(frozen=True)
class Edition:
    """What an edition may take.

    Attributes:
        name: Its name: ``usb``.
        most_files: Most files; 0 is no limit.
        most_bytes: Most bytes on the disk, every file in whole clusters; 0 is no limit.
    """

    name: str
    most_files: int = 0
    most_bytes: int = 0

    def has_room_for(self, files: int, disk_bytes: int) -> bool:
        """Say whether so much fits."""
        return not (self.most_files and files > self.most_files) and not (
            self.most_bytes and disk_bytes > self.most_bytes
        )

    def is_kept_by(self, counts: Counts) -> bool:
        """Say whether a site fits, its list of checksums still to come."""
        return self.has_room_for(counts.files + 1, counts.disk_bytes + counts.files * 128)


@dataclass(frozen=True)
class Fit:
    """How small images must be, and how small they can be.

    Attributes:
        halvings: How often they are halved.
        most: How often they can be.
    """

    halvings: int
    most: int

    def smaller(self, files: int, disk_bytes: int) -> Fit:
        """Return the next smaller one, because this one took too much.

        Raises:
            SourceError: There is none.
        """
        if self.halvings >= self.most:
            raise SourceError(
                _(
                    "The smallest edition takes {files} files and {megabytes} MB on the disk: "
                    "it does not fit."
                ).format(files=files, megabytes=-(-disk_bytes // _MEGABYTE)),
                remedy=_("Give it more room with --files and --size, or publish fewer items."),
            )
        return replace(self, halvings=self.halvings + 1)


def fitting(edition: Edition, layout: Layout, items: Iterable[SiteItem]) -> Fit:
    """Return how often images must be halved at least; pages and search are not counted yet.

    Raises:
        SourceError: The images alone take too much.
    """
    files, disk_bytes, most = Counter[int](), Counter[int](), 0
    for item in items:
        for canvas in item.derivatives.canvases if item.derivatives else ():
            folder = layout.derivatives_of(item.item_id) / canvas.key
            if not folder.is_dir():
                continue
            most = max(most, most_halvings(canvas))
            sizes: list[int] = []
            for times in range(_MOST_LEVELS):
                if times <= most_halvings(canvas):
                    kept = edition_files(folder, canvas, times)
                    sizes = [_disk_bytes(folder / file.source) for file in kept]
                files[times] += len(sizes)
                disk_bytes[times] += sum(sizes)
    for times in range(most + 1):
        if edition.has_room_for(files[times], disk_bytes[times]):
            return Fit(times, most)
    return Fit(most, most).smaller(files[most], disk_bytes[most])


def edition_files(folder: Path, canvas: Canvas, halvings: int) -> Iterator[NamedFile]:
    """Yield the files of a canvas that an edition has."""
    names = [path.relative_to(folder).as_posix() for path in _loose_files(folder)]
    return files_of(canvas, halvings, names)


def _loose_files(folder: Path) -> Iterator[Path]:
    """Yield pictures and whole images; the tiles are known by their places."""
    for entry in sorted(folder.iterdir()):
        if entry.is_file():
            yield entry
    yield from sorted(path for path in (folder / "full").rglob("*") if path.is_file())


def _disk_bytes(path: Path) -> int:
    try:
        return -(-path.stat().st_size // CLUSTER_BYTES) * CLUSTER_BYTES
    except FileNotFoundError:
        return 0  # told of when the page is made
