"""What was made from an item's masters: ``derivatives.json`` in each item's derivatives folder.

The folder holds one subfolder a canvas, named by its key, in which stand the thumbnail and the
access images, each as JPEG and WebP, the IIIF level 0 tiles
(``{region}/{size}/0/default.jpg``) and, of a recording, the copy to play. ``info.json`` is not
there: it needs the address of the site, so the site writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from schemas.errors import RecordError
from schemas.recordings import AccessRecording, PublishedRecording

DERIVATIVES_FORMAT = "hoaban-derivatives-2"
DERIVATIVES_NAME = "derivatives.json"


@dataclass(frozen=True)
class ImageFile:
    """One picture, as JPEG and as WebP of the same size.

    Attributes:
        name: File name of the JPEG in the canvas's folder.
        width_px: Width in pixels.
        height_px: Height in pixels.
        webp: File name of the WebP.
        size_bytes: Length of the JPEG; 0 in sets of before it was noted.
    """

    name: str
    width_px: int
    height_px: int
    webp: str
    size_bytes: int = 0


@dataclass(frozen=True)
class Canvas:
    """One page or view of an item, with everything made from it.

    Attributes:
        key: Name of its folder: ``0001``, ``0002`` … in reading order over the whole item.
        master: Logical path of the master it was made from.
        page: Number of the page in that master, from 0.
        label: What the view shows, or empty.
        width_px: Width as displayed, in pixels.
        height_px: Height as displayed, in pixels.
        thumbnail: The thumbnail, sRGB.
        access_images: The access images, sRGB, in rising widths; one where the master is small.
        tile_px: Side of a zoom tile.
        scale_factors: The pyramid's scale factors, from 1 upward.
        sizes: (width, height) of the whole images under ``full/``, ascending.
        files: Number of files in its folder.
        size_bytes: Their length together.
        fingerprint: What it looks like (``schemas.fingerprints``); empty when there is little
            on it, and in sets of before fingerprints were made.
        largest_bytes: Length of ``full/max/0/default.jpg``; 0 in sets of before it was noted.
        recording: The copy to play of a master that plays, whose pictures are then a still of it
            or a drawing of its sound; None for a scan, and where its limits allow none.
    """

    key: str
    master: str
    page: int
    label: str
    width_px: int
    height_px: int
    thumbnail: ImageFile
    access_images: tuple[ImageFile, ...]
    tile_px: int
    scale_factors: tuple[int, ...]
    sizes: tuple[tuple[int, int], ...]
    files: int
    size_bytes: int
    fingerprint: str = ""
    largest_bytes: int = 0
    recording: AccessRecording | None = None

    @property
    def access(self) -> ImageFile:
        """The largest access image: the one to download."""
        return self.access_images[-1]

    def published_at(self, folder: str) -> PublishedRecording | None:
        """Return the recording as a site shows it whose address of the canvas is ``folder``."""
        if self.recording is None:
            return None
        address = f"{folder}/{self.recording.name}"
        return PublishedRecording(address, f"{folder}/{self.access.name}", self.recording)

    @property
    def file_names(self) -> tuple[str, ...]:
        """The pictures and the recording that have to be in its folder, beside tiles."""
        pictures = (self.thumbnail, *self.access_images)
        names = tuple(name for file in pictures for name in (file.name, file.webp))
        return (*names, self.recording.name) if self.recording else names


@dataclass(frozen=True)
class DerivativeSet:
    """Everything made from one item's masters.

    Attributes:
        item_id: The item.
        recipe: What the set was made by and from: settings, library versions and digests of
            the masters, as one hexadecimal sha256; another recipe means "make it again".
        canvases: In reading order.
        sources: sha512 of the masters it was made from, in reading order.
        watermark: Digest of what is drawn on its images; empty for nothing.
    """

    item_id: str
    recipe: str
    canvases: tuple[Canvas, ...]
    sources: tuple[str, ...] = ()
    watermark: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the set as plain JSON data."""
        data = {"format": DERIVATIVES_FORMAT, **asdict(self)}
        if not self.watermark:
            del data["watermark"]
        for canvas in data["canvases"]:
            if canvas["recording"] is None:
                del canvas["recording"]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DerivativeSet:
        """Return the set that ``data`` holds.

        Raises:
            RecordError: ``data`` is not a derivative set of this format.
        """
        try:
            if data["format"] != DERIVATIVES_FORMAT:
                raise RecordError(f"not a {DERIVATIVES_FORMAT} document")
            return cls(
                item_id=data["item_id"],
                recipe=data["recipe"],
                canvases=tuple(_canvas(entry) for entry in data["canvases"]),
                sources=tuple(data["sources"]),
                watermark=data.get("watermark", ""),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(f"not a derivative set: {error!r}") from error


def _canvas(data: Mapping[str, Any]) -> Canvas:
    fields = dict(data) | {
        "thumbnail": ImageFile(**data["thumbnail"]),
        "access_images": tuple(ImageFile(**entry) for entry in data["access_images"]),
        "scale_factors": tuple(data["scale_factors"]),
        "sizes": tuple((width, height) for width, height in data["sizes"]),
        "recording": AccessRecording(**data["recording"]) if data.get("recording") else None,
    }
    canvas = Canvas(**fields)
    if not canvas.access_images:
        raise ValueError(f"canvas {canvas.key} has no access image")
    return canvas
