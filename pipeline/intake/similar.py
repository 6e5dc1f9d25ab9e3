"""Inventory numbers that differ only in how they are spelled: ``BT 001``, ``BT-1``, ``bt001``.

Equal numbers are duplicates and are told elsewhere; these may be two objects, so people decide.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.intake.merging import row_of
from pipeline.intake.rows import Draft
from schemas.findings import Finding
from schemas.identifiers import spelling_key
from schemas.messages import _
from schemas.profile import Role


def mark_similar(drafts: list[Draft], path: str) -> None:
    """Add a finding to each row whose number an earlier row has in another spelling.

    Costs time in proportion to the rows.

    Args:
        drafts: The rows of a catalogue; those concerned are replaced.
        path: The catalogue, relative to the delivery.
    """
    first: dict[tuple[str, ...], Draft] = {}
    for place, draft in enumerate(drafts):
        other = first.setdefault(spelling_key(draft.identifier), draft)
        if other.item_id == draft.item_id:
            continue
        finding = similar_finding(
            draft.identifier,
            other.identifier,
            _("row {row}").format(row=row_of(other)),
            Finding(
                "ROW-similar-identifier",
                path,
                draft.sheet,
                draft.row,
                draft.header.heading_of(Role.IDENTIFIER),
                draft.item_id,
            ),
        )
        drafts[place] = replace(draft, findings=(*draft.findings, finding))


def similar_finding(identifier: str, other: str, where: str, at: Finding) -> Finding:
    """Return ``at`` with its sentence filled in."""
    return replace(at, values={"identifier": identifier, "other": other, "where": where})
