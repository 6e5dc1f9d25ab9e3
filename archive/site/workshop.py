"""The work of a build that is done by pieces: items and values, a few at a time, in any process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.layout import Layout
from archive.settings import Settings
from archive.site.files import Counts, SiteTree
from archive.site.gathering import Gathered
from archive.site.item_images import ItemImages
from archive.site.item_pages import ItemPages, JsonLd, Told, WrittenGroup
from archive.site.kept import KeptPages, MadeGroup
from archive.site.known import ItemGroup
from archive.site.pages import PAGE_SIZE, Numbers, Pages, browse_page
from archive.site.render import SiteWays
from archive.site.reuse import PageGroup, Reuse
from archive.site.sight import Sight
from archive.site.theme import Theme
from archive.site.value_links import ValueLinks
from archive.site.value_pages import ValuePages
from archive.value_tables import read_value_tables
from schemas.crosswalks import iiif
from schemas.profile import Profile


@dataclass(frozen=True)
class Order:
    """What is to be built: plain data that any process can be given.

    Attributes:
        layout: The archive.
        settings: Its settings.
        profile: Its application profile.
        root: The folder of the new site.
        before: That of the site before, or None.
        sight: What was seen in it and its twin, if the new one began as that; or None.
        lists: What the first pass wrote.
        numbers: How much there is.
        ways: Which pages the menus lead to.
        theme: What the site looks like beyond what ships.
        json_ld: Describes an item, or None.
        linked_art: Describes it as Linked Art does, or None.
        told: The stories that name items.
        halvings: How often zoomable images are halved.
        key: Digest of what all pages are made from; None where it is not to be kept.
        is_edit: Whether few of its pages are to be made.
    """

    layout: Layout
    settings: Settings
    profile: Profile
    root: Path
    before: Path | None
    sight: Sight | None
    lists: Path
    numbers: Numbers
    ways: SiteWays
    theme: Theme
    json_ld: JsonLd | None
    linked_art: JsonLd | None
    told: Told
    halvings: int
    key: bytes | None
    is_edit: bool

    @property
    def publication(self) -> iiif.Publication:
        """Where all this will be published."""
        return publication_of(self.settings)


@dataclass(frozen=True)
class ListPiece:
    """Pages of the list of all items, ``stop`` not among them; their numbers begin with 1."""

    start: int
    stop: int


@dataclass(frozen=True)
class ValuesPiece:
    """Values of a facet, by their keys; no two pieces begin with the same."""

    facet: str
    keys: tuple[str, ...]


Piece = ItemGroup | ListPiece | ValuesPiece


@dataclass(frozen=True)
class Done:
    """What came of a piece.

    Attributes:
        counts: What was written.
        items: What is to be said of its items, if it has any.
        made: The groups with pages that were made, where it is kept what from.
        taken: The names of those that were taken from the site before.
    """

    counts: Counts
    items: WrittenGroup | None = None
    made: tuple[MadeGroup, ...] = ()
    taken: tuple[str, ...] = ()


class Workshop:
    """Does the pieces of one build; everything it needs is made once."""

    def __init__(self, order: Order, gathered: Gathered) -> None:
        self._order = order
        self._gathered = gathered
        settings, profile = order.settings, order.profile
        self._tree = SiteTree(order.root, order.before, order.sight)
        self._pages = Pages(
            settings, order.numbers, order.ways, order.theme, is_for_few=order.is_edit
        )
        tables = read_value_tables(order.layout)
        links = ValueLinks(gathered, profile, tables, settings.languages)
        self._links = links
        self._kept = None
        if order.before is not None and order.key is not None:
            self._kept = KeptPages(order.layout.site_pages, order.before, order.sight)
        self._reuse = reuse = Reuse(self._tree, self._kept, order.key)
        images = ItemImages(order.layout, self._tree, profile, order.publication, order.halvings)
        self._items = ItemPages(
            self._tree,
            self._pages,
            gathered,
            links,
            images,
            settings=settings,
            profile=profile,
            json_ld=order.json_ld,
            linked_art=order.linked_art,
            told=order.told,
            reuse=reuse,
        )
        self._values = ValuePages(
            self._tree, self._pages, gathered, links, has_map=order.ways.map, reuse=reuse
        )

    def close(self) -> None:
        """Close what it reads from."""
        if self._kept is not None:
            self._kept.close()

    def do(self, piece: Piece) -> Done:
        """Do a piece."""
        self._tree.counts = Counts()
        self._reuse.made, self._reuse.taken = [], []
        items: WrittenGroup | None = None
        if isinstance(piece, ItemGroup):
            items = self._items.write(piece)
        elif isinstance(piece, ListPiece):
            self._write_lists(piece)
        else:
            self._write_values(piece)
        return Done(self._tree.counts, items, tuple(self._reuse.made), tuple(self._reuse.taken))

    def _write_lists(self, piece: ListPiece) -> None:
        group = self._reuse.group(f"list {piece.start}")
        for number in range(piece.start, piece.stop):
            self._write_list(number, group)
        self._reuse.close(group)

    def _write_list(self, number: int, group: PageGroup) -> None:
        start = (number - 1) * PAGE_SIZE + 1
        all_items = self._order.numbers.items
        count = list_pages(all_items)
        languages = self._order.settings.languages

        def make() -> bytes:
            items = self._gathered.cards_between(start, start + PAGE_SIZE)
            for lang in languages:
                html = self._pages.browse(lang, [cards[lang] for cards in items], number, count)
                self._tree.write_page(f"{lang}/{browse_page(number)}", html)
            return b""

        group.write(
            f"{number}",
            lambda: [
                repr((all_items, self._order.numbers.images)).encode(),
                self._gathered.digests_between(start, start + PAGE_SIZE),
            ],
            [f"{lang}/{browse_page(number)}" for lang in languages],
            make,
        )

    def _write_values(self, piece: ValuesPiece) -> None:
        facet = self._links.facet(piece.facet)
        if facet is None:
            raise ValueError(f"nothing can be chosen by {piece.facet!r}")
        self._values.write(facet, piece.keys, self._order.settings.languages)


def list_pages(items: int) -> int:
    """Return how many pages the list of all items has in each edition; at least one."""
    return max(1, -(-items // PAGE_SIZE))


def publication_of(settings: Settings) -> iiif.Publication:
    """Return where a site is published."""
    return iiif.Publication(
        base_url=settings.base_url,
        title=settings.title,
        languages=settings.languages,
        publisher=settings.publisher,
        rights=settings.rights,
        rights_uri=settings.rights_uri,
    )
