"""Sitemaps: the addresses of all pages for search engines, in parts they accept.

Source: https://www.sitemaps.org/protocol.html (at most 50,000 addresses and 50 MB a file, and
50,000 files an index); hreflang as in
https://developers.google.com/search/docs/specialty/international/localized-versions
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from archive.site.files import SiteTree
from archive.site.reuse import Reuse
from archive.site.urls import absolute_url

_PART_SIZE = 10_000
# The limit is 52,428,800; what stands around the entries, and the next page of every edition, fit.
_PART_BYTES = 50_000_000
# More than stands around any address; and a sign of a path may be "%E1%BB%83", of a URL "&amp;".
_AROUND = 100
_LONGEST_SIGN = 9
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML_NS = "http://www.w3.org/1999/xhtml"


class Sitemap:
    """Collects pages and writes a part whenever one is full.

    Args:
        tree: Where the parts are written.
        base_url: Public address of the site.
        languages: Editions; every page is in each.
        reuse: Makes the parts, or takes them from the site before.
    """

    def __init__(
        self, tree: SiteTree, base_url: str, languages: tuple[str, ...], reuse: Reuse
    ) -> None:
        self._tree = tree
        self._base_url = base_url
        self._languages = languages
        self._reuse = reuse
        self._pages: list[tuple[str, str]] = []
        self._most_bytes = 0
        self._parts = 0

    def add(self, path: str, changed_on: str = "") -> None:
        """Add a page of every edition; ``changed_on`` is a day, ``2026-11-21``."""
        self._pages.append((path, changed_on))
        editions = len(self._languages)
        address = _AROUND + (len(self._base_url) + len(path)) * _LONGEST_SIGN
        self._most_bytes += editions * (editions + 1) * address
        if len(self._pages) * editions >= _PART_SIZE or self._is_large():
            self._write_part()

    def finish(self) -> None:
        """Write the last part, the index of the parts and robots.txt."""
        if self._pages:
            self._write_part()
        parts = "".join(
            f"<sitemap><loc>{escape(absolute_url(self._base_url, _part(number)))}</loc></sitemap>\n"
            for number in range(1, self._parts + 1)
        )
        index = f'{_HEAD}<sitemapindex xmlns="{_NS}">\n{parts}</sitemapindex>\n'
        self._tree.write("sitemap.xml", index.encode())
        address = absolute_url(self._base_url, "sitemap.xml")
        self._tree.write("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {address}\n".encode())

    def _is_large(self) -> bool:
        """Say whether the pages fill a part by their bytes; hardly any do."""
        # Addresses are ASCII, so a character is a byte.
        return self._most_bytes >= _PART_BYTES and sum(map(len, self._entries())) >= _PART_BYTES

    def _entries(self) -> Iterator[str]:
        """Yield the entries of the pages that are collected, those of all editions of a page."""
        for path, changed_on in self._pages:
            addresses = [absolute_url(self._base_url, f"{lang}/{path}") for lang in self._languages]
            links = "".join(
                f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(address)}/>'
                for lang, address in zip(self._languages, addresses, strict=True)
            )
            changed = f"<lastmod>{escape(changed_on)}</lastmod>" if changed_on else ""
            for address in addresses:
                yield f"<url><loc>{escape(address)}</loc>{changed}{links}</url>\n"

    def _write_part(self) -> None:
        self._parts += 1
        path = _part(self._parts)

        def make() -> bytes:
            body = "".join(self._entries())
            text = f'{_HEAD}<urlset xmlns="{_NS}" xmlns:xhtml="{_XHTML_NS}">\n{body}</urlset>\n'
            self._tree.write(path, text.encode())
            return b""

        self._reuse.write(path, lambda: [repr(self._pages).encode()], [path], make)
        self._pages.clear()
        self._most_bytes = 0


def _part(number: int) -> str:
    return f"sitemaps/{number}.xml"
