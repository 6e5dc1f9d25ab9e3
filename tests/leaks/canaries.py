"""Words and colours that must never leave the archive, and a search that finds them anywhere."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from PIL import Image, TiffImagePlugin

# Words that no dictionary, page or library has.
RESTRICTED, STAFF, EMBARGOED = "zqrestrictedhx", "zqstaffhx", "zqembargohx"
CLOSED_FILE, EMBARGOED_FILE = "zqclosedfilehx", "zqfileembargohx"
HIDDEN, UNKNOWN, OLD = "zqhiddenhx", "zqunknownhx", "zqwasopenhx"
CAMERA = "zqcamerahx"
WORDS = (RESTRICTED, STAFF, EMBARGOED, CLOSED_FILE, EMBARGOED_FILE, HIDDEN, UNKNOWN, OLD, CAMERA)
COLOURS = {
    RESTRICTED: (10, 230, 60),
    STAFF: (230, 20, 200),
    EMBARGOED: (20, 40, 240),
    CLOSED_FILE: (240, 230, 10),
    EMBARGOED_FILE: (0, 230, 230),
}
PUBLIC_COLOUR = (150, 120, 90)
_NEAR = 40
_LEAST_SHARE = 0.02


def forms(word: str) -> Iterator[bytes]:
    """Every way in which a word may be written into a file."""
    for text in {word, word.upper(), word.title(), word[::-1]}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            yield text.encode(encoding)
        for shift in range(3):
            # Base64 of the middle of the word, whatever stands before it.
            coded = base64.b64encode(b"x" * shift + text.encode())
            yield coded[4:-4]
    yield "".join(f"%{byte:02X}" for byte in word.encode()).encode()
    yield quote(word).encode()


NEEDLES = tuple((word, form) for word in WORDS for form in dict.fromkeys(forms(word)))


def contents(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file and, of packed ones, what is in them."""
    yield name, data
    if data[:2] == b"\x1f\x8b":
        yield from contents(f"{name}!", gzip.decompress(data))
    if data[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for entry in packed.namelist():
                yield from contents(f"{name}!{entry}", packed.read(entry))


def words_in(*places: Path) -> list[tuple[str, str]]:
    """Return (file, canary) of every canary word in names or bytes below the places."""
    found = []
    for place in places:
        for path in [place, *place.rglob("*")]:
            name = path.relative_to(place.parent).as_posix()
            parts = [(name, b"")]
            if path.is_file():
                parts = list(contents(name, path.read_bytes()))
            for part, data in parts:
                said = part.encode() + b"\n" + data
                found += [(part, word) for word, needle in NEEDLES if needle in said]
    return found


def colours_in(*places: Path) -> list[tuple[str, str]]:
    """Return (picture, canary) of every picture that shows a canary's colour."""
    found = []
    for place in places:
        for path in place.rglob("*"):
            if path.suffix in {".jpg", ".webp", ".png", ".tif"}:
                found += [(str(path), word) for word in colours_of(path)]
    return found


def colours_of(picture: Path) -> list[str]:
    with Image.open(picture) as opened:
        image = opened.convert("RGBA").convert("RGB")
    image.thumbnail((64, 64))
    data = image.tobytes()
    pixels = [data[at : at + 3] for at in range(0, len(data), 3)]
    return [
        word
        for word, colour in COLOURS.items()
        if sum(
            max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) < _NEAR for pixel in pixels
        )
        > _LEAST_SHARE * len(pixels)
    ]


def draw(path: Path, colour: tuple[int, int, int]) -> None:
    """Draw a scan of one colour with a darker field, the same everywhere else."""
    image = Image.new("RGB", (700, 500), colour)
    image.paste(tuple(value // 2 for value in colour), (100, 100, 300, 250))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=95) if path.suffix == ".jpg" else image.save(path)


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data


def _iptc() -> bytes:
    caption = b"\x1c\x02\x78" + len(CAMERA).to_bytes(2, "big") + CAMERA.encode()
    return (
        b"8BIM\x04\x04\0\0" + len(caption).to_bytes(4, "big") + caption + b"\0" * (len(caption) % 2)
    )


def _xmp() -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="21,23.17N" '
        f'exif:GPSLongitude="103,1.3E" exif:UserComment="{CAMERA}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def _exif(image: Image.Image) -> bytes:
    exif = image.getexif()
    exif[270], exif[315] = f"{CAMERA} description", f"{CAMERA} artist"
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (21.0, 23.0, 10.0), 3: "E", 4: (103.0, 1.0, 18.0), 29: "2026:11:22"}
    )
    exif.get_ifd(0x8769).update({42032: f"{CAMERA} owner", 42033: f"{CAMERA} serial"})
    return exif.tobytes()


def camera_jpeg(path: Path) -> None:
    """Write a JPEG that says in every way it can where it was taken, and by whom."""
    image = Image.new("RGB", (640, 480), PUBLIC_COLOUR)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=_exif(image), comment=f"{CAMERA} comment".encode())
    data = buffer.getvalue()
    xmp = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp())
    iptc = _segment(0xED, b"Photoshop 3.0\0" + _iptc())
    path.write_bytes(data[:2] + xmp + iptc + data[2:])


def camera_tiff(path: Path) -> None:
    """Write a TIFF that does the same in its tags."""
    image = Image.new("RGB", (640, 480), PUBLIC_COLOUR)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[315] = f"{CAMERA} description", f"{CAMERA} artist"
    tags.tagtype[700] = tags.tagtype[33723] = 7
    tags[700], tags[33723] = _xmp(), _iptc()
    gps = TiffImagePlugin.ImageFileDirectory_v2()
    gps[1], gps[2], gps[3], gps[4] = "N", (21.0, 23.0, 10.0), "E", (103.0, 1.0, 18.0)
    tags[34853] = dict(gps)
    image.save(path, tiffinfo=tags)


def camera_png(path: Path) -> None:
    """Write a PNG that does the same in its chunks."""
    from PIL.PngImagePlugin import PngInfo

    image = Image.new("RGB", (640, 480), PUBLIC_COLOUR)
    info = PngInfo()
    info.add_text("Comment", f"{CAMERA} comment")
    info.add_itxt("XML:com.adobe.xmp", _xmp().decode())
    image.save(path, pnginfo=info, exif=_exif(image))
