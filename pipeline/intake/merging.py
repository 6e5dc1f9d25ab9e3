"""The rows of all sheets of one catalogue as one list of items.

A workbook often describes its objects twice, on an English and a Vietnamese sheet. A later
sheet of whose numbers at least half stand on earlier sheets is such a second description: each
of its rows adds what the earlier row leaves out, and where both say something else in the same
field and language, the earlier stays and a finding says so. On any other sheet a number that
was there before is a duplicate, and so is a number that stands twice on one sheet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.intake.rows import Draft
from schemas.access import access_words, stricter
from schemas.dublincore import Statement
from schemas.findings import Finding
from schemas.messages import current_language
from schemas.profile import Profile, Role
from schemas.records import Access

_SECOND_DESCRIPTION_SHARE = 0.5


@dataclass
class Merged:
    """The rows of a catalogue, each item once unless its number is a duplicate.

    Attributes:
        drafts: In the order of the sheets and rows.
        findings: What concerns no single item.
    """

    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def merge_sheets(sheets: Iterable[Sequence[Draft]], profile: Profile, *, path: str) -> Merged:
    """Return the rows of every sheet, second descriptions merged and duplicates marked.

    Args:
        sheets: The rows of each sheet; every row has an inventory number.
        profile: Says which labels findings name fields by.
        path: The catalogue, relative to the delivery.
    """
    merged = Merged()
    places: dict[str, int] = {}
    for drafts in sheets:
        counts: dict[str, int] = defaultdict(int)
        for draft in drafts:
            counts[draft.item_id] += 1
        shared = [item_id for item_id in counts if item_id in places]
        is_second = bool(shared) and len(shared) >= _SECOND_DESCRIPTION_SHARE * len(counts)
        for draft in drafts:
            place = places.get(draft.item_id)
            if is_second and place is not None and counts[draft.item_id] == 1:
                merged.drafts[place] = _merge(merged.drafts[place], draft, profile, path)
            else:
                places.setdefault(draft.item_id, len(merged.drafts))
                merged.drafts.append(draft)
        if is_second:
            merged.findings.append(
                Finding(
                    "SHEET-merged",
                    path=path,
                    sheet=drafts[0].sheet,
                    values={"count": len(shared)},
                )
            )
    _mark_duplicates(merged.drafts, path)
    return merged


def row_of(draft: Draft) -> str:
    """Return how a sentence names a row: its number, after its sheet if it has one."""
    return f"[{draft.sheet}] {draft.row}" if draft.sheet else str(draft.row)


def _merge(first: Draft, later: Draft, profile: Profile, path: str) -> Draft:
    added: list[Statement] = []
    differing: list[str] = []
    for entry in profile.of(first.kind):
        mine = [s for s in first.statements if s.field == entry.name]
        said = {(s.value, s.uri) for s in mine}
        languages = {s.lang for s in mine}
        for lang in dict.fromkeys(s.lang for s in later.statements if s.field == entry.name):
            theirs = [s for s in later.statements if s.field == entry.name and s.lang == lang]
            new = [s for s in theirs if (s.value, s.uri) not in said]
            if new and lang in languages:
                differing.append(entry.label(current_language()))
            else:
                added.extend(new)
    if first.files and later.files and set(first.files) != set(later.files):
        differing.append(first.header.heading_of(Role.FILES))
    findings = first.findings + later.findings
    if differing:
        fields = ", ".join(dict.fromkeys(differing))
        findings += (
            _finding(
                "ROW-sheets-differ", first, path, sheet=later.sheet, row=later.row, fields=fields
            ),
        )
    merged = replace(
        first,
        statements=first.statements + tuple(added),
        files=first.files or later.files,
        access=stricter(first.access, later.access),
        embargo_until=_later(first.embargo_until, later.embargo_until),
        extra=tuple(dict.fromkeys(first.extra + later.extra)),
        originals=tuple(dict.fromkeys(first.originals + later.originals)),
        findings=findings,
    )
    return _with_access_told(merged, first, later, path)


def _with_access_told(merged: Draft, first: Draft, later: Draft, path: str) -> Draft:
    """Tell of a merged row whose sheets let different people see the item."""
    pairs = ((first.access, later.access), (first.embargo_until, later.embargo_until))
    if all(None in pair or pair[0] == pair[1] for pair in pairs):
        return merged
    finding = _finding(
        "ROW-access-differs",
        first,
        path,
        Role.ACCESS,
        sheet=later.sheet,
        row=later.row,
        other=_access(later),
        value=_access(first),
        counting=_access(merged),
    )
    return replace(merged, findings=(*merged.findings, finding))


def _access(draft: Draft) -> str:
    return access_words(draft.access or Access.PUBLIC, draft.embargo_until or "")


def _later(first: str | None, later: str | None) -> str | None:
    given = [day for day in (first, later) if day is not None]
    return max(given, default=None)


def _mark_duplicates(drafts: list[Draft], path: str) -> None:
    by_item: dict[str, list[int]] = defaultdict(list)
    for place, draft in enumerate(drafts):
        by_item[draft.item_id].append(place)
    for places in by_item.values():
        if len(places) == 1:
            continue
        rows = ", ".join(row_of(drafts[place]) for place in places)
        for place in places:
            draft = drafts[place]
            finding = _finding(
                "ROW-duplicate-identifier",
                draft,
                path,
                Role.IDENTIFIER,
                identifier=draft.identifier,
                rows=rows,
            )
            drafts[place] = replace(draft, findings=(*draft.findings, finding))


def _finding(
    code: str, at: Draft, path: str, role: Role | None = None, **values: object
) -> Finding:
    """Return a finding about a row, and about its column of a role where one is given."""
    return Finding(
        code,
        path=path,
        sheet=at.sheet,
        row=at.row,
        column=at.header.heading_of(role) if role else "",
        item_id=at.item_id,
        values=values,
    )
