"""The ways in: lists of values, a page for every value, the timeline and the map.

Everything is made from what the first pass gathered, a page at a time. The pages of a facet whose
values are what they were are taken from the site before: nothing is sorted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from archive.kept_objects import packed, unpacked
from archive.site.facets import KIND, PERIOD, PLACE, Facet, facet_page
from archive.site.files import SiteTree
from archive.site.gathering import Gathered
from archive.site.items import Card
from archive.site.knowledge import span_of
from archive.site.pages import Pages
from archive.site.place_points import PLACES_SCRIPT, places_script
from archive.site.reuse import Reuse
from archive.site.value_links import ValueLink, ValueLinks
from schemas.collation import first_letter, letter_name, letter_order, sort_key

ONE_PAGE = 400
"""A facet with more values has a page a letter."""

_TOP = 8
_TIMELINE_CARDS = 6

AddPage = Callable[[str], None]


@dataclass(frozen=True)
class FacetView:
    """A facet on a page.

    Attributes:
        name: Its name in addresses.
        label: What it is called.
        page: Path of its list of values.
        count: How many values it has for readers of the edition.
        top: The most frequent ones, or all in time.
    """

    name: str
    label: str
    page: str
    count: int
    top: tuple[ValueLink, ...]


@dataclass(frozen=True)
class LetterView:
    """The values under one letter.

    Attributes:
        letter: The letter, or ``#``.
        page: Path of its page where it has one, else empty.
        anchor: Its name on the page.
        values: The values; none on the pages of other letters.
    """

    letter: str
    page: str
    anchor: str
    values: tuple[ValueLink, ...]


@dataclass(frozen=True)
class Century:
    """A century on the timeline.

    Attributes:
        link: Its page.
        share: Its share of the most frequent century's items, in per cent.
        cards: Some of its items.
        decades: Its decades that have items.
        query: What finds its years in the search, or empty.
    """

    link: ValueLink
    share: int
    cards: tuple[Card, ...]
    decades: tuple[ValueLink, ...]
    query: str


@dataclass(frozen=True)
class MapPlace:
    """A place on the map."""

    link: ValueLink
    latitude: float
    longitude: float


@dataclass(frozen=True)
class _WrittenFacet:
    """What is to be known of a facet whose pages are there.

    Attributes:
        views: By language, what other pages show of it.
        paths: Paths of its pages and those of its values, inside every edition, in order.
    """

    views: dict[str, FacetView]
    paths: tuple[str, ...]


class Ways:
    """Writes the pages that lead to items by their values, but for those of the values themselves.

    Attributes:
        has_timeline: Whether any item has a date that was understood.
        has_map: Whether any item has a place whose coordinates are known.
    """

    def __init__(
        self, tree: SiteTree, gathered: Gathered, links: ValueLinks, languages: tuple[str, ...]
    ) -> None:
        self._tree = tree
        self._gathered = gathered
        self._links = links
        self._languages = languages
        self._lists: dict[tuple[str, str], list[ValueLink]] = {}
        self._written: list[_WrittenFacet] = []
        self.has_timeline = bool(gathered.values.get(PERIOD))
        self.has_map = next(self._places(languages[0]), None) is not None

    def views(self, lang: str) -> list[FacetView]:
        """Return the facets for the pages that show them all, once they are written."""
        return [written.views[lang] for written in self._written]

    def write_facets(self, pages: Pages, reuse: Reuse) -> None:
        """Write the lists of values."""
        self._written = [self._write_facet(pages, reuse, facet) for facet in self._links.facets]

    def write(self, pages: Pages, reuse: Reuse, add: AddPage) -> None:
        """Write every other page, when the lists of values are there.

        Args:
            pages: Makes the HTML.
            reuse: Makes pages, or takes them from the site before.
            add: Told the path of every page that is in all editions.
        """
        for lang in self._languages:
            self._write_facets_page(pages, reuse, lang)
        self._write_timelines(pages, reuse)
        self._write_maps(pages, reuse)
        add("browse/index.html")
        for written in self._written:
            for path in written.paths:
                add(path)
        for path in ["timeline.html"] * self.has_timeline + ["map.html"] * self.has_map:
            add(path)

    def _write_facets_page(self, pages: Pages, reuse: Reuse, lang: str) -> None:
        path = "browse/index.html"
        data = {"facets": self.views(lang), "items": pages.numbers.items}

        def make() -> bytes:
            self._page(pages, "facets.html", lang, path, data)
            return b""

        reuse.write(f"{lang}/{path}", lambda: [repr(data).encode()], [f"{lang}/{path}"], make)

    def _paths_of(self, facet: Facet, letters: list[str]) -> tuple[str, ...]:
        """Return the paths that every edition has of a facet; its letters are pages."""
        pages = [entry.value.page for entry in self._gathered.values[facet.name].values()]
        parts = [_letter_page(facet, letter) for letter in letters]
        return (facet_page(facet.name), *parts, *pages)

    def _page(self, pages: Pages, template: str, lang: str, path: str, data: dict) -> None:  # type: ignore[type-arg]
        html = pages.page(template, lang, path, data)
        self._tree.write_page(f"{lang}/{path}", html)

    def _listed(self, facet: Facet, lang: str) -> list[ValueLink]:
        """Return the values an edition lists, in its order."""
        if (facet.name, lang) not in self._lists:
            self._lists[facet.name, lang] = self._sorted(facet, lang)
        return self._lists[facet.name, lang]

    def _sorted(self, facet: Facet, lang: str) -> list[ValueLink]:
        entries = [
            entry
            for entry in self._gathered.values[facet.name].values()
            if lang not in entry.hidden_in
        ]
        if facet.name == PERIOD:
            entries.sort(key=lambda e: (span_of(e.value.key).first, -span_of(e.value.key).last))
            return [self._links.link(facet, entry, lang) for entry in entries]
        links = [self._links.link(facet, entry, lang) for entry in entries]
        return sorted(links, key=lambda link: (sort_key(link.label.text), link.page))

    def _view(self, facet: Facet, lang: str) -> FacetView:
        links = self._listed(facet, lang)
        if facet.name == PERIOD:
            top = [link for link in links if "0s." not in link.page][:_TOP]
        else:
            most = sorted(links, key=lambda link: -link.count)[:_TOP]
            top = [link for link in links if link in most]
        return FacetView(
            facet.name, facet.label(lang), facet_page(facet.name), len(links), tuple(top)
        )

    def _write_facet(self, pages: Pages, reuse: Reuse, facet: Facet) -> _WrittenFacet:
        """Write the lists of the values of a facet in every edition."""
        name = f"facet {facet.name}"
        group = reuse.group(name)
        said = group.take([self._gathered.facet_digest(facet.name)])
        if said is not None:
            written: _WrittenFacet = unpacked(said)
        else:
            letters, is_parted = self._lettered(facet)
            paths = self._paths_of(facet, letters if is_parted else [])
            written = _WrittenFacet(
                {lang: self._view(facet, lang) for lang in self._languages}, paths
            )

            def make() -> bytes:
                for lang in self._languages:
                    self._write_list(pages, facet, lang, letters, is_parted)
                return b""

            here = paths[: 1 + len(letters) * is_parted]
            files = [f"{lang}/{path}" for lang in self._languages for path in here]
            group.write(name, lambda: [self._gathered.facet_digest(facet.name)], files, make)
        reuse.close(group, said=packed(written))
        return written

    def _write_list(
        self, pages: Pages, facet: Facet, lang: str, letters: list[str], is_parted: bool
    ) -> None:
        links = self._listed(facet, lang)
        by_letter: dict[str, list[ValueLink]] = {letter: [] for letter in letters}
        for link in links if letters else ():
            by_letter[first_letter(link.label.text)].append(link)
        views = [_letter(facet, letter, by_letter[letter], is_parted) for letter in letters]
        data = {
            "facet": facet.name,
            "label": facet.label(lang),
            "count": len(links),
            "letter_here": "",
            "is_parted": is_parted,
            "letters": views if is_parted else [view for view in views if view.values],
            "values": () if letters else links,
        }
        self._page(pages, "facet.html", lang, facet_page(facet.name), data)
        for view in views if is_parted else ():
            here = {"values": view.values, "letter_here": view.letter}
            self._page(pages, "facet.html", lang, view.page, data | here)

    def _lettered(self, facet: Facet) -> tuple[list[str], bool]:
        """Return the letters a facet's values start with in any edition, each a page or not.

        An edition has the pages of all letters, so that every page has its twin.
        """
        if facet.name in (PERIOD, KIND):
            return [], False
        lists = [self._listed(facet, lang) for lang in self._languages]
        letters = {first_letter(link.label.text) for links in lists for link in links}
        is_parted = max(map(len, lists)) > ONE_PAGE and len(letters) > 1
        return sorted(letters, key=letter_order), is_parted

    def _write_timelines(self, pages: Pages, reuse: Reuse) -> None:
        """Write the timeline in every edition."""
        if not self.has_timeline:
            return
        dated, gathered = self._gathered.known.dated, self._gathered
        entries = gathered.values[PERIOD].values()

        def make() -> bytes:
            for lang in self._languages:
                self._write_timeline(pages, lang)
            return b""

        reuse.write(
            "timeline",
            lambda: [
                repr((dated, pages.numbers.items)).encode(),
                gathered.facet_digest(PERIOD),
                *(gathered.digests(entry, start=0, limit=_TIMELINE_CARDS) for entry in entries),
            ],
            [f"{lang}/timeline.html" for lang in self._languages],
            make,
        )

    def _write_timeline(self, pages: Pages, lang: str) -> None:
        facet = Facet(PERIOD)
        entries = list(self._gathered.values[PERIOD].values())
        spans = sorted((span_of(e.value.key), e.number, e) for e in entries)
        centuries = [(span, entry) for span, _number, entry in spans if not span.is_decade]
        most = max(entry.count for _span, entry in centuries)
        shown = [
            Century(
                link=self._links.link(facet, entry, lang),
                share=max(2, round(100 * entry.count / most)),
                cards=tuple(self._gathered.cards(entry, lang, start=0, limit=_TIMELINE_CARDS)),
                decades=tuple(self._links.decades(facet, span.first, span.last, lang)),
                query=span.query,
            )
            for span, entry in centuries
        ]
        data = {
            "centuries": shown,
            "dated": self._gathered.known.dated,
            "undated": pages.numbers.items - self._gathered.known.dated,
        }
        self._page(pages, "timeline.html", lang, "timeline.html", data)

    def _places(self, lang: str) -> Iterator[MapPlace]:
        """Yield the places whose coordinates are known."""
        facet = self._links.facet(PLACE)
        for entry in self._gathered.values[PLACE].values() if facet else ():
            # A province is only marked for the items that name no place inside it.
            if facet is None or not entry.direct or not entry.value.known:
                continue
            known = self._links.knower.know(facet, entry, lang)
            if known.latitude is not None and known.longitude is not None:
                link = replace(self._links.link(facet, entry, lang), count=entry.direct)
                yield MapPlace(link, known.latitude, known.longitude)

    def _write_maps(self, pages: Pages, reuse: Reuse) -> None:
        """Write the map in every edition, and the script that tells the search where places lie."""
        if not self.has_map:
            return

        def make() -> bytes:
            for lang in self._languages:
                self._write_map(pages, lang)
            self._tree.write(PLACES_SCRIPT, places_script(self._gathered))
            return b""

        paths = [PLACES_SCRIPT, *(f"{lang}/map.html" for lang in self._languages)]
        reuse.write("map", lambda: [self._gathered.facet_digest(PLACE)], paths, make)

    def _write_map(self, pages: Pages, lang: str) -> None:
        places = sorted(self._places(lang), key=lambda place: sort_key(place.link.label.text))
        entries = self._gathered.values[PLACE].values()
        listed = sum(1 for e in entries if e.direct and lang not in e.hidden_in)
        data = {
            "places": places,
            "elsewhere": max(0, listed - len(places)),
            "facet_page": facet_page(PLACE),
        }
        self._tree.write_page(f"{lang}/map.html", pages.map(lang, data))


def _letter(facet: Facet, letter: str, values: list[ValueLink], is_parted: bool) -> LetterView:
    page = _letter_page(facet, letter) if is_parted else ""
    return LetterView(letter, page, f"letter-{letter_name(letter)}", tuple(values))


def _letter_page(facet: Facet, letter: str) -> str:
    return f"browse/{facet.name}/letter-{letter_name(letter)}.html"
