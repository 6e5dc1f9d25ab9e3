"""Addresses: relative from page to page, so that a double-click works as well as a web host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

_SAFE_SCHEMES = ("http", "https", "mailto", "")
# Browsers drop tabs and line ends inside a scheme: "java\tscript:" runs.
_AS_IT_IS = re.compile(r"[A-Za-z0-9/,._~-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class PageUrls:
    """Makes the links of one page.

    Attributes:
        path: Path of the page, relative to the root of the site.
        prefix: What leads from the page to that root.
    """

    path: str
    prefix: str

    @classmethod
    def of(cls, path: str) -> PageUrls:
        """Return the links of the page at ``path``."""
        return cls(path, "../" * path.count("/"))

    @classmethod
    def of_unknown_place(cls, path: str, base_url: str) -> PageUrls:
        """Return the links of a page that a server shows at any address, as it does 404.html."""
        return cls(path, urlsplit(base_url).path.rstrip("/") + "/")

    def to(self, target: str, /, **query: object) -> str:
        """Return the link to ``target``, a path relative to the root of the site."""
        return link(self.prefix, target, **query)


def link(prefix: str, target: str, /, **query: object) -> str:
    """Return the link to ``target``, a path below what ``prefix`` leads to."""
    address = prefix + _quoted(target)
    return f"{address}?{urlencode(query)}" if query else address


def absolute_url(base_url: str, path: str) -> str:
    """Return the public address of a path of the site; an index page by its folder."""
    folder = path.removesuffix("index.html") if path.endswith(("/index.html",)) else path
    folder = "" if folder == "index.html" else folder
    return f"{base_url}/{_quoted(folder)}"


def _quoted(path: str) -> str:
    """Return a path as it stands in an address; nearly all stand there as they are."""
    return path if _AS_IT_IS.fullmatch(path) else quote(path, safe="/,.-_~")


def safe_url(text: str) -> str:
    """Return ``text`` when it may stand in a link, else an empty text.

    Only web and mail addresses and relative ones pass: ``javascript:`` and ``data:`` do not,
    however they are written.
    """
    address = text.strip()
    if not address or _CONTROL.search(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SAFE_SCHEMES:
        return ""
    if not parts.scheme and ":" in re.split("[/?#]", address)[0]:
        return ""
    return address
