"""The question whether text from before Unicode may be converted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from schemas.messages import _, ngettext

if TYPE_CHECKING:
    from pipeline.intake.rescue import ColumnRescue
    from pipeline.intake.rescued_reading import AcceptText


def accept_text(*, yes: bool) -> AcceptText | None:
    """Return who answers: yes to all, the person at the terminal, or nobody (None)."""
    if yes:
        return lambda _columns: True
    return _ask if is_terminal() else None


def is_terminal() -> bool:
    """Say whether a person can read the question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(columns: Sequence[ColumnRescue]) -> bool:
    click.echo(_("This text was written before Unicode:"), err=True)
    for column in columns:
        where = f"[{column.sheet}] {column.heading}" if column.sheet else column.heading
        count = ngettext("{count} cell", "{count} cells", column.cells).format(count=column.cells)
        charset = ", ".join((column.reading, *column.fonts))
        click.echo(f"{where}: {charset}: {count}", err=True)
        for before, after in column.examples:
            click.echo(f"    {before[:60]} → {after[:60]}", err=True)
        if column.doubtful:
            click.echo(
                "    " + _("{count} of them a person must look at.").format(count=column.doubtful),
                err=True,
            )
    click.echo(_("The text as found is kept in each object."), err=True)
    return click.confirm(_("Convert it to Unicode?"), err=True)
