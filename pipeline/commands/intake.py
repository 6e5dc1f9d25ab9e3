"""Commands that bring scans in: check, ingest, watch."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.opening import Archive
from archive.settings import Settings
from archive.settings_file import remember_columns
from pipeline.reports import (
    contact_sheet_line,
    delivery_size,
    finding_lines,
    finding_summary,
    ingest_lines,
    plan_lines,
    watch_lines,
)
from pipeline.spoken_help import spoken_option
from schemas.findings import has_errors
from schemas.messages import (
    N_,
    _,
)
from schemas.normalising import shipped_tables
from schemas.profile import parse_profile, shipped_profile_text

if TYPE_CHECKING:
    from pipeline.check import CheckReport
    from pipeline.choosing import Only
    from schemas.findings import Finding
    from schemas.normalising import ValueTables
    from schemas.profile import Profile


from pipeline.commands.legacy_text import accept_text
from pipeline.commands.opening import is_in_archive, now, open_chosen
from pipeline.commands.options import (
    archive_option,
    catalogue_option,
    contact_sheet_option,
    engine_option,
    jobs_option,
    json_option,
    only_option,
    scheduler_option,
    yes_option,
)
from pipeline.commands.printing import (
    exit_partial_if,
    print_json,
    print_lines,
    progress_shown,
)
from pipeline.commands.profile import (
    check_columns,
    parse_columns,
    print_profile_check,
    profile_findings,
)
from pipeline.spoken_help import SpokenCommand


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Say everything that is wrong with the scans and the catalogue in SOURCE.

        Changes nothing, but what --map says of a column into hoaban.toml. Reads every row and
        every scan in one pass. Ends with 10 when an ingest would set something aside, and with
        0 when it would not. Without SOURCE only the profile of the archive is checked.

        Text from before Unicode is shown before and after its conversion; --yes says that it
        may be converted. With --marked, a copy of the catalogue is written in which each wrong
        cell has a colour and a comment: mend it there, and deliver that copy. With
        --contact-sheet, a page is written with a picture of every scan and what was found in it.

        \b
        Examples:
          hoaban check D:/scans/2026-11
          hoaban check scans --marked "Sổ hiện vật - cần sửa.xlsx"
          hoaban check scans --catalogue "Sổ hiện vật.xlsx"
          hoaban check scans --map "Nơi cất=storage_location" --map "Mã cũ="
          hoaban check scans --yes
          hoaban check --json scans
          hoaban check scans --contact-sheet D:/for-the-photographer/sheet.html
        """
    ),
)
@click.argument("source", metavar="[SOURCE]", required=False, type=click.Path(path_type=Path))
@catalogue_option
@spoken_option(
    "--map",
    "mapped",
    multiple=True,
    metavar="HEADING=FIELD",
    help=N_("What a column is, remembered in hoaban.toml; empty: pass it over. May be repeated."),
)
@spoken_option(
    "--marked",
    type=click.Path(path_type=Path, dir_okay=False),
    help=N_("Write a copy of the catalogue with every finding marked (for CSV, a list)."),
)
@contact_sheet_option
@yes_option
@json_option
@archive_option
def check(
    source: Path | None,
    catalogue: Path | None,
    mapped: tuple[str, ...],
    marked: Path | None,
    contact_sheet: Path | None,
    yes: bool,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.check import check as run_check
    from pipeline.marking.give_back import check_is_new, give_back

    if marked is not None:
        check_is_new(marked)
    in_profile = profile_findings(archive_dir)
    if source is None or has_errors(in_profile):
        print_profile_check(archive_dir, as_json=as_json)
        return
    settings, profile, tables = _decided(archive_dir, parse_columns(mapped))
    with progress_shown() as tell:
        report = run_check(
            source,
            settings=settings,
            profile=profile,
            tables=tables,
            catalogue_path=catalogue,
            contact_sheet=contact_sheet,
            now=now,
            accept_text=(lambda _columns: True) if yes else None,
            on_progress=tell,
        )
    findings = (*in_profile, *report.findings)
    if marked is not None:
        give_back(report, profile, marked, intake=settings.intake)
    if as_json:
        print_json(
            {
                "catalogue": str(report.catalogue),
                "items": report.items,
                "scans": report.scans,
                "findings": [finding.to_json() for finding in findings],
            }
        )
    else:
        _print_check(report, findings, marked)
        if contact_sheet is not None:
            click.echo(contact_sheet_line(contact_sheet))
    exit_partial_if(report.has_errors)


def _decided(
    archive_dir: Path | None, columns: dict[str, str]
) -> tuple[Settings, Profile, ValueTables]:
    """Return what a delivery is read by: an archive's decisions, or those of a new one.

    The fields that were named for columns are remembered in the archive, if there is one.
    """
    settings, profile = Settings(), parse_profile(shipped_profile_text("museum"))
    tables = shipped_tables()
    archive: Archive | None = None
    if archive_dir is not None or is_in_archive():
        archive = open_chosen(archive_dir)
        settings, profile, tables = archive.settings, archive.profile, archive.tables
    check_columns(columns, profile)
    if archive is not None and columns:
        remember_columns(archive.layout.config, columns)
    intake = replace(settings.intake, columns={**settings.intake.columns, **columns})
    return replace(settings, intake=intake), profile, tables


def _print_check(report: CheckReport, findings: tuple[Finding, ...], marked: Path | None) -> None:
    from pipeline.marking.give_back import marked_name

    print_lines(finding_lines(findings))
    click.echo(delivery_size(report.items, report.scans))
    click.echo(finding_summary(findings))
    if marked is not None:
        click.echo(_("Marked in a copy of the catalogue: {path}").format(path=marked))
    elif report.findings:
        name = marked_name(report.catalogue)
        click.echo(_('To see it in the sheet: add --marked "{name}"').format(name=name))


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Bring the scans and the catalogue in SOURCE into the archive.

        SOURCE is a folder with scans, at any depth, and one catalogue (.xlsx, .ods or .csv).
        Writes to store/, derivatives/ and index/; items with errors go to quarantine/ and the
        others go in. Writes a contact sheet of the batch to batches/, for people to look
        through. The files in SOURCE are never changed. Running it again takes in only what is
        new or changed, also after an interruption. With --dry-run nothing is written.

        Text from before Unicode (TCVN3, VNI ...) is converted when you agree, or with --yes;
        without an answer its rows are set aside.

        \b
        Examples:
          hoaban ingest D:/scans/2026-11
          hoaban ingest scans --catalogue "Sổ hiện vật.xlsx"
          hoaban ingest scans --dry-run
          hoaban ingest scans --only "BT-00*" --jobs 1
          hoaban ingest scans --scheduler tls://192.168.1.10:8786
        """
    ),
)
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@catalogue_option
@only_option
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@jobs_option
@engine_option
@scheduler_option
@spoken_option(
    "--reread", is_flag=True, help=N_("Read every scan again, also those that look untouched.")
)
@yes_option
@json_option
@archive_option
def ingest(
    source: Path,
    catalogue: Path | None,
    only: tuple[str, ...],
    dry_run: bool,
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    reread: bool,
    yes: bool,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.choosing import Only
    from pipeline.ingest import ingest as run_ingest

    archive = open_chosen(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    chosen = Only(only)
    if dry_run:
        _print_plan(archive, source, catalogue, chosen, reread=reread, yes=yes, as_json=as_json)
        return
    with progress_shown() as tell:
        report = run_ingest(
            archive,
            source,
            now=now,
            catalogue_path=catalogue,
            reread=reread,
            choose=lambda planned: chosen(planned.record),
            accept_text=accept_text(yes=yes),
            on_progress=tell,
        )
    chosen.check_found()
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(ingest_lines(report))
        if report.added or report.updated:
            click.echo(_("Next: hoaban build"))
    exit_partial_if(report.is_partial)


def _print_plan(
    archive: Archive,
    source: Path,
    catalogue: Path | None,
    chosen: Only,
    *,
    reread: bool,
    yes: bool,
    as_json: bool,
) -> None:
    from pipeline.plan import plan

    with progress_shown() as tell:
        planned = plan(
            archive,
            source,
            catalogue_path=catalogue,
            choose=chosen,
            accept_text=accept_text(yes=yes),
            now=now,
            reread=reread,
            on_progress=tell,
        )
    chosen.check_found()
    if as_json:
        print_json(planned.to_json())
    else:
        print_lines(plan_lines(planned))
    exit_partial_if(planned.is_partial)


@click.command(
    "contact-sheet",
    cls=SpokenCommand,
    help=N_(
        """Write the contact sheet of BATCH again: every scan it took in, with what was found.

        BATCH is a name that ingest and status print; the newest batch, if not given. Writes
        batches/BATCH/contact-sheet.html in the language of the command. Where that folder was
        lost it is made again from the store, without what was found.

        \b
        Examples:
          hoaban contact-sheet
          hoaban --lang vi contact-sheet 2026-11-22-083015
        """
    ),
)
@click.argument("batch", metavar="BATCH", default="")
@archive_option
def contact_sheet(batch: str, archive_dir: Path | None) -> None:
    from pipeline.batches import remake_sheet

    click.echo(contact_sheet_line(remake_sheet(open_chosen(archive_dir), batch)))


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Take scans from the hot folder DIR as soon as they are finished.

        DIR holds the scans and one catalogue, as for ingest. Looks at it every few seconds until
        Ctrl-C; an item is taken when its row is in the catalogue and none of its scans changes
        any more. Nothing is taken twice, and what is wrong is said once. Writes what ingest
        writes. With --once it ends after one round, for schedulers.

        \b
        Examples:
          hoaban watch D:/scanner
          hoaban watch D:/scanner --every 30
          hoaban watch D:/scanner --once
        """
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@catalogue_option
@spoken_option(
    "--every",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 86400),
    help=N_("Seconds between two looks; a file that is equal in both is finished."),
)
@spoken_option("--once", is_flag=True, help=N_("End after two looks and one round."))
@jobs_option
@archive_option
def watch(
    folder: Path,
    catalogue: Path | None,
    every: float,
    once: bool,
    jobs: int | None,
    archive_dir: Path | None,
) -> None:
    from pipeline.watch import WatchPlan
    from pipeline.watch import watch as run_watch

    archive = open_chosen(archive_dir, jobs=jobs)
    if not once:
        click.echo(_("Watching {path} (Ctrl-C stops it).").format(path=folder), err=True)
    is_partial = False
    plan = WatchPlan(folder, every, is_once=once, catalogue_path=catalogue)
    with progress_shown() as tell:
        for round_ in run_watch(archive, plan, now=now, sleep=time.sleep, on_progress=tell):
            if round_.report is not None:
                print_lines(watch_lines(round_.report))
                is_partial = is_partial or round_.report.is_partial
            if round_.trouble is not None:
                if once:
                    raise round_.trouble
                click.echo(_("Waiting: {message}").format(message=round_.trouble), err=True)
    exit_partial_if(is_partial)
