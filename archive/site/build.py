"""Build the site: two passes over the items, memory for one page of them at a time.

The first pass counts and chooses what the home page shows; the second writes, so that every
page can say "3 of 12" without anyone holding all items. Building twice from the same archive
gives the same bytes: nothing on a page comes from the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from archive.layout import Layout
from archive.settings import Settings
from archive.site.data_files import DataFiles
from archive.site.edition import CHECKSUMS_NAME, Edition, Fit, fitting
from archive.site.files import SitePlace, SiteTree, discard, new_tree, publish
from archive.site.gathering import Gathering
from archive.site.item_images import ItemImages
from archive.site.items import Card, Display, ShownItem, SiteItem, card, display, shown_item
from archive.site.leaks import refuse_leaks
from archive.site.lists import BrowseLists, CollectionFiles
from archive.site.opensearch import OPENSEARCH_NAME, opensearch_description
from archive.site.pages import (
    HOME_STORIES,
    HomeContent,
    Neighbours,
    Numbers,
    Pages,
    browse_page,
    json_ld_path,
    linked_art_path,
)
from archive.site.render import STATIC, SiteWays
from archive.site.sitemap import Sitemap
from archive.site.stories import read_stories
from archive.site.story_pages import StoryPages
from archive.site.survey import Survey, survey_items
from archive.site.theme import write_theme
from archive.site.urls import absolute_url
from archive.site.ways import Ways
from archive.value_tables import read_value_tables
from schemas.crosswalks import iiif
from schemas.derivatives import DerivativeSet
from schemas.errors import StoreWriteError
from schemas.identifiers import item_page
from schemas.messages import _
from schemas.profile import Profile
from schemas.records import Record, day_of

# Given a record, the address of its page, those of its images and the page's language, returns
# its JSON-LD.
JsonLd = Callable[[Record, str, Sequence[str], str], Mapping[str, Any]]
# Given a language, returns the facets of the search page: name, label and labels of values.
Facets = Callable[[str], Sequence[Mapping[str, Any]]]
Progress = Callable[[int, int], None]
LISTS = "site-lists.db"


@dataclass(frozen=True)
class SiteReport:
    """What a build made.

    Attributes:
        pages: HTML pages.
        items: Public items.
        files: All files, images included.
        bytes: Size of the site, images included.
        warnings: Sentences about items that are not shown in full.
        at: When it was made; it stands in no page.
        path: Where it stands.
        disk_bytes: What it takes on a stick.
        halvings: How often its zoomable images were halved so that it fits.
    """

    pages: int
    items: int
    files: int
    bytes: int
    warnings: tuple[str, ...]
    at: str
    path: Path
    disk_bytes: int = 0
    halvings: int = 0


def build_site(
    layout: Layout,
    settings: Settings,
    profile: Profile,
    items: Callable[[], Iterator[SiteItem]],
    *,
    write_search: Callable[[Path], object],
    at: str,
    on_progress: Progress | None = None,
    json_ld: JsonLd | None = None,
    linked_art: JsonLd | None = None,
    facets: Facets | None = None,
    everything: Callable[[], Iterator[SiteItem]] | None = None,
    edition: Edition | None = None,
) -> SiteReport:
    """Write the site beside the old one and put it in its place.

    An edition is made for a disk of a certain size: its zoomable images are halved until it fits.

    Args:
        layout: The archive.
        settings: Its settings.
        profile: Its application profile.
        items: Gives a new iterator over the public items, in the order of the list, each time.
        write_search: Writes the static search index into the folder it is given, with its engine
            as ``search-engine.js``.
        at: When this is, RFC 3339 in UTC; what is under an embargo on that day is not public.
        on_progress: Called with (items done, items in all).
        json_ld: Describes an item for search engines and scholars; without it none is written.
        linked_art: Describes it as Linked Art does, likewise.
        facets: What the search page calls the facets of the index; without it there are none.
        everything: Gives a new iterator over all items, public or not, each time; with it the
            site is looked through for what is not public before it is put in place.
        edition: What to make instead of the site itself.

    Raises:
        LeakError: Something of what is not public stands in the new site; the old one stays.
        ConfigError: A story is wrong, or names an item that is not public.
        ValueError: ``items`` gave one that is not public.
        SourceError: The edition cannot be made small enough.
        StoreWriteError: The disk refused a write.
    """
    place = SitePlace.of(layout, edition.name if edition else "")
    fit = fitting(edition, layout, items()) if edition else Fit(0, 0)
    try:
        while True:
            tree = new_tree(place)
            builder = _Builder(layout, settings, profile, tree, json_ld, facets, fit.halvings)
            builder.linked_art = linked_art
            today = day_of(datetime.fromisoformat(at))
            survey = builder.write(items, today, on_progress)
            search = tree.root / "search"
            search.mkdir()
            write_search(search)
            tree.count_folder(search.name)
            if edition is None:
                break
            if edition.is_kept_by(tree):
                tree.write_checksums(CHECKSUMS_NAME)
                break
            fit = fit.smaller(tree.files, tree.disk_bytes)
        if everything is not None:
            refuse_leaks(tree.root, layout, profile, everything, today)
        publish(place)
    except OSError as error:
        discard(place)
        raise StoreWriteError(
            _("The site cannot be written: {reason}.").format(reason=error.strerror or error),
            remedy=_("Make room on the disk or check your rights there, and build again."),
            path=Path(error.filename) if isinstance(error.filename, str) else layout.site,
        ) from error
    except BaseException:
        discard(place)
        raise
    warnings = tuple(
        _("{identifier}: its images are missing. Make them again: hoaban rebuild").format(
            identifier=identifier
        )
        for identifier in survey.broken
    )
    return SiteReport(
        tree.pages,
        survey.items,
        tree.files,
        tree.size_bytes,
        warnings,
        at,
        place.site,
        tree.disk_bytes,
        fit.halvings,
    )


class _Builder:
    """Writes one site into a tree."""

    def __init__(
        self,
        layout: Layout,
        settings: Settings,
        profile: Profile,
        tree: SiteTree,
        json_ld: JsonLd | None,
        facets: Facets | None,
        halvings: int,
    ) -> None:
        self._layout = layout
        self._settings = settings
        self._profile = profile
        self._tree = tree
        self._json_ld = json_ld
        self.linked_art: JsonLd | None = None
        self._facets = facets
        self._stories = StoryPages(read_stories(layout.stories, settings.languages), settings)
        self._in_stories: dict[str, dict[str, Display]] = {lang: {} for lang in settings.languages}
        self._publication = iiif.Publication(
            base_url=settings.base_url,
            title=settings.title,
            languages=settings.languages,
            publisher=settings.publisher,
            rights=settings.rights,
            rights_uri=settings.rights_uri,
        )
        self._images = ItemImages(layout, tree, profile, self._publication, halvings)

    def write(
        self,
        items: Callable[[], Iterator[SiteItem]],
        today: date,
        on_progress: Progress | None,
    ) -> Survey:
        """Write everything but the search index."""
        self._tree.copy_folder(STATIC, "assets")

        def shown() -> Iterator[ShownItem]:
            return (shown_item(item, self._profile, self._settings) for item in items())

        languages = self._settings.languages
        with (
            Gathering(self._layout.staging / LISTS, self._profile, languages) as gathered,
            closing(DataFiles(self._tree, self._profile, self._settings)) as data,
        ):

            def gather(item: ShownItem, images: DerivativeSet | None) -> None:
                gathered.add(item, images)
                if item.record.identifier in self._stories.numbers:
                    self._keep_for_stories(item, images)

            chosen = self._settings.site.highlights
            survey = survey_items(shown(), self._images.usable, today, gather, chosen)
            gathered.finish()
            self._stories.check(self._in_stories[self._settings.main_language])
            self._write_pages(shown(), survey, gathered, data, on_progress)
        return survey

    def _keep_for_stories(self, item: ShownItem, images: DerivativeSet | None) -> None:
        for lang, kept in self._in_stories.items():
            shown = display(item, images, self._profile, self._settings, lang)
            kept[item.record.identifier] = shown

    def _write_pages(
        self,
        items: Iterator[ShownItem],
        survey: Survey,
        gathered: Gathering,
        data: DataFiles,
        on_progress: Progress | None,
    ) -> None:
        """Write what the second pass makes: every page, and the images."""
        tables = read_value_tables(self._layout)
        ways = Ways(self._tree, gathered, self._profile, tables, self._settings.languages)
        numbers = Numbers(survey.items, survey.images, survey.updated_at[:10])
        has_stories = bool(self._stories.names)
        leads = SiteWays(timeline=ways.has_timeline, map=ways.has_map, stories=has_stories)
        theme = write_theme(self._layout, self._settings.site, self._tree)
        pages = Pages(self._settings, numbers, leads, theme)
        self._write_single_pages(pages, ways, survey)
        sitemap = self._sitemap()
        lists = BrowseLists(self._tree, pages, self._settings.languages, survey.items)
        collection = CollectionFiles(self._tree, self._publication, survey.with_images)
        for done, (previous, item, following) in enumerate(_with_neighbours(items), start=1):
            images = self._images.write(item)
            data.add(
                item.record, self._write_item(pages, ways, (previous, item, following), images)
            )
            lists.add({lang: card(item, images, lang) for lang in self._settings.languages})
            if images is not None:
                collection.add(iiif.manifest_summary(item.record, images, self._publication))
            if sitemap is not None:
                sitemap.add(item_page(item.item_id), item.updated_at[:10])
            if on_progress is not None:
                on_progress(done, survey.items)
        lists.finish()
        collection.finish()
        downloads = data.finish(survey.updated_at[:10])
        for lang in self._settings.languages:
            self._tree.write_page(f"{lang}/data.html", pages.data(lang, downloads))
        add = sitemap.add if sitemap is not None else _unheard
        ways.write(pages, add)
        self._write_stories(pages, add)
        if sitemap is not None:
            for number in range(1, lists.count + 1):
                sitemap.add(browse_page(number))
            sitemap.finish()

    def _write_stories(self, pages: Pages, add: Callable[[str], None]) -> None:
        paths: list[str] = []
        for lang, shown in self._in_stories.items() if self._stories.names else ():
            paths = self._stories.write(self._tree, pages, lang, shown)
        for path in paths:
            add(path)

    def _write_single_pages(self, pages: Pages, ways: Ways, survey: Survey) -> None:
        for lang in self._settings.languages:
            lead = None
            if survey.lead:
                images = self._images.usable(survey.lead)
                lead = display(survey.lead, images, self._profile, self._settings, lang)
            shown = HomeContent(
                highlights=tuple(self._card(item, lang) for item in survey.highlights),
                latest=tuple(self._card(item, lang) for item in survey.latest),
                lead=lead,
                facets=tuple(ways.views(lang)),
                stories=tuple(self._stories.cards(lang, self._in_stories[lang])[:HOME_STORIES]),
            )
            if lang == self._settings.main_language:
                self._tree.write_page("index.html", pages.root(shown))
            self._tree.write_page(f"{lang}/index.html", pages.home(lang, shown))
            self._tree.write_page(
                f"{lang}/search.html",
                pages.search(lang, self._facets(lang) if self._facets else ()),
            )
            self._tree.write_page(f"{lang}/about.html", pages.about(lang))
            if self._settings.has_public_url:
                text = opensearch_description(self._settings, lang, self._settings.base_url)
                self._tree.write(f"{lang}/{OPENSEARCH_NAME}", text.encode())
        self._tree.write_page("404.html", pages.not_found())

    def _sitemap(self) -> Sitemap | None:
        if not self._settings.has_public_url:
            return None
        sitemap = Sitemap(self._tree, self._settings.base_url, self._settings.languages)
        for path in ("index.html", "search.html", "about.html", "data.html"):
            sitemap.add(path)
        return sitemap

    def _write_item(
        self,
        pages: Pages,
        ways: Ways,
        in_order: tuple[ShownItem | None, ShownItem, ShownItem | None],
        images: DerivativeSet | None,
    ) -> Mapping[str, Any] | None:
        """Write the item's pages and its JSON-LD; return the latter in the main language.

        Args:
            pages: Makes the HTML.
            ways: Knows what else is like it.
            in_order: The item between the ones before and after it.
            images: Its derivatives as far as they are on the site.
        """
        previous, item, following = in_order
        related = ways.related(item)
        described = None
        for lang in self._settings.languages:
            neighbours = Neighbours(
                self._card(previous, lang) if previous else None,
                self._card(following, lang) if following else None,
            )
            shown = display(item, images, self._profile, self._settings, lang)
            json_ld = self._describe(self._json_ld, item, images, lang)
            told = self._stories.of_item(item.record.identifier, lang, self._in_stories[lang])
            around = replace(
                ways.around(item.item_id, related, lang),
                stories=tuple((story.title, story.page) for story in told),
            )
            html = pages.item(
                lang, shown, neighbours, json_ld, around, has_linked_art=bool(self.linked_art)
            )
            self._tree.write_page(f"{lang}/{item_page(item.item_id)}", html)
            if json_ld is not None and lang == self._settings.main_language:
                described = json_ld
                self._tree.write_json(json_ld_path(item.item_id), json_ld)
        found = self._describe(self.linked_art, item, images, self._settings.main_language)
        if found is not None:
            self._tree.write_json(linked_art_path(item.item_id), found)
        return described

    def _card(self, item: ShownItem, lang: str) -> Card:
        return card(item, self._images.usable(item), lang)

    def _describe(
        self, by: JsonLd | None, item: ShownItem, images: DerivativeSet | None, lang: str
    ) -> Mapping[str, Any] | None:
        if by is None:
            return None
        address = absolute_url(self._settings.base_url, f"{lang}/{item_page(item.item_id)}")
        pictures = [
            f"{self._publication.image_id(item.item_id, canvas)}/{canvas.access.name}"
            for canvas in (images.canvases if images else ())
        ]
        return by(item.record, address, pictures, lang)


def _unheard(_path: str) -> None:
    """Take the path of a page where there is no sitemap."""


def _with_neighbours(
    items: Iterable[ShownItem],
) -> Iterator[tuple[ShownItem | None, ShownItem, ShownItem | None]]:
    """Yield every item with the one before and the one after it."""
    before: ShownItem | None = None
    current: ShownItem | None = None
    for item in items:
        if current is not None:
            yield before, current, item
            before = current
        current = item
    if current is not None:
        yield before, current, None
