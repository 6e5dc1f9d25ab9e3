"""Whether a file may be opened, and by what.

A short list of first bytes decides that we allow: nothing else ever reaches a decoder, whatever
the file is called. What PRONOM calls the file is another question, asked for the record only
(``pipeline.naming``).

A new format gets a line in :data:`FORMATS` and, when no library here reads it, a reader in
``pipeline.readers``. Names decide nothing: a camera raw file called ``.tif`` is still one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import tiff

_HEAD_BYTES = 512


@dataclass(frozen=True)
class Format:
    """One format we read.

    Attributes:
        name: What people call it.
        reader: Name of its reader, a key of ``pipeline.readers.READERS``.
        loader: What that reader is told: the libvips operation, Pillow's name of the format, or
            FFmpeg's name of the demuxer.
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
        format: How to read it, or None when it is nothing that we read.
        found: What the content is, in words for a finding ("TIFF with … compression").
        is_known: The content is of a kind in our list, though perhaps one that cannot be read.
    """

    format: Format | None
    found: str
    is_known: bool = True


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


def _is_video_iso(head: bytes) -> bool:
    """Know ISO base media files by a brand of film; any other brand that is left is one, too."""
    return head[4:8] == b"ftyp" and not _is_quicktime(head) and not _is_sound_iso(head)


def _is_sound_iso(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in {b"M4A ", b"M4B ", b"F4A "}


def _is_quicktime(head: bytes) -> bool:
    """Know films of before there were brands by the box that they begin with."""
    if head[4:8] == b"ftyp":
        return head[8:12] == b"qt  "
    return head[4:8] in {b"moov", b"mdat", b"wide", b"free", b"skip"}


def _is_webm(head: bytes) -> bool:
    return head.startswith(_EBML) and b"webm" in head[:64]


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] in {b"RIFF", b"RF64"} and head[8:12] == kind


def _is_aiff(head: bytes) -> bool:
    return head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"}


def _is_transport_stream(head: bytes) -> bool:
    """Packets have 188 bytes, or 192 with a time before each (ISO/IEC 13818-1; AVCHD)."""
    return any(
        all(head[at : at + 1] == b"\x47" for at in range(first, _HEAD_BYTES - 1, size))
        for first, size in ((0, 188), (4, 192))
    )


def _is_mp3(head: bytes) -> bool:
    """Know MP3 by its tag, or by a frame whose header has no value that there is none of."""
    if head.startswith(b"ID3"):
        return True
    is_layer_3 = (
        len(head) > 3 and head[0] == 0xFF and head[1:2] in {b"\xfa", b"\xfb", b"\xf2", b"\xf3"}
    )
    return is_layer_3 and head[2] >> 4 not in {0, 15} and head[2] >> 2 & 3 != 3


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


def _recording(
    name: str,
    demuxer: str,
    mime_type: str,
    extensions: str,
    matches: Callable[[bytes], bool],
) -> Format:
    return _format(name, "recording", demuxer, mime_type, extensions, matches)


_EBML = b"\x1a\x45\xdf\xa3"
_ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"
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
    _recording("QuickTime", "mov", "video/quicktime", ".mov .qt .mp4 .m4v", _is_quicktime),
    _recording("M4A", "mov", "audio/mp4", ".m4a .m4b .mp4", _is_sound_iso),
    _recording("MP4", "mov", "video/mp4", ".mp4 .m4v .mov .m4a .3gp .3g2", _is_video_iso),
    _recording("WebM", "matroska", "video/webm", ".webm .mkv .weba", _is_webm),
    _recording("Matroska", "matroska", "video/x-matroska", ".mkv .mka .webm", _starts(_EBML)),
    _recording("AVI", "avi", "video/x-msvideo", ".avi", _riff(b"AVI ")),
    _recording("Windows Media", "asf", "video/x-ms-asf", ".wmv .wma .asf", _starts(_ASF)),
    _recording("MPEG", "mpeg", "video/mpeg", ".mpg .mpeg .vob .m2p .dat", _starts(b"\0\0\1\xba")),
    _recording(
        "MPEG transport stream", "mpegts", "video/mp2t", ".ts .mts .m2ts", _is_transport_stream
    ),
    _recording("DV", "dv", "video/dv", ".dv .dif", _starts(b"\x1f\7\0")),
    _recording("WAV", "wav", "audio/x-wav", ".wav .bwf .wave .rf64", _riff(b"WAVE")),
    _recording("AIFF", "aiff", "audio/x-aiff", ".aif .aiff .aifc", _is_aiff),
    _recording("FLAC", "flac", "audio/flac", ".flac", _starts(b"fLaC")),
    _recording("Ogg", "ogg", "audio/ogg", ".ogg .oga .ogv .opus .spx", _starts(b"OggS")),
    _recording("AMR", "amr", "audio/amr", ".amr", _starts(b"#!AMR")),
    _recording("MP3", "mp3", "audio/mpeg", ".mp3", _is_mp3),
)


RECORDING_EXTENSIONS: frozenset[str] = frozenset[str]().union(
    *(known.extensions for known in FORMATS if known.reader == "recording")
)


def identify(path: Path) -> Identity:
    """Return what the file at ``path`` is, by its content.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    known = next((entry for entry in FORMATS if entry.matches(head)), None)
    if known is None:
        return Identity(None, _described(head), is_known=False)
    if known.loader == "tiffload":
        directories, is_whole = _directories(path)
        if any(page.is_camera_raw for page in directories):
            return Identity(_CAMERA_RAW, _CAMERA_RAW.name)
        obstacle = next((page.obstacle for page in directories if page.obstacle), "")
        if obstacle and is_whole:
            return Identity(None, obstacle)
    return Identity(known, known.name)


def _described(head: bytes) -> str:
    """Say what an unlisted file is, for when PRONOM has no name for it, as for all text."""
    try:
        # A letter may be cut in two at the end of what was read.
        text = head[:-3].decode("utf-8") if len(head) > 3 else head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 7 else ""
    if text and all(letter.isprintable() or letter.isspace() for letter in text):
        return "plain text"
    return f"of an unknown kind (it starts with {head[:8].hex(' ')})"


def _directories(path: Path) -> tuple[tuple[tiff.Directory, ...], bool]:
    """Read a TIFF's directories, and whether none is damaged: no obstacle, its reader tells."""
    try:
        return tiff.read_directories(path), True
    except ValueError:
        pass  # the good ones tell whether it is camera RAW
    try:
        return tiff.read_directories(path, keeps_good=True), False
    except ValueError:
        return (), False
