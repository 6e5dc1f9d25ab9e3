"""What an ingest has to do, once it has compared a delivery with the archive."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.planning import Change, Compared
from schemas.findings import Finding


@dataclass
class Work:
    """What there is to do, and the findings of what an interrupted run set aside."""

    scans: dict[str, Compared] = field(default_factory=dict)
    records: list[Compared] = field(default_factory=list)
    faulty: list[tuple[Compared, tuple[Finding, ...]]] = field(default_factory=list)

    def put(self, compared: Compared) -> None:
        """Put an item without errors on its list, if it is on any."""
        if compared.change is Change.RECORD:
            self.records.append(compared)
        elif compared.change is not Change.NONE:
            self.scans[compared.item_id] = compared

    @property
    def all(self) -> tuple[Compared, ...]:
        """Everything there is to do."""
        faulty = (compared for compared, _findings in self.faulty)
        return (*faulty, *self.records, *self.scans.values())

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not (self.scans or self.records or self.faulty)
