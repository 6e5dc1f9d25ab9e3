"""Archives made up for the tests of the site: tiny pictures, any record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from archive.layout import Layout
from archive.settings import Settings
from archive.site.build import build_site
from archive.site.report import SiteReport
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.dublincore import Statement
from schemas.profile import Profile, parse_profile, shipped_profile_text
from schemas.records import Access, Record, View

TILE_PX = 64
AT = "2026-11-21T08:30:00Z"
PROFILE: Profile = parse_profile(shipped_profile_text("museum"))


@dataclass(frozen=True)
class FabricatedItem:
    """The shape of a catalogue item, without a catalogue."""

    item_id: str
    version: int
    created_at: str
    updated_at: str
    record: Record
    technical: tuple[()] = ()
    derivatives: DerivativeSet | None = None


@dataclass(frozen=True)
class ListedFabrication:
    """A made-up item as a list has it."""

    item: FabricatedItem

    @property
    def item_id(self) -> str:
        """The item."""
        return self.item.item_id

    @property
    def stamp(self) -> bytes:
        """Digest of it."""
        return hashlib.sha256(repr(self.item).encode()).digest()

    def read(self) -> FabricatedItem:
        """Return it."""
        return self.item


@dataclass
class FabricatedArchive:
    """An archive's folder with derivatives and items, and nothing else."""

    layout: Layout
    settings: Settings = field(default_factory=Settings)
    kept: list[FabricatedItem] = field(default_factory=list)

    def add(
        self,
        record: Record,
        pictures: tuple[Image.Image, ...] = (),
        *,
        created_at: str = AT,
        tile_px: int = TILE_PX,
        thumbnail_px: int = 40,
        access_px: int = 160,
    ) -> FabricatedItem:
        """Add an item with one canvas a picture."""
        canvases = tuple(
            write_canvas(
                self.layout.derivatives_of(record.item_id) / f"{number:04}",
                picture,
                master=record.views[number - 1].path,
                label=record.views[number - 1].label,
                sides=(thumbnail_px, access_px, tile_px),
            )
            for number, picture in enumerate(pictures, start=1)
        )
        found = DerivativeSet(record.item_id, "0" * 64, canvases) if canvases else None
        item = FabricatedItem(record.item_id, 1, created_at, created_at, record, derivatives=found)
        self.kept.append(item)
        self.kept.sort(key=lambda entry: entry.item_id)
        return item

    def items(self):
        """Return a new iterator over the items."""
        return iter(tuple(self.kept))

    def listed(self):
        """Return a new iterator over the items as a list has them."""
        return (ListedFabrication(item) for item in tuple(self.kept))


def make_site(archive: FabricatedArchive, **options: Any) -> SiteReport:
    """Build the site of an archive, with an engine that finds nothing unless told otherwise.

    Args:
        archive: The archive.
        options: As :func:`archive.site.build_site` takes them.
    """
    return build_site(
        archive.layout,
        archive.settings,
        PROFILE,
        **{"items": archive.listed, "write_search": write_no_search, "at": AT, **options},
    )


def write_no_search(folder: Path) -> None:
    """Write what every page of search loads, and nothing that it could find."""
    (folder / "search-engine.js").write_text("var HoabanSearch = {};\n", encoding="utf-8")


