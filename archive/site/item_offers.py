"""What an item's page offers beside its words: pictures to take, marks of rights, a IIIF link."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from schemas.derivatives import Canvas, ImageFile
from schemas.messages import N_, translate
from schemas.rights import statement_codes

# From the smallest picture to all there is.
_WORDS = (N_("Small"), N_("Medium"), N_("Large"), N_("Full size"))
_FULL = "full/max/0/default.jpg"
_CREATIVE_COMMONS = re.compile(
    r"http://creativecommons\.org/(?:licenses/(?P<licence>[a-z-]+)|publicdomain/(?P<tool>[a-z]+))/.*"
)
_RIGHTS_STATEMENT = re.compile(r"http://rightsstatements\.org/vocab/(?P<code>[A-Za-z-]+)/.*")
# All other statements (CNE, UND, NKC) say that the status is not certain.
_STATEMENT_ICONS = {"InC": "in-copyright", "NoC": "no-copyright"}


@dataclass(frozen=True)
class Offer:
    """One size of a picture that may be taken away.

    Attributes:
        file: Path of the JPEG in the canvas's folder.
        width_px: Width in pixels.
        height_px: Height in pixels.
        size_bytes: Its length; 0 where it is not known.
        word: Which of :func:`size_words` says how large it is.
    """

    file: str
    width_px: int
    height_px: int
    size_bytes: int
    word: int


def picture_offers(canvas: Canvas, *, has_download: bool) -> tuple[Offer, ...]:
    """Return the sizes of one view that exist, from the smallest.

    The largest whole image counts where it shows more than the access image: a large scan has
    none of its own size, only tiles. What has the scan's own size is called so.

    Args:
        canvas: The view.
        has_download: Whether more than the thumbnail is offered.
    """
    thumbnail = _offer(canvas.thumbnail, 0)
    if not has_download:
        return (thumbnail,)
    large = canvas.access_images
    words = (1, 2) if len(large) > 1 else (2,)
    found = [
        thumbnail,
        *(_offer(file, word) for file, word in zip(large[-2:], words, strict=True)),
    ]
    width_px, height_px = canvas.sizes[-1] if canvas.sizes else (0, 0)
    if width_px > found[-1].width_px:
        found.append(Offer(_FULL, width_px, height_px, canvas.largest_bytes, 3))
    if found[-1].width_px == canvas.width_px:
        found[-1] = replace(found[-1], word=3)
    sizes = {(offer.width_px, offer.height_px): offer for offer in found}
    return tuple(sizes.values())


@functools.cache
def size_words(lang: str) -> tuple[str, ...]:
    """Return what the sizes are called."""
    return tuple(translate(word, lang) for word in _WORDS)


def first_widths(widths_px: Sequence[int]) -> Sequence[int]:
    """Return which of the rising widths of a picture a page may show before it is asked for more.

    The largest is for large screens that have loaded everything else.
    """
    return widths_px[:-1] if len(widths_px) > 2 else widths_px


def layout_sizes(width_px: int, height_px: int) -> str:
    """Return how wide the main picture stands on a page, as the attribute ``sizes`` says it.

    It follows ``.picture-link img`` in ``site.css``: never taller than the window shows at once,
    never wider than it is.
    """
    ratio = width_px / height_px
    wide, narrow = (f"{ratio * part:.0f}vh" for part in (74, 70))
    return (
        f"(min-width: 64rem) min(64vw, {wide}, {width_px}px), "
        f"(min-width: 40rem) min(92vw, {wide}, {width_px}px), min(100vw, {narrow}, {width_px}px)"
    )


def rights_icons(uri: str) -> tuple[str, ...]:
    """Return the official marks of a licence, tool or statement, by the names of their files.

    RightsStatements.org has one icon for each of its three categories, to stand before the full
    name of the statement.

    Args:
        uri: In the form of :func:`schemas.rights.rights_statement`.
    """
    if found := _CREATIVE_COMMONS.fullmatch(uri):
        if found["licence"]:
            return ("cc", *found["licence"].split("-"))
        return {"zero": ("cc", "zero"), "mark": ("pdm",)}.get(found["tool"], ())
    found = _RIGHTS_STATEMENT.fullmatch(uri)
    if found is None or found["code"] not in statement_codes():
        return ()
    category, *_ = found["code"].split("-")
    return (_STATEMENT_ICONS.get(category, "other-rights"),)


def drag_address(manifest_address: str) -> str:
    """Return what a IIIF viewer reads when the link is dropped on it; a click opens the manifest.

    Source: https://zimeon.github.io/iiif-dragndrop/, as Mirador 4 (``IIIFDropTarget``) reads it.
    """
    return f"{manifest_address}?manifest={quote(manifest_address, safe=':/')}"


def _offer(file: ImageFile, word: int) -> Offer:
    return Offer(file.name, file.width_px, file.height_px, file.size_bytes, word)
