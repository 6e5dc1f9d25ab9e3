"""The pages of stories: every item found, every detail cut out, every text made safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import nh3
from markdown_it.token import Token
from markupsafe import Markup

from archive.settings import Settings
from archive.site.files import SiteTree
from archive.site.items import Display, PictureView, Text
from archive.site.pages import Pages
from archive.site.stories import (
    Embed,
    Passage,
    Problem,
    StoryText,
    linked_number,
    markdown,
    raise_if,
)
from archive.site.urls import PageUrls
from schemas.identifiers import item_id_for, item_page
from schemas.messages import _

_TAGS = {
    *("p", "h2", "h3", "h4", "em", "strong", "a", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
}
_HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
_DETAIL_PX = 1200

Shown = Mapping[str, Display]
"""What a page shows of an item, by inventory number."""


@dataclass(frozen=True)
class Detail:
    """A part of a picture, cut out by the reader's browser.

    Attributes:
        path: Path of the picture, relative to the root of the site.
        width_px: Its width.
        height_px: Its height.
        box: Left, top, width and height of the part, in its pixels.
    """

    path: str
    width_px: int
    height_px: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Figure:
    """An item in a story, as its page shows it.

    Attributes:
        item_id: The item.
        title: What it is called.
        identifier: Its inventory number.
        caption: What the museum wrote under it.
        alt: What it shows.
        view: The picture; None where the item has none.
        detail: The part of it that is shown; None for the whole.
        place: What leads to the same part in the item's page, after ``#``.
    """

    item_id: str
    title: Text
    identifier: str
    caption: str
    alt: Text
    view: PictureView | None
    detail: Detail | None = None
    place: str = ""


@dataclass(frozen=True)
class StoryPart:
    """A part of a story's page: safe HTML, or figures."""

    html: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class StoryCard:
    """A story in a list.

    Attributes:
        page: Path of its page, inside an edition.
        title: What it is called.
        summary: One or two sentences; may be empty.
        cover: The picture that stands for it, or None.
    """

    page: str
    title: Text
    summary: Text
    cover: PictureView | None


class StoryPages:
    """The stories of one build, once their items are known.

    Attributes:
        names: The stories, by name, in their order.
        numbers: The inventory numbers that stories name.
    """

    def __init__(self, texts: Sequence[StoryText], settings: Settings) -> None:
        self._settings = settings
        self._texts: dict[str, dict[str, StoryText]] = {}
        for text in texts:
            self._texts.setdefault(text.name, {})[text.lang] = text
        self.names = tuple(self._texts)
        self.numbers = frozenset(number for text in texts for number, _line in text.numbers())

    def check(self, shown: Shown) -> None:
        """Make sure that every item a story names is there, with the picture it names.

        Raises:
            ConfigError: One is not; all of them are named with file and line.
        """
        problems: list[Problem] = []
        for text in (text for by_lang in self._texts.values() for text in by_lang.values()):
            for number, line in text.numbers():
                if number not in shown:
                    sentence = _("no public item has the inventory number '{number}'")
                    problems.append(Problem(text.path, line, sentence.format(number=number)))
            for embed in (embed for passage in text.passages for embed in passage.embeds):
                views = len(shown[embed.number].views) if embed.number in shown else embed.view
                if embed.view > max(1, views):
                    sentence = _("'{number}' has {count} pictures; there is no view {view}")
                    said = sentence.format(number=embed.number, count=views, view=embed.view)
                    problems.append(Problem(text.path, embed.line, said))
        raise_if(sorted(problems, key=lambda problem: (problem.path, problem.line)))

    def cards(self, lang: str, shown: Shown) -> list[StoryCard]:
        """Return the stories as a list in an edition shows them."""
        return [self._card(self._text(name, lang), lang, shown) for name in self.names]

    def of_item(self, number: str, lang: str, shown: Shown) -> tuple[StoryCard, ...]:
        """Return the stories in which an item is shown or named."""
        if number not in self.numbers:
            return ()
        found = (self._text(name, lang) for name in self.names)
        return tuple(
            self._card(text, lang, shown)
            for text in found
            if number in {other for other, _line in text.numbers()}
        )

    def write(self, tree: SiteTree, pages: Pages, lang: str, shown: Shown) -> list[str]:
        """Write the stories of an edition and their list; return their paths inside it."""
        cards = self.cards(lang, shown)
        data = {"section": "stories", "stories": cards}
        html = pages.page("stories.html", lang, "stories/index.html", data)
        tree.write_page(f"{lang}/stories/index.html", html)
        for card, name in zip(cards, self.names, strict=True):
            text = self._text(name, lang)
            found = {
                "section": "stories",
                "story": card,
                "story_lang": text.lang if text.lang != lang else "",
                "parts": [self._part(passage, lang, shown) for passage in text.passages],
                "others": [other for other in cards if other is not card][:3],
            }
            tree.write_page(f"{lang}/{card.page}", pages.page("story.html", lang, card.page, found))
        return ["stories/index.html", *(card.page for card in cards)]

    def _text(self, name: str, lang: str) -> StoryText:
        """Return a story in a language, else in the main one, else in any."""
        by_lang = self._texts[name]
        main = by_lang.get(self._settings.main_language)
        return by_lang.get(lang) or main or next(iter(by_lang.values()))

    def _card(self, text: StoryText, lang: str, shown: Shown) -> StoryCard:
        spoken = text.lang if text.lang != lang else ""
        first = next((e.number for p in text.passages for e in p.embeds), "")
        views = shown[text.cover or first].views if text.cover or first else ()
        return StoryCard(
            page=story_page(text.name),
            title=Text(text.title, spoken),
            summary=Text(text.summary, spoken),
            cover=views[0] if views else None,
        )

    def _part(self, passage: Passage, lang: str, shown: Shown) -> StoryPart:
        if passage.embeds:
            return StoryPart(figures=tuple(_figure(e, shown[e.number]) for e in passage.embeds))
        return StoryPart(html=safe_html(passage.tokens, lang))


