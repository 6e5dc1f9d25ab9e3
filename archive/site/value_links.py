"""The values that items are listed by, as links: what they are called, where their pages are."""

from __future__ import annotations

from dataclasses import dataclass

from archive.site.facets import KIND, PERIOD, Facet, facets_of
from archive.site.gathering import Gathered
from archive.site.items import Text
from archive.site.knowledge import Knower, span_of
from archive.site.known import ValueEntry
from schemas.normalising import ValueTables
from schemas.profile import Profile


@dataclass(frozen=True)
class ValueLink:
    """A value in a list.

    Attributes:
        label: What it is called.
        page: Path of its page, inside an edition.
        count: Items that have it.
    """

    label: Text
    page: str
    count: int


class ValueLinks:
    """Links to the values of one build.

    Attributes:
        facets: The facets that have anything to choose from.
        knower: Knows the values.
    """

    def __init__(
        self,
        gathered: Gathered,
        profile: Profile,
        tables: ValueTables,
        languages: tuple[str, ...],
    ) -> None:
        self._gathered = gathered
        self.knower = Knower(gathered, profile, tables, languages)
        self.facets = tuple(f for f in facets_of(profile) if self._offers(f))
        self._by_name = {facet.name: facet for facet in self.facets}

    def facet(self, name: str) -> Facet | None:
        """Return the facet with a name, if it has anything to choose from."""
        return self._by_name.get(name)

    def link(self, facet: Facet, entry: ValueEntry, lang: str) -> ValueLink:
        """Return a link to a value's page."""
        return ValueLink(self.knower.label(facet, entry, lang), entry.value.page, entry.count)

    def decades(self, facet: Facet, first: int, last: int, lang: str) -> list[ValueLink]:
        """Return the decades between two years that items have, in time."""
        entries = self._gathered.values[PERIOD].values()
        spans = sorted((span_of(e.value.key), e.number, e) for e in entries)
        return [
            self.link(facet, entry, lang)
            for span, _number, entry in spans
            if span.is_decade and first <= span.first <= last
        ]

    def _offers(self, facet: Facet) -> bool:
        entries = self._gathered.values.get(facet.name, {})
        return len(entries) > (1 if facet.name == KIND else 0)
