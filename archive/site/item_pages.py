"""The files of an item: its page in every edition, its JSON-LD, its images and their manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.kept_objects import packed, unpacked
from archive.settings import Settings
from archive.site.data_files import DataLines, data_lines, joined_lines
from archive.site.displays import Displays
from archive.site.files import SiteTree
from archive.site.gathering import Gathered, GatheredItem
from archive.site.item_images import ItemImages, info_path
from archive.site.items import Card, Text
from archive.site.known import ItemGroup
from archive.site.pages import Around, Neighbours, Pages, json_ld_path, linked_art_path
from archive.site.reuse import PageGroup, Reuse
from archive.site.urls import absolute_url
from archive.site.value_links import ValueLinks
from schemas.crosswalks import iiif
from schemas.identifiers import item_page
from schemas.profile import Profile
from schemas.recordings import PublishedRecording
from schemas.records import Record

# Given a record, the address of its page, those of its images, its recordings and the page's
# language, returns its JSON-LD.
JsonLd = Callable[
    [Record, str, Sequence[str], Sequence[PublishedRecording], str], Mapping[str, Any]
]
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
        canvases: Keys of its canvases.
    """

    item_id: str
    updated_on: str
    lines: DataLines
    summary: dict[str, Any] | None
    canvases: tuple[str, ...]


