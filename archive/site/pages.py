"""The pages of the site, one function a kind: which template, which data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from archive.settings import Settings
from archive.site.citing import citations, report_address
from archive.site.data_files import Download
from archive.site.item_offers import drag_address, size_words
from archive.site.items import Card, Display, Picture, Text
from archive.site.render import Renderer, SiteWays, policy_with
from archive.site.theme import Theme
from archive.site.urls import absolute_url
from archive.site.value_links import ValueLink
from archive.site.viewer_data import viewer_data
from schemas.crosswalks.iiif import collection_path, manifest_path
from schemas.identifiers import item_page, shard_of
from schemas.messages import translate
from schemas.rights import rights_statement

PAGE_SIZE = 48
HOME_STORIES = 3
_PAGES_AROUND = 2
_SUMMARY_LENGTH = 160


@dataclass(frozen=True)
class Numbers:
    """How much there is.

    Attributes:
        items: Public items.
        images: Their views and pages.
        updated_on: Day of the latest change, ``2026-11-21``, or empty.
    """

    items: int = 0
    images: int = 0
    updated_on: str = ""


@dataclass(frozen=True)
class Neighbours:
    """The items before and after one, as cards, or None at the ends."""

    previous: Card | None
    following: Card | None


@dataclass(frozen=True)
class Around:
    """What an item is connected with.

    Attributes:
        related: Items like it.
        named: Values that the item describes: a person's name in other items.
        naming: Some of the items that have such a value.
        stories: Titles and paths of the stories that name it.
    """

    related: tuple[Card, ...] = ()
    named: tuple[ValueLink, ...] = ()
    naming: tuple[Card, ...] = ()
    stories: tuple[tuple[Text, str], ...] = ()


@dataclass(frozen=True)
class HomeContent:
    """What the home page shows.

    Attributes:
        highlights: Items chosen for it.
        latest: The newest items.
        lead: The item whose picture opens it, or None.
        facets: The ways in, as :class:`archive.site.ways.FacetView`.
        stories: Some stories, as :class:`archive.site.story_pages.StoryCard`.
    """

    highlights: tuple[Card, ...] = ()
    latest: tuple[Card, ...] = ()
    lead: Display | None = None
    facets: tuple[Any, ...] = ()
    stories: tuple[Any, ...] = ()


class Pages:
    """Makes the HTML of every kind of page.

    Attributes:
        numbers: How much there is, for the home page and the footer.

    Args:
        settings: The archive's settings.
        numbers: How much there is.
        ways: Which pages the menus lead to.
        theme: What the site looks like beyond what ships.
        is_for_few: Whether only a few pages follow; they are the same bytes either way.
    """

    def __init__(
        self,
        settings: Settings,
        numbers: Numbers,
        ways: SiteWays,
        theme: Theme,
        *,
        is_for_few: bool = False,
    ) -> None:
        self._settings = settings
        self._renderer = Renderer(settings, ways, theme, is_for_few=is_for_few)
        self.numbers = numbers

    def home(self, lang: str, shown: HomeContent) -> str:
        """Return the home page of an edition."""
        return self._renderer.render("home.html", lang, "index.html", self._home_data(lang, shown))

    def root(self, shown: HomeContent) -> str:
        """Return the first page of the site: the main edition's home."""
        lang = self._settings.main_language
        return self._renderer.render_root("home.html", self._home_data(lang, shown))

    def browse(self, lang: str, cards: Sequence[Card], number: int, count: int) -> str:
        """Return page ``number`` of ``count`` of the list of all items."""
        data = {
            "cards_shown": cards,
            "number": number,
            "count": count,
            "numbers_shown": numbers_shown(number, count),
            "items": self.numbers.items,
            "first": (number - 1) * PAGE_SIZE + 1,
        }
        return self._renderer.render(
            "browse.html", lang, browse_page(number), self._common("browse") | data
        )

    def item(
        self,
        lang: str,
        item: Display,
        neighbours: Neighbours,
        json_ld: Mapping[str, Any] | None,
        around: Around,
        updated_on: str,
        *,
        has_linked_art: bool = False,
    ) -> str:
        """Return the page of an item; ``updated_on`` is the day it changed, ``2026-11-21``."""
        path = item_page(item.item_id)
        address = (
            absolute_url(self._settings.base_url, f"{lang}/{path}")
            if self._settings.has_public_url
            else ""
        )
        data = {
            "item": item,
            "neighbours": neighbours,
            "around": around,
            "citations": citations(item, address),
            "report": report_address(self._settings, item.identifier, address, lang),
            "share": self._share(item),
            "json_ld": json_ld,
            "json_ld_path": json_ld_path(item.item_id),
            "manifest_path": manifest_path(item.item_id),
            "linked_art_path": linked_art_path(item.item_id) if has_linked_art else "",
            "drag": self._drag(item),
            "size_words": size_words(lang),
            "viewer_data": viewer_data,
            "summary": _shortened(item.prose[0].text) if item.prose else item.title.text,
            "address": address,
        }
        # Not the day of the archive: a page changes with its item alone.
        numbers = Numbers(self.numbers.items, self.numbers.images, updated_on)
        common = {"section": "item", "numbers": numbers, "item_page": item_page}
        return self._renderer.render("item.html", lang, path, common | data)

    def page(self, template: str, lang: str, path: str, data: Mapping[str, Any]) -> str:
        """Return a page of any other kind.

        Args:
            template: Name of its template.
            lang: Language of the edition.
            path: Its path inside every edition.
            data: What the template asks for; ``section`` names its entry in the menu.
        """
        return self._renderer.render(template, lang, path, self._common("browse") | dict(data))

    def map(self, lang: str, data: Mapping[str, Any]) -> str:
        """Return the map; only it may ask a tile service, where the museum has chosen one."""
        host = self._settings.site.map_host
        more = {"policy": policy_with(host)} if host else {}
        return self.page("map.html", lang, "map.html", {**data, **more})

    def search(self, lang: str, facets: Sequence[Mapping[str, Any]]) -> str:
        """Return the search page.

        Args:
            lang: Its language.
            facets: The facets of the index: name, label and labels of values.
        """
        data = self._common("search") | {"facets": facets}
        return self._renderer.render("search.html", lang, "search.html", data)

    def about(self, lang: str) -> str:
        """Return the page about rights, citing and reuse."""
        known = rights_statement(self._settings.rights_uri)
        data = {
            "rights": self._settings.rights,
            "rights_uri": self._settings.rights_uri,
            "rights_mark": known.mark if known else "",
            "words": self._settings.site.about.get(lang, ""),
            "rights_meaning": translate(known.meaning, lang) if known else "",
            "collection_path": collection_path(),
        }
        return self._renderer.render("about.html", lang, "about.html", self._common("about") | data)

    def not_found(self) -> str:
        """Return the page a server shows for an address that is not there."""
        return self._renderer.render_anywhere("404.html")

    def offline(self) -> str:
        """Return the page a browser shows without a network for what it has not kept."""
        return self._renderer.render_anywhere("offline.html")

    def data(self, lang: str, downloads: Sequence[Download]) -> str:
        """Return the page of the downloads of the whole site."""
        rights = {"rights": self._settings.rights, "rights_uri": self._settings.rights_uri}
        data = self._common("about") | {"downloads": downloads} | rights
        return self._renderer.render("data.html", lang, "data.html", data)

    def _home_data(self, lang: str, shown: HomeContent) -> dict[str, Any]:
        welcome = self._settings.site.welcome.get(lang, "")
        return self._common("home") | {"shown": shown, "welcome": welcome}

    def _share(self, item: Display) -> Picture | None:
        """Return the picture that stands for an item where its address is shared."""
        if not item.views or not self._settings.has_public_url:
            return None
        return item.views[0].access

    def _drag(self, item: Display) -> str:
        """Return the address that a IIIF viewer takes, or empty where there is none to give."""
        if not item.views or not self._settings.has_public_url:
            return ""
        return drag_address(absolute_url(self._settings.base_url, manifest_path(item.item_id)))

    def _common(self, section: str) -> dict[str, Any]:
        # Lists do not say when the archive changed: they would change with every item.
        numbers = replace(self.numbers, updated_on="") if section == "browse" else self.numbers
        return {"section": section, "numbers": numbers, "item_page": item_page}


def browse_page(number: int) -> str:
    """Return the path of a page of the list, inside an edition."""
    return f"browse/{number}.html"


def linked_art_path(item_id: str) -> str:
    """Return the path of an item's Linked Art document, relative to the root of the site."""
    return f"data/{shard_of(item_id)}/{item_id}.linked-art.json"


def json_ld_path(item_id: str) -> str:
    """Return the path of an item's JSON-LD, relative to the root of the site."""
    return f"data/{shard_of(item_id)}/{item_id}.jsonld"


def numbers_shown(number: int, count: int) -> list[int]:
    """Return the page numbers to link to, in order; 0 stands for those left out."""
    near = range(max(1, number - _PAGES_AROUND), min(count, number + _PAGES_AROUND) + 1)
    shown: list[int] = []
    for entry in sorted({1, *near, count}):
        if shown and entry - shown[-1] > 1:
            shown.append(0)
        shown.append(entry)
    return shown


def _shortened(text: str) -> str:
    """Return the beginning of ``text`` for a description, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= _SUMMARY_LENGTH:
        return flat
    return flat[:_SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(",;:.") + "…"