def story_page(name: str) -> str:
    """Return the path of a story's page, inside an edition."""
    return f"stories/{name}.html"


def _figure(embed: Embed, item: Display) -> Figure:
    view = item.views[embed.view - 1] if item.views else None
    alt = Text(embed.alt) if embed.alt else item.title
    place = ""
    if view is not None and (embed.view > 1 or embed.region):
        place = f"view={embed.view}"
        if embed.region:
            place += "&xywh=percent:" + ",".join(f"{part:g}" for part in embed.region)
    return Figure(
        item_id=item.item_id,
        title=item.title,
        identifier=item.identifier,
        caption=embed.caption,
        alt=alt,
        view=view,
        detail=_detail(view, embed.region) if view and embed.region else None,
        place=place,
    )


def _detail(view: PictureView, region: tuple[float, float, float, float]) -> Detail:
    """Return a part of the smallest picture on the site that shows it well, else of the largest."""
    pictures = [(source.width_px, source.height_px, source.path) for source in view.sources]
    pictures += [
        (width, height, f"{view.folder}/full/{width},{height}/0/default.jpg")
        for width, height in view.canvas.sizes
    ]
    wanted = _DETAIL_PX * 100 / region[2]
    width, height, path = next(
        (entry for entry in sorted(pictures) if entry[0] >= wanted), max(pictures)
    )
    left, top, part_width, part_height = region
    box = (
        round(width * left / 100),
        round(height * top / 100),
        max(1, round(width * part_width / 100)),
        max(1, round(height * part_height / 100)),
    )
    return Detail(path, width, height, box)


def safe_html(tokens: Sequence[Token], lang: str) -> Markup:
    """Return the HTML of running text: links to items resolved, then everything sanitised."""
    prepared = [_prepared(token, lang) for token in tokens]
    parser = markdown()
    html = parser.renderer.render(prepared, parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener",
    )
    return Markup(clean)  # noqa: S704  (nh3 has just made it safe)


def _prepared(token: Token, lang: str) -> Token:
    """Return a token for the page: headings one step down, items' addresses relative."""
    changed = replace(token, tag=_HEADINGS.get(token.tag, token.tag), attrs=dict(token.attrs))
    href = str(token.attrGet("href") or "")
    if href.startswith("item:"):
        target = f"{lang}/{item_page(item_id_for(linked_number(href)))}"
        changed.attrs["href"] = PageUrls.of(f"{lang}/{story_page('x')}").to(target)
    if token.children:
        changed.children = [_prepared(child, lang) for child in token.children]
    return changed