@dataclass(frozen=True)
class WrittenGroup:
    """What the files about all items say of those of a group.

    Attributes:
        items: Each with the day it was last changed.
        lines: Their part of the data files.
        summaries: Their parts of the collection manifest.
        canvases: Of each item with images, the keys of its canvases.
    """

    items: tuple[tuple[str, str], ...]
    lines: DataLines
    summaries: tuple[dict[str, Any], ...]
    canvases: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class _Circle:
    """An item among others, which are given by their places in the list."""

    item: GatheredItem
    related: tuple[int, ...]


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
        linked_art: JsonLd | None,
        told: Told,
        reuse: Reuse,
    ) -> None:
        self._tree = tree
        self._pages = pages
        self._gathered = gathered
        self._links = links
        self._images = images
        self._settings = settings
        self._profile = profile
        self._json_ld = json_ld
        self._linked_art = linked_art
        self._told = told
        self._reuse = reuse
        self._displays = {lang: Displays(profile, settings, lang) for lang in settings.languages}

    def write(self, group: ItemGroup) -> WrittenGroup:
        """Write the items of a group."""
        pages = self._reuse.group(f"items {group.first}")
        related = self._related_before(group, pages.hint)
        hint = pages.hint if related else b""
        if related is None:
            places = range(group.start, group.stop)
            related = [tuple(self._gathered.related(seq, _RELATED)) for seq in places]
        said = None
        if self._reuse.is_kept and not self._gathered.is_connected(group):
            said = pages.take(self._group_parts(group, related))
        if said is not None:
            written: WrittenGroup = unpacked(said)
            for item_id, canvases in written.canvases:
                self._images.bring_whole(item_id, canvases)
        else:
            items = zip(self._gathered.items(group.start, group.stop), related, strict=True)
            written = _grouped([self._write(_Circle(*circle), pages) for circle in items])
            said = packed(written)
        hint = hint or packed((self._gathered.structure, group, related))
        self._reuse.close(pages, hint, said)
        return written

    def _related_before(self, group: ItemGroup, hint: bytes) -> list[tuple[int, ...]] | None:
        """Return the places of the items that were related to each item of a group.

        They are so still where every item has the values it had; else None.
        """
        if not hint:
            return None
        structure, before, related = unpacked(hint)
        found: list[tuple[int, ...]] = related
        return found if (structure, before) == (self._gathered.structure, group) else None

    def _group_parts(self, group: ItemGroup, related: list[tuple[int, ...]]) -> Iterator[bytes]:
        """Yield everything the files of a group are made from, if no item of it is connected."""
        start, stop = group.start, group.stop
        yield self._gathered.states_between(start, stop)
        yield self._gathered.digest_at(start - 1)
        yield self._gathered.digests_between(start, stop)
        yield self._gathered.digest_at(stop)
        for others in related:
            yield b"".join(map(self._gathered.digest_at, others))

    def _write(self, circle: _Circle, pages: PageGroup) -> WrittenItem:
        item = circle.item
        if self._reuse.is_kept:
            self._images.bring_whole(item.item_id, item.gist.canvases)
        elif item.images is not None:
            self._images.bring(item.shown, item.images)
        made: list[WrittenItem] = []

        def make() -> bytes:
            made.append(self._make(circle))
            return packed(made[0])

        said = pages.write(item.item_id, lambda: self._parts(circle), self._paths(item), make)
        written: WrittenItem = made[0] if made else unpacked(said)
        return written

    def _parts(self, circle: _Circle) -> Iterator[bytes]:
        """Yield everything the files of an item are made from."""
        item = circle.item
        yield item.gist.state
        for seq in (item.seq - 1, item.seq + 1, *circle.related):
            yield self._gathered.digest_at(seq)
        number = item.gist.identifier
        for lang in self._settings.languages:
            if self._gathered.mentions(item.item_id) or number in self._told[lang]:
                yield repr(self._around(circle, lang)).encode()

    def _paths(self, item: GatheredItem) -> list[str]:
        """Return the files of an item, its images left out."""
        item_id = item.item_id
        paths = [f"{lang}/{item_page(item_id)}" for lang in self._settings.languages]
        if self._json_ld is not None:
            paths.append(json_ld_path(item_id))
        if self._linked_art is not None:
            paths.append(linked_art_path(item_id))
        if item.gist.canvases:
            paths += [info_path(item_id, key) for key in item.gist.canvases]
            paths.append(iiif.manifest_path(item_id))
        return paths

    def _make(self, circle: _Circle) -> WrittenItem:
        """Make the files of an item; return what those about all items say of it."""
        item = circle.item
        described = self._describe(item, self._settings.main_language)
        self._make_pages(circle, described)
        if described is not None:
            self._tree.write_json(json_ld_path(item.item_id), described)
        if self._linked_art is not None:
            found = self._described(self._linked_art, item, self._settings.main_language)
            self._tree.write_json(linked_art_path(item.item_id), found)
        summary = None
        if item.images is not None:
            self._images.describe(item.shown, item.images)
            summary = iiif.manifest_summary(
                item.shown.record, item.images, self._images.publication
            )
        lines = data_lines(item.shown.record, self._profile, described)
        return WrittenItem(
            item.item_id, item.shown.updated_at[:10], lines, summary, item.gist.canvases
        )

    def _make_pages(self, circle: _Circle, described: Mapping[str, Any] | None) -> None:
        """Make the page of an item in every edition."""
        item = circle.item
        shown = item.shown
        before, after = self._cards_at(item.seq - 1), self._cards_at(item.seq + 1)
        for lang in self._settings.languages:
            is_main = lang == self._settings.main_language
            html = self._pages.item(
                lang,
                self._displays[lang].display(shown, item.images),
                Neighbours(before[lang] if before else None, after[lang] if after else None),
                described if is_main else self._describe(item, lang),
                self._around(circle, lang),
                shown.updated_at[:10],
                has_linked_art=self._linked_art is not None,
            )
            self._tree.write_page(f"{lang}/{item_page(shown.item_id)}", html)

    def _cards_at(self, seq: int) -> dict[str, Card] | None:
        """Return what lists show of a neighbour, or None where there is none."""
        return self._gathered.cards_at(seq) if self._gathered.digest_at(seq) else None

    def _around(self, circle: _Circle, lang: str) -> Around:
        """Return what an item is connected with."""
        item = circle.item
        related = [self._gathered.cards_at(seq)[lang] for seq in circle.related]
        item_id, number = item.item_id, item.gist.identifier
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
        return None if self._json_ld is None else self._described(self._json_ld, item, lang)

    def _described(self, by: JsonLd, item: GatheredItem, lang: str) -> Mapping[str, Any]:
        item_id = item.item_id
        address = absolute_url(self._settings.base_url, f"{lang}/{item_page(item_id)}")
        image_id = self._images.publication.image_id
        canvases = item.images.canvases if item.images else ()
        pictures = [f"{image_id(item_id, canvas)}/{canvas.access.name}" for canvas in canvases]
        played = (canvas.published_at(image_id(item_id, canvas)) for canvas in canvases)
        recordings = [recording for recording in played if recording is not None]
        return by(item.shown.record, address, pictures, recordings, lang)


def _grouped(items: Sequence[WrittenItem]) -> WrittenGroup:
    """Return what the files about all items say of some."""
    return WrittenGroup(
        items=tuple((item.item_id, item.updated_on) for item in items),
        lines=joined_lines([item.lines for item in items]),
        summaries=tuple(item.summary for item in items if item.summary is not None),
        canvases=tuple((item.item_id, item.canvases) for item in items if item.canvases),
    )
