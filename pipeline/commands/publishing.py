"""Commands that give out: build, copy, serve."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from pipeline.reports import (
    finding_lines,
)
from pipeline.spoken_help import spoken_option
from schemas.errors import HoabanError
from schemas.messages import (
    N_,
    _,
)

if TYPE_CHECKING:
    from archive.site.report import SiteReport
    from pipeline.publish_report import PublishReport


from pipeline.commands.opening import now, open_chosen
from pipeline.commands.options import archive_option, json_option
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
        """Build the public site in site/ from what is in the archive.

        Only public items reach it. The new site takes the old one's place as a whole.

        With --edition usb, a copy for a USB stick is made in editions/usb/ instead: its zoomable
        images are halved until it fits. Bring it to the stick with hoaban copy.

        \b
        Examples:
          hoaban build
          hoaban build --edition usb --size 8000
        """
    ),
)
@spoken_option("--edition", type=click.Choice(("usb",)), help=N_("Make this edition instead."))
@spoken_option(
    "--files",
    type=click.IntRange(1),
    help=N_("Most files of the edition. The setting file_budget, if not given."),
)
@spoken_option(
    "--size",
    type=click.IntRange(1),
    metavar="MB",
    help=N_("Most megabytes on the stick. The setting size_budget_mb, if not given."),
)
@json_option
@archive_option
def build(
    edition: str | None,
    files: int | None,
    size: int | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from archive.site.edition import Edition
    from pipeline.publish import publish

    if edition is None and (files or size):
        raise click.UsageError(_("--files and --size need --edition."))
    archive = open_chosen(archive_dir)
    settings = archive.settings
    wanted = Edition(
        edition or "",
        most_files=files or settings.file_budget,
        most_bytes=(size or settings.size_budget_mb) * 1_000_000,
    )
    with progress_shown() as tell:
        report = publish(archive, now=now, on_progress=tell, edition=wanted if edition else None)
    if as_json:
        print_json(
            {
                "items": report.site.items,
                "pages": report.site.pages,
                "unchanged": report.site.is_as_before,
                "path": str(report.site.path),
                "files": report.site.files,
                "bytes": report.site.bytes,
                "halvings": report.site.halvings,
                "warnings": report.site.warnings,
                "findings": [finding.to_json() for finding in report.findings],
            }
        )
    else:
        print_lines(finding_lines(report.findings))
        print_lines(report.site.warnings)
        if report.site.is_as_before:
            click.echo(_("Nothing has changed: the site is as it should be."))
        print_site(archive, report.site)
        if edition:
            _print_edition(report.site)
        click.echo(
            _("Open it with a double-click: {path}").format(path=report.site.path / "index.html")
        )
    exit_partial_if(report.is_partial)


def _print_edition(site: SiteReport) -> None:
    click.echo(
        _("On the stick it takes {megabytes} MB in {files} files.").format(
            megabytes=-(-site.disk_bytes // 1_000_000), files=site.files
        )
    )
    if site.halvings:
        click.echo(
            _(
                "To fit, images zoom to {percent} % of the scan's width, or to the access image."
            ).format(percent=round(100 / 2**site.halvings, 1))
        )


@click.command(
    cls=SpokenCommand,
    name="copy",
    help=N_(
        """Copy an edition to a stick or another disk, and verify every file there.

        DEST is the folder it becomes. Stopped in the middle, or with the stick pulled out, the
        same command goes on. Files of an earlier copy that the edition no longer has are removed;
        anything else in DEST is left alone.

        \b
        Examples:
          hoaban copy E:/bao-tang
          hoaban copy --from site-folder /media/usb/bao-tang
        """
    ),
)
@click.argument("dest", type=click.Path(path_type=Path))
@spoken_option(
    "--from",
    "source",
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("The edition's folder; by default editions/usb of the archive."),
)
@json_option
@archive_option
def copy(dest: Path, source: Path | None, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.copy_edition import copy_edition

    with progress_shown() as tell:
        report = copy_edition(
            source or open_chosen(archive_dir).layout.editions / "usb", dest, on_progress=tell
        )
    if as_json:
        print_json(report.to_json())
        return
    click.echo(
        _("{copied} files copied, {kept} were there already, {removed} removed.").format(
            copied=report.copied, kept=report.kept, removed=report.removed
        )
    )
    click.echo(
        _("All {files} files were read back from {path}, and are as they should be.").format(
            files=report.verified, path=dest
        )
    )


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Show the site in a browser on this computer.

        Only this computer can reach it, unless --host says otherwise. Ctrl-C stops it. Programs
        may ask /api/search, /api/suggest and /api/items/ID: see docs/api.md. Harvesters are
        answered at /oai (OAI-PMH 2.0) once base_url and admin_email are set.

        With --live, the site is built again whenever hoaban.toml, the profile, a vocabulary, or a
        file in stories/ or theme/ is saved, and open pages show the new one by themselves.

        \b
        Examples:
          hoaban serve
          hoaban serve --live
          hoaban serve --host 0.0.0.0 --port 8080
        """
    ),
)
@spoken_option("--host", default="127.0.0.1", show_default=True, help=N_("Address to listen on."))
@spoken_option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=N_("Port to listen on."),
)
@spoken_option("--live", is_flag=True, help=N_("Build again when texts are saved."))
@archive_option
def serve(host: str, port: int, live: bool, archive_dir: Path | None) -> None:
    from archive.live_pages import LivePages
    from archive.serve import check_site
    from archive.serve import serve as serve_site
    from pipeline.api import Api
    from pipeline.followed import FollowedArchive
    from pipeline.live import LiveSite
    from pipeline.oai_route import oai_routes
    from pipeline.public_index import PublicIndex

    archive = open_chosen(archive_dir)
    check_site(archive.layout.site)
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="hoaban-"))
        followed = FollowedArchive(archive)
        index = stack.enter_context(closing(PublicIndex(followed, Path(folder) / "index", now)))
        routes = [*Api(followed, index).routes(), *oai_routes(followed, now)]
        pages = None
        if live:
            site = LiveSite(archive.layout, now, _tell_build)
            stack.enter_context(site.watching())
            pages = LivePages(site.state)
        _tell_address(host, port)
        serve_site(archive.layout.site, host, port, routes, pages)


def _tell_build(made: PublishReport | HoabanError) -> None:
    if isinstance(made, HoabanError):
        click.echo(_("Error: {message}").format(message=made), err=True)
        return
    click.echo(_("The site was built again."), err=True)
    for line in (*finding_lines(made.findings), *made.site.warnings):
        click.echo(line, err=True)


def _tell_address(host: str, port: int) -> None:
    click.echo(
        _("The site is at http://{host}:{port}/ (Ctrl-C stops it).").format(host=host, port=port),
        err=True,
    )
