"""From what a person asks for to the items: the one way exports, sets and profiles choose.

``choose(...)`` understands a :class:`archive.export.selection.Selection` once; what it returns
yields the items, and judges any single one (``selector.takes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

from archive.catalogue import Catalogue, CatalogueItem, public_part
from archive.export.selection import Judge, Selection, Selector, wanted_by
from archive.opening import Archive
from archive.store import Store
from pipeline.batch_items import ids_of_batch
from pipeline.find import ids_matching
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.messages import _
from schemas.records import day_of, is_public

if TYPE_CHECKING:
    from pipeline.number_list import NumberList

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Chosen:
    """A selection that was understood.

    Attributes:
        selector: Judges an item by its id and its record.
        past: Judges what an item was by an older record: like ``selector``, but a query, which
            only today's index can answer, is passed over.
        public_on: Only what the public may see on this day; None for everything.
        since: Only what is new or changed since this moment, or None.
        findings: Listed numbers that no item has, or that may not go out.
    """

    selector: Selector
    past: Selector
    public_on: date | None
    since: datetime | None = None
    findings: tuple[Finding, ...] = ()

    def narrowed(self, *judges: Judge, ids: frozenset[str] | None = None) -> Chosen:
        """Return what is left of it that some judges take, too.

        Args:
            judges: Each must take an item.
            ids: Only these items, as a query found them; None for no query.
        """
        own = self.selector
        both = own.ids if ids is None else ids if own.ids is None else own.ids & ids
        return replace(
            self,
            selector=Selector(both, (*own.wanted, *judges)),
            past=Selector(self.past.ids, (*self.past.wanted, *judges)),
        )

    def iter_items(self, catalogue: Catalogue) -> Iterator[CatalogueItem]:
        """Yield the items in the order of their ids; for the public, their public part."""
        for item in self._candidates(catalogue):
            if self.is_shown(item) and self.is_news(item):
                yield item if self.public_on is None else public_part(item, self.public_on)

    def is_shown(self, item: CatalogueItem) -> bool:
        """Say whether an item is meant and may be seen, be it news or not."""
        may_be_seen = self.public_on is None or is_public(item.record, self.public_on)
        return may_be_seen and self.selector.takes(item.item_id, item.record)

    def is_news(self, item: CatalogueItem) -> bool:
        """Say whether an item was changed, or its embargo ended, since the moment asked for."""
        if self.since is None or datetime.fromisoformat(item.updated_at) >= self.since:
            return True
        embargo = item.record.embargo_until
        if not embargo or self.public_on is None:
            return False
        first_day = date.fromisoformat(embargo) + timedelta(days=1)
        return first_day >= day_of(self.since)

    def _candidates(self, catalogue: Catalogue) -> Iterator[CatalogueItem]:
        if self.selector.ids is None:
            yield from catalogue.iter_items(public_on=self.public_on)
            return
        for item_id in sorted(self.selector.ids):
            item = catalogue.get(item_id)
            if item is not None:
                yield item


def choose(
    archive: Archive, catalogue: Catalogue, selection: Selection, *, public_on: date | None
) -> Chosen:
    """Return what a selection means today.

    Args:
        archive: The archive.
        catalogue: Its open catalogue.
        selection: What is asked for.
        public_on: Only what the public may see on this day; None for everything.

    Raises:
        RecordError: The index or an object of a batch is damaged.
        SourceError: A facet names no field, a batch changed nothing, the list cannot be read,
            or there is no index to ask.
    """
    store = Store(archive.layout)
    fixed: list[frozenset[str]] = []
    findings: tuple[Finding, ...] = ()
    if selection.batches:
        batches = (ids_of_batch(store, catalogue, name) for name in selection.batches)
        fixed.append(frozenset().union(*batches))
    if selection.list_file is not None:
        # What reads deliveries takes a quarter of a second to load; few ask for it.
        from pipeline.number_list import read_number_list

        listed = read_number_list(selection.list_file, catalogue, store)
        fixed.append(frozenset(listed.lines))
        findings = _list_findings(listed, selection, catalogue, public_on)
    wanted = wanted_by(selection, archive.profile)
    past = Selector(_common(fixed), wanted)
    asked = [frozenset(ids_matching(archive, selection.query))] if selection.query else []
    return Chosen(
        Selector(_common(fixed + asked), wanted), past, public_on, selection.since, findings
    )


def parse_since(text: str) -> datetime:
    """Return the moment a person names: ``2026-11-21``, ``21/11/2026`` or RFC 3339.

    A day begins at midnight where this computer stands; a time without a zone is its time too.

    Raises:
        SourceError: It is none of these.
    """
    tidy = text.strip()
    written = _DAY.fullmatch(tidy)
    if written:
        tidy = f"{written[3]}-{written[2]:>02}-{written[1]:>02}"
    try:
        moment = datetime.fromisoformat(tidy)
    except ValueError as error:
        raise SourceError(
            _("'{text}' is not a date.").format(text=text),
            remedy=_("Write it as 2026-11-21, 21/11/2026 or 2026-11-21T08:30:00Z."),
        ) from error
    return moment if moment.tzinfo else moment.astimezone()


def _common(sets: list[frozenset[str]]) -> frozenset[str] | None:
    return reduce(frozenset.intersection, sets) if sets else None


def _list_findings(
    listed: NumberList, selection: Selection, catalogue: Catalogue, public_on: date | None
) -> tuple[Finding, ...]:
    from pipeline.number_list import withheld

    findings = list(listed.findings)
    if public_on is not None and selection.list_file is not None:
        for item_id, number in listed.lines.items():
            item = catalogue.get(item_id)
            if item is not None and not is_public(item.record, public_on):
                findings.append(withheld(selection.list_file, number))
    return tuple(sorted(findings, key=lambda finding: finding.row or 0))
