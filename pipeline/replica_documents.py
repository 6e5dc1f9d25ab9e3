"""What stands beside the store and cannot be made again, brought to a copy.

That is what people wrote (settings, profile, tables, stories, theme), the logs of audits, and what
was found in each batch. Without settings and profile a copy is no archive, so they come first and
must come. The others come after the store; one that cannot be read, or whose name the copy's disk
cannot hold, is told and costs no other. Names that begin with a dot are those of systems and
editors, and stay away.
"""

from __future__ import annotations

import errno
import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from archive import durable
from archive.audit_log import iter_past_audits
from archive.contact_sheet import batch_names
from archive.layout import Layout
from schemas.batches import BATCH_NAME
from schemas.errors import ConfigError, FixityError, StoreWriteError
from schemas.findings import Finding
from schemas.messages import _

# With these the whole disk refuses, and not one name.
_OF_THE_DISK = (errno.ENOSPC, errno.EROFS, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


@dataclass
class _Texts:
    """The names of what people wrote, and the places among them that were not looked into."""

    names: list[PurePosixPath] = field(default_factory=list)
    closed: list[Finding] = field(default_factory=list)

    def is_closed(self, name: PurePosixPath) -> bool:
        """Say whether a name is in a place that was not looked into."""
        places = {PurePosixPath(finding.path) for finding in self.closed}
        return not places.isdisjoint((name, *name.parents))


def copy_documents(source: Layout, target: Layout) -> None:
    """Copy settings, profile and finished audit logs, where they differ.

    Raises:
        ConfigError: One of them cannot be read.
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk refused.
    """
    _copy_document(source.profile, target.profile)
    _copy_document(source.config, target.config)
    for past in iter_past_audits(source):
        if past.event is not None:
            _copy_document(past.path, target.audits / past.path.name)


def copy_texts(source: Layout, target: Layout) -> Iterator[Finding]:
    """Copy periods, vocabularies, partner profiles, stories, theme and reports of batches.

    Only what differs is copied. A report that only the copy has is kept there and not told: a
    museum may delete the folder of a batch when it was looked through.

    Yields:
        A finding for each that could not be copied, and for each text that only the copy has.

    Raises:
        FixityError: What came to the disk is not what was read.
        StoreWriteError: The disk is full, write-protected or broken.
    """
    texts = _texts(source)
    yield from texts.closed
    first: dict[str, PurePosixPath] = {}
    for name in texts.names:
        twin = first.setdefault(_folded(name), name)
        found = _copy_text(source, target, name) if twin == name else _of_a_twin(name, twin)
        if found is not None:
            yield found
    for name in sorted(set(_texts(target).names).difference(texts.names)):
        twin = first.get(_folded(name), name)
        if not texts.is_closed(name) and not _is_same_file(target.root, name, twin):
            yield Finding("REPLICA-text-left", path=name.as_posix())
    yield from _copy_reports(source, target)


def _copy_reports(source: Layout, target: Layout) -> Iterator[Finding]:
    """Copy what was found in each batch; its page and pictures can be made again."""
    folder = PurePosixPath(source.batches.name)
    try:
        batches = batch_names(source)
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for batch in batches:
        name = folder / batch / BATCH_NAME
        if os.path.lexists(source.root / name):
            found = _copy_text(source, target, name)
            if found is not None:
                yield found


def _copy_text(source: Layout, target: Layout, name: PurePosixPath) -> Finding | None:
    try:
        data = _read(source.root / name)
    except OSError as error:
        return _unreadable(name, error)
    try:
        _write(target.root / name, data)
    except StoreWriteError as error:
        if getattr(error.__cause__, "errno", None) in _OF_THE_DISK:
            raise
        return _refused(name, error.problem)
    return None


def _of_a_twin(name: PurePosixPath, twin: PurePosixPath) -> Finding:
    """Refuse a name that FAT, Windows and a Mac take for that of another file."""
    reason = _("Many disks take its name for that of '{name}': only capitals or accents differ.")
    return _refused(name, reason.format(name=twin.as_posix()))


def _refused(name: PurePosixPath, reason: str) -> Finding:
    return Finding("REPLICA-text-refused", path=name.as_posix(), values={"reason": reason})


def _unreadable(name: PurePosixPath, error: OSError) -> Finding:
    reason = error.strerror or str(error)
    return Finding("REPLICA-text-unreadable", path=name.as_posix(), values={"reason": reason})


def _folded(name: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.as_posix()).casefold())


def _is_same_file(root: Path, name: PurePosixPath, twin: PurePosixPath) -> bool:
    """Say whether a name that the copy lists is only another form of one that was copied."""
    try:
        return name != twin and (root / name).samefile(root / twin)
    except OSError:
        return False


def _texts(layout: Layout) -> _Texts:
    found = _Texts()
    if os.path.lexists(layout.periods):
        found.names.append(PurePosixPath(layout.periods.name))
    for folder in (layout.vocabularies, layout.partners, layout.stories, layout.theme):
        _look_through(layout, folder, found)
    return found


def _look_through(layout: Layout, top: Path, found: _Texts) -> None:
    def tell(error: OSError) -> None:
        # Only what is there can be unreadable: the museum need not have the folder.
        place = Path(error.filename or top)
        if os.path.lexists(place):
            found.closed.append(_unreadable(_name(layout, place), error))

    for parent, folders, files in os.walk(top, onerror=tell):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for folder in folders:
            # Links are not gone into: they may lead out of the archive, or round in a circle.
            path = Path(parent, folder)
            if path.is_symlink():
                place = _name(layout, path).as_posix()
                found.closed.append(Finding("REPLICA-text-linked", path=place))
        names = sorted(name for name in files if not name.startswith("."))
        found.names += [_name(layout, Path(parent, name)) for name in names]


def _name(layout: Layout, path: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(layout.root).as_posix())


def _copy_document(path: Path, copy: Path) -> None:
    try:
        data = _read(path)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(
            _("The file cannot be read: {reason}.").format(reason=reason), path=path
        ) from error
    _write(copy, data)


def _read(path: Path) -> bytes:
    """Return the bytes of a file; a pipe or a device would never end."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return path.read_bytes()


def _write(copy: Path, data: bytes) -> None:
    """Bring ``data`` to the copy, unless it is there already.

    Raises:
        FixityError: What came to the disk is not what was written.
        StoreWriteError: The disk refused.
    """
    if _holds(copy, data):
        return
    # A look for what is there can fail too, as with a name that is too long.
    with durable.translated_os_errors(copy):
        durable.make_folder(copy.parent)
        durable.write_file(copy, data)
        durable.sync_file(copy)
        written = copy.read_bytes()
    if hashlib.sha512(written).digest() != hashlib.sha512(data).digest():
        raise FixityError(
            _("What was written to the disk reads back otherwise."),
            remedy=_("Do not use this disk. Check its cable, or take another one."),
            path=copy,
        )


def _holds(copy: Path, data: bytes) -> bool:
    try:
        return copy.is_file() and copy.read_bytes() == data
    except OSError:
        return False  # what cannot be read is written again
