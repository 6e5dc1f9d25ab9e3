"""How an inventory number becomes a name that is safe in a path, a URL and an OCFL id.

Invariant: the same inventory number always gives the same item id, on any machine, and two
numbers that differ in more than case or in ``.``, ``_`` and ``-`` never give the same one.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_LONGEST_SLUG = 48
_RUN = re.compile(r"[0-9]+|[^\W\d_]+|[^\W_]")
# Names Windows keeps for devices: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:-.*)?")


@functools.lru_cache(maxsize=1 << 10)
def item_id_for(identifier: str) -> str:
    """Return the item id of an inventory number.

    A plain number (ASCII letters and digits joined by ``.``, ``_`` or ``-``) keeps its shape
    in lower case with hyphens: ``77.AO.84`` is ``77-ao-84``. Any other number gets a readable
    slug and eight hexadecimal digits of its sha256, so ``12/Đ.3`` and ``12/D.3`` stay apart.

    Args:
        identifier: The inventory number as the museum writes it; not blank.

    Returns:
        Lower-case ASCII letters, digits and hyphens, 1 to 57 characters.

    Raises:
        ValueError: ``identifier`` is blank.
    """
    number = unicodedata.normalize("NFC", identifier).strip()
    if not number:
        raise ValueError("an inventory number must not be blank")
    if _PLAIN.fullmatch(number) and len(number) <= _LONGEST_SLUG:
        slug = re.sub(r"[._]", "-", number.lower())
        if not _DEVICE.fullmatch(slug):
            return slug
    bare = unicodedata.normalize("NFD", number.lower().replace("đ", "d"))
    slug = re.sub(r"[^a-z0-9]+", "-", bare.encode("ascii", "ignore").decode())
    digest = hashlib.sha256(number.encode()).hexdigest()[:8]
    return f"{slug.strip('-')[:_LONGEST_SLUG]}-{digest}".lstrip("-")


def spelling_key(identifier: str) -> tuple[str, ...]:
    """Return what all spellings of one inventory number have in common.

    Case, separators and noughts before a number do not count: ``BT 001``, ``bt-1`` and ``BT001``
    have one key. A separator that parts two numbers or two words does: ``1/2`` is not ``12``.
    """
    text = unicodedata.normalize("NFC", identifier).casefold()
    return tuple(run.lstrip("0") or "0" for run in _RUN.findall(text)) or (text,)


@functools.lru_cache(maxsize=1 << 14)
def shard_of(item_id: str) -> str:
    """Return the three hexadecimal digits that name the folder an item is filed under.

    4,096 folders keep each of them under a few thousand entries at ten million items.
    """
    return hashlib.sha256(item_id.encode()).hexdigest()[:3]


def item_page(item_id: str) -> str:
    """Return the path of an item's page, relative to the root of a language edition."""
    return f"items/{shard_of(item_id)}/{item_id}.html"


def image_folder(item_id: str) -> str:
    """Return the folder of an item's public images, relative to the root of the site."""
    return f"images/{shard_of(item_id)}/{item_id}"
