"""What the cells of one column say of how its text was written.

One cell decides nothing: ``cã`` is có in TCVN3 and a word of its own in Unicode. A column does:
its impossible words become possible under one reading, and hardly any possible word is lost. The
cells of each legacy font are a group of their own; the cells of all other fonts are another.

Invariant: memory is bounded, whatever the length of the column.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from schemas.legacy.fonts import font_set
from schemas.legacy.readings import READINGS, VIQR, VPS
from schemas.legacy.repairs import restore_u, second_source
from schemas.legacy.viqr import SIGN
from schemas.legacy.words import ONLY_UNICODE, State, convert_text, score, state_of, units_of

MIN_WORDS = 3
"""So many different words must become possible; one is enough where the font agrees."""
_MIN_SHARE = 0.8
# One of these stands in every VIQR text; most cells have none, and need no closer look.
_VIQR_MARK = re.compile(r"[\^(+*`~]")
_MAX_SAMPLES = 12
_MAX_SAMPLE_CHARS = 80
_MAX_KEPT_WORDS = 64


@dataclass(frozen=True)
class Decision:
    """How a group of cells was written.

    Attributes:
        reading: Name of the reading in ``schemas.legacy.readings``.
        words: Number of different words that become possible, counted up to 64.
        cells: Number of cells that speak for it.
        is_pure: No cell of the group is Unicode, so that cells which could be either are not.
        is_u_lost: The column is TCVN3 without a single soft hyphen, the code of ư.
        second: It is Unicode that was converted once too often, taken for this set; or empty.
        samples: Some of the cells that speak for it.
    """

    reading: str
    words: int
    cells: int
    is_pure: bool = True
    is_u_lost: bool = False
    second: str = ""
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Support:
    """What speaks for one reading of some cells.

    Attributes:
        words: Different words that become possible, at most 64 a column.
        cells: Number of cells with such words, and nothing against.
        against: Number of cells that speak against it.
    """

    words: frozenset[str] = frozenset()
    cells: int = 0
    against: int = 0

    def __add__(self, other: Support) -> Support:
        return Support(
            self.words | other.words, self.cells + other.cells, self.against + other.against
        )

    @property
    def is_enough(self) -> bool:
        """Say whether it is enough to decide by."""
        all_told = self.cells + self.against
        return len(self.words) >= MIN_WORDS and self.cells >= _MIN_SHARE * all_told


@dataclass
class _Tally:
    """What speaks for one reading."""

    cells: int = 0
    strong_cells: int = 0
    signs: int = 0
    against: int = 0
    gained: int = 0
    words: set[str] = field(default_factory=set)
    odd_words: set[str] = field(default_factory=set)


@dataclass
class Evidence:
    """The evidence of one group of cells: of one column and one legacy character set, or none.

    Attributes:
        charset: What the cells' font tells, or empty.
    """

    charset: str = ""
    _tallies: dict[str, _Tally] = field(default_factory=dict)
    _cells: int = 0
    _unicode_cells: int = 0
    _has_soft_hyphen: bool = False
    _samples: list[str] = field(default_factory=list)
    _second: dict[str, Counter[str]] = field(default_factory=dict)
    _odd_words: int = 0

    def add(self, text: str) -> None:
        """Take one cell into account."""
        if text.isascii():
            self._add_ascii(text)
            return
        self._cells += 1
        self._has_soft_hyphen = self._has_soft_hyphen or "\xad" in text
        units = units_of(text)
        is_unicode = ONLY_UNICODE.search(text) is not None
        self._unicode_cells += is_unicode
        if not self.charset and all(state_of(unit) is not State.IMPOSSIBLE for unit in units):
            return
        if len(self._samples) < _MAX_SAMPLES and len(text) <= _MAX_SAMPLE_CHARS:
            self._samples.append(text)
        if is_unicode:
            self._add_second(units)
        for reading in self._candidates():
            self._weigh(reading, text, units)

    def decide(self, expected: str = "") -> Decision | None:
        """Return how the cells were written, or None where they are Unicode or not sure.

        Args:
            expected: The reading that another column of the sheet was decided for; then one
                word is enough.
        """
        fitting = [
            (tally.cells, tally.gained, name)
            for name, tally in self._tallies.items()
            if self._is_accepted(tally, 1 if self.charset or name == expected else MIN_WORDS)
        ]
        if not fitting:
            return self._decide_by_sheet(expected) or self._decide_second()
        cells, gained, name = max(fitting, key=lambda entry: entry[:2])
        if self._is_tied((cells, gained, name), fitting):
            return None
        tally = self._tallies[name]
        is_tcvn3 = name.startswith("TCVN")
        return Decision(
            name,
            len(tally.words),
            cells,
            is_pure=self._unicode_cells == 0
            or (bool(self.charset) and self._unicode_cells < cells),
            is_u_lost=is_tcvn3 and not self._has_soft_hyphen and self._misses_u(tally, name),
            samples=tuple(self._samples),
        )

    def support(self) -> dict[str, Support]:
        """Return what the cells say for each reading; columns of one sheet are added up."""
        return {
            name: Support(frozenset(tally.words), tally.cells, tally.against)
            for name, tally in self._tallies.items()
        }

    def _decide_by_sheet(self, expected: str) -> Decision | None:
        """Return what the sheet says, where a font or signs (``§B-01``) say the same."""
        tally = self._tallies.get(expected)
        if tally is None or tally.against or self._unicode_cells:
            return None
        if not (self.charset or tally.signs):
            return None
        return Decision(expected, 0, self._cells, samples=tuple(self._samples))

    def _decide_second(self) -> Decision | None:
        for charset, words in self._second.items():
            count = words.total()
            if len(words) >= MIN_WORDS and count >= 4 * (self._odd_words - count):
                samples = tuple(self._samples)
                return Decision("", len(words), count, second=charset, samples=samples)
        return None

    def _candidates(self) -> tuple[str, ...]:
        if self.charset == "vps":
            return (VPS.name,)
        return tuple(r.name for r in READINGS if not self.charset or r.charset == self.charset)

    def _add_ascii(self, text: str) -> None:
        if not self.charset and _VIQR_MARK.search(text) and SIGN.search(text):
            if len(self._samples) < _MAX_SAMPLES and len(text) <= _MAX_SAMPLE_CHARS:
                self._samples.append(text)
            self._cells += 1
            self._weigh(VIQR.name, text, text.split())

    def _add_second(self, units: list[str]) -> None:
        for unit in units:
            if state_of(unit) is not State.IMPOSSIBLE:
                continue
            self._odd_words += 1
            for charset in ("tcvn3", "vni"):
                source = second_source(unit, charset)
                words = self._second.setdefault(charset, Counter())
                if source and (unit in words or len(words) < _MAX_KEPT_WORDS):
                    words[unit] += 1

    def _weigh(self, reading: str, text: str, units: list[str]) -> None:
        found = score(text, reading)
        tally = self._tallies.setdefault(reading, _Tally())
        if found.gained and not found.lost and found.odd <= found.gained + found.odd_signs:
            tally.cells += 1
            tally.strong_cells += found.gained > 1 or found.odd_signs > 0 or _has_signs(text)
            tally.gained += found.gained
            if len(tally.words) < _MAX_KEPT_WORDS:
                tally.words.update(u.lower() for u in units if score(u, reading).gained)
            if found.odd and len(tally.odd_words) < _MAX_KEPT_WORDS:
                tally.odd_words.update(u for u in units if score(u, reading).odd)
        elif found.lost or found.odd > found.odd_signs:
            tally.against += 1
        elif found.odd_signs:
            tally.signs += 1

    def _is_accepted(self, tally: _Tally, needed: int) -> bool:
        # Beside Unicode cells the others must be no chance: typing errors are possible words too.
        cells = tally.cells if not self._unicode_cells else tally.strong_cells
        words_needed = needed if cells else MIN_WORDS
        all_told = tally.cells + tally.against
        return (
            len(tally.words) >= words_needed
            and cells > 0
            and tally.cells >= _MIN_SHARE * max(1, all_told - self._unicode_against(tally))
        )

    def _unicode_against(self, tally: _Tally) -> int:
        """Return how many cells speak against a reading because they are Unicode."""
        return min(self._unicode_cells, tally.against)

    def _is_tied(self, best: tuple[int, int, str], fitting: list[tuple[int, int, str]]) -> bool:
        words = self._tallies[best[2]].words
        return any(
            other[:2] == best[:2]
            and any(convert_text(w, other[2]) != convert_text(w, best[2]) for w in words)
            for other in fitting
            if other is not best
        )

    def _misses_u(self, tally: _Tally, reading: str) -> bool:
        return any(restore_u(convert_text(word, reading)).restored for word in tally.odd_words)


def _has_signs(text: str) -> bool:
    return any(not letter.isalnum() and letter > "\x7f" for letter in text)


def group_of(font: str) -> str:
    """Return the character set that groups the cells of a font; empty for Unicode fonts."""
    known = font_set(font) if font else None
    return known.charset if known else ""
