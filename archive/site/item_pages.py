"""The files of an item: its page in every edition, its JSON-LD, its images and their manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.settings import Settings
from archive.site.data_files import DataLines, data_lines
from archive.site.files import SiteTree
from archive.site.gathering import Gathered, GatheredItem
from archive.site.item_images import ItemImages
from archive.site.items import Card, Text, display
from archive.site.pages import Around, Neighbours, Pages, json_ld_path
from archive.site.urls import absolute_url
from archive.site.value_links import ValueLinks
from schemas.crosswalks import iiif
from schemas.identifiers import item_page
from schemas.profile import Profile
from schemas.records import Record

# Given a record, the address of its page, those of its images and the page's language, returns
# its JSON-LD.
JsonLd = Callable[[Record, str, Sequence[str], str], Mapping[str, Any]]
# By language and inventory number: titles and paths of the stories that name an item.
Told = Mapping[str, Mapping[str, tuple[tuple[Text, str], ...]]]

_RELATED = 4
_NAMING = 8


@dataclass(frozen=True)
class WrittenItem:
    """What the files about all items say of one.

    Attributes:
        item_id: The item.
        updated_on: Day it was last changed, ``2026-11-21``.
        lines: Its part of the data files.
        summary: Its part of the collection manifest, or None without images.
    """

    item_id: str
    updated_on: str
    lines: DataLines
    summary: dict[str, Any] | None


class ItemPages:
    """Writes the files of items into a site."""

    def __init__(
        self,
        tree: SiteTree,
        pages: Pages,
        gathered: Gathered,
        links: ValueLinks,
        images: ItemImages,
        *,
        settings: Settings,
        profile: Profile,
        json_ld: JsonLd | None,
        told: Told,
    ) -> None:
        self._tree = tree
        self._pages = pages
        self._gathered = gathered
        self._links = links
        self._images = images
        self._settings = settings
        self._profile = profile
        self._json_ld = json_ld
        self._told = told

    def write(self, start: int, stop: int) -> Iterator[WrittenItem]:
        """Write the items of some places in the list; ``stop`` is not among them."""
        before = self._gathered.cards_at(start - 1)
        items = list(self._gathered.items(start, stop))
        after = [item.cards for item in items[1:]] + [self._gathered.cards_at(stop)]
        for item, following in zip(items, after, strict=True):
            yield self._write(item, before, following)
            before = item.cards

    def _write(
        self,
        item: GatheredItem,
        before: dict[str, Card] | None,
        after: dict[str, Card] | None,
    ) -> WrittenItem:
        shown, record = item.shown, item.shown.record
        if item.images is not None:
            self._images.bring(shown, item.images)
            self._images.describe(shown, item.images)
        described = None
        related = [self._gathered.cards_at(seq) for seq in self._gathered.related(item, _RELATED)]
        for lang in self._settings.languages:
            html = self._pages.item(
                lang,
                display(shown, item.images, self._profile, self._settings, lang),
                Neighbours(before[lang] if before else None, after[lang] if after else None),
                json_ld := self._describe(item, lang),
                self._around(item, [cards[lang] for cards in related if cards], lang),
                shown.updated_at[:10],
            )
            self._tree.write_page(f"{lang}/{item_page(shown.item_id)}", html)
            if json_ld is not None and lang == self._settings.main_language:
                described = json_ld
                self._tree.write_json(json_ld_path(shown.item_id), json_ld)
        summary = None
        if item.images is not None:
            summary = iiif.manifest_summary(record, item.images, self._images.publication)
        lines = data_lines(record, self._profile, described)
        return WrittenItem(shown.item_id, shown.updated_at[:10], lines, summary)

    def _around(self, item: GatheredItem, related: list[Card], lang: str) -> Around:
        """Return what an item is connected with."""
        item_id, number = item.shown.item_id, item.shown.record.identifier
        named = [
            (facet, entry)
            for entry in self._gathered.mentions(item_id)
            if (facet := self._links.facet(entry.value.facet)) is not None
        ]
        naming = {
            card.item_id: card
            for _facet, entry in named
            for card in self._gathered.cards(entry, lang, start=0, limit=_NAMING)
            if card.item_id != item_id
        }
        return Around(
            related=tuple(card for card in related if card.item_id not in naming),
            named=tuple(self._links.link(facet, entry, lang) for facet, entry in named),
            naming=tuple(naming.values())[:_NAMING],
            stories=self._told[lang].get(number, ()),
        )

    def _describe(self, item: GatheredItem, lang: str) -> Mapping[str, Any] | None:
        if self._json_ld is None:
            return None
        item_id = item.shown.item_id
        address = absolute_url(self._settings.base_url, f"{lang}/{item_page(item_id)}")
        pictures = [
            f"{self._images.publication.image_id(item_id, canvas)}/{canvas.access.name}"
            for canvas in (item.images.canvases if item.images else ())
        ]
        return self._json_ld(item.shown.record, address, pictures, lang)
