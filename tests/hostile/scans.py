"""Scans made to do harm, each small on the disk: what they must be called, by their kind."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

# One of these, and the picture is set aside.
REFUSED = frozenset({"SCAN-too-large", "SCAN-damaged", "SCAN-not-an-image", "SCAN-worker-failed"})
# Shown, and nothing is said: docs/fuzzing.md says why.
QUIET: frozenset[str] = frozenset()


def shown(code: str) -> frozenset[str]:
    """The picture is shown, and this is told of its file."""
    return frozenset({code})


def png_chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + png_chunk(b"IEND", b"")


def zeros(length: int) -> bytes:
    """Return zlib data of so many zeros, made of one compressed block over and over."""
    size = 1 << 16
    press = zlib.compressobj(9, wbits=-15)
    block = press.compress(bytes(size)) + press.flush(zlib.Z_FULL_FLUSH)
    count = -(-length // size)
    adler = struct.pack(">HH", count * size % 65521, 1)
    return b"\x78\x9c" + block * count + b"\x03\0" + adler


def png_of_bits() -> bytes:
    side = 40_000  # 1.6 Gpx from 200 kB
    return png(side, side, png_chunk(b"IDAT", zeros(side * (side // 8 + 1))), bits=1, colour=0)


def small_png(*chunks: bytes) -> bytes:
    rows = b"".join(b"\0" + bytes((120, 90, 60)) * 8 for _ in range(8))
    return png(8, 8, *chunks, png_chunk(b"IDAT", zlib.compress(rows)))


def png_profile_bomb() -> bytes:
    return small_png(png_chunk(b"iCCP", b"bomb\0\0" + zeros(400 << 20)))


def png_text_bomb() -> bytes:
    return small_png(png_chunk(b"zTXt", b"Comment\0\0" + zeros(400 << 20)))


def tiff(entries: list[tuple[int, int, int, int]], tail: bytes = b"", following: int = 0) -> bytes:
    """One directory at 8; entries are (tag, type, count, value or offset)."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    return head + body + struct.pack("<I", following) + tail


def tiff_of(width: int, height: int, **more: int) -> bytes:
    data = more.pop("data_at", 8 + 2 + 12 * 10 + 4)
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, more.get("bits", 8)),
        (259, 3, 1, more.get("compression", 8)),
        (262, 3, 1, 1),
        (273, 4, 1, data),
        (277, 3, 1, more.get("samples", 1)),
        (278, 4, 1, more.get("rows", height)),
        (279, 4, 1, more.get("length", 4)),
        (284, 3, 1, 1),
    ]
    return tiff(entries, b"\0" * 8, more.get("following", 0))


def tiff_deflate_bomb() -> bytes:
    """A strip that says one row and unpacks to 400 MB."""
    packed = zeros(400 << 20)
    data = 8 + 2 + 12 * 10 + 4
    return tiff_of(4000, 4000, length=len(packed), data_at=data)[:data] + packed


def tiff_of_many_pages() -> bytes:
    """70,000 directories in a row, each of one pixel."""
    out = io.BytesIO()
    out.write(b"II*\0" + struct.pack("<I", 8))
    pages = 70_000
    size = 2 + 12 * 9 + 4
    for page in range(pages):
        at = 8 + page * size
        entries = [
            (256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1),
        ]  # fmt: skip
        out.write(struct.pack("<H", 9) + b"".join(struct.pack("<HHII", *e) for e in entries))
        out.write(struct.pack("<I", at + size if page < pages - 1 else 0))
    return out.getvalue()


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or Image.new("RGB", (320, 240), (150, 110, 60))).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def jpeg_of_size(width: int, height: int) -> bytes:
    """A whole JPEG whose header claims another size."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG whose last scan is repeated 20,000 times."""
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 20_000 + b"\xff\xd9"


def jpeg_with_exif(exif: bytes) -> bytes:
    data = jpeg()
    body = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def exif_loop() -> bytes:
    return jpeg_with_exif(tiff([(34665, 4, 1, 8), (34853, 4, 1, 8)], following=8))


def exif_counts() -> bytes:
    odd = [
        (270, 2, 0xFFFFFFFF, 8),
        (274, 3, 1, 200),
        (282, 5, 1, 0xFFFFFFF0),
        (306, 2, 0x7FFFFFFF, 0),
        (37500, 7, 0xFFFFFFFF, 20),
    ]
    return jpeg_with_exif(tiff(odd))


def exif_zero_resolution() -> bytes:
    entries = [(282, 5, 1, 62), (283, 5, 1, 62), (296, 3, 1, 2)]
    return jpeg_with_exif(tiff(entries, bytes(40)))


def jpeg_that_is_a_page() -> bytes:
    data = jpeg()
    body = b"<script>alert(1)</script><!--"
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(body) + 2) + body + data[2:] + b"-->"


