"""What hits show of documents: their numbers, titles, dates and pictures.

It is kept in the build's own temporary folder while the index is built, because the same
documents are shown beside many words and values.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path

from search.compiled.files import json_bytes
from search.documents import SearchDocument

_TEXTS, _ENDS = "shown.run", "ends.run"


Display = tuple[bytes, bytes]
"""What a hit shows of a document, as JSON: all but the titles, and these."""


def display(document: SearchDocument) -> Display:
    """Return what a hit shows of a document."""
    row = document.thumbnail, document.item_id, document.identifier, document.date
    return json_bytes(row), json_bytes(document.titles)


def joined(displays: Sequence[Display]) -> bytes:
    """Return what some documents show as JSON: the rows, then the titles of each.

    Titles deflate better side by side, and so does all else.
    """
    rows, titles = zip(*displays, strict=True)
    return _joined(rows, titles)


def displays_in(texts: bytes, ends: bytes) -> list[Display]:
    """Return what hits show of the documents of a part, from the two files of it."""
    bounds = pairwise(_numbers_in(ends))
    parts = [texts[start:end] for start, end in bounds]
    return list(zip(parts[::2], parts[1::2], strict=True))


def _joined(rows: Iterable[bytes], titles: Iterable[bytes]) -> bytes:
    return b"[[%s],[%s]]" % (b",".join(rows), b",".join(titles))


def write_shown(folder: Path, part: int, shown: Sequence[Display]) -> None:
    """Write what hits show of the documents of a part where :func:`join_shown` finds it.

    Args:
        folder: The folder of the runs.
        part: Number of the part.
        shown: Of each document what :func:`display` gives.

    Raises:
        OSError: The disk refused.
    """
    texts = list(chain.from_iterable(shown))
    ends = array("q", accumulate(map(len, texts), initial=0))
    (folder / f"shown-{part}.run").write_bytes(b"".join(texts))
    (folder / f"ends-{part}.run").write_bytes(ends.tobytes())


def join_shown(folder: Path, parts: int) -> None:
    """Write what hits show of the documents of all parts into one file, for :class:`Shown`.

    So few files are open however many parts there are: a system may allow 256.

    Raises:
        OSError: The disk refused.
    """
    ends = array("q", [0])
    with (folder / _TEXTS).open("wb") as stream:
        for part in range(parts):
            stream.write((folder / f"shown-{part}.run").read_bytes())
            own = _numbers(folder / f"ends-{part}.run")
            start = ends[-1]
            ends.extend(start + end for end in own[1:])
    (folder / _ENDS).write_bytes(ends.tobytes())


class Shown:
    """What hits show of the documents of all parts once they are joined; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: mmap | None = None
        self._ends = array("q")

    def __enter__(self) -> Shown:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._texts is not None:
            self._texts.close()

    def rows(self, numbers: Iterable[int]) -> bytes:
        """Return what hits show of some documents, at least one, as :func:`joined` does."""
        texts = self._texts if self._texts is not None else self._opened()
        ends = self._ends
        places = [2 * number for number in numbers]
        return _joined(
            [texts[ends[at] : ends[at + 1]] for at in places],
            [texts[ends[at + 1] : ends[at + 2]] for at in places],
        )

    def _opened(self) -> mmap:
        self._ends = _numbers(self._folder / _ENDS)
        with (self._folder / _TEXTS).open("rb") as stream:
            self._texts = mmap(stream.fileno(), 0, access=ACCESS_READ)
        return self._texts


def _numbers(path: Path) -> array[int]:
    return _numbers_in(path.read_bytes())


def _numbers_in(data: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(data)
    return numbers
