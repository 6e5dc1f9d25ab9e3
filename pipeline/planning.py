"""What a delivered item means for the archive: new, changed, or there already.

Pure: it compares a planned item with what the archive has and decides; nothing is written. The
rules are those of ``docs/decisions/0003-what-a-delivery-may-do.md``: a delivery adds and
replaces, it never removes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.catalogue import CatalogueItem
from pipeline.jobs import PlannedItem, Scan
from schemas.access import access_words
from schemas.findings import Finding
from schemas.records import Access, View

DigestOf = Callable[[Scan], str | None]
_OPENNESS = (Access.STAFF, Access.RESTRICTED, Access.PUBLIC)


class Change(StrEnum):
    """How a delivered item differs from the archive's.

    ``NEW``: the archive does not have it. ``RECORD``: only the description changed, so no scan
    needs to be read again. ``SET_ASIDE``: an error keeps it out.
    """

    NEW = "new"
    SCANS = "scans"
    RECORD = "record"
    NONE = "unchanged"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Compared:
    """A delivered item beside what the archive has of it.

    Attributes:
        planned: The item, its views as the archive will have them.
        change: How it differs from the archive's.
        input_digest: Digest of everything its job depends on; empty when there is no job.
        size_bytes: Bytes of its delivered scans.
    """

    planned: PlannedItem
    change: Change
    input_digest: str = ""
    size_bytes: int = 0

    @property
    def item_id(self) -> str:
        """The item's id."""
        return self.planned.item_id


def aligned(
    planned: PlannedItem, existing: CatalogueItem | None, digest_of: DigestOf
) -> PlannedItem:
    """Return the item as the archive will have it.

    Views the delivery does not bring again stay. A scan whose bytes the item has under a name
    that the delivery does not bring keeps that name: it was only moved. An access level that
    the sheet does not give stays as it is, the item's and that of a single scan.

    Args:
        planned: What was delivered.
        existing: What the archive has, or None.
        digest_of: Gives the sha512 of a scan, or None where it cannot be read.
    """
    if existing is None:
        return planned
    scans = _under_known_names(planned.scans, existing, digest_of)
    delivered = zip(planned.record.views, scans, strict=True)
    known = {view.path: view for view in existing.record.views}
    new = tuple(_known_terms(view, scan, known.get(scan.master_path)) for view, scan in delivered)
    old_access, old_embargo = existing.record.access, existing.record.embargo_until
    record = replace(
        planned.record,
        views=merged_views(existing.record.views, new),
        access=planned.record.access if planned.is_access_given else old_access,
        embargo_until=planned.record.embargo_until if planned.is_embargo_given else old_embargo,
    )
    item = replace(planned, record=record, scans=scans)
    return replace(item, findings=(*planned.findings, *_warnings(item, existing)))


def change_of(planned: PlannedItem, existing: CatalogueItem | None, digest_of: DigestOf) -> Change:
    """Return how an aligned item differs from what the archive has."""
    if existing is None:
        return Change.NEW
    known = {technical.path: technical.sha512 for technical in existing.technical}
    has_same_scans = (
        _without_terms(planned.record.views) == _without_terms(existing.record.views)
        and (existing.derivatives is not None or not existing.record.views)
        and all(known[scan.master_path] == digest_of(scan) for scan in planned.scans)
    )
    if not has_same_scans:
        return Change.SCANS
    return Change.NONE if planned.record == existing.record else Change.RECORD


def merged_views(old: tuple[View, ...], new: tuple[View, ...]) -> tuple[View, ...]:
    """Return the views of both.

    Where the delivery brings every view there is, its order holds; otherwise the old order
    stays, with new labels, and new views follow.
    """
    if {view.path for view in old} <= {view.path for view in new}:
        return new
    labelled = {view.path: view for view in new}
    kept = tuple(labelled.pop(view.path, view) for view in old)
    return kept + tuple(labelled.values())


def _known_terms(view: View, scan: Scan, known: View | None) -> View:
    """Return a delivered view with the name it has here, closed as it was if nothing is said."""
    view = replace(view, path=scan.master_path)
    if scan.terms is not None or known is None:
        return view
    return replace(view, access=known.access, embargo_until=known.embargo_until)


def _without_terms(views: tuple[View, ...]) -> list[View]:
    """Return the views without who may see them: that changes no image."""
    return [replace(view, access=Access.PUBLIC, embargo_until="") for view in views]


def _under_known_names(
    scans: tuple[Scan, ...], existing: CatalogueItem, digest_of: DigestOf
) -> tuple[Scan, ...]:
    known = {technical.path for technical in existing.technical}
    # A name the delivery brings itself holds what the delivery says, whatever it held before.
    free = {
        technical.sha512: technical.path
        for technical in existing.technical
        if technical.path not in {scan.master_path for scan in scans}
    }
    named: list[Scan] = []
    for scan in scans:
        path = None if scan.master_path in known else free.pop(digest_of(scan) or "", None)
        named.append(replace(scan, name=path.removeprefix("masters/")) if path else scan)
    return tuple(named)


def _levels(old: Access, new: Access) -> dict[str, str]:
    return {"old": access_words(old, ""), "new": access_words(new, "")}


def _warnings(item: PlannedItem, existing: CatalogueItem) -> list[Finding]:
    found: list[Finding] = []
    old, new = existing.record.access, item.record.access
    if _OPENNESS.index(new) > _OPENNESS.index(old):
        found.append(_warning("CHANGE-access-opened", item, **_levels(old, new)))
    old_embargo = existing.record.embargo_until
    if old_embargo > item.record.embargo_until:
        found.append(_warning("CHANGE-embargo-ended", item, old=old_embargo))
    found.extend(_opened_files(item, existing))
    filled = {statement.field for statement in item.record.statements}
    emptied = dict.fromkeys(
        s.field for s in existing.record.statements if s.field and s.field not in filled
    )
    if emptied:
        found.append(_warning("CHANGE-fields-emptied", item, fields=", ".join(emptied)))
    return found


def _opened_files(item: PlannedItem, existing: CatalogueItem) -> list[Finding]:
    now = {view.path: view for view in item.record.views}
    return [
        _warning("CHANGE-file-opened", item, name=old.path.removeprefix("masters/"))
        for old in existing.record.views
        if old.path in now and _is_more_open(now[old.path], old)
    ]


def _is_more_open(new: View, old: View) -> bool:
    is_freer = _OPENNESS.index(new.access) > _OPENNESS.index(old.access)
    return is_freer or new.embargo_until < old.embargo_until


def _warning(code: str, item: PlannedItem, **values: object) -> Finding:
    return Finding(
        code, sheet=item.sheet, row=item.row or None, item_id=item.item_id, values=values
    )
