"""Stories: Markdown of the museum's with items in it, safe, linked both ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.site.stories import markdown
from archive.site.story_pages import safe_html
from schemas.errors import ConfigError
from schemas.identifiers import item_id_for, item_page
from tests.site.fabricated_site import make_site, small_archive
from tests.site.reading import Page, broken_links, pages

STORY = """\
---
title: Thạp đồng
summary: Một chiếc thạp.
cover: BT.001
---

Xem [trang sách](item:BT.002%2F%C4%90) và <b>không phải thẻ</b>.

![Hoa văn trên nắp](item:BT.001?view=2&region=30,20,40,40)
![Mặt trước](item:BT.001 "Chiếc thạp nhìn từ phía trước")

# Tiêu đề

<script>alert(1)</script>

[x](javascript:alert(2)) [y](https://example.org)
"""


def told(tmp_path, **files):
    archive = small_archive(tmp_path)
    archive.layout.stories.mkdir()
    for name, text in files.items():
        path = archive.layout.stories / f"{name.replace('__', '.')}.md"
        path.write_text(text, encoding="utf-8")
    return archive


def test_a_story_shows_items_and_details_and_runs_nothing(tmp_path):
    archive = told(tmp_path, thap__vi=STORY)
    make_site(archive)
    assert broken_links(archive.layout.site) == []
    page = Page(archive.layout.site / "vi/stories/thap.html")
    words = "".join(page.text)
    assert "<b>không phải thẻ</b>" in words
    assert "<script>alert(1)</script>" in words
    assert all(attrs.get("src") for attrs, _text in page.scripts)
    assert not [link for _tag, link in page.links if "javascript" in link]
    boxes = [found["viewbox"] for tag, found in page.tags if tag == "svg" and "viewbox" in found]
    assert any(re.fullmatch(r"\d+ \d+ \d+ \d+", box) for box in boxes)
    jar = item_page(item_id_for("BT.001"))
    links = [link for tag, link in page.links if tag == "a"]
    assert f"../../vi/{jar}#view=2&xywh=percent:30,20,40,40" in links
    assert f"../../vi/{item_page(item_id_for('BT.002/Đ'))}" in links
    alts = [found.get("alt") for tag, found in page.tags if tag == "img"]
    assert "Chiếc thạp nhìn từ phía trước" in alts
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_an_item_is_shown_without_a_caption(tmp_path):
    archive = told(tmp_path, thap__vi="---\ntitle: T\n---\n\n![](item:BT.001)\n")
    make_site(archive)
    html = (archive.layout.site / "vi/stories/thap.html").read_text(encoding="utf-8")
    assert re.search(r'<figcaption><a href="[^"]+"[^>]*>', html)


def test_the_detail_is_cut_from_a_picture_of_the_site(tmp_path):
    archive = told(tmp_path, thap__vi=STORY)
    make_site(archive)
    html = (archive.layout.site / "vi/stories/thap.html").read_text(encoding="utf-8")
    picture, width, height = re.search(
        r'<image href="\.\./\.\./([^"]+)" width="(\d+)" height="(\d+)"', html
    ).groups()
    assert (archive.layout.site / picture).is_file()
    left, top, box_width, box_height = map(
        int, re.search(r'class="detail" viewBox="([\d ]+)"', html)[1].split()
    )
    assert abs(left - int(width) * 0.3) <= 1
    assert abs(top - int(height) * 0.2) <= 1
    assert left + box_width <= int(width)
    assert top + box_height <= int(height)


def test_items_and_menus_lead_to_stories(tmp_path):
    archive = told(tmp_path, thap__vi=STORY)
    make_site(archive)
    site = archive.layout.site
    item = Page(site / "vi" / item_page(item_id_for("BT.001")))
    assert ("a", "../../../vi/stories/thap.html") in item.links
    other = Page(site / "vi" / item_page(item_id_for("BT.003")))
    assert ("a", "../../../vi/stories/thap.html") not in other.links
    assert ("a", "../vi/stories/index.html") in Page(site / "vi/about.html").links


def test_a_story_in_one_language_says_so_in_the_other(tmp_path):
    archive = told(tmp_path, thap__vi=STORY)
    make_site(archive)
    page = Page(archive.layout.site / "en/stories/thap.html")
    assert "Tiếng Việt" in "".join(page.text)
    assert ("h1", {"lang": "vi"}) in page.tags
    assert ("div", {"class": "story-text", "lang": "vi"}) in page.tags


def test_without_stories_there_is_no_page_and_no_menu(tmp_path):
    archive = small_archive(tmp_path)
    make_site(archive)
    assert not (archive.layout.site / "vi/stories").exists()
    for page in pages(archive.layout.site):
        assert not [link for _tag, link in page.links if "stories" in link]


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("text\n\n![a](item:BT.999)", 6, "BT.999"),
        ("text\n\n[a](item:BT.999)", 6, "BT.999"),
        ("![a](item:BT.001?view=9)", 4, "view 9"),
        ("![a](item:BT.001?view=0)", 4, "view"),
        ("![a](item:BT.001?region=1,2,3)", 4, "region"),
        ("![a](item:BT.001?region=90,0,20,10)", 4, "region"),
        ("![a](item:BT.001?zoom=3)", 4, "zoom"),
        ("![a](photo.jpg)", 4, "photo.jpg"),
        ("words ![a](item:BT.001) words", 4, "paragraph of its own"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, body, line, said):
    archive = told(tmp_path, thap__vi=f"---\ntitle: T\n---\n{body}\n")
    with pytest.raises(ConfigError) as raised:
        make_site(archive)
    assert f"thap.vi.md:{line}: " in str(raised.value)
    assert said in str(raised.value)
    assert not archive.layout.site.exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("thap__vi", "no fence", "first line"),
        ("thap__vi", "---\ntitle: x\nno end", "thap.vi.md:1"),
        ("thap__vi", "---\nsummary: x\n---\n", "title"),
        ("thap__vi", "---\ntitle: x\ncolor: red\n---\n", "thap.vi.md:3"),
        ("thap__vi", "---\ntitle: x\norder: first\n---\n", "thap.vi.md:3"),
        ("thap", "---\ntitle: x\n---\n", "thap.md:1"),
        ("thap__fr", "---\ntitle: x\n---\n", "thap.fr.md:1"),
        ("Thap", "---\ntitle: x\n---\n", "Thap.md:1"),
    ],
)
def test_a_story_that_cannot_be_understood_is_told(tmp_path, name, text, said):
    archive = told(tmp_path, **{name: text})
    with pytest.raises(ConfigError, match=re.escape(said)):
        make_site(archive)


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    bad = "---\ntitle: T\n---\n![a](item:BT.998)\n\n![b](item:BT.999)\n"
    archive = told(tmp_path, thap__vi=bad, thap__en=bad)
    with pytest.raises(ConfigError) as raised:
        make_site(archive)
    assert str(raised.value).count("inventory number") == 4


@settings(max_examples=60, deadline=None)
@given(body=st.text(max_size=400))
def test_no_text_makes_markup_that_runs(body):
    html = safe_html(markdown().parse(body), "vi")
    tags = set(re.findall(r"<([a-zA-Z][^\s/>]*)", html))
    assert not tags & {"script", "img", "iframe", "style", "svg", "object", "form"}
    assert " on" not in "".join(re.findall(r"<[a-z][^>]*>", html))
