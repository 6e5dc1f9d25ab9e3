"""Which file of a delivery is its catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.intake.columns import find_header, with_stand_in
from pipeline.intake.headings import Headings
from pipeline.intake.listing import SHEET_EXTENSIONS, Listing, SourceFile
from pipeline.intake.sheet import open_sheets
from pipeline.intake.table import SheetError
from pipeline.intake.text import fold
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.messages import _
from schemas.profile import Role

_CATALOGUE_NAMES = (
    "catalogue",
    "catalog",
    "inventory",
    "danh muc",
    "so hien vat",
    "so kiem ke",
    "so dang ky",
    "danh sach hien vat",
)


@dataclass(frozen=True)
class Choice:
    """The catalogue of a delivery.

    Attributes:
        path: Where it is.
        name: Its path relative to the delivery, or its own name when it lies outside.
        findings: What is to be said of the choice.
    """

    path: Path
    name: str
    findings: tuple[Finding, ...] = ()


def choose_catalogue(
    source: Path, listing: Listing, headings: Headings, given: Path | None
) -> Choice:
    """Return the catalogue: the one given, else the one sheet in the delivery.

    Sheets at the top of the delivery are looked at first, deeper ones only if there are none.
    Of several, those that show an inventory number among their headings count (and those that
    cannot be read, so that a broken catalogue is never passed over for another file); then the
    one called like a catalogue; then, of one name in two formats, the workbook.

    Raises:
        SourceError: There is no sheet, or several could be the catalogue.
    """
    if given is not None:
        return _given(source, listing, given)
    sheets = [file for file in listing.files if file.extension in SHEET_EXTENSIONS]
    candidates = [file for file in sheets if "/" not in file.name] or sheets
    if not candidates:
        raise SourceError(
            _("There is no catalogue here: no .xlsx and no .csv file."),
            remedy=_("Put it beside the scans, or give it: --catalogue FILE"),
            path=source,
        )
    if len(candidates) > 1:
        candidates = [f for f in candidates if _may_be_catalogue(f, headings)] or candidates
    chosen = _preferred(candidates)
    if chosen is None:
        names = ", ".join(file.name for file in candidates)
        raise SourceError(
            _("Several files could be the catalogue: {names}.").format(names=names),
            remedy=_("Say which one: --catalogue FILE"),
            path=source,
        )
    others = tuple(
        Finding("SHEET-other", path=file.name, values={"chosen": chosen.name})
        for file in candidates
        if file is not chosen
    )
    return Choice(chosen.path, chosen.name, others)


def _given(source: Path, listing: Listing, given: Path) -> Choice:
    if not given.is_file():
        raise SourceError(_("There is no such catalogue."), remedy=_("Check the name."), path=given)
    resolved = given.resolve()
    for file in listing.files:
        if file.extension == given.suffix.lower() and file.path.resolve() == resolved:
            return Choice(given, file.name)
    return Choice(given, given.name)


def _may_be_catalogue(file: SourceFile, headings: Headings) -> bool:
    try:
        with open_sheets(file.path, count_known=headings.count_known) as sheets:
            for sheet in sheets:
                header, _rows = find_header(sheet.rows, headings)
                if header is None:
                    continue
                header, _column = with_stand_in(header, headings.profile)
                if header.with_role(Role.IDENTIFIER):
                    return True
    except SheetError as error:
        return error.code != "SHEET-empty"
    return False


def _preferred(candidates: Sequence[SourceFile]) -> SourceFile | None:
    if len(candidates) == 1:
        return candidates[0]
    named = [file for file in candidates if fold(file.path.stem).startswith(_CATALOGUE_NAMES)]
    remaining = named or list(candidates)
    if len({file.name.rpartition(".")[0].casefold() for file in remaining}) == 1:
        remaining.sort(key=lambda file: (not file.extension.startswith(".xl"), file.name))
        remaining = remaining[:1]
    return remaining[0] if len(remaining) == 1 else None
