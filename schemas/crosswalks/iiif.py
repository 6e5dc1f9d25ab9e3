"""From a record and its derivatives to IIIF: what any viewer in the world can open.

Everything here is a plain dict, ready for JSON. Addresses are absolute, because IIIF asks
for it; nothing is read or written.

Source: IIIF Image API 3.0 and IIIF Presentation API 3.0, https://iiif.io/api/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.derivatives import Canvas, DerivativeSet
from schemas.dublincore import Statement
from schemas.identifiers import image_folder, item_page, shard_of
from schemas.messages import N_, translate
from schemas.profile import Field, Profile, Role
from schemas.recordings import VIDEO, AccessRecording
from schemas.records import Record, View
from schemas.rights import rights_statement
from schemas.views import label_text

PRESENTATION_CONTEXT = "http://iiif.io/api/presentation/3/context.json"
IMAGE_CONTEXT = "http://iiif.io/api/image/3/context.json"

_ATTRIBUTION = N_("Attribution")
_CHANGES = N_("Changes (IIIF Change Discovery)")
_LAST_YEAR = 9999


@dataclass(frozen=True)
class Publication:
    """Where and by whom the manifests are published.

    Attributes:
        base_url: Address of the site's root, without a final slash.
        title: Name of the archive by language code.
        languages: Editions of the site, the main one first.
        publisher: Name of the museum, or empty.
        rights: Rights statement of items that have none of their own, or empty.
        rights_uri: Its URI, or empty.
        changes_path: Path of the log of changes in the site, or empty where there is none.
    """

    base_url: str
    title: Mapping[str, str]
    languages: tuple[str, ...]
    publisher: str = ""
    rights: str = ""
    rights_uri: str = ""
    changes_path: str = ""

    def manifest_id(self, item_id: str) -> str:
        """Return the address of an item's manifest."""
        return f"{self.base_url}/{manifest_path(item_id)}"

    def image_id(self, item_id: str, canvas: Canvas) -> str:
        """Return the address of a canvas's image service."""
        return f"{self.base_url}/{image_folder(item_id)}/{canvas.key}"


def manifest_path(item_id: str) -> str:
    """Return the path of an item's manifest, relative to the root of the site."""
    return f"iiif/{shard_of(item_id)}/{item_id}/manifest.json"


def collection_path(part: int | None = None) -> str:
    """Return the path of the collection manifest, or of its numbered part."""
    return "iiif/collection.json" if part is None else f"iiif/collection/{part}.json"


def image_info(canvas: Canvas, image_id: str) -> dict[str, Any]:
    """Return ``info.json`` of a canvas's image service, level 0.

    Args:
        canvas: The canvas, with the sizes and tiles that exist as files.
        image_id: Address of the folder the tiles are in, without a final slash.
    """
    return {"@context": IMAGE_CONTEXT} | _service(canvas, image_id)


def manifest(
    record: Record, derivatives: DerivativeSet, profile: Profile, publication: Publication
) -> dict[str, Any]:
    """Return the Presentation 3 manifest of an item.

    Args:
        record: What the museum says of the item.
        derivatives: Its canvases; at least one, because a manifest needs one.
        profile: Gives the labels, and says what is shown.
        publication: Where the manifest is published.

    Raises:
        ValueError: There is no canvas.
    """
    if not derivatives.canvases:
        raise ValueError(f"{record.item_id}: a manifest needs a canvas")
    views = {view.path: view for view in record.views}
    document: dict[str, Any] = {
        "@context": PRESENTATION_CONTEXT,
        "id": publication.manifest_id(record.item_id),
        "type": "Manifest",
        "label": _titles(record),
        "metadata": list(_metadata(record, profile, publication.languages)),
    }
    document |= _nav_date(record) | _rights(record, publication)
    if publication.publisher:
        document["provider"] = [
            {
                "id": f"{publication.base_url}/",
                "type": "Agent",
                "label": {"none": [_plain(publication.publisher)]},
                "homepage": [_homepage(publication)],
            }
        ]
    document["homepage"] = [
        _item_homepage(record, publication, lang) for lang in publication.languages
    ]
    document["thumbnail"] = [_thumbnail(record.item_id, derivatives.canvases[0], publication)]
    document["items"] = [
        _canvas(record.item_id, number, canvas, views.get(canvas.master), publication)
        for number, canvas in enumerate(derivatives.canvases, start=1)
    ]
    return document


def manifest_summary(
    record: Record, derivatives: DerivativeSet, publication: Publication
) -> dict[str, Any]:
    """Return what a collection says of an item: where its manifest is, its title and picture."""
    return {
        "id": publication.manifest_id(record.item_id),
        "type": "Manifest",
        "label": _titles(record),
        "thumbnail": [_thumbnail(record.item_id, derivatives.canvases[0], publication)],
    }


