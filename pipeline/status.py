"""What is in the archive and what was done last."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from archive.catalogue import Catalogue
from archive.job_table import BatchKind
from archive.opening import Archive
from pipeline.quarantine import iter_set_aside
from pipeline.reports import outcome_counts
from pipeline.site_state import SiteState, site_state
from schemas.messages import _
from schemas.records import day_of


@dataclass(frozen=True)
class Status:
    """Counts of an archive.

    Attributes:
        root: The archive's folder.
        title: Its name, in its main language.
        items: Items in the store.
        public_items: Items the site may show.
        masters: Masters of all items, newest versions.
        masters_bytes: Their bytes.
        set_aside: Ids of items in quarantine.
        site: When the site was built and what has changed since; None before there is one.
        last_batches: Ingests, the newest first: name, started, finished, source and summary.
    """

    root: str
    title: str
    items: int
    public_items: int
    masters: int
    masters_bytes: int
    set_aside: tuple[str, ...]
    site: SiteState | None
    last_batches: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain JSON data."""
        site = self.site.to_json() if self.site is not None else None
        return asdict(self) | {"has_site": site is not None, "site": site}

    def lines(self) -> list[tuple[str, str]]:
        """Return (label, value) lines in the current language."""
        shown = [
            (_("Archive"), f"{self.title} ({self.root})"),
            (
                _("Items"),
                _("{items} (public: {public})").format(items=self.items, public=self.public_items),
            ),
            (_("Masters"), f"{self.masters} ({self.masters_bytes / 1e6:.1f} MB)"),
            (_("Set aside"), ", ".join(self.set_aside) or "0"),
            (_("Site"), self.site.text() if self.site else _("not built yet: hoaban build")),
        ]
        for batch in self.last_batches:
            start = f"{batch['name']} {batch['source']}"
            shown.append((_("Ingest"), f"{start}: {_did(batch['summary'])}"))
        return shown


def _did(summary: Mapping[str, int]) -> str:
    if not summary:
        return _("not finished: still at work, or interrupted (the next ingest goes on)")
    return outcome_counts(summary)


def status(archive: Archive, *, now: Callable[[], datetime], batches: int = 3) -> Status:
    """Return the counts of an archive, and its last ingests.

    Raises:
        RecordError: The catalogue is missing or damaged.
    """
    masters = masters_bytes = 0
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        for item in catalogue.iter_items():
            masters += len(item.technical)
            masters_bytes += sum(technical.size_bytes for technical in item.technical)
        ingests = catalogue.work.last_batches(batches, BatchKind.INGEST)
        public_items = catalogue.count(public_on=day_of(now()))
        return Status(
            root=str(archive.layout.root),
            title=archive.settings.title_in(archive.settings.main_language),
            items=catalogue.count(),
            public_items=public_items,
            masters=masters,
            masters_bytes=masters_bytes,
            set_aside=tuple(iter_set_aside(archive.layout)),
            site=site_state(archive.layout, catalogue, public_items),
            last_batches=tuple(asdict(batch) | {"name": batch.name} for batch in ingests),
        )
