"""What commands say about their work, as lines of text in the current language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.planning import Change
from schemas.findings import Finding, Severity
from schemas.messages import _, ngettext

if TYPE_CHECKING:
    from archive.site.report import SiteReport
    from pipeline.ingest_report import IngestReport
    from pipeline.plan import Plan
    from pipeline.remake import RemakePlan, RemakeReport


# A catalogue can have the same small thing to say of every row; errors and warnings are all said.
_NOTES_OF_A_KIND = 1


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a line a finding: ``place: severity [CODE] sentence``, of like notes only the first.

    What was left out is counted at the end; reports as JSON, marked sheets and contact sheets
    have every one.
    """
    words = {
        Severity.ERROR: _("error"),
        Severity.WARNING: _("warning"),
        Severity.INFO: _("note"),
    }
    said: set[str] = set()
    notes: Counter[str] = Counter()
    for finding in findings:
        where = f"{finding.where()}: " if finding.where() else ""
        line = f"{where}{words[finding.severity]} [{finding.code}] {finding.message()}"
        if line in said:
            continue
        said.add(line)
        if finding.severity is Severity.INFO:
            notes[finding.code] += 1
            if notes[finding.code] > _NOTES_OF_A_KIND:
                continue
        yield line
    for code, count in notes.items():
        left = count - _NOTES_OF_A_KIND
        if left > 0:
            yield ngettext(
                "… and {count} more note of this kind [{code}]",
                "… and {count} more notes of this kind [{code}]",
                left,
            ).format(count=left, code=code)


def finding_summary(findings: Iterable[Finding]) -> str:
    """Return how many errors and warnings there are, in one sentence."""
    severities = [finding.severity for finding in findings]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    if not errors and not warnings:
        return _("No errors and no warnings.")
    return _("Errors: {errors}; warnings: {warnings}.").format(errors=errors, warnings=warnings)


def ingest_lines(report: IngestReport) -> Iterator[str]:
    """Yield the findings of an ingest and what came of its items."""
    yield from finding_lines(report.findings)
    yield outcome_counts(
        {
            "added": len(report.added),
            "updated": len(report.updated),
            "unchanged": report.unchanged,
            "set_aside": len(report.set_aside),
        }
    )
    if report.set_aside:
        yield _("Set aside, with what is wrong: {path}").format(path=report.quarantine)
    for sheet in report.contact_sheets:
        yield contact_sheet_line(sheet)


def contact_sheet_line(sheet: Path) -> str:
    """Return where a contact sheet is, in one sentence."""
    return _("Contact sheet, to look through: {path}").format(path=sheet)


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield what an ingest would do: the findings, a line an item, and the counts."""
    words = {
        Change.NEW: _("new"),
        Change.SCANS: _("new scans"),
        Change.RECORD: _("new description"),
        Change.SET_ASIDE: _("set aside"),
    }
    yield from finding_lines(plan.findings)
    for change in plan.changes:
        if change.change is not Change.NONE:
            size = f"{change.size_bytes / 1e6:.1f} MB"
            scans = ngettext("{count} scan", "{count} scans", change.scans)
            yield (
                f"{change.identifier}: {words[change.change]}"
                f" ({scans.format(count=change.scans)}, {size})"
            )
    yield outcome_counts(
        {
            "added": plan.count(Change.NEW),
            "updated": plan.count(Change.SCANS, Change.RECORD),
            "unchanged": plan.count(Change.NONE),
            "set_aside": plan.count(Change.SET_ASIDE),
        }
    )
    yield _("Nothing was written.")


def remake_lines(report: RemakeReport) -> Iterator[str]:
    """Yield the findings of making images again, and the counts."""
    yield from finding_lines(report.findings)
    yield _("Images made: {made}; as the settings say: {current}; not made: {set_aside}.").format(
        made=len(report.made), current=report.current, set_aside=report.set_aside
    )


def remake_plan_lines(plan: RemakePlan) -> Iterator[str]:
    """Yield the items whose images would be made, and the counts."""
    for item_id in sorted(plan.wanted):
        yield _("would make: {item}").format(item=item_id)
    yield _("Images to make: {wanted}; as the settings say: {current}.").format(
        wanted=len(plan.wanted), current=plan.current
    )


def watch_lines(report: IngestReport) -> Iterator[str]:
    """Yield what a round of a watch took and found."""
    yield from finding_lines(report.findings)
    for item_id in report.added:
        yield _("taken: {item}").format(item=item_id)
    for item_id in report.updated:
        yield _("taken, a new version: {item}").format(item=item_id)


def outcome_counts(counts: Mapping[str, int]) -> str:
    """Return what came of the items of a batch, in one sentence.

    Args:
        counts: ``added``, ``updated``, ``unchanged`` and ``set_aside``.
    """
    return _(
        "{added} new, {updated} changed, {unchanged} unchanged, {set_aside} set aside."
    ).format_map(counts)


def site_line(report: SiteReport) -> str:
    """Return how large the site is, in one sentence."""
    return _("The site has {items} items on {pages} pages.").format(
        items=report.items, pages=report.pages
    )


def delivery_size(items: int, scans: int) -> str:
    """Return how large a delivery is, in one sentence."""
    rows = ngettext("{count} row", "{count} rows", items).format(count=items)
    files = ngettext("{count} scan", "{count} scans", scans).format(count=scans)
    return f"{rows}, {files}."
