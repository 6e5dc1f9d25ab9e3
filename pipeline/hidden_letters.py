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
        shown = {entry.field for entry in context.record_of(item).statements}
        places = dict.fromkeys(_places(item.record, shown))
        if places:
            values = {"number": item.record.identifier, "places": "; ".join(places)}
            context.tell(Finding("EXPORT-hidden-letters", item_id=item.item_id, values=values))
        yield item


def _places(record: Record, shown: set[str]) -> Iterator[str]:
    """Yield the fields that hold such letters, and which: ``title@vi: U+200B``."""
    texts = [("identifier", record.identifier)]
    for entry in record.statements:
        if entry.field in shown:
            name = entry.field or entry.term
            texts.append((f"{name}@{entry.lang}" if entry.lang else name, entry.value))
    for view in record.views:
        texts += [("views", view.label), ("masters", view.path)]
    for place, text in texts:
        if letters := hidden_in(text):
            yield f"{place}: {', '.join(letters)}"
