"""Three versions of a record's cells made one: what was given out, what is there, what came back.

Pure. A cell that changed on one side takes that side's text; a cell that changed on both sides
to different texts is a conflict, and a conflict is never settled here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.roundtrip.cells import same


@dataclass(frozen=True)
class CellChange:
    """A cell that came back with another text.

    Attributes:
        heading: Its column.
        old: What the archive has.
        new: What came back.
    """

    heading: str
    old: str
    new: str


@dataclass(frozen=True)
class CellConflict:
    """A cell that was changed in the archive and in the sheet, to different texts.

    Attributes:
        heading: Its column.
        base: What was given out.
        archive: What the archive has now.
        sheet: What came back.
    """

    heading: str
    base: str
    archive: str
    sheet: str


@dataclass(frozen=True)
class CellMerge:
    """What a row that came back means for the archive.

    Attributes:
        changes: To be made.
        conflicts: To be settled by a person.
    """

    changes: tuple[CellChange, ...] = ()
    conflicts: tuple[CellConflict, ...] = ()


def merge_cells(
    base: Mapping[str, str],
    archive: Mapping[str, str],
    sheet: Mapping[str, str],
    *,
    headings: Iterable[str],
) -> CellMerge:
    """Return what changes when a sheet comes back.

    A cell that is missing counts as empty. Texts are compared as :func:`same` does.

    Args:
        base: The cells as they were given out.
        archive: As they are now.
        sheet: As they came back.
        headings: The columns that came back; no other is touched.
    """
    changes: list[CellChange] = []
    conflicts: list[CellConflict] = []
    for heading in headings:
        was, now = base.get(heading, ""), archive.get(heading, "")
        came = sheet.get(heading, "")
        if same(came, was) or same(came, now):
            continue
        if same(was, now):
            changes.append(CellChange(heading, now, came))
        else:
            conflicts.append(CellConflict(heading, was, now, came))
    return CellMerge(tuple(changes), tuple(conflicts))


def shown_change(old: str, new: str, *, longest: int) -> tuple[str, str]:
    """Return two texts on one line each and shortened, so that what differs is seen.

    Args:
        old: The one.
        new: The other.
        longest: Most characters of each.
    """
    old, new = (" ".join(text.split()) for text in (old, new))
    same = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        same += 1
    # Some of what comes before stays, so that the place is known again.
    start = max(0, same - longest // 3) if max(len(old), len(new)) > longest else 0
    return _cut(old, start, longest), _cut(new, start, longest)


def _cut(text: str, start: int, longest: int) -> str:
    shown = text[start : start + longest]
    before = "…" if start else ""
    after = "…" if len(text) > start + longest else ""
    return f"{before}{shown}{after}"
