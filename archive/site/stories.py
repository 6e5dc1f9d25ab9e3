"""Stories: texts of the museum's own in ``stories/NAME.LANG.md``, with items shown in them.

A story is Markdown (CommonMark and tables) after a few lines of particulars. A paragraph that
holds only pictures of items is shown as figures:

    ![What to see here](item:77.AO.84?view=2&region=30,20,40,40)

``view`` is the number of the item's picture; ``region`` is the part to show, as the left edge, the
top edge, the width and the height in per cent of the picture. ``[words](item:77.AO.84)`` links to
an item. HTML in a story is shown as text, never run.

Everything that is wrong in all stories is told at once, each with its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from schemas.errors import ConfigError
from schemas.messages import _
from schemas.unread import why_unread

_NAME = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3}(?:-[A-Za-z0-9]+)*)\.md")
_FENCE = "---"
_KEYS = ("title", "summary", "cover", "order")
_SCHEME = "item:"
_WHOLE = 100.0


@dataclass(frozen=True)
class Problem:
    """Something wrong in a story.

    Attributes:
        path: Its file.
        line: The line, from 1.
        text: What is wrong, as a sentence.
    """

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Embed:
    """An item shown in a story.

    Attributes:
        number: Inventory number, as written.
        view: Which of its pictures, from 1.
        region: Left, top, width and height in per cent; or None for the whole.
        caption: What stands under it; may be empty.
        alt: What it shows, for those who cannot see it; empty for the item's title.
        line: Where it stands, from 1.
    """

    number: str
    view: int
    region: tuple[float, float, float, float] | None
    caption: str
    alt: str
    line: int


@dataclass(frozen=True)
class Passage:
    """A part of a story: running text, or figures side by side.

    Attributes:
        tokens: The text, parsed; empty for figures.
        embeds: The figures; empty for text.
    """

    tokens: tuple[Token, ...] = ()
    embeds: tuple[Embed, ...] = ()


@dataclass(frozen=True)
class StoryText:
    """A story in one language.

    Attributes:
        path: Its file.
        name: Its name in addresses.
        lang: Its language.
        title: What it is called.
        summary: One or two sentences; may be empty.
        cover: Inventory number of the item that stands for it, or empty.
        order: Its place among the stories; smaller ones first.
        passages: Its parts, in order.
        links: Inventory numbers that its text links to, with their lines.
        cover_line: Where the cover is named.
    """

    path: Path
    name: str
    lang: str
    title: str
    summary: str = ""
    cover: str = ""
    order: int = 0
    passages: tuple[Passage, ...] = field(default=(), hash=False)
    links: tuple[tuple[str, int], ...] = ()
    cover_line: int = 1

    def numbers(self) -> Iterator[tuple[str, int]]:
        """Yield every inventory number the story names, with its line."""
        if self.cover:
            yield self.cover, self.cover_line
        for passage in self.passages:
            yield from ((embed.number, embed.line) for embed in passage.embeds)
        yield from self.links


def read_stories(folder: Path, languages: tuple[str, ...]) -> tuple[StoryText, ...]:
    """Return the stories of an archive, each in every language it has, in their order.

    Args:
        folder: The folder ``stories``; it may be missing.
        languages: The editions of the site.

    Raises:
        ConfigError: Something is wrong in a story; all that is wrong is named.
    """
    found: list[StoryText] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        if path.name.lower().startswith(("readme", "_")):
            continue
        story = _read_story(path, languages, problems)
        if story is not None:
            found.append(story)
    raise_if(problems)
    return tuple(sorted(found, key=lambda story: (story.order, story.name, story.lang)))


def raise_if(problems: Sequence[Problem]) -> None:
    """Tell everything that is wrong in stories, if anything is.

    Raises:
        ConfigError: There is a problem.
    """
    if problems:
        raise ConfigError(
            "\n".join(map(str, problems)),
            remedy=_("How stories are written: docs/stories.md."),
            path=problems[0].path.parent if len(problems) > 1 else None,
        )


def _read_story(
    path: Path, languages: tuple[str, ...], problems: list[Problem]
) -> StoryText | None:
    named = _NAME.fullmatch(path.name)
    if named is None or named[2] not in languages:
        sentence = _(
            "the file must be called name.LANGUAGE.md, with a language of the site: {codes}"
        )
        problems.append(Problem(path, 1, sentence.format(codes=", ".join(languages))))
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why_unread(error)
        problems.append(Problem(path, 1, _("it cannot be read: {reason}").format(reason=reason)))
        return None
    lines = text.splitlines()
    values, start = _particulars(path, lines, problems)
    story = StoryText(path, named[1], named[2], values.get("title", ("", 1))[0])
    if not story.title:
        problems.append(Problem(path, 1, _("it needs a title: a line 'title: …' between '---'")))
    order, order_line = values.get("order", ("0", 1))
    if not re.fullmatch(r"-?\d{1,6}", order):
        problems.append(Problem(path, order_line, _("order must be a whole number")))
        order = "0"
    cover, cover_line = values.get("cover", ("", 1))
    passages, links = _parsed(path, "\n" * start + "\n".join(lines[start:]), problems)
    return replace(
        story,
        summary=values.get("summary", ("", 1))[0],
        cover=cover,
        cover_line=cover_line,
        order=int(order),
        passages=passages,
        links=links,
    )


def _particulars(
    path: Path, lines: list[str], problems: list[Problem]
) -> tuple[dict[str, tuple[str, int]], int]:
    """Return the values between the fences with their lines, and where the text begins."""
    values: dict[str, tuple[str, int]] = {}
    if not lines or lines[0].strip() != _FENCE:
        problems.append(Problem(path, 1, _("the first line must be '---'")))
        return values, 0
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == _FENCE:
            return values, number
        key, colon, value = line.partition(":")
        if line.strip() and (not colon or key.strip() not in _KEYS):
            sentence = _("expected one of: {keys}; each as 'key: value'")
            problems.append(Problem(path, number, sentence.format(keys=", ".join(_KEYS))))
        elif line.strip():
            values[key.strip()] = (value.strip().strip("\"'"), number)
    problems.append(Problem(path, 1, _("the line '---' that ends the particulars is missing")))
    return values, len(lines)


def _parsed(
    path: Path, text: str, problems: list[Problem]
) -> tuple[tuple[Passage, ...], tuple[tuple[str, int], ...]]:
    tokens = markdown().parse(text)
    passages: list[Passage] = []
    links: list[tuple[str, int]] = []
    prose: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        embeds = _figures(path, tokens[position : position + 3], problems)
        if embeds is None:
            prose.append(token)
            links += _links(path, token, problems)
            position += 1
            continue
        if prose:
            passages.append(Passage(tokens=tuple(prose)))
            prose = []
        passages.append(Passage(embeds=tuple(embeds)))
        position += 3
    if prose:
        passages.append(Passage(tokens=tuple(prose)))
    return tuple(passages), tuple(links)


def markdown() -> MarkdownIt:
    """Return the Markdown of stories: CommonMark with tables, and HTML only as text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _figures(path: Path, tokens: Sequence[Token], problems: list[Problem]) -> list[Embed] | None:
    """Return the items of a paragraph that holds nothing else, or None for any other part."""
    if len(tokens) < 3 or tokens[0].type != "paragraph_open" or tokens[0].level:
        return None
    parts = [t for t in tokens[1].children or () if t.type == "image" or t.content.strip()]
    pictures = [part for part in parts if part.type == "image"]
    if not pictures or len(pictures) < len(parts):
        return None
    line = (tokens[0].map or [0])[0] + 1
    found = (_embed(path, picture, line, problems) for picture in pictures)
    return [embed for embed in found if embed is not None]


