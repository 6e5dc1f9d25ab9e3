"""Ways in: lists of values, their pages, the timeline and the map."""

from __future__ import annotations

import json
import re

import pytest

from archive.site.facets import facets_of, text_key, value_page, values_of
from archive.site.years import century_of, spans_of
from schemas.identifiers import item_id_for, item_page
from search.facet_values import facets_of as search_facets
from tests.site.fabricated_site import PROFILE, make_site, plain_record, said, small_archive
from tests.site.reading import Page, broken_links, pages, snapshot
from tests.site.vietnamese_sample import understood, vietnamese_archive


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    archive = vietnamese_archive(tmp_path_factory.mktemp("ways"))
    make_site(archive)
    return archive


def page(archive, path, lang="vi"):
    return Page(archive.layout.site / lang / path)


def text(found):
    return " ".join("".join(found.text).split())


def hrefs(found):
    return {link for tag, link in found.links if tag == "a"}


def key_of(archive, number, facet):
    record = next(entry.record for entry in archive.kept if entry.record.identifier == number)
    return next(value for value in values_of(record, PROFILE) if value.facet == facet)


def test_every_link_leads_to_a_file_and_every_page_has_its_twin(archive):
    assert broken_links(archive.layout.site) == []
    editions = [
        {path.relative_to(archive.layout.site / lang) for path in folder.rglob("*.html")}
        for lang in ("vi", "en")
        for folder in (archive.layout.site / lang,)
    ]
    assert editions[0] == editions[1]


def test_nothing_of_the_first_pass_stays_behind(archive):
    assert not (archive.layout.staging / "site-lists.db").exists()


def test_an_item_and_its_values_link_to_each_other(archive):
    item = page(archive, item_page(item_id_for("DB.000")))
    for facet in ("material", "ethnic-group", "place", "collection", "person", "subject"):
        value = key_of(archive, "DB.000", facet)
        assert f"../../../vi/{value.page}" in hrefs(item), facet
        back = page(archive, value.page)
        assert any(link.endswith(item_page(item_id_for("DB.000"))) for link in hrefs(back)), facet


def test_values_stand_in_the_order_of_the_vietnamese_alphabet(archive):
    found = page(archive, "browse/material/index.html")
    words = text(found)
    order = ["Ấm sứ", "Bạc", "Da thuộc", "Đá", "Gỗ", "Ốc", "Tre", "Vải bông"]
    places = [words.index(word, words.index("Ấm sứ")) for word in order]
    assert places == sorted(places)
    anchors = [link for link in (link for tag, link in found.links) if link.startswith("#letter")]
    assert anchors[:4] == ["#letter-aa", "#letter-b", "#letter-d", "#letter-dd"]


def test_counts_are_right_and_a_province_counts_its_communes(archive):
    words = text(page(archive, "browse/index.html"))
    assert re.search(r"Sưu tập trang phục 30\b", words)
    assert re.search(r"Điện Biên 30\b", words)
    province = key_of(archive, "DB.000", "place")
    assert "Thanh Nưa" in text(page(archive, province.page))


def test_a_place_says_what_it_became_and_where_it_lies(archive):
    value = key_of(archive, "DB.000", "place")
    words = text(page(archive, value.page, "en"))
    assert "Xã Thanh Nưa, Huyện Điện Biên, Tỉnh Điện Biên" in words
    assert "Since 1 July 2025: Xã Thanh Nưa (Tỉnh Điện Biên)" in words
    assert "21.4283, 102.9600" in words
    assert "bản Mển, xã Thanh Nưa" in words


def test_a_group_has_its_names_but_never_those_that_hurt(archive):
    value = key_of(archive, "DB.002", "ethnic-group")
    words = text(page(archive, value.page, "en"))
    assert "Hmông" in words
    assert "Mèo" not in words
    thai = key_of(archive, "DB.000", "ethnic-group")
    found = page(archive, thai.page)
    black = key_of(archive, "DB.001", "ethnic-group")
    assert any(link.endswith(black.page) for link in hrefs(found))
    assert any(link.endswith(thai.page) for link in hrefs(page(archive, black.page)))


