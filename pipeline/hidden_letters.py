"""Letters that nobody sees in what goes to partners: told to the museum, item by item.

Records taken in today hold none but in their numbers; older ones may. A number goes out byte for
byte, because a partner recognises the item by it; texts go to the public without letters that
turn the writing round, and for the rest as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from archive.export import ExportContext, ExportItem
from schemas.findings import Finding
from schemas.hidden_letters import hidden_in
from schemas.records import Record

Item = TypeVar("Item", bound=ExportItem)


def hidden_told(items: Iterable[Item], context: ExportContext) -> Iterator[Item]:
    """Yield ``items``; tell of each whose record holds such letters where the export shows it."""
    for item in items:
        if found := tuple(_hidden(item.record)):
            shown = {entry.field for entry in context.record_of(item).statements}
            places = dict.fromkeys(place for place, field in found if field in shown | {None})
            if places:
                values = {"number": item.record.identifier, "places": "; ".join(places)}
                context.tell(Finding("EXPORT-hidden-letters", item_id=item.item_id, values=values))
        yield item


def _hidden(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yield where such letters are and which, as ``title@vi: U+200B``, and the field of a text."""
    texts: list[tuple[str, str, str | None]] = [("identifier", record.identifier, None)]
    for entry in record.statements:
        name = entry.field or entry.term
        texts.append((f"{name}@{entry.lang}" if entry.lang else name, entry.value, entry.field))
    for view in record.views:
        texts += [("views", view.label, None), ("masters", view.path, None)]
    for place, text, field in texts:
        if letters := hidden_in(text):
            yield f"{place}: {', '.join(letters)}", field
