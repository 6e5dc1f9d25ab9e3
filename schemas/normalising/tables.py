"""The tables values are understood by: those that ship, with a museum's own laid over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from schemas.dates import Periods, shipped_periods
from schemas.vocabularies import NAMES, Vocabulary, shipped


@dataclass(frozen=True)
class ValueTables:
    """What a museum's values are understood by.

    Attributes:
        periods: Dynasties, reigns and events that dates name.
        vocabularies: Its own vocabularies, each laid over the shipped one of that name.
    """

    periods: Periods = field(default_factory=shipped_periods)
    vocabularies: Mapping[str, Vocabulary] = field(default_factory=dict)

    def vocabulary(self, name: str) -> Vocabulary | None:
        """Return the vocabulary of a name, ``object_types`` or ``object-types``, or None."""
        name = vocabulary_name(name)
        own = self.vocabularies.get(name)
        return own if own or name not in NAMES else shipped(name)


def vocabulary_name(name: str) -> str:
    """Return the name of a vocabulary as its file has it: with hyphens, in lower case."""
    return name.strip().lower().replace("_", "-")


@cache
def shipped_tables() -> ValueTables:
    """Return the tables that ship."""
    return ValueTables()
