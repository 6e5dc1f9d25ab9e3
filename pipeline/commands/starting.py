"""Commands for the first day: demo, init, doctor."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.opening import create_archive
from archive.settings import Settings
from pipeline.reports import (
    ingest_lines,
)
from pipeline.spoken_help import spoken_option
from schemas.errors import (
    DependencyError,
)
from schemas.messages import (
    LANGUAGES,
    N_,
    _,
)

if TYPE_CHECKING:
    pass


from pipeline.commands.opening import now
from pipeline.commands.options import json_option
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
        """Make a sample archive in DIR from real objects, and build its site.

        Writes DIR/ with everything an archive has. Nothing is fetched from the network.

        \b
        Example:
          hoaban demo my-museum
        """
    ),
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def demo(directory: Path) -> None:
    from pipeline.demo import SAMPLE, demo_settings, write_demo_stories
    from pipeline.ingest import ingest as run_ingest
    from pipeline.publish import publish

    started = time.monotonic()
    archive = create_archive(directory, demo_settings())
    write_demo_stories(archive.layout)
    with progress_shown() as tell:
        ingested = run_ingest(
            archive,
            SAMPLE,
            now=now,
            catalogue_path=SAMPLE / "catalogue.xlsx",
            on_progress=tell,
        )
        published = publish(archive, now=now, on_progress=tell)
    print_lines(ingest_lines(ingested))
    print_site(archive, published.site)
    click.echo(_("Done in {seconds} s.").format(seconds=round(time.monotonic() - started, 1)))
    click.echo()
    click.echo(_("Open the site with a double-click on:"))
    click.echo(f"  {archive.layout.site / 'index.html'}")
    click.echo(_("Or type next:"))
    click.echo(f"  cd {directory}")
    click.echo('  hoaban search "hổ phách"')
    click.echo("  hoaban serve")
    click.echo("  hoaban audit")
    exit_partial_if(ingested.is_partial or published.is_partial)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Make a new, empty archive in DIR.

        Writes hoaban.toml (the settings), profile.csv (the fields) and store/ (the archive
        proper). Open hoaban.toml in a text editor to change names and languages.

        \b
        Examples:
          hoaban init my-museum
          hoaban init my-museum --title "Bảo tàng tỉnh Điện Biên" --base-url https://ditich.example.vn
        """
    ),
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@spoken_option("--title", help=N_("Name of the archive, in its main language."))
@spoken_option("--publisher", default="", help=N_("Name of the museum."))
@spoken_option(
    "--languages",
    default="vi,en",
    show_default=True,
    help=N_("Editions of the site, the main language first."),
)
@spoken_option("--base-url", help=N_("Where the site will be published."))
def init(
    directory: Path, title: str | None, publisher: str, languages: str, base_url: str | None
) -> None:
    editions = tuple(code.strip() for code in languages.split(",") if code.strip())
    unknown = [code for code in editions if code not in LANGUAGES]
    if unknown or not editions:
        raise click.BadParameter(
            _("languages must name some of: {codes}.").format(codes=", ".join(LANGUAGES)),
            param_hint="--languages",
        )
    plain = Settings()
    settings = Settings(
        title={editions[0]: title} if title else dict(plain.title),
        publisher=publisher,
        languages=editions,
        base_url=(base_url or plain.base_url).rstrip("/"),
    )
    archive = create_archive(directory, settings)
    click.echo(_("A new archive stands in {path}.").format(path=archive.layout.root))
    click.echo(_("Next: hoaban check SOURCE, then hoaban ingest SOURCE"))


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Say which versions and libraries are here, and what is missing.

        \b
        Examples:
          hoaban doctor
          hoaban doctor --json
        """
    ),
)
@json_option
def doctor(as_json: bool) -> None:
    from pipeline.doctor import diagnose

    diagnosis = diagnose(Path.cwd())
    if as_json:
        print_json(diagnosis.to_json())
    else:
        print_lines(diagnosis.lines())
    if not diagnosis.is_healthy:
        sys.exit(DependencyError.exit_code)
