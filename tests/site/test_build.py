"""The site that a build makes: complete, inert, reproducible, swapped in one step."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.layout import Layout
from archive.settings import Settings
from archive.site import files
from archive.site.build import build_site
from archive.site.report import SiteReport
from schemas.dublincore import Statement
from schemas.errors import StoreWriteError
from schemas.identifiers import image_folder, item_page
from schemas.profile import Profile
from schemas.records import Access, View
from tests.site.fabricated_site import (
    AT,
    PROFILE,
    FabricatedArchive,
    make_site,
    plain_picture,
    plain_record,
    said,
    small_archive,
)
from tests.site.reading import Page, broken_links, pages, snapshot

PUBLIC = Settings(base_url="https://baotang.example/kho", publisher="Bảo tàng Thử")


def write_search(folder: Path) -> None:
    (folder / "search-engine.js").write_text("var HoabanSearch = {};\n", encoding="utf-8")


def describe(record, url, image_urls, recordings, lang):
    return {"@context": "https://schema.org", "name": record.title("vi"), "url": url}


def build(archive: FabricatedArchive, **options) -> SiteReport:
    return make_site(archive, **{"json_ld": describe, **options})


def page_of(archive: FabricatedArchive, identifier: str, lang: str = "vi") -> Page:
    item = next(entry for entry in archive.kept if entry.record.identifier == identifier)
    return Page(archive.layout.site / lang / item_page(item.item_id))


def test_every_link_leads_to_a_file_and_every_page_parses(tmp_path):
    archive = small_archive(tmp_path)
    report = build(archive)
    assert broken_links(archive.layout.site) == []
    found = list(pages(archive.layout.site))
    assert report.pages == len(found) == 2 * (3 + 5 + 4) + 2
    assert report.items == 3
    assert report.warnings == ()
    assert report.bytes == sum(len(content) for content in snapshot(archive.layout.site).values())


def test_every_page_has_a_strict_policy_and_only_scripts_that_are_files(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    for page in pages(archive.layout.site):
        policies = [
            found["content"]
            for tag, found in page.tags
            if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert "unsafe" not in policies[0]
        for attrs, text in page.scripts:
            assert attrs.get("src") or attrs["type"].endswith("json")
            assert not (attrs.get("src") and text)
        for tag, found in page.tags:
            assert "style" not in found, f"{page.path}: inline style in <{tag}>"
            assert not [name for name in found if name.startswith("on")]


def test_every_page_says_in_a_sentence_what_it_is(tmp_path):
    """Search engines show it, and Lighthouse asks for it."""
    archive = small_archive(tmp_path)
    build(archive)
    for path in archive.layout.site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        sentences = re.findall(r'<meta name="description" content="([^"]*)">', html)
        is_redirect = 'http-equiv="refresh"' in html
        assert [bool(text.strip()) for text in sentences] == [True] or is_redirect, path


def test_no_page_loads_anything_from_another_host(tmp_path):
    archive = small_archive(tmp_path, PUBLIC)
    build(archive)
    for page in pages(archive.layout.site):
        for tag, link in page.links:
            is_loaded = tag in ("img", "script", "source")
            assert not (is_loaded and "//" in link), f"{page.path}: {link}"
    for style in (archive.layout.site / "assets/css").iterdir():
        assert "//" not in style.read_text(encoding="utf-8").replace("/*", "").replace("*/", "")


def test_an_item_page_speaks_the_language_of_its_reader(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    vietnamese, english = page_of(archive, "BT.001"), page_of(archive, "BT.001", "en")
    assert ("html", {"lang": "vi"}) in vietnamese.tags
    text_vi, text_en = "".join(vietnamese.text), "".join(english.text)
    assert "Chất liệu" in text_vi
    assert "Đồng" in text_vi
    assert "Bronze\n" not in text_vi
    assert "Material" in text_en
    assert "Bronze" in text_en
    for text in (text_vi, text_en):
        assert "Thạp đồng Đào Thịnh" in text
        assert "Bronze jar of Đào Thịnh" in text
        assert "CC BY 4.0" in text


def test_a_value_in_another_language_says_so(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    page = page_of(archive, "BT.003")
    assert ("h1", {"lang": "en"}) in page.tags
    english = page_of(archive, "BT.001", "en")
    assert ("p", {"lang": "vi"}) in english.tags


def test_hostile_metadata_is_shown_and_does_nothing(tmp_path):
    archive = FabricatedArchive(Layout(tmp_path))
    attack = '</script><script>alert(1)</script><img src=x onerror=alert(2)>" onload="alert(3)'
    archive.add(
        plain_record(
            attack,
            said("title", attack, "vi"),
            said("description", attack, 'vi" onclick="alert(4)'),
            said("material", attack),
            said("rights", attack),
            said("rights_uri", "", uri="javascript:alert(5)"),
            said("source_url", "java\tscript:alert(6)", uri=" JaVaScRiPt:alert(7)"),
            Statement("source", "x", uri="data:text/html,<script>alert(8)</script>", field="note"),
            views=(View("masters/a.jpg", attack, "vi"),),
        ),
        (plain_picture(60, 60),),
    )
    build(
        archive,
        json_ld=lambda record, url, images, recordings, lang: {"name": attack, "</script>": attack},
    )
    assert broken_links(archive.layout.site) == []
    for page in pages(archive.layout.site):
        for tag, found in page.tags:
            assert not [name for name in found if name.startswith("on")]
            assert found.get("src") != "x"
            for name in ("href", "src"):
                scheme = (found.get(name) or "").strip().lower().split(":")[0]
                assert scheme not in ("javascript", "data", "java\tscript"), tag
        assert all(
            attrs.get("src") or attrs.get("type", "").endswith("json")
            for attrs, _text in page.scripts
        )
    page = page_of(archive, attack)
    assert attack in "".join(page.text)
    assert page.data("application/ld+json")[0]["name"] == attack
    assert page.data("application/json")[0][0]["label"] == attack


def test_a_hidden_field_reaches_no_file_of_the_site(tmp_path):
    archive = FabricatedArchive(Layout(tmp_path))
    hidden = ("holding_institution", "rights", "date", "description", "material")
    statements = [said(name, f"hidden {name}", "vi") for name in hidden]
    archive.add(
        plain_record("BT.1", said("title", "Thạp", "vi"), *statements, views=(View("masters/a"),)),
        (plain_picture(60, 60),),
    )
    fields = [replace(field, is_shown=field.name not in hidden) for field in PROFILE]
    build_site(
        archive.layout,
        archive.settings,
        Profile(tuple(fields)),
        archive.listed,
        write_search=write_search,
        at=AT,
        json_ld=lambda record, url, images, recordings, lang: record.to_json(),
    )
    for name, content in snapshot(archive.layout.site).items():
        assert not [field for field in hidden if f"hidden {field}".encode() in content], name


def test_an_item_that_is_not_public_stops_the_build_and_leaves_the_old_site(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    before = snapshot(archive.layout.site)
    secret = plain_record("BT.009", said("title", "Kín"), access=Access.RESTRICTED)
    archive.add(secret, ())
    with pytest.raises(ValueError, match="not public"):
        build(archive)
    assert snapshot(archive.layout.site) == before
    assert not (archive.layout.staging / "site-new").exists()


def test_building_twice_gives_the_same_bytes_whenever_it_is(tmp_path):
    archive = small_archive(tmp_path, PUBLIC)
    build(archive)
    before = snapshot(archive.layout.site)
    build(archive, at="2031-01-01T00:00:00Z")
    assert snapshot(archive.layout.site) == before


def test_pictures_are_hard_links_of_the_derivatives(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    item = archive.kept[0]
    made = archive.layout.derivatives_of(item.item_id) / "0001/access.jpg"
    shown = archive.layout.site / image_folder(item.item_id) / "0001/access.jpg"
    assert Path(made).samefile(shown)


def test_pictures_are_copied_where_the_disk_cannot_link(tmp_path, monkeypatch):
    archive = small_archive(tmp_path)

    def refuse(*_args):
        raise OSError("no links here")

    monkeypatch.setattr("archive.site.files.os.link", refuse)
    build(archive)
    item = archive.kept[0]
    made = archive.layout.derivatives_of(item.item_id) / "0001/access.jpg"
    shown = archive.layout.site / image_folder(item.item_id) / "0001/access.jpg"
    assert not Path(made).samefile(shown)
    assert made.read_bytes() == shown.read_bytes()


def test_missing_derivatives_cost_the_item_its_pictures_and_are_told(tmp_path):
    archive = small_archive(tmp_path)
    shutil.rmtree(archive.layout.derivatives_of(archive.kept[0].item_id) / "0002")
    report = build(archive)
    assert len(report.warnings) == 1
    assert archive.kept[0].record.identifier in report.warnings[0]
    assert broken_links(archive.layout.site) == []
    assert "Thạp đồng" in "".join(page_of(archive, "BT.001").text)


def test_a_crash_between_the_two_renames_is_put_right(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    before = snapshot(archive.layout.site)
    # Not in the staging folder, which is emptied before anything else.
    archive.layout.site.rename(archive.layout.root / ".site-old")
    (archive.layout.staging / "site-new").mkdir()

    def fail(_folder: Path) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        build(archive, write_search=fail)
    assert snapshot(archive.layout.site) == before
    build(archive)
    assert snapshot(archive.layout.site) == before
    assert list(archive.layout.staging.iterdir()) == []


@pytest.mark.parametrize("failing_call", [1, 5, 10, 20])
def test_a_full_disk_leaves_the_old_site_whole(tmp_path, monkeypatch, failing_call):
    archive = small_archive(tmp_path)
    build(archive)
    before = snapshot(archive.layout.site)
    calls = 0
    write_new = files.write_new

    def fill(path: str, content: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == failing_call:
            raise OSError(28, "No space left on device", path)
        write_new(path, content)

    monkeypatch.setattr(files, "write_new", fill)
    # Every page differs from the one before: otherwise it is linked and not written.
    archive.settings = replace(archive.settings, publisher="Bảo tàng Khác")
    with pytest.raises(StoreWriteError, match="disk is full"):
        build(archive)
    assert snapshot(archive.layout.site) == before
    assert list(archive.layout.staging.iterdir()) == []


def test_a_large_list_has_pages_with_next_and_previous(tmp_path):
    archive = FabricatedArchive(Layout(tmp_path))
    for number in range(100):
        archive.add(plain_record(f"N.{number:03}", said("title", f"Vật {number}", "vi")))
    build(archive)
    site = archive.layout.site
    assert broken_links(site) == []
    assert sorted(path.name for path in (site / "vi/browse").iterdir()) == [
        "1.html",
        "2.html",
        "3.html",
        "index.html",
    ]
    last = Page(site / "vi/browse/3.html")
    assert ("a", "2.html") not in last.links
    assert any(link.endswith("vi/browse/2.html") for _tag, link in last.links)
    shown = [link for _tag, link in last.links if "/items/" in link]
    assert len(shown) == 4


def test_an_empty_archive_has_a_site(tmp_path):
    archive = FabricatedArchive(Layout(tmp_path))
    report = build(archive)
    assert report.items == 0
    assert broken_links(archive.layout.site) == []
    assert json.loads((archive.layout.site / "iiif/collection.json").read_bytes())["items"] == []


def test_a_large_collection_manifest_lists_its_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("archive.site.lists.COLLECTION_PART_SIZE", 1)
    archive = small_archive(tmp_path)
    build(archive)
    whole = json.loads((archive.layout.site / "iiif/collection.json").read_bytes())
    assert [part["type"] for part in whole["items"]] == ["Collection", "Collection"]
    for part in whole["items"]:
        path = part["id"].removeprefix(archive.settings.base_url + "/")
        document = json.loads((archive.layout.site / path).read_bytes())
        assert document["id"] == part["id"]
        assert len(document["items"]) == 1


def test_a_public_site_tells_search_engines_about_both_editions(tmp_path):
    archive = small_archive(tmp_path, PUBLIC)
    build(archive)
    site = archive.layout.site
    assert "Sitemap: https://baotang.example/kho/sitemap.xml" in (site / "robots.txt").read_text()
    parts = (site / "sitemaps/1.xml").read_text(encoding="utf-8")
    address = f"https://baotang.example/kho/en/{item_page(archive.kept[0].item_id)}"
    assert f"<loc>{address}</loc><lastmod>2026-11-21</lastmod>" in parts
    page = page_of(archive, "BT.001", "en")
    assert ("link", address) in page.links
    assert ("link", {"rel": "alternate", "hreflang": "en", "href": address}) in page.tags
    missing = Page(site / "404.html")
    assert ("link", "/kho/assets/css/site.css") in missing.links


def test_a_public_site_says_how_to_search_it(tmp_path):
    archive = small_archive(tmp_path, PUBLIC)
    build(archive)
    text = (archive.layout.site / "vi/opensearch.xml").read_text(encoding="utf-8")
    assert 'template="https://baotang.example/kho/vi/search.html?q={searchTerms}"' in text
    assert "/api/" not in text, "a web host answers no program"
    for path, href in (("index.html", "vi/opensearch.xml"), ("en/about.html", "opensearch.xml")):
        links = [found for tag, found in Page(archive.layout.site / path).tags if tag == "link"]
        (link,) = (found for found in links if found.get("rel") == "search")
        assert link["href"].endswith(href)
        assert (archive.layout.site / path).parent.joinpath(link["href"]).resolve().is_file()


def test_a_site_without_an_address_claims_none(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    assert not (archive.layout.site / "sitemap.xml").exists()
    assert not (archive.layout.site / "vi/opensearch.xml").exists()
    for page in pages(archive.layout.site):
        assert not [1 for tag, found in page.tags if found.get("rel") == "canonical"]


def test_progress_counts_every_item(tmp_path):
    archive = small_archive(tmp_path)
    seen = []
    build(archive, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_neighbours_follow_the_order_of_the_list(tmp_path):
    archive = small_archive(tmp_path)
    build(archive)
    page = page_of(archive, archive.kept[1].record.identifier)
    rels = {
        found["rel"]: found["href"]
        for tag, found in page.tags
        if tag == "a" and found.get("rel") in ("prev", "next")
    }
    assert rels["prev"].endswith(item_page(archive.kept[0].item_id))
    assert rels["next"].endswith(item_page(archive.kept[2].item_id))
