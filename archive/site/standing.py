"""Whether a site stands as the last build left it, made from the very same things.

Then there is nothing to build, which is known in a tenth of the time. Everything is looked at all
the same: every item in the catalogue, what the museum wrote itself, and of every file of the site,
and of the images it shows, that it is the same file (inode, rights, size and time of its last
writing). So whoever writes into a page, puts a file there or takes one away has the site built;
only what leaves all of these as they were is not seen. A note that is missing, damaged or of
another program costs only time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from archive.durable import write_file
from archive.layout import Layout
from archive.site.files import is_folder
from archive.site.kept import digest_of
from archive.site.place import SitePlace
from archive.site.report import SiteReport
from archive.site.sight import IMAGES, MarkedFolder, folder_digest, is_of_images
from archive.site.twin import marked_folders
from schemas.errors import StoreWriteError

# images/<shard>/<item>
_ITEM_PARTS = 3
_COUNTS = ("pages", "items", "files", "bytes", "disk_bytes")


def recall_site(layout: Layout, made_from: bytes, at: str) -> SiteReport | None:
    """Return what the last build said, if the site stands as it left it; else None.

    Lists of changed files that were deleted since begin again, empty.

    Args:
        layout: The archive.
        made_from: Digest of everything that the site would be made from now.
        at: When this is, RFC 3339 in UTC.

    Raises:
        StoreWriteError: The disk refused.
    """
    try:
        said = json.loads(layout.site_standing.read_bytes())
        counts = {name: said["counts"][name] for name in _COUNTS}
        if said["seal"] != _seal(made_from, said["state"], counts) or not _is_tidy(layout):
            return None
        if said["state"] != _state_of(layout).hex():
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        # There is none, or it is damaged.
        return None
    for path in (layout.site_changed, layout.site_removed):
        if not path.exists():
            write_file(path, b"")
    return SiteReport(**counts, warnings=(), at=at, path=layout.site, is_as_before=True)


def note_site(layout: Layout, made_from: bytes, report: SiteReport) -> None:
    """Note how a site stands that has just been built; a disk that refuses costs only time."""
    counts = {name: value for name, value in asdict(report).items() if name in _COUNTS}
    try:
        state = _state_of(layout, marked_folders(layout.site_mark)).hex()
        said = {"state": state, "counts": counts, "seal": _seal(made_from, state, counts)}
        write_file(layout.site_standing, json.dumps(said).encode())
    except (OSError, StoreWriteError):
        layout.site_standing.unlink(missing_ok=True)


def items_at_last_build(layout: Layout) -> int | None:
    """Return how many items the site showed when it was built last; None where no note says so."""
    try:
        return int(json.loads(layout.site_standing.read_bytes())["counts"]["items"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _seal(made_from: bytes, state: str, counts: dict[str, Any]) -> str:
    """Return what a note bears that was made from these things and says this."""
    return digest_of(made_from, repr(state).encode(), repr(counts).encode()).hex()


def _is_tidy(layout: Layout) -> bool:
    """Say whether there is a site, and nothing half-made that a build would remove."""
    place = SitePlace.of(layout)
    return is_folder(place.site) and not any(map(os.path.lexists, (place.old, place.new)))


def _state_of(layout: Layout, marked: Mapping[str, MarkedFolder] = MappingProxyType({})) -> bytes:
    """Return a digest that is another one as soon as a file of the site is not the same.

    Or one of the derivatives that it shows.

    Args:
        layout: The archive.
        marked: What the mark of its twin has of its folders, which are not looked at again.

    Raises:
        OSError: A file went while they were looked at.
    """
    digests = {path: folder.digest for path, folder in marked.items() if folder.digest}
    waiting = [path for path in marked if path not in digests] or [""]
    for path, digest, below in _walk(str(layout.site), waiting):
        digests[path] = digest
        below[:] = [inner for inner in below if inner not in marked]
    items = [path for path in digests if is_of_images(path) and path.count("/") == _ITEM_PARTS - 1]
    for path in items:
        shown = f"{layout.derivatives}/{path.removeprefix(IMAGES)}"
        if os.path.isdir(shown):  # noqa: PTH112  (many thousand)
            digests |= {f"{path}\r{inner}": digest for inner, digest, _ in _walk(shown, [""])}
    said = "".join(f"{path}\0{digest}\n" for path, digest in sorted(digests.items()))
    return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=32).digest()


def _walk(root: str, waiting: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield some folders and those below them, each with its digest and the folders in it.

    Who takes out some of the latter has these passed over.

    Raises:
        OSError: A folder or a file went meanwhile.
    """
    waiting = list(waiting)
    while waiting:
        path = waiting.pop()
        digest, _files, names = folder_digest(f"{root}/{path}")
        below = [f"{path}/{name}" if path else name for name in names]
        yield path, digest, below
        waiting += below