def jp2(width: int, height: int, tile: int = 1024, components: int = 3) -> bytes:
    siz = struct.pack(">HIIIIIIIIH", 0, width, height, 0, 0, tile, tile, 0, 0, components)
    siz += bytes((7, 1, 1)) * components
    code = b"\xff\x4f\xff\x51" + struct.pack(">H", len(siz) + 2) + siz
    code += b"\xff\x52\0\x0c\0\0\0\1\0\5\4\4\0\1" + b"\xff\x5c\0\x04\x40\x40" + b"\xff\xd9"
    box = lambda kind, data: struct.pack(">I", len(data) + 8) + kind + data  # noqa: E731
    header = box(b"ihdr", struct.pack(">IIHBBBB", height, width, components, 7, 7, 0, 0))
    header += box(b"colr", b"\1\0\0" + struct.pack(">I", 16))
    start = b"\0\0\0\x0cjP  \r\n\x87\n" + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + box(b"jp2h", header) + box(b"jp2c", code)


def jp2_of_boxes() -> bytes:
    """A box of length 0 in the header, one of length 1 without its 64 bits, one beyond the end."""
    good = jp2(64, 64)
    return good.replace(b"colr", b"colR") + struct.pack(">I", 1) + b"uuid" + b"\xff" * 6


def gif(width: int, height: int, frames: int = 1) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return head + frame * frames + b";"


# A lossless WebP of one colour, 16383 pixels wide and high, in 38 bytes.
LARGE_WEBP = bytes.fromhex(
    "524946461e000000574542505650384c110000002ffebfff0f0750b75a96a7ff8188e87f0000"
)


def webp_of_size() -> bytes:
    data = bytearray(LARGE_WEBP)
    at = data.index(b"VP8L") + 9
    data[at : at + 4] = b"\xff\xff\xff\x0f"  # 16384 x 16384
    return bytes(data)


SCANS: dict[str, tuple[Callable[[], bytes], frozenset[str]]] = {
    "png-header.png": (lambda: png(60_000, 60_000, png_chunk(b"IDAT", b"")), REFUSED),
    "png-of-bits.png": (png_of_bits, REFUSED),
    "png-negative.png": (lambda: png(0xFFFFFFFF, 0xFFFFFFFF), REFUSED),
    "png-no-pixels.png": (lambda: png(0, 0), REFUSED),
    "png-profile-bomb.png": (png_profile_bomb, shown("SCAN-bad-profile")),
    "png-text-bomb.png": (png_text_bomb, QUIET),
    "tiff-header.tif": (lambda: tiff_of(1_000_000, 1_000_000), REFUSED),
    "tiff-wide.tif": (lambda: tiff_of(0xFFFFFFFF, 1), REFUSED),
    "tiff-bomb.tif": (tiff_deflate_bomb, QUIET),
    "tiff-loop.tif": (lambda: tiff_of(8, 8, following=8), REFUSED),
    "tiff-pages.tif": (tiff_of_many_pages, REFUSED),
    "tiff-samples.tif": (lambda: tiff_of(64, 64, samples=65_535, compression=1), REFUSED),
    "tiff-bits.tif": (lambda: tiff_of(64, 64, bits=65_535, compression=1), REFUSED),
    "tiff-outside.tif": (lambda: tiff_of(64, 64, compression=1, data_at=0x7FFFFFF0), REFUSED),
    "tiff-counts.tif": (lambda: tiff([(256, 4, 0xFFFFFFFF, 8), (257, 3, 1, 8)]), REFUSED),
    "tiff-no-pixels.tif": (lambda: tiff_of(0, 0), REFUSED),
    "jpeg-header.jpg": (lambda: jpeg_of_size(65_500, 65_500), REFUSED),
    "jpeg-scans.jpg": (jpeg_of_many_scans, REFUSED),
    "jpeg-exif-loop.jpg": (exif_loop, shown("SCAN-bad-exif")),
    "jpeg-exif-counts.jpg": (exif_counts, shown("SCAN-bad-exif")),
    "jpeg-exif-zero.jpg": (exif_zero_resolution, QUIET),
    "jpeg-page.jpg": (jpeg_that_is_a_page, shown("SCAN-program")),
    "jp2-header.jp2": (lambda: jp2(0x7FFFFFFF, 0x7FFFFFFF), REFUSED),
    "jp2-tiles.jp2": (lambda: jp2(60_000, 60_000, tile=1), REFUSED),
    "jp2-components.jp2": (lambda: jp2(64, 64, components=16_384), REFUSED),
    "jp2-boxes.jp2": (jp2_of_boxes, REFUSED),
    "gif-header.gif": (lambda: gif(65_535, 65_535), QUIET),
    "gif-frames.gif": (lambda: gif(2_000, 2_000, frames=100_000), shown("SCAN-more-images")),
    "webp-large.webp": (lambda: LARGE_WEBP, REFUSED),
    "webp-header.webp": (webp_of_size, REFUSED),
    "drawing.svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', REFUSED),
    "renamed.tif": (lambda: b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
                    REFUSED),
    "program.jpg": (lambda: b"MZ\x90\0" + bytes(2000), REFUSED),
}  # fmt: skip


def write_scans(folder: Path) -> list[str]:
    """Write every hostile scan, and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, _codes) in SCANS.items():
        (folder / name).write_bytes(make())
    return list(SCANS)
