"""Writes one site into a tree: a pass that counts and gathers, then every page, by pieces.

Memory holds what the items have in common, their values, and a few items at a time.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from archive.kept_items import forget_database
from archive.layout import Layout
from archive.settings import Settings
from archive.site.crew import do_pieces
from archive.site.data_files import DataFiles, Offers
from archive.site.displays import Displays
from archive.site.files import SiteTree
from archive.site.first_pass import FirstPass
from archive.site.gathering import Gathered, Gathering
from archive.site.gists import Gist, Shown
from archive.site.item_images import ItemImages
from archive.site.item_pages import JsonLd, Told
from archive.site.items import Display, card, shown_item
from archive.site.kept import KEY_NAME, KeptPages, MadeGroup, MadePages, key_of
from archive.site.listing import ListedItem
from archive.site.lists import CollectionFiles
from archive.site.offline import OFFLINE_NAME
from archive.site.opensearch import OPENSEARCH_NAME, opensearch_description
from archive.site.pages import HOME_STORIES, HomeContent, Numbers, Pages, browse_page
from archive.site.render import STATIC, SiteWays
from archive.site.reuse import Reuse
from archive.site.sitemap import Sitemap
from archive.site.stories import read_stories
from archive.site.story_pages import StoryPages
from archive.site.survey import Survey
from archive.site.theme import write_theme
from archive.site.value_links import ValueLinks
from archive.site.ways import Ways
from archive.site.workshop import (
    Done,
    ListPiece,
    Order,
    Piece,
    ValuesPiece,
    list_pages,
    publication_of,
)
from archive.value_tables import read_value_tables
from schemas.crosswalks.discovery import changes_path
from schemas.identifiers import item_page
from schemas.profile import Profile
from schemas.records import is_public

# Given a language, returns the facets of the search page: name, label and labels of values.
Facets = Callable[[str], Sequence[Mapping[str, Any]]]
Progress = Callable[[int, int], None]
LISTS = "site-lists.db"

# A smaller site is written before a process has started; so is one of which little changed.
PROCESSES_FROM = 1000
CHANGES_FROM = 200
# For the pages of so few items templates are not prepared.
FEW_CHANGES = 8
_PIECE_LISTS = 8
_PIECE_VALUES = 24
_PIECE_CARDS = 2000


class SiteWriter:
    """Writes one site into a tree.

    Attributes:
        items_digest: The digest of all items, once they were written.
    """

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        profile: Profile,
        tree: SiteTree,
        *,
        json_ld: JsonLd | None,
        linked_art: JsonLd | None,
        facets: Facets | None,
        halvings: int,
        processes: int,
        keeps: bool,
        offers: Offers | None,
    ) -> None:
        self._layout = layout
        self._settings = settings
        self._profile = profile
        self._tree = tree
        self._json_ld = json_ld
        self._linked_art = linked_art
        self._facets = facets
        self._halvings = halvings
        self._processes = processes
        self._keeps = keeps
        self._offers = offers
        self._stories = StoryPages(read_stories(layout.stories, settings.languages), settings)
        self._in_stories: dict[str, dict[str, Display]] = {lang: {} for lang in settings.languages}
        self._displays = {lang: Displays(profile, settings, lang) for lang in settings.languages}
        log = changes_path() if offers is not None else ""
        self.items_digest = b""
        self._publication = replace(publication_of(settings), changes_path=log)
        self._images = ItemImages(layout, tree, profile, self._publication, halvings)

    def write(
        self,
        items: Callable[[], Iterator[ListedItem]],
        today: date,
        on_progress: Progress | None,
    ) -> Survey:
        """Write everything but the search index.

        Raises:
            sqlite3.DatabaseError: What was kept of items is damaged.
        """
        self._tree.copy_folder(STATIC, "assets")
        lists = self._lists
        try:
            with closing(self._gathering(lists)) as gathering:
                first = FirstPass(
                    gathering,
                    partial(self._read, gathering, today),
                    self._images.are_there,
                    self._stories.numbers,
                    self._keep_for_stories,
                )
                survey, known = first.do(items, self._settings.site.highlights)
                self.items_digest = first.digest
            self._stories.check(self._in_stories[self._settings.main_language])
            with closing(Gathered(lists, known)) as gathered:
                self._write_pages(survey, gathered, on_progress)
        finally:
            if not self._keeps:
                forget_database(lists)
        return survey

    @property
    def _lists(self) -> Path:
        return self._layout.site_items if self._keeps else self._layout.staging / LISTS

    def _gathering(self, path: Path) -> Gathering:
        languages = self._settings.languages
        key = key_of(self._layout, None, self._settings, self._profile) if self._keeps else None
        return Gathering(path, self._profile, languages, key)

    def _read(self, gathering: Gathering, today: date, item: ListedItem) -> tuple[int, Gist]:
        """Read an item and put it into what is gathered.

        Raises:
            ValueError: It is not public.
        """
        site_item = item.read()
        if not is_public(site_item.record, today):
            raise ValueError(f"{item.item_id} is not public")
        shown = shown_item(site_item, self._profile, self._settings)
        images, files = self._images.usable(shown), self._images.files(shown)
        return gathering.put(item.stamp, shown, images, files)

    def _keep_for_stories(self, found: Shown) -> None:
        item, images = found
        for lang, kept in self._in_stories.items():
            kept[item.record.identifier] = self._displays[lang].display(item, images)

    def _write_pages(
        self, survey: Survey, gathered: Gathered, on_progress: Progress | None
    ) -> None:
        """Write every page, and the images."""
        tables = read_value_tables(self._layout)
        languages = self._settings.languages
        links = ValueLinks(gathered, self._profile, tables, languages)
        ways = Ways(self._tree, gathered, links, languages)
        order = self._order(survey, ways)
        with ExitStack() as stack:
            table = stack.enter_context(closing(MadePages(new_table(self._layout))))
            kept = None
            if self._tree.before is not None and order.key is not None:
                kept = KeptPages(self._layout.site_pages, self._tree.before, self._tree.sight)
                stack.enter_context(closing(kept))
            has_changed = _changes(order, kept, gathered.known.changed)
            order = replace(order, is_edit=has_changed is not None and has_changed <= FEW_CHANGES)
            pages = Pages(
                *(self._settings, order.numbers, order.ways, order.theme), is_for_few=order.is_edit
            )
            reuse = Reuse(self._tree, kept, order.key)
            ways.write_facets(pages, reuse)
            self._write_single_pages(pages, reuse, ways, survey)
            sitemap = self._sitemap(reuse)
            add = sitemap.add if sitemap is not None else _unheard
            data = DataFiles(self._tree, self._profile, self._settings, self._offers)
            stack.enter_context(closing(data))
            pieces = _pieces(survey.items, gathered, links)
            is_small = survey.items < PROCESSES_FROM
            is_edited = has_changed is not None and has_changed < CHANGES_FROM
            processes = 1 if is_small or is_edited else self._processes
            # Closed whatever happens: no process may write on when the folder is cleared.
            results = do_pieces(order, gathered.known, pieces, processes)
            stack.enter_context(closing(results))
            self._take(results, table, survey, data, add, on_progress)
            downloads = data.finish(survey.updated_at[:10], reuse, self.items_digest)
            for lang in languages:
                self._tree.write_page(f"{lang}/data.html", pages.data(lang, downloads))
            ways.write(pages, reuse, add)
            self._write_stories(pages, add)
            for number in range(1, list_pages(survey.items) + 1):
                add(browse_page(number))
            if sitemap is not None:
                sitemap.finish()
            if order.key is not None:
                table.add([MadeGroup(KEY_NAME, order.key, {}), *reuse.made], reuse.taken)
            table.finish()

    def _order(self, survey: Survey, ways: Ways) -> Order:
        """Return what is told to everyone who writes a part of the site."""
        numbers = Numbers(survey.items, survey.images, survey.updated_at[:10])
        theme = write_theme(self._layout, self._settings.site, self._tree)
        site_ways = SiteWays(
            timeline=ways.has_timeline,
            map=ways.has_map,
            stories=bool(self._stories.names),
            feeds=self._offers is not None and survey.items > 0,
            offline=self._offers is not None and self._settings.site.offline_mb > 0,
        )
        key = None
        if self._keeps:
            # A museum's own templates may say on every page how much there is.
            said = numbers if theme.templates else None
            by = (self._json_ld, self._linked_art)
            data = (self._settings, self._profile, *by, site_ways, theme, said)
            key = key_of(self._layout, theme.templates, *data)
        return Order(
            layout=self._layout,
            settings=self._settings,
            profile=self._profile,
            root=self._tree.root,
            before=self._tree.before,
            sight=self._tree.sight.for_others() if self._tree.sight is not None else None,
            lists=self._lists,
            numbers=numbers,
            ways=site_ways,
            theme=theme,
            json_ld=self._json_ld,
            linked_art=self._linked_art,
            told=self._told(),
            halvings=self._halvings,
            key=key,
            is_edit=False,
        )

    def _told(self) -> Told:
        return {
            lang: {
                number: tuple((s.title, s.page) for s in self._stories.of_item(number, lang, shown))
                for number in shown
            }
            for lang, shown in self._in_stories.items()
        }

    def _take(
        self,
        results: Iterator[Done],
        table: MadePages,
        survey: Survey,
        data: DataFiles,
        add: Callable[[str, str], None],
        on_progress: Progress | None,
    ) -> None:
        """Take what came of the pieces; write the files about all items."""
        collection = CollectionFiles(self._tree, self._publication, survey.with_images)
        done = 0
        for result in results:
            self._tree.counts.add(result.counts)
            table.add(result.made, result.taken)
            if result.items is None:
                continue
            data.add(result.items.lines)
            for summary in result.items.summaries:
                collection.add(summary)
            for item_id, updated_on in result.items.items:
                add(item_page(item_id), updated_on)
                done += 1
                if on_progress is not None:
                    on_progress(done, survey.items)
        collection.finish()

    def _write_stories(self, pages: Pages, add: Callable[[str], None]) -> None:
        paths: list[str] = []
        for lang, shown in self._in_stories.items() if self._stories.names else ():
            paths = self._stories.write(self._tree, pages, lang, shown)
        for path in paths:
            add(path)

    def _write_single_pages(self, pages: Pages, reuse: Reuse, ways: Ways, survey: Survey) -> None:
        """Write the pages of which there is one in each edition, or one at all."""
        numbers = pages.numbers

        def write(path: str, render: Callable[[], str], *said: object) -> None:
            def make() -> bytes:
                self._tree.write_page(path, render())
                return b""

            reuse.write(path, lambda: [repr((numbers, *said)).encode()], [path], make)

        for lang in self._settings.languages:
            shown = self._home(ways, survey, lang)
            facets = self._facets(lang) if self._facets else ()
            if lang == self._settings.main_language:
                write("index.html", partial(pages.root, shown), shown)
            write(f"{lang}/index.html", partial(pages.home, lang, shown), shown)
            write(f"{lang}/search.html", partial(pages.search, lang, facets), facets)
            write(f"{lang}/about.html", partial(pages.about, lang))
            if self._settings.has_public_url:
                text = opensearch_description(self._settings, lang, self._settings.base_url)
                self._tree.write(f"{lang}/{OPENSEARCH_NAME}", text.encode())
        write("404.html", pages.not_found)
        if self._offers is not None:
            write(OFFLINE_NAME, pages.offline)

    def _home(self, ways: Ways, survey: Survey, lang: str) -> HomeContent:
        """Return what the home page of an edition shows."""
        lead = None
        if survey.lead:
            lead = self._displays[lang].display(*survey.lead)
        return HomeContent(
            highlights=tuple(card(*shown, lang) for shown in survey.highlights),
            latest=tuple(card(*shown, lang) for shown in survey.latest),
            lead=lead,
            facets=tuple(ways.views(lang)),
            stories=tuple(self._stories.cards(lang, self._in_stories[lang])[:HOME_STORIES]),
        )

    def _sitemap(self, reuse: Reuse) -> Sitemap | None:
        if not self._settings.has_public_url:
            return None
        sitemap = Sitemap(self._tree, self._settings.base_url, self._settings.languages, reuse)
        for path in ("index.html", "search.html", "about.html", "data.html"):
            sitemap.add(path)
        return sitemap


def _changes(order: Order, kept: KeptPages | None, changed: int) -> int | None:
    """Return how many items changed, where nothing else did that all pages are made from."""
    before = kept.find(KEY_NAME) if kept is not None else None
    return changed if before is not None and before.digest == order.key else None


def _pieces(items: int, gathered: Gathered, links: ValueLinks) -> Iterator[Piece]:
    """Yield the pieces of a site, each some tenths of a second of work."""
    yield from gathered.known.item_groups
    last = list_pages(items) + 1
    for start in range(1, last, _PIECE_LISTS):
        yield ListPiece(start, min(start + _PIECE_LISTS, last))
    for facet in (facet.name for facet in links.facets):
        keys: list[str] = []
        cards = 0
        for key, entry in gathered.values[facet].items():
            # The keys say where most pieces end, so that one more moves hardly any other.
            is_first = zlib.crc32(key.encode()) % _PIECE_VALUES == 0
            if keys and (is_first or cards >= _PIECE_CARDS):
                yield ValuesPiece(facet, tuple(keys))
                keys, cards = [], 0
            keys.append(key)
            cards += entry.count
        if keys:
            yield ValuesPiece(facet, tuple(keys))


def new_table(layout: Layout) -> Path:
    """Return where a build notes what its pages were made from, until the site is in place."""
    return layout.staging / layout.site_pages.name


def _unheard(_path: str, _changed_on: str = "") -> None:
    """Take the path of a page where there is no sitemap."""
