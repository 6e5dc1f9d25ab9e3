"""Dimensions, weights and durations of a catalogue as numbers with units, beside the text.

:func:`parse_measures` understands a text as a whole or gives None; it never guesses: not the
decimal mark (``1.250 g``), not the order of ``30 x 20 x 5 cm``, not an old unit.

Invariant: ``parse_measures(format_parts(m.parts)).parts == m.parts`` for what it returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from schemas.measures.numbers import decimal_mark_of
from schemas.measures.parsing import (
    Factor,
    NotUnderstoodError,
    Piece,
    read_pieces,
    settle_units,
)
from schemas.measures.words import LETTERS, UNCONFIRMED, UNITS, Dimension, Unit

__all__ = [
    "Dimension",
    "Measure",
    "MeasuredPart",
    "Measurement",
    "Unit",
    "decimal_mark_of",
    "format_parts",
    "parse_measures",
]


@dataclass(frozen=True)
class Measure:
    """One number of a thing.

    Attributes:
        dimension: What was measured; ``SIDE`` where the text does not say which length it is.
        value: In millimetres, grams or seconds (:attr:`unit`), never rounded.
        unit: The unit of the value.
        upto: The end of a range, in the same unit, or None.
        is_approximate: Whether the text says khoảng, about, ~.
    """

    dimension: Dimension
    value: Decimal
    unit: Unit
    upto: Decimal | None = None
    is_approximate: bool = False


@dataclass(frozen=True)
class MeasuredPart:
    """The measures of one thing or of one part of it.

    Attributes:
        of: What was measured: empty for the item itself, an English word for the parts we know
            (``mouth``, ``base``, ``frame``), else the text's own label in lower case.
        measures: In the order of the text.
        is_confirmed: False where the text calls them unconfirmed.
    """

    of: str
    measures: tuple[Measure, ...]
    is_confirmed: bool = True


@dataclass(frozen=True)
class Measurement:
    """A text about size or weight, and what it says in numbers.

    Attributes:
        text: As written, untouched.
        parts: At least one.
    """

    text: str
    parts: tuple[MeasuredPart, ...]

    def first(self, dimension: Dimension, of: str = "") -> Measure | None:
        """Return the first measure of a dimension of ``of``, or None."""
        return next(
            (m for p in self.parts if p.of == of for m in p.measures if m.dimension is dimension),
            None,
        )


def parse_measures(text: str, *, unit: str = "", decimal_mark: str = "") -> Measurement | None:
    """Return what a text about size or weight says, or None when any of it is not certain.

    Args:
        text: The cell, as ``Cao 45cm, rộng 30cm``, ``ĐK miệng 12,5 cm; ĐK đáy 8``,
            ``support: 394 x 419 mm``, ``1,25 kg``.
        unit: The unit of the column ("Kích thước (cm)"), used where the text has none at all.
        decimal_mark: ``,`` or ``.`` where the column proves it (:func:`decimal_mark_of`); without
            it a number such as ``1.250`` is ambiguous and the text gives None.
    """
    try:
        pieces = settle_units(read_pieces(text, decimal_mark=decimal_mark), unit)
        parts = _parts(pieces)
    except NotUnderstoodError:
        return None
    return Measurement(text, parts) if parts else None


def format_parts(parts: Sequence[MeasuredPart]) -> str:
    """Return parts in one agreed form that :func:`parse_measures` reads back: a line a part."""
    return "\n".join(_format_part(part) for part in parts)


def _parts(pieces: list[Piece]) -> tuple[MeasuredPart, ...]:
    letters = [factor.letter for piece in pieces for factor in piece.factors if factor.letter]
    parts: list[MeasuredPart] = []
    for piece in pieces:
        measures = tuple(_measure(factor, letters) for factor in piece.factors)
        named = {factor.of for factor in piece.factors}
        if len(named) > 1 or (piece.label and named != {""}):
            raise NotUnderstoodError
        of = piece.label or named.pop()
        _check_lone_side(piece, of, parts, alone=len(pieces) == 1)
        last = parts[-1] if parts else None
        taken = {m.dimension for m in last.measures} if last else set()
        is_same = last and (last.of, last.is_confirmed) == (of, piece.is_confirmed)
        if last and is_same and not taken & {m.dimension for m in measures}:
            parts[-1] = MeasuredPart(of, last.measures + measures, piece.is_confirmed)
        else:
            parts.append(MeasuredPart(of, measures, piece.is_confirmed))
    return tuple(parts)


def _check_lone_side(piece: Piece, of: str, parts: list[MeasuredPart], *, alone: bool) -> None:
    """Refuse "9 x 9 mm, 9 mm": a single length of which nobody knows what it measures."""
    factor = piece.factors[0]
    if len(piece.factors) > 1 or factor.dimension is not None or factor.letter:
        return
    follows = bool(parts) and not piece.starts_line
    if follows or not (of or alone):
        raise NotUnderstoodError


def _measure(factor: Factor, letters: list[str]) -> Measure:
    unit, size = UNITS[factor.unit]
    dimension = factor.dimension or _meaning(factor.letter, letters)
    upto = None if factor.upto is None else _plain(factor.upto * size)
    return Measure(dimension, _plain(factor.value * size), unit, upto, factor.is_approximate)


def _meaning(letter: str, letters: list[str]) -> Dimension:
    """Return what a letter stands for beside the other letters of its text."""
    if not letter:
        return Dimension.SIDE
    meaning = LETTERS[letter]
    if meaning is not None:
        return meaning
    if {"H", "W"} & set(letters) and not {"C", "R"} & set(letters):
        return Dimension.DEPTH
    if letters[0] == "D" and letters[1:2] == ["R"] and letters.count("D") == 1:
        return Dimension.LENGTH
    return Dimension.SIDE


def _plain(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole.quantize(Decimal(1)) if value == whole else value.normalize()


def _format_part(part: MeasuredPart) -> str:
    sides = [measure for measure in part.measures if measure.dimension is Dimension.SIDE]
    said: list[str] = []
    for measure in part.measures:
        if measure.dimension is not Dimension.SIDE:
            said.append(f"{measure.dimension} {_format_value(measure)}")
        elif measure is sides[0]:
            joined = " x ".join(_format_value(side) for side in sides)
            said.append(joined if len(sides) > 1 else f"{Dimension.SIDE} {joined}")
    label = part.of if part.is_confirmed else f"{UNCONFIRMED}, {part.of}".strip(" ,")
    return f"{label}: {', '.join(said)}" if label else ", ".join(said)


def _format_value(measure: Measure) -> str:
    upto = "" if measure.upto is None else f"–{_format_number(measure.upto)}"
    mark = "~" if measure.is_approximate else ""
    return f"{mark}{_format_number(measure.value)}{upto} {measure.unit}"


def _format_number(value: Decimal) -> str:
    text = f"{value:f}"
    # Three decimals could be read as thousands; four cannot.
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