def collection(
    items: Sequence[Mapping[str, Any]], publication: Publication, *, part: int | None = None
) -> dict[str, Any]:
    """Return a collection manifest.

    Args:
        items: Summaries of manifests, or of the collection's parts.
        publication: Where the collection is published.
        part: Number of this part of the collection, or None for the whole.
    """
    document: dict[str, Any] = {
        "@context": PRESENTATION_CONTEXT,
        "id": f"{publication.base_url}/{collection_path(part)}",
        "type": "Collection",
        "label": _collection_label(publication, part),
    }
    if part is not None:
        document["partOf"] = [
            {"id": f"{publication.base_url}/{collection_path()}", "type": "Collection"}
        ]
    document["homepage"] = [_homepage(publication)]
    # Without items there may be no log, which has at least one entry.
    if publication.changes_path and items and part is None:
        document["seeAlso"] = [
            {
                "id": f"{publication.base_url}/{publication.changes_path}",
                "type": "Dataset",
                "label": _said(_CHANGES, publication.languages),
                "format": "application/ld+json",
                "profile": "http://iiif.io/api/discovery/1/context.json",
            }
        ]
    document["items"] = list(items)
    return document


def collection_part(part: int, publication: Publication) -> dict[str, Any]:
    """Return what the collection says of its numbered part."""
    return {
        "id": f"{publication.base_url}/{collection_path(part)}",
        "type": "Collection",
        "label": _collection_label(publication, part),
    }


def _service(canvas: Canvas, image_id: str) -> dict[str, Any]:
    # `sizes` goes into the manifest too: without it viewers ask level 0 for sizes that are
    # not there (Mirador: full/undefined).
    largest = canvas.sizes[-1] if canvas.sizes else (canvas.width_px, canvas.height_px)
    service: dict[str, Any] = {
        "id": image_id,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": canvas.width_px,
        "height": canvas.height_px,
    }
    if largest != (canvas.width_px, canvas.height_px):
        service |= {"maxWidth": largest[0], "maxHeight": largest[1]}
    service["sizes"] = [{"width": width, "height": height} for width, height in canvas.sizes]
    service["tiles"] = [{"width": canvas.tile_px, "scaleFactors": list(canvas.scale_factors)}]
    return service


def _view_label(view: View, languages: Sequence[str]) -> dict[str, list[str]]:
    """Return what a view shows: our own labels in every edition's language, others as they are."""
    if not view.label:
        return {}
    said = {lang: [_plain(label_text(view.label, lang))] for lang in languages}
    is_ours = any(text != [view.label] for text in said.values())
    return said if is_ours else {view.lang or "none": [_plain(view.label)]}


def _canvas(
    item_id: str, number: int, canvas: Canvas, view: View | None, publication: Publication
) -> dict[str, Any]:
    folder = publication.manifest_id(item_id).removesuffix("/manifest.json")
    canvas_id = f"{folder}/canvas/{canvas.key}"
    image_id = publication.image_id(item_id, canvas)
    label = _view_label(view, publication.languages) if view else {}
    said = {
        "label": label or _number(number),
        "thumbnail": [_thumbnail(item_id, canvas, publication)],
    }
    picture, size = _image(canvas, image_id)
    if canvas.recording is None:
        return _painted(canvas_id, picture, size, said)
    played, extent = _played(canvas.recording, image_id)
    # The picture is seen until a film is played, and while a sound is.
    beside = "placeholderCanvas" if canvas.recording.media == VIDEO else "accompanyingCanvas"
    said |= {beside: _painted(f"{canvas_id}/picture", picture, size, {})}
    return _painted(canvas_id, played, extent, said)


