"""What the machine knows of a master: ``technical.json`` in every object version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from schemas.errors import RecordError
from schemas.recordings import Recording

TECHNICAL_FORMAT = "hoaban-technical-1"


@dataclass(frozen=True)
class Page:
    """One image inside a master; most masters have one, a multi-page TIFF has several.

    Attributes:
        width_px: Width as displayed, after the orientation is applied, in pixels.
        height_px: Height as displayed, after the orientation is applied, in pixels.
    """

    width_px: int
    height_px: int


@dataclass(frozen=True)
class Technical:
    """What was read from one master.

    Attributes:
        path: Logical path of the master in the object.
        size_bytes: Length of the file.
        sha512: Hexadecimal digest.
        sha256: Hexadecimal digest.
        source_name: File name as it came from the museum, relative to the source folder.
        puid: PRONOM identifier, as ``fmt/353``; ``UNKNOWN`` when PRONOM has none.
        format_name: PRONOM's name of the format.
        mime_type: Media type, by content.
        pages: The images in the file, in order; at least one.
        bits_per_sample: Bit depth of one channel.
        samples_per_pixel: Channels, alpha included.
        colour_space: ``rgb``, ``gray``, ``cmyk``, ``lab`` or ``bilevel``.
        icc_profile_name: Description of the embedded colour profile, or empty.
        resolution_ppi: Pixels per inch (horizontal, vertical), or None when the file has none.
        orientation: EXIF orientation, 1 to 8; 1 when the file has none.
        exif: EXIF tags as exifread prints them, without the thumbnail and maker notes.
        readers: Names of what read the pages: ``libvips``, ``pillow``, ``heif``, ``raw``, ``pdf``,
            ``recording``.
        recording: What is known of a master that plays; its one page is a still of it, or a
            drawing of its sound. None for a scan.
    """

    path: str
    size_bytes: int
    sha512: str
    sha256: str
    source_name: str
    puid: str
    format_name: str
    mime_type: str
    pages: tuple[Page, ...]
    bits_per_sample: int
    samples_per_pixel: int
    colour_space: str
    icc_profile_name: str = ""
    resolution_ppi: tuple[float, float] | None = None
    orientation: int = 1
    exif: Mapping[str, str] = field(default_factory=dict)
    readers: tuple[str, ...] = ("libvips",)
    recording: Recording | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON data."""
        data = asdict(self)
        data["pages"] = [asdict(page) for page in self.pages]
        data["readers"] = list(self.readers)
        data["resolution_ppi"] = list(self.resolution_ppi) if self.resolution_ppi else None
        data["exif"] = dict(sorted(self.exif.items()))
        del data["recording"]
        if self.recording is not None:
            data["recording"] = self.recording.to_json()
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Technical:
        """Return the facts that ``data`` holds.

        Raises:
            RecordError: ``data`` is not a technical description of this format.
        """
        try:
            resolution, played = data["resolution_ppi"], data.get("recording")
            fields = dict(data) | {
                "pages": tuple(Page(**page) for page in data["pages"]),
                "resolution_ppi": (resolution[0], resolution[1]) if resolution else None,
                "readers": tuple(data.get("readers", ("libvips",))),
                "recording": Recording.from_json(played) if played else None,
            }
            return cls(**fields)
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise RecordError(f"not a technical description: {error!r}") from error


def longest_side(masters: Iterable[Technical]) -> int:
    """Return the longer side of the largest page of some masters, in pixels; 0 for none."""
    pages = (page for master in masters for page in master.pages)
    return max((max(page.width_px, page.height_px) for page in pages), default=0)


def technical_document(masters: tuple[Technical, ...]) -> dict[str, Any]:
    """Return ``technical.json`` for an item's masters, in reading order."""
    return {"format": TECHNICAL_FORMAT, "masters": [master.to_json() for master in masters]}


def parse_technical_document(data: Mapping[str, Any]) -> tuple[Technical, ...]:
    """Return the masters that ``technical.json`` describes.

    Raises:
        RecordError: The document is not of this format.
    """
    try:
        if data["format"] != TECHNICAL_FORMAT:
            raise RecordError(f"not a {TECHNICAL_FORMAT} document")
        masters = list(data["masters"])
    except (KeyError, TypeError) as error:
        raise RecordError(f"not a {TECHNICAL_FORMAT} document: {error!r}") from error
    return tuple(map(Technical.from_json, masters))
