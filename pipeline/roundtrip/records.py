"""Records out to a sheet, and back in as one batch, after a preview of every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.job_table import BatchKind
from archive.opening import Archive
from archive.store import Store
from pipeline.find import ids_matching
from pipeline.progress import OnProgress, ignore_progress
from pipeline.roundtrip.cells import CellError, as_given_out, is_cut, with_cells
from pipeline.roundtrip.editing import (
    Edit,
    EditReport,
    apply_edits,
    check_agreed,
    is_unfinished,
    writing,
)
from pipeline.roundtrip.merge import CellChange, CellMerge, merge_cells
from pipeline.roundtrip.sheets import BackRow, OutRow, read_sheet, write_sheet
from schemas.errors import RecordError
from schemas.findings import Finding, Severity
from schemas.measures import decimal_mark_of
from schemas.messages import current_language
from schemas.normalising import measured_fields
from schemas.overruled_rights import overruled_rights
from schemas.profile import Profile, Role
from schemas.record_cells import EXTRA, cells_of, columns_of, heading_of, in_order
from schemas.records import Record

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class ItemEdit:
    """What comes of one row.

    Attributes:
        identifier: The item's inventory number.
        record: The record it is to have.
        changes: How that differs from the archive's.
        row: The row it came from.
    """

    identifier: str
    record: Record
    changes: tuple[CellChange, ...]
    row: BackRow

    @property
    def item_id(self) -> str:
        """The item's id."""
        return self.record.item_id


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do.

    Attributes:
        edits: Items that change, in the order of the rows.
        findings: Conflicts and cells that cannot be taken over.
        rows: Rows that were read.
        is_unfinished: An earlier import or undo was interrupted, and this one brings it to its end.
    """

    edits: tuple[ItemEdit, ...]
    findings: tuple[Finding, ...]
    rows: int
    is_unfinished: bool

    @property
    def by_item(self) -> dict[str, ItemEdit]:
        """The edits by item."""
        return {edit.item_id: edit for edit in self.edits}

    @property
    def is_partial(self) -> bool:
        """Say whether something that came back is not taken over."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON data."""
        return {
            "rows": self.rows,
            "items": [
                {
                    "item": edit.item_id,
                    "identifier": edit.identifier,
                    "row": edit.row.row,
                    "changes": [
                        {"column": c.heading, "old": c.old, "new": c.new} for c in edit.changes
                    ],
                }
                for edit in self.edits
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }


def export_records(archive: Archive, path: Path, *, query: str = "") -> int:
    """Write the records of the archive, of every access level, to a sheet; return how many.

    Args:
        archive: The archive.
        path: Ends in ``.xlsx`` or ``.csv``; must not exist.
        query: Only items this finds; empty for all.

    Raises:
        RecordError: The catalogue is missing or damaged.
        SourceError: The name ends in something else.
        StoreWriteError: The file exists, or the disk refused.
    """
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        chosen = frozenset(ids_matching(archive, query)) if query else None
        headings = _headings(_items(catalogue, chosen), archive.profile)
        columns = columns_of(archive.profile)
        rows = (
            OutRow(item.item_id, item.version, cells_of(item.record, archive.profile))
            for item in _items(catalogue, chosen)
        )
        return write_sheet(
            path,
            rows,
            headings,
            labels={heading: label_of(heading, archive.profile) for heading in headings},
            fixed=columns.fixed,
        )


def plan_import(archive: Archive, path: Path) -> ImportPlan:
    """Return what importing a sheet would change; nothing is written.

    Raises:
        RecordError: The catalogue is missing or damaged.
        SheetError: The file cannot be read.
        SourceError: It is no sheet that went out.
    """
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        return _Planner(archive, Store(archive.layout), catalogue, path).plan()


def import_records(
    archive: Archive,
    path: Path,
    *,
    agreed: ImportPlan,
    now: Callable[[], datetime],
    on_progress: OnProgress = ignore_progress,
) -> tuple[ImportPlan, EditReport]:
    """Take an edited sheet into the archive as one batch.

    Args:
        archive: The archive.
        path: The sheet.
        agreed: The plan that was shown. It is made anew under the write lock, and only what was
            agreed is done.
        now: The clock.
        on_progress: Told after each item.

    Raises:
        RecordError: The archive or the sheet changed since the plan was shown.
        SheetError: The file cannot be read.
        SourceError: It is no sheet that went out.
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refused; what was committed before stays.
    """
    with writing(archive) as (store, catalogue, refreshed):
        plan = _Planner(archive, store, catalogue, path).plan()
        check_agreed(plan.by_item, agreed.by_item)
        edits = (
            Edit(edit.record, detail="columns=" + ", ".join(c.heading for c in edit.changes))
            for edit in plan.edits
        )
        report = apply_edits(
            archive,
            store,
            catalogue,
            edits,
            refreshed=refreshed,
            kind=BatchKind.EDIT,
            source=path.name,
            now=now,
            on_progress=on_progress,
        )
    return plan, report


def label_of(heading: str, profile: Profile) -> str:
    """Return what a column is called in people's words, in the current language."""
    if heading.startswith(EXTRA):
        return heading.removeprefix(EXTRA)
    name, _at, lang = heading.partition("@")
    field = next((found for kind in profile.each() if (found := kind.get(name))), None)
    label = field.label(current_language()) if field else name
    return f"{label} ({lang})" if lang else label


class _Planner:
    """Compares the rows of a sheet with the archive."""

    def __init__(self, archive: Archive, store: Store, catalogue: Catalogue, path: Path) -> None:
        self._profile = archive.profile
        self._tables = archive.tables
        self._marks: dict[str, str] = {}
        self._store = store
        self._catalogue = catalogue
        self._path = path
        self._findings: list[Finding] = []

    def plan(self) -> ImportPlan:
        headings, rows = read_sheet(self._path)
        known = self._known(headings)
        self._marks = self._decimal_marks(known)
        edits: dict[str, ItemEdit] = {}
        places: dict[str, int] = {}
        twice: set[str] = set()
        count = 0
        for row in rows:
            count += 1
            if row.item_id in places:
                twice.add(row.item_id)
                self._find("RECORDS-row-twice", row, other=places[row.item_id])
                continue
            places[row.item_id] = row.row
            edit = self._edit(row, known)
            if edit is not None:
                edits[row.item_id] = edit
        kept = (edit for item_id, edit in edits.items() if item_id not in twice)
        return ImportPlan(tuple(kept), tuple(self._findings), count, is_unfinished(self._catalogue))

    def _decimal_marks(self, headings: Iterable[str]) -> dict[str, str]:
        """Return the decimal mark that each column of measures proves, as at intake."""
        measured = {name for kind in self._profile.each() for name in measured_fields(kind)}
        texts: dict[str, list[str]] = {
            heading: [] for heading in headings if heading.partition("@")[0] in measured
        }
        for row in read_sheet(self._path)[1] if texts else ():
            for heading, found in texts.items():
                found.append(row.cells.get(heading, ""))
        return {heading.partition("@")[0]: decimal_mark_of(t) for heading, t in texts.items()}

    def _known(self, headings: Iterable[str]) -> list[str]:
        """Return the columns that can be compared; tell of the others once."""
        known = []
        for heading in headings:
            if self._is_known(heading):
                known.append(heading)
            else:
                self._findings.append(
                    Finding(
                        "RECORDS-column-unknown",
                        path=self._path.name,
                        column=heading,
                        values={"column": heading},
                    )
                )
        return known

    def _is_known(self, heading: str) -> bool:
        name = heading.partition("@")[0]
        special = vars(columns_of(self._profile)).values()
        known = name in self._profile.positions or heading in special
        return known or heading.startswith((EXTRA, "dcterms:"))

    def _edit(self, row: BackRow, headings: list[str]) -> ItemEdit | None:
        item = self._catalogue.get(row.item_id)
        if item is None:
            self._find("RECORDS-no-item", row, item=row.item_id)
            return None
        base = self._base(row, item)
        if base is None:
            return None
        now = cells_of(item.record, self._profile)
        came = {h: as_given_out(row.cells.get(h, ""), base.get(h, "")) for h in headings}
        merged = merge_cells(base, now, came, headings=headings)
        if not self._is_whole(row, merged, base) or not self._is_free(row, merged):
            return None
        record, made = self._changed(row, item.record, merged.changes)
        if record is None or record == item.record:
            return None
        for found in overruled_rights(record.statements):
            self._find("VALUE-rights-differ", row, column=heading_of(found.statement), **found.told)
        return ItemEdit(item.record.identifier, record, made, row)

    def _base(self, row: BackRow, item: CatalogueItem) -> Mapping[str, str] | None:
        """Return the cells as they went out."""
        if row.version == str(item.version):
            return cells_of(item.record, self._profile)
        try:
            version = self._store.read_version(row.item_id, int(row.version))
        except (ValueError, RecordError):
            self._find("RECORDS-no-version", row, version=row.version)
            return None
        return cells_of(version.record, self._profile)

    def _is_whole(self, row: BackRow, merged: CellMerge, base: Mapping[str, str]) -> bool:
        cut = [c.heading for c in merged.changes if is_cut(c.new, base.get(c.heading, ""))]
        for heading in cut:
            self._find("RECORDS-cut", row, column=heading, count=len(base[heading]))
        return not cut

    def _is_free(self, row: BackRow, merged: CellMerge) -> bool:
        for conflict in merged.conflicts:
            self._find(
                "RECORDS-conflict",
                row,
                column=conflict.heading,
                base=_short(conflict.base),
                archive=_short(conflict.archive),
                sheet=_short(conflict.sheet),
            )
        return not merged.conflicts

    def _changed(
        self, row: BackRow, record: Record, changes: tuple[CellChange, ...]
    ) -> tuple[Record | None, tuple[CellChange, ...]]:
        """Return the record with the changes that can be made; none of them if one is an error."""
        made = []
        for change in changes:
            try:
                record = with_cells(
                    record,
                    {change.heading: change.new},
                    self._profile,
                    tables=self._tables,
                    marks=self._marks,
                )
                made.append(change)
            except CellError as error:
                self._find(error.code, row, column=change.heading, **error.values)
                if self._findings[-1].severity is Severity.ERROR:
                    return None, ()
        return record, tuple(made)

    def _find(self, code: str, row: BackRow, *, column: str = "", **values: object) -> None:
        if column:
            values["column"] = column
        self._findings.append(
            Finding(
                code,
                path=self._path.name,
                sheet=row.sheet,
                row=row.row,
                column=column,
                item_id=row.item_id,
                values=values,
            )
        )


def _items(catalogue: Catalogue, chosen: frozenset[str] | None) -> Iterator[CatalogueItem]:
    for item in catalogue.iter_items():
        if chosen is None or item.item_id in chosen:
            yield item


def _headings(items: Iterable[CatalogueItem], profile: Profile) -> list[str]:
    """Return every column some item has, and all fields of the profile, so they can be filled."""
    used: set[str] = {field.name for field in profile if field.role is not Role.KIND}
    for item in items:
        used |= cells_of(item.record, profile).keys()
    return in_order(used, profile)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
