"""Feeds of new items and sitemaps: for readers who subscribe, and search engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from archive.catalogue import Catalogue
from archive.settings import Settings
from archive.site.displays import Displays
from archive.site.feeds import NewItem, write_feed
from archive.site.files import SiteTree
from archive.site.items import shown_item
from archive.site.reuse import Reuse
from archive.site.sitemap import Sitemap
from pipeline.changes import changes_until
from pipeline.newest import newest_items, published_at
from schemas.crosswalks.discovery import ChangeKind
from schemas.events import utc_text
from schemas.identifiers import image_folder
from schemas.records import Access, opened_at
from tests.export.museum import JANUARY, JUNE, MARCH, clock, new_museum
from tests.site.fabricated_site import PROFILE, plain_record, said, small_archive

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://baotang.example/kho"
PUBLIC = Settings(publisher="Bảo tàng Thử & Con", base_url=BASE, rights="© <Bảo tàng>")


def valid_feed(path: Path) -> etree._Element:
    """Return a feed that keeps the rules of RFC 4287, those its schema cannot say as well."""
    feed = etree.parse(path).getroot()
    etree.RelaxNG(file=Path(__file__).with_name("atom.rng")).assertValid(feed)
    ids = [node.text for node in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == len(ids)
    for holder in (feed, *feed.iter(f"{ATOM}entry")):
        relations = [link.get("rel") for link in holder.iterfind(f"{ATOM}link")]
        assert relations.count("alternate") == 1
        assert relations.count("self") == (holder is feed)
    return feed


def feed_of(tmp_path: Path, lang: str) -> etree._Element:
    archive = small_archive(tmp_path / "archive", PUBLIC)
    archive.add(
        plain_record("BT.0", said("title", "Chiếc <b>gùi</b> \x01 & nỏ", "vi")),
        created_at="2026-01-01T00:00:00Z",
    )
    tree = SiteTree(archive.layout.derivatives.parent / "site")
    items = []
    for item in sorted(archive.kept, key=lambda item: item.created_at, reverse=True):
        for canvas in item.derivatives.canvases if item.derivatives else ():
            folder = archive.layout.derivatives_of(item.item_id) / canvas.key
            tree.link_folder(folder, f"{image_folder(item.item_id)}/{canvas.key}")
        known = shown_item(item, PROFILE, PUBLIC)
        words = Displays(PROFILE, PUBLIC, lang).display(known, item.derivatives)
        items.append(NewItem(words, item.created_at, item.updated_at))
    write_feed(tree, PUBLIC, lang, items)
    return valid_feed(tree.root / lang / "feed.xml")


def test_a_feed_has_the_newest_items_in_its_language(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, "en")
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [
        "Bronze jar of Đào Thịnh",
        "Item without a scan",
        "Trang sách chữ Thái cổ ꪼꪕ",
        "Chiếc <b>gùi</b> \ufffd & nỏ",
    ]
    assert feed.findtext(f"{ATOM}title") == "Heritage archive: new items"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == PUBLIC.publisher
    first = next(feed.iter(f"{ATOM}entry"))
    links = {link.get("rel"): link for link in first.iterfind(f"{ATOM}link")}
    page = links["alternate"].get("href")
    assert page == first.findtext(f"{ATOM}id")
    assert page.startswith(f"{BASE}/en/items/")
    picture = tmp_path / "archive/site" / links["enclosure"].get("href").removeprefix(f"{BASE}/")
    assert picture.stat().st_size == int(links["enclosure"].get("length"))
    other = first.find(f"{ATOM}summary")
    assert other.text == "Thạp hình trụ. Nắp có bốn khối tượng."
    assert other.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"


def test_no_feed_without_items(tmp_path: Path) -> None:
    tree = SiteTree(tmp_path)
    write_feed(tree, PUBLIC, "vi", [])
    assert tree.counts.files == 0


def test_the_newest_are_those_the_public_saw_last(tmp_path: Path) -> None:
    museum = new_museum(tmp_path / "museum")
    museum.put("BT-1", at=JANUARY)
    museum.put("BT-1", at=JUNE, material="đồng")
    museum.put("BT-2", at=MARCH)
    museum.put("BT-3", at=JUNE, access=Access.STAFF)
    museum.put("BT-4", at=JANUARY, embargo_until="2026-05-31")
    museum.put("BT-5", at=JUNE, embargo_until="2090-05-31")
    with Catalogue.open(museum.archive.layout.catalogue) as catalogue:
        found = list(newest_items(catalogue, date(2026, 7, 1), {}))
        assert [item.item_id for item in found] == ["bt-4", "bt-2", "bt-1"]
        assert published_at(found[0], {}) == utc_text(opened_at("2026-05-31"))
        assert [item.item_id for item in newest_items(catalogue, date(2026, 7, 1), {}, 1)] == [
            "bt-4"
        ]


def test_an_item_that_was_opened_later_is_new_then(tmp_path: Path) -> None:
    museum = new_museum(tmp_path / "museum")
    museum.put("BT-1", at=JANUARY, access=Access.STAFF, masters={"masters/1.tif": b"scan"})
    museum.put("BT-1", at=JUNE, masters={"masters/1.tif": b"scan"})
    museum.put("BT-2", at=MARCH)
    today = date(2026, 7, 1)
    with Catalogue.open(museum.archive.layout.catalogue) as catalogue:
        changes = changes_until(
            catalogue,
            museum.store,
            clock("2026-07-01T03:00:00Z")(),
            is_shown=lambda _item_id: True,
            tell=lambda finding: pytest.fail(str(finding)),
        )
        opened = {c.item_id: c.at for c in changes if c.kind is ChangeKind.CREATE}
        (newest,) = newest_items(catalogue, today, opened, 1)
    assert newest.item_id == "bt-1"
    assert published_at(newest, opened) == JUNE


@pytest.mark.parametrize(("most_bytes", "most_entries"), [(2_000, 10_000), (50_000_000, 8)])
def test_a_sitemap_that_is_full_goes_on_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int, most_entries: int
) -> None:
    monkeypatch.setattr("archive.site.sitemap._PART_BYTES", most_bytes)
    monkeypatch.setattr("archive.site.sitemap._PART_SIZE", most_entries)
    tree = SiteTree(tmp_path)
    sitemap = Sitemap(tree, BASE, ("vi", "en"), Reuse(tree, None, None))
    for number in range(20):
        sitemap.add(f"items/đ{number}.html", "2026-11-21")
    sitemap.finish()
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = etree.parse(tmp_path / "sitemap.xml")
    parts = [node.text.removeprefix(f"{BASE}/") for node in index.iterfind(".//s:loc", names)]
    assert len(parts) > 3
    found: list[str] = []
    for part in parts:
        assert (tmp_path / part).stat().st_size < most_bytes + 1500
        root = etree.parse(tmp_path / part).getroot()
        for url in root.iterfind("s:url", names):
            twins = url.iterfind("{http://www.w3.org/1999/xhtml}link")
            assert [twin.get("hreflang") for twin in twins] == ["vi", "en"]
            found.append(url.findtext("s:loc", namespaces=names))
    assert len(set(found)) == len(found) == 40
