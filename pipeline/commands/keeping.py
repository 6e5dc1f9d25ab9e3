"""Commands that make again what follows from the store: derive, rebuild."""

from __future__ import annotations

from pathlib import Path

import click

from archive.opening import Archive
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
from pipeline.reports import (
    finding_lines,
    remake_lines,
    remake_plan_lines,
)
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.findings import has_errors
from schemas.messages import (
    N_,
    _,
    ngettext,
)

# What --again says when no profile is named after it.
_AS_SET = ""


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Make the images that are missing; with --again, those the settings would change too.

        Makes them from the masters in store/, and writes to derivatives/ and index/. After a
        change of [derivatives] or [limits] in hoaban.toml, --again makes only the images that
        would be different. With a PROFILE (standard, small, print) it first writes that
        profile into hoaban.toml. With --dry-run nothing is written. Stopped in the middle, it
        goes on when it is run again.

        \b
        Examples:
          hoaban derive
          hoaban derive --again
          hoaban derive --again small --dry-run
          hoaban derive --again small
          hoaban derive --again --only "BT-00*"
        """
    ),
)
@spoken_option(
    "--again",
    metavar="[PROFILE]",
    is_flag=False,
    flag_value=_AS_SET,
    help=N_("Also where the settings have changed since; or by another profile from now on."),
)
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@only_option
@jobs_option
@engine_option
@scheduler_option
@json_option
@archive_option
def derive(
    again: str | None,
    dry_run: bool,
    only: tuple[str, ...],
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.choosing import Only
    from pipeline.remake import plan_remake, remake

    archive = open_chosen(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    if again not in (None, _AS_SET):
        archive = _with_profile(archive, str(again), keep=not dry_run)
    chosen = Only(only)
    if dry_run:
        plan = plan_remake(archive, again=again is not None, choose=chosen)
        chosen.check_found()
        if as_json:
            print_json(plan.to_json())
        else:
            print_lines(remake_plan_lines(plan))
        return
    with progress_shown() as tell:
        report = remake(archive, now=now, again=again is not None, choose=chosen, on_progress=tell)
    chosen.check_found()
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(remake_lines(report))
        if report.made:
            click.echo(_("Next: hoaban build"))
    exit_partial_if(report.is_partial)


def _with_profile(archive: Archive, name: str, *, keep: bool) -> Archive:
    """Set the archive's profile, and say so, and what of it other settings override."""
    from archive.settings_edit import overriding_settings, set_derivative_profile

    before = archive.settings.derivatives.profile
    archive = set_derivative_profile(archive, name, keep=keep)
    if keep and before != name:
        click.echo(
            _("hoaban.toml now has the profile '{name}' (before: '{before}').").format(
                name=name, before=before
            ),
            err=True,
        )
    if own := overriding_settings(archive):
        click.echo(
            _("Settings of hoaban.toml that win over the profile: {names}.").format(
                names=", ".join(own)
            ),
            err=True,
        )
    return archive


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