def _links(path: Path, token: Token, problems: list[Problem]) -> Iterator[tuple[str, int]]:
    line = (token.map or [0])[0] + 1
    for child in token.children or ():
        href = str(child.attrGet("href") or "")
        if child.type == "image":
            sentence = _("a picture of an item must be a paragraph of its own")
            problems.append(Problem(path, line, sentence))
        elif href.startswith(_SCHEME):
            yield linked_number(href), line


def linked_number(href: str) -> str:
    """Return the inventory number that an address ``item:…`` names."""
    return unquote(href.removeprefix(_SCHEME))


def _embed(path: Path, picture: Token, line: int, problems: list[Problem]) -> Embed | None:
    address = str(picture.attrGet("src") or "")
    if not address.startswith(_SCHEME):
        sentence = _("only items can be shown: ![caption](item:NUMBER), not '{address}'")
        problems.append(Problem(path, line, sentence.format(address=unquote(address))))
        return None
    number, _mark, query = address.removeprefix(_SCHEME).partition("?")
    options = dict(parse_qsl(unquote(query), keep_blank_values=True))
    view = options.pop("view", "1")
    region_text = options.pop("region", "")
    region = _region(region_text)
    wrong = ""
    if options:
        wrong = _("after the number only view and region are known, not '{name}'").format(
            name=next(iter(options))
        )
    elif not re.fullmatch(r"[1-9]\d{0,4}", view):
        wrong = _("view must be the number of a picture, from 1")
    elif region_text and region is None:
        wrong = _("region must be left,top,width,height in per cent of the picture: 30,20,40,40")
    if wrong:
        problems.append(Problem(path, line, wrong))
        return None
    return Embed(
        number=unquote(number),
        view=int(view),
        region=region,
        caption=picture.content.strip(),
        alt=str(picture.attrGet("title") or ""),
        line=line,
    )


def _region(text: str) -> tuple[float, float, float, float] | None:
    parts = text.split(",")
    if len(parts) != 4 or not all(re.fullmatch(r"\s*\d{1,3}(\.\d{1,3})?\s*", p) for p in parts):
        return None
    left, top, width, height = map(float, parts)
    if min(width, height) <= 0 or left + width > _WHOLE or top + height > _WHOLE:
        return None
    return left, top, width, height
