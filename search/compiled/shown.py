"""What hits show of documents: their numbers, titles, dates and pictures.

It is kept in the build's own temporary folder while the index is built, because the same
documents are shown beside many words and values.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from pathlib import Path

from search.compiled.files import json_bytes
from search.documents import SearchDocument


def display(document: SearchDocument) -> bytes:
    """Return what a hit shows of a document, for :func:`joined`: all but the titles, and these."""
    row = document.thumbnail, document.item_id, document.identifier, document.date
    return b"%s\n%s" % (json_bytes(row), json_bytes(document.titles))


def joined(displays: Iterable[bytes]) -> bytes:
    """Return what some documents show as JSON: the rows, then the titles of each.

    Titles deflate better side by side, and so does all else.
    """
    rows, titles = zip(*(text.split(b"\n") for text in displays), strict=True)
    return b"[[%s],[%s]]" % (b",".join(rows), b",".join(titles))


def write_shown(folder: Path, part: int, shown: Sequence[bytes]) -> None:
    """Write what hits show of the documents of a part where :class:`Shown` finds it.

    Args:
        folder: The folder of the runs.
        part: Number of the part.
        shown: Of each document what :func:`display` gives.

    Raises:
        OSError: The disk refused.
    """
    ends = array("q", accumulate(map(len, shown), initial=0))
    (folder / f"shown-{part}.run").write_bytes(b"".join(shown))
    (folder / f"ends-{part}.run").write_bytes(ends.tobytes())


class Shown:
    """What hits show of the documents of all parts; a context manager."""

    def __init__(self, folder: Path, part_size: int) -> None:
        self._folder = folder
        self._part_size = part_size
        self._open: dict[int, tuple[mmap, array[int]]] = {}

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *_error: object) -> None:
        for texts, _ends in self._open.values():
            texts.close()

    def rows(self, numbers: Iterable[int]) -> bytes:
        """Return what hits show of some documents, at least one, as :func:`joined` does."""
        return joined(map(self._text, numbers))

    def _text(self, number: int) -> bytes:
        part, place = divmod(number, self._part_size)
        texts, ends = self._open.get(part) or self._opened(part)
        return texts[ends[place] : ends[place + 1]]

    def _opened(self, part: int) -> tuple[mmap, array[int]]:
        ends = array("q")
        ends.frombytes((self._folder / f"ends-{part}.run").read_bytes())
        with (self._folder / f"shown-{part}.run").open("rb") as stream:
            self._open[part] = mmap(stream.fileno(), 0, access=ACCESS_READ), ends
        return self._open[part]
