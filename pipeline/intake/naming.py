"""What file names say: which inventory number, which view or page, in which order.

Names are compared in NFC and without case. In a name an inventory number may be written with
any separators (``LC-FSA/lange`` is found in ``lc-fsa_lange_02.jpg``), followed by what the view
shows: ``_01``, ``-2``, ``(2)``, ``_p003``, ``_tr05``, ``_a``, ``_recto``, ``_mat_sau``.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.intake.text import strip_marks, tidy_line
from schemas.views import ViewLabel, page_label

TOKEN = re.compile(r"[^\s!-/:-@\[-`{-~\u2010-\u2015]+")
_SUFFIX_START = re.compile(r"[\s_\-(\[]")
_SUFFIX_BREAK = re.compile(r"[\s_\-()\[\]]+")
# "trang 5", "p.3" and "mặt sau" are one word each.
_SPLIT_WORD = re.compile(
    r"(?<![^\W\d_])(?:(page|trang|pg|tr|p)[\s._-]*(?=\d)|(mat|chi)[\s._-]+(?=truoc|sau|tiet))"
)
_PAGE = re.compile(r"(?:page|trang|pg|tr|p)0*(\d{1,5})([rv]?)")
_COUNT = re.compile(r"\d{1,4}[a-h]?|[a-h]|\d{1,4}(?P<side>[rv])")
_RUN = re.compile(r"[0-9]+|[^\W\d_]+|[^\W_]")

_WORDS: dict[str, ViewLabel] = {
    "front": ViewLabel.FRONT,
    "truoc": ViewLabel.FRONT,
    "mattruoc": ViewLabel.FRONT,
    "recto": ViewLabel.RECTO,
    "r": ViewLabel.RECTO,
    "back": ViewLabel.BACK,
    "sau": ViewLabel.BACK,
    "matsau": ViewLabel.BACK,
    "verso": ViewLabel.VERSO,
    "v": ViewLabel.VERSO,
    "detail": ViewLabel.DETAIL,
    "chitiet": ViewLabel.DETAIL,
    "left": ViewLabel.LEFT,
    "trai": ViewLabel.LEFT,
    "right": ViewLabel.RIGHT,
    "phai": ViewLabel.RIGHT,
    "top": ViewLabel.TOP,
    "bottom": ViewLabel.BOTTOM,
    "day": ViewLabel.BOTTOM,
    "cover": ViewLabel.COVER,
    "bia": ViewLabel.COVER,
}
# Words about the file, not about what it shows.
_NEUTRAL = frozenset({"master", "access", "orig", "original", "goc", "img", "scan", "anh", "view"})
# Where a view stands among its siblings: fronts, then plain and numbered ones, then backs.
_RANKS = {
    ViewLabel.COVER: (0, 0),
    ViewLabel.FRONT: (0, 1),
    ViewLabel.RECTO: (0, 1),
    ViewLabel.BACK: (3, 0),
    ViewLabel.VERSO: (3, 0),
    ViewLabel.LEFT: (4, 0),
    ViewLabel.RIGHT: (4, 1),
    ViewLabel.TOP: (4, 2),
    ViewLabel.BOTTOM: (4, 3),
    ViewLabel.DETAIL: (5, 0),
}

NaturalKey = tuple[tuple[tuple[int, int, str], ...], ...]


def name_key(name: str) -> str:
    """Return what two names have in common that differ in case, Unicode form or white space."""
    return tidy_line(unicodedata.normalize("NFC", name).casefold())


def number_tokens(text: str) -> tuple[str, ...]:
    """Return the parts of an inventory number or a name between separators, without case."""
    return tuple(TOKEN.findall(name_key(text)))


def parse_suffix(rest: str) -> str | None:
    """Return the label in what follows an inventory number, or None if it is no suffix."""
    if rest and not _SUFFIX_START.match(rest):
        return None
    labels = [_label_of_part(part) for part in _suffix_parts(rest)]
    if any(label is None for label in labels):
        return None
    return ", ".join(label for label in labels if label)


def label_of(stem: str) -> str:
    """Return what the end of any file name says of the view: ``lange_back`` shows the back."""
    labels: list[str] = []
    for part in reversed(_suffix_parts(stem)):
        label = _label_of_part(part)
        # A single r or v after another word may be anything.
        if label is None or part in ("r", "v"):
            break
        if label:
            labels.insert(0, label)
    return ", ".join(labels)


def natural_key(path: str) -> NaturalKey:
    """Return a key that sorts paths as people do: 2 before 10, the front before the back.

    The extension of the last name does not count, so ``vase.jpg`` stands before
    ``vase_01.jpg``.
    """
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    return tuple(_component_key(component) for component in (*folders, stem))


def _component_key(component: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(_run_key(run) for run in _RUN.findall(_joined(strip_marks(component))))


def _run_key(run: str) -> tuple[int, int, str]:
    if run.isascii() and run.isdecimal():
        digits = run.lstrip("0")
        return (1, len(digits), digits)
    label = _WORDS.get(run)
    if label is not None and len(run) > 1:
        return (*_RANKS[label], "")
    return (2, 0, run)


def _suffix_parts(text: str) -> list[str]:
    joined = _joined(strip_marks(text))
    return [part for part in _SUFFIX_BREAK.split(joined) if part]


def _joined(text: str) -> str:
    return _SPLIT_WORD.sub(lambda match: match[1] or match[2], text)


def _label_of_part(part: str) -> str | None:
    """Return the label of one word of a suffix, empty if it has none, None if it is no suffix."""
    label = _WORDS.get(part)
    if label is not None:
        return label
    if part in _NEUTRAL:
        return ""
    page = _PAGE.fullmatch(part)
    if page:
        side = _WORDS.get(page[2])
        return page_label(int(page[1])) + (f", {side}" if side else "")
    count = _COUNT.fullmatch(part)
    if count:
        side = _WORDS.get(count["side"] or "")
        return side or ""
    return None
