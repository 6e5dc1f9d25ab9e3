"""What may be shown of an item's images, by its access level and by its rights.

``[limits.public]``, ``[limits.restricted]`` and ``[limits.staff]`` of ``hoaban.toml`` speak of
access levels, ``[limits.rights."…"]`` of rights. Where several tables speak of one item, the
strictest of each setting holds. Masters are never touched: limits are those of derivatives and of
what partners are given.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from schemas.derivatives import DerivativeSet
from schemas.dublincore import RIGHTS_TERMS
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.records import Access, Record
from schemas.rights import rights_statement

WATERMARK_POSITIONS = (
    "bottom-right",
    "bottom-left",
    "top-right",
    "top-left",
    "center",
    "repeat",
)
# A smaller image would show nothing.
_LEAST_PX = 64
_LONGEST_WATERMARK = 100
_LARGEST_PICTURE_BYTES = 2_000_000
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the font that comes with us can write (pipeline/fonts): Vietnamese and Western Europe.
_WRITABLE = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u00ffĂăĐđĨĩıŒœŨũƠơƯư\u1ea0-\u1ef9"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u2039\u203a\u20ab\u20ac\u2122]*"
)
_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True)
class LimitSettings:
    """One table of limits as ``hoaban.toml`` has it.

    Attributes:
        max_px: Longer side of the largest image that is made, in pixels; 0 means no limit.
        watermark: A text, or the name of a PNG file relative to the archive; empty for none.
        watermark_position: One of :data:`WATERMARK_POSITIONS`.
        watermark_opacity: From 1, hardly to be seen, to 100 percent.
        download: Whether item pages offer the image as a download.
    """

    max_px: int = 0
    watermark: str = ""
    watermark_position: str = "bottom-right"
    watermark_opacity: int = 40
    download: bool = True


@dataclass(frozen=True)
class Watermark:
    """What is drawn on images.

    Attributes:
        text: The words; empty where there is a picture.
        picture: A PNG file; empty where there are words.
        position: One of :data:`WATERMARK_POSITIONS`.
        opacity: From 1 to 100 percent.
    """

    text: str = ""
    picture: bytes = field(default=b"", repr=False)
    position: str = "bottom-right"
    opacity: int = 40

    @property
    def digest(self) -> str:
        """One hexadecimal sha256 of all that it looks like."""
        said = [self.text, hashlib.sha256(self.picture).hexdigest(), self.position, self.opacity]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True)
class Limits:
    """What may be shown of one item's images.

    Attributes:
        max_px: Longer side of the largest image, in pixels; 0 means no limit.
        watermark: What is drawn on them, or None.
        has_download: Whether its page offers the image as a download.
    """

    max_px: int = 0
    watermark: Watermark | None = None
    has_download: bool = True

    def and_also(self, other: Limits) -> Limits:
        """Return the strictest of both; of two watermarks that of ``other``."""
        sizes = [px for px in (self.max_px, other.max_px) if px]
        return Limits(
            max_px=min(sizes, default=0),
            watermark=other.watermark or self.watermark,
            has_download=self.has_download and other.has_download,
        )

    def reduces(self, longest_px: int) -> bool:
        """Say whether an image with this longer side must be made smaller."""
        return 0 < self.max_px < longest_px

    def is_kept_by(self, made: DerivativeSet) -> bool:
        """Say whether nothing in a derivative set shows more than these limits allow.

        A set that shows less, or bears an older watermark, keeps them.
        """
        longest_px = max((max(c.width_px, c.height_px) for c in made.canvases), default=0)
        is_marked = self.watermark is None or bool(made.watermark)
        return is_marked and not self.reduces(longest_px)

    def recipe(self, longest_px: int | None) -> dict[str, object]:
        """Return what of them changes the images of an item, as plain JSON data.

        Args:
            longest_px: Longer side of its largest page, or None where that is not certain.
        """
        changes: dict[str, object] = {}
        if self.max_px and (longest_px is None or self.reduces(longest_px)):
            changes["max_px"] = self.max_px
        if self.watermark is not None:
            changes["watermark"] = self.watermark.digest
        return changes


@dataclass(frozen=True)
class LimitRules:
    """The limits of an archive.

    Attributes:
        by_access: The limits of each access level that has any.
        by_rights: The limits of items by how their rights begin: an address or words.
    """

    by_access: Mapping[Access, Limits] = field(default_factory=dict)
    by_rights: Mapping[str, Limits] = field(default_factory=dict)

    @property
    def forbid_nothing(self) -> bool:
        """Whether every derivative set keeps them, whatever its item's record says."""
        every = (*self.by_access.values(), *self.by_rights.values())
        return not any(limits.max_px or limits.watermark for limits in every)

    def of(self, record: Record, *, rights: str, rights_uri: str) -> Limits:
        """Return the limits of an item.

        Args:
            record: The whole record, also with what the profile hides.
            rights: Rights statement of items that have none of their own.
            rights_uri: Its address.
        """
        limits = self.by_access.get(record.access, Limits())
        said = list(_said(record, rights, rights_uri)) if self.by_rights else []
        # Of two watermarks the longer, more special entry's is drawn.
        for start in sorted(self.by_rights, key=lambda key: (len(key), key)):
            if any(_begins(text, start) for text in said):
                limits = limits.and_also(self.by_rights[start])
        return limits


