"""Counting the values of facets over sets of documents.

A value that many documents have is kept as a set and counted by meeting it; all that few have stand
in two columns, documents and values, that are read side by side. So a count costs about as much for
three values as for three thousand.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from search.docsets import Docs, docs_of, flags

# From here on a set is counted sooner than a column. It takes a bit for every document of the
# index, a column eight bytes for every document that has the value.
_OFTEN = 256


class FacetTable:
    """The values of all facets of one snapshot."""

    def __init__(self, values: Iterable[tuple[str, str, Sequence[int] | Docs]]) -> None:
        """Take (facet, value, its documents)."""
        self._sets: dict[tuple[str, str], Docs] = {}
        self._rare: list[tuple[str, str]] = []
        self._documents = array("I")
        self._values = array("I")
        for facet, value, numbers in values:
            if not numbers:
                continue
            if isinstance(numbers, int):
                self._sets[facet, value] = numbers
            elif len(numbers) * _OFTEN > max(numbers):
                self._sets[facet, value] = docs_of(numbers)
            else:
                self._documents.extend(numbers)
                self._values.extend([len(self._rare)] * len(numbers))
                self._rare.append((facet, value))

    def counts(self, docs: Docs) -> Mapping[str, Mapping[str, int]]:
        """Return for each facet its values with how many of some documents have each."""
        counts: dict[str, dict[str, int]] = {}
        for (facet, value), having in self._sets.items():
            count = (having & docs).bit_count()
            if count:
                counts.setdefault(facet, {})[value] = count
        for place, count in self._rare_counts(docs).items():
            facet, value = self._rare[place]
            counts.setdefault(facet, {})[value] = count
        return counts

    def _rare_counts(self, docs: Docs) -> Counter[int]:
        if not self._documents:
            return Counter()
        among = flags(docs).ljust(max(self._documents) + 1, b"\0")
        return Counter(compress(self._values, map(among.__getitem__, self._documents)))
