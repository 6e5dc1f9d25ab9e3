"""Choosing what goes into a package for partners, and having it written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.export import FORMATS, ExportContext, ExportMasters, ExportReport
from archive.opening import Archive
from archive.store import Store, StoredItem
from pipeline.derivative_sets import limits_in
from pipeline.find import ids_matching
from schemas.errors import ConfigError, SourceError
from schemas.events import utc_text
from schemas.identifiers import image_folder, item_page
from schemas.messages import _
from schemas.records import day_of, is_public
from schemas.technical import longest_side


def export(
    archive: Archive,
    format_name: str,
    out: Path,
    *,
    now: Callable[[], datetime],
    query: str = "",
    all_access: bool = False,
    with_masters: bool = False,
) -> ExportReport:
    """Write a package of all items, or of those that ``query`` finds.

    An item whose limits make its images smaller than its masters, or put a watermark on them,
    goes out with those images instead of its masters, unless they are asked for.

    Args:
        archive: Where from.
        format_name: A key of ``archive.export.FORMATS``.
        out: What to write; nothing may stand there.
        now: The clock.
        query: A search; empty takes every item.
        all_access: Restricted and staff items too, what the profile hides, and all masters.
        with_masters: All masters of the items.

    Raises:
        SourceError: Nothing was selected, there is no index to ask, or an item has no images
            that may go out in place of its masters.
        ConfigError: ``out`` lies in a part of the archive.
        FixityError: A master is not as recorded; nothing is written.
        RecordError: The catalogue is missing or damaged.
        StoreWriteError: The disk refuses, or ``out`` exists.
    """
    chosen = FORMATS[format_name]
    check_target(archive, out)
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        at = now()
        public_on = None if all_access else day_of(at)
        items = selected(archive, catalogue, query, public_on=public_on)
        context = ExportContext(
            profile=archive.profile,
            at=utc_text(at),
            publisher=archive.settings.publisher,
            lang=archive.settings.main_language,
            title=archive.settings.title_in(archive.settings.main_language),
            is_complete=all_access,
            page_url=lambda item_id: page_address(archive, item_id),
            image_urls=lambda item_id: _image_urls(archive, catalogue, item_id),
            images_instead=lambda item: (
                None if all_access or with_masters else _images_instead(archive, catalogue, item)
            ),
        )
        if chosen.needs_masters:
            return chosen.write(_stored(Store(archive.layout), items), out, context)
        return chosen.write(items, out, context)


def check_target(archive: Archive, out: Path) -> None:
    """Refuse to write among what is kept or made by the archive itself.

    Raises:
        ConfigError: ``out`` lies in such a part of the archive.
    """
    layout = archive.layout
    parts = (layout.store, layout.index, layout.derivatives, layout.site, layout.quarantine)
    target = out.resolve()
    if any(target == part or part in target.parents for part in (*parts, layout.staging)):
        raise ConfigError(
            _("A package cannot be written into the archive's own folders."),
            remedy=_("Choose another place with --out."),
            path=out,
        )


def selected(
    archive: Archive, catalogue: Catalogue, query: str, *, public_on: date | None
) -> Iterator[CatalogueItem]:
    """Yield the items that ``query`` finds, or all; only those public on a day, if one is given."""
    if not query:
        yield from catalogue.iter_items(public_on=public_on)
        return
    for item_id in sorted(ids_matching(archive, query)):
        item = catalogue.get(item_id)
        if item is not None and (public_on is None or is_public(item.record, public_on)):
            yield item


def _stored(store: Store, items: Iterable[CatalogueItem]) -> Iterator[StoredItem]:
    for item in items:
        yield store.read(item.item_id)


def _images_instead(
    archive: Archive, catalogue: Catalogue, item: ExportMasters
) -> Mapping[str, Path] | None:
    """Return the access images of an item whose limits withhold its masters, else None.

    Raises:
        SourceError: There are none, or they show more than they may.
    """
    limits = limits_in(archive, item.record)
    if not limits.recipe(longest_side(item.technical)) or not item.technical:
        return None
    known = catalogue.get(item.item_id)
    made = known.derivatives if known else None
    if made is None or not limits.is_kept_by(made):
        raise SourceError(
            _(
                "The limits of '{item}' withhold its masters, and its images are not made yet."
            ).format(item=item.record.identifier),
            remedy=_("Make them first: hoaban derive"),
        )
    folder = archive.layout.derivatives_of(item.item_id)
    return {
        f"{canvas.key}.jpg": folder / canvas.key / canvas.access.name for canvas in made.canvases
    }


def page_address(archive: Archive, item_id: str) -> str:
    """Return the public address of an item's page, in the archive's main language."""
    settings = archive.settings
    return f"{settings.base_url}/{settings.main_language}/{item_page(item_id)}"


def _image_urls(archive: Archive, catalogue: Catalogue, item_id: str) -> tuple[str, ...]:
    item = catalogue.get(item_id)
    if item is None or item.derivatives is None:
        return ()
    folder = f"{archive.settings.base_url}/{image_folder(item_id)}"
    return tuple(f"{folder}/{c.key}/{c.access.name}" for c in item.derivatives.canvases)
