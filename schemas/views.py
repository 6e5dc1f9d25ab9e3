"""What a view of an item can show: the labels intake gives, said in any language.

A label is stored in English ("back", "page 3", "page 3, verso") so that a record does not
depend on the language of whoever ran the command.
"""

from __future__ import annotations

import re
from enum import StrEnum

from schemas.messages import N_, translate


class ViewLabel(StrEnum):
    """What one view shows."""

    FRONT = N_("front")
    BACK = N_("back")
    RECTO = N_("recto")
    VERSO = N_("verso")
    DETAIL = N_("detail")
    LEFT = N_("left")
    RIGHT = N_("right")
    TOP = N_("top")
    BOTTOM = N_("bottom")
    COVER = N_("cover")


_PAGE = N_("page {number}")
_PAGE_LABEL = re.compile(r"page (\d+)")
_LABELS = frozenset(ViewLabel)


def page_label(number: int) -> str:
    """Return the label of a page, as it is stored."""
    return _PAGE.format(number=number)


def label_text(label: str, lang: str | None = None) -> str:
    """Return a stored label in ``lang``, by default the current language.

    A label that is not one of ours (a museum's own words) is returned as it is.
    """
    return ", ".join(_part_text(part, lang) for part in label.split(", ")) if label else ""


def _part_text(part: str, lang: str | None) -> str:
    page = _PAGE_LABEL.fullmatch(part)
    if page:
        return translate(_PAGE, lang).format(number=page[1])
    return translate(part, lang) if part in _LABELS else part
