"""Letters that nobody sees in what goes to partners: told to the museum, item by item.

Numbers and names of masters go out byte for byte, because a partner recognises the item by them:
every such letter in them is told. Texts go to the public without letters that turn the writing
round, and for the rest as they are. Of their letters only those are told that an import leaves
out, so typing a text anew helps: records taken in today hold none, older ones may. Joiners belong
to emoji and some scripts, and are never told of a text.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import TypeVar

from archive.export import ExportContext, ExportItem
from schemas.findings import Finding
from schemas.hidden_letters import hidden_in, needless_in
from schemas.records import Record

Item = TypeVar("Item", bound=ExportItem)


def hidden_told(
    items: Iterable[Item], context: ExportContext, left_out: Container[str]
) -> Iterator[Item]:
    """Yield ``items``; tell of each whose record holds such letters where the export shows it.

    Args:
        items: The items.
        context: What may be shown; takes what is found.
        left_out: The ids of the items that did not go out. A format says so of an item before it
            takes the next one, so an item is told of only then.
    """
    for item in items:
        yield item
        if item.item_id in left_out:
            continue
        if found := tuple(_hidden(item.record)):
            shown = {entry.field for entry in context.record_of(item).statements}
            places = dict.fromkeys(place for place, field in found if field in shown | {None})
            if places:
                values = {"number": item.record.identifier, "places": "; ".join(places)}
                context.tell(Finding("EXPORT-hidden-letters", item_id=item.item_id, values=values))


def _hidden(record: Record) -> Iterator[tuple[str, str | None]]:
    """Yield where such letters are and which, as ``title@vi: U+200B``, and the field of a text."""
    found: list[tuple[str, tuple[str, ...], str | None]] = [
        ("identifier", hidden_in(record.identifier), None)
    ]
    for entry in record.statements:
        name = entry.field or entry.term
        place = f"{name}@{entry.lang}" if entry.lang else name
        found.append((place, needless_in(entry.value), entry.field))
    for view in record.views:
        found.append(("views", needless_in(view.label), None))
        found.append(("masters", hidden_in(view.path), None))
    for place, letters, field in found:
        if letters:
            yield f"{place}: {', '.join(letters)}", field
