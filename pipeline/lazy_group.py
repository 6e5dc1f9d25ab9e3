"""A group of commands that imports a command only when it is asked for.

All commands together take half a second to import, and each worker process imports what started
it. The way is click's own (its documentation, "Lazily Loading Subcommands").
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from pipeline.spoken_help import SpokenGroup


class LazyGroup(SpokenGroup):
    """A group with translated help whose commands are named by their places."""

    def __init__(self, *args: Any, places: Mapping[str, str], **attributes: Any) -> None:
        """Set up the group.

        Args:
            args: As :class:`click.Group` takes them.
            places: Where each command is, as ``module:attribute``, by its name; in the order in
                which help shows them.
            attributes: As :class:`click.Group` takes them.
        """
        super().__init__(*args, **attributes)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, imported or not."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command) or command.name != cmd_name:
            raise TypeError(f"{place} is not the command {cmd_name}")
        return command
