"""What a file is, by its content: PRONOM's name for it, and the reader that may open it.

Two questions are kept apart. *Which format* is answered by PRONOM through siegfried, for the
record. *May it be opened, and by what* is answered by a short list of first bytes that we
allow: nothing else ever reaches a decoder, whatever the file is called.

A new format gets a line in :data:`FORMATS` and, when no library here reads it, a reader in
``pipeline.readers``. Names decide nothing: a camera raw file called ``.tif`` is still one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pygfried

from pipeline import tiff

# DROID's own limit is 64 KiB at each end.
_SAMPLE_BYTES = 1 << 20
_HEAD_BYTES = 512


@dataclass(frozen=True)
class Format:
    """One format we read.

    Attributes:
        name: What people call it.
        reader: Name of its reader, a key of ``pipeline.readers.READERS``.
        loader: What that reader is told: the libvips operation, or Pillow's name of the format.
        mime_type: Its media type.
        extensions: File name extensions that suit it, lower case with the dot.
        matches: Whether a file that starts with these bytes is one.
    """

    name: str
    reader: str
    loader: str
    mime_type: str
    extensions: frozenset[str]
    matches: Callable[[bytes], bool]


@dataclass(frozen=True)
class Identity:
    """What a file turned out to be.

    Attributes:
        puid: PRONOM identifier, or ``UNKNOWN``.
        format_name: PRONOM's name of the format with its version, or ours.
        mime_type: Media type by content.
        format: How to read it, or None when it is not an image we read.
        obstacle: Why an image of a known kind cannot be read ("TIFF with … compression"), or
            empty.
    """

    puid: str
    format_name: str
    mime_type: str
    format: Format | None
    obstacle: str = ""

    @property
    def found(self) -> str:
        """What the content is, in words for a finding."""
        if self.obstacle:
            return self.obstacle
        known = "" if self.puid == "UNKNOWN" else f" ({self.puid})"
        return f"{self.format_name}{known}"


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_bmp(head: bytes) -> bool:
    """Two letters are too few to trust: the header's own length must be one there is."""
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {
        12, 16, 40, 52, 56, 64, 108, 124,
    }  # fmt: skip


def _brands(head: bytes) -> frozenset[bytes]:
    """Return the brands an ISO base media file names itself by (ISO/IEC 14496-12, 4.3)."""
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset({head[8:12], *(head[at : at + 4] for at in range(16, end, 4))})


def _is_avif(head: bytes) -> bool:
    return bool(_brands(head) & {b"avif", b"avis"})


def _is_heic(head: bytes) -> bool:
    return bool(
        _brands(head)
        & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1"}
    )


