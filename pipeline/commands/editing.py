"""Commands that change records: records export, records import, undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option, yes_option
from pipeline.commands.printing import exit_partial_if, print_json, print_lines, progress_shown
from pipeline.reports import finding_lines
from pipeline.spoken_help import SpokenCommand, SpokenGroup, spoken_option
from schemas.messages import N_, _, ngettext

if TYPE_CHECKING:
    from pipeline.roundtrip.editing import EditReport
    from pipeline.roundtrip.merge import CellChange
    from pipeline.roundtrip.records import ImportPlan
    from pipeline.roundtrip.undo import UndoPlan
    from schemas.profile import Profile

_LONGEST = 70


@click.group(
    cls=SpokenGroup,
    help=N_(
        """Edit many records in a spreadsheet: out, mend by hand, back in.

        \b
        Examples:
          hoaban records export records.xlsx
          hoaban records import records.xlsx
        """
    ),
)
def records() -> None:
    pass


@records.command(
    name="export",
    help=N_(
        """Write the records to FILE (.xlsx or .csv), all or those that QUERY finds.

        Every row names its item and the version that went out: leave these two columns as they
        are. Edit any other cell, leave out rows and columns as you like, and bring the file
        back with records import. Records of every access level are in it: it is for staff.

        \b
        Examples:
          hoaban records export records.xlsx
          hoaban records export amber.csv hổ phách
        """
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("query", metavar="[QUERY]", nargs=-1)
@archive_option
def export_records(file: Path, query: tuple[str, ...], archive_dir: Path | None) -> None:
    from pipeline.roundtrip.records import export_records as run_export

    count = run_export(open_chosen(archive_dir), file, query=" ".join(query))
    click.echo(
        ngettext(
            "{count} record written to {path}.", "{count} records written to {path}.", count
        ).format(count=count, path=file)
    )
    click.echo(_('Edit it, then: hoaban records import "{path}"').format(path=file))


@records.command(
    name="import",
    help=N_(
        """Take the edited FILE back: shows every change and every conflict, then asks.

        A cell that was also changed in the archive since FILE went out is a conflict: it is
        shown, its item is left as it is, and the command ends with 10. All changes are one
        batch, which hoaban undo takes back. With --dry-run nothing is written.

        \b
        Examples:
          hoaban records import records.xlsx
          hoaban records import records.xlsx --dry-run
          hoaban records import records.xlsx --yes
        """
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@yes_option
@json_option
@archive_option
def import_records(
    file: Path, dry_run: bool, yes: bool, as_json: bool, archive_dir: Path | None
) -> None:
    from pipeline.roundtrip.records import import_records as run_import
    from pipeline.roundtrip.records import plan_import

    archive = open_chosen(archive_dir)
    plan = plan_import(archive, file)
    if not as_json:
        print_lines(_plan_lines(plan, archive.profile))
    is_agreed = not plan.edits or dry_run or _is_agreed(yes=yes, as_json=as_json)
    is_wanted = bool(plan.edits or plan.is_unfinished) and is_agreed and not dry_run
    report = None
    if is_wanted:
        with progress_shown() as tell:
            plan, report = run_import(archive, file, agreed=plan, now=now, on_progress=tell)
    if as_json:
        print_json(plan.to_json() | {"batch": report.batch if report else ""})
    elif report:
        print_lines(_done_lines(report))
    exit_partial_if(plan.is_partial or not is_agreed)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Take the batch BATCH back: an ingest, an import of records, or another undo.

        Shows what would change, then asks. Records become what they were before the batch;
        items it brought in leave the archive, its masters leave their items. Nothing is lost:
        all of it stays in the history in store/, and an undo can be taken back too. What was
        changed again since is left as it is and told. hoaban status names the newest batches.

        \b
        Examples:
          hoaban undo 2026-11-22-083015
          hoaban undo 2026-11-22-083015 --dry-run
        """
    ),
)
@click.argument("batch", metavar="BATCH")
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@yes_option
@json_option
@archive_option
def undo(batch: str, dry_run: bool, yes: bool, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.roundtrip.undo import plan_undo, undo_batch

    archive = open_chosen(archive_dir)
    plan = plan_undo(archive, batch)
    if not as_json:
        print_lines(_undo_lines(plan, archive.profile))
    is_agreed = not plan.items or dry_run or _is_agreed(yes=yes, as_json=as_json)
    is_wanted = bool(plan.items or plan.is_unfinished) and is_agreed and not dry_run
    report = None
    if is_wanted:
        with progress_shown() as tell:
            plan, report = undo_batch(archive, batch, agreed=plan, now=now, on_progress=tell)
    if as_json:
        print_json(plan.to_json() | {"undo": report.batch if report else ""})
    elif report:
        print_lines(_done_lines(report))
    exit_partial_if(plan.is_partial or not is_agreed)


def _is_agreed(*, yes: bool, as_json: bool) -> bool:
    """Ask whether to go on; without somebody to answer, only ``--yes`` is an answer."""
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        click.echo(_("Nothing was changed. To do it, add --yes."), err=True)
        return False
    return click.confirm(_("Do it?"), err=True)


def _plan_lines(plan: ImportPlan, profile: Profile) -> Iterator[str]:
    for edit in plan.edits:
        yield edit.identifier
        yield from _change_lines(edit.changes, profile)
    yield from finding_lines(plan.findings)
    yield ngettext(
        "{count} of {rows} rows changes the archive.",
        "{count} of {rows} rows change the archive.",
        len(plan.edits),
    ).format(count=len(plan.edits), rows=plan.rows)


def _undo_lines(plan: UndoPlan, profile: Profile) -> Iterator[str]:
    for item in plan.items:
        yield item.identifier
        if item.is_withdrawn:
            yield "    " + _("leaves the archive, and stays in its history")
            continue
        yield from _change_lines(item.changes, profile)
        for path in item.masters_out:
            yield "    " + _("without the scan {name}").format(name=_scan(path))
        for path in item.masters_back:
            yield "    " + _("with the scan {name} as it was").format(name=_scan(path))
    yield from finding_lines(plan.findings)
    yield ngettext("{count} item changes.", "{count} items change.", len(plan.items)).format(
        count=len(plan.items)
    )


def _change_lines(changes: tuple[CellChange, ...], profile: Profile) -> Iterator[str]:
    from pipeline.roundtrip.merge import shown_change
    from pipeline.roundtrip.records import label_of

    for change in changes:
        label = label_of(change.heading, profile)
        old, new = shown_change(change.old, change.new, longest=_LONGEST)
        yield f"    {label}: '{old}' → '{new}'"


def _done_lines(report: EditReport) -> Iterator[str]:
    yield from finding_lines(report.findings)
    yield ngettext("{count} item changed.", "{count} items changed.", len(report.changed)).format(
        count=len(report.changed)
    )
    if report.batch:
        yield _("To take it back: hoaban undo {batch}").format(batch=report.batch)
        yield _("Next: hoaban build")


def _scan(path: str) -> str:
    return path.partition("/")[2]
