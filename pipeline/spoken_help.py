"""Commands of click whose help is translated when it is shown, not when it is imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from schemas.messages import translate

_SHORT_HELP_WIDTH = 90


class SpokenCommand(click.Command):
    """A command with translated help."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, made anew: click would keep the words of another language."""
        self._help_option = None
        return super().get_help_option(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the current language."""
        _say(self, super().format_help_text, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help in the current language."""
        return _short_help(self)


class SpokenGroup(click.Group):
    """A group with translated help, its commands in the order of the work."""

    command_class = SpokenCommand

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, made anew: click would keep the words of another language."""
        self._help_option = None
        return super().get_help_option(ctx)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the current language."""
        _say(self, super().format_help_text, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of the help in the current language."""
        return _short_help(self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands as they were defined."""
        return list(self.commands)


class SpokenOption(click.Option):
    """An option with translated help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return name and help in the current language."""
        original = self.help
        self.help = translate(original or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = original


def spoken_option(*names: str, **attributes: Any) -> Callable[[Any], Any]:
    """Do what ``click.option`` does, with translated help."""
    return click.option(*names, cls=SpokenOption, **attributes)


def _short_help(command: click.Command) -> str:
    first = translate(command.help or "").strip().split("\n\n")[0]
    return " ".join(first.split())[:_SHORT_HELP_WIDTH]


def _say(
    command: click.Command,
    say: Callable[[click.Context, click.HelpFormatter], None],
    ctx: click.Context,
    formatter: click.HelpFormatter,
) -> None:
    original = command.help
    command.help = translate(original or "")
    try:
        say(ctx, formatter)
    finally:
        command.help = original
