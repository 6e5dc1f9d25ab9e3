"""Which pictures of a delivery have no words for readers who do not see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.jobs import PlannedItem
from schemas.alt_texts import ALT_TEXT
from schemas.findings import Finding
from schemas.messages import current_language
from schemas.profile import Profile


def alt_text_findings(
    items: Sequence[PlannedItem], profile: Profile, path: str
) -> Iterator[Finding]:
    """Yield a note for each item that says less than its pictures need, or one for all of them.

    A catalogue that has no such words at all is told of once: it is a whole piece of work.

    Args:
        items: What was delivered.
        profile: Says what the field is called, if there is one.
        path: The catalogue, relative to the delivery.
    """
    pictured = [item for item in items if item.scans and not item.is_set_aside]
    fields = {item.record.kind: profile.of(item.record.kind).get(ALT_TEXT) for item in pictured}
    asked = [item for item in pictured if fields[item.record.kind] is not None]
    given = [_given(item) for item in asked]
    if asked and not any(given):
        field = fields[asked[0].record.kind]
        label = field.label(current_language()) if field else ALT_TEXT
        yield Finding("ALT-none", path, values={"count": len(asked), "field": label})
        return
    for item, lines in zip(asked, given, strict=True):
        field = fields[item.record.kind]
        if field is not None and lines < len(item.scans):
            label = field.label(current_language())
            values = {"field": label, "given": lines, "count": len(item.scans)}
            yield Finding("ALT-missing", path, item.sheet, item.row, "", item.item_id, values)


def _given(item: PlannedItem) -> int:
    """Return how many lines the language with the most of them has."""
    found = Counter(entry.lang for entry in item.record.statements if entry.field == ALT_TEXT)
    return max(found.values(), default=0)
