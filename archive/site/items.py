"""What a page shows of an item: its words for one reader's language, and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from archive.limits import Limits
from archive.settings import Settings
from archive.site.facets import statement_values
from archive.site.item_offers import Offer, first_widths, layout_sizes, picture_offers, rights_icons
from schemas.alt_texts import ALT_TEXT, alt_texts
from schemas.crosswalks import public_record
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.dublincore import Statement
from schemas.identifiers import image_folder
from schemas.meanings import meaning_of
from schemas.messages import translate
from schemas.profile import Field, Profile, Role
from schemas.records import Record, View, best_value
from schemas.rights import RightsStatement, rights_statement
from schemas.views import label_text

# Shown in places of their own, not in the table of particulars.
_ELSEWHERE_TERMS = ("title", "rights", "license")
_PROSE_FIELD = "description"


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


@dataclass(frozen=True)
class Value:
    """One value in the table of particulars.

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


@dataclass(frozen=True)
class Row:
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

    @property
    def first_sources(self) -> tuple[Picture, ...]:
        """The sources that a page may show before anybody asks for more."""
        return self.sources[: len(first_widths([source.width_px for source in self.sources]))]

    @property
    def layout(self) -> str:
        """How wide it stands on its item's page, as the attribute ``sizes`` says it."""
        return layout_sizes(self.access.width_px, self.access.height_px)


@dataclass(frozen=True)
class Card:
    """An item in a list."""

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


def display(
    item: ShownItem, images: DerivativeSet | None, profile: Profile, settings: Settings, lang: str
) -> Display:
    """Return what the page of ``item`` in ``lang`` shows.

    Args:
        item: The item.
        images: Its derivatives as far as they are on the site, or None.
        profile: Which fields are shown and what they are called.
        settings: Rights and publisher of items that have none of their own.
        lang: Language of the page.
    """
    record = item.record
    profile = profile.of(record.kind)
    title = _title(record, lang)
    return Display(
        item_id=item.item_id,
        identifier=record.identifier,
        title=title,
        other_titles=tuple(
            text
            for text in (_text(s, lang) for s in record.values("title") if s.value)
            if text.text != title.text
        ),
        date=_date(record, lang),
        prose=tuple(
            Text(value.text, value.lang)
            for field in profile
            if field.name == _PROSE_FIELD and field.is_shown
            for value in _values(record, field, lang)
        ),
        rows=tuple(_rows(record, profile, lang)),
        rights=_rights(record, settings, lang),
        holder=_holder(record, settings, lang),
        views=tuple(_views(item, images, title, lang)),
        has_download=item.limits.has_download,
        maker="; ".join(dict.fromkeys(s.value for s in record.values("creator") if s.value)),
    )


def card(item: SiteItem, images: DerivativeSet | None, lang: str) -> Card:
    """Return what a list in ``lang`` shows of ``item``."""
    picture = None
    if images is not None:
        canvas = images.canvases[0]
        picture = _picture(f"{image_folder(item.item_id)}/{canvas.key}", canvas.thumbnail)
    return Card(
        item_id=item.item_id,
        identifier=item.record.identifier,
        title=_title(item.record, lang),
        date=_date(item.record, lang),
        picture=picture,
    )


def _title(record: Record, lang: str) -> Text:
    best = best_value((s for s in record.values("title") if s.value), lang)
    return _text(best, lang) if best else Text(record.identifier)


def _date(record: Record, lang: str) -> Text:
    dates = [s for term in ("created", "date", "temporal") for s in record.values(term) if s.value]
    best = best_value(dates, lang)
    return _text(best, lang) if best else Text("")


def _holder(record: Record, settings: Settings, lang: str) -> Text:
    best = best_value((s for s in record.values("publisher") if s.value), lang)
    return _text(best, lang) if best else Text(settings.publisher)