def test_a_person_and_a_festival_are_linked_both_ways(archive):
    for number, name, facet, item in (
        ("NN.01", "Lò Văn Panh", "person", "DB.000"),
        ("PVT.01", "Lễ hội Xên bản", "subject", "DB.000"),
    ):
        own = item_page(item_id_for(number))
        value = value_page(facet, text_key(name))
        assert any(link.endswith(own) for link in hrefs(page(archive, value))), number
        links = hrefs(page(archive, own))
        assert f"../../../vi/{value}" in links
        assert any(link.endswith(item_page(item_id_for(item))) for link in links)


def test_a_value_in_another_language_is_listed_where_it_is_read(tmp_path):
    archive = small_archive(tmp_path)
    make_site(archive)
    bronze, dong = text_key("Bronze"), text_key("Đồng")
    for lang, own, other in (("vi", dong, bronze), ("en", bronze, dong)):
        found = hrefs(page(archive, "browse/material/index.html", lang))
        assert f"../../../{lang}/{value_page('material', own)}" in found
        assert f"../../../{lang}/{value_page('material', other)}" not in found
        # The page is there all the same: it is the twin of the other edition's.
        assert (archive.layout.site / lang / value_page("material", other)).is_file()


def test_many_values_have_a_page_a_letter_and_many_items_several_pages(tmp_path, monkeypatch):
    monkeypatch.setattr("archive.site.ways.ONE_PAGE", 3)
    monkeypatch.setattr("archive.site.value_pages.PAGE_SIZE", 20)
    archive = vietnamese_archive(tmp_path, 45)
    make_site(archive)
    assert broken_links(archive.layout.site) == []
    letter = page(archive, "browse/material/letter-dd.html")
    assert "Đá" in text(letter)
    assert "Tre" not in text(letter)
    value = key_of(archive, "DB.001", "person")
    assert value.text == "Quàng Thị Pọm"
    second = page(archive, value_page("person", value.key, 2))
    assert re.search("21.30", text(second))
    rels = [found["rel"] for tag, found in second.tags if tag == "a" and found.get("rel")]
    assert "prev" in rels
    assert "next" not in rels


def test_the_timeline_counts_centuries_and_leads_to_the_search(archive):
    found = page(archive, "timeline.html", "en")
    words = text(found)
    assert words.index("3rd century BC") < words.index("19th century") < words.index("20th century")
    assert "1950s 10" in words
    assert any("search.html?q=1900..1999" in link for link in hrefs(found))
    assert [1 for tag, found in found.tags if tag == "script"] == []


def test_the_map_lists_every_place_it_marks(archive):
    found = page(archive, "map.html", "en")
    data = found.data("application/json")[0]
    names = [entry[0] for entry in data["list"]]
    assert {"Thanh Nưa", "Trường Sa", "Sơn La"} <= set(names)
    for name, latitude, longitude, count, link in data["list"]:
        assert name in text(found)
        assert 8 < latitude < 24
        assert 102 < longitude < 116
        assert count > 0
        assert (archive.layout.site / "en" / link).is_file()
    assert "Hoàng Sa (Paracel)" in "".join(
        found.get("alt") or "" for tag, found in found.tags if tag == "img"
    )


def test_the_outline_draws_and_names_both_archipelagos(archive):
    folder = archive.layout.site / "assets/map"
    drawn = (folder / "vietnam.js").read_text(encoding="utf-8")
    outline = json.loads(drawn.removeprefix("window.hoabanOutline=").rstrip(";\n"))
    assert len(outline["islands"]["hoang-sa"]) >= 7
    assert len(outline["islands"]["truong-sa"]) >= 12
    still = (folder / "vietnam.svg").read_text(encoding="utf-8")
    for name in ("Hoàng Sa", "Trường Sa", "Paracel", "Spratly"):
        assert name in still
    script = (archive.layout.site / "assets/js/map.js").read_text(encoding="utf-8")
    for name in ("Quần đảo Hoàng Sa", "Quần đảo Trường Sa", "Paracel", "Spratly"):
        assert name in script


