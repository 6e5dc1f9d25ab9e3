"""Commands of the second copy, and of the audit that can restore from it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option, only_option
from pipeline.commands.printing import (
    exit_partial_if,
    print_json,
    print_lines,
    progress_shown,
)
from pipeline.commands.quantities import duration, rate, share
from pipeline.reports import finding_lines
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.errors import FixityError
from schemas.findings import has_errors
from schemas.messages import N_, _

if TYPE_CHECKING:
    from archive.opening import Archive
    from pipeline.audit import AuditReport

_FOLDER = click.Path(path_type=Path, file_okay=False)

max_rate_option = spoken_option(
    "--max-rate",
    type=rate,
    metavar="RATE",
    help=N_("Read no faster than this, as 50MB/s, so that others can work."),
)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Read the store and compare every byte with what was recorded.

        Reads everything, or a part: by chance, or what was read longest ago. Writes a log to
        audits/; stopped in the middle, it goes on there when it is run again within a week.
        Ends with 0 only if every byte it read is as recorded, and with 6 if any is not.

        \b
        Examples:
          hoaban audit
          hoaban audit --report bao-cao.html --report report.json
          hoaban audit --for 30m --max-rate 50MB/s
          hoaban audit --oldest 1000
          hoaban audit --sample 5%
          hoaban audit --repair-from /media/disk/my-museum
        """
    ),
)
@spoken_option(
    "--sample", type=share, metavar="SHARE", help=N_("Only so many items, by chance, as 5%.")
)
@spoken_option(
    "--oldest",
    type=click.IntRange(1),
    metavar="N",
    help=N_("Only N items: those whose last audit is longest ago."),
)
@spoken_option(
    "--for",
    "time_s",
    type=duration,
    metavar="TIME",
    help=N_("Only so long, as 30m or 2h, beginning with what was read longest ago."),
)
@only_option
@spoken_option("--anew", is_flag=True, help=N_("Do not go on with an interrupted audit."))
@max_rate_option
@spoken_option(
    "--readers",
    type=click.IntRange(1, 64),
    help=N_("Items read at the same time; 2, if not given. 1 is kinder to an old disk."),
)
@spoken_option(
    "--report",
    "reports",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help=N_("Write a report in Vietnamese and English to FILE, .html or .json. May be repeated."),
)
@spoken_option(
    "--repair-from",
    type=_FOLDER,
    metavar="DIR",
    help=N_("Restore what is damaged from the copy in DIR, as far as the copy is sound."),
)
@json_option
@archive_option
def audit(
    sample: float | None,
    oldest: int | None,
    time_s: float | None,
    only: tuple[str, ...],
    anew: bool,
    max_rate: float | None,
    readers: int | None,
    reports: tuple[Path, ...],
    repair_from: Path | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.audit import audit as run_audit
    from pipeline.audit_choice import READERS, AuditChoice
    from pipeline.replica_place import check_apart, is_marked

    _check_options(sample, oldest, only, reports)
    archive = open_chosen(archive_dir)
    if repair_from is not None:
        check_apart(archive.layout.root, repair_from)
    choice = AuditChoice(
        sample_percent=sample,
        oldest=oldest,
        only=only,
        time_s=time_s,
        is_anew=anew,
        readers=readers or READERS,
        max_bytes_per_s=max_rate or 0,
    )
    with progress_shown() as tell:
        report = run_audit(archive, now=now, choice=choice, on_progress=tell)
        if repair_from is not None:
            from pipeline.repair import repair

            report = repair(archive, report, repair_from, now=now, on_progress=tell)
    _write_reports(archive, report, reports)
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(report.lines())
        _advise(report, repair_from, is_copy=is_marked(archive.layout))
    if report.problems:
        sys.exit(FixityError.exit_code)


def _check_options(
    sample: float | None, oldest: int | None, only: tuple[str, ...], reports: tuple[Path, ...]
) -> None:
    if sum((sample is not None, oldest is not None, bool(only))) > 1:
        raise click.UsageError(_("--sample, --oldest and --only exclude each other."))
    for path in reports:
        if path.suffix.lower() not in (".html", ".htm", ".json"):
            raise click.UsageError(
                _("--report writes .html or .json, not '{name}'.").format(name=path.name)
            )


def _write_reports(archive: Archive, report: AuditReport, paths: tuple[Path, ...]) -> None:
    from archive.durable import write_file
    from pipeline.audit_page import audit_page

    for path in paths:
        if path.suffix.lower() == ".json":
            text = json.dumps(report.to_json(), ensure_ascii=False, indent=2) + "\n"
        else:
            text = audit_page(report, archive.settings)
        write_file(path, text.encode())
        click.echo(_("Report: {path}").format(path=path), err=True)


def _advise(report: AuditReport, repair_from: Path | None, *, is_copy: bool) -> None:
    if is_copy:
        click.echo(
            _("This is a copy: items that it lacks altogether come with hoaban replicate."),
            err=True,
        )
    elif not report.knows_all:
        click.echo(
            _("catalogue.db is missing, so a removed item cannot be missed: hoaban rebuild"),
            err=True,
        )
    if not report.log:
        click.echo(
            _("The archive is write-protected or full, so there is no log of this audit."), err=True
        )
    from archive.fixity import ProblemKind

    lost = [p for p in report.problems if p.kind is not ProblemKind.EXTRA]
    if lost and repair_from is None:
        click.echo(_("To restore from a copy: hoaban audit --repair-from DIR"), err=True)
    elif lost:
        click.echo(_("What is listed could not be restored: the copy lacks it too."), err=True)
    if len(lost) < len(report.problems):
        click.echo(_("Move what nothing records out of store/ by hand."), err=True)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Keep a second copy of the archive in DIR: on another disk, or on a share.

        Copies store/, hoaban.toml, profile.csv and the audit logs, as far as DIR lacks them, and
        reads every byte back. Deletes nothing there, and never puts a damaged item in the place of
        a good one. Stopped in the middle, it goes on when it is run again.

        \b
        Examples:
          hoaban replicate /media/disk/my-museum
          hoaban replicate E:/my-museum --max-rate 50MB/s
        """
    ),
)
@click.argument("target", metavar="DIR", type=_FOLDER)
@max_rate_option
@json_option
@archive_option
def replicate(
    target: Path, max_rate: float | None, as_json: bool, archive_dir: Path | None
) -> None:
    from archive.layout import Layout
    from pipeline.replicate import replicate as run_replicate

    archive = open_chosen(archive_dir)
    with progress_shown() as tell:
        report = run_replicate(
            archive.layout,
            Layout(target.resolve()),
            now=now,
            max_bytes_per_s=max_rate or 0,
            on_progress=tell,
        )
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(finding_lines(report.findings))
        print_lines(report.lines())
    exit_partial_if(has_errors(report.findings))


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Bring the copy in DIR to the new folder NEWDIR, and prove that the two are equal.

        For the day the disk died, and to rehearse it. Reads all of NEWDIR again and compares the
        fingerprints of both. Ends with 0 only if they are equal, with 6 if not, and with 10 if all
        items are, but a file beside them is missing: a story, a table, a part of the theme.

        \b
        Examples:
          hoaban restore /media/disk/my-museum D:/rehearsal
          hoaban restore /media/disk/my-museum D:/rehearsal --against D:/my-museum
        """
    ),
)
@click.argument("copy", metavar="DIR", type=_FOLDER)
@click.argument("folder", metavar="NEWDIR", type=_FOLDER)
@spoken_option(
    "--against",
    type=_FOLDER,
    metavar="DIR",
    help=N_("Also say whether the copy is as new as the archive in DIR."),
)
@json_option
def restore(copy: Path, folder: Path, against: Path | None, as_json: bool) -> None:
    from pipeline.restore import restore as run_restore

    with progress_shown() as tell:
        report = run_restore(copy, folder, now=now, against=against, on_progress=tell)
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(finding_lines(report.copied.findings))
        print_lines(report.lines())
        if report.is_equal:
            click.echo(_("Next: hoaban rebuild --archive {path}").format(path=folder), err=True)
    if not report.is_store_equal:
        sys.exit(FixityError.exit_code)
    exit_partial_if(not report.is_equal)
