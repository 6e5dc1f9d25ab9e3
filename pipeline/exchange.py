"""What partners are told of an archive and of each item: made from settings, limits and images.

Invariant: nothing here gives the address of a thing that the public site does not have: an item
that is not public has none, and no image that shows more than its limits allow has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from archive.catalogue import CatalogueItem
from archive.opening import Archive
from pipeline.derivative_sets import limits_in
from schemas.crosswalks.exchange import Exchange, Published, PublishedImage, unfit_finding
from schemas.crosswalks.iiif import manifest_path
from schemas.derivatives import Canvas
from schemas.errors import ConfigError
from schemas.findings import Finding
from schemas.identifiers import image_folder, item_page
from schemas.messages import _
from schemas.records import View, is_public
from schemas.views import label_text

EXCHANGED = frozenset({"lido", "edm", "mods"})
"""The formats that are told what is made here."""

_LABEL_LANGUAGES = ("vi", "en")


def exchange_of(archive: Archive) -> Exchange:
    """Return what partners are told of all records of an archive."""
    settings = archive.settings
    own = settings.exchange
    title = settings.title_in(settings.main_language)
    museum = own.data_provider or settings.publisher or title
    return Exchange(
        profile=archive.profile,
        museum=museum,
        museum_uri=own.data_provider_uri,
        provider=own.provider or museum,
        country=own.country,
        lang=settings.main_language,
        rights=settings.rights,
        rights_uri=settings.rights_uri,
        metadata_rights_uri=own.metadata_rights_uri,
        edm_types=own.types,
        tables=archive.tables,
    )


def exchange_findings(archive: Archive, format_name: str) -> tuple[Finding, ...]:
    """Return what the settings lack for a format.

    Raises:
        ConfigError: EDM cannot be made without it.
    """
    settings = archive.settings
    if format_name == "edm" and not (settings.exchange.data_provider or settings.publisher):
        raise ConfigError(
            _("EDM needs the name of the museum whose records these are."),
            remedy=_("Set publisher, or data_provider under [exchange]."),
            path=archive.layout.config,
        )
    if settings.has_public_url:
        return ()
    if format_name == "edm":
        raise ConfigError(
            _("EDM needs the address at which the site is published."),
            remedy=_("Set base_url to it, as https://museum.example.vn."),
            path=archive.layout.config,
        )
    return (Finding("EXCHANGE-no-base-url", values={"format": format_name}),)


def published_of(
    archive: Archive,
    item: CatalogueItem,
    today: date,
    *,
    format_name: str,
    tell: Callable[[Finding], None],
) -> Published:
    """Return where an item is found on the public site.

    Args:
        archive: The archive.
        item: The item, with its images.
        today: The day, which decides whether the item is public.
        format_name: For what, in findings.
        tell: Takes a finding where images may not be shown.
    """
    dated = Published(created_at=item.created_at, updated_at=item.updated_at)
    settings = archive.settings
    if not settings.has_public_url or not is_public(item.record, today):
        return dated
    page = f"{settings.base_url}/{settings.main_language}/{item_page(item.item_id)}"
    made = item.derivatives
    if made is None or not made.canvases:
        return replace(dated, page_url=page)
    limits = limits_in(archive, item.record)
    if not limits.is_kept_by(made):
        tell(unfit_finding("EXCHANGE-no-images", item.record, format_name))
        return replace(dated, page_url=page)
    views = {view.path: view for view in item.record.views}
    folder = f"{settings.base_url}/{image_folder(item.item_id)}"
    images = (
        _image(canvas, f"{folder}/{canvas.key}", views.get(canvas.master), limits.has_download)
        for canvas in made.canvases
    )
    manifest = f"{settings.base_url}/{manifest_path(item.item_id)}"
    return replace(dated, page_url=page, manifest_url=manifest, images=tuple(images))


def _image(canvas: Canvas, service: str, view: View | None, has_download: bool) -> PublishedImage:
    access, thumbnail = canvas.access, canvas.thumbnail
    return PublishedImage(
        key=canvas.key,
        url=f"{service}/{access.name}" if has_download else "",
        width_px=access.width_px,
        height_px=access.height_px,
        thumbnail_url=f"{service}/{thumbnail.name}",
        thumbnail_width_px=thumbnail.width_px,
        thumbnail_height_px=thumbnail.height_px,
        service_url=service,
        labels=_labels(view),
    )


def _labels(view: View | None) -> tuple[tuple[str, str], ...]:
    if view is None or not view.label:
        return ()
    said = tuple((lang, label_text(view.label, lang)) for lang in _LABEL_LANGUAGES)
    is_ours = any(text != view.label for _lang, text in said)
    return said if is_ours else ((view.lang, view.label),)
