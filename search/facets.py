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

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from search.date_query import Years
from search.docsets import Docs, union

BREADTHS = (1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 100_000, 1_000_000)
"""Years a bar of the histogram may cover."""

MOST_BARS = 40
OUTLIERS = 20

Counts = Mapping[str, tuple[tuple[str, int], ...]]
"""Of each field its values with how many items have them, most first."""

Between = tuple[int | None, int | None]
"""First and last year, astronomical; None on an open side."""


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
        docs: The hits that pass all filters.
        facets: The counts; empty unless asked for.
        years: The histogram; empty unless asked for, or where nothing has a date.
    """

    docs: Docs
    facets: Counts = field(default_factory=dict)
    years: tuple[Bar, ...] = ()


class FacetReader(Protocol):
    """What counting asks of an index."""

    def having_facet(self, name: str, value: str) -> Docs:
        """Return the documents that are counted under a value of a facet."""
        ...

    def facet_counts(self, docs: Docs) -> Mapping[str, Mapping[str, int]]:
        """Return how many documents of a set have each value of each facet, zero left out."""
        ...

    def dated(self, fits: Callable[[Years], bool]) -> Docs:
        """Return the documents whose years fit."""
        ...

    def spans(self) -> Iterable[tuple[Years, Docs]]:
        """Yield the years of dates, rising, with the documents of each."""
        ...


def faceted(
    docs: Docs,
    reader: FacetReader,
    filters: Filters = NO_FILTERS,
    *,
    with_facets: bool = False,
    with_years: bool = False,
) -> Faceted:
    """Return the hits that pass the filters, with the counts that are asked for.

    Args:
        docs: What a query finds.
        reader: The index.
        filters: What the hits have to be or have.
        with_facets: Count the values of all fields.
        with_years: Make the histogram.
    """
    between = filters.between
    dated = docs
    if between is not None:
        dated &= reader.dated(lambda span: _touches(span, between))
    having = {
        name: union(reader.having_facet(name, value) for value in values)
        for name, values in filters.values.items()
        if values
    }
    passed = _in_all(dated, having.values())
    counts: dict[str, Mapping[str, int]] = {}
    if with_facets:
        counts |= reader.facet_counts(passed)
        for name in having:
            others = (entry for other, entry in having.items() if other != name)
            found = reader.facet_counts(_in_all(dated, others)).get(name, {})
            counts[name] = {**dict.fromkeys(filters.values[name], 0), **found}
    spans: list[tuple[Years, int]] = []
    if with_years:
        among = _in_all(docs, having.values())
        counted = ((span, (found & among).bit_count()) for span, found in reader.spans())
        spans = [(span, count) for span, count in counted if count]
    return Faceted(passed, _sorted(counts), _bars(spans))


def _in_all(docs: Docs, sets: Iterable[Docs]) -> Docs:
    for entry in sets:
        docs &= entry
    return docs


def histogram(spans: Sequence[Years]) -> tuple[Bar, ...]:
    """Return the bars over the years of some items; none for no items.

    Args:
        spans: First and last year of each, astronomical.
    """
    return _bars([(span, 1) for span in spans])


def _bars(spans: Sequence[tuple[Years, int]]) -> tuple[Bar, ...]:
    """Return the bars over years, each with how many items have these."""
    if not spans:
        return ()
    left_out = sum(count for _span, count in spans) // OUTLIERS
    start = _after(sorted((span[0], count) for span, count in spans), left_out)
    latest = sorted(((span[1], count) for span, count in spans), reverse=True)
    end = max(start, _after(latest, left_out))
    breadth = next(
        (years for years in BREADTHS if end // years - start // years < MOST_BARS), BREADTHS[-1]
    )
    start, end = start // breadth, end // breadth
    changes = [0] * (end - start + 2)
    for (first, last), items in spans:
        changes[min(max(first // breadth, start), end) - start] += items
        changes[min(max(last // breadth, start), end) - start + 1] -= items
    is_open_first = min(first for (first, _last), _count in spans) < start * breadth
    is_open_last = max(last for (_first, last), _count in spans) >= (end + 1) * breadth
    bars: list[Bar] = []
    count = 0
    for place in range(start, end + 1):
        count += changes[place - start]
        from_year = None if place == start and is_open_first else place * breadth
        to_year = None if place == end and is_open_last else (place + 1) * breadth - 1
        bars.append(Bar(from_year, to_year, count))
    return tuple(bars)


def _after(years: Iterable[tuple[int, int]], left_out: int) -> int:
    """Return the first year before which more items than ``left_out`` have been counted."""
    for year, count in years:
        left_out -= count
        if left_out < 0:
            return year
    raise ValueError("more years are left out than there are")


def _touches(span: Years, between: Between) -> bool:
    first, last = between
    return (first is None or first <= span[1]) and (last is None or span[0] <= last)


def _sorted(counts: Mapping[str, Mapping[str, int]]) -> Counts:
    return {
        name: tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))
        for name, values in sorted(counts.items())
    }


def facet_tables() -> dict[str, object]:
    """Return the numbers of the histogram as JSON data, for the search page."""
    return {"breadths": list(BREADTHS), "most_bars": MOST_BARS, "outliers": OUTLIERS}
