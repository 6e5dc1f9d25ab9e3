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
    from archive.opening import Archive
    from pipeline.find import FoundItems
    from search.facets import Filters

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

        Records that have the words exactly as typed come first. "Words in quotes" stand side by
        side, -word leaves out, OR means one or the other, field:word looks in one field, word*
        is a beginning, 1945..1954 and thế kỷ XIX are dates: see docs/search.md. Put -- before a
        query that begins with a minus.

        --filter narrows down by a facet, called by any of its names: of one facet any of the
        values is enough, of several facets all are needed. With filters QUERY may be left out.

        \b
        Examples:
          hoaban search trống đồng
          hoaban search trong dong
          hoaban search 'dân tộc:Thái "khăn piêu" -lụa'
          hoaban search --sort date 1945..1954
          hoaban search --facets --json "77.AO.*"
          hoaban search --filter material=gỗ --filter material=tre --filter ethnic=Mèo
          hoaban search trống --filter 'thời kỳ=thế kỷ XIX' --facets
        """
    ),
)
@click.argument("query", metavar="[QUERY]", nargs=-1)
@spoken_option(
    "--filter",
    "filters",
    metavar="FIELD=VALUE",
    multiple=True,
    help=N_("Only items with this value of a facet; may be given again."),
)
@spoken_option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1000),
    help=N_("How many results to show."),
)
@spoken_option(
    "--sort",
    "order",
    default="relevance",
    show_default=True,
    type=click.Choice(["relevance", "date", "number", "newest"]),
    help=N_("What comes first: what fits best, the oldest, the lowest number, the newest here."),
)
@spoken_option(
    "--facets", "with_facets", is_flag=True, help=N_("Also count what the items found have.")
)
@json_option
@archive_option
def search(
    query: tuple[str, ...],
    filters: tuple[str, ...],
    limit: int,
    order: str,
    with_facets: bool,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.find import find
    from search.answer import Order

    if not query and not filters:
        raise click.MissingParameter(param_hint="QUERY", param_type="argument")
    archive = open_chosen(archive_dir)
    found = find(
        archive,
        " ".join(query),
        limit=limit,
        lang=current_language(),
        now=now,
        order=Order(order),
        filters=_filters(archive, filters),
        with_facets=with_facets,
    )
    if as_json:
        print_json(found.to_json())
    else:
        _print_found(found)


def _print_found(found: FoundItems) -> None:
    if found.corrected:
        click.echo(
            _("Nothing has all of these words. Found instead: {words}").format(
                words=found.corrected
            )
        )
    for hit in found.hits:
        title = "".join(
            click.style(text, bold=True) if is_found else text for text, is_found in hit.pieces
        )
        click.echo(f"{hit.identifier}  {title}")
        where = hit.url or _("not public: {access}").format(access=_access(hit.access))
        click.echo(f"    {where}")
    for facet in found.facets or ():
        click.echo(f"{facet.label}:")
        for value in facet.values:
            click.echo(f"  {value.count:>6}  {value.label}")
    click.echo(
        ngettext("{count} item found.", "{count} items found.", found.total).format(
            count=found.total
        )
    )


def _filters(archive: Archive, texts: tuple[str, ...]) -> Filters:
    """Return the filters that were written as FIELD=VALUE."""
    from pipeline.facet_names import FacetNames, split_filter

    names = FacetNames(archive.profile, archive.tables, with_hidden=True)
    pairs = []
    for text in texts:
        pair = split_filter(text)
        if pair is None:
            raise click.BadParameter(
                _("{text!r} is not FIELD=VALUE, as in material=gỗ.").format(text=text),
                param_hint="--filter",
            )
        facet = names.get(pair[0])
        if facet is None:
            known = ", ".join(entry.name for entry in names.facets)
            raise click.BadParameter(
                _("There is no facet {name!r}. There are: {known}").format(
                    name=pair[0], known=known
                ),
                param_hint="--filter",
            )
        pairs.append((facet, pair[1]))
    return names.filters(pairs)


def _access(text: str) -> str:
    """Return in the reader's language what :func:`schemas.access.access_text` gave."""
    from schemas.access import access_words, parse_access_terms
    from schemas.records import Access

    terms = parse_access_terms(text)
    if terms is None:
        return text
    until = terms.embargo_until.isoformat() if terms.embargo_until else ""
    return access_words(terms.access or Access.PUBLIC, until)
