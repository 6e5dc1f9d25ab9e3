"""Reading one table of a TOML file key by key; what is wrong is told with file, key and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas.errors import ConfigError
from schemas.messages import _


class Keys:
    """A table whose keys are taken one after the other; what is left at the end is unknown."""

    def __init__(self, data: Any, path: Path, at: str = "") -> None:
        """Begin to read ``data``, which stands at the key ``at`` of the file ``path``."""
        self.path = path
        self.at = at
        if not isinstance(data, dict):
            raise self.wrong("", _("a table"), data)
        self._data: dict[str, Any] = data
        self._known: list[str] = []

    def key(self, name: str) -> str:
        """Return the whole name of a key in the file."""
        return ".".join(part for part in (self.at, name) if part)

    def wrong(self, name: str, expected: str, found: object) -> ConfigError:
        """Return the error of a key whose value is not what was expected."""
        return ConfigError(
            _("'{key}' is {found}, expected {expected}.").format(
                key=self.key(name) if name else self.at or "", found=repr(found), expected=expected
            ),
            remedy=_("docs/partners.md explains every key."),
            path=self.path,
        )

    def has(self, name: str) -> bool:
        """Say whether a key is there."""
        return name in self._data

    def names(self) -> tuple[str, ...]:
        """Return the keys there are, for a table whose keys are free."""
        return tuple(self._data)

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        value = self._take(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, _("a text"), value)
        return value

    def needed(self, name: str) -> str:
        """Return a text that may not be missing or blank."""
        value = self.text(name)
        if not value.strip():
            raise self.wrong(name, _("a text"), value)
        return value

    def one_of(self, name: str, choices: Sequence[str], default: str) -> str:
        """Return a text that is one of some."""
        value = self.text(name, default)
        if value not in (*choices, default):
            raise self.wrong(name, one_of(choices), value)
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, _("true or false"), value)
        return value

    def number(self, name: str, default: int, *, least: int) -> int:
        """Return 0 or a whole number that is not less than ``least``."""
        value = self._take(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or 0 != value < least:
            raise self.wrong(name, _("0, or at least {least}").format(least=least), value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(name, _("a list of texts"), value)
        return tuple(value)

    def pairs(self, name: str) -> dict[str, str]:
        """Return a table of texts."""
        value = self._take(name, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.wrong(name, _("a table of texts"), value)
        return dict(value)

    def table(self, name: str) -> Keys:
        """Return a table, an empty one where it is missing."""
        return Keys(self._take(name, {}), self.path, self.key(name))

    def optional(self, name: str) -> Keys | None:
        """Return a table, or None where it is missing."""
        value = self._take(name, None)
        return None if value is None else Keys(value, self.path, self.key(name))

    def tables(self, name: str) -> list[Keys]:
        """Return a list of tables."""
        value = self._take(name, [])
        if not isinstance(value, list):
            raise self.wrong(name, _("a list of tables"), value)
        return [
            Keys(one, self.path, f"{self.key(name)}[{number}]")
            for number, one in enumerate(value, start=1)
        ]

    def end(self) -> None:
        """Refuse what was not asked for.

        Raises:
            ConfigError: There is a key that nobody knows.
        """
        unknown = sorted(set(self._data) - set(self._known))
        if unknown:
            raise ConfigError(
                _("'{key}' is no key of a partner profile; expected one of: {names}.").format(
                    key=self.key(unknown[0]), names=", ".join(self._known)
                ),
                remedy=_("docs/partners.md explains every key."),
                path=self.path,
            )

    def _take(self, name: str, default: Any) -> Any:
        self._known.append(name)
        return self._data.get(name, default)


def one_of(choices: Sequence[str] | Mapping[str, object]) -> str:
    """Return how a message says that one of some texts was expected."""
    return _("one of: {names}").format(names=", ".join(choices))
