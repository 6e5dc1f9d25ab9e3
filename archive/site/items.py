"""What a page shows of an item: its words for one reader's language, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from archive.limits import Limits
from archive.settings import Settings
from archive.site.item_offers import Offer, first_widths, layout_sizes, rights_icons
from schemas.crosswalks import public_record
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.dublincore import Statement
from schemas.identifiers import image_folder
from schemas.profile import Profile
from schemas.recordings import VIDEO, AccessRecording
from schemas.records import Record, best_value


class SiteItem(Protocol):
    """What the site needs to know of an item; the catalogue's items have it."""

    @property
    def item_id(self) -> str:
        """The item."""

    @property
    def created_at(self) -> str:
        """When its first version was stored, RFC 3339 in UTC."""

    @property
    def updated_at(self) -> str:
        """When its latest version was stored, RFC 3339 in UTC."""

    @property
    def record(self) -> Record:
        """What the museum says of it."""

    @property
    def derivatives(self) -> DerivativeSet | None:
        """What was made from its masters, if anything."""


@dataclass(frozen=True)
class ShownItem:
    """An item with what the profile hides left out of its record.

    Attributes:
        limits: What may be shown of its images, by all that its record says.
    """

    item_id: str
    created_at: str
    updated_at: str
    record: Record
    derivatives: DerivativeSet | None
    limits: Limits


def shown_item(item: SiteItem, profile: Profile, settings: Settings) -> ShownItem:
    """Return ``item`` as the site may know it: nothing hidden can reach a page from it."""
    return ShownItem(
        item_id=item.item_id,
        created_at=item.created_at,
        updated_at=item.updated_at,
        record=public_record(item.record, profile),
        derivatives=item.derivatives,
        limits=settings.limits.of(
            item.record, rights=settings.rights, rights_uri=settings.rights_uri
        ),
    )


@dataclass(frozen=True)
class Text:
    """A text on a page.

    Attributes:
        text: The text.
        lang: Its language where that is not the page's, else empty.
    """

    text: str
    lang: str = ""


@dataclass(frozen=True, eq=False)
class Value:
    """One value in the table of particulars.

    Two are never equal: what is remembered of one is found by the object itself.

    Attributes:
        text: What is read.
        lang: Its language where that is not the page's, else empty.
        uri: Where it leads, as the museum wrote it: not yet safe; may be empty.
        meaning: What the text means, where that says more: a date in plain words, where a place
            lies today; in the page's language; may be empty.
        page: Path of the page of all items that have it, inside an edition; may be empty.
    """

    text: str
    lang: str = ""
    uri: str = ""
    page: str = ""
    meaning: str = ""


class Row(NamedTuple):
    """One field in the table of particulars."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Rights:
    """What may be done with an item's images.

    Attributes:
        texts: What the museum wrote.
        uri: Address of the statement or licence, not yet safe; may be empty.
        mark: Short name of the licence, as ``CC BY 4.0``; may be empty.
        meaning: What it says in plain words, in the page's language; may be empty.
    """

    texts: tuple[Text, ...]
    uri: str = ""
    mark: str = ""
    meaning: str = ""

    @property
    def icons(self) -> tuple[str, ...]:
        """Names of the official marks, in ``assets/img/rights``."""
        return rights_icons(self.uri)


@dataclass(frozen=True)
class Picture:
    """One picture of the site.

    Attributes:
        path: Path of the JPEG relative to the root of the site.
        webp: Path of the WebP, for browsers that read it: a quarter to a third smaller.
        width_px: Width in pixels.
        height_px: Height in pixels.
    """

    path: str
    webp: str
    width_px: int
    height_px: int


@dataclass(frozen=True)
class PlayedFile:
    """The recording that a page plays.

    Attributes:
        path: Its path, relative to the root of the site.
        file: What is known of it.
    """

    path: str
    file: AccessRecording

    @property
    def is_film(self) -> bool:
        """Say whether there is something to be seen."""
        return self.file.media == VIDEO

    @property
    def ending(self) -> str:
        """What the names of such files end with, without the dot."""
        return self.file.name.rpartition(".")[2]


@dataclass(frozen=True)
class PictureView:
    """One view or page of an item.

    Attributes:
        key: Key of the canvas.
        label: What it shows, or empty.
        alt: What it shows in words, for those who do not see it.
        thumbnail: The thumbnail.
        access: The access image.
        sources: The same picture in rising widths, from the thumbnail to the access image: a
            phone takes a middle one instead of the largest.
        folder: Folder of the tiles, relative to the root of the site.
        canvas: Sizes and tiles.
        offers: The sizes of it that may be taken.
        recording: What is played in its place, or None for what stands still.
    """

    key: str
    label: Text
    alt: Text
    thumbnail: Picture
    access: Picture
    sources: tuple[Picture, ...]
    folder: str
    canvas: Canvas
    offers: tuple[Offer, ...]
    recording: PlayedFile | None = None

    @property
    def first_sources(self) -> tuple[Picture, ...]:
        """The sources that a page may show before anybody asks for more."""
        return self.sources[: len(first_widths([source.width_px for source in self.sources]))]

    @property
    def layout(self) -> str:
        """How wide it stands on its item's page, as the attribute ``sizes`` says it."""
        return layout_sizes(self.access.width_px, self.access.height_px)


@dataclass(frozen=True, eq=False)
class Card:
    """An item in a list.

    Two are never equal: what is remembered of one is found by the object itself.
    """

    item_id: str
    identifier: str
    title: Text
    date: Text
    picture: Picture | None


@dataclass(frozen=True)
class Display:
    """An item as a reader of one language sees it."""

    item_id: str
    identifier: str
    title: Text
    other_titles: tuple[Text, ...]
    date: Text
    prose: tuple[Text, ...]
    rows: tuple[Row, ...]
    rights: Rights
    holder: Text
    views: tuple[PictureView, ...]
    has_download: bool
    maker: str = ""

    @property
    def stills(self) -> tuple[PictureView, ...]:
        """The views that stand still."""
        return tuple(view for view in self.views if view.recording is None)

    @property
    def recordings(self) -> tuple[PictureView, ...]:
        """The views that are played."""
        return tuple(view for view in self.views if view.recording is not None)


def card(item: SiteItem, images: DerivativeSet | None, lang: str) -> Card:
    """Return what a list in ``lang`` shows of ``item``."""
    picture = None
    if images is not None:
        canvas = images.canvases[0]
        picture = picture_of(f"{image_folder(item.item_id)}/{canvas.key}", canvas.thumbnail)
    return Card(
        item_id=item.item_id,
        identifier=item.record.identifier,
        title=title_of(item.record, lang),
        date=date_of(item.record, lang),
        picture=picture,
    )


def title_of(record: Record, lang: str) -> Text:
    """Return what readers of ``lang`` know an item by."""
    best = best_value((s for s in record.values("title") if s.value), lang)
    return text_of(best, lang) if best else Text(record.identifier)


def date_of(record: Record, lang: str) -> Text:
    """Return when an item was made, as readers of ``lang`` are told; may be empty."""
    dates = [s for term in ("created", "date", "temporal") for s in record.values(term) if s.value]
    best = best_value(dates, lang)
    return text_of(best, lang) if best else Text("")


def picture_of(folder: str, file: ImageFile) -> Picture:
    """Return a picture of the site from its folder, relative to the root."""
    return Picture(f"{folder}/{file.name}", f"{folder}/{file.webp}", file.width_px, file.height_px)


def text_of(statement: Statement, lang: str) -> Text:
    """Return what a statement says to readers of ``lang``."""
    return Text(statement.value or statement.uri, statement.lang if statement.lang != lang else "")
