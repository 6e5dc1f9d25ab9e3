"""How a museum's site looks and what it says (table ``[site]`` of ``hoaban.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from schemas.messages import _

PAPER, DARK_PAPER = "#fbf9f5", "#171412"
"""The colours behind text in ``theme.css``, light and dark."""

LEAST_CONTRAST = 4.5
"""Source: WCAG 2.2, success criterion 1.4.3 Contrast (Minimum)."""

PACKAGES = ("lido", "edm", "mods")
"""What packages of all items may be."""

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_LOGO = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.(svg|png|webp|jpg|jpeg)", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")


@dataclass(frozen=True)
class SiteSettings:
    """What a museum decides about its site, without touching templates.

    Attributes:
        logo: A picture in the folder ``theme``, or empty for the flower.
        colour: Of links and buttons on light paper, ``#86295f``; or empty.
        colour_dark: The same on dark paper; or empty.
        welcome: A sentence or two on the home page, by language.
        about: Paragraphs on the page about the archive, by language.
        contact: E-mail or web address for reports of errors; or empty.
        highlights: Inventory numbers of items on the home page, the first one largest; empty
            means that they are chosen.
        map_tiles: Address of a tile service for the map, with ``{z}``, ``{x}`` and ``{y}``; empty
            means the outline that comes along, and that no other host is asked.
        map_credit: What the tile service wants to be said of it.
        packages: Formats of the packages of all items that a published site offers, each one of
            ``PACKAGES``.
        packages_up_to: Most public items with which a build makes them; 0 means any number.
        offline_mb: Most megabytes that a reader's browser keeps of what was seen; 0 means none.
    """

    logo: str = ""
    colour: str = ""
    colour_dark: str = ""
    welcome: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    highlights: tuple[str, ...] = ()
    map_tiles: str = ""
    map_credit: str = ""
    packages: tuple[str, ...] = ("lido", "edm")
    packages_up_to: int = 2000
    offline_mb: int = 50

    @property
    def is_mail(self) -> bool:
        """Whether errors are reported by e-mail."""
        return bool(_MAIL.fullmatch(self.contact))

    @property
    def map_host(self) -> str:
        """The host of the tile service, as a policy names it: ``https://tile.example.org``."""
        parts = urlsplit(self.map_tiles)
        return f"{parts.scheme}://{parts.netloc}" if self.map_tiles else ""


def wrong_site(settings: SiteSettings) -> str:
    """Return what is wrong with the settings of the site, or an empty text."""
    for name, paper in (("colour", PAPER), ("colour_dark", DARK_PAPER)):
        colour = getattr(settings, name)
        if colour and not _COLOUR.fullmatch(colour):
            return _("{name} must be a colour such as #86295f.").format(name=name)
        if colour and contrast(colour, paper) < LEAST_CONTRAST:
            return _(
                "{name} cannot be read on {paper}: its contrast is {ratio}, at least 4.5 is needed."
            ).format(name=name, paper=paper, ratio=f"{contrast(colour, paper):.1f}")
    if settings.logo and not _LOGO.fullmatch(settings.logo):
        return _("logo must be the name of a picture in the folder theme: logo.svg.")
    for name in ("welcome", "about"):
        texts: Mapping[str, object] = getattr(settings, name)
        if not all(isinstance(text, str) for text in texts.values()):
            return _('{name} must be texts by language: {{ vi = "…", en = "…" }}.').format(
                name=name
            )
    if not all(isinstance(number, str) for number in settings.highlights):
        return _("highlights must be inventory numbers, each in quotation marks.")
    is_web = settings.contact.startswith("https://") and " " not in settings.contact
    if settings.contact and not (settings.is_mail or is_web):
        return _("contact must be an e-mail address or an address with https://.")
    if not all(name in PACKAGES for name in settings.packages):
        return _("packages must name some of: {names}.").format(names=", ".join(PACKAGES))
    if min(settings.packages_up_to, settings.offline_mb) < 0:
        return _("packages_up_to and offline_mb must not be negative.")
    return _wrong_tiles(settings.map_tiles)


def contrast(colour: str, paper: str) -> float:
    """Return the contrast of two colours, ``#rrggbb`` in sRGB, from 1 to 21.

    Source: WCAG 2.2, relative luminance and contrast ratio.
    """
    first, second = sorted((_luminance(colour), _luminance(paper)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _wrong_tiles(address: str) -> str:
    if not address:
        return ""
    parts = urlsplit(address)
    is_plain = re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc) is not None
    if (
        parts.scheme != "https"
        or not is_plain
        or any(x not in address for x in ("{z}", "{x}", "{y}"))
    ):
        return _("map_tiles must be an address with https:// that has {z}, {x} and {y}.")
    return ""
