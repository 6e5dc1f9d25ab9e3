"""The pages of a value: what is known of it, and every item that has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from archive.site.facets import PERIOD, Facet, facet_page, value_page
from archive.site.files import SiteTree
from archive.site.gathering import Gathered
from archive.site.items import Card
from archive.site.knowledge import Knowledge, span_of
from archive.site.known import ValueEntry
from archive.site.pages import PAGE_SIZE, Pages, numbers_shown
from archive.site.reuse import PageGroup, Reuse
from archive.site.value_links import ValueLink, ValueLinks
from schemas.collation import sort_key

_ON_OTHERS: dict[str, Any] = {"narrower": [], "described": None}
"""What the pages of a value but the first say in place of what only that shows."""


class ValuePages:
    """Writes the pages of values.

    Args:
        tree: The site.
        pages: Makes the HTML.
        gathered: What items have them.
        links: Links to them.
        has_map: Whether there is a map to lead to.
        reuse: Makes pages, or takes them from the site before.
    """

    def __init__(
        self,
        tree: SiteTree,
        pages: Pages,
        gathered: Gathered,
        links: ValueLinks,
        *,
        has_map: bool,
        reuse: Reuse,
    ) -> None:
        self._tree = tree
        self._pages = pages
        self._gathered = gathered
        self._links = links
        self._has_map = has_map
        self._reuse = reuse

    def write(self, facet: Facet, keys: Sequence[str], languages: Sequence[str]) -> None:
        """Write the pages of some values of a facet, by their keys, in every edition."""
        entries = [self._gathered.values[facet.name][key] for key in keys]
        group = self._reuse.group(f"values {facet.name} {keys[0]}")
        if group.take(self._parts(facet, entries)) is None:
            for entry in entries:
                for lang in languages:
                    self._write_value(facet, entry, lang, group)
        self._reuse.close(group)

    def _parts(self, facet: Facet, entries: Sequence[ValueEntry]) -> Iterator[bytes]:
        """Yield everything the pages of some values are made from."""
        yield self._gathered.facet_digest(facet.name)
        for entry in entries:
            yield entry.value.key.encode()
            yield self._gathered.digests_of_all(entry)

    def _write_value(self, facet: Facet, entry: ValueEntry, lang: str, group: PageGroup) -> None:
        """Write every page of a value in an edition."""
        known = self._links.knower.know(facet, entry, lang)
        count = max(1, -(-entry.count // PAGE_SIZE))
        of_all = {
            "facet_label": facet.label(lang),
            "facet_page": facet_page(facet.name),
            "known": known,
            "broader": [self._links.link(facet, above, lang) for above in known.broader],
            "total": entry.count,
            "count": count,
            "map_page": "map.html" if self._has_map and known.latitude is not None else "",
        }
        on_first = {
            "narrower": self._narrower(facet, entry, lang),
            "described": self._described(entry, known, lang),
        }
        # What lies above stands in "broader" too, without what a page does not say of it.
        made_from = repr(of_all | {"known": replace(known, broader=())}).encode()
        for number in range(1, count + 1):
            self._write_page(group, facet, entry, lang, number, of_all, on_first, made_from)

    def _write_page(
        self,
        group: PageGroup,
        facet: Facet,
        entry: ValueEntry,
        lang: str,
        number: int,
        of_all: dict[str, Any],
        on_first: dict[str, Any],
        made_from: bytes,
    ) -> None:
        """Write one page of a value in an edition."""
        start = (number - 1) * PAGE_SIZE
        path_of = partial(value_page, facet.name, entry.value.key)
        path = path_of(number)
        said = of_all | (on_first if number == 1 else _ON_OTHERS)

        def make() -> bytes:
            data = said | {
                "path_of": path_of,
                "cards_shown": self._gathered.cards(entry, lang, start=start, limit=PAGE_SIZE),
                "first": start + 1,
                "number": number,
                "numbers_shown": numbers_shown(number, of_all["count"]),
            }
            html = self._pages.page("value.html", lang, path, data)
            self._tree.write_page(f"{lang}/{path}", html)
            return b""

        group.write(
            f"{lang} {entry.value.key} {number}",
            lambda: [
                made_from,
                repr(on_first if number == 1 else _ON_OTHERS).encode(),
                self._gathered.digests(entry, start=start, limit=PAGE_SIZE),
            ],
            [f"{lang}/{path}"],
            make,
        )

    def _described(self, entry: ValueEntry, known: Knowledge, lang: str) -> Card | None:
        """Return the item that describes the value itself: a person's record, a festival's."""
        for name in (entry.value.text, known.label.text, *known.names):
            item_id = self._gathered.entity(name)
            if item_id:
                return self._gathered.card_of(item_id, lang)
        return None

    def _narrower(self, facet: Facet, entry: ValueEntry, lang: str) -> list[ValueLink]:
        """Return the decades of a century, or the terms under a term."""
        if facet.name != PERIOD:
            below = self._links.knower.narrower(facet, entry)
            links = [self._links.link(facet, other, lang) for other in below]
            return sorted(links, key=lambda link: (sort_key(link.label.text), link.page))
        span = span_of(entry.value.key)
        return [] if span.is_decade else self._links.decades(facet, span.first, span.last, lang)
