"""What a file is, by its content: PRONOM's name for it, and the reader that may open it.

Two questions are kept apart. *Which format* is answered by PRONOM through siegfried, for the
record. *May it be opened, and by what* is answered by a short list of first bytes that we
allow: nothing else ever reaches a decoder, whatever the file is called.

A format that comes later (JPEG 2000, HEIC, PDF, camera raw) gets a line in :data:`FORMATS`
and a way to decode it in ``pipeline.decode``.
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
# TIFF compressions that the libvips wheel can decode; the others give black pixels or an error.
_TIFF_DECODABLE = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 50001})
# Camera raw files that pass for TIFF by their first bytes but not always by their tags.
_RAW_EXTENSIONS = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos",
        ".nef", ".nrw", ".pef", ".raw", ".rwl", ".sr2", ".srf", ".srw",
    }
)  # fmt: skip
_HEAD_BYTES = 512


@dataclass(frozen=True)
class Format:
    """One format we read.

    Attributes:
        name: What people call it.
        loader: Name of the libvips operation that reads it.
        mime_type: Its media type.
        extensions: File name extensions that suit it, lower case with the dot.
        has_pages: Whether one file may hold several images that all are views.
        matches: Whether a file that starts with these bytes is one.
    """

    name: str
    loader: str
    mime_type: str
    extensions: frozenset[str]
    has_pages: bool
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


def _is_avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in {b"avif", b"avis"}


def _format(
    name: str,
    loader: str,
    mime_type: str,
    extensions: str,
    matches: Callable[[bytes], bool],
    *,
    has_pages: bool = False,
) -> Format:
    return Format(name, loader, mime_type, frozenset(extensions.split()), has_pages, matches)


FORMATS: tuple[Format, ...] = (
    _format(
        "TIFF",
        "tiffload",
        "image/tiff",
        ".tif .tiff .btf .tf8 .ptif",
        _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
        has_pages=True,
    ),
    _format(
        "JPEG",
        "jpegload",
        "image/jpeg",
        ".jpg .jpeg .jpe .jfif .mpo",
        _starts(b"\xff\xd8\xff"),
    ),
    _format("PNG", "pngload", "image/png", ".png .apng", _starts(b"\x89PNG\r\n\x1a\n")),
    _format("GIF", "gifload", "image/gif", ".gif", _starts(b"GIF87a", b"GIF89a")),
    _format("WebP", "webpload", "image/webp", ".webp", _is_webp),
    _format("AVIF", "heifload", "image/avif", ".avif", _is_avif),
)


def identify(path: Path, *, name: str) -> Identity:
    """Return what the file at ``path`` is, by its content.

    Args:
        path: The file.
        name: Its name at the museum; only the extensions of camera raw files count.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    puid, format_name, mime_type = _pronom(path)
    known = next((entry for entry in FORMATS if entry.matches(head)), None)
    obstacle = _tiff_obstacle(path, name) if known and known.loader == "tiffload" else ""
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
    if head.startswith(b"%PDF"):
        return "PDF"
    try:
        # A letter may be cut in two at the end of what was read.
        text = head[:-3].decode("utf-8") if len(head) > 3 else head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 7 else ""
    if text and all(letter.isprintable() or letter.isspace() for letter in text):
        return "plain text"
    return f"of an unknown kind (it starts with {head[:8].hex(' ')})"


def _tiff_obstacle(path: Path, name: str) -> str:
    """Say what keeps a TIFF from being read, or nothing.

    A damaged directory is no obstacle here: decoding will find and tell it.
    """
    try:
        directories = tiff.read_directories(path)
    except ValueError:
        directories = ()
    extension = Path(name).suffix.lower()
    if extension in _RAW_EXTENSIONS or any(page.is_camera_raw for page in directories):
        return f"a camera raw image ({extension.lstrip('.').upper() or 'DNG'})"
    for page in directories:
        if page.number(tiff.COMPRESSION, 1) not in _TIFF_DECODABLE:
            return f"a TIFF with {page.compression} compression"
        if page.has_planar_tiles:
            return "a TIFF with separate tiles for each colour"
    return ""
