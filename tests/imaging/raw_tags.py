"""What every camera RAW file says beside its pixels, and a file that is written piece by piece."""

from __future__ import annotations

from PIL import Image

from tests.imaging.making import jpeg_bytes
from tests.imaging.sensors import Camera
from tests.imaging.tiff_making import ASCII, BYTE, RATIONAL, SHORT, UNDEFINED, Tags, directory, even

Field = tuple[int, list[int]]
TAKEN = "2024:03:09 08:15:30"


def preview(image: Image.Image) -> bytes:
    """Return a small JPEG that is not the picture: whoever shows it is found out."""
    return jpeg_bytes(Image.new("RGB", (image.width // 2, image.height // 2), (200, 0, 90)))


class Layout:
    """A file that grows: what is placed keeps its offset."""

    def __init__(self, begun: bytes) -> None:
        self.content = bytearray(begun)

    def place(self, piece: bytes) -> int:
        at = len(self.content)
        self.content += even(piece)
        return at

    def replace(self, at: int, piece: bytes) -> None:
        self.content[at : at + len(piece)] = piece

    def place_directory(self, tags: Tags, *, following: int = 0) -> int:
        return self.place(directory(tags, len(self.content), following=following))


def text(value: str) -> Field:
    return ASCII, [*value.encode(), 0]


def blob(content: bytes) -> Field:
    return UNDEFINED, list(content)


def camera_tags(camera: Camera, orientation: int) -> dict[int, Field]:
    """Return the first directory's tags that name the camera and how it was held."""
    return {
        271: text(camera.make),
        272: text(camera.model),
        274: (SHORT, [orientation]),
        282: (RATIONAL, [72, 1]),
        283: (RATIONAL, [72, 1]),
        296: (SHORT, [2]),
        306: text(TAKEN),
    }


def exif_tags(maker_note: bytes | None = None) -> dict[int, Field]:
    """Return the EXIF tags every camera writes."""
    tags = {
        33434: (RATIONAL, [1, 125]),
        33437: (RATIONAL, [8, 1]),
        34855: (SHORT, [100]),
        36864: blob(b"0230"),
        36867: text(TAKEN),
    }
    return tags if maker_note is None else tags | {37500: blob(maker_note)}


def gps_tags() -> dict[int, Field]:
    """Return the place where the picture was taken: Buôn Ma Thuột."""
    return {
        0: (BYTE, [2, 3, 0, 0]),
        1: text("N"),
        2: (RATIONAL, [12, 1, 40, 1, 0, 1]),
        3: text("E"),
        4: (RATIONAL, [108, 1, 2, 1, 0, 1]),
    }
