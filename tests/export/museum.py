"""An archive whose items change over the years, made without a scan being decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.catalogue import Catalogue
from archive.export import ExportReport
from archive.export.selection import EVERYTHING, Selection
from archive.lock import write_lock
from archive.opening import Archive, create_archive
from archive.settings import Settings
from archive.store import Store
from pipeline.indexing import rebuild_index
from pipeline.packages import export
from pipeline.refresh import refresh_item
from schemas.batches import message_of
from schemas.dublincore import Statement
from schemas.records import Access, Record, View, withdrawn
from tests.archive.store_samples import event, stage, technical

JANUARY, MARCH, JUNE = "2026-01-10T03:00:00Z", "2026-03-10T03:00:00Z", "2026-06-10T03:00:00Z"


def clock(at: str) -> Callable[[], datetime]:
    return lambda: datetime.fromisoformat(at).astimezone(UTC)


def said(**texts: str) -> tuple[Statement, ...]:
    """Statements of the shipped profile: ``title``, ``material``, ``collection``, ``place``."""
    terms = {
        "title": "title",
        "material": "medium",
        "collection": "isPartOf",
        "ethnic_group": "subject",
        "storage_location": "provenance",
    }
    return tuple(
        Statement(terms[name], text.strip(), "vi", field=name)
        for name, value in texts.items()
        for text in value.split(";")
    )


@dataclass(frozen=True)
class Museum:
    archive: Archive

    @property
    def store(self) -> Store:
        return Store(self.archive.layout)

    def put(
        self,
        number: str,
        *,
        at: str = JANUARY,
        access: Access = Access.PUBLIC,
        embargo_until: str = "",
        batch: str = "",
        masters: Mapping[str, bytes] | None = None,
        **texts: str,
    ) -> str:
        """Store an item, or a new version of one, and return its id."""
        masters = masters or {}
        record = Record(
            number,
            said(**({"title": f"Hiện vật {number}"} | texts)),
            tuple(View(path) for path in masters),
            access,
            embargo_until=embargo_until,
        )
        with write_lock(self.archive.layout):
            self.store.commit(
                record,
                masters=stage(self.store, masters),
                technical=tuple(technical(path, data) for path, data in masters.items()),
                events=(event(at),),
                message=message_of("Ingest", batch) if batch else "Ingest",
                at=at,
            )
        self._refresh(record.item_id)
        return record.item_id

    def withdraw(self, number: str, *, at: str) -> None:
        record = withdrawn(number)
        with write_lock(self.archive.layout):
            self.store.relink(
                record, masters={}, technical=(), events=(event(at),), message="Undo", at=at
            )
        self._refresh(record.item_id)

    def index(self) -> None:
        with Catalogue.open(self.archive.layout.catalogue) as catalogue:
            catalogue.mark_complete()
            rebuild_index(self.archive, catalogue)

    def export(
        self,
        format_name: str,
        out: Path,
        selection: Selection = EVERYTHING,
        *,
        at: str = JUNE,
        all_access: bool = False,
    ) -> ExportReport:
        self.index()
        return export(
            self.archive,
            format_name,
            out,
            now=clock(at),
            selection=selection,
            all_access=all_access,
        )

    def _refresh(self, item_id: str) -> None:
        with Catalogue.open(self.archive.layout.catalogue) as catalogue:
            refresh_item(self.archive.layout, self.store, catalogue, item_id)


def new_museum(folder: Path) -> Museum:
    settings = Settings(
        title={"vi": "Kho thử", "en": "Test archive"},
        publisher="Bảo tàng tỉnh Điện Biên",
        base_url="https://museum.example.vn",
    )
    return Museum(create_archive(folder, settings))
