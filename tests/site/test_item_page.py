"""What an item's page offers: words for pictures, sizes to take, marks of rights, linked data."""

from __future__ import annotations

import json

import pytest

from archive.settings import Settings
from archive.site.item_offers import first_widths, picture_offers, rights_icons
from schemas.crosswalks.linked_art import LinkedArtPlaces, linked_art
from schemas.derivatives import Canvas, ImageFile
from schemas.identifiers import item_id_for, item_page
from schemas.records import View
from tests.site.fabricated_site import make_site, plain_picture, plain_record, said, small_archive
from tests.site.reading import Page, broken_links

ADDRESS = "https://baotang.example/kho"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    archive = small_archive(
        tmp_path_factory.mktemp("offers"), Settings(base_url=ADDRESS, publisher="Bảo tàng Thử")
    )
    archive.add(
        plain_record(
            "TD.1",
            said("title", "Trống đồng", "vi"),
            said("alt_text", "Mặt trống với ngôi sao <12 cánh>", "vi"),
            said("alt_text", "-", "vi"),
            said("alt_text", "Drum face with a star", "en"),
            said("alt_text", "Side with handles", "en"),
            said("rights_uri", "", uri="http://creativecommons.org/licenses/by-nc-sa/4.0/"),
            views=(
                View("masters/1.jpg", "mặt trên", "vi"),
                View("masters/2.jpg", "thân", "vi"),
                View("masters/3.jpg", "đáy", "vi"),
            ),
        ),
        (plain_picture(300, 200),) * 3,
    )
    archive.add(
        plain_record(
            "TD.2",
            said("title", "Ảnh chưa rõ tác giả", "vi"),
            said("rights_uri", "", uri="http://rightsstatements.org/vocab/InC-RUU/1.0/"),
            views=(View("masters/4.jpg", "", "vi"),),
        ),
        (plain_picture(300, 200),),
    )
    make_site(
        archive,
        json_ld=lambda record, url, images, recordings, lang: {"url": url},
        linked_art=lambda record, url, images, recordings, lang: linked_art(
            record, LinkedArtPlaces(url, images), lang=lang
        ),
    )
    return archive.layout.site


def page(site, number, lang="vi"):
    return Page(site / lang / item_page(item_id_for(number)))


def main_image(found):
    return next(attrs for tag, attrs in found.tags if tag == "img" and "fetchpriority" in attrs)


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        (
            "vi",
            [
                ("Mặt trống với ngôi sao <12 cánh>", ""),
                ("Side with handles", "en"),
                ("Trống đồng (đáy)", ""),
            ],
        ),
        (
            "en",
            [
                ("Drum face with a star", ""),
                ("Side with handles", ""),
                ("Trống đồng (đáy)", "vi"),
            ],
        ),
    ],
)
def test_every_picture_has_words_of_its_own_or_those_of_title_and_view(site, lang, texts):
    found = page(site, "TD.1", lang)
    (views,) = found.data("application/json")
    assert [(view["alt"], view["altLang"]) for view in views] == texts
    assert (main_image(found)["alt"], main_image(found).get("lang") or "") == texts[0]
    # Once on the page, not again among the particulars.
    assert "<12 cánh>" not in "".join(found.text)


def test_sizes_to_take_are_those_there_are_and_the_list_follows_the_view(site):
    found = page(site, "BT.001")
    (views,) = found.data("application/json")
    assert views[0]["offers"] == [
        ["thumbnail.jpg", 40, 27, 0, 0],
        ["access-small.jpg", 80, 53, 0, 1],
        ["access.jpg", 160, 107, 0, 2],
        ["full/max/0/default.jpg", 300, 200, 0, 3],
    ]
    # A picture smaller than its access image is one size less.
    assert [offer[4] for offer in views[2]["offers"]] == [0, 3]
    for view in views:
        for name, *_facts in view["offers"]:
            assert (found.path.parent / view["folder"] / name).is_file()
    taken = [attrs["download"] for tag, attrs in found.tags if tag == "a" and "download" in attrs]
    assert taken[:4] == [f"bt-001-0001-{px}.jpg" for px in (40, 80, 160, 300)]
    assert [link for link in broken_links(site) if not link.startswith("404.html")] == []


