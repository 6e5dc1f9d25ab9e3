"""Large sites: written by several processes, and again only where something changed."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.site import SiteReport, build_site, site_writer
from archive.site.json_ld import ItemJsonLd
from schemas.errors import DependencyError
from tests.site.fabricated_site import (
    AT,
    PROFILE,
    FabricatedArchive,
    plain_record,
    said,
    small_archive,
)
from tests.site.reading import snapshot


def build(archive: FabricatedArchive, **options) -> SiteReport:
    return build_site(
        archive.layout,
        archive.settings,
        PROFILE,
        archive.items,
        **{
            "write_search": lambda folder: (folder / "search-engine.js").touch(),
            "at": AT,
            "json_ld": ItemJsonLd(PROFILE, "Bảo tàng Thử"),
            **options,
        },
    )


@dataclass(frozen=True)
class Dies(ItemJsonLd):
    """Ends the process it is asked in, but not the test's own."""

    def __call__(self, record, url, image_urls, lang):
        if multiprocessing.parent_process() is not None:
            os._exit(3)
        return super().__call__(record, url, image_urls, lang)


def hundred_items(root: Path) -> FabricatedArchive:
    """Return an archive of a hundred and three items that share some values."""
    archive = small_archive(root)
    for number in range(100):
        archive.add(
            plain_record(
                f"N.{number:03}",
                said("title", f"Vật {number}", "vi"),
                said("material", ("Đồng", "Gỗ", "Sắt")[number % 3], "vi"),
                said("creator", f"Nghệ nhân {number % 20}"),
            )
        )
    return archive


def test_several_processes_write_the_same_site_as_one(tmp_path, monkeypatch):
    archive = hundred_items(tmp_path)
    alone = build(archive)
    before = snapshot(archive.layout.site)
    monkeypatch.setattr(site_writer, "PROCESSES_FROM", 1)
    other = FabricatedArchive(Layout(tmp_path / "other"), archive.settings, archive.kept)
    (tmp_path / "derivatives").rename(other.layout.root.mkdir() or other.layout.derivatives)
    together = build(other, processes=2)
    assert snapshot(other.layout.site) == before
    assert (alone.pages, alone.files, alone.bytes) == (
        together.pages,
        together.files,
        together.bytes,
    )
    with pytest.raises(DependencyError):
        build(other, processes=2, json_ld=Dies(PROFILE))
    assert snapshot(other.layout.site) == before
    assert list(other.layout.staging.iterdir()) == []
