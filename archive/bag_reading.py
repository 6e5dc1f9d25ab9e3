"""A bag that came from elsewhere: a folder, a .zip or a .tar, looked at without unpacking it.

Promise: :func:`verified` returns only when every file of the bag has the digest its manifests give
it, no file is missing and none is more than they list. Names in a bag are compared and handed on;
none ever becomes a path on this computer's disk.

Source: RFC 8493, The BagIt File Packaging Format (V1.0)
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from schemas.errors import FixityError, SourceError
from schemas.messages import _

# Those that are strong enough to prove anything; the first is what the store is kept by.
ALGORITHMS = ("sha512", "sha256")
_BLOCK_BYTES = 1 << 20
_LARGEST_TAG_BYTES = 512_000_000
_LARGEST_DOCUMENT_BYTES = 64_000_000
_DECLARATION = re.compile(r"BagIt-Version: \d+\.\d+\r?\nTag-File-Character-Encoding: UTF-8\s*")
_UNSAFE = re.compile('[\\x00-\\x1f\\x7f\\\\:*?"<>|]')
_LINE = re.compile(r"([0-9A-Fa-f]{64,128})\s+\*?(.+)")
_ESCAPED = re.compile(r"%(0[AaDd]|25)")
# What Finder and Explorer leave on any stick; it is no part of the bag.
_JUNK = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_MOST_NAMED = 5


class Bag:
    """The files of a bag by their names in it.

    Attributes:
        path: The folder or file.
        sizes: Length of each file in bytes.
    """

    def __init__(
        self, path: Path, sizes: Mapping[str, int], opener: Callable[[str], IO[bytes]]
    ) -> None:
        self.path = path
        self.sizes = sizes
        self._opener = opener

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a file's bytes.

        Raises:
            SourceError: It cannot be read.
        """
        try:
            with self._opener(name) as file:
                while block := file.read(_BLOCK_BYTES):
                    yield block
        # zipfile reports damage as BadZipFile, zlib.error and EOFError, tarfile as TarError.
        except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, ValueError) as error:
            raise _unreadable(self.path, f"{name}: {error}") from error

    def read(self, name: str, *, largest: int = _LARGEST_DOCUMENT_BYTES) -> bytes:
        """Return a document whole.

        Raises:
            SourceError: It is not there, too large, or cannot be read.
        """
        if self.sizes.get(name, largest + 1) > largest:
            raise _unreadable(self.path, _("{name} is missing or too large").format(name=name))
        return b"".join(self.blocks(name))


@dataclass(frozen=True)
class VerifiedBag:
    """A bag every byte of which was read and found as its manifests say.

    Attributes:
        bag: The bag.
        digests: Digests of each payload file, by algorithm.
        info: What ``bag-info.txt`` says, by label.
        manifest_sha512: Digest of the manifest itself: it names this very bag.
    """

    bag: Bag
    digests: Mapping[str, Mapping[str, str]]
    info: Mapping[str, str]
    manifest_sha512: str


@contextmanager
def open_bag(path: Path) -> Iterator[Bag]:
    """Open a bag while the block lasts.

    Raises:
        SourceError: There is none, or it holds what no bag may: links, names that lead out of it,
            two names that are one on another system, encrypted files.
    """
    kind = path.suffix.lower()
    try:
        if path.is_dir():
            yield _named(path, dict(_in_folder(path, path)), lambda name: (path / name).open("rb"))
        elif kind == ".zip":
            with zipfile.ZipFile(path) as packed:
                yield _zipped(path, packed)
        elif kind == ".tar":
            with tarfile.open(path, "r:") as taped:
                yield _taped(path, taped)
        else:
            raise _unreadable(path, _("it is no folder, .zip or .tar"))
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise _unreadable(path, str(error)) from error


def verified(bag: Bag, on_bytes: Callable[[int], object] = lambda length: None) -> VerifiedBag:
    """Read every byte of a bag and return it, proven.

    Args:
        bag: The bag.
        on_bytes: Told the length of each block that was read.

    Raises:
        FixityError: A file is missing, changed, or not listed; names them.
        SourceError: It is no bag, or has only digests that prove nothing.
    """
    if "bagit.txt" not in bag.sizes or not _DECLARATION.fullmatch(_text(bag, "bagit.txt")):
        raise _unreadable(bag.path, _("bagit.txt is missing or damaged, so it is no bag"))
    if "fetch.txt" in bag.sizes:
        raise _unreadable(bag.path, _("it lists files that are elsewhere (fetch.txt)"))
    payload = _manifests(bag, "manifest")
    tags = _manifests(bag, "tagmanifest")
    if not payload:
        raise _unreadable(bag.path, _("it has no manifest of sha512 or sha256"))
    found: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for name in sorted(bag.sizes):
        is_payload = name.startswith("data/")
        wanted = payload if is_payload else tags
        digests = _digests(bag, name, on_bytes)
        if is_payload:
            found[name] = digests
        for algorithm, listed in wanted.items():
            expected = listed.pop(name, None)
            # A bag may have tag files that no tag manifest lists; a payload file may not.
            if expected is None if is_payload else False:
                wrong.append(_("{name} is not listed").format(name=name))
            elif expected is not None and expected != digests[algorithm]:
                wrong.append(_("{name} is changed").format(name=name))
    missing = {name for listed in (*payload.values(), *tags.values()) for name in listed}
    wrong += [_("{name} is missing").format(name=name) for name in sorted(missing)]
    if wrong:
        raise _damaged(bag.path, list(dict.fromkeys(wrong)))
    algorithm = next(name for name in ALGORITHMS if name in payload)
    manifest = hashlib.sha512(_bytes(bag, f"manifest-{algorithm}.txt")).hexdigest()
    return VerifiedBag(bag, found, _info(bag), manifest)


