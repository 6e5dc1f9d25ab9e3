"""The ``hoaban`` command. Floor 4: parses, calls, prints.

The only place that prints, exits or catches everything. Results go to stdout; progress, log
and errors go to stderr; the exit codes are those of ``schemas.errors``.

A command imports its work when it runs: all of it together takes most of a second, and each
worker process imports this module too.
"""

from __future__ import annotations

import gettext
import json
import locale
import logging
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from archive.config import ENGINES, Settings, with_choices
from archive.export import FORMATS
from archive.layout import find_archive
from archive.opening import Archive, create_archive, open_archive
from pipeline.progress import OnProgress, Progress
from pipeline.progress_line import ProgressLine
from pipeline.reports import (
    delivery_size,
    finding_lines,
    finding_summary,
    ingest_lines,
    plan_lines,
    remake_lines,
    site_line,
    watch_lines,
)
from pipeline.spoken_help import SpokenGroup, SpokenOption, spoken_option
from schemas.errors import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_PARTIAL,
    DependencyError,
    FixityError,
    HoabanError,
    StoreWriteError,
)
from schemas.findings import has_errors
from schemas.messages import (
    DOMAIN,
    LANGUAGES,
    LOCALE_DIR,
    N_,
    _,
    choose_language,
    current_language,
    ngettext,
    set_language,
)
from schemas.profile import parse_profile, shipped_profile_text
from schemas.software import hoaban_version

if TYPE_CHECKING:
    from archive.site.build import SiteReport
    from pipeline.choosing import Only

_LINE_WIDTH = 78

log = logging.getLogger("hoaban")

_archive_option = spoken_option(
    "--archive",
    "archive_dir",
    type=click.Path(path_type=Path),
    envvar="HOABAN_ARCHIVE",
    help=N_("The archive's folder; by default the one you are in."),
)
_json_option = spoken_option("--json", "as_json", is_flag=True, help=N_("Print JSON, for scripts."))
_yes_option = spoken_option("--yes", "-y", is_flag=True, help=N_("Accept what would be asked."))
_catalogue_option = spoken_option(
    "--catalogue",
    type=click.Path(path_type=Path),
    help=N_("The catalogue (.xlsx or .csv), when it is not found in SOURCE by itself."),
)

_jobs_option = spoken_option(
    "--jobs",
    "-j",
    type=click.IntRange(0, 1024),
    help=N_("Worker processes; 0 means one a core. The setting jobs, if not given."),
)
_only_option = spoken_option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help=N_("Only items with this inventory number or id; * and ? fit anything. May be repeated."),
)
_engine_option = spoken_option(
    "--engine",
    type=click.Choice(ENGINES),
    help=N_("Who does the work: this computer, or dask workers. The setting engine, if not given."),
)
_scheduler_option = spoken_option(
    "--scheduler",
    metavar="ADDRESS",
    help=N_("Address of the dask scheduler, as tls://192.168.1.10:8786."),
)

# ------------------------------------------------------------------------------------ commands