def _painted(
    canvas_id: str, body: Mapping[str, Any], extent: Mapping[str, Any], said: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a canvas with one thing on it, which fills it.

    Source: Presentation API 3.0, sections 3.2 (placeholderCanvas), 5.3 and 5.6.
    """
    annotation = {
        "id": f"{canvas_id}/image" if body["type"] == "Image" else f"{canvas_id}/recording",
        "type": "Annotation",
        "motivation": "painting",
        "target": canvas_id,
        "body": body,
    }
    page = {"id": f"{canvas_id}/page", "type": "AnnotationPage", "items": [annotation]}
    found: dict[str, Any] = {"id": canvas_id, "type": "Canvas"}
    if "label" in said:
        found["label"] = said["label"]
    found |= extent
    found |= {name: value for name, value in said.items() if name != "label"}
    return found | {"items": [page]}


def _image(canvas: Canvas, image_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the picture of a canvas, and how large the canvas is."""
    width, height = canvas.sizes[-1] if canvas.sizes else (canvas.width_px, canvas.height_px)
    body = {
        "id": f"{image_id}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        "width": width,
        "height": height,
        "service": [_service(canvas, image_id)],
    }
    return body, {"width": canvas.width_px, "height": canvas.height_px}


def _played(recording: AccessRecording, folder: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is played on a canvas, and how large and long the canvas is."""
    extent: dict[str, Any] = {"duration": recording.duration_s}
    if recording.media == VIDEO:
        extent = {"width": recording.width_px, "height": recording.height_px} | extent
    body = {
        "id": f"{folder}/{recording.name}",
        "type": "Video" if recording.media == VIDEO else "Sound",
        "format": recording.mime_type,
    }
    return body | extent, extent


def _thumbnail(item_id: str, canvas: Canvas, publication: Publication) -> dict[str, Any]:
    # Without a service on purpose: a viewer that sees one asks for sizes of its own choice.
    return {
        "id": f"{publication.image_id(item_id, canvas)}/{canvas.thumbnail.name}",
        "type": "Image",
        "format": "image/jpeg",
        "width": canvas.thumbnail.width_px,
        "height": canvas.thumbnail.height_px,
    }


def _homepage(publication: Publication) -> dict[str, Any]:
    return {
        "id": f"{publication.base_url}/",
        "type": "Text",
        "label": _language_map(publication.title.items()),
        "format": "text/html",
    }


def _item_homepage(record: Record, publication: Publication, lang: str) -> dict[str, Any]:
    return {
        "id": f"{publication.base_url}/{lang}/{item_page(record.item_id)}",
        "type": "Text",
        "label": {lang: [_plain(record.title(lang))]},
        "format": "text/html",
        "language": [lang],
    }


def _rights(record: Record, publication: Publication) -> dict[str, Any]:
    """Return requiredStatement and rights; the record's own, else the archive's."""
    texts = [s for s in record.values("rights") if s.value]
    uris = [s.uri for s in record.rights if s.uri]
    if not texts and not uris:
        texts = [Statement("rights", publication.rights)] if publication.rights else []
        uris = [publication.rights_uri] if publication.rights_uri else []
    held = [s for s in record.values("publisher") if s.value] or (
        [Statement("publisher", publication.publisher)] if publication.publisher else []
    )
    found: dict[str, Any] = {}
    if texts or held:
        found["requiredStatement"] = {
            "label": _said(_ATTRIBUTION, publication.languages),
            "value": _values([*held, *texts]),
        }
    known = next((known for uri in uris if (known := rights_statement(uri))), None)
    if known:
        found["rights"] = known.uri
    return found


def _nav_date(record: Record) -> dict[str, str]:
    """Return when an item stands in a list by time: the first day of its earliest year.

    Source: Presentation API 3.0, section 3.1, navDate
    """
    for term in ("created", "date", "temporal"):
        for statement in record.values(term):
            year = statement.known("earliest")
            if isinstance(year, int) and 0 < year <= _LAST_YEAR:
                return {"navDate": f"{year:04d}-01-01T00:00:00Z"}
    return {}


def _metadata(
    record: Record, profile: Profile, languages: tuple[str, ...]
) -> Iterable[dict[str, Any]]:
    for field in profile.of(record.kind):
        if not field.is_shown or field.role in (Role.FILES, Role.ACCESS, Role.KIND):
            continue
        found = [s for s in record.statements if s.field == field.name]
        if not found and field.role is Role.IDENTIFIER:
            found = [Statement("identifier", record.identifier)]
        if found:
            yield {"label": _labels(field, languages), "value": _values(found)}


def _labels(field: Field, languages: tuple[str, ...]) -> dict[str, list[str]]:
    known = {lang: field.labels[lang] for lang in languages if lang in field.labels}
    return _language_map(known.items()) if known else {"none": [field.label("")]}


def _values(statements: Iterable[Statement]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for statement in statements:
        text = _plain(statement.value or statement.uri)
        texts = found.setdefault(statement.lang or "none", [])
        if text not in texts:
            texts.append(text)
    return found


def _titles(record: Record) -> dict[str, list[str]]:
    titles = [s for s in record.values("title") if s.value]
    return _values(titles) if titles else {"none": [_plain(record.identifier)]}


def _said(message: str, languages: tuple[str, ...]) -> dict[str, list[str]]:
    return _language_map((lang, translate(message, lang)) for lang in languages)


def _language_map(texts: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    return {lang: [_plain(text)] for lang, text in texts}


def _number(number: int) -> dict[str, list[str]]:
    return {"none": [str(number)]}


def _collection_label(publication: Publication, part: int | None) -> dict[str, list[str]]:
    suffix = "" if part is None else f" ({part})"
    return _language_map((lang, text + suffix) for lang, text in publication.title.items())


def _plain(text: str) -> str:
    """Return ``text`` so that no viewer takes it for HTML.

    Source: Presentation API 3.0, section 4.5: a value that starts with ``<`` and ends with
    ``>`` is HTML; plain text of that shape gets a space at its end.
    """
    return f"{text} " if text.startswith("<") and text.endswith(">") else text
