"""Points of documents as planes: for each number of points the set of documents that have it.

Points come in few values (a weight times a rarity), so that sums and best ones are reckoned by
sets, and what cannot be among the best any more is left out on the way. The result is the same as
if each document had been added up by itself.

Invariant: the sets of one plane never meet and are never empty; points are above 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from search.docsets import NONE, Docs, docs_of, numbers_of, those_in, union

Planes = dict[int, Docs]

# Up to here sums are reckoned by sets whatever their number: one word, or two.
_FEW_SUMS = 100
# Documents that are added up one by one sooner than by very many sets.
_FEW_DOCUMENTS = 5_000


def best_of(weighted: Iterable[tuple[int, Docs]]) -> Planes:
    """Return each document with the largest of its weights."""
    planes: Planes = {}
    seen = NONE
    for weight, docs in sorted(weighted, reverse=True):
        new = docs & ~seen if seen else docs
        if new:
            planes[weight] = planes.get(weight, NONE) | new
            seen |= new
    return planes


def having(planes: Planes) -> Docs:
    """Return the documents that have points."""
    return union(planes.values())


def times(planes: Planes, factor: int) -> Planes:
    """Return the planes with all points multiplied by a factor above 0."""
    return {points * factor: docs for points, docs in planes.items()}


def within(planes: Planes, docs: Docs) -> Planes:
    """Return the planes of these documents only."""
    return {points: both for points, entry in planes.items() if (both := entry & docs)}


def lesser(ones: Planes, others: Planes, docs: Docs) -> Planes:
    """Return of these documents the smaller of two points; all have both."""
    planes: Planes = {}
    for points, entry in within(ones, docs).items():
        for other, more in others.items():
            both = entry & more
            if both:
                least = min(points, other)
                planes[least] = planes.get(least, NONE) | both
    return planes


def best_sums(parts: Sequence[Planes], docs: Docs, wanted: int) -> Planes:
    """Return the documents with the best sums, at least ``wanted`` of these documents.

    Whoever has as many points as one of them is there too; those without any have 0.
    """
    parts = [part for part in (within(part, docs) for part in parts) if part]
    parts.sort(key=max, reverse=True)
    sums = prod(len(part) + 1 for part in parts)
    if sums > _FEW_SUMS and docs.bit_count() <= _FEW_DOCUMENTS:
        return _added_one_by_one(parts, docs, wanted)
    rest = sum(map(max, parts))
    planes = {0: docs} if docs else {}
    for part in parts:
        rest -= max(part)
        planes = _without_hopeless(_added(planes, part), wanted, rest)
    return planes


def _added(planes: Planes, part: Planes) -> Planes:
    """Return the sums of planes that hold all documents, and of a part of which some have none."""
    sums: Planes = {}
    for points, docs in planes.items():
        for more, entry in part.items():
            both = docs & entry
            if both:
                docs ^= both
                sums[points + more] = sums.get(points + more, NONE) | both
        if docs:
            sums[points] = sums.get(points, NONE) | docs
    return sums


def _without_hopeless(planes: Planes, wanted: int, rest: int) -> Planes:
    """Leave out documents that ``wanted`` others have passed, even if they get ``rest`` more."""
    reached = 0
    threshold = 0
    for points in sorted(planes, reverse=True):
        reached += planes[points].bit_count()
        if reached >= wanted:
            threshold = points
            break
    return {points: docs for points, docs in planes.items() if points + rest >= threshold}


def _added_one_by_one(parts: Sequence[Planes], docs: Docs, wanted: int) -> Planes:
    numbers = numbers_of(docs)
    sums = dict.fromkeys(numbers, 0)
    for part in parts:
        for points, entry in part.items():
            for number in those_in(entry, numbers):
                sums[number] += points
    groups: dict[int, list[int]] = {}
    for number, points in sums.items():
        groups.setdefault(points, []).append(number)
    best: Planes = {}
    for points in sorted(groups, reverse=True):
        if wanted <= 0:
            break
        wanted -= len(groups[points])
        best[points] = docs_of(groups[points])
    return best
