"""Choosing what goes into a package for partners, and having it written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem, public_part
from archive.export import (
    FORMATS,
    ExportContext,
    ExportItem,
    ExportMasters,
    ExportReport,
    Format,
)
from archive.export.deletions import beside
from archive.export.endings import check_ending
from archive.export.items import Picture
from archive.export.selection import EVERYTHING, Judge, Selection
from archive.export.target import new_path
from archive.opening import Archive
from archive.store import Store, StoredItem
from pipeline.deletions import iter_deletions
from pipeline.derivative_sets import limits_in
from pipeline.exchange import EXCHANGED, exchange_findings, exchange_of, published_of
from pipeline.find import ids_matching
from pipeline.hidden_letters import hidden_told
from pipeline.partner_images import pictures_of
from pipeline.selection import Chosen, choose
from pipeline.site_files import iter_site_files
from schemas.crosswalks.iiif import Publication
from schemas.derivatives import DerivativeSet
from schemas.errors import ConfigError, SourceError
from schemas.events import utc_text
from schemas.findings import Finding
from schemas.identifiers import image_folder, item_page
from schemas.messages import _
from schemas.public_views import closed_paths, public_events, public_technical, public_views
from schemas.recordings import PublishedRecording
from schemas.records import day_of
from schemas.technical import longest_side


def export(
    archive: Archive,
    format_name: str,
    out: Path,
    *,
    now: Callable[[], datetime],
    selection: Selection = EVERYTHING,
    all_access: bool = False,
    with_masters: bool = False,
) -> ExportReport:
    """Write a package of all items, or of those that a selection takes.

    An item whose limits make its images smaller than its masters, or put a watermark on them,
    goes out with those images instead of its masters, unless they are asked for.

    With ``selection.since`` the package holds what is new or changed since, and says what has
    to be taken out; where there is neither, nothing is written and the report has no items.

    Args:
        archive: Where from.
        format_name: A key of ``archive.export.FORMATS``.
        out: What to write; nothing may stand there.
        now: The clock.
        selection: Which items; by default every one.
        all_access: Restricted and staff items too, what the profile hides, and all masters.
        with_masters: All masters of the items.

    Raises:
        SourceError: Nothing was selected, the selection cannot be understood, there is no index
            to ask, or an item has no images that may go out in place of its masters.
        ConfigError: ``out`` lies in a part of the archive or ends in what is not made, or the
            format needs a setting.
        FixityError: A master is not as recorded; nothing is written.
        RecordError: The catalogue is missing, or it or an object is damaged.
        StoreWriteError: The disk refuses, or ``out`` exists.
    """
    made = FORMATS[format_name]
    check_ending(made.name, made.endings, out)
    return export_as(
        archive,
        made,
        out,
        now=now,
        selection=selection,
        all_access=all_access,
        with_masters=with_masters,
    )


@dataclass(frozen=True)
class Narrowing:
    """What narrows an export beside what somebody asks for on the command line.

    Attributes:
        query: A search, or empty.
        judges: Each must take an item.
        told: Those whose refusals the export itself tells of; they only count for what a partner
            has to take out.
    """

    query: str = ""
    judges: tuple[Judge, ...] = ()
    told: tuple[Judge, ...] = ()


def export_as(
    archive: Archive,
    made: Format,
    out: Path,
    *,
    now: Callable[[], datetime],
    selection: Selection = EVERYTHING,
    narrowing: Narrowing | None = None,
    all_access: bool = False,
    with_masters: bool = False,
) -> ExportReport:
    """Write a package in a format that may be in no list, as :func:`export` does."""
    narrowing = narrowing or Narrowing()
    check_target(archive, out)
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        at = now()
        told: list[Finding] = []
        if made.name in EXCHANGED:
            told += exchange_findings(archive, made.name)
        found = choose(archive, catalogue, selection, public_on=None if all_access else day_of(at))
        ids = frozenset(ids_matching(archive, narrowing.query)) if narrowing.query else None
        found = found.narrowed(*narrowing.judges, ids=ids)
        store = Store(archive.layout)
        context = replace(
            _context(archive, catalogue, found.public_on, day_of(at), made.name, told.append),
            at=utc_text(at),
            is_complete=all_access,
            deletions=tuple(iter_deletions(store, catalogue, found.narrowed(*narrowing.told))),
        )
        if made.name == "dcat" and selection == EVERYTHING and not all_access:
            context = replace(context, site_files=tuple(iter_site_files(archive)))
        if all_access or with_masters:
            context = replace(context, images_instead=lambda item: None)
        if all_access or (with_masters and made.needs_masters):
            context = _with_whole_pictures(context, archive, catalogue, found.public_on)
        report = _write(made, store, catalogue, found, out, context)
    return replace(
        report,
        deleted=len(context.deletions),
        deletions=made.deletions_at(out) if context.deletions else "",
        findings=(*found.findings, *report.findings, *told),
    )


def _with_whole_pictures(
    context: ExportContext, archive: Archive, catalogue: Catalogue, public_on: date | None
) -> ExportContext:
    """Return what an export is told that may have pictures larger than the limits allow."""

    def pictures(item: ExportItem, max_px: int) -> tuple[Picture, ...] | None:
        known = _part(catalogue, item.item_id, public_on)
        return pictures_of(archive, known, max_px, is_complete=True)

    return replace(context, pictures=pictures)


def context_of(
    archive: Archive, catalogue: Catalogue, today: date, format_name: str, *, at: str
) -> ExportContext:
    """Return what an export for everybody is told; what is found on the way is told to nobody.

    Args:
        archive: The archive.
        catalogue: Its catalogue.
        today: The day that decides what is public.
        format_name: The format.
        at: What dates the export, RFC 3339 in UTC.
    """
    context = _context(archive, catalogue, today, today, format_name, lambda finding: None)
    return replace(context, at=at)


def _context(
    archive: Archive,
    catalogue: Catalogue,
    public_on: date | None,
    today: date,
    format_name: str,
    tell: Callable[[Finding], None],
) -> ExportContext:
    """Return what an export is told, as far as it is so for every partner."""
    settings = archive.settings

    def part(item_id: str) -> CatalogueItem | None:
        return _part(catalogue, item_id, public_on)

    return ExportContext(
        profile=archive.profile,
        at="",
        publisher=settings.publisher,
        lang=settings.main_language,
        title=settings.title_in(settings.main_language),
        rights=settings.rights,
        rights_uri=settings.rights_uri,
        page_url=lambda item_id: page_address(archive, item_id),
        image_urls=lambda item_id: _image_urls(archive, part(item_id), item_id),
        recordings=lambda item_id: _recordings(archive, part(item_id), item_id),
        exchange=exchange_of(archive),
        published=lambda item: published_of(
            archive,
            _known(item, catalogue, public_on),
            today,
            format_name=format_name,
            tell=tell,
        ),
        tell=tell,
        images_instead=lambda item: _images_instead(archive, part(item.item_id), item),
        publication=publication_of(archive),
        has_public_url=settings.has_public_url,
        derivatives_of=lambda item_id: _derivatives_of(part(item_id)),
        pictures=lambda item, max_px: pictures_of(archive, part(item.item_id), max_px),
    )


def _write(
    made: Format,
    store: Store,
    catalogue: Catalogue,
    found: Chosen,
    out: Path,
    context: ExportContext,
) -> ExportReport:
    left_out: set[str] = set()
    context = replace(context, leave_out=left_out.add)
    items = hidden_told(found.iter_items(catalogue), context, left_out)
    first = next(items, None)
    is_one_file = made.is_one_file(out)
    if first is None and found.since is not None:
        if not context.deletions:
            return ExportReport(out, items=0, files=0, size_bytes=0, is_made=False)
        if is_one_file:
            return _only_deletions(out, context)
    items = chain(() if first is None else (first,), items)
    with ExitStack() as stack:
        if is_one_file and context.deletions:
            stack.enter_context(_told_beside(out, context))
        if made.needs_masters:
            return made.write(_stored(store, items, found.public_on), out, context)
        return made.write(items, out, context)


@contextmanager
def _told_beside(out: Path, context: ExportContext) -> Iterator[None]:
    """Write the deletions beside an export that is a single file; a package has them inside."""
    with new_path(beside(out)) as path:
        path.write_bytes(context.deleted_csv())
        yield


def _only_deletions(out: Path, context: ExportContext) -> ExportReport:
    with _told_beside(out, context):
        size_bytes = len(context.deleted_csv())
    return ExportReport(beside(out), items=0, files=1, size_bytes=size_bytes)


def _known(item: ExportItem, catalogue: Catalogue, public_on: date | None) -> CatalogueItem:
    """Return an item as the catalogue has it, also one that was read from the store."""
    if isinstance(item, CatalogueItem):
        return item
    known = _part(catalogue, item.item_id, public_on)
    if known is None:
        raise ValueError(f"{item.item_id} is not in the catalogue")
    return known


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


def _stored(
    store: Store, items: Iterable[CatalogueItem], public_on: date | None
) -> Iterator[StoredItem]:
    for item in items:
        stored = store.read(item.item_id)
        yield stored if public_on is None else _public_stored(stored, public_on)


def _public_stored(stored: StoredItem, today: date) -> StoredItem:
    """Return an item of the store without its masters that are closed on a day."""
    closed = closed_paths(stored.record, today)
    if not closed:
        return stored
    return replace(
        stored,
        record=public_views(stored.record, today),
        technical=public_technical(stored.technical, closed),
        events=public_events(stored.events, closed),
        masters={path: file for path, file in stored.masters.items() if path not in closed},
    )


def _part(catalogue: Catalogue, item_id: str, public_on: date | None) -> CatalogueItem | None:
    """Return an item, or the part of it that the public may see on a day."""
    item = catalogue.get(item_id)
    return item if item is None or public_on is None else public_part(item, public_on)


def _images_instead(
    archive: Archive, known: CatalogueItem | None, item: ExportMasters
) -> Mapping[str, Path] | None:
    """Return the access images of an item whose limits withhold its masters, else None.

    Raises:
        SourceError: There are none, or they show more than they may.
    """
    limits = limits_in(archive, item.record)
    if not limits.recipe(longest_side(item.technical)) or not item.technical:
        return None
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


def publication_of(archive: Archive) -> Publication:
    """Return where the site of an archive is, what it is called, in which languages."""
    settings = archive.settings
    return Publication(
        base_url=settings.base_url,
        title=settings.title,
        languages=settings.languages,
        publisher=settings.publisher,
        rights=settings.rights,
        rights_uri=settings.rights_uri,
    )


def _derivatives_of(item: CatalogueItem | None) -> DerivativeSet | None:
    return item.derivatives if item else None


def _recordings(
    archive: Archive, item: CatalogueItem | None, item_id: str
) -> tuple[PublishedRecording, ...]:
    folder = f"{archive.settings.base_url}/{image_folder(item_id)}"
    canvases = item.derivatives.canvases if item and item.derivatives else ()
    played = (canvas.published_at(f"{folder}/{canvas.key}") for canvas in canvases)
    return tuple(recording for recording in played if recording is not None)


def _image_urls(archive: Archive, item: CatalogueItem | None, item_id: str) -> tuple[str, ...]:
    if item is None or item.derivatives is None:
        return ()
    folder = f"{archive.settings.base_url}/{image_folder(item_id)}"
    return tuple(f"{folder}/{c.key}/{c.access.name}" for c in item.derivatives.canvases)
