"""What of an item's files the public may have: access and embargoes of single masters.

An item that is public may have masters that are not, as the back of a photograph with names on
it. Whoever gives items to the public turns them into their public part first, so that nothing
further on can name or show such a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from schemas.alt_texts import without_views
from schemas.derivatives import DerivativeSet
from schemas.events import Event
from schemas.records import Record, is_view_public
from schemas.technical import Technical


def public_views(record: Record, today: date) -> Record:
    """Return a record without its views that the public may not see on a day."""
    closed = {at for at, view in enumerate(record.views) if not is_view_public(view, today)}
    if not closed:
        return record
    views = tuple(view for at, view in enumerate(record.views) if at not in closed)
    # What a closed picture shows is as closed as the picture.
    return replace(record, views=views, statements=without_views(record.statements, closed))


def closed_paths(record: Record, today: date) -> frozenset[str]:
    """Return the logical paths of the masters that the public may not see on a day."""
    return frozenset(view.path for view in record.views if not is_view_public(view, today))


def public_technical(
    technical: Iterable[Technical], closed: frozenset[str]
) -> tuple[Technical, ...]:
    """Return what was read from the masters that are not closed."""
    return tuple(entry for entry in technical if entry.path not in closed)


def public_events(events: Iterable[Event], closed: frozenset[str]) -> tuple[Event, ...]:
    """Return the events but those of closed masters."""
    return tuple(event for event in events if event.path not in closed)


def public_derivatives(made: DerivativeSet | None, closed: frozenset[str]) -> DerivativeSet | None:
    """Return a set of derivatives without those of closed masters."""
    if made is None or not closed:
        return made
    canvases = tuple(canvas for canvas in made.canvases if canvas.master not in closed)
    return replace(made, canvases=canvases)
