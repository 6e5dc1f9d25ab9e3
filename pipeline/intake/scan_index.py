"""Finding scans by what a catalogue writes: a name, a path, a pattern, a folder."""

from __future__ import annotations

import bisect
import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.intake.listing import SourceFile
from pipeline.intake.naming import name_key, natural_key

_DRIVE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*://")
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Found:
    """What a written name leads to.

    Attributes:
        files: The files, in reading order; empty when there are none or the name is unsafe.
        is_unsafe: The name points outside the folder of scans.
        is_ambiguous: A single name fits several files.
    """

    files: tuple[SourceFile, ...] = ()
    is_unsafe: bool = False
    is_ambiguous: bool = False


class ScanIndex:
    """The files of a delivery by every form a catalogue may write their names in.

    Names are compared in NFC and without case; folders may be left out from the left, the
    extension from the right. Building costs time and memory in proportion to the files, and a
    look-up does not depend on their number (a pattern costs what its literal beginning leaves).
    """

    def __init__(self, files: Iterable[SourceFile]) -> None:
        self._files: dict[str, list[SourceFile]] = defaultdict(list)
        self._stems: dict[str, list[SourceFile]] = defaultdict(list)
        self._folders: dict[str, dict[str, list[SourceFile]]] = defaultdict(
            lambda: defaultdict(list)
        )
        named: list[tuple[str, str, SourceFile]] = []
        for file in files:
            key = name_key(file.name)
            folder, _, base = key.rpartition("/")
            for tail in _tails(key):
                self._files[tail].append(file)
                if file.is_scan:
                    self._stems[_stem(tail)].append(file)
            if file.is_scan:
                named.append((base, key, file))
                for ancestor in _ancestors(folder):
                    for tail in _tails(ancestor):
                        self._folders[tail][ancestor].append(file)
        named.sort(key=lambda entry: entry[:2])
        self._named = named
        self._bases = [base for base, _, _ in named]

    def find(self, written: str) -> Found:
        """Return what ``written`` in a file column leads to.

        Files of one name come as they are; those of a pattern or a folder in natural order.
        A path from the top of the delivery wins over one that only ends in the same way; a
        final slash says that a folder is meant.
        """
        name = written.strip().strip('"').replace("\\", "/")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or _DRIVE.match(name) or ".." in parts:
            return Found(is_unsafe=True)
        key = name_key("/".join(parts))
        if not key:
            return Found()
        for known in () if name.endswith("/") else (self._files, self._stems):
            files = _from_the_top(known.get(key, ()), key)
            if files:
                return Found(tuple(files), is_ambiguous=len(files) > 1)
        folders = self._folders.get(key)
        if folders:
            chosen = [folders[key]] if key in folders else list(folders.values())
            return Found(_in_order(chosen[0]), is_ambiguous=len(chosen) > 1)
        if _WILDCARD.search(key):
            return Found(_in_order(self._matching(key)))
        return Found()

    def _matching(self, pattern: str) -> list[SourceFile]:
        folder, _, base = pattern.rpartition("/")
        matches_base = re.compile(fnmatch.translate(base)).match
        depth = folder.count("/") + 1 if folder else 0
        matches_folder = re.compile(fnmatch.translate(folder)).match
        prefix = _WILDCARD.split(base, maxsplit=1)[0]
        start = bisect.bisect_left(self._bases, prefix)
        found = []
        for place in range(start, len(self._named)):
            name, key, file = self._named[place]
            if not name.startswith(prefix):
                break
            above = key.split("/")[:-1]
            has_folder = not depth or (
                len(above) >= depth and matches_folder("/".join(above[-depth:]))
            )
            if has_folder and matches_base(name):
                found.append(file)
        return found


def _in_order(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    return tuple(sorted(files, key=lambda file: (natural_key(file.name), file.name)))


def _from_the_top(files: Sequence[SourceFile], key: str) -> Sequence[SourceFile]:
    exact = [f for f in files if name_key(f.name) == key or _stem(name_key(f.name)) == key]
    return exact or files


def _tails(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def _ancestors(folder: str) -> list[str]:
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _stem(key: str) -> str:
    folder, slash, base = key.rpartition("/")
    return folder + slash + (base.rpartition(".")[0] or base)
