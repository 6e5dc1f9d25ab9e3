"""Filters as people write them: any name of a facet, any name of a value."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.fields import Profile
from schemas.normalising import ValueTables
from search.documents import field_names, spelling_key
from search.facet_values import FacetField, facet_fields, value_named
from search.facets import Filters


class FacetNames:
    """The facets of an archive under all their names.

    Attributes:
        facets: In the order readers see them.
    """

    def __init__(self, profile: Profile, tables: ValueTables, *, with_hidden: bool = False) -> None:
        """Collect them.

        Args:
            profile: The fields of every kind.
            tables: What values are understood by.
            with_hidden: Also fields the profile does not show.
        """
        self.facets = facet_fields(profile, with_hidden=with_hidden)
        self._profile = profile
        self._tables = tables
        self._named: dict[str, FacetField] = {}
        for facet in self.facets:
            self._named[spelling_key(facet.name)] = facet
        for facet in self.facets:
            for label in facet.labels.values():
                self._named.setdefault(spelling_key(label), facet)
        for key, field in field_names(profile, with_hidden=with_hidden).items():
            if (named := self._named.get(spelling_key(field))) is not None:
                self._named.setdefault(key, named)

    def get(self, name: str) -> FacetField | None:
        """Return the facet called so, as a query or a label calls its field, or None."""
        return self._named.get(spelling_key(name))

    def value(self, facet: FacetField, text: str) -> str:
        """Return the value of a facet that a person calls so."""
        return value_named(facet, text, self._profile, self._tables)

    def filters(self, pairs: Iterable[tuple[FacetField, str]]) -> Filters:
        """Return the filters for facets with a value each; values of one facet are alternatives."""
        values: dict[str, tuple[str, ...]] = {}
        for facet, text in pairs:
            value = self.value(facet, text)
            values[facet.name] = tuple(dict.fromkeys((*values.get(facet.name, ()), value)))
        return Filters(values)


def split_filter(text: str) -> tuple[str, str] | None:
    """Return the name and the value of ``name=value``, or None where one is missing."""
    name, _sign, value = text.partition("=")
    return (name.strip(), value.strip()) if name.strip() and value.strip() else None
