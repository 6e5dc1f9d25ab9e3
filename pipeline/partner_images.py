"""Images that partners get: the access images, made smaller where a partner takes smaller ones.

Invariant: an image goes out only where the limits of its item allow a download of it, and never
larger than they allow; it keeps its colour profile and the words of its credit.
"""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

from PIL import Image

from archive.catalogue import CatalogueItem
from archive.export.items import Picture
from archive.export.masters import image_bytes
from archive.opening import Archive
from pipeline.derivative_sets import limits_in
from schemas.derivatives import Canvas

_QUALITY = 90


def pictures_of(
    archive: Archive, item: CatalogueItem | None, max_px: int, *, is_complete: bool = False
) -> tuple[Picture, ...] | None:
    """Return the images of an item that may be handed on, none where none are made.

    Args:
        archive: The archive.
        item: The item, or the part of it that may be seen; None for one that is not there.
        max_px: Longer side of the largest, in pixels; 0 for as they are.
        is_complete: Whatever its limits say.

    Returns:
        The images in reading order, or None where its limits withhold them.
    """
    if item is None or not item.technical:
        return ()
    limits = limits_in(archive, item.record)
    made = item.derivatives
    is_shown_less = made is None or limits.is_kept_by(made)
    if not is_complete and not (limits.has_download and is_shown_less):
        return None
    if made is None:
        return ()
    folder = archive.layout.derivatives_of(item.item_id)
    return tuple(
        Picture(canvas.key, canvas.label, partial(_jpeg, folder / canvas.key, canvas, max_px))
        for canvas in made.canvases
    )


def _jpeg(folder: Path, canvas: Canvas, max_px: int) -> bytes:
    """Return the largest access image, at most so large.

    Raises:
        SourceError: It cannot be read.
    """
    content = image_bytes(folder / canvas.access.name)
    longest_px = max(canvas.access.width_px, canvas.access.height_px)
    return content if not 0 < max_px < longest_px else _smaller(content, max_px)


def _smaller(content: bytes, max_px: int) -> bytes:
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
        kept = {name: image.info[key] for name, key in _KEPT if key in image.info}
        image.thumbnail((max_px, max_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
        made = io.BytesIO()
        image.save(made, "JPEG", quality=_QUALITY, **kept)
    return made.getvalue()


_KEPT = (("icc_profile", "icc_profile"), ("xmp", "xmp"))
