"""What a camera RAW file says of its pixels, read without LibRaw: their depth and their end.

LibRaw tells a depth only after it has unpacked the pixels, and shows some files that were cut
short with a black part.

Source: TIFF 6.0 and DNG 1.7 for the tags; ITU-T T.81, B.2.2, for the frame header in a CR2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline import cr3, tiff
from pipeline.problem import ScanProblem

_FRAME_LOSSLESS = 0xC3
_JPEG = 7
_MOST_SEGMENTS = 100


@dataclass(frozen=True)
class RawHeader:
    """What the directories say.

    Attributes:
        bits: Bit depth of a sample, or 0 when they do not say.
        samples: Samples of each pixel.
    """

    bits: int = 0
    samples: int = 1


def read_raw_header(path: Path) -> RawHeader:
    """Return what a RAW file's directories say; nothing for kinds of them not known here.

    Raises:
        ScanProblem: The file ends before its pixels do, or its directories are damaged.
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        _refuse_missing(cr3.missing_bytes(path))
        return RawHeader(cr3.read_bits(path))
    if head[:4] not in {b"II*\0", b"MM\0*"}:
        return RawHeader()
    if head[8:10] == b"CR":
        return _cr2_header(path, _directories(path))
    return _mosaic_header(path)


def _mosaic_header(path: Path) -> RawHeader:
    """Read the directories of mosaics; others of the file may be damaged, as LibRaw has it."""
    try:
        found = tiff.read_directories(path, most_pieces=tiff.MOST_PIECES, keeps_good=True)
    except ValueError as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error
    mosaics = [page for page in _every(found) if page.is_mosaic]
    if not mosaics:
        _directories(path)  # tells what hides the mosaic, if anything does
        return RawHeader()
    _refuse_beyond(path, mosaics)
    if any(tiff.DNG_VERSION in page.tags for page in found):
        _refuse_blank(path, mosaics)
    main = max(mosaics, key=lambda page: page.pixels)
    white = main.number(tiff.WHITE_LEVEL)
    # The white of floating-point numbers is 1.
    bits = white.bit_length() if white > 1 else main.bits
    return RawHeader(bits, main.number(tiff.SAMPLES_PER_PIXEL, 1))


def _directories(path: Path) -> tuple[tiff.Directory, ...]:
    try:
        return tiff.read_directories(path, most_pieces=tiff.MOST_PIECES)
    except ValueError as error:
        raise ScanProblem("SCAN-damaged", reason=str(error)) from error


def _every(directories: tuple[tiff.Directory, ...]) -> Iterator[tiff.Directory]:
    for directory in directories:
        yield directory
        yield from _every(directory.sub_directories)


def _refuse_beyond(path: Path, directories: list[tiff.Directory]) -> None:
    end = max((_pixels_end(page) for page in directories), default=0)
    _refuse_missing(end - path.stat().st_size)


def _pixels_end(page: tiff.Directory) -> int:
    """Return the byte after the last pixel: some strips claim more bytes than they have."""
    pieces = page.pieces
    left = sum(length for _, length in pieces)
    if page.number(tiff.COMPRESSION, 1) == 1 and page.is_mosaic and not page.has_tiles:
        samples = page.number(tiff.SAMPLES_PER_PIXEL, 1)
        # Some cameras write 12 or 14 bits into 16.
        sizes = [page.pixels * samples * bits // 8 for bits in (32, 16, page.bits)]
        left = next((size for size in sizes if 0 < size <= left), left)
    end = 0
    for place, length in pieces:
        if left > 0:
            end = max(end, place + min(length, left))
        left -= length
    return end


def _refuse_blank(path: Path, mosaics: list[tiff.Directory]) -> None:
    """Refuse a strip or tile of lossless JPEG that does not begin as one: LibRaw says nothing."""
    with path.open("rb") as file:
        for page in mosaics:
            for place, _ in page.pieces if page.number(tiff.COMPRESSION) == _JPEG else ():
                file.seek(place)
                if file.read(2) != b"\xff\xd8":
                    reason = f"no pixels at byte {place}"
                    raise ScanProblem("SCAN-damaged", reason=reason)


def _refuse_missing(missing: int) -> None:
    if missing > 0:
        raise ScanProblem("SCAN-damaged", reason=f"its last {missing} bytes are missing")


def _cr2_header(path: Path, directories: tuple[tiff.Directory, ...]) -> RawHeader:
    """Read the header of the lossless JPEG that a CR2's last directory points to."""
    _refuse_beyond(path, list(directories))
    with path.open("rb") as file:
        file.seek(directories[-1].number(tiff.STRIP_OFFSETS) + 2)
        for _ in range(_MOST_SEGMENTS):
            marker = file.read(4)
            length = int.from_bytes(marker[2:], "big")
            if len(marker) < 4 or marker[0] != 0xFF or length < 2:
                break
            if marker[1] == _FRAME_LOSSLESS:
                frame = file.read(6).ljust(6, b"\0")
                # Two or four components are columns of a mosaic; three are sRAW's colours.
                return RawHeader(frame[0], 3 if frame[5] == 3 else 1)
            file.seek(length - 2, 1)
    return RawHeader()
