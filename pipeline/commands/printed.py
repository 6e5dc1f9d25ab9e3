"""Commands that print: labels."""

from __future__ import annotations

import re
from pathlib import Path

import click

from archive.labels import FORMS
from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.messages import LANGUAGES, N_, _, ngettext

_SIZE = re.compile(r"([0-9]{1,3})\s*[x×]\s*([0-9]{1,3})")


def _size(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, int] | None:
    """Return width and height in millimetres."""
    if not text:
        return None
    found = _SIZE.fullmatch(text.strip().lower())
    width_mm, height_mm = (int(part) for part in found.groups()) if found else (0, 0)
    if not (30 <= width_mm <= 190 and 20 <= height_mm <= 270):
        raise click.BadParameter(
            _("'{text}' is no size of a label: write width x height in mm, as 90x55.").format(
                text=text
            )
        )
    return width_mm, height_mm


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Write labels, accession cards or register pages, ready to be printed.

        Takes all public items, or those that QUERY finds. FILE is one page (.html) that any
        browser prints on A4 paper or saves as PDF. Which fields stand in a form is said in the
        table [labels] of hoaban.toml. Labels and cards have a QR code that leads to the item's
        page, once base_url is set.

        \b
        Examples:
          hoaban labels --out labels.html khăn piêu
          hoaban labels --out small.html --size 70x40 --language vi
          hoaban labels --form card --out cards.html --all-access
          hoaban labels --form register --out register.html
        """
    ),
)
@click.argument("query", metavar="[QUERY]", nargs=-1)
@spoken_option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The page to write (.html)."),
)
@spoken_option(
    "--form",
    "form_name",
    default="label",
    show_default=True,
    type=click.Choice(tuple(FORMS)),
    help=N_("Labels for the vitrine, accession cards, or the register of objects."),
)
@spoken_option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help=N_("Language of the form, the main one first; by default all of the archive's."),
)
@spoken_option(
    "--size",
    "label_mm",
    default="",
    metavar="WIDTHxHEIGHT",
    callback=_size,
    help=N_("Size of a label in millimetres, as 90x55. The setting, if not given."),
)
@spoken_option(
    "--all-access",
    is_flag=True,
    help=N_("Restricted and staff items too, and fields that the public is not shown."),
)
@archive_option
def labels(
    query: tuple[str, ...],
    out: Path,
    form_name: str,
    languages: tuple[str, ...],
    label_mm: tuple[int, int] | None,
    all_access: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.printing import print_items

    form = FORMS[form_name]
    report = print_items(
        open_chosen(archive_dir),
        form,
        out,
        now=now,
        query=" ".join(query),
        languages=languages,
        label_mm=label_mm,
        all_access=all_access,
    )
    click.echo(
        ngettext(
            "{count} item written to {path}.", "{count} items written to {path}.", report.items
        ).format(count=report.items, path=out)
    )
    if form.has_code and not report.has_codes:
        click.echo(_("No QR codes: set base_url in hoaban.toml to the address the site will have."))
