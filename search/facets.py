"""Filters, exact counts of facets, and the histogram of years over the hits of a query.

The search page counts in the very same way (``search/client/search-facets.js``):

* A filter names a field and some of its values: an item passes that has any of them (OR). With
  filters on several fields, an item has to pass all (AND). ``between`` is a filter on years: an
  item passes whose dates touch them; one without dates never does.
* Hits are the items that a query finds and that pass every filter.
* The counts of a field are over the items that pass every filter *but that field's own*, and the
  histogram is over those that pass every filter but ``between``, so that a count always says how
  many items there would be if one chose it too. A value that is filtered for is always listed,
  also with 0.
* The bars of the histogram lie side by side and are all of one breadth, the smallest of
  :data:`BREADTHS` that needs at most :data:`MOST_BARS`. They reach from the first year of the
  items' dates to the last, leaving out the :data:`OUTLIERS`-th part with the earliest first year
  and the latest last year: these are counted by the outermost bars, which are open. An item is
  counted by every bar its dates touch, so a bar says how many items filtering for it gives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.date_query import Years
from search.scoring import Ranked

BREADTHS = (1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 100_000, 1_000_000)
"""Years a bar of the histogram may cover."""

MOST_BARS = 40
OUTLIERS = 20

Counts = Mapping[str, tuple[tuple[str, int], ...]]
"""Of each field its values with how many items have them, most first."""

Between = tuple[int | None, int | None]
"""First and last year, astronomical; None on an open side."""

_BETWEEN = "\0between"


@dataclass(frozen=True)
class Filters:
    """What items have to be or have besides being found.

    Attributes:
        values: For each field the values of which an item must have one.
        between: The years that its dates must touch, or None.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    between: Between | None = None

    def __bool__(self) -> bool:
        return self.between is not None or any(self.values.values())


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram.

    Attributes:
        first: Its first year, or None of one that is open to the past.
        last: Its last year, or None of one that is open to the future.
        count: How many items' dates touch it.
    """

    first: int | None
    last: int | None
    count: int


@dataclass(frozen=True)
class Faceted:
    """What is left of the hits of a query, and what they are counted by.

    Attributes:
        ranked: The hits that pass all filters, in no order.
        facets: The counts; empty unless asked for.
        years: The histogram; empty unless asked for, or where nothing has a date.
    """

    ranked: list[Ranked]
    facets: Counts = field(default_factory=dict)
    years: tuple[Bar, ...] = ()


class FacetReader(Protocol):
    """What counting asks of an index."""

    def facets(self, number: int) -> Iterable[tuple[str, str]]:
        """Return the (field, value) a document is counted by."""
        ...

    def years(self, number: int) -> Years | None:
        """Return the years of a document's dates, or None."""
        ...


def faceted(
    ranked: list[Ranked],
    reader: FacetReader,
    filters: Filters = NO_FILTERS,
    *,
    with_facets: bool = False,
    with_years: bool = False,
) -> Faceted:
    """Return the hits that pass the filters, with the counts that are asked for.

    Args:
        ranked: What a query finds, in any order.
        reader: The index.
        filters: What the hits have to be or have.
        with_facets: Count the values of all fields.
        with_years: Make the histogram.
    """
    wanted = {name: frozenset(values) for name, values in filters.values.items() if values}
    if not (filters or with_facets or with_years):
        return Faceted(ranked)
    passed: list[Ranked] = []
    spans: list[Years] = []
    counts: dict[str, Counter[str]] = {
        name: Counter(dict.fromkeys(values, 0)) for name, values in filters.values.items() if values
    }
    for entry in ranked:
        facets = tuple(reader.facets(entry.number)) if wanted or with_facets else ()
        is_dated = filters.between is not None or with_years
        span = reader.years(entry.number) if is_dated else None
        missed = _missed(facets, span, wanted, filters.between)
        if not missed:
            passed.append(entry)
        if with_facets and len(missed) <= 1:
            for name, value in facets:
                if not missed or name in missed:
                    counts.setdefault(name, Counter())[value] += 1
        if with_years and span is not None and missed <= {_BETWEEN}:
            spans.append(span)
    return Faceted(passed, _sorted(counts) if with_facets else {}, histogram(spans))


def histogram(spans: Sequence[Years]) -> tuple[Bar, ...]:
    """Return the bars over the years of some items; none for no items.

    Args:
        spans: First and last year of each, astronomical.
    """
    if not spans:
        return ()
    left_out = len(spans) // OUTLIERS
    start = sorted(first for first, _last in spans)[left_out]
    end = max(start, sorted((last for _first, last in spans), reverse=True)[left_out])
    breadth = next(
        (years for years in BREADTHS if end // years - start // years < MOST_BARS), BREADTHS[-1]
    )
    start, end = start // breadth, end // breadth
    counts = [0] * (end - start + 2)
    for first, last in spans:
        counts[min(max(first // breadth, start), end) - start] += 1
        counts[min(max(last // breadth, start), end) - start + 1] -= 1
    is_open_first = min(spans)[0] < start * breadth
    is_open_last = max(last for _first, last in spans) >= (end + 1) * breadth
    bars: list[Bar] = []
    count = 0
    for place in range(start, end + 1):
        count += counts[place - start]
        from_year = None if place == start and is_open_first else place * breadth
        to_year = None if place == end and is_open_last else (place + 1) * breadth - 1
        bars.append(Bar(from_year, to_year, count))
    return tuple(bars)


def _missed(
    facets: Iterable[tuple[str, str]],
    span: Years | None,
    wanted: Mapping[str, frozenset[str]],
    between: Between | None,
) -> set[str]:
    """Return the fields whose filter an item does not pass."""
    missed = set(wanted)
    if missed:
        missed -= {name for name, value in facets if value in wanted.get(name, ())}
    if between is not None and not _touches(span, between):
        missed.add(_BETWEEN)
    return missed


def _touches(span: Years | None, between: Between) -> bool:
    if span is None:
        return False
    first, last = between
    return (first is None or first <= span[1]) and (last is None or span[0] <= last)


def _sorted(counts: Mapping[str, Counter[str]]) -> Counts:
    return {
        name: tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))
        for name, values in sorted(counts.items())
    }


def facet_tables() -> dict[str, object]:
    """Return the numbers of the histogram as JSON data, for the search page."""
    return {"breadths": list(BREADTHS), "most_bars": MOST_BARS, "outliers": OUTLIERS}
