"""Finding a file's inventory number at the beginning of its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.intake.naming import TOKEN, name_key, number_tokens, parse_suffix


@dataclass(frozen=True)
class NumberMatch:
    """An inventory number found at the beginning of a name.

    Attributes:
        tokens: The number, as :func:`number_tokens` gives it.
        label: What the rest of the name says of the view, or empty.
    """

    tokens: tuple[str, ...]
    label: str


class Numbers:
    """Every inventory number of a catalogue, to be found in names whatever the separators."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._spellings: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for place, identifier in enumerate(identifiers):
            tokens = number_tokens(identifier)
            if tokens:
                self._places[tokens].append(place)
                self._spellings[tokens].append(name_key(identifier))
        self._longest = max(map(len, self._places), default=0)

    def __contains__(self, tokens: tuple[str, ...]) -> bool:
        return tokens in self._places

    def places_of(self, tokens: tuple[str, ...], stem: str) -> list[int]:
        """Return which identifiers a number stands for, counted from 0.

        Two of them may differ in separators only (``1/2`` and ``1.2``); then it is the one
        spelled as ``stem`` spells it, else both.
        """
        places = self._places[tokens]
        spelled = [
            place
            for place, spelling in zip(places, self._spellings[tokens], strict=True)
            if name_key(stem).startswith(spelling)
        ]
        return spelled or places

    def find(self, stem: str) -> NumberMatch | None:
        """Return the inventory number a file name begins with, or None.

        The longest number wins, and what follows it must be a view or page suffix:
        ``77.AO.81.2`` never counts as a view of ``77.AO.81``, and ``123_01`` never as one of
        ``12``. A number in which like separators are spelled alike comes before a longer one:
        ``77.AO.81_2`` is the second view of ``77.AO.81``, even if there is a ``77.AO.81.2``.

        Args:
            stem: The file name without its extension.
        """
        folded = name_key(stem)
        tokens = list(TOKEN.finditer(folded))
        gaps = [folded[before.end() : after.start()] for before, after in pairwise(tokens)]
        found: NumberMatch | None = None
        for count in range(min(len(tokens), self._longest), 0, -1):
            number = tuple(token.group() for token in tokens[:count])
            if number not in self._places:
                continue
            label = parse_suffix(folded[tokens[count - 1].end() :])
            if label is None:
                continue
            if self._is_spelled_alike(number, gaps[: count - 1]):
                return NumberMatch(number, label)
            found = found or NumberMatch(number, label)
        return found

    def _is_spelled_alike(self, number: tuple[str, ...], gaps: Sequence[str]) -> bool:
        for spelling in self._spellings[number]:
            own = TOKEN.split(spelling)[1:-1]
            if len(set(zip(own, gaps, strict=True))) == len(set(own)):
                return True
        return False