@click.group(
    cls=SpokenGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_("Hoa Ban: from scans and a spreadsheet to a preserved, searchable, zoomable archive."),
)
@spoken_option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=N_("Language of messages; else HOABAN_LANG, else the computer's own."),
)
@spoken_option("--verbose", "-v", is_flag=True, help=N_("Tell more about what is being done."))
@click.version_option(
    hoaban_version(), prog_name="hoaban", cls=SpokenOption, help=N_("Show the version and exit.")
)
def hoaban(verbose: bool) -> None:
    """Set up what all commands share."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
    )


@hoaban.command(
    help=N_(
        """Make a sample archive in DIR from real objects, and build its site.

        Writes DIR/ with everything an archive has. Nothing is fetched from the network.

        \b
        Example:
          hoaban demo my-museum
        """
    )
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
def demo(directory: Path) -> None:
    from pipeline.demo import SAMPLE, demo_settings
    from pipeline.ingest import ingest as run_ingest
    from pipeline.publish import publish

    started = time.monotonic()
    archive = create_archive(directory, demo_settings())
    with _progress() as tell:
        ingested = run_ingest(
            archive,
            SAMPLE,
            now=_now,
            catalogue_path=SAMPLE / "catalogue.xlsx",
            on_progress=tell,
        )
        published = publish(archive, now=_now, on_progress=tell)
    _print_lines(ingest_lines(ingested))
    _print_site(archive, published.site)
    click.echo(_("Done in {seconds} s.").format(seconds=round(time.monotonic() - started, 1)))
    click.echo()
    click.echo(_("Open the site with a double-click on:"))
    click.echo(f"  {archive.layout.site / 'index.html'}")
    click.echo(_("Or type next:"))
    click.echo(f"  cd {directory}")
    click.echo('  hoaban search "hổ phách"')
    click.echo("  hoaban serve")
    click.echo("  hoaban audit")
    _exit_partial_if(ingested.is_partial or published.is_partial)


@hoaban.command(
    help=N_(
        """Make a new, empty archive in DIR.

        Writes hoaban.toml (the settings), profile.csv (the fields) and store/ (the archive
        proper). Open hoaban.toml in a text editor to change names and languages.

        \b
        Examples:
          hoaban init my-museum
          hoaban init my-museum --title "Bảo tàng tỉnh Điện Biên" --base-url https://ditich.example.vn
        """
    )
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


@hoaban.command(
    help=N_(
        """Say everything that is wrong with the scans and the catalogue in SOURCE.

        Writes nothing. Reads every row and every scan in one pass. Ends with 10 when an
        ingest would set something aside, and with 0 when it would not.

        \b
        Examples:
          hoaban check D:/scans/2026-11
          hoaban check scans --catalogue "Sổ hiện vật.xlsx"
          hoaban check --json scans
        """
    )
)
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@_catalogue_option
@_json_option
@_archive_option
def check(source: Path, catalogue: Path | None, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.check import check as run_check

    settings, profile = Settings(), parse_profile(shipped_profile_text("museum"))
    if archive_dir is not None or _is_in_archive():
        archive = _open(archive_dir)
        settings, profile = archive.settings, archive.profile
    with _progress() as tell:
        report = run_check(
            source,
            settings=settings,
            profile=profile,
            catalogue_path=catalogue,
            on_progress=tell,
        )
    if as_json:
        _print_json(
            {
                "catalogue": str(report.catalogue),
                "items": report.items,
                "scans": report.scans,
                "findings": [finding.to_json() for finding in report.findings],
            }
        )
    else:
        _print_lines(finding_lines(report.findings))
        click.echo(delivery_size(report.items, report.scans))
        click.echo(finding_summary(report.findings))
    _exit_partial_if(report.has_errors)


@hoaban.command(
    help=N_(
        """Bring the scans and the catalogue in SOURCE into the archive.

        SOURCE is a folder with scans, at any depth, and one catalogue (.xlsx or .csv). Writes
        to store/, derivatives/ and index/; items with errors go to quarantine/ and the others
        go in. The files in SOURCE are never changed. Running it again takes in only what is
        new or changed, also after an interruption. With --dry-run nothing is written.

        \b
        Examples:
          hoaban ingest D:/scans/2026-11
          hoaban ingest scans --catalogue "Sổ hiện vật.xlsx"
          hoaban ingest scans --dry-run
          hoaban ingest scans --only "BT-00*" --jobs 1
          hoaban ingest scans --scheduler tls://192.168.1.10:8786
        """
    )
)
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@_catalogue_option
@_only_option
@spoken_option("--dry-run", is_flag=True, help=N_("Only say what would be done."))
@_jobs_option
@_engine_option
@_scheduler_option
@spoken_option(
    "--reread", is_flag=True, help=N_("Read every scan again, also those that look untouched.")
)
@_yes_option
@_json_option
@_archive_option
def ingest(
    source: Path,
    catalogue: Path | None,
    only: tuple[str, ...],
    dry_run: bool,
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    reread: bool,
    yes: bool,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.choosing import Only
    from pipeline.ingest import ingest as run_ingest

    archive = _open(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    chosen = Only(only)
    if dry_run:
        _print_plan(archive, source, catalogue, chosen, reread=reread, as_json=as_json)
        return
    with _progress() as tell:
        report = run_ingest(
            archive,
            source,
            now=_now,
            catalogue_path=catalogue,
            reread=reread,
            choose=lambda planned: chosen(planned.record),
            on_progress=tell,
        )
    chosen.check_found()
    if as_json:
        _print_json(report.to_json())
    else:
        _print_lines(ingest_lines(report))
        if report.added or report.updated:
            click.echo(_("Next: hoaban build"))
    _exit_partial_if(report.is_partial)


def _print_plan(
    archive: Archive,
    source: Path,
    catalogue: Path | None,
    chosen: Only,
    *,
    reread: bool,
    as_json: bool,
) -> None:
    from pipeline.plan import plan

    with _progress() as tell:
        planned = plan(
            archive,
            source,
            catalogue_path=catalogue,
            choose=chosen,
            now=_now,
            reread=reread,
            on_progress=tell,
        )
    chosen.check_found()
    if as_json:
        _print_json(planned.to_json())
    else:
        _print_lines(plan_lines(planned))
    _exit_partial_if(planned.is_partial)


@hoaban.command(
    help=N_(
        """Take scans from the hot folder DIR as soon as they are finished.

        DIR holds the scans and one catalogue, as for ingest. Looks at it every few seconds until
        Ctrl-C; an item is taken when its row is in the catalogue and none of its scans changes
        any more. Nothing is taken twice, and what is wrong is said once. Writes what ingest
        writes. With --once it ends after one round, for schedulers.

        \b
        Examples:
          hoaban watch D:/scanner
          hoaban watch D:/scanner --every 30
          hoaban watch D:/scanner --once
        """
    )
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_catalogue_option
@spoken_option(
    "--every",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 86400),
    help=N_("Seconds between two looks; a file that is equal in both is finished."),
)
@spoken_option("--once", is_flag=True, help=N_("End after two looks and one round."))
@_jobs_option
@_archive_option
def watch(
    folder: Path,
    catalogue: Path | None,
    every: float,
    once: bool,
    jobs: int | None,
    archive_dir: Path | None,
) -> None:
    from pipeline.watch import WatchPlan
    from pipeline.watch import watch as run_watch

    archive = _open(archive_dir, jobs=jobs)
    if not once:
        click.echo(_("Watching {path} (Ctrl-C stops it).").format(path=folder), err=True)
    is_partial = False
    plan = WatchPlan(folder, every, is_once=once, catalogue_path=catalogue)
    with _progress() as tell:
        for round_ in run_watch(archive, plan, now=_now, sleep=time.sleep, on_progress=tell):
            if round_.report is not None:
                _print_lines(watch_lines(round_.report))
                is_partial = is_partial or round_.report.is_partial
            if round_.trouble is not None:
                if once:
                    raise round_.trouble
                click.echo(_("Waiting: {message}").format(message=round_.trouble), err=True)
    _exit_partial_if(is_partial)


@hoaban.command(
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
    )
)
@spoken_option("--again", is_flag=True, help=N_("Also where the settings have changed since."))
@_only_option
@_jobs_option
@_engine_option
@_scheduler_option
@_json_option
@_archive_option
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

    archive = _open(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    chosen = Only(only)
    with _progress() as tell:
        report = remake(archive, now=_now, again=again, choose=chosen, on_progress=tell)
    chosen.check_found()
    if as_json:
        _print_json(report.to_json())
    else:
        _print_lines(remake_lines(report))
        if report.made:
            click.echo(_("Next: hoaban build"))
    _exit_partial_if(report.is_partial)


@hoaban.command(
    help=N_(
        """Say what is in the archive and what was done last.

        \b
        Examples:
          hoaban status
          hoaban status --json
        """
    )
)
@_json_option
@_archive_option
def status(as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.status import status as read_status

    report = read_status(_open(archive_dir))
    if as_json:
        _print_json(report.to_json())
        return
    for label, value in report.lines():
        click.echo(f"{label}: {value}")


@hoaban.command(
    help=N_(
        """Find items by words, with or without Vietnamese marks.

        Records that have the word exactly as typed come first.

        \b
        Examples:
          hoaban search trống đồng
          hoaban search trong dong
          hoaban search --json "77.AO"
        """
    )
)
@click.argument("query", metavar="QUERY", nargs=-1, required=True)
@spoken_option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(1, 1000),
    help=N_("How many results to show."),
)
@_json_option
@_archive_option
def search(query: tuple[str, ...], limit: int, as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.find import find

    archive = _open(archive_dir)
    found = find(archive, " ".join(query), limit=limit, lang=current_language())
    if as_json:
        _print_json(found.to_json())
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


@hoaban.command(
    help=N_(
        """Build the public site in site/ from what is in the archive.

        Only public items reach it. The new site takes the old one's place as a whole.

        \b
        Example:
          hoaban build
        """
    )
)
@_json_option
@_archive_option
def build(as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.publish import publish

    archive = _open(archive_dir)
    with _progress() as tell:
        report = publish(archive, now=_now, on_progress=tell)
    if as_json:
        _print_json(
            {
                "items": report.site.items,
                "pages": report.site.pages,
                "path": str(archive.layout.site),
                "warnings": report.site.warnings,
                "findings": [finding.to_json() for finding in report.findings],
            }
        )
    else:
        _print_lines(finding_lines(report.findings))
        _print_lines(report.site.warnings)
        _print_site(archive, report.site)
        click.echo(
            _("Open it with a double-click: {path}").format(path=archive.layout.site / "index.html")
        )
    _exit_partial_if(report.is_partial)


@hoaban.command(
    help=N_(
        """Show the site in a browser on this computer.

        Only this computer can reach it, unless --host says otherwise. Ctrl-C stops it.

        \b
        Examples:
          hoaban serve
          hoaban serve --host 0.0.0.0 --port 8080
        """
    )
)
@spoken_option("--host", default="127.0.0.1", show_default=True, help=N_("Address to listen on."))
@spoken_option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=N_("Port to listen on."),
)
@_archive_option
def serve(host: str, port: int, archive_dir: Path | None) -> None:
    from archive.serve import serve as serve_site

    archive = _open(archive_dir)
    click.echo(
        _("The site is at http://{host}:{port}/ (Ctrl-C stops it).").format(host=host, port=port),
        err=True,
    )
    serve_site(archive.layout.site, host, port)


@hoaban.command(
    name="export",
    help=N_(
        """Write a package for partners: all public items, or those that QUERY finds.

        PATH must not exist yet; the package is written completely or not at all.

        \b
        Examples:
          hoaban export csv --out museum.csv
          hoaban export bagit --out amber.zip hổ phách
          hoaban export bagit --out whole-bag
        """
    ),
)
@click.argument("format_name", metavar="FORMAT", type=click.Choice(sorted(FORMATS)))
@click.argument("query", metavar="[QUERY]", nargs=-1)
@spoken_option(
    "--out", required=True, type=click.Path(path_type=Path), help=N_("The file or folder to write.")
)
@spoken_option("--all-access", is_flag=True, help=N_("Restricted and staff items too."))
@_archive_option
def export_command(
    format_name: str, query: tuple[str, ...], out: Path, all_access: bool, archive_dir: Path | None
) -> None:
    from pipeline.packages import export as write_package

    archive = _open(archive_dir)
    report = write_package(
        archive, format_name, out, now=_now, query=" ".join(query), all_access=all_access
    )
    count = report.items
    click.echo(
        ngettext(
            "{count} item written to {path}.", "{count} items written to {path}.", count
        ).format(count=count, path=out)
    )


@hoaban.command(
    help=N_(
        """Read every byte of the store and compare it with what was recorded.

        Ends with 0 only if every byte is as recorded, and with 6 if any is not.

        \b
        Examples:
          hoaban audit
          hoaban audit --json
        """
    )
)
@_json_option
@_archive_option
def audit(as_json: bool, archive_dir: Path | None) -> None:
    from pipeline.audit import audit as run_audit
    from pipeline.audit import problem_sentence

    archive = _open(archive_dir)
    with _progress() as tell:
        report = run_audit(archive, on_progress=tell)
    if as_json:
        _print_json(report.to_json())
    else:
        _print_lines(problem_sentence(problem) for problem in report.problems)
        click.echo(report.summary())
        if not report.knows_all:
            click.echo(
                _("catalogue.db is missing, so a removed item cannot be missed: hoaban rebuild"),
                err=True,
            )
    if report.problems:
        sys.exit(FixityError.exit_code)


@hoaban.command(
    help=N_(
        """Make catalogue.db, images, index and site again from store/.

        Needs only store/, hoaban.toml and profile.csv; use it when anything else is lost.
        Stopped in the middle, it goes on when it is run again.

        \b
        Examples:
          hoaban rebuild
          hoaban rebuild --keep-images
        """
    )
)
@spoken_option("--keep-images", is_flag=True, help=N_("Make only images that are missing."))
@_jobs_option
@_engine_option
@_scheduler_option
@_archive_option
def rebuild(
    keep_images: bool,
    jobs: int | None,
    engine: str | None,
    scheduler: str | None,
    archive_dir: Path | None,
) -> None:
    from pipeline.rebuild import rebuild as run_rebuild

    archive = _open(archive_dir, jobs=jobs, engine=engine, scheduler=scheduler)
    with _progress() as tell:
        report = run_rebuild(archive, now=_now, keep_derivatives=keep_images, on_progress=tell)
    _print_lines(finding_lines(report.findings))
    click.echo(
        ngettext(
            "Made again from the store: {count} item.",
            "Made again from the store: {count} items.",
            report.items,
        ).format(count=report.items)
    )
    _print_site(archive, report.site)
    _exit_partial_if(has_errors(report.findings))


@hoaban.command(
    help=N_(
        """Say which versions and libraries are here, and what is missing.

        \b
        Examples:
          hoaban doctor
          hoaban doctor --json
        """
    )
)
@_json_option
def doctor(as_json: bool) -> None:
    from pipeline.doctor import diagnose

    diagnosis = diagnose(Path.cwd())
    if as_json:
        _print_json(diagnosis.to_json())
    else:
        _print_lines(diagnosis.lines())
    if not diagnosis.is_healthy:
        sys.exit(DependencyError.exit_code)


# ------------------------------------------------------------------------------------- printing


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_site(archive: Archive, report: SiteReport) -> None:
    click.echo(site_line(report))
    if not archive.settings.has_public_url:
        click.echo(
            _("Before publishing, set base_url in hoaban.toml to the site's address."), err=True
        )


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


class _progress:  # noqa: N801  (used as a block, like a function)
    """A line on stderr that follows long work; log lines (--verbose) where that is no terminal."""

    _EVERY_S = 0.1
    _LOG_EVERY_S = 5.0

    def __enter__(self) -> OnProgress:
        self._is_shown = sys.stderr.isatty()
        self._line = ProgressLine(time.monotonic)
        self._width = 0
        self._last_at = 0.0
        return self._tell

    def __exit__(self, *exception: object) -> None:
        if self._is_shown:
            self._write("")

    def _tell(self, progress: Progress) -> None:
        now = time.monotonic()
        every_s = self._EVERY_S if self._is_shown else self._LOG_EVERY_S
        text = self._line.text(progress)
        if now - self._last_at < every_s and progress.done != progress.total:
            return
        self._last_at = now
        if self._is_shown:
            self._write(text[:_LINE_WIDTH])
        else:
            log.info(text)

    def _write(self, line: str) -> None:
        click.echo("\r" + line.ljust(self._width), nl=False, err=True)
        if not line:
            click.echo("\r", nl=False, err=True)
        self._width = len(line)


# --------------------------------------------------------------------------------------- edges


def _now() -> datetime:
    return datetime.now(UTC)


def _open(
    archive_dir: Path | None,
    *,
    jobs: int | None = None,
    engine: str | None = None,
    scheduler: str | None = None,
) -> Archive:
    archive = open_archive(archive_dir or Path.cwd())
    settings = with_choices(archive.settings, jobs=jobs, engine=engine, scheduler=scheduler)
    return replace(archive, settings=settings)


def _is_in_archive() -> bool:
    try:
        find_archive(Path.cwd())
    except HoabanError:
        return False
    return True


def _exit_partial_if(is_partial: bool) -> None:
    if is_partial:
        sys.exit(EXIT_PARTIAL)


def _wished_language(arguments: list[str]) -> str | None:
    """Return the value of ``--lang`` before anything is parsed, so that help speaks it too."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _speak(arguments: list[str]) -> None:
    lang = choose_language(
        _wished_language(arguments),
        os.environ.get("HOABAN_LANG"),
        locale.getlocale()[0],
        os.environ.get("LANG"),
    )
    set_language(lang)
    # Click takes its own sentences ("Usage:") from the default domain of gettext.
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)


def _use_utf8() -> None:
    """Make both streams write UTF-8: Vietnamese does not fit the usual Windows code pages."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _use_utf8()
    _speak(arguments)
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    try:
        code = hoaban.main(args=arguments, prog_name="hoaban", standalone_mode=False)
        return code if isinstance(code, int) else EXIT_OK
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except HoabanError as error:
        click.echo(_("Error: {message}").format(message=error), err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        click.echo(_("The output cannot be written: {reason}.").format(reason=error), err=True)
        return StoreWriteError.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("Stopped. Run the same command again to go on."), err=True)
        return EXIT_INTERRUPTED
    except Exception:
        log.exception(_("This is a defect of Hoa Ban. Please report it with the lines below."))
        return EXIT_INTERNAL


if __name__ == "__main__":
    main()