def image(name, width_px, size_bytes=0):
    return ImageFile(f"{name}.jpg", width_px, width_px // 2, f"{name}.webp", size_bytes)


def canvas(*access, sizes, largest_bytes=0):
    thumbnail = image("thumbnail", 400, 9)
    return Canvas(
        "0001", "m", 0, "", 9000, 4500, thumbnail, access, 512, (1,), sizes, 9, 9, "", largest_bytes
    )


def test_a_large_scan_has_no_whole_image_larger_than_its_access_image():
    both = image("access-small", 800, 50), image("access", 1600, 99)
    large = picture_offers(canvas(*both, sizes=((1125, 563),)), has_download=True)
    assert [(o.width_px, o.size_bytes, o.word) for o in large] == [
        (400, 9, 0),
        (800, 50, 1),
        (1600, 99, 2),
    ]
    whole = picture_offers(canvas(*both, sizes=((1800, 900),), largest_bytes=7), has_download=True)
    assert (whole[-1].file, whole[-1].size_bytes) == ("full/max/0/default.jpg", 7)
    closed = picture_offers(canvas(*both, sizes=((1800, 900),)), has_download=False)
    assert [offer.file for offer in closed] == ["thumbnail.jpg"]


def test_the_largest_of_three_pictures_is_not_for_the_first_view():
    assert first_widths((400, 800, 1600)) == (400, 800)
    assert first_widths((400, 700)) == (400, 700)


@pytest.mark.parametrize(
    ("uri", "icons"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", ("cc", "by")),
        ("http://creativecommons.org/licenses/by-nc-nd/3.0/vn/", ("cc", "by", "nc", "nd")),
        ("http://creativecommons.org/publicdomain/zero/1.0/", ("cc", "zero")),
        ("http://creativecommons.org/publicdomain/mark/1.0/", ("pdm",)),
        ("http://rightsstatements.org/vocab/InC/1.0/", ("in-copyright",)),
        ("http://rightsstatements.org/vocab/InC-OW-EU/1.0/", ("in-copyright",)),
        ("http://rightsstatements.org/vocab/NoC-US/1.0/", ("no-copyright",)),
        ("http://rightsstatements.org/vocab/UND/1.0/", ("other-rights",)),
        ("http://rightsstatements.org/vocab/XXX/1.0/", ()),
        ("https://example.org/vocab/InC/1.0/", ()),
        ("https://example.org/licenses/by/", ()),
        ("", ()),
    ],
)
def test_a_licence_has_its_official_marks(uri, icons):
    assert rights_icons(uri) == icons


def test_the_marks_stand_beside_the_name_of_the_licence(site):
    found = page(site, "TD.1")
    marks = [attrs["src"] for tag, attrs in found.tags if "/rights/" in (attrs.get("src") or "")]
    assert [mark.rsplit("/", 1)[1] for mark in marks] == ["cc.svg", "by.svg", "nc.svg", "sa.svg"]
    assert "CC BY-NC-SA 4.0" in "".join(found.text)


def test_the_icon_of_its_category_stands_before_the_full_name_of_a_statement(site):
    html = (site / "vi" / item_page(item_id_for("TD.2"))).read_text("utf-8")
    link = html.split('href="http://rightsstatements.org/vocab/InC-RUU/1.0/"', 1)[1]
    shown = link[: link.index("</a>")]
    assert 'assets/img/rights/in-copyright.svg"' in shown
    assert shown.endswith("không tìm được hoặc không xác định được chủ sở hữu quyền")
    assert (site / "assets/img/rights/in-copyright.svg").is_file()


def test_a_viewer_takes_the_manifest_that_is_dragged_onto_it(site):
    manifest = next((site / "iiif").rglob("td-1/manifest.json"))
    address = f"{ADDRESS}/{manifest.relative_to(site).as_posix()}"
    assert json.loads(manifest.read_text(encoding="utf-8"))["id"] == address
    links = [link for tag, link in page(site, "TD.1").links if tag == "a" and "?manifest=" in link]
    assert links == [f"{address}?manifest={address}"]


def test_linked_art_is_a_file_of_its_own_and_named_in_the_head(site):
    found = page(site, "TD.1", "en")
    (link,) = [
        attrs["href"] for tag, attrs in found.tags if "linked.art" in (attrs.get("type") or "")
    ]
    thing = json.loads((found.path.parent / link).resolve().read_text(encoding="utf-8"))
    assert (thing["type"], thing["_label"]) == ("HumanMadeObject", "Trống đồng")
    assert thing["id"] == f"{ADDRESS}/vi/{item_page(item_id_for('TD.1'))}#object"
