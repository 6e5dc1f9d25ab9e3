"""Which documents of a word are shown first: of these is kept beside its leaf what hits show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby

from schemas.vietnamese import toned_forms
from search.compiled.pairs import has_digit
from search.scoring import BARE_WEIGHTS, EXACT_WEIGHTS, MARKED_WEIGHTS, TONELESS_WEIGHTS

FIRST_HITS = 24
"""Documents shown first of which is kept beside the leaf what hits show."""

_OTHERS_SHOWN = 64
_TITLED = 10

Block = tuple[int, Sequence[int]]
"""Documents of which is kept what hits show, and the first of those in order; see shown_of."""

Variant = tuple[str, Sequence[Sequence[int]]]
"""An exact form and its documents, a list a level."""


def shown_of(key: str, variants: Sequence[Variant], documents: int, most: int) -> list[Block]:
    """Return the documents of a word of which is kept what hits show, block after block.

    They stand form after form, those with it in their titles before the others, in the order of
    their numbers: the first hits of most queries with the word stand near each other then. The
    rank that says so is the number and twice the place of the form times ``documents``, of an
    other once more. The first block has those shown first for the word alone, and as many as
    fit of all; the others begin with a rank. Where some are left out, an empty one does: most of
    those that have the word elsewhere than in the title, and almost all of a number or of a form
    that is in many titles.

    Args:
        key: The word.
        variants: Its exact forms.
        documents: How many documents there are.
        most: Documents in the first block; the others have three times as many.
    """
    first = first_hits(key, variants)
    room = max(0, most - len(first))
    is_word = is_of_letters(key)
    ranked: list[tuple[int, int]] = []
    for place, (_exact, (titled, *rest)) in enumerate(variants):
        is_rare = is_word and len(titled) * _TITLED <= documents
        ranked += _ranked(titled, 2 * place * documents, len(titled) if is_rare else room)
        kept = _OTHERS_SHOWN if is_word else room
        # A document is at one level of a form, so the first are among the first of each.
        others = sorted(chain.from_iterable(numbers[: kept + 1] for numbers in rest))
        ranked += _ranked(others, (2 * place + 1) * documents, kept)
    left_out = (at for at, (_rank, number) in enumerate(ranked[:room]) if number < 0)
    end = next(left_out, room)
    blocks: list[Block] = [(0, sorted({*first, *(number for _rank, number in ranked[:end])}))]
    for is_left_out, found in groupby(ranked[end:], key=lambda one: one[1] < 0):
        part = list(found)
        for start in range(0, len(part), 3 * most):
            block = part[start : start + 3 * most]
            numbers = () if is_left_out else [number for _rank, number in block]
            if is_word or not blocks[1:]:
                blocks.append((block[0][0], numbers if is_word else ()))
    return blocks


def _ranked(numbers: Sequence[int], base: int, most: int) -> list[tuple[int, int]]:
    """Return rank and number of the first of some documents; of the next -1 as the number."""
    kept = [(base + number, number) for number in numbers[:most]]
    return kept + [(base + number, -1) for number in numbers[most : most + 1]]


def is_of_letters(form: str) -> bool:
    """Say whether a bare form is a word, and no number."""
    return len(form) > 1 and not has_digit(form)


def first_hits(key: str, variants: Sequence[Variant]) -> list[int]:
    """Return the documents shown first to who types a word alone, without marks or exactly so."""
    typed = [key, *(exact for exact, lists in variants if sum(map(len, lists)) >= FIRST_HITS)]
    found: list[int] = []
    for form in dict.fromkeys(typed):
        classes: dict[int, list[int]] = {}
        toned = toned_forms(form)
        for exact, levels in variants:
            weights = BARE_WEIGHTS
            if exact == form:
                weights = EXACT_WEIGHTS if form == key else MARKED_WEIGHTS
            elif exact in toned:
                weights = TONELESS_WEIGHTS
            for weight, numbers in zip(weights, levels, strict=True):
                classes.setdefault(weight, []).extend(numbers[:FIRST_HITS])
        first: dict[int, None] = {}
        for weight in sorted(classes, reverse=True):
            first |= dict.fromkeys(sorted(classes[weight]))
            if len(first) >= FIRST_HITS:
                break
        found += list(first)[:FIRST_HITS]
    return found
