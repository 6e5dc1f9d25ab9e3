"""Commands that keep the archive whole: derive, audit, rebuild."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.reports import (
    finding_lines,
    remake_lines,
)
from pipeline.spoken_help import spoken_option
from schemas.errors import (
    FixityError,
)
from schemas.findings import has_errors
from schemas.messages import (
    N_,
    _,
    ngettext,
)

if TYPE_CHECKING:
    pass


from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import (
    archive_option,
    engine_option,
    jobs_option,
    json_option,
    only_option,
    scheduler_option,
)
from pipeline.commands.printing import (
    exit_partial_if,
    print_json,
    print_lines,
    print_site,
    progress_shown,
)
from pipeline.spoken_help import SpokenCommand


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Make the images that are missing; with --again, those the settings would change too.

        Makes them from the masters in store/, and writes to derivatives/ and index/. After a
        change of [derivatives] in hoaban.toml, --again makes only the images that would be
        different. Stopped in the middle, it goes on when it is run again.

        \b
        Examples:
          hoaban derive
          hoaban derive --again
          hoaban derive --again --only "BT-00*"
        """
    ),
)
@spoken_option("--again", is_flag=True, help=N_("Also where the settings have changed since."))
@only_option
@jobs_option
@engine_option
@scheduler_option
@json_option
@archive_option
def derive(
    again: bool,
    only: tuple[str, ...],
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.choosing import Only
    from pipeline.remake import remake

    archive = open_chosen(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    chosen = Only(only)
    with progress_shown() as tell:
        report = remake(archive, now=now, again=again, choose=chosen, on_progress=tell)
    chosen.check_found()
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(remake_lines(report))
        if report.made:
            click.echo(_("Next: hoaban build"))
    exit_partial_if(report.is_partial)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Read every byte of the store and compare it with what was recorded.

        Ends with 0 only if every byte is as recorded, and with 6 if any is not.

        \b
        Examples:
          hoaban audit
          hoaban audit --json
        """
    ),
)
@json_option
@archive_option
def audit(as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.audit import audit as run_audit
    from pipeline.audit import problem_sentence

    archive = open_chosen(archive_dir)
    with progress_shown() as tell:
        report = run_audit(archive, on_progress=tell)
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(problem_sentence(problem) for problem in report.problems)
        click.echo(report.summary())
        if not report.knows_all:
            click.echo(
                _("catalogue.db is missing, so a removed item cannot be missed: hoaban rebuild"),
                err=True,
            )
    if report.problems:
        sys.exit(FixityError.exit_code)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Make catalogue.db, images, index and site again from store/.

        Needs only store/, hoaban.toml and profile.csv; use it when anything else is lost.
        Stopped in the middle, it goes on when it is run again.

        \b
        Examples:
          hoaban rebuild
          hoaban rebuild --keep-images
          hoaban rebuild --json
        """
    ),
)
@spoken_option("--keep-images", is_flag=True, help=N_("Make only images that are missing."))
@jobs_option
@engine_option
@scheduler_option
@json_option
@archive_option
def rebuild(
    keep_images: bool,
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.rebuild import rebuild as run_rebuild

    archive = open_chosen(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    with progress_shown() as tell:
        report = run_rebuild(archive, now=now, keep_derivatives=keep_images, on_progress=tell)
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(finding_lines(report.findings))
        click.echo(
            ngettext(
                "Made again from the store: {count} item.",
                "Made again from the store: {count} items.",
                report.items,
            ).format(count=report.items)
        )
        print_site(archive, report.site)
    exit_partial_if(has_errors(report.findings))
