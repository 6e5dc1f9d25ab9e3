"""Bringing an edition of the site to a stick: going on where it stopped, and reading it back.

Every file is written under a name of its own and renamed when it is whole, so what has its name is
whole as far as the system knows. A stick can lie, and be pulled out too early: so at the end every
file is read back from it and held against the list of checksums. That list comes last: where it
stands, the copy is complete.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive import durable
from archive.digests import sha256_of
from archive.export.names import safe_paths
from archive.site.edition import CHECKSUMS_NAME
from pipeline.progress import OnProgress, Progress, ignore_progress
from schemas.errors import ConfigError, FixityError, SourceError, StoreWriteError
from schemas.messages import N_, _

COPYING = N_("Copying")
VERIFYING = N_("Reading back")
_PART = ".part"
_EARLIER_NAME = f"earlier-{CHECKSUMS_NAME}"
_TRIES = 2


@dataclass(frozen=True)
class CopyReport:
    """What a copy did.

    Attributes:
        copied: Files copied.
        kept: Files that were there already.
        removed: Files of an earlier copy that the edition no longer has.
        verified: Files read back and found as they should be.
    """

    copied: int
    kept: int
    removed: int
    verified: int

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self)


def copy_edition(
    source: Path, dest: Path, *, on_progress: OnProgress = ignore_progress
) -> CopyReport:
    """Copy an edition, or go on with a copy that was stopped, and verify it.

    Args:
        source: The edition, with its list of checksums.
        dest: The folder it becomes; may be there already.
        on_progress: Told of every file.

    Raises:
        SourceError: ``source`` is no edition, or a file of it is not as listed.
        ConfigError: ``dest`` lies in ``source``.
        FixityError: A file reads back otherwise than it was written, twice.
        StoreWriteError: The disk refuses, or has too little room.
    """
    wanted = _checksums(source)
    if dest.resolve() == source.resolve() or source.resolve() in dest.resolve().parents:
        raise ConfigError(
            _("The edition cannot be copied into itself."),
            remedy=_("Give the folder on the stick, as E:/museum."),
            path=dest,
        )
    with durable.translated_os_errors(dest):
        dest.mkdir(parents=True, exist_ok=True)
        earlier = _set_aside(dest)
        todo = [name for name in wanted if not _is_there(source, dest, name, wanted, earlier)]
        _check_room(source, dest, todo)
        for done, name in enumerate(todo, start=1):
            _copy(source, dest, name)
            on_progress(Progress(COPYING, done, len(todo), name))
        durable.sync_disk()
        _verify(source, dest, wanted, on_progress)
        removed = _remove(dest, [name for name in earlier if name not in wanted])
        _copy(source, dest, CHECKSUMS_NAME)
        durable.sync_file(dest / CHECKSUMS_NAME)
        (dest / _EARLIER_NAME).unlink(missing_ok=True)
    return CopyReport(len(todo), len(wanted) - len(todo), removed, len(wanted))


def _checksums(source: Path) -> dict[str, str]:
    """Return the sha256 of every file of an edition.

    Raises:
        SourceError: There is no list, or it names a file that no stick can hold.
    """
    wanted = _listed(source / CHECKSUMS_NAME)
    if not wanted:
        raise SourceError(
            _("There is no edition here: the list {name} is missing.").format(name=CHECKSUMS_NAME),
            remedy=_("Make it first: hoaban build --edition usb"),
            path=source,
        )
    for name, safe in safe_paths(wanted).items():
        if name != safe:
            raise SourceError(
                _("The list of checksums names '{name}', which no stick can hold.").format(
                    name=name
                ),
                remedy=_("Make the edition again: hoaban build --edition usb"),
                path=source / CHECKSUMS_NAME,
            )
    return wanted


def _listed(path: Path) -> dict[str, str]:
    """Return what a list of checksums holds: sha256 by name; nothing when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("  ") for line in text.splitlines())
    return {name: digest for digest, _gap, name in pairs if name and len(digest) == 64}


def _set_aside(dest: Path) -> dict[str, str]:
    """Return the list of an earlier copy, under another name until this copy is complete."""
    current, earlier = dest / CHECKSUMS_NAME, dest / _EARLIER_NAME
    listed = _listed(earlier) | _listed(current)
    if current.is_file():
        current.replace(earlier)
    return listed


def _is_there(
    source: Path, dest: Path, name: str, wanted: Mapping[str, str], earlier: Mapping[str, str]
) -> bool:
    """Say whether a file need not be copied; what is in it is seen when it is read back."""
    target = dest / name
    if not target.is_file() or target.stat().st_size != (source / name).stat().st_size:
        return False
    is_changed = earlier.get(name, wanted[name]) != wanted[name]
    return not is_changed or sha256_of(target) == wanted[name]


def _check_room(source: Path, dest: Path, names: Iterable[str]) -> None:
    needed = sum((source / name).stat().st_size for name in names)
    free = shutil.disk_usage(dest).free
    if needed > free:
        raise StoreWriteError(
            _("The disk has {free} MB free, the copy needs {needed} MB.").format(
                free=free // 1_000_000, needed=-(-needed // 1_000_000)
            ),
            remedy=_(
                "Make room there, or make a smaller edition: hoaban build --edition usb --size"
            ),
            path=dest,
        )


def _copy(source: Path, dest: Path, name: str) -> None:
    target = dest / name
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + _PART)
    try:
        shutil.copyfile(source / name, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _verify(source: Path, dest: Path, wanted: Mapping[str, str], on_progress: OnProgress) -> None:
    for done, (name, digest) in enumerate(wanted.items(), start=1):
        for attempt in range(_TRIES):
            # Syncs again, and lets the system forget its own copy of the bytes.
            durable.sync_file(dest / name)
            if sha256_of(dest / name) == digest:
                break
            if sha256_of(source / name) != digest:
                raise SourceError(
                    _("A file of the edition is not as its list of checksums says."),
                    remedy=_("Make the edition again: hoaban build --edition usb"),
                    path=source / name,
                )
            if attempt == _TRIES - 1:
                raise FixityError(
                    _("What was written to the disk reads back otherwise."),
                    remedy=_("Do not use this disk. Check its cable, or take another one."),
                    path=dest / name,
                )
            _copy(source, dest, name)
        on_progress(Progress(VERIFYING, done, len(wanted), name))


def _remove(dest: Path, names: Iterable[str]) -> int:
    """Remove files of an earlier copy, and the folders that this leaves empty."""
    removed = 0
    # A list on a stick may have been changed by anybody: only names of our own making count.
    for name, safe in safe_paths(names).items():
        target = dest / name
        if name != safe or ".." in name.split("/") or not target.is_file():
            continue
        target.unlink()
        removed += 1
        durable.remove_empty_folders(target.parent, stop=dest)
    return removed
