"""The hot folder: scans are taken as soon as the scanner has finished them.

Promise: a file counts as finished when two looks, some seconds apart, found the same size and time
and it can be opened; an item is taken when all its scans are. Nothing is taken twice, also by a
watch that was stopped and started again: the archive and its job table say what was done. What is
wrong with the sheet or a scan is said once, until somebody changes it.

No file system notice is used: network disks do not give any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from archive.opening import Archive
from pipeline.comparing import file_key
from pipeline.ingest import ingest
from pipeline.ingest_report import IngestReport
from pipeline.intake.listing import SHEET_EXTENSIONS, list_source
from pipeline.jobs import PlannedItem
from pipeline.progress import OnProgress, ignore_progress
from schemas.errors import HoabanError, SourceError, StoreBusyError
from schemas.finding_text import findings_text

_Look = Mapping[Path, tuple[str, int, int]]

# A row may stand in the sheet before its scan is made, and the other way round.
_EXPECTED = frozenset({"MATCH-file-missing", "MATCH-row-without-scan", "MATCH-scan-without-row"})
# What is said of a whole catalogue would be said again with every scan.
_FOR_LATER = frozenset({"ALT-none", "ALT-missing"})


@dataclass(frozen=True)
class Taken:
    """What one round of a watch has to tell: a report, or why there is none.

    Attributes:
        report: What was taken, or None.
        trouble: An error that another round may not meet, or None.
    """

    report: IngestReport | None = None
    trouble: HoabanError | None = None


@dataclass(frozen=True)
class WatchPlan:
    """How a folder is watched.

    Attributes:
        folder: The hot folder.
        interval_s: Seconds between two looks.
        is_once: Two looks and one round, for schedulers; otherwise without end.
        catalogue_path: The catalogue, when it is not to be looked for in ``folder``.
    """

    folder: Path
    interval_s: float
    is_once: bool = False
    catalogue_path: Path | None = None


def watch(
    archive: Archive,
    watched: WatchPlan,
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    on_progress: OnProgress = ignore_progress,
) -> Iterator[Taken]:
    """Watch a folder and take what is finished; yield only what is news.

    Args:
        archive: Where to.
        watched: Which folder, and how.
        now: The clock.
        sleep: Waits some seconds.
        on_progress: Told after each item.

    Raises:
        SourceError: The folder is not there at the beginning.
        StoreWriteError: The disk refuses; what was taken before stays.
    """
    told: set[str] = set()
    before = _look(watched.folder)
    taken: _Look = {}
    while True:
        sleep(watched.interval_s)
        try:
            look = _look(watched.folder)
            finished = {path: key for path, key in look.items() if before.get(path) == key}
            before = look
            if finished != taken and _has_finished_sheet(look, finished, watched):
                report = _take(archive, watched, finished, now, on_progress)
                taken = finished
                yield from _news(Taken(report=report), told)
        except (SourceError, StoreBusyError) as error:
            # The network disk is away, the sheet is not there yet, another command is at work.
            yield from _news(Taken(trouble=error), told)
        if watched.is_once:
            return


def _look(folder: Path) -> _Look:
    """Return the files of the folder that can be opened, with their size and time."""
    found = {}
    for file in list_source(folder).files:
        key = file_key(file.path)
        if key is not None and _can_be_opened(file.path):
            found[file.path] = key
    return found


def _can_be_opened(path: Path) -> bool:
    """Say whether a file can be read: on Windows, a scanner that still writes keeps it shut."""
    try:
        with path.open("rb"):
            return True
    except OSError:
        return False


def _has_finished_sheet(look: _Look, finished: _Look, watched: WatchPlan) -> bool:
    """Say whether no sheet is being written: a half-written one would look like a broken one."""
    if watched.catalogue_path is not None:
        return True
    return all(path in finished for path in look if path.suffix.lower() in SHEET_EXTENSIONS)


def _take(
    archive: Archive,
    watched: WatchPlan,
    finished: _Look,
    now: Callable[[], datetime],
    on_progress: OnProgress,
) -> IngestReport:
    def is_finished(planned: PlannedItem) -> bool:
        waits = not planned.scans or any(f.code in _EXPECTED for f in planned.findings)
        return not waits and all(scan.source in finished for scan in planned.scans)

    report = ingest(
        archive,
        watched.folder,
        now=now,
        catalogue_path=watched.catalogue_path,
        choose=is_finished,
        only_news=True,
        on_progress=on_progress,
    )
    unsaid = _EXPECTED | _FOR_LATER
    kept = tuple(finding for finding in report.findings if finding.code not in unsaid)
    return replace(report, findings=kept)


def _news(found: Taken, told: set[str]) -> Iterator[Taken]:
    """Give what was not told before."""
    if found.trouble is not None:
        if str(found.trouble) not in told:
            told.add(str(found.trouble))
            yield found
        return
    if found.report is None:
        return
    fresh = []
    for finding in found.report.findings:
        text = findings_text([finding])
        if text not in told:
            told.add(text)
            fresh.append(finding)
    report = replace(found.report, findings=tuple(fresh))
    if report.added or report.updated or report.findings:
        yield Taken(report=report)
