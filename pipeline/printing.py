"""Writing what a museum prints of its items, chosen as exports are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.catalogue import Catalogue, CatalogueItem
from archive.export.items import at_least_one
from archive.export.selection import Selection
from archive.export.target import new_path
from archive.labels import Form, Print, PrintedItem, printed_item, printed_pages
from archive.opening import Archive
from pipeline.packages import check_target, page_address
from pipeline.selection import choose
from schemas.crosswalks import public_record
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.records import day_of


@dataclass(frozen=True)
class PrintReport:
    """What was written.

    Attributes:
        path: The page.
        items: Items on it.
        has_codes: The items have QR codes.
    """

    path: Path
    items: int
    has_codes: bool


def print_items(
    archive: Archive,
    form: Form,
    out: Path,
    *,
    now: Callable[[], datetime],
    query: str = "",
    languages: Sequence[str] = (),
    label_mm: tuple[int, int] | None = None,
    all_access: bool = False,
) -> PrintReport:
    """Write a page with all items, or those that ``query`` finds, for printing.

    Args:
        archive: Where from.
        form: What is printed of each.
        out: The page to write; nothing may stand there.
        now: The clock.
        query: A search; empty takes every item.
        languages: Printed languages, the first of them that of the page; empty means all of the
            archive's.
        label_mm: Width and height of a label in millimetres; None for the setting.
        all_access: Restricted and staff items too, and what the profile hides.

    Raises:
        SourceError: Nothing was selected, or there is no index to ask.
        ConfigError: A setting names a field that the profile does not have, or ``out`` lies in a
            part of the archive.
        StoreWriteError: The disk refuses, or ``out`` exists.
    """
    check_target(archive, out)
    chosen = _chosen_fields(archive, form)
    languages = languages or archive.settings.languages
    has_codes = form.has_code and archive.settings.has_public_url
    how = Print(
        form,
        languages[0],
        archive.settings.publisher,
        archive.settings.title_in(languages[0]),
        tuple((name, _headings(archive, name, languages)) for name in chosen),
        label_mm or (archive.settings.labels.width_mm, archive.settings.labels.height_mm),
    )
    count = 0

    def items(catalogue: Catalogue) -> Iterator[PrintedItem]:
        nonlocal count
        public_on = None if all_access else day_of(now())
        found = choose(archive, catalogue, Selection(query), public_on=public_on)
        for item in at_least_one(found.iter_items(catalogue)):
            count += 1
            record = item.record if all_access else public_record(item.record, archive.profile)
            yield printed_item(
                record,
                archive.profile,
                languages,
                chosen,
                is_complete=all_access,
                address=page_address(archive, item.item_id) if has_codes else "",
                picture=_picture(archive, item) if form.has_picture else None,
            )

    with (
        new_path(out) as path,
        Catalogue.open_for_reading(archive.layout.catalogue) as catalogue,
        path.open("w", encoding="utf-8", newline="\n") as file,
    ):
        file.writelines(printed_pages(how, items(catalogue)))
    return PrintReport(out, count, has_codes)


def _chosen_fields(archive: Archive, form: Form) -> tuple[str, ...]:
    """Return the names of the fields that are printed; empty for all.

    Raises:
        ConfigError: No kind of record has one of them.
    """
    names = archive.settings.labels.fields_of(form.name)
    for name in names:
        if name not in archive.profile.positions:
            raise ConfigError(
                _("The table [labels] names the field '{name}', which the profile lacks.").format(
                    name=name
                ),
                remedy=_("Use names of the column 'field' in profile.csv."),
                path=archive.layout.config,
            )
    return names


def _headings(archive: Archive, name: str, languages: Sequence[str]) -> tuple[str, ...]:
    field = next(found for kind in archive.profile.each() if (found := kind.get(name)))
    return tuple(dict.fromkeys(field.label(lang) for lang in languages))


def _picture(archive: Archive, item: CatalogueItem) -> Path | None:
    """Return the thumbnail of an item's first view, or None while there is none."""
    if item.derivatives is None or not item.derivatives.canvases:
        return None
    canvas = item.derivatives.canvases[0]
    path = archive.layout.derivatives_of(item.item_id) / canvas.key / canvas.thumbnail.name
    return path if path.is_file() else None