def test_the_map_of_results_knows_where_the_places_lie_that_the_search_counts(archive):
    script = (archive.layout.site / "assets/map/places.js").read_text(encoding="utf-8")
    points = json.loads(script.removeprefix("window.hoabanPlaces=").rstrip(";\n"))
    counted = {
        value
        for item in archive.items()
        for facet, value in search_facets(item.record, PROFILE)
        if facet == "place"
    }
    assert set(points) <= counted
    assert counted - set(points) == {"Vùng núi phía bắc"}
    assert any("Trường Sa" in value for value in points)


def test_an_archive_without_dates_or_places_has_neither_page(tmp_path):
    archive = small_archive(tmp_path)
    make_site(archive)
    assert not (archive.layout.site / "vi/timeline.html").exists()
    assert not (archive.layout.site / "vi/map.html").exists()
    assert not (archive.layout.site / "assets/map/places.js").exists()
    assert "result-map" not in (archive.layout.site / "vi/search.html").read_text(encoding="utf-8")
    assert broken_links(archive.layout.site) == []


def test_hostile_values_are_inert_and_have_safe_addresses(tmp_path):
    archive = small_archive(tmp_path)
    attack = '</script><script>alert(1)</script>" onload="x'
    hostile = [attack, "../../../etc/passwd", "CON", "a" * 400, "ꪼꪕ", "…", "=", "con/aux"]
    for number, value in enumerate(hostile):
        archive.add(plain_record(f"H.{number}", said("title", "x"), said("material", value)))
    make_site(archive)
    assert broken_links(archive.layout.site) == []
    for found in pages(archive.layout.site):
        assert not [1 for tag, attrs in found.tags if "onload" in attrs]
        for attrs, _text in found.scripts:
            assert attrs.get("src") or attrs["type"].endswith("json")
    names = [path.name for path in (archive.layout.site / "vi/browse/material").rglob("*.html")]
    assert all(re.fullmatch(r"[a-z0-9-]+(\.\d+)?\.html", name) for name in names)
    assert max(map(len, names)) < 80
    assert len(names) == len({name.lower() for name in names})


def test_building_twice_gives_the_same_bytes(tmp_path):
    archive = vietnamese_archive(tmp_path, 8)
    make_site(archive)
    before = snapshot(archive.layout.site)
    make_site(archive)
    assert snapshot(archive.layout.site) == before


@pytest.mark.parametrize(
    ("years", "keys"),
    [
        ((1954, 1954), ["c20", "1950s"]),
        ((1900, 1900), ["c20", "1900s"]),
        ((1899, 1901), ["c19", "c20"]),
        ((-524, -499), ["bc6", "bc5"]),
        ((0, 0), ["bc1"]),
        ((1, 1), ["c1"]),
        ((-99, 50), ["bc1", "c1"]),
        ((-2000, -950), ["older", "bc10"]),
        ((-28_000, -9000), ["older"]),
        ((1630, 1635), ["c17"]),
    ],
)
def test_years_lie_in_the_centuries_they_touch(years, keys):
    assert [span.key for span in spans_of(*years)] == keys


def test_every_year_lies_in_its_century():
    for year in range(-1100, 2100):
        span = century_of(year)
        assert span.first <= year <= span.last


def test_every_facet_of_the_profile_has_a_name_for_people():
    for facet in facets_of(PROFILE):
        assert re.fullmatch("[a-z0-9-]+", facet.name)
        for lang in ("vi", "en"):
            assert facet.label(lang)


def test_a_value_has_one_page_however_it_is_written():
    texts = ("hổ phách", "Hổ phách", "hổ  phách")
    keys = {
        value.key
        for text in texts
        for value in values_of(understood(plain_record("A", said("material", text, "vi"))), PROFILE)
        if value.facet == "material"
    }
    assert keys == {"amber"}
