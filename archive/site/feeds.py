"""The newest items as an Atom feed for each language, for readers who want to hear of them.

Source: RFC 4287, The Atom Syndication Format
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.settings import Settings
from archive.site.files import SiteTree
from archive.site.items import Display, Text
from archive.site.urls import absolute_url
from schemas.crosswalks.tree import Node, add, add_text, write_tree
from schemas.identifiers import item_page
from schemas.messages import N_, translate

FEED_NAME = "feed.xml"
NEWEST = 30
"""Most items of a feed."""

_ATOM = "http://www.w3.org/2005/Atom"
_TITLE = N_("{site}: new items")


@dataclass(frozen=True)
class NewItem:
    """One item of a feed.

    Attributes:
        shown: The item in the language of the feed.
        published_at: Since when the public may see it, RFC 3339 in UTC.
        updated_at: When it last changed for the public, likewise.
    """

    shown: Display
    published_at: str
    updated_at: str


def write_feed(tree: SiteTree, settings: Settings, lang: str, items: Sequence[NewItem]) -> None:
    """Write the feed of a language; without items there is none.

    Args:
        tree: The site, with its pictures.
        settings: Where it will be published, by whom.
        lang: The language.
        items: The newest items, the newest first.
    """
    if not items:
        return
    base = settings.base_url
    title = settings.title_in(lang)
    feed = Node("feed", {"xmlns": _ATOM, "xml:lang": lang})
    address = absolute_url(base, f"{lang}/{FEED_NAME}")
    add_text(feed, "id", address)
    add_text(feed, "title", translate(_TITLE, lang).format(site=title))
    add_text(feed, "updated", max(item.updated_at for item in items))
    add_text(add(feed, "author"), "name", settings.publisher or title)
    _link(feed, "self", address, "application/atom+xml")
    _link(feed, "alternate", absolute_url(base, f"{lang}/index.html"), "text/html")
    if settings.rights:
        add_text(feed, "rights", settings.rights)
    for item in items:
        feed.children.append(_entry(tree, base, lang, item))
    tree.write(f"{lang}/{FEED_NAME}", write_tree(feed))


def _entry(tree: SiteTree, base: str, lang: str, item: NewItem) -> Node:
    shown = item.shown
    address = absolute_url(base, f"{lang}/{item_page(shown.item_id)}")
    entry = Node("entry")
    add_text(entry, "id", address)
    add_text(entry, "title", shown.title.text, shown.title.lang)
    add_text(entry, "published", item.published_at)
    add_text(entry, "updated", item.updated_at)
    _link(entry, "alternate", address, "text/html")
    if shown.views:
        path = shown.views[0].thumbnail.path
        size = str((tree.root / path).stat().st_size)
        _link(entry, "enclosure", absolute_url(base, path), "image/jpeg", size)
    summary, summary_lang = _summary(shown.prose or (shown.date,))
    add_text(entry, "summary", summary or shown.identifier, summary_lang)
    return entry


def _summary(texts: Iterable[Text]) -> tuple[str, str]:
    """Return the first text, on one line, and its language."""
    for text in texts:
        return " ".join(text.text.split()), text.lang
    return "", ""


def _link(parent: Node, relation: str, address: str, kind: str, size: str = "") -> None:
    attributes = {"rel": relation, "type": kind, "href": address, "length": size}
    add_text(parent, "link", attributes=attributes)