def _rows(record: Record, profile: Profile, lang: str) -> Iterator[Row]:
    said = {statement.field for statement in record.statements}
    for field in profile:
        if field.name not in said and field.role is not Role.IDENTIFIER:
            continue
        if not field.is_shown or field.role in (Role.FILES, Role.ACCESS, Role.KIND):
            continue
        if field.term in _ELSEWHERE_TERMS or field.name in (_PROSE_FIELD, ALT_TEXT):
            continue
        values = tuple(_values(record, field, lang))
        if not values and field.role is Role.IDENTIFIER:
            values = (Value(record.identifier),)
        if values:
            yield Row(field.label(lang), values)


def _values(record: Record, field: Field, lang: str) -> Iterator[Value]:
    """Yield a field's values for a reader of ``lang``: theirs, else those in other languages."""
    found = [s for s in record.statements if s.field == field.name]
    own = [s for s in found if s.lang in ("", lang)]
    for statement in own or found:
        text = _text(statement, lang)
        # A term's address in a vocabulary is for programs; its text leads to like items.
        uri = statement.written_uri
        uri = uri or (statement.value if _is_web_address(statement.value) else "")
        page = next((value.page for value in statement_values(statement, field)), "")
        yield Value(text.text, text.lang, uri, page, meaning_of(statement, lang))


def _rights(record: Record, settings: Settings, lang: str) -> Rights:
    rights = [s for s in record.statements if s.term in ("rights", "license")]
    texts = [s for s in rights if s.value and s.value != s.uri and not rights_statement(s.value)]
    uri = next((s.uri or s.value for s in rights if s.uri or rights_statement(s.value)), "")
    if not rights:
        texts = [Statement("rights", settings.rights)] if settings.rights else []
        uri = settings.rights_uri
    own = [s for s in texts if s.lang in ("", lang)]
    known: RightsStatement | None = rights_statement(uri)
    return Rights(
        texts=tuple(_text(s, lang) for s in own or texts),
        uri=known.uri if known else uri,
        mark=known.mark if known else "",
        meaning=translate(known.meaning, lang) if known else "",
    )


def _view_label(view: View | None, lang: str) -> Text:
    """Return what a view shows: our own labels in the reader's language, others as they are."""
    if view is None:
        return Text("", "")
    text = label_text(view.label, lang)
    is_translated = text != view.label
    return Text(text, view.lang if view.lang != lang and not is_translated else "")


def _view_alt(record: Record, place: int, title: Text, label: Text, lang: str) -> Text:
    """Return what a view shows in words: the museum's, else the title and the view's name."""
    said = best_value(alt_texts(record.statements, place), lang)
    if said is not None:
        return _text(said, lang)
    return Text(f"{title.text} ({label.text})" if label.text else title.text, title.lang)


def _views(
    item: ShownItem, images: DerivativeSet | None, title: Text, lang: str
) -> Iterator[PictureView]:
    places = {view.path: place for place, view in enumerate(item.record.views)}
    for canvas in images.canvases if images else ():
        place = places.get(canvas.master)
        label = _view_label(None if place is None else item.record.views[place], lang)
        folder = f"{image_folder(item.item_id)}/{canvas.key}"
        thumbnail, *access = (
            _picture(folder, file) for file in (canvas.thumbnail, *canvas.access_images)
        )
        yield PictureView(
            key=canvas.key,
            label=label,
            alt=_view_alt(item.record, -1 if place is None else place, title, label, lang),
            thumbnail=thumbnail,
            access=access[-1],
            sources=tuple({picture.width_px: picture for picture in (thumbnail, *access)}.values()),
            folder=folder,
            canvas=canvas,
            offers=picture_offers(canvas, has_download=item.limits.has_download),
        )


def _picture(folder: str, file: ImageFile) -> Picture:
    return Picture(f"{folder}/{file.name}", f"{folder}/{file.webp}", file.width_px, file.height_px)


def _text(statement: Statement, lang: str) -> Text:
    return Text(statement.value or statement.uri, statement.lang if statement.lang != lang else "")


def _is_web_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and " " not in text
