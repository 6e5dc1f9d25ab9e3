"""The command that gives packages to partners: export."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from archive.export import FORMATS, ExportReport
from archive.export.selection import Selection
from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option
from pipeline.commands.printing import exit_partial_if, print_json, print_lines
from pipeline.reports import finding_lines
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.messages import N_, _, ngettext


class _ExportCommand(SpokenCommand):
    """The command, whose help says what each format is."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the formats, and then the options."""
        with formatter.section(_("Formats")):
            formatter.write_dl([(made.name, _(made.help)) for made in FORMATS.values()])
        super().format_options(ctx, formatter)


@click.command(
    cls=_ExportCommand,
    name="export",
    help=N_(
        """Write a package for partners: all public items, or those that are chosen.

        QUERY and the options that choose narrow each other; --facet, --collection and --batch
        may be repeated, and then either will do. With --since, only what is new or changed, and
        deleted.csv says what is no longer to be had.

        With --partner, a partner's profile says what is made, and FORMAT is left out: fields,
        image sizes, rights, names and columns are its own. PATH must not exist yet; the package
        is written completely or not at all.

        \b
        Examples:
          hoaban export csv --out museum.csv
          hoaban export bagit --out amber.zip hổ phách
          hoaban export lido --out lido.zip
          hoaban export edm --out edm.xml khăn piêu
          hoaban export bagit --out whole-bag
          hoaban export bagit --out lender.zip --masters BT-001
          hoaban export oai_dc --out new.zip --since 2026-11-01
          hoaban export csv --out loan.csv --list loan.txt
          hoaban export qdc --out scarves --facet "ethnic group=Thái" --facet "material=lụa"
          hoaban export --partner wikimedia-commons --out commons.zip khăn piêu
          hoaban export --partner our-university.toml --out set.zip
        """
    ),
)
@click.argument("format_name", metavar="[FORMAT]", required=False)
@click.argument("query", metavar="[QUERY]", nargs=-1)
@spoken_option(
    "--partner",
    metavar="PROFILE",
    help=N_("Name or .toml file of the partner's profile, in place of FORMAT."),
)
@spoken_option(
    "--out", required=True, type=click.Path(path_type=Path), help=N_("The file or folder to write.")
)
@spoken_option(
    "--facet",
    "facets",
    multiple=True,
    metavar="FIELD=VALUE",
    help=N_("Only items with this value in this field."),
)
@spoken_option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help=N_("Only items of this collection."),
)
@spoken_option(
    "--batch",
    "batches",
    multiple=True,
    metavar="NAME",
    help=N_("Only items that this batch brought in or changed."),
)
@spoken_option(
    "--list",
    "list_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("Only items whose inventory numbers stand in a text file, one a line."),
)
@spoken_option(
    "--since",
    metavar="DATE",
    help=N_("Only what is new or changed since this day, and what is to be taken out."),
)
@spoken_option(
    "--all-access", is_flag=True, help=N_("Restricted and staff items too, and all masters.")
)
@spoken_option(
    "--masters", is_flag=True, help=N_("Masters also of items whose images [limits] restrict.")
)
@json_option
@archive_option
def export_command(
    format_name: str | None,
    query: tuple[str, ...],
    partner: str | None,
    out: Path,
    facets: tuple[str, ...],
    collections: tuple[str, ...],
    batches: tuple[str, ...],
    list_file: Path | None,
    since: str | None,
    all_access: bool,
    masters: bool,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.packages import export
    from pipeline.partners import export_to, find_partner
    from pipeline.selection import parse_since

    words = _query_words(format_name, query, partner)
    archive = open_chosen(archive_dir)
    selection = Selection(
        query=" ".join(words),
        facets=tuple(_facet(text) for text in facets),
        collections=collections,
        batches=batches,
        list_file=list_file,
        since=parse_since(since) if since else None,
    )
    write = (
        partial(export_to, archive, find_partner(archive, partner))
        if partner
        else partial(export, archive, format_name or "")
    )
    report = write(
        out,
        now=now,
        selection=selection,
        all_access=all_access,
        with_masters=masters,
    )
    if as_json:
        print_json(report.to_json())
    else:
        _print_export(report)
    exit_partial_if(report.is_partial)


def _query_words(
    format_name: str | None, query: tuple[str, ...], partner: str | None
) -> tuple[str, ...]:
    """Return the words of the query: with a partner, the first of them stands where FORMAT would.

    Raises:
        UsageError: There is neither a format nor a partner, or both.
    """
    names = ", ".join(sorted(FORMATS))
    if partner is not None:
        if format_name in FORMATS:
            raise click.UsageError(_("--partner says what is made; leave FORMAT out."))
        return (format_name, *query) if format_name else query
    if format_name is None:
        raise click.UsageError(_("Give a FORMAT ({names}), or --partner.").format(names=names))
    if format_name not in FORMATS:
        raise click.BadParameter(
            _("'{name}' is not one of: {names}.").format(name=format_name, names=names),
            param_hint="FORMAT",
        )
    return query


def _facet(text: str) -> tuple[str, str]:
    name, _equals, value = text.partition("=")
    return name.strip(), value.strip()


def _print_export(report: ExportReport) -> None:
    print_lines(finding_lines(report.findings))
    if not report.is_made:
        click.echo(_("Nothing is new or changed since then, so nothing was written."))
        return
    count = report.items
    click.echo(
        ngettext(
            "{count} item written to {path}.", "{count} items written to {path}.", count
        ).format(count=count, path=report.path)
    )
    if report.deleted:
        click.echo(
            ngettext(
                "{count} item is no longer to be had: see {name}.",
                "{count} items are no longer to be had: see {name}.",
                report.deleted,
            ).format(count=report.deleted, name=report.deletions)
        )
    if report.without_masters:
        click.echo(
            ngettext(
                "{count} item has its limited images instead of its masters; --masters adds them.",
                "{count} items have their limited images instead of masters; --masters adds them.",
                report.without_masters,
            ).format(count=report.without_masters)
        )
    if report.left_out:
        click.echo(
            ngettext(
                "{count} item was left out; the line above says why.",
                "{count} items were left out; the lines above say why.",
                report.left_out,
            ).format(count=report.left_out)
        )