def _digests(bag: Bag, name: str, on_bytes: Callable[[int], object]) -> dict[str, str]:
    making = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
    for block in bag.blocks(name):
        for digest in making.values():
            digest.update(block)
        on_bytes(len(block))
    return {algorithm: digest.hexdigest() for algorithm, digest in making.items()}


def _manifests(bag: Bag, kind: str) -> dict[str, dict[str, str]]:
    """Return the digests that the manifests of a kind list, by algorithm and name."""
    found: dict[str, dict[str, str]] = {}
    for algorithm in ALGORITHMS:
        name = f"{kind}-{algorithm}.txt"
        if name not in bag.sizes:
            continue
        listed: dict[str, str] = {}
        for line in filter(None, _text(bag, name).splitlines()):
            match = _LINE.fullmatch(line)
            if match is None:
                raise _damaged(bag.path, [_("{name} is damaged").format(name=name)])
            written = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), match[2])
            listed[unicodedata.normalize("NFC", written)] = match[1].lower()
        found[algorithm] = listed
    return found


def _info(bag: Bag) -> dict[str, str]:
    if "bag-info.txt" not in bag.sizes:
        return {}
    pairs = (line.partition(": ") for line in _text(bag, "bag-info.txt").splitlines())
    return {label: text.strip() for label, mark, text in pairs if mark}


def _bytes(bag: Bag, name: str) -> bytes:
    return bag.read(name, largest=_LARGEST_TAG_BYTES)


def _text(bag: Bag, name: str) -> str:
    try:
        return _bytes(bag, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _damaged(bag.path, [_("{name} is damaged").format(name=name)]) from error


# --- the three kinds ---


def _in_folder(folder: Path, root: Path) -> Iterator[tuple[str, int]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = Path(entry.path).relative_to(root).as_posix()
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                raise _unreadable(root, _("{name} is a link or no regular file").format(name=name))
            if entry.is_dir():
                yield from _in_folder(Path(entry.path), root)
            elif not _is_junk(name):
                yield name, entry.stat().st_size


def _zipped(path: Path, packed: zipfile.ZipFile) -> Bag:
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    if any(entry.flag_bits & 1 for entry in entries):
        raise _unreadable(path, _("it is protected with a password"))
    base = _base(entry.filename for entry in entries)
    known = {entry.filename.removeprefix(base): entry for entry in entries}
    if len(known) != len(entries):
        raise _unreadable(path, _("a name stands twice in it"))
    sizes = {name: entry.file_size for name, entry in known.items()}
    return _named(path, sizes, lambda name: packed.open(known[name]))


def _taped(path: Path, taped: tarfile.TarFile) -> Bag:
    entries = [entry for entry in taped.getmembers() if not entry.isdir()]
    odd = next((entry.name for entry in entries if not entry.isreg()), "")
    if odd:
        raise _unreadable(path, _("{name} is a link or no regular file").format(name=odd))
    base = _base(entry.name for entry in entries)
    known = {entry.name.removeprefix(base): entry for entry in entries}
    if len(known) != len(entries):
        raise _unreadable(path, _("a name stands twice in it"))

    def opened(name: str) -> IO[bytes]:
        file = taped.extractfile(known[name])
        if file is None:
            raise OSError(name)
        return file

    return _named(path, {name: entry.size for name, entry in known.items()}, opened)


def _base(names: Iterator[str]) -> str:
    """Return the one folder in which a packed bag lies, with its slash, or an empty text."""
    found = sorted(name for name in names if name.endswith("bagit.txt") and name.count("/") < 2)
    return found[0].removesuffix("bagit.txt") if found else ""


def _named(path: Path, sizes: Mapping[str, int], opener: Callable[[str], IO[bytes]]) -> Bag:
    """Return a bag of these files, whose names are safe; by their NFC, as manifests have them."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for name in sizes:
        if _is_junk(name):
            continue
        if _UNSAFE.search(name) or any(part in ("", ".", "..") for part in name.split("/")):
            shown = name.encode("unicode_escape").decode()
            raise _unreadable(path, _("the name {name} leads out of it").format(name=shown))
        plain = unicodedata.normalize("NFC", name)
        if plain.casefold() in taken:
            raise _unreadable(path, _("{name} stands in it in two spellings").format(name=plain))
        taken.add(plain.casefold())
        names[plain] = name
    known = {plain: sizes[name] for plain, name in names.items()}
    return Bag(path, known, lambda plain: opener(names[plain]))


def _is_junk(name: str) -> bool:
    base = name.rpartition("/")[2].casefold()
    return base in _JUNK or base.startswith("._") or name.startswith("__MACOSX/")


def _unreadable(path: Path, reason: str) -> SourceError:
    return SourceError(
        _("The bag cannot be read: {reason}.").format(reason=reason),
        remedy=_("Nothing was taken. Copy it again from the stick, or ask for a new one."),
        path=path,
    )


def _damaged(path: Path, wrong: list[str]) -> FixityError:
    said = "; ".join(wrong[:_MOST_NAMED])
    more = len(wrong) - _MOST_NAMED
    return FixityError(
        _("The bag is not as it was packed: {what}.").format(
            what=said + (_(" and {count} more").format(count=more) if more > 0 else "")
        ),
        remedy=_("Nothing was taken. Copy it again from the stick, or ask for a new one."),
        path=path,
    )
