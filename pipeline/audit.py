"""The fixity audit: every byte of the store against what was recorded, as a report."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from archive.catalogue import Catalogue
from archive.fixity import AuditResult, Problem, iter_audit, iter_missing
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.progress import OnProgress, Progress, ignore_progress
from schemas.errors import RecordError, StoreBusyError, StoreWriteError
from schemas.messages import N_, _, ngettext

AUDITING = N_("Reading the store")

_SENTENCES = {
    "missing": N_("{path}: the file is missing."),
    "changed": N_("{path}: the file is not as recorded."),
    "extra": N_("{path}: nothing records this file."),
    "inventory": N_("{path}: the inventory is damaged: {found}."),
}


@dataclass(frozen=True)
class AuditReport:
    """What an audit found.

    Attributes:
        items: Objects read.
        files: Files read.
        size_bytes: Bytes read.
        problems: Everything that is not as recorded.
        knows_all: Whether a catalogue could say which objects must be there; without one a
            whole object that was removed is not missed.
    """

    items: int
    files: int
    size_bytes: int
    problems: tuple[Problem, ...]
    knows_all: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        return asdict(self)

    def summary(self) -> str:
        """Return one sentence on the whole, in the current language."""
        if self.problems:
            return ngettext(
                "{count} file is not as recorded, of {files} in {items} items.",
                "{count} files are not as recorded, of {files} in {items} items.",
                len(self.problems),
            ).format(count=len(self.problems), files=self.files, items=self.items)
        return _("{files} files in {items} items, {size} MB: every byte is as recorded.").format(
            files=self.files, items=self.items, size=f"{self.size_bytes / 1e6:.1f}"
        )


def problem_sentence(problem: Problem) -> str:
    """Return what is wrong with one file, in the current language."""
    return _(_SENTENCES[problem.kind]).format(path=problem.path, found=problem.found)


def audit(archive: Archive, *, on_progress: OnProgress = ignore_progress) -> AuditReport:
    """Read every byte of the store and compare it with what was recorded.

    An object whose whole folder is gone leaves no trace in the store; the catalogue knows of it,
    where there is one.
    """
    store = Store(archive.layout)
    # An interrupted commit is finished first, or its files would be called strange. Where another
    # process is writing it has done so itself, and on a write-protected copy there is none.
    with suppress(StoreBusyError, StoreWriteError), write_lock(archive.layout):
        store.recover()
    try:
        catalogue = Catalogue.open_for_reading(archive.layout.catalogue)
    except RecordError:
        return _report(iter_audit(store), on_progress, knows_all=False)
    with catalogue:
        results = chain(iter_audit(store), iter_missing(store, catalogue.item_ids()))
        return _report(results, on_progress, knows_all=True)


def _report(
    results: Iterable[AuditResult], on_progress: OnProgress, *, knows_all: bool
) -> AuditReport:
    items = files = size_bytes = 0
    problems: list[Problem] = []
    for result in results:
        items += 1 if result.item_id else 0
        files += result.files_checked
        size_bytes += result.bytes_checked
        problems.extend(result.problems)
        on_progress(Progress(AUDITING, items, 0, result.item_id))
    return AuditReport(items, files, size_bytes, tuple(problems), knows_all)
