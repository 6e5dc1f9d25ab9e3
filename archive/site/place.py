"""Where a site stands, and how a new one takes its place: by a rename.

Invariant: whoever opens ``site/`` sees the old site or the new one, never a mix of both.

Any of these folders may be a link that somebody made, to a web root for instance: the link itself
is renamed or removed then, and nothing where it leads.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from archive.layout import Layout
from archive.site.files import is_folder
from schemas.errors import StoreWriteError
from schemas.messages import _

_RENAME_TRIES = 6


@dataclass(frozen=True)
class SitePlace:
    """Where a site stands, and where it is while it is made.

    Attributes:
        site: The finished site.
        new: The one that is being written.
        old: The one before, for the moment between two renames.
        twin: Where a twin of the site is kept, of which the next is made; None for an edition.
        mark: What says that the twin is one.
    """

    site: Path
    new: Path
    old: Path
    twin: Path | None
    mark: Path | None

    @classmethod
    def of(cls, layout: Layout, edition: str = "") -> SitePlace:
        """Return the place of the site, or of an edition of it."""
        name = edition or "site"
        site = layout.editions / edition if edition else layout.site
        # Whatever lies in the staging folder is thrown away after a crash: not the only site.
        old = site.with_name(f".{site.name}-old")
        new = layout.staging / f"{name}-new"
        if edition:
            return cls(site, new, old, None, None)
        return cls(site, new, old, layout.site_twin, layout.site_mark)


def recover(place: SitePlace) -> None:
    """Put right what a crash left.

    One between the two renames of :func:`publish` leaves no site but the old one under another
    name: it is put back, so that a failing build never takes the site away.
    """
    if place.old.is_dir() and not os.path.lexists(place.site):
        _rename(place.old, place.site)
    for leftover in (place.old, place.new):
        remove(leftover)


def publish(place: SitePlace) -> None:
    """Put the new site in the place of the old one, which stands beside it then."""
    place.site.parent.mkdir(exist_ok=True)
    had_site = os.path.lexists(place.site)
    if had_site:
        _rename(place.site, place.old)
    try:
        _rename(place.new, place.site)
    except StoreWriteError:
        if had_site:
            _rename(place.old, place.site)
        raise


def discard(place: SitePlace, *more: Path) -> None:
    """Remove a half-made site, the one before and ``more``, as far as the disk lets us.

    What a virus scanner, an open window or a disk that takes nothing more holds on to is swept by
    the next build.
    """
    for leftover in (place.new, place.old, *more) if place.site.exists() else (place.new, *more):
        with contextlib.suppress(OSError):
            remove(leftover)


def remove(leftover: Path) -> None:
    """Remove a folder if it is there, even one that is write-protected; of a link only itself.

    Raises:
        OSError: The disk refused.
    """
    if not is_folder(leftover):
        leftover.unlink(missing_ok=True)
        return
    shutil.rmtree(leftover, ignore_errors=True)
    if leftover.exists():
        _unprotect(leftover)
        shutil.rmtree(leftover)


def _unprotect(folder: Path) -> None:
    """Let what is in a folder be removed: that is a right of folders, on Windows one of files."""
    paths = [folder]
    while paths:
        path = paths.pop()
        path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IRWXU)
        for entry in path.iterdir():
            if is_folder(entry):
                paths.append(entry)
            elif os.name == "nt" and entry.is_file() and not entry.is_symlink():
                entry.chmod(stat.S_IWRITE)


def _rename(source: Path, target: Path) -> None:
    """Rename a folder; where open files forbid it (Windows), wait a little and try again."""
    for attempt in range(_RENAME_TRIES):
        try:
            source.rename(target)
        except PermissionError as error:
            if attempt == _RENAME_TRIES - 1:
                raise StoreWriteError(
                    _("The site cannot be put in place: {reason}.").format(reason=error),
                    remedy=_("Close the programs that show the site and build again."),
                    path=target,
                ) from error
            time.sleep(0.05 * 2**attempt)
        else:
            return
