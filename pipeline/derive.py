"""What people look at: from one decoded page its thumbnail, access images and zoom tiles.

Promise: everything comes from the same decoded pixels, nothing is larger than its master, and
nothing of the master's metadata is carried over. ``derivatives.json`` is written last, so a
folder that has it is complete.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import PIL

from archive.limits import Limits, Watermark
from archive.settings import DerivativeSettings
from pipeline import vips
from pipeline.encoding import Encoding, in_pillow, save_jpeg
from pipeline.picture_files import write_picture
from pipeline.pictures import base_for, fitted
from pipeline.readers import camera_raw, version_of
from pipeline.recordings import access_copy
from pipeline.tiles import write_tiles
from pipeline.vips import pyvips
from pipeline.watermark import marked
from schemas.crosswalks.xmp import Credit
from schemas.derivatives import DERIVATIVES_NAME, Canvas, DerivativeSet, ImageFile
from schemas.records import json_bytes

# Raise it when the same master and settings would give other bytes or other files.
RECIPE_VERSION = 7

See = Callable[[pyvips.Image], None]


def see_nothing(_picture: pyvips.Image) -> None:
    """Look at no picture."""


# A canvas's pictures: file name without ending, and the setting that says their longer side.
_THUMBNAIL = "thumbnail"
_SMALL_ACCESS = "access-small"
_ACCESS = "access"

# Longer sides of the pictures on a contact sheet of a delivery that is only checked.
_PREVIEW_PX = 1600
_PREVIEW_THUMBNAIL_PX = 400


@dataclass(frozen=True)
class CanvasSource:
    """Where a canvas comes from.

    Attributes:
        key: Name of the canvas.
        master: Logical path of the master.
        page: Number of the page in the master, from 0.
        label: What the view shows.
        is_document: It is black text on white paper: sharpening would only roughen it.
        xmp: What its pictures say of it, as an XMP packet.
    """

    key: str
    master: str
    page: int
    label: str
    is_document: bool = False
    xmp: bytes = b""


def recipe_of(
    settings: DerivativeSettings,
    masters: Iterable[tuple[str, int]],
    credit: Credit,
    *,
    readers: Iterable[str] = (),
    limits: Limits | None = None,
    longest_px: int | None = None,
) -> str:
    """Return what a derivative set is made by and from, as one hexadecimal sha256.

    Another recipe means that the set must be made again.

    Args:
        settings: Sizes and qualities; ``max_megapixels`` and the profile's name change no pixel
            and do not count.
        masters: (sha512, number of pages) of each master, in reading order.
        credit: What the pictures say of the item.
        readers: Names of the readers of the masters' pages; libvips and Pillow always count.
        limits: What may be shown of the item.
        longest_px: Longer side of the largest page. A size limit that it keeps changes no pixel
            and does not count. It is not asked of other readers, whose next version may give
            other sizes.
    """
    sizes = asdict(settings)
    for name in ("profile", "max_megapixels", "pdf_ppi", "film_px"):
        del sizes[name]
    recipe: dict[str, object] = sizes | {
        "recipe": RECIPE_VERSION,
        "libvips": vips.version(),
        "pillow": PIL.__version__,
        "credit": asdict(credit),
        "masters": [list(master) for master in masters],
    }
    others = set(readers) - {"libvips", "pillow"}
    if others:
        recipe["readers"] = sorted(version_of(name) for name in others)
    if "raw" in others:
        recipe["developing"] = camera_raw.DEVELOPING_VERSION
    if "pdf" in others:
        recipe["pdf_ppi"] = settings.pdf_ppi
    if "recording" in others:
        recipe["film"] = [access_copy.ACCESS_COPY_VERSION, settings.film_px]
    if limits is not None:
        recipe |= limits.recipe(None if others else longest_px)
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()


def write_canvas(
    image: pyvips.Image,
    folder: Path,
    settings: DerivativeSettings,
    source: CanvasSource,
    *,
    mark: Watermark | None = None,
    see: See = see_nothing,
) -> Canvas:
    """Make everything from one decoded page, in a new folder of ``folder``.

    The large image is read once; all small pictures are made from a level of its pyramid.

    Args:
        image: 8-bit sRGB, upright. Without a mark, its rows are read once, from the first to the
            last; with one, it must be readable anywhere, any number of times.
        folder: The item's derivatives folder; it must exist.
        settings: Sizes and qualities.
        source: Where it comes from.
        mark: What is drawn on everything but the thumbnail.
        see: Told of every picture, unsharpened, that shows just the image.

    Raises:
        pyvips.Error: The pixels cannot be computed, or the disk refuses a file.
        OSError: The disk refuses a file.
    """
    place = folder / source.key
    encoding = Encoding.of(settings, source.xmp)
    shown = image if mark is None else marked(image, mark)
    tiles = write_tiles(
        shown,
        place,
        tile_px=settings.tile_px,
        encoding=encoding,
        needed_px=settings.access_px,
    )
    is_sharpened = settings.sharpen and not source.is_document
    # A small image's thumbnail would be all of it, without the mark.
    is_plain = mark is not None and settings.thumbnail_px * 2 <= max(image.width, image.height)
    plain = base_for(image, needed_px=settings.thumbnail_px) if is_plain else None
    if mark is None:
        see(tiles.base)
    # What keeps the master's own size is shown as it is.
    sharpen_below_px = max(image.width, image.height) if is_sharpened else 0
    thumbnail, *access = _write_pictures(
        tiles.base,
        place,
        settings,
        encoding,
        sharpen_below_px=sharpen_below_px,
        plain=plain,
        see=see if mark is None else see_nothing,
    )
    # The tiles were counted as they were written: a walk over their folders takes long.
    sizes = [path.stat().st_size for path in (*place.glob("*.*"), *place.glob("full/*/0/*"))]
    largest = place / "full" / "max" / "0" / "default.jpg"
    return Canvas(
        key=source.key,
        master=source.master,
        page=source.page,
        label=source.label,
        width_px=image.width,
        height_px=image.height,
        thumbnail=thumbnail,
        access_images=tuple(access),
        tile_px=settings.tile_px,
        scale_factors=tiles.pyramid.scale_factors,
        sizes=tiles.pyramid.sizes,
        files=tiles.files + len(sizes),
        size_bytes=tiles.size_bytes + sum(sizes),
        largest_bytes=largest.stat().st_size,
    )


def write_preview(image: pyvips.Image, thumbnail: Path, large: Path, *, quality: int) -> None:
    """Write the two pictures of a scan that a contact sheet shows before anything is archived.

    Args:
        image: 8-bit sRGB, upright, that can be read anywhere.
        thumbnail: Where the small picture goes.
        large: Where the large one goes.
        quality: JPEG quality, 1 to 100.

    Raises:
        pyvips.Error: The pixels cannot be computed.
        OSError: The disk refuses a file.
    """
    thumbnail.parent.mkdir(parents=True, exist_ok=True)
    encoding = Encoding(quality)
    picture = fitted(image, _PREVIEW_PX)
    save_jpeg(in_pillow(picture), large, encoding)
    save_jpeg(in_pillow(fitted(picture, _PREVIEW_THUMBNAIL_PX)), thumbnail, encoding)


def write_derivative_set(derivatives: DerivativeSet, folder: Path) -> None:
    """Write ``derivatives.json``, which says that the set in ``folder`` is complete.

    Raises:
        OSError: The disk refuses the file.
    """
    (folder / DERIVATIVES_NAME).write_bytes(json_bytes(derivatives.to_json()))


def _write_pictures(
    base: pyvips.Image,
    place: Path,
    settings: DerivativeSettings,
    encoding: Encoding,
    *,
    sharpen_below_px: int,
    plain: pyvips.Image | None,
    see: See,
) -> list[ImageFile]:
    """Write the thumbnail and the access images, in rising widths.

    Each is reduced from the next larger one before that is sharpened; the thumbnail from
    ``plain``, where that is given.
    """
    wanted = [(_ACCESS, settings.access_px), (_SMALL_ACCESS, settings.small_access_px)]
    if max(base.width, base.height) <= settings.small_access_px:
        del wanted[1]
    first = wanted[-1][0]
    made: list[ImageFile] = []
    picture = base
    for name, box_px in (*wanted, (_THUMBNAIL, settings.thumbnail_px)):
        if name == _THUMBNAIL and plain is not None:
            picture = plain
        smaller = fitted(picture, box_px)
        see(smaller)
        is_sharpened = max(smaller.width, smaller.height) < sharpen_below_px
        file = write_picture(
            smaller,
            place,
            name,
            encoding,
            most_bytes=settings.first_view_kb * 1000 if name == first else 0,
            # The access image itself is for downloading: it keeps its size.
            least_px=settings.thumbnail_px if name == _SMALL_ACCESS else settings.access_px,
            is_sharpened=is_sharpened,
        )
        made.insert(0, replace(file, size_bytes=(place / file.name).stat().st_size))
        picture = smaller
    return made