def _is_camera_raw(head: bytes) -> bool:
    """Know the raw files that do not pass for plain TIFF; the others are told by their tags."""
    return (
        b"crx " in _brands(head)
        or (head.startswith((b"II*\0", b"MM\0*")) and head[8:11] == b"CR\2")
        or head.startswith((b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FUJIFILMCCD-RAW", b"FOVb"))
    )


def _format(
    name: str,
    reader: str,
    loader: str,
    mime_type: str,
    extensions: str,
    matches: Callable[[bytes], bool],
) -> Format:
    return Format(name, reader, loader, mime_type, frozenset(extensions.split()), matches)


_CAMERA_RAW = _format(
    "camera RAW",
    "raw",
    "",
    "image/x-dcraw",
    ".3fr .arw .cr2 .cr3 .dcr .dng .erf .fff .iiq .kdc .mef .mos .nef .nrw .orf .pef .raf .raw"
    " .rw2 .rwl .sr2 .srf .srw .x3f",
    _is_camera_raw,
)
# The first that matches wins: CR2 begins like a TIFF, and an AVIF may name HEIC's general brand.
FORMATS: tuple[Format, ...] = (
    _CAMERA_RAW,
    _format(
        "TIFF",
        "tiff",
        "tiffload",
        "image/tiff",
        ".tif .tiff .btf .tf8 .ptif",
        _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    ),
    _format(
        "JPEG",
        "libvips",
        "jpegload",
        "image/jpeg",
        ".jpg .jpeg .jpe .jfif .mpo",
        _starts(b"\xff\xd8\xff"),
    ),
    _format("PNG", "libvips", "pngload", "image/png", ".png .apng", _starts(b"\x89PNG\r\n\x1a\n")),
    _format("GIF", "libvips", "gifload", "image/gif", ".gif", _starts(b"GIF87a", b"GIF89a")),
    _format("WebP", "libvips", "webpload", "image/webp", ".webp", _is_webp),
    _format("AVIF", "libvips", "heifload", "image/avif", ".avif", _is_avif),
    _format("HEIC", "heif", "", "image/heic", ".heic .heif .hif", _is_heic),
    _format(
        "JPEG 2000",
        "pillow",
        "JPEG2000",
        "image/jp2",
        ".jp2 .jpx .j2k .j2c .jpc .jpf",
        _starts(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    ),
    _format("BMP", "pillow", "BMP", "image/bmp", ".bmp .dib", _is_bmp),
    _format("PDF", "pdf", "", "application/pdf", ".pdf", _starts(b"%PDF-")),
)


def identify(path: Path) -> Identity:
    """Return what the file at ``path`` is, by its content.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    puid, format_name, mime_type = _pronom(path)
    known = next((entry for entry in FORMATS if entry.matches(head)), None)
    obstacle = ""
    if known is not None and known.loader == "tiffload":
        directories = _directories(path)
        obstacle = next((page.obstacle for page in directories if page.obstacle), "")
        if any(page.is_camera_raw for page in directories):
            known, obstacle = _CAMERA_RAW, ""
    if known is None:
        format_name = format_name or _described(head)
        return Identity(puid, format_name, mime_type or "application/octet-stream", None)
    return Identity(
        puid,
        format_name or known.name,
        mime_type or known.mime_type,
        None if obstacle else known,
        obstacle,
    )


@cache
def identifier_version() -> str:
    """Return the version of siegfried and of the PRONOM signatures it carries."""
    details = pygfried.identify(__file__, detailed=True)
    pronom = details["identifiers"][0]["details"].split(".xml")[0]
    return f"siegfried {details['siegfried']}, PRONOM {pronom}"


def _pronom(path: Path) -> tuple[str, str, str]:
    with _sample(path) as sample:
        details = pygfried.identify(str(sample), detailed=True)
    match = details["files"][0]["matches"][0]
    name = " ".join(part for part in (match["format"], match["version"]) if part)
    return match["id"] or "UNKNOWN", name, match["mime"].split(",")[0].strip()


@contextmanager
def _sample(path: Path) -> Iterator[Path]:
    """Give what siegfried needs to see of a file: of a large one its beginning and its end.

    Signatures stand there; siegfried searches a file that might hold one to its last byte, which
    takes 2 s for a TIFF of 300 MB. DROID, the PRONOM project's own tool, looks at less.

    Raises:
        OSError: The file cannot be read, or the sample not written.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        size_bytes = file.seek(0, os.SEEK_END)
        # A PDF says in the middle of the file which PDF/A it is.
        if size_bytes <= 4 * _SAMPLE_BYTES or head.startswith(b"%PDF"):
            yield path
            return
        file.seek(-_SAMPLE_BYTES, os.SEEK_END)
        tail = file.read()
    with tempfile.TemporaryDirectory(prefix="hoaban-identify-") as folder:
        # Siegfried compares the extension, too.
        sample = Path(folder) / f"sample{path.suffix}"
        sample.write_bytes(head + tail)
        yield sample


def _described(head: bytes) -> str:
    """Say what a file is that PRONOM does not know; PRONOM knows text by its name only."""
    try:
        # A letter may be cut in two at the end of what was read.
        text = head[:-3].decode("utf-8") if len(head) > 3 else head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 7 else ""
    if text and all(letter.isprintable() or letter.isspace() for letter in text):
        return "plain text"
    return f"of an unknown kind (it starts with {head[:8].hex(' ')})"


def _directories(path: Path) -> tuple[tiff.Directory, ...]:
    """Read a TIFF's directories; a damaged one is no obstacle here: its reader will tell."""
    try:
        return tiff.read_directories(path)
    except ValueError:
        return ()
