"""Reading a site back: its links, its tags, its data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
# SVG shapes are written as empty elements.
SHAPES = {"path", "circle"}


class Page(HTMLParser):
    """A page as a browser sees it, refusing tags that do not match."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.open: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, f"{path}: never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert len(found) == len(attrs), f"{self.path}: an attribute stands twice in <{tag}>"
        self.tags.append((tag, found))
        if tag not in VOID and tag not in SHAPES:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((found, ""))
        for name in ("href", "src", "action", "data-viewer", "data-index"):
            if found.get(name):
                self.links.append((tag, found[name]))
        for part in (found.get("srcset") or "").split(", "):
            if part:
                self.links.append((tag, part.split(" ")[0]))

    def handle_endtag(self, tag):
        if tag in SHAPES:
            return
        assert self.open[-1:] == [tag], f"{self.path}: </{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        else:
            self.text.append(data)

    def data(self, kind: str) -> list:
        """Return the JSON of the scripts of a media type."""
        return [json.loads(text) for attrs, text in self.scripts if attrs.get("type") == kind]


def pages(site: Path) -> Iterator[Page]:
    """Yield every page of a site."""
    for path in sorted(site.rglob("*.html")):
        yield Page(path)


def broken_links(site: Path) -> list[str]:
    """Return every relative link that leads to no file."""
    broken = []
    for page in pages(site):
        for _tag, link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            start = site if parts.path.startswith("/") else page.path.parent
            target = start / unquote(parts.path.lstrip("/"))
            if not target.exists():
                broken.append(f"{page.path.relative_to(site)}: {link}")
    return broken


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file under ``folder``."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
