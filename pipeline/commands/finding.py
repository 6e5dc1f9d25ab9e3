"""Commands for looking: status, search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.spoken_help import spoken_option
from schemas.messages import (
    N_,
    _,
    current_language,
    ngettext,
)

if TYPE_CHECKING:
    pass


from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option
from pipeline.commands.printing import print_json
from pipeline.spoken_help import SpokenCommand


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Say what is in the archive and what was done last.

        \b
        Examples:
          hoaban status
          hoaban status --json
        """
    ),
)
@json_option
@archive_option
def status(as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.status import status as read_status

    report = read_status(open_chosen(archive_dir), now=now)
    if as_json:
        print_json(report.to_json())
        return
    for label, value in report.lines():
        click.echo(f"{label}: {value}")


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Find items by words, with or without Vietnamese marks.

        Records that have the word exactly as typed come first.

        \b
        Examples:
          hoaban search trống đồng
          hoaban search trong dong
          hoaban search --json "77.AO"
        """
    ),
)
@click.argument("query", metavar="QUERY", nargs=-1, required=True)
@spoken_option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1000),
    help=N_("How many results to show."),
)
@json_option
@archive_option
def search(query: tuple[str, ...], limit: int, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.find import find

    archive = open_chosen(archive_dir)
    found = find(archive, " ".join(query), limit=limit, lang=current_language(), now=now)
    if as_json:
        print_json(found.to_json())
        return
    for hit in found.hits:
        click.echo(f"{hit.identifier}  {hit.title}")
        where = hit.url or _("not public: {access}").format(access=hit.access)
        click.echo(f"    {where}")
    click.echo(
        ngettext("{count} item found.", "{count} items found.", found.total).format(
            count=found.total
        )
    )
