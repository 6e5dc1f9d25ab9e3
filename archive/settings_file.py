"""Changing ``hoaban.toml`` for the museum, with its comments and its order kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from archive.config import settings_from
from archive.durable import write_file
from schemas.errors import ConfigError
from schemas.messages import _


def remember_columns(path: Path, columns: Mapping[str, str]) -> None:
    """Put what column headings mean into the table ``[intake.columns]`` of a settings file.

    Args:
        path: The archive's ``hoaban.toml``.
        columns: The field of each heading, or an empty text for a column to be passed over.

    Raises:
        ConfigError: The file cannot be read, or would be wrong; then it is left as it is.
        StoreWriteError: The disk refuses.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
        intake = document.setdefault("intake", tomlkit.table(is_super_table=True))
        known = intake.setdefault("columns", tomlkit.table())
        for heading, field in columns.items():
            known[heading] = field
        text = tomlkit.dumps(document)
        settings_from(tomllib.loads(text), path)
    except (OSError, UnicodeDecodeError, TOMLKitError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            _("The settings cannot be read: {reason}.").format(reason=error), path=path
        ) from error
    write_file(path, text.encode())
