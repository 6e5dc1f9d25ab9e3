"""The files of a delivered folder: which are scans or recordings, which could be the catalogue.

Symbolic links are followed only where they end inside the folder; a folder behind a link is
never entered, and neither is an archive that stands inside the delivery.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.layout import CONFIG_NAME
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.hidden_letters import has_turning, hidden_in
from schemas.messages import _

SHEET_EXTENSIONS = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".xls", ".ods"})
# fmt: off
SCAN_EXTENSIONS = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".png", ".webp", ".heic", ".heif",
        ".avif", ".gif", ".bmp", ".jp2", ".j2k", ".jpx", ".jpf", ".pdf", ".dng", ".cr2", ".cr3",
        ".nef", ".arw", ".raf", ".orf", ".rw2", ".psd", ".psb", ".btf", ".tf8", ".ptif", ".mpo",
        ".apng", ".dib", ".hif", ".j2c", ".jpc", ".3fr", ".dcr", ".erf", ".fff", ".iiq", ".kdc",
        ".mef", ".mos", ".nrw", ".pef", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
        ".mp4", ".m4v", ".mov", ".qt", ".webm", ".mkv", ".avi", ".wmv", ".mpg", ".mpeg", ".vob",
        ".mts", ".m2ts", ".dv", ".3gp", ".mp3", ".m4a", ".wav", ".bwf", ".aif", ".aiff", ".flac",
        ".ogg", ".oga", ".ogv", ".opus", ".wma", ".amr", ".mka",
    }
)
# Never scans, so their first bytes need not be read.
_OTHER_EXTENSIONS = SHEET_EXTENSIONS | frozenset(
    {
        ".txt", ".md", ".doc", ".docx", ".ppt", ".pptx", ".html", ".htm", ".xml", ".json",
        ".toml", ".ini", ".db", ".zip", ".rar", ".7z", ".lnk", ".url", ".xmp",
    }
)
# fmt: on
_MAGICS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"GIF8",
    b"\0\0\0\x0cjP  \r\n\x87\n",
    b"%PDF-",
    b"\xff\x4f\xff\x51",
    b"FUJIFILMCCD-RAW",
    b"IIU\0",
    b"IIRO",
    b"IIRS",
)
_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"crx ")
# Control characters, line separators, and bytes that are no text (surrogates).
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MAX_DEPTH = 32
_JUNK_NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "$recycle.bin", "__macosx"})
# Excel's and LibreOffice's locks, and what hidden files of any program begin with.
_JUNK_STARTS = ("~$", ".", "@ea")


@dataclass(frozen=True)
class SourceFile:
    """One file of a delivery.

    Attributes:
        path: Where it is.
        name: Its path relative to the delivery, POSIX form, NFC.
        is_scan: It has the extension of an image, PDF or recording, or begins as an image.
    """

    path: Path
    name: str
    is_scan: bool

    @property
    def extension(self) -> str:
        """Its extension in lower case, with the dot."""
        return self.path.suffix.lower()


@dataclass(frozen=True)
class Listing:
    """The files of a delivery, sorted by name, and what is wrong with any of them."""

    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...]

    @property
    def scans(self) -> int:
        """The number of scans."""
        return sum(file.is_scan for file in self.files)


def list_source(source: Path) -> Listing:
    """Return the files of a delivered folder, at any depth.

    Raises:
        SourceError: ``source`` is not a folder that can be read.
    """
    if not source.is_dir():
        raise SourceError(
            _("There is no such folder."),
            remedy=_("Give the folder that holds the scans and the catalogue."),
            path=source,
        )
    lister = _Lister(source.resolve())
    files = sorted(lister.list_folder(source, ""), key=lambda file: file.name)
    return Listing(tuple(files), tuple(sorted(lister.findings, key=lambda f: f.path)))


class _Lister:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []

    def list_folder(self, folder: Path, prefix: str) -> Iterator[SourceFile]:
        pending = [(folder, prefix)]
        while pending:
            folder, prefix = pending.pop()
            try:
                with os.scandir(folder) as entries:
                    listed = [entry for entry in entries if not _is_junk(entry.name)]
            except OSError as error:
                if not prefix:
                    raise SourceError(str(error.strerror or error), path=folder) from error
                self._unreadable(prefix.rstrip("/"), error.strerror or str(error))
                continue
            if prefix and any(entry.name == CONFIG_NAME for entry in listed):
                continue
            for entry in listed:
                name = prefix + unicodedata.normalize("NFC", entry.name)
                if not self._is_safe(entry, name):
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    yield from self._file(entry, name)
                elif name.count("/") >= MAX_DEPTH:
                    self._unreadable(name, _("its folder lies too deep"))
                else:
                    pending.append((Path(entry.path), name + "/"))

    def _is_safe(self, entry: os.DirEntry[str], name: str) -> bool:
        if _UNPRINTABLE.search(entry.name):
            printable = name.encode("unicode_escape", "backslashreplace").decode("ascii")
            self._unreadable(printable, _("its name holds characters that cannot be printed"))
            return False
        if letters := ", ".join(hidden_in(entry.name)):
            is_turned = has_turning(entry.name)
            code = "SCAN-turned-name" if is_turned else "SCAN-hidden-letters"
            self.findings.append(Finding(code, path=name, values={"letters": letters}))
            if is_turned:
                return False
        if "\\" in entry.name or ":" in entry.name:
            self._unsafe(name)
            return False
        if entry.is_symlink() and not self._leads_inside(Path(entry.path)):
            self._unsafe(name)
            return False
        return True

    def _leads_inside(self, link: Path) -> bool:
        try:
            target = link.resolve(strict=True)
        # A link to itself is a RuntimeError before Python 3.13, and an OSError since.
        except (OSError, RuntimeError):
            return False
        return target.is_relative_to(self.root) and target.is_file()

    def _file(self, entry: os.DirEntry[str], name: str) -> Iterator[SourceFile]:
        path = Path(entry.path)
        extension = path.suffix.lower()
        try:
            if not stat.S_ISREG(entry.stat().st_mode):
                if extension in SCAN_EXTENSIONS:
                    self._unreadable(name, _("it is no regular file"))
                return
            is_scan = extension in SCAN_EXTENSIONS or (
                extension not in _OTHER_EXTENSIONS and _begins_as_scan(path)
            )
        except OSError as error:
            self._unreadable(name, error.strerror or str(error))
            return
        yield SourceFile(path, name, is_scan)

    def _unsafe(self, name: str) -> None:
        self.findings.append(Finding("MATCH-unsafe-name", path=name, values={"name": name}))

    def _unreadable(self, name: str, reason: str) -> None:
        self.findings.append(Finding("SCAN-unreadable", path=name, values={"reason": reason}))


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK_STARTS) or name.casefold() in _JUNK_NAMES


def _begins_as_scan(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(16)
    return (
        head.startswith(_MAGICS)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _BRANDS)
    )