def limits_from(settings: LimitSettings, path: Path) -> Limits:
    """Return the limits that one table of ``path`` asks for; a picture is read now.

    Raises:
        ConfigError: A value is out of range, or the picture is missing or no PNG.
    """
    wrong = ""
    if settings.max_px and settings.max_px < _LEAST_PX:
        wrong = _("max_px must be 0 (no limit) or at least {least}.").format(least=_LEAST_PX)
    elif settings.watermark_position not in WATERMARK_POSITIONS:
        wrong = _("watermark_position must be one of: {names}.").format(
            names=", ".join(WATERMARK_POSITIONS)
        )
    elif not 1 <= settings.watermark_opacity <= 100:
        wrong = _("watermark_opacity must be from 1 to 100.")
    if wrong:
        raise ConfigError(wrong, path=path)
    return Limits(settings.max_px, _watermark(settings, path), settings.download)


def _watermark(settings: LimitSettings, path: Path) -> Watermark | None:
    said = unicodedata.normalize("NFC", settings.watermark).strip()
    if not said:
        return None
    text, picture = said, b""
    if said.lower().endswith(".png"):
        text, picture = "", _read_picture(path.parent / said)
    else:
        _check_text(text, path)
    return Watermark(text, picture, settings.watermark_position, settings.watermark_opacity)


def _check_text(text: str, path: Path) -> None:
    if len(text) > _LONGEST_WATERMARK:
        raise ConfigError(
            _("The watermark has {count} characters; the limit is {limit}.").format(
                count=len(text), limit=_LONGEST_WATERMARK
            ),
            path=path,
        )
    unknown = sorted({letter for letter in text if not _WRITABLE.fullmatch(letter)})
    if unknown:
        raise ConfigError(
            _("The watermark has characters that the font does not: {characters}.").format(
                characters=" ".join(unknown)
            ),
            remedy=_("Draw the watermark as a PNG file and name that file instead."),
            path=path,
        )


def _read_picture(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            _("The watermark cannot be read: {reason}.").format(reason=error.strerror or error),
            remedy=_("Copy the PNG file there, or change watermark in hoaban.toml."),
            path=path,
        ) from error
    if len(content) > _LARGEST_PICTURE_BYTES or not _is_png(content):
        raise ConfigError(
            _("The watermark is not a PNG image of at most {limit} MB.").format(
                limit=_LARGEST_PICTURE_BYTES // 1_000_000
            ),
            remedy=_("Save it as PNG with a transparent background, about 1000 pixels wide."),
            path=path,
        )
    return content


def _is_png(content: bytes) -> bool:
    """Say whether ``content`` can be decoded as PNG; Pillow is asked only where one is used."""
    if not content.startswith(_PNG_SIGNATURE):
        return False
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _said(record: Record, rights: str, rights_uri: str) -> Iterator[str]:
    """Give what an item says of its rights: addresses, in both spellings, and words."""
    # Also rights that others overrule: what they forbid stays forbidden.
    own = [s for s in record.statements if s.term in RIGHTS_TERMS]
    texts = [text for s in own for text in (s.uri, s.value)] if own else [rights_uri, rights]
    for text in filter(None, texts):
        known = rights_statement(text)
        yield from {text, known.uri} if known else {text}


def _begins(text: str, start: str) -> bool:
    known = rights_statement(start)
    return _folded(text).startswith(_folded(start)) or (known is not None and text == known.uri)


def _folded(text: str) -> str:
    return _SCHEME.sub("", unicodedata.normalize("NFC", text).strip()).casefold()
