"""A delivery as a plan: its catalogue read, its scans matched, everything wrong collected."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from archive.settings import Settings
from pipeline.intake.alt_texts import alt_text_findings
from pipeline.intake.catalogue import CatalogueReader
from pipeline.intake.headings import Headings
from pipeline.intake.listing import list_source
from pipeline.intake.matching import Match, match_scans
from pipeline.intake.rescued_reading import AcceptText, read_in_unicode
from pipeline.intake.rows import Draft
from pipeline.intake.source import choose_catalogue
from pipeline.intake.table import Sheet, SheetError
from pipeline.jobs import PlannedItem, Scan
from schemas.findings import Finding
from schemas.normalising import ValueTables, shipped_tables
from schemas.profile import Profile
from schemas.records import Access, Record, View


@dataclass(frozen=True)
class Delivery:
    """What a museum delivered.

    Attributes:
        catalogue: The catalogue that was read.
        items: One a row, in the order of the catalogue; rows of one number stay apart, each
            set aside. Empty when the catalogue could not be read.
        findings: What concerns no single item: the sheet, its columns, scans without a row.
        scans: The number of scans in the folder.
    """

    catalogue: Path
    items: tuple[PlannedItem, ...]
    findings: tuple[Finding, ...]
    scans: int


def read_delivery(
    source: Path,
    *,
    catalogue: Path | None = None,
    profile: Profile,
    settings: Settings,
    tables: ValueTables | None = None,
    accept_text: AcceptText | None = None,
) -> Delivery:
    """Return what was delivered in ``source``: items with their scans, and every finding.

    Nothing is written and no scan is decoded.

    Args:
        source: A folder that holds the scans, at any depth, and one catalogue.
        catalogue: The catalogue, when it is not the one in the folder.
        profile: Says what the columns mean and which fields a row needs.
        settings: Of the archive; its own rights statement stands for rows that have none.
        tables: What values are understood by; those that ship when left out.
        accept_text: Says whether columns of text from before Unicode may be converted, where the
            settings do not; by default they may not.

    Raises:
        SourceError: There is nothing to read: no folder, no catalogue, or several.
    """
    with _collector_paused():
        return _read(source, catalogue, profile, settings, tables or shipped_tables(), accept_text)


def _read(
    source: Path,
    catalogue: Path | None,
    profile: Profile,
    settings: Settings,
    tables: ValueTables,
    accept_text: AcceptText | None,
) -> Delivery:
    listing = list_source(source)
    headings = Headings(profile, settings.intake.columns)
    choice = choose_catalogue(source, listing, headings, catalogue)
    mapping = headings.mapping_findings()
    readers: list[CatalogueReader] = []

    def make_reader(each_sheet: Callable[[Sheet], Sheet]) -> CatalogueReader:
        readers.append(
            CatalogueReader(choice.path, choice.name, headings, settings, each_sheet, tables)
        )
        return readers[-1]

    try:
        drafts, told = read_in_unicode(
            make_reader,
            choice.name,
            headings.count_known,
            legacy_text=settings.legacy_text,
            accept=accept_text,
        )
    except SheetError as error:
        findings = (
            *mapping,
            *listing.findings,
            *choice.findings,
            *(finding for finding in readers[-1].findings if finding.code == "SHEET-hidden"),
            error.finding(choice.name),
        )
        return Delivery(choice.path, (), findings, listing.scans)
    matching = match_scans(drafts, listing, path=choice.name)
    order = {
        kind.kind: {field.name: place for place, field in enumerate(kind)}
        for kind in profile.each()
    }
    items = tuple(
        _planned(draft, match, order[draft.kind])
        for draft, match in zip(drafts, matching.matches, strict=True)
    )
    findings = (
        *mapping,
        *listing.findings,
        *choice.findings,
        *told,
        *matching.findings,
        *alt_text_findings(items, profile, choice.name),
    )
    return Delivery(choice.path, items, findings, listing.scans)


def _planned(draft: Draft, match: Match, order: Mapping[str, int]) -> PlannedItem:
    statements = sorted(draft.statements, key=lambda statement: order[statement.field])
    views = map(_view, match.scans)
    record = Record(
        identifier=draft.identifier,
        statements=tuple(statements),
        views=tuple(views),
        access=draft.access or Access.PUBLIC,
        extra=draft.extra,
        kind=draft.kind,
        originals=draft.originals,
        embargo_until=draft.embargo_until or "",
    )
    findings = (
        replace(finding, item_id=draft.item_id) for finding in (*draft.findings, *match.findings)
    )
    return PlannedItem(
        record,
        tuple(match.scans),
        tuple(findings),
        draft.sheet,
        draft.row,
        is_access_given=draft.access is not None,
        is_embargo_given=draft.embargo_until is not None,
    )


def _view(scan: Scan) -> View:
    terms = scan.terms
    until = terms.embargo_until if terms else None
    return View(
        scan.master_path,
        scan.label,
        "en" if scan.label else "",
        (terms.access if terms else None) or Access.PUBLIC,
        until.isoformat() if until else "",
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold back Python's cycle collector while the block lasts.

    Reading makes millions of small objects without a single cycle; with 69,000 rows the
    collector took two thirds of the time to look for one.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
