"""Numbers as people write them, and the question whether a mark is decimal or groups thousands.

``12,5`` and ``12.5`` can only be twelve and a half; ``1.250`` is a thousand or one and a quarter,
and only other numbers written by the same hand can tell. Nothing here guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

NUMBER = r"\d[\d.,]*(?:[\u00a0\u202f\u2009]\d{3})*(?:(?:[ -]\d{1,2}[/⁄]\d{1,3})(?!\d)|[¼½¾⅛⅜⅝⅞⅓⅔])?"
"""What may be a number, for a tokenizer; :func:`parse_number` says whether it is one."""

_VULGAR = {
    "¼": "1/4", "½": "1/2", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8",
    "⅓": "1/3", "⅔": "2/3",
}  # fmt: skip
_PLAIN = re.compile(r"\d{1,9}")
_ONE_MARK = re.compile(r"(\d{1,9})([.,])(\d{1,6})")
_GROUPS = re.compile(r"(\d{1,3})(?:([.,])\d{3})(?:\2\d{3})+(?:([.,])(\d{1,6}))?")
_GROUP_AND_DECIMALS = re.compile(r"(\d{1,3})([.,])(\d{3})([.,])(\d{1,6})")
_FRACTION = re.compile(r"(\d{1,6})[ -](\d{1,2})[/⁄](\d{1,3})")
_SPACED = re.compile(r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+")
_IN_TEXT = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)+(?![\d.,]*\d)")


def parse_number(text: str, *, decimal_mark: str = "") -> Decimal | None:
    """Return the number ``text`` writes, or None when it is none or may be either of two.

    Args:
        text: ``12``, ``12,5``, ``1.250,5``, ``12 3/4``, ``12¾``.
        decimal_mark: ``,`` or ``.`` when it is known what the writer uses, as by
            :func:`decimal_mark_of`; empty when it is not.
    """
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _SPACED.fullmatch(text):
        return Decimal(re.sub(r"\D", "", text))
    if text[-1:] in _VULGAR:
        whole = text[:-1].strip()
        return _with_fraction(whole, _VULGAR[text[-1]]) if _PLAIN.fullmatch(whole) else None
    fraction = _FRACTION.fullmatch(text)
    if fraction:
        return _with_fraction(fraction[1], f"{fraction[2]}/{fraction[3]}")
    return _marked(text, decimal_mark)


def decimal_mark_of(texts: Iterable[str]) -> str:
    """Return the decimal mark some texts of one hand prove, ``,`` or ``.``, else an empty string.

    A number such as ``12,5`` proves the comma, ``1.250,5`` too; ``1.250`` proves nothing. Texts
    that prove both prove nothing.
    """
    proved: set[str] = set()
    for text in texts:
        proved |= {mark for number in _IN_TEXT.findall(text) if (mark := _proved_by(number))}
        if len(proved) > 1:
            return ""
    return proved.pop() if proved else ""


def _proved_by(number: str) -> str:
    one = _ONE_MARK.fullmatch(number)
    if one:
        return one[2] if _must_be_decimal(one[1], one[3]) else ""
    both = _GROUP_AND_DECIMALS.fullmatch(number)
    if both and both[2] != both[4]:
        return both[4]
    groups = _GROUPS.fullmatch(number)
    if groups and groups[3] != groups[2]:
        return {",": ".", ".": ","}[groups[2]]
    return ""


def _must_be_decimal(whole: str, rest: str) -> bool:
    # Thousands come in threes and no group of thousands begins with a nought or has four digits.
    return len(rest) != 3 or whole.startswith("0") or len(whole) > 3


def _marked(text: str, decimal_mark: str) -> Decimal | None:
    one = _ONE_MARK.fullmatch(text)
    if one:
        whole, mark, rest = one.groups()
        decimals = Decimal(f"{whole}.{rest}")
        if _must_be_decimal(whole, rest):
            # Another mark than the known one: the writer is not who we thought.
            return decimals if decimal_mark in ("", mark) or len(rest) != 3 else None
        if not decimal_mark:
            return None
        return decimals if mark == decimal_mark else Decimal(whole + rest)
    both = _GROUP_AND_DECIMALS.fullmatch(text)
    if both and both[2] != both[4] and decimal_mark in ("", both[4]):
        return Decimal(f"{both[1]}{both[3]}.{both[5]}")
    groups = _GROUPS.fullmatch(text)
    if groups and groups[2] != groups[3] and decimal_mark != groups[2]:
        whole = text[: groups.start(3)] if groups[3] else text
        return Decimal(f"{re.sub(r'[.,]', '', whole)}.{groups[4] or 0}")
    return None


def _with_fraction(whole: str, fraction: str) -> Decimal | None:
    numerator, denominator = map(int, fraction.split("/"))
    if denominator == 0 or numerator >= denominator:
        return None
    exact = Fraction(whole) + Fraction(numerator, denominator)
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.000001")).normalize()
