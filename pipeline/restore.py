"""Rehearsing the worst day: a copy brought to a new folder, read whole, and proven equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import durable
from archive.fingerprint import fingerprint
from archive.layout import Layout
from archive.opening import Archive, open_archive
from archive.store import Store
from pipeline.audit import AuditReport, audit
from pipeline.progress import OnProgress, ignore_progress
from pipeline.replicate import ReplicaReport, replicate
from schemas.errors import ConfigError
from schemas.findings import Finding, has_errors
from schemas.messages import _


@dataclass(frozen=True)
class RestoreReport:
    """What came of a restoration.

    Attributes:
        copied: What was copied this time.
        audit: What the audit of the new folder found.
        items: Items of the copy.
        sha512_copy: Fingerprint of the copy (``archive.fingerprint``).
        sha512_restored: Fingerprint of the new folder.
        sha512_archive: Fingerprint of the archive it was compared with; empty when with none.
    """

    copied: ReplicaReport
    audit: AuditReport
    items: int
    sha512_copy: str
    sha512_restored: str
    sha512_archive: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether the new folder is proven to hold what the copy holds."""
        return self.is_store_equal and not has_errors(self.copied.findings)

    @property
    def is_store_equal(self) -> bool:
        """Whether the items are proven to be those of the copy; texts beside them may lack."""
        return not self.audit.problems and self.sha512_copy == self.sha512_restored

    @property
    def is_current(self) -> bool:
        """Whether the copy is as new as the archive it was compared with, if with any."""
        return self.sha512_archive in ("", self.sha512_copy)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self) | {
            "copied": self.copied.to_json(),
            "audit": self.audit.to_json(),
            "is_equal": self.is_equal,
            "is_store_equal": self.is_store_equal,
            "is_current": self.is_current,
        }

    def _missing(self) -> Iterator[Finding]:
        return (finding for finding in self.copied.findings if has_errors([finding]))

    def lines(self) -> Iterator[str]:
        """Yield what was done and proven, in the current language."""
        yield from self.copied.lines()
        yield from self.audit.lines()
        if self.is_equal:
            yield _(
                "Equal: the restored folder holds what the copy holds, in {items} items."
            ).format(items=self.items)
            yield _("Fingerprint of both: {digest}").format(digest=self.sha512_restored[:32])
        elif self.is_store_equal:
            yield _("Not complete: all {items} items are there, but files are missing:").format(
                items=self.items
            )
            yield from (f"  {finding.where()}" for finding in self._missing())
            yield _("Mend what is said of each, and run the same command again; it goes on.")
        else:
            yield _("NOT equal: the restored folder does not hold what the copy holds.")
        if self.sha512_archive and self.is_current:
            yield _("The archive has the same fingerprint: the copy is complete.")
        elif self.sha512_archive:
            yield _("The archive has another fingerprint: it is newer or damaged; run replicate.")


def restore(
    copy: Path,
    folder: Path,
    *,
    now: Callable[[], datetime],
    against: Path | None = None,
    on_progress: OnProgress = ignore_progress,
) -> RestoreReport:
    """Make an archive of a copy in a new folder, read it whole, and compare the two.

    It may be stopped at any moment and run again; until it ends, ``replica.json`` marks the new
    folder as unfinished.

    Args:
        copy: What ``hoaban replicate`` made.
        folder: The new folder: not there, empty, or of an interrupted run.
        now: The clock.
        against: An archive whose fingerprint the copy should have.
        on_progress: Told how far it is.

    Raises:
        ConfigError: ``folder`` holds other things, or ``copy`` is no copy of an archive.
        FixityError: What came to the disk is not what was read.
        RecordError: There is no store in ``copy``.
        StoreWriteError: The disk refused, or has no room.
    """
    source = _opened(copy)
    target = Layout(folder.resolve())
    copied = replicate(source.layout, target, now=now, on_progress=on_progress)
    report = audit(open_archive(folder), now=now, on_progress=on_progress)
    there, here = fingerprint(Store(source.layout)), fingerprint(Store(target))
    archive = fingerprint(Store(_opened(against).layout)).sha512 if against else ""
    result = RestoreReport(copied, report, there.items, there.sha512, here.sha512, archive)
    if result.is_equal:
        # From now on it is an archive of its own.
        durable.remove_file(target.replica)
        durable.sync_folder(target.root)
    return result


def _opened(folder: Path) -> Archive:
    """Return the archive or copy in exactly this folder, not in one above it."""
    if not Layout(folder.resolve()).config.is_file():
        raise ConfigError(
            _("This folder is no archive and no copy of one: it has no hoaban.toml."),
            remedy=_("Name the folder that hoaban replicate wrote to."),
            path=folder,
        )
    return open_archive(folder)
