"""What the script of an item's page knows of its views, as short as it can be.

It stands in every item page, three hundred times in that of a book.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archive.site.items import PictureView
from schemas.derivatives import Canvas


def viewer_data(views: Sequence[PictureView], url: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return what ``item.js`` needs of each view.

    Args:
        views: The views.
        url: Makes the link from the page to a path of the site.
    """
    return [
        {
            "label": view.label.text,
            "lang": view.label.lang,
            "alt": view.alt.text,
            "altLang": view.alt.lang,
            "width": view.access.width_px,
            "height": view.access.height_px,
            "sources": _sources(view),
            "first": len(view.first_sources),
            "sizes": view.layout,
            "offers": [
                [offer.file, offer.width_px, offer.height_px, offer.size_bytes, offer.word]
                for offer in view.offers
            ],
            "folder": url(view.folder),
            "zoom": _zoom(view.canvas),
        }
        for view in views
    ]


def _sources(view: PictureView) -> list[tuple[str, str, int]]:
    """Return JPEG, WebP and width of each source, the files as they are named in the folder."""
    start = len(view.folder) + 1
    return [(s.path[start:], s.webp[start:], s.width_px) for s in view.sources]


def _zoom(canvas: Canvas) -> dict[str, Any]:
    """Return what the zoom viewer needs of a view's tiles."""
    return {
        "width": canvas.width_px,
        "height": canvas.height_px,
        "tile": canvas.tile_px,
        "factors": list(canvas.scale_factors),
        "sizes": [list(size) for size in canvas.sizes],
    }
