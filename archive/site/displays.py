"""What the pages of items show of them: the table of particulars, rights, views.

Most values stand in many items, so what is worked out of one is remembered by what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archive.settings import Settings
from archive.site.facets import statement_values
from archive.site.item_offers import picture_offers
from archive.site.items import (
    Display,
    PictureView,
    PlayedFile,
    Rights,
    Row,
    ShownItem,
    Text,
    Value,
    date_of,
    picture_of,
    text_of,
    title_of,
)
from schemas.alt_texts import ALT_TEXT, alt_texts
from schemas.derivatives import DerivativeSet
from schemas.dublincore import Normal, Statement
from schemas.identifiers import image_folder
from schemas.meanings import meaning_of
from schemas.messages import translate
from schemas.profile import Field, Profile, Role
from schemas.recordings import AccessRecording
from schemas.records import Record, View, best_value
from schemas.rights import RightsStatement, rights_statement
from schemas.views import label_text

# Shown in places of their own, not in the table of particulars.
_ELSEWHERE_TERMS = ("title", "rights", "license")
_PROSE_FIELD = "description"
_MOST_VALUES = 1 << 12
# Longer texts stand in few items, and take much memory.
_MOST_LETTERS = 256


class _ShownField:
    """A field of one kind of record, as readers of one language see it.

    Attributes:
        name: Its name.
        label: What it is called.
        is_number: Whether it is the inventory number.
    """

    def __init__(self, field: Field, lang: str) -> None:
        self.name = field.name
        self.label = field.label(lang)
        self.is_number = field.role is Role.IDENTIFIER
        self._field = field
        self._lang = lang
        self._known: dict[tuple[str, str, str, Normal], Value] = {}

    def values(self, found: Sequence[Statement]) -> tuple[Value, ...]:
        """Return its values for a reader: theirs, else those in other languages."""
        own = [s for s in found if s.lang in ("", self._lang)]
        return tuple([self._value(statement) for statement in own or found])

    def _value(self, statement: Statement) -> Value:
        if self.name == _PROSE_FIELD or len(statement.value) > _MOST_LETTERS:
            return _value(statement, self._field, self._lang)
        said = (statement.value, statement.lang, statement.uri, statement.normal)
        value = self._known.get(said)
        if value is None:
            if len(self._known) >= _MOST_VALUES:
                self._known.clear()
            self._known[said] = value = _value(statement, self._field, self._lang)
        return value


@dataclass(frozen=True)
class _Shape:
    """What the pages of one kind of record show.

    Attributes:
        rows: The fields of the table of particulars.
        prose: Those that stand as running text.
    """

    rows: tuple[_ShownField, ...]
    prose: tuple[_ShownField, ...]


class Displays:
    """Says what readers of one language see of items.

    Args:
        profile: Which fields are shown and what they are called.
        settings: Rights and publisher of items that have none of their own.
        lang: The language.
    """

    def __init__(self, profile: Profile, settings: Settings, lang: str) -> None:
        self._profile = profile
        self._settings = settings
        self._lang = lang
        self._shapes: dict[str, _Shape] = {}

    def display(self, item: ShownItem, images: DerivativeSet | None) -> Display:
        """Return what the page of an item shows.

        Args:
            item: The item.
            images: Its derivatives as far as they are on the site, or None.
        """
        record, lang = item.record, self._lang
        shape = self._shapes.get(record.kind) or self._shape(record.kind)
        fields: dict[str, list[Statement]] = {}
        for statement in record.statements:
            fields.setdefault(statement.field, []).append(statement)
        title = title_of(record, lang)
        titles = (text_of(s, lang) for s in record.values("title") if s.value)
        return Display(
            item_id=item.item_id,
            identifier=record.identifier,
            title=title,
            other_titles=tuple(text for text in titles if text.text != title.text),
            date=date_of(record, lang),
            prose=tuple(
                Text(value.text, value.lang)
                for field in shape.prose
                for value in field.values(fields.get(field.name, ()))
            ),
            rows=tuple(_rows(record, shape, fields)),
            rights=_rights(record, self._settings, lang),
            holder=self._holder(record),
            views=tuple(_views(item, images, title, lang)) if images else (),
            has_download=item.limits.has_download,
            maker="; ".join(dict.fromkeys(s.value for s in record.values("creator") if s.value)),
        )

    def _shape(self, kind: str) -> _Shape:
        fields = [field for field in self._profile.of(kind) if field.is_shown]
        rows = (
            _ShownField(field, self._lang)
            for field in fields
            if field.role not in (Role.FILES, Role.ACCESS, Role.KIND)
            and field.term not in _ELSEWHERE_TERMS
            and field.name not in (_PROSE_FIELD, ALT_TEXT)
        )
        prose = (_ShownField(field, self._lang) for field in fields if field.name == _PROSE_FIELD)
        self._shapes[kind] = found = _Shape(tuple(rows), tuple(prose))
        return found

    def _holder(self, record: Record) -> Text:
        best = best_value((s for s in record.values("publisher") if s.value), self._lang)
        return text_of(best, self._lang) if best else Text(self._settings.publisher)


def _rows(record: Record, shape: _Shape, fields: Mapping[str, list[Statement]]) -> Iterator[Row]:
    for field in shape.rows:
        if field.name in fields:
            yield Row(field.label, field.values(fields[field.name]))
        elif field.is_number:
            yield Row(field.label, (Value(record.identifier),))


def _value(statement: Statement, field: Field, lang: str) -> Value:
    text = text_of(statement, lang)
    # A term's address in a vocabulary is for programs; its text leads to like items.
    uri = statement.written_uri
    uri = uri or (statement.value if _is_web_address(statement.value) else "")
    page = next((value.page for value in statement_values(statement, field)), "")
    return Value(text.text, text.lang, uri, page, meaning_of(statement, lang))


def _rights(record: Record, settings: Settings, lang: str) -> Rights:
    rights = record.rights
    texts = [s for s in rights if s.value and s.value != s.uri and not rights_statement(s.value)]
    uri = next((s.uri or s.value for s in rights if s.uri or rights_statement(s.value)), "")
    if not rights:
        texts = [Statement("rights", settings.rights)] if settings.rights else []
        uri = settings.rights_uri
    own = [s for s in texts if s.lang in ("", lang)]
    known: RightsStatement | None = rights_statement(uri)
    return Rights(
        texts=tuple(text_of(s, lang) for s in own or texts),
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
        return text_of(said, lang)
    return Text(f"{title.text} ({label.text})" if label.text else title.text, title.lang)


def _views(item: ShownItem, images: DerivativeSet, title: Text, lang: str) -> Iterator[PictureView]:
    places = {view.path: place for place, view in enumerate(item.record.views)}
    for canvas in images.canvases:
        place = places.get(canvas.master)
        label = _view_label(None if place is None else item.record.views[place], lang)
        folder = f"{image_folder(item.item_id)}/{canvas.key}"
        thumbnail, *access = (
            picture_of(folder, file) for file in (canvas.thumbnail, *canvas.access_images)
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
            recording=_played(folder, canvas.recording),
        )


def _played(folder: str, file: AccessRecording | None) -> PlayedFile | None:
    return PlayedFile(f"{folder}/{file.name}", file) if file else None


def _is_web_address(text: str) -> bool:
    return text.startswith(("http://", "https://")) and " " not in text
