"""Makes CR3 files as an EOS M50 does: boxes of an ISO base media file around a CRX image.

Source: ISO/IEC 14496-12 for the boxes; L. Clévy, "Describing the Canon Raw v3 (CR3) file format",
for Canon's own.
"""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

from tests.imaging.cr2_making import canon_note
from tests.imaging.crx_coding import crx_compressed, header_bytes, tile_width
from tests.imaging.raw_tags import camera_tags, exif_tags, gps_tags, preview
from tests.imaging.sensors import EOS_M50, Camera, framed, mosaic, sensor_size
from tests.imaging.tiff_making import SHORT, Tags, directory

_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_BITS = 14


def _box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def _full_box(name: bytes, *content: bytes) -> bytes:
    return _box(name, bytes(4), *content)


def _tiff(tags: Tags) -> bytes:
    return struct.pack("<2sHI", b"II", 42, 8) + directory(tags, 8)


def _m50_colours(camera: Camera) -> list[int]:
    """Return ColorData of version 9, as the M50 writes it."""
    red, green, blue = camera.balance
    colours = [0] * 1820
    colours[0] = 16
    for at in (0x47, 0x4C, 0x51):
        colours[at : at + 4] = [red, green, green, blue]
    colours[0x149:0x14D] = colours[0x318:0x31C] = [camera.black] * 4
    colours[0x31C:0x31E] = [camera.white - 1000, camera.white]
    return colours


def _timed_metadata(camera: Camera) -> bytes:
    """Return the CTMD sample: the colour data, as a maker note in a record of type 8."""
    note = _tiff({0x4001: (SHORT, _m50_colours(camera))})
    record = struct.pack("<II", 8 + len(note), 0x927C) + note
    return struct.pack("<IH6x", 12 + len(record), 8) + record


def _track(handler: bytes, described: bytes, size_bytes: int, offset: int) -> bytes:
    """Return a track of one sample in one chunk."""
    table = _box(
        b"stbl",
        _full_box(b"stsd", struct.pack(">I", 1), described),
        _full_box(b"stts", struct.pack(">III", 1, 1, 1)),
        _full_box(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full_box(b"stsz", struct.pack(">II", size_bytes, 1)),
        _full_box(b"co64", struct.pack(">IQ", 1, offset)),
    )
    media = _box(
        b"mdia",
        _full_box(b"mdhd", bytes(20)),
        _full_box(b"hdlr", bytes(4), handler, bytes(13)),
        _box(b"minf", table),
    )
    return _box(b"trak", _full_box(b"tkhd", bytes(80)), media)


def _visual(width: int, height: int, *boxes: bytes) -> bytes:
    """Return a CRAW sample entry: that of any video, four more bytes, and its boxes."""
    entry = struct.pack(">6xH16xHHII4xH32xHH", 1, width, height, 72 << 16, 72 << 16, 1, 24, 0xFFFF)
    return _box(b"CRAW", entry, bytes(4), *boxes)


def _crx_entry(width: int, height: int) -> bytes:
    sizes = struct.pack(">IIII", width, height, tile_width(width), height)
    columns = int(tile_width(width) < width)
    coding = struct.pack(">BBBB", _BITS, 4 << 4, 0, columns << 7)
    described = struct.pack(">HHHH", 0xFFFF, 0x30, 0x100, 0) + sizes + coding
    described += struct.pack(">I", header_bytes(width))
    return _visual(width, height, _box(b"CMP1", described.ljust(52, b"\0")))


def _moov(
    image: Image.Image, camera: Camera, orientation: int, samples: list[tuple[int, int]]
) -> bytes:
    """Return the header: metadata, and tracks of the JPEG, the mosaic and the timed metadata."""
    size = sensor_size(image.size)
    small = preview(image)
    first = camera_tags(camera, orientation) | {
        256: (SHORT, [image.width]),
        257: (SHORT, [image.height]),
    }
    note = canon_note(camera, image.size, model_id=0x412, colours=())
    del note[0x4001]
    canon = _box(
        b"uuid",
        _CANON,
        _box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00"),
        _box(b"CMT1", _tiff(first)),
        _box(b"CMT2", _tiff(exif_tags())),
        _box(b"CMT3", _tiff(note)),
        _box(b"CMT4", _tiff(gps_tags())),
        _full_box(b"THMB", struct.pack(">HHII", 160, 120, len(small), 1 << 16), small),
    )
    jpeg = _visual(*image.size, _full_box(b"JPEG"))
    timed = _box(b"CTMD", bytes(68))
    entries = ((b"vide", jpeg), (b"vide", _crx_entry(*size)), (b"meta", timed))
    tracks = [
        _track(handler, entry, *sample)
        for (handler, entry), sample in zip(entries, samples, strict=True)
    ]
    return _box(b"moov", canon, _full_box(b"mvhd", bytes(96)), *tracks)


def write_cr3(
    path: Path, image: Image.Image, *, orientation: int = 1, camera: Camera = EOS_M50
) -> None:
    """Write a CR3 of an EOS M50, its pixels without loss; they end the file."""
    small = preview(image)
    counts = framed(mosaic(image, camera), image.size, camera.black)
    raw = crx_compressed(counts, *sensor_size(image.size), bits=_BITS)
    # The camera writes the timed metadata last; here the pixels end the file, to be cut.
    pieces = [small, _timed_metadata(camera), raw]
    shown = struct.pack(">IHHHHI", 0, 1, image.width, image.height, 1, len(small)) + small
    begin = _box(b"ftyp", b"crx \0\0\0\1crx isom")
    end = _box(b"uuid", _PREVIEW, bytes(8), _box(b"PRVW", shown))
    before = len(begin) + len(_moov(image, camera, orientation, [(0, 0)] * 3)) + len(end) + 8
    offsets = [before + sum(map(len, pieces[:number])) for number in range(3)]
    jpeg, timed, pixels = ((len(p), o) for p, o in zip(pieces, offsets, strict=True))
    moov = _moov(image, camera, orientation, [jpeg, pixels, timed])
    path.write_bytes(begin + moov + end + _box(b"mdat", *pieces))
