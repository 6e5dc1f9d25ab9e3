"""What people wrote beside the store, brought to a copy: settings, profile, tables, stories, theme.

Without settings and profile a copy is no archive, so they come first and must come. The others
come after the store; one whose name the copy's disk cannot hold is told and costs no other.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from archive import durable
from archive.audit_log import iter_past_audits
from archive.layout import Layout
from schemas.errors import FixityError, StoreWriteError
from schemas.findings import Finding
from schemas.messages import _

# With these the whole disk refuses, and not one name.
_OF_THE_DISK = (errno.ENOSPC, errno.EROFS, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


def copy_documents(source: Layout, target: Layout) -> None:
    """Copy settings, profile and finished audit logs, where they differ.

    Raises:
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk refused.
    """
    _copy(source.profile, target.profile)
    _copy(source.config, target.config)
    for past in iter_past_audits(source):
        if past.event is not None:
            _copy(past.path, target.audits / past.path.name)


def copy_texts(source: Layout, target: Layout) -> Iterator[Finding]:
    """Copy periods, vocabularies, partner profiles, stories and theme, where they differ.

    Yields:
        A finding for each that could not be copied, and for each that only the copy has.

    Raises:
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk is full, write-protected or broken.
    """
    names = list(_texts(source))
    for name in names:
        try:
            _copy(source.root / name, target.root / name)
        except StoreWriteError as error:
            if getattr(error.__cause__, "errno", None) in _OF_THE_DISK:
                raise
            values = {"reason": error.problem}
            yield Finding("REPLICA-text-refused", path=name.as_posix(), values=values)
    left = set(_texts(target)).difference(names)
    for name in sorted(left):
        yield Finding("REPLICA-text-left", path=name.as_posix())


def _texts(layout: Layout) -> Iterator[PurePosixPath]:
    """Yield what people wrote, by its place in the archive; hidden files are those of systems."""
    found = [layout.periods]
    for folder in (layout.vocabularies, layout.partners, layout.stories, layout.theme):
        found += sorted(folder.rglob("*"))
    for path in found:
        name = PurePosixPath(path.relative_to(layout.root).as_posix())
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name


def _copy(path: Path, copy: Path) -> None:
    with durable.translated_os_errors(path):
        data = path.read_bytes()
    if copy.is_file() and copy.read_bytes() == data:
        return
    durable.make_folder(copy.parent)
    durable.write_file(copy, data)
    durable.sync_file(copy)
    if hashlib.sha512(copy.read_bytes()).digest() != hashlib.sha512(data).digest():
        raise FixityError(
            _("What was written to the disk reads back otherwise."),
            remedy=_("Do not use this disk. Check its cable, or take another one."),
            path=copy,
        )
