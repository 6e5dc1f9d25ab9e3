"""The last look before a site is put in place: nothing of what is not public stands in it.

Whatever made the pages left such items out already. This looks at what was written, as a stranger
would: at names of files, at the pictures themselves, at numbers and titles in every text.

Promise: a build that ends well has none of these of a closed item in its site: a file or folder
under the item's id; one of its pictures, linked or copied; its id, its number or the name of a
scan of it; three words of its title in a row (all of a shorter title). What public records say
themselves is no leak, however it came there, so words that stand in them are not looked for; nor
are those of our own pages and sentences, and numbers so short that they stand everywhere.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO

from archive.kept_items import KeptItems
from archive.layout import Layout
from archive.site.items import SiteItem
from archive.site.kept import digest_of, key_of
from archive.site.listing import ListedItem
from archive.site.looked import Looked
from schemas.crosswalks import public_record
from schemas.crosswalks.discovery import CHANGES_FOLDER
from schemas.errors import LeakError
from schemas.identifiers import image_folder, shard_of
from schemas.meanings import meaning_of
from schemas.messages import LOCALE_DIR, _
from schemas.profile import Profile
from schemas.public_views import closed_paths, public_views
from schemas.records import Record, is_public


@dataclass(frozen=True)
class Listed:
    """The items of an archive, as the last look wants them; each gives a new iterator every time.

    Attributes:
        perhaps_closed: All items that are not public, or of which something may not be.
        public: The public items that the site is made from.
    """

    perhaps_closed: Callable[[], Iterator[SiteItem]]
    public: Callable[[], Iterator[ListedItem]]


_PICTURES = frozenset({".jpg", ".jpeg", ".webp", ".png", ".avif", ".gif", ".tif", ".mp4", ".m4a"})
_OPAQUE = _PICTURES | {".woff2"}
# Pages and files that say nothing of any item: what stands in them is ours.
_OURS = re.compile(
    r"404\.html|offline\.html|[a-z]{2,3}/(?:about|search)\.html|assets/(?!map/places\.js).*"
)
_LOG = re.compile(rf"{CHANGES_FOLDER}/")
_RUN = re.compile(r"\w(?:[\w.-]*\w)?")
_WORD = re.compile(r"\w+")
_TITLE_WORDS = 3
_SHORTEST = 8
_SHORTEST_NUMBER = 4
_FEW = 200
_CHUNK = 4 << 20
_OVERLAP = 4096


@dataclass
class _Closed:
    """What must not be found, each thing with the number of the item it is of."""

    folders: dict[tuple[str, str], str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    phrases: dict[tuple[str, ...], str] = field(default_factory=dict)
    inodes: dict[int, tuple[str, Path]] = field(default_factory=dict)
    sizes: dict[int, list[tuple[str, Path]]] = field(default_factory=lambda: defaultdict(list))

    def digest(self) -> bytes:
        """Return the digest of what must not stand in a text."""
        phrases = (" ".join(phrase) for phrase in self.phrases)
        return digest_of(*_bytes(sorted(self.runs)), b"", *_bytes(sorted(phrases)))

    def forget(self, text: str) -> None:
        """No longer look for what a public text says."""
        words = _words(text)
        if len(self.phrases) < len(words):
            said = set(words)
            likely = [phrase for phrase in self.phrases if said.issuperset(phrase)]
            spoken = [phrase for phrase in likely if _stands_in(phrase, words)]
        else:
            lengths = range(1, _TITLE_WORDS + 1)
            spoken = [
                tuple(words[at : at + n]) for n in lengths for at in range(len(words) - n + 1)
            ]
        for phrase in spoken:
            self.phrases.pop(phrase, None)
        for run in _runs(text):
            self.runs.pop(run, None)


def refuse_leaks(
    root: Path,
    layout: Layout,
    profile: Profile,
    listed: Listed,
    today: date,
    told: frozenset[str] = frozenset(),
) -> Looked | None:
    """Look through a site that is ready to be put in place.

    Costs nothing where everything is public; otherwise it reads every text of the site once, and
    again only what is not as it was, while the same things are looked for.

    Args:
        root: The new site.
        layout: The archive, for its derivatives.
        profile: Says which fields the public is shown.
        listed: Gives the items of the archive.
        today: The day the site is made for.
        told: Ids of items that were public once; the log of changes may say that they are gone.

    Returns:
        What was looked through, to be kept once the site is in its place; None for nothing.

    Raises:
        LeakError: Something of what is not public stands in the site.
    """
    closed = _closed(layout, listed.perhaps_closed(), today)
    if not (closed.folders or closed.inodes):
        return None
    key = key_of(layout, None, profile)
    with KeptItems(layout.site_documents, "said", key) as kept:
        for item in listed.public():
            make = partial(_public_text, item, profile, today)
            closed.forget(kept.made(item.item_id, item.stamp, make).decode())
    files = list(_iter_files(root))
    _forget_ours(closed, profile, files)
    looked = Looked(layout.site_looked, digest_of(key, closed.digest(), *sorted(_bytes(told))))
    phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in closed.phrases:
        phrases[max(phrase, key=len)].append(phrase)
    for name, path in files:
        found = _leak_in_name(closed, name)
        if not found and path.suffix in _PICTURES:
            found = _leak_in_picture(closed, layout, name, path)
        elif not found and path.suffix not in _OPAQUE:
            state = path.stat()
            if looked.is_known(name, state):
                continue
            found = _leak_in_text(closed, phrases, path, told if _LOG.match(name) else frozenset())
            looked.add(name, state)
        if found:
            raise _leak(name, *found)
    return looked


def _public_text(item: ListedItem, profile: Profile, today: date) -> bytes:
    """Return all that the public is told of an item; nothing of one that is not public."""
    record = item.read().record
    if not is_public(record, today):
        return b""
    return "\n".join(_said(public_record(public_views(record, today), profile))).encode()


def _forget_ours(closed: _Closed, profile: Profile, files: Iterable[tuple[str, Path]]) -> None:
    """No longer look for what our own pages and sentences say."""
    labels = (label for kind in profile.each() for entry in kind for label in entry.labels.values())
    closed.forget("\n".join(labels))
    for sentences in sorted(LOCALE_DIR.rglob("*.mo")):
        closed.forget("\n".join(_texts(sentences)))
    for name, path in files:
        if _OURS.fullmatch(name) and Path(name).suffix not in _OPAQUE:
            closed.forget("\n".join(_texts(path)))


def _bytes(texts: Iterable[str]) -> Iterator[bytes]:
    return (text.encode() for text in texts)


def _leak(name: str, identifier: str, what: str) -> LeakError:
    return LeakError(
        _(
            "The new site was not put in place: '{identifier}' is not public, and in {file} stands "
            "{what}."
        ).format(identifier=identifier, file=name, what=what),
        remedy=_(
            "The old site stays as it is. This is a defect of Hoa Ban: please tell its makers, "
            "with this sentence. If the item may be seen by all, change its access."
        ),
    )


# --- what is closed ---


def _closed(layout: Layout, items: Iterable[SiteItem], today: date) -> _Closed:
    closed = _Closed()
    for item in items:
        if is_public(item.record, today):
            _close_files(closed, layout, item, today)
        else:
            _close_item(closed, layout, item)
    return closed


def _close_item(closed: _Closed, layout: Layout, item: SiteItem) -> None:
    number = item.record.identifier
    closed.folders[shard_of(item.item_id), item.item_id] = number
    for text in (item.item_id, number, *(_file_name(view.path) for view in item.record.views)):
        _close_run(closed, text, number)
    for title in item.record.values("title"):
        words = _words(title.value)
        size = min(_TITLE_WORDS, len(words))
        if size == _TITLE_WORDS or len("".join(words)) >= _SHORTEST:
            for at in range(len(words) - size + 1):
                closed.phrases[tuple(words[at : at + size])] = number
    _close_pictures(closed, layout.derivatives_of(item.item_id), number)


def _close_files(closed: _Closed, layout: Layout, item: SiteItem, today: date) -> None:
    """Close the masters of a public item that are not public themselves."""
    paths = closed_paths(item.record, today)
    number = item.record.identifier
    for path in sorted(paths):
        _close_run(closed, _file_name(path), number)
    for canvas in item.derivatives.canvases if item.derivatives and paths else ():
        if canvas.master in paths:
            closed.folders[item.item_id, canvas.key] = number
            _close_pictures(closed, layout.derivatives_of(item.item_id) / canvas.key, number)


def _close_run(closed: _Closed, text: str, number: str) -> None:
    """Look for a number or a name, unless it is one that stands everywhere."""
    run = unicodedata.normalize("NFC", text).casefold()
    has_both = any(c.isdigit() for c in run) and any(c.isalpha() for c in run)
    if _RUN.fullmatch(run) and len(run) >= _SHORTEST_NUMBER and (has_both or len(run) >= _SHORTEST):
        closed.runs[run] = number


def _close_pictures(closed: _Closed, folder: Path, number: str) -> None:
    if not folder.is_dir():
        return
    for _name, path in _iter_files(folder):
        stat = path.stat()
        closed.inodes[stat.st_ino] = number, path
        if path.suffix in _PICTURES and path.stem in _NAMED:
            closed.sizes[stat.st_size].append((number, path))


# Of a copied picture only those are compared that show all of it: tiles of one colour are alike.
_NAMED = frozenset({"thumbnail", "access", "access-small", "recording"})


def _file_name(path: str) -> str:
    return path.rpartition("/")[2]


# --- what stands in the site ---


def _leak_in_name(closed: _Closed, name: str) -> tuple[str, str] | None:
    parts = name.split("/")
    for above, part in pairwise(parts):
        for entry in (part, part.partition(".")[0]):
            number = closed.folders.get((above, entry))
            if number is not None:
                return number, _("a file of its own")
    return None


def _leak_in_picture(
    closed: _Closed, layout: Layout, name: str, path: Path
) -> tuple[str, str] | None:
    stat = path.stat()
    linked = closed.inodes.get(stat.st_ino)
    if linked is not None and linked[1].stat().st_dev == stat.st_dev:
        return linked[0], _("a picture of it")
    for number, picture in closed.sizes.get(stat.st_size, ()):
        digest = _digest(path)
        if digest == _digest(picture) and not _is_own(layout, name, digest):
            return number, _("a picture of it")
    return None


def _is_own(layout: Layout, name: str, digest: bytes) -> bool:
    """Say whether a picture is what the item it is shown with has in this place itself."""
    parts = name.split("/")
    if len(parts) < 5 or "/".join(parts[:3]) != image_folder(parts[2]):
        return False
    own = layout.derivatives_of(parts[2]).joinpath(*parts[3:])
    return own.is_file() and _digest(own) == digest


def _leak_in_text(
    closed: _Closed,
    phrases: Mapping[str, list[tuple[str, ...]]],
    path: Path,
    told: frozenset[str],
) -> tuple[str, str] | None:
    """Return what a text gives away, but for the ids ``told``.

    Of ``phrases`` it has those looked for by their longest word.
    """
    needles = {*closed.runs, *phrases} if len(closed.runs) + len(phrases) <= _FEW else ()
    for text in _texts(path):
        folded = unicodedata.normalize("NFC", text).casefold()
        # Whatever is found below stands in the text as it is: mostly there is nothing to look for.
        if needles and not any(needle in folded for needle in needles):
            continue
        for run in (closed.runs.keys() & _runs(text)) - told:
            return closed.runs[run], f"'{run}'"
        words = _words(text)
        for word in phrases.keys() & set(words):
            for phrase in phrases[word]:
                if _stands_in(phrase, words):
                    return closed.phrases[phrase], f"'{' '.join(phrase)}'"
    return None


def _stands_in(phrase: tuple[str, ...], words: list[str]) -> bool:
    starts = (at for at, word in enumerate(words) if word == phrase[0])
    return any(tuple(words[at : at + len(phrase)]) == phrase for at in starts)


def _said(record: Record) -> Iterator[str]:
    """Yield all that the public is told of a public item, each text by itself."""
    yield record.identifier
    yield record.item_id
    for view in record.views:
        yield view.label
        yield _file_name(view.path)
    for statement in record.statements:
        yield statement.value
        yield statement.uri
        for _key, value in statement.normal:
            yield str(value)
        for lang in ("vi", "en"):
            yield meaning_of(statement, lang)


def _texts(path: Path) -> Iterator[str]:
    """Yield the text of a file in pieces that overlap; what is no text is left out of it.

    Of a package the names and the texts of the files in it.
    """
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as package:
            for entry in package.infolist():
                yield entry.filename
                with package.open(entry) as packed:
                    yield from _pieces(packed)
        return
    with path.open("rb") as plain:
        yield from _pieces(plain)


def _pieces(file: IO[bytes]) -> Iterator[str]:
    before = b""
    while piece := file.read(_CHUNK):
        text = (before + piece).decode("utf-8", "ignore")
        yield html.unescape(text) if "&" in text else text
        before = piece[-_OVERLAP:]


def _runs(text: str) -> set[str]:
    """Return what may be a number or a name in a text, with and without an ending."""
    found = set(_RUN.findall(unicodedata.normalize("NFC", text).casefold()))
    return found | {run.rpartition(".")[0] for run in found if "." in run}


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _iter_files(folder: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _iter_files(Path(entry.path), f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, Path(entry.path)