def write_canvas(
    folder: Path, picture: Image.Image, *, master: str, label: str, sides: tuple[int, int, int]
) -> Canvas:
    """Write a canvas's folder as the pipeline does: thumbnail, access image, level 0 tiles."""
    thumbnail_px, access_px, tile_px = sides
    width, height = picture.size
    factors = [1]
    while max(width, height) / factors[-1] > tile_px:
        factors.append(factors[-1] * 2)
    sizes = sorted((-(-width // factor), -(-height // factor)) for factor in factors)
    sizes = [size for size in sizes if max(size) <= 2048]
    for size in sizes:
        save(picture.resize(size), folder / f"full/{size[0]},{size[1]}/0/default.jpg")
    save(picture.resize(sizes[-1]), folder / "full/max/0/default.jpg")
    for factor in factors:
        step = tile_px * factor
        if step >= max(width, height):
            continue
        for x in range(0, width, step):
            for y in range(0, height, step):
                w, h = min(step, width - x), min(step, height - y)
                size = (-(-w // factor), -(-h // factor))
                part = picture.crop((x, y, x + w, y + h)).resize(size)
                save(part, folder / f"{x},{y},{w},{h}/{size[0]},{size[1]}/0/default.jpg")
    return Canvas(
        key=folder.name,
        master=master,
        page=0,
        label=label,
        width_px=width,
        height_px=height,
        thumbnail=_fitted(picture, folder / "thumbnail.jpg", thumbnail_px),
        access_images=(
            _fitted(picture, folder / "access-small.jpg", access_px // 2),
            _fitted(picture, folder / "access.jpg", access_px),
        ),
        tile_px=tile_px,
        scale_factors=tuple(factors),
        sizes=tuple(sizes),
        files=sum(1 for path in folder.rglob("*") if path.is_file()),
        size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )


def save(picture: Image.Image, path: Path) -> None:
    """Save a JPEG, making its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=82)
    path.write_bytes(buffer.getvalue())


def plain_picture(width: int, height: int, colour: str = "#8a6f4e") -> Image.Image:
    """Return a picture with a gradient, so that its tiles differ."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    return Image.blend(picture, Image.new("RGB", (width, height), colour), 0.6)


def plain_record(
    identifier: str,
    *statements: Statement,
    views: tuple[View, ...] = (),
    access: Access = Access.PUBLIC,
) -> Record:
    """Return a record."""
    return Record(identifier, statements, views, access)


def said(name: str, value: str, lang: str = "", uri: str = "") -> Statement:
    """Return a statement under a field of the shipped profile."""
    found = PROFILE.get(name)
    assert found is not None
    return Statement(found.term, value, lang, uri, name)


def small_archive(root: Path, settings: Settings | None = None) -> FabricatedArchive:
    """Return an archive with a jar in three views, a page in one, and an item without images."""
    archive = FabricatedArchive(Layout(root), settings or Settings(publisher="Bảo tàng Thử"))
    archive.add(
        plain_record(
            "BT.001",
            said("title", "Thạp đồng Đào Thịnh", "vi"),
            said("title", "Bronze jar of Đào Thịnh", "en"),
            said("date", "Thế kỷ 3 TCN", "vi"),
            said("material", "Đồng", "vi"),
            said("material", "Bronze", "en"),
            said("description", "Thạp hình trụ.\nNắp có bốn khối tượng.", "vi"),
            said("rights", "© Bảo tàng Thử", "vi"),
            said("rights_uri", "", uri="https://creativecommons.org/licenses/by/4.0/deed.vi"),
            said("source_url", "", uri="https://example.org/001"),
            views=(
                View("masters/001.jpg", "mặt trước", "vi"),
                View("masters/002.jpg", "nắp", "vi"),
                View("masters/003.jpg"),
            ),
        ),
        (plain_picture(300, 200), plain_picture(180, 250, "#4e6f8a"), plain_picture(50, 40)),
    )
    archive.add(
        plain_record(
            "BT.002/Đ",
            said("title", "Trang sách chữ Thái cổ ꪼꪕ", "vi"),
            said("date", "1920"),
            said("language", "Tai Dam", "en"),
            views=(View("masters/trang.jpg"),),
        ),
        (plain_picture(120, 400),),
        created_at="2026-11-20T08:30:00Z",
    )
    archive.add(plain_record("BT.003", said("title", "Item without a scan", "en")))
    return archive


def _fitted(picture: Image.Image, path: Path, side_px: int) -> ImageFile:
    small = picture.copy()
    small.thumbnail((side_px, side_px))
    save(small, path)
    webp = path.with_suffix(".webp")
    small.save(webp, "WEBP", quality=80)
    return ImageFile(path.name, *small.size, webp.name)
