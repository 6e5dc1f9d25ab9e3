"""What a picture's file carries beside the picture: programs, broken descriptions, profiles.

Nothing here is ever run, unpacked or shown; it is told, because the master that goes to a partner
is the file as it came. Only the first and last bytes are read, so a hostile file costs little.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from pipeline.identify import Identity

# Comments and descriptions stand at the beginning of a file, and what was put behind it at its end.
_EDGE_BYTES = 1 << 16
# The edges of one file in forty million hold the shortest by chance.
_PROGRAM = re.compile(
    rb"<(?:[Ss][Cc][Rr][Ii][Pp][Tt][\s>/]|[Ii][Ff][Rr][Aa][Mm][Ee][\s>/]|\?[Pp][Hh][Pp]\s"
    rb"|![Dd][Oo][Cc][Tt][Yy][Pp][Ee] [Hh][Tt][Mm][Ll])"
)
_MOST_CHUNKS = 64
_MOST_DIRECTORIES = 8
_EXIF_POINTERS = frozenset({34665, 34853, 40965})
# Of the types of TIFF 6.0, in bytes.
_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4)
# Makers point out of the block on purpose, and programs pad.
_UNBOUND = frozenset({37500, 59932, 59933})


def program_in(path: Path) -> str:
    """Return how a program for a browser or a web server begins that stands in a file, or nothing.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        size_bytes = file.seek(0, 2)
        for at in dict.fromkeys((0, max(0, size_bytes - _EDGE_BYTES))):
            file.seek(at)
            if found := _PROGRAM.search(file.read(_EDGE_BYTES)):
                return found[0].decode("ascii").rstrip(" \t\r\n>/\v\f")
    return ""


def is_profile_passed_over(path: Path, identity: Identity) -> bool:
    """Say whether a PNG of which no profile was read has one: too large, or not as it must be.

    Raises:
        OSError: The file cannot be read.
    """
    if identity.format is None or identity.format.name != "PNG":
        return False
    with path.open("rb") as file:
        file.seek(8)
        for _chunk in range(_MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8 or head[4:] == b"IDAT":
                return False
            if head[4:] == b"iCCP":
                return True
            file.seek(int.from_bytes(head[:4], "big") + 4, 1)
    return False


def is_exif_damaged(path: Path, identity: Identity) -> bool:
    """Say whether the EXIF of a JPEG runs in circles or points out of itself.

    Only the directories are followed whose tags are read: of the picture, the exposure, the place.

    Raises:
        OSError: The file cannot be read.

    Source: Exif 2.32 (CIPA DC-008), section 4.5; TIFF 6.0, section 2.
    """
    if identity.format is None or identity.format.name != "JPEG":
        return False
    with path.open("rb") as file:
        block = _exif_of(file.read(_EDGE_BYTES * 2))
    try:
        return block is not None and not _is_sound(block)
    except struct.error:
        return True


def _exif_of(start: bytes) -> bytes | None:
    """Return the EXIF block of a JPEG's segments, or None where there is none."""
    at = 2
    while at + 4 <= len(start) and start[at] == 0xFF and start[at + 1] not in (0xDA, 0xD9):
        length = int.from_bytes(start[at + 2 : at + 4], "big")
        if start[at + 1] == 0xE1 and start[at + 4 : at + 10] == b"Exif\0\0":
            end = at + 2 + length
            # What stands far behind a large profile is not looked at.
            return start[at + 10 : end] if end <= len(start) else None
        at += 2 + length
    return None


def _is_sound(block: bytes) -> bool:
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return False
    version, first = struct.unpack_from(f"{order}HI", block, 2)
    if version != 42:
        return False
    waiting, seen = [first], set[int]()
    while waiting:
        at = waiting.pop()
        if at in seen or len(seen) == _MOST_DIRECTORIES:
            return False
        seen.add(at)
        (count,) = struct.unpack_from(f"{order}H", block, at)
        for number in range(count):
            entry = at + 2 + 12 * number
            tag, kind, values, value = struct.unpack_from(f"{order}HHII", block, entry)
            if tag in _EXIF_POINTERS:
                waiting.append(value)
            size_bytes = values * (_SIZES[kind] if kind < len(_SIZES) else 0)
            if size_bytes > 4 and tag not in _UNBOUND and value + size_bytes > len(block):
                return False
        if at == first and at + 6 + 12 * count <= len(block):
            (thumbnail,) = struct.unpack_from(f"{order}I", block, at + 2 + 12 * count)
            waiting += [thumbnail] if thumbnail else []
    return True
