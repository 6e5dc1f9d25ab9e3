"""From the words of a measure to numbers: all of a text is understood, or nothing is given.

A text is cut into lines, a line into statements (``;``), a statement into pieces (``, ``), and a
piece into tokens. One unknown token, one number that may be two numbers, or two units that might
both be meant, and the whole text gives None: a museum would rather have no number than a wrong one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from schemas.measures.numbers import NUMBER, parse_number
from schemas.measures.words import (
    APPROXIMATE,
    DIMENSION_WORDS,
    LETTERS,
    NAMES,
    PARTS,
    UNCONFIRMED,
    UNITS,
    WHOLE,
    Dimension,
    Unit,
    unit_of,
)

MAX_CHARACTERS = 2000
"""Longer texts are descriptions, not measures."""

_BY_UNIT = {Unit.GRAM: Dimension.WEIGHT, Unit.SECOND: Dimension.DURATION}
_CONVERSION_TOLERANCE = Decimal("0.02")


class NotUnderstoodError(Exception):
    """The text is not wholly a measure; never leaves this package."""


@dataclass(frozen=True)
class Factor:
    """One number of a piece, before its unit is settled."""

    dimension: Dimension | None
    letter: str
    of: str
    value: Decimal
    upto: Decimal | None
    unit: str
    is_approximate: bool


@dataclass(frozen=True)
class Piece:
    """Numbers that stand together, joined by x when they are several."""

    label: str
    is_confirmed: bool
    starts_line: bool
    factors: tuple[Factor, ...]


def _words(words: Iterable[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(map(re.escape, ordered))


_LETTER_AFTER = r"(?![^\W\d_])"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<metres>\d{{1,3}}m\d\d)(?!\d)
    | (?P<number>{NUMBER})
    | (?P<approximate>{_words(APPROXIMATE)})(?=[\s\d])
    | (?P<name>(?:{_words(NAMES)}){_LETTER_AFTER})\.?
    | (?P<part>(?:{_words(PARTS)}){_LETTER_AFTER})
    | (?P<unit>(?:{_words(UNITS)}){_LETTER_AFTER})\.?
    | (?P<times>[x×х*](?=[\s\d~]|[a-zđφø]))
    | (?P<dash>[-–—]|(?:đến|tới|to){_LETTER_AFTER})
    | (?P<of>(?:của|of|du|de){_LETTER_AFTER})
    | (?P<open>\()
    | (?P<close>\))
    | (?P<point>[:=])
    | (?P<letter>[chwrld]){_LETTER_AFTER}\.?
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = re.compile(r"([^:\d]{1,60}):\s*(.*)", re.DOTALL)
_MOUTH = re.compile(r"\bđkm\b", re.IGNORECASE)
_BASE = re.compile(r"\bđkđ\b", re.IGNORECASE)
_BETWEEN_STATEMENTS = re.compile(r";|(?<=[a-zà-ỹ])\.\s+(?=[A-ZĐ][^\W\d_])")
_SAYS_SIZE = re.compile(rf"(?:{_words(WHOLE)}){_LETTER_AFTER}\s*", re.IGNORECASE)
_BETWEEN_PIECES = re.compile(r",(?!\d)|,(?=\d+\s*x)|\s(?:and|và|et)\s")
_ORDER_NAME = rf"(?:{_words(NAMES)}|[CHWRLDchwrld])"
_ORDER = re.compile(
    rf"\(?\s*({_ORDER_NAME}(?:\s*[x×*]\s*{_ORDER_NAME}){{1,3}})\s*\)?", re.IGNORECASE
)
_VARIABLE = re.compile(r"(?:overall\s+)?display(?:ed)?\s+dimensions\s+variable\.?", re.IGNORECASE)
_DOUBT = re.compile(r"unconf|approx|variable|circa|khoảng|chừng|ước")
_TIME = re.compile(
    r"(\d{1,3})\s*(?:min(?:ute)?s?\.?|phút),?\s*(\d{1,2})\s*(?:secs?\.?|seconds?|giây)",
    re.IGNORECASE,
)


def read_pieces(text: str, *, decimal_mark: str) -> list[Piece]:
    """Return the pieces of a text, in order.

    Raises:
        NotUnderstoodError: Something in it is not a measure, or may be two things.
    """
    if len(text) > MAX_CHARACTERS:
        raise NotUnderstoodError
    pieces: list[Piece] = []
    plain = _MOUTH.sub("ĐK miệng", _BASE.sub("ĐK đáy", unicodedata.normalize("NFC", text)))
    for line in re.split(r"[\n\r]+", plain):
        starts_line = True
        for statement in _BETWEEN_STATEMENTS.split(line):
            for piece in _statement(statement.strip(" \t."), decimal_mark):
                pieces.append(_at_start(piece) if starts_line else piece)
                starts_line = False
    return pieces


def _at_start(piece: Piece) -> Piece:
    return Piece(piece.label, piece.is_confirmed, True, piece.factors)


def _statement(statement: str, decimal_mark: str) -> Iterator[Piece]:
    if not statement or _VARIABLE.fullmatch(statement):
        return
    label, is_confirmed, rest = _split_label(statement)
    order = _ORDER.fullmatch(label) if label else None
    if order:
        yield _in_order(_piece("", is_confirmed, rest, decimal_mark), order[1])
        return
    seconds = _TIME.fullmatch(rest)
    if seconds:
        total = Decimal(seconds[1]) * 60 + Decimal(seconds[2])
        factor = Factor(Dimension.DURATION, "", "", total, None, "s", False)
        yield Piece(label, is_confirmed, False, (factor,))
        return
    for part in _BETWEEN_PIECES.split(rest):
        yield _piece(label, is_confirmed, part.strip(), decimal_mark)


def _split_label(statement: str) -> tuple[str, bool, str]:
    """Return the thing measured, whether the museum vouches for it, and what is said of it."""
    match = _LABEL.fullmatch(statement)
    if match is None:
        if statement.casefold().startswith(UNCONFIRMED + " "):
            return "", False, statement[len(UNCONFIRMED) :].strip()
        return "", True, _SAYS_SIZE.sub("", statement, count=1)
    label, rest = " ".join(match[1].split()).casefold(), match[2]
    is_confirmed = not label.startswith(UNCONFIRMED)
    if not is_confirmed:
        label = label.removeprefix(UNCONFIRMED).strip(" ,")
    if label in WHOLE or label in ("", "confirmed"):
        return "", is_confirmed, rest
    if _ORDER.fullmatch(match[1].strip()):
        return match[1].strip(), is_confirmed, rest
    if label in NAMES and NAMES[label] is Dimension.DURATION:
        return "", is_confirmed, rest
    if _is_dimension(label, match[1].strip()):
        return "", is_confirmed, statement if is_confirmed else f"{match[1].strip()} {rest}"
    return _of(label), is_confirmed, rest


@lru_cache(maxsize=1 << 12)
def _is_dimension(label: str, written: str) -> bool:
    """Say whether a label names a dimension, and not a thing."""
    if written.rstrip(".") in LETTERS or label.rstrip(".") in NAMES:
        return True
    words = re.split(r"[^\w.]+", label)
    return any(word in DIMENSION_WORDS or word.rstrip(".") in NAMES for word in words) or any(
        " " in name and name in label for name in DIMENSION_WORDS
    )


@lru_cache(maxsize=1 << 12)
def _of(label: str) -> str:
    """Return how a label is kept: a known part by its English word, others as written."""
    # "shed, unconfirmed", "displayed (approximate)": a doubt we would not keep.
    if not re.search(r"[^\W\d_]{2}", label) or _DOUBT.search(label):
        raise NotUnderstoodError
    return PARTS.get(label, label)


def _piece(label: str, is_confirmed: bool, text: str, decimal_mark: str) -> Piece:
    body, order = text, None
    tail = re.search(rf"\(({_ORDER.pattern})\)\s*$", text, re.IGNORECASE)
    if tail and not re.search(r"\d", tail[0]):
        body, order = text[: tail.start()], _ORDER.fullmatch(tail[1].strip())
    factors = _Reader(body, decimal_mark).factors()
    piece = Piece(label, is_confirmed, False, tuple(factors))
    return _in_order(piece, order[1]) if order else piece


def _in_order(piece: Piece, order: str) -> Piece:
    names = [name.strip() for name in re.split(r"[x×*]", order)]
    if len(names) != len(piece.factors) or any(f.dimension or f.letter for f in piece.factors):
        raise NotUnderstoodError
    named = []
    for name, factor in zip(names, piece.factors, strict=True):
        if len(name) == 1 and name.upper() in LETTERS:
            named.append(replace(factor, letter=name.upper()))
        else:
            named.append(replace(factor, dimension=NAMES[name.casefold()]))
    return replace(piece, factors=tuple(named))


class _Reader:
    """Reads the tokens of one piece."""

    def __init__(self, text: str, decimal_mark: str) -> None:
        self.decimal_mark = decimal_mark
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        position, text = 0, text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise NotUnderstoodError
            self.tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
            position = match.end()
            if text[position:].isspace():
                break

    def factors(self) -> list[Factor]:
        factors = self._group()
        if self._take("open"):
            converted = self._group()
            if not self._take("close"):
                raise NotUnderstoodError
            factors = _metric_of(factors, converted)
        if self.at != len(self.tokens):
            raise NotUnderstoodError
        return factors

    def _group(self) -> list[Factor]:
        factors = [self._factor()]
        while self._take("times"):
            factors.append(self._factor())
        # "30 x 20 x 5 cm": the unit said last counts for those before it.
        for index in range(len(factors) - 2, -1, -1):
            if not factors[index].unit:
                factors[index] = _in_unit(factors[index], factors[index + 1].unit)
        return factors

    def _factor(self) -> Factor:
        is_approximate = bool(self._take("approximate"))
        dimension, letter, of = self._name()
        is_approximate = bool(self._take("approximate")) or is_approximate
        value, unit, upto = self._number()
        if not dimension and not letter:
            is_named_after = self._peek() == "name" or (
                self._peek() == "open" and self._peek(1) in ("name", "letter")
            )
            if is_named_after:
                opened = self._take("open")
                dimension, letter, of = self._name()
                if opened and not self._take("close"):
                    raise NotUnderstoodError
        return Factor(dimension, letter, of, value, upto, unit, is_approximate)

    def _name(self) -> tuple[Dimension | None, str, str]:
        name, letter = self._take("name"), ""
        if not name:
            letter = self._letter()
            if not letter:
                return None, "", ""
        of = ""
        self._take("of")
        part = self._take("part")
        if part:
            of = PARTS[part.casefold()]
        elif self.tokens[self.at - 1][0] == "of":
            raise NotUnderstoodError
        self._take("point")
        return (NAMES[name.casefold()] if name else None), letter, of

    def _letter(self) -> str:
        if self._peek() == "letter" and self.tokens[self.at][1] in LETTERS:
            return self._take("letter").upper()
        return ""

    def _number(self) -> tuple[Decimal, str, Decimal | None]:
        metres = self._take("metres")
        if metres:
            whole, rest = metres.lower().split("m")
            return Decimal(f"{whole}.{rest}"), "m", None
        value = self._value()
        unit = self._unit()
        upto = None
        if self._take("dash"):
            upto = self._value()
            after = self._unit()
            if unit and after and unit != after:
                raise NotUnderstoodError
            unit = unit or after
            if upto <= value:
                raise NotUnderstoodError
        return value, unit, upto

    def _value(self) -> Decimal:
        value = parse_number(self._take("number").rstrip(".,"), decimal_mark=self.decimal_mark)
        if not value:
            raise NotUnderstoodError
        return value

    def _unit(self) -> str:
        return self._take("unit").casefold()

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place][0] if place < len(self.tokens) else ""

    def _take(self, kind: str) -> str:
        if self._peek() != kind:
            return ""
        self.at += 1
        return self.tokens[self.at - 1][1]


def _metric_of(written: list[Factor], converted: list[Factor]) -> list[Factor]:
    """Return the factors of a text that gives them twice, as inches and as centimetres.

    Raises:
        NotUnderstoodError: The two differ by more than rounding explains.
    """
    if len(written) != len(converted):
        raise NotUnderstoodError
    for one, other in zip(written, converted, strict=True):
        if not one.unit or not other.unit or one.unit == other.unit or other.dimension:
            raise NotUnderstoodError
        (kind, factor), (other_kind, other_factor) = UNITS[one.unit], UNITS[other.unit]
        first, second = one.value * factor, other.value * other_factor
        if kind != other_kind or abs(first - second) > _CONVERSION_TOLERANCE * first:
            raise NotUnderstoodError
    return written


def settle_units(pieces: list[Piece], unit: str) -> list[Piece]:
    """Return the pieces with a unit on every number.

    A number without one takes the one length unit the text has anywhere, else ``unit``.

    Raises:
        NotUnderstoodError: A number has no unit and the text gives none, or several.
    """
    said = {f.unit for p in pieces for f in p.factors if f.unit}
    lengths = {name for name in said if UNITS[name][0] is Unit.MILLIMETRE}
    factors_of_lengths = {UNITS[name] for name in lengths}
    default = next(iter(lengths)) if len(factors_of_lengths) == 1 else ""
    if not lengths:
        default = unit.casefold()
    if default and default not in UNITS:
        raise NotUnderstoodError
    settled = []
    for piece in pieces:
        factors = tuple(_with_unit(factor, default) for factor in piece.factors)
        settled.append(Piece(piece.label, piece.is_confirmed, piece.starts_line, factors))
    return settled


def _in_unit(factor: Factor, unit: str) -> Factor:
    # Field by field, for there are hundreds of thousands: replace() takes three times as long.
    return Factor(
        factor.dimension,
        factor.letter,
        factor.of,
        factor.value,
        factor.upto,
        unit,
        factor.is_approximate,
    )


def _with_unit(factor: Factor, default: str) -> Factor:
    unit = factor.unit or default
    if not unit:
        raise NotUnderstoodError
    kind, dimension = UNITS[unit][0], factor.dimension
    if dimension is None:
        dimension = _BY_UNIT.get(kind)
        if dimension and factor.letter:
            raise NotUnderstoodError
    elif unit_of(dimension) is not kind:
        raise NotUnderstoodError
    if factor.unit and dimension is factor.dimension:
        return factor
    if dimension is factor.dimension:
        return _in_unit(factor, unit)
    return replace(factor, dimension=dimension, unit=unit)
