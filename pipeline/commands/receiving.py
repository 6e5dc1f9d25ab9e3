"""The command that takes in what another museum sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option
from pipeline.commands.printing import (
    exit_partial_if,
    print_json,
    print_lines,
    progress_shown,
)
from pipeline.reports import finding_lines
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.messages import N_, _

if TYPE_CHECKING:
    from pipeline.receive import ReceiveReport


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Take in a BAG that another museum made with hoaban export bagit --all-access.

        BAG is a folder, a .zip or a .tar, as from a USB stick. Every byte is read and compared
        with the bag's manifests before anything is written. New items go in with their whole
        history, and newer states of known ones as a new version. What differs here and there is
        told, field by field, and stays as it is here. With --dry-run nothing is written.

        \b
        Examples:
          hoaban receive E:/muong-te-2026.zip --dry-run
          hoaban receive E:/muong-te-2026.zip
        """
    ),
)
@click.argument("bag", metavar="BAG", type=click.Path(path_type=Path))
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@json_option
@archive_option
def receive(bag: Path, dry_run: bool, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.receive import plan_receive
    from pipeline.receive import receive as run_receive

    archive = open_chosen(archive_dir)
    with progress_shown() as tell:
        if dry_run:
            report = plan_receive(archive, bag, on_progress=tell)
        else:
            report = run_receive(archive, bag, now=now, on_progress=tell)
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(finding_lines(report.findings))
        print_lines(_difference_lines(report))
        print_lines(_summary_lines(report, is_plan=dry_run))
    exit_partial_if(report.is_partial)


def _difference_lines(report: ReceiveReport) -> Iterator[str]:
    for item in report.items:
        for difference in item.differences:
            yield _("{identifier}, {field}: here '{here}', in the bag '{there}'").format(
                identifier=item.record.identifier,
                field=difference.field,
                here=difference.here,
                there=difference.there,
            )


def _summary_lines(report: ReceiveReport, *, is_plan: bool) -> Iterator[str]:
    from pipeline.receiving import Standing

    if report.source:
        yield _("From: {source}").format(source=report.source)
    yield _("{new} new, {newer} newer, {known} here already, {refused} not taken.").format(
        new=report.count(Standing.NEW),
        newer=report.count(Standing.NEWER),
        known=report.count(Standing.KNOWN) + report.count(Standing.OLDER),
        refused=report.count(Standing.REFUSED),
    )
    if is_plan:
        yield _("Nothing was written (--dry-run).")
    elif report.batch:
        yield _("Next: hoaban build")
