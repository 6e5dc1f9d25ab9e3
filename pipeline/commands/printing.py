"""How commands print: results to stdout; progress, log and errors to stderr."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from archive.opening import Archive
from pipeline.progress import OnProgress, Progress
from pipeline.progress_line import ProgressLine
from pipeline.reports import (
    site_line,
)
from schemas.errors import (
    EXIT_PARTIAL,
)
from schemas.messages import (
    _,
)

if TYPE_CHECKING:
    from archive.site.report import SiteReport


_LINE_WIDTH = 78

log = logging.getLogger("hoaban")


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def print_site(archive: Archive, report: SiteReport) -> None:
    click.echo(site_line(report))
    if not archive.settings.has_public_url:
        click.echo(
            _("Before publishing, set base_url in hoaban.toml to the site's address."), err=True
        )


def print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def exit_partial_if(is_partial: bool) -> None:
    if is_partial:
        sys.exit(EXIT_PARTIAL)


class progress_shown:  # noqa: N801  (used as a block, like a function)
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
        if now - self._last_at < every_s and progress.done != progress.total:
            # Of a large archive this is so many thousand times.
            self._line.note(progress)
            return
        text = self._line.text(progress)
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
