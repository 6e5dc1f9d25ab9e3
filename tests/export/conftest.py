"""Items as the store gives them, made of a few small files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive.export import ExportContext
from schemas.dublincore import Statement
from schemas.events import Event, EventType
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Access, Record, View
from schemas.technical import Page, Technical

AT = "2026-11-21T08:30:00Z"


@dataclass(frozen=True)
class StandIn:
    """What the store's items offer to an export."""

    item_id: str
    record: Record
    technical: tuple[Technical, ...] = ()
    events: tuple[Event, ...] = ()
    masters: Mapping[str, Path] = field(default_factory=dict)


@pytest.fixture
def context() -> ExportContext:
    return ExportContext(
        profile=parse_profile(shipped_profile_text("museum")),
        at=AT,
        publisher="Bảo tàng tỉnh Điện Biên",
        title="Kho lưu trữ di sản",
        page_url=lambda item_id: f"https://example.org/{item_id}",
        image_urls=lambda item_id: (f"https://example.org/{item_id}.jpg",),
    )


@pytest.fixture
def make_item(tmp_path: Path) -> Callable[..., StandIn]:
    """Give a maker of items: inventory number, statements, masters by name and content."""

    def make(
        number: str = "BT.1",
        *statements: Statement,
        masters: Mapping[str, bytes] | None = None,
        extra: tuple[tuple[str, str], ...] = (),
    ) -> StandIn:
        folder = tmp_path / "store" / hashlib.sha256(number.encode()).hexdigest()[:8]
        folder.mkdir(parents=True)
        files: dict[str, Path] = {}
        technical = []
        for at, (name, content) in enumerate((masters or {}).items()):
            path = folder / f"content-{at}"
            path.write_bytes(content)
            files[f"masters/{name}"] = path
            technical.append(technical_of(f"masters/{name}", content))
        record = Record(
            number,
            statements or (Statement("title", "Khăn piêu", "vi", field="title"),),
            tuple(View(path) for path in files),
            Access.PUBLIC,
            extra,
        )
        event = Event(EventType.INGESTION, AT, "success", "Hoa Ban 0.1.0")
        return StandIn(record.item_id, record, tuple(technical), (event,), files)

    return make


def technical_of(path: str, content: bytes) -> Technical:
    return Technical(
        path=path,
        size_bytes=len(content),
        sha512=hashlib.sha512(content).hexdigest(),
        sha256=hashlib.sha256(content).hexdigest(),
        source_name=path.removeprefix("masters/"),
        puid="fmt/353",
        format_name="Tagged Image File Format",
        mime_type="image/tiff",
        pages=(Page(1, 1),),
        bits_per_sample=8,
        samples_per_pixel=3,
        colour_space="rgb",
    )
