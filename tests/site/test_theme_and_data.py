"""What a museum sets of its site, and what a reader can take from it."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.config import settings_from
from archive.settings import Settings
from archive.site_settings import SiteSettings, contrast, wrong_site
from schemas.errors import ConfigError
from schemas.identifiers import item_id_for, item_page
from tests.site.fabricated_site import make_site, plain_record, said, small_archive
from tests.site.reading import Page, broken_links, snapshot
from tests.site.vietnamese_sample import understood

ADDRESS = "https://baotang.example/kho"


def build(archive):
    def json_ld(record, url, images, recordings, lang):
        return {"@context": "https://schema.org", "name": record.title(lang), "url": url}

    return make_site(
        archive,
        json_ld=json_ld,
    )


def made(tmp_path, site=None, **settings):
    site = site or SiteSettings()
    return small_archive(tmp_path, Settings(publisher="Bảo tàng Thử", site=site, **settings))


def item(archive, number="BT.001", lang="vi"):
    return Page(archive.layout.site / lang / item_page(item_id_for(number)))


def words(page):
    return " ".join("".join(page.text).split())


def meta(page):
    return {
        found.get("property") or found.get("name"): found.get("content")
        for tag, found in page.tags
        if tag == "meta"
    }


def test_colours_logo_texts_and_highlights_need_no_code(tmp_path):
    site = SiteSettings(
        logo="logo.svg",
        colour="#005f73",
        colour_dark="#94d2bd",
        welcome={"vi": "Chào mừng quý khách."},
        about={"vi": "Đoạn một.\nĐoạn hai."},
        highlights=("BT.002/Đ", "BT.001"),
    )
    archive = made(tmp_path, site)
    archive.layout.theme.mkdir()
    (archive.layout.theme / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (archive.layout.theme / "theme.css").write_text(":root { --wide: 80rem; }")
    build(archive)
    root = archive.layout.site
    assert broken_links(root) == []
    home = Page(root / "vi/index.html")
    assert "Chào mừng quý khách." in words(home)
    assert "Chào mừng" not in words(Page(root / "en/index.html"))
    assert ("img", "../assets/theme/logo.svg") in home.links
    styles = [link for tag, link in home.links if link.endswith(".css")]
    assert styles[-2:] == ["../assets/theme/colours.css", "../assets/theme/theme.css"]
    assert "#005f73" in (root / "assets/theme/colours.css").read_text()
    about = Page(root / "vi/about.html")
    assert [tag for tag, _found in about.tags].count("p") > 2
    assert "Đoạn hai." in words(about)
    lead = next(link for tag, link in home.links if tag == "a" and "/items/" in link)
    assert lead.endswith(item_page(item_id_for("BT.002/Đ")))


def test_a_template_of_the_museum_extends_ours(tmp_path):
    archive = made(tmp_path)
    templates = archive.layout.theme / "templates"
    templates.mkdir(parents=True)
    (templates / "about.html").write_text(
        '{% extends "hoaban/about.html" %}{% block title %}Bảo tàng{% endblock %}', "utf-8"
    )
    build(archive)
    html = (archive.layout.site / "vi/about.html").read_text(encoding="utf-8")
    assert "<title>Bảo tàng</title>" in html


def test_a_template_may_pass_what_python_keeps_for_itself(tmp_path):
    archive = made(tmp_path)
    templates = archive.layout.theme / "templates"
    templates.mkdir(parents=True)
    (templates / "about.html").write_text(
        "{% macro box() %}<p class={{ kwargs['class'] }}>{% endmacro %}{{ box(class='wide') }}",
        "utf-8",
    )
    build(archive)
    html = (archive.layout.site / "vi/about.html").read_text(encoding="utf-8")
    assert html.strip() == "<p class=wide>"


def test_a_template_may_ask_how_json_is_written(tmp_path):
    archive = made(tmp_path)
    templates = archive.layout.theme / "templates"
    templates.mkdir(parents=True)
    text = '{{ {"a": "đ"}|tojson(indent=1) }}'
    (templates / "about.html").write_text(text, "utf-8")
    build(archive)
    html = (archive.layout.site / "vi/about.html").read_text(encoding="utf-8")
    assert html == '{\n "a": "đ"\n}'


def test_a_theme_file_from_two_places_is_written_by_every_build(tmp_path):
    archive = made(tmp_path, SiteSettings(logo="logo.svg"))
    (archive.layout.theme / "static").mkdir(parents=True)
    logo = archive.layout.theme / "logo.svg"
    for text in ("<svg/>", "<svg/>", "<svg></svg>"):
        (archive.layout.theme / "static/logo.svg").write_text(text)
        logo.write_text("<svg/>")
        build(archive)
        assert (archive.layout.site / "assets/theme/logo.svg").read_text() == text


@pytest.mark.parametrize(
    "text", [b"{% if %}", b"{{ nothing_of_that_name }}", b"\xff\xfeh", b"{{ 1 + 'a' }}"]
)
def test_a_wrong_template_is_named_and_leaves_the_old_site(tmp_path, text):
    archive = made(tmp_path)
    build(archive)
    before = snapshot(archive.layout.site)
    templates = archive.layout.theme / "templates"
    templates.mkdir(parents=True)
    (templates / "about.html").write_bytes(text)
    with pytest.raises(ConfigError, match=r"about\.html"):
        build(archive)
    assert snapshot(archive.layout.site) == before


def test_a_logo_that_is_not_there_is_told(tmp_path):
    archive = made(tmp_path, SiteSettings(logo="logo.png"))
    with pytest.raises(ConfigError, match=r"logo\.png"):
        build(archive)


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"colour": "#ffd700"},
        {"colour_dark": "#222222"},
        {"logo": "../hoaban.toml"},
        {"logo": "logo.exe"},
        {"contact": "javascript:alert(1)"},
        {"contact": "http://example.org"},
        {"welcome": {"vi": 3}},
        {"highlights": (1,)},
        {"map_tiles": "https://tile.example.org/{z}/{x}.png"},
        {"map_tiles": "http://tile.example.org/{z}/{x}/{y}.png"},
        {"map_tiles": "https://a; script-src */{z}/{x}/{y}.png"},
    ],
)
def test_a_wrong_setting_of_the_site_is_told(tmp_path, wrong):
    assert wrong_site(replace(SiteSettings(), **wrong))
    with pytest.raises(ConfigError):
        settings_from({"site": wrong}, tmp_path / "hoaban.toml")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#86295f", "#fbf9f5") == contrast("#fbf9f5", "#86295f")


def test_only_the_map_may_ask_the_tile_service_that_the_museum_chose(tmp_path):
    tiles = "https://tile.example.org/{z}/{x}/{y}.png"
    archive = made(tmp_path, SiteSettings(map_tiles=tiles, map_credit="© Example"))
    place = said("place", "xã Mường Phăng, huyện Điện Biên, tỉnh Điện Biên", "vi")
    sea = said("place", "đặc khu Trường Sa", "vi")
    archive.add(understood(plain_record("P.1", said("title", "x"), place, sea)))
    build(archive)
    for path in (archive.layout.site / "vi").rglob("*.html"):
        policy = meta_policy(Page(path))
        assert ("tile.example.org" in policy) == (path.name == "map.html")
        assert policy.count("img-src") == 1


def meta_policy(page):
    return next(f["content"] for t, f in page.tags if t == "meta" and f.get("http-equiv"))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib, in rdflib
def test_the_data_page_offers_what_is_there(tmp_path):
    archive = made(
        tmp_path, base_url=ADDRESS, rights_uri="https://creativecommons.org/licenses/by/4.0/"
    )
    hidden = said("storage_location", "Kho 3, tủ 2")
    archive.add(plain_record("=1+1", said("title", "Công thức", "vi"), hidden))
    build(archive)
    root = archive.layout.site
    page = Page(root / "vi/data.html")
    assert {"../data/items.csv", "../data/items.jsonl", "../iiif/collection.json"} <= {
        link for _tag, link in page.links
    }
    text = (root / "data/items.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 4
    assert "Kho 3" not in text
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    lines = (root / "data/items.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["@context"] for line in lines] == ["https://schema.org"] * 4
    dataset = json.loads((root / "data/dataset.jsonld").read_text(encoding="utf-8"))
    sizes = {
        entry["dcat:downloadURL"]["@id"]: entry["dcat:byteSize"]
        for entry in dataset["dcat:distribution"]
    }
    assert sizes[f"{ADDRESS}/data/items.csv"] == (root / "data/items.csv").stat().st_size
    assert dataset["@id"] == f"{ADDRESS}/#dataset"
    assert dataset["dcterms:license"] == {"@id": "http://creativecommons.org/licenses/by/4.0/"}
    assert_fit_for_portals(root, dataset)


def assert_fit_for_portals(root: Path, dataset: dict[str, Any]) -> None:
    """The properties DCAT-AP 3.0 requires, of the types it requires; checksums are the files'."""
    from rdflib import DCAT, DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

    spdx = Namespace("http://spdx.org/rdf/terms#")
    graph = Graph().parse(data=json.dumps(dataset), format="json-ld")
    (described,) = graph.subjects(RDF.type, DCAT.Dataset)
    for term in (DCTERMS.title, DCTERMS.description):
        texts = [text for text in graph.objects(described, term) if isinstance(text, Literal)]
        assert {text.language for text in texts} == {"vi", "en"}
    for term in (DCTERMS.accessRights, DCTERMS.language, DCAT.landingPage, DCTERMS.license):
        assert all(isinstance(found, URIRef) for found in graph.objects(described, term))
        assert (described, term, None) in graph
    offers = list(graph.objects(described, DCAT.distribution))
    assert len(offers) == len(dataset["dcat:distribution"])
    for offer in offers:
        assert (offer, RDF.type, DCAT.Distribution) in graph
        (address,) = graph.objects(offer, DCAT.accessURL)
        assert (offer, DCAT.downloadURL, address) in graph
        content = (root / str(address).removeprefix(f"{ADDRESS}/")).read_bytes()
        assert (
            offer,
            DCAT.byteSize,
            Literal(len(content), datatype=XSD.nonNegativeInteger),
        ) in graph
        if str(address).endswith(".jsonl"):  # of a type that is not registered
            assert (offer, DCTERMS["format"], Literal("application/jsonl")) in graph
            assert (offer, DCAT.mediaType, None) not in graph
        else:
            (kind,) = graph.objects(offer, DCAT.mediaType)
            assert str(kind).startswith("https://www.iana.org/assignments/media-types/")
        (changed,) = graph.objects(offer, DCTERMS.modified)
        assert changed.datatype == XSD.date
        (checksum,) = graph.objects(offer, spdx.checksum)
        assert (checksum, RDF.type, spdx.Checksum) in graph
        assert (checksum, spdx.algorithm, spdx.checksumAlgorithm_sha256) in graph
        (value,) = graph.objects(checksum, spdx.checksumValue)
        assert value.datatype == XSD.hexBinary
        assert value.value == hashlib.sha256(content).digest()


def test_an_item_is_cited_in_several_styles(tmp_path):
    archive = made(tmp_path, base_url=ADDRESS)
    archive.add(
        plain_record(
            "A_1",
            said("title", "Khèn & 50% {tre}", "vi"),
            said("creator", "Lò Văn Panh"),
            said("date", "1954"),
        )
    )
    build(archive)
    page = item(archive, "A_1")
    said_ = words(page)
    address = f"{ADDRESS}/vi/{item_page(item_id_for('A_1'))}"
    assert f"Lò Văn Panh (1954). Khèn & 50% {{tre}} [A_1]. Bảo tàng Thử. {address}" in said_
    assert f"Lò Văn Panh. Khèn & 50% {{tre}}. 1954. A_1. Bảo tàng Thử. {address}" in said_
    assert r"title = {Khèn \& 50\% \{tre\}}" in said_
    assert r"note = {A\_1}" in said_


def test_a_shared_address_shows_a_card(tmp_path):
    archive = made(tmp_path, base_url=ADDRESS)
    build(archive)
    found = meta(item(archive))
    assert found["og:title"] == "Thạp đồng Đào Thịnh – Kho lưu trữ di sản"
    assert found["og:image"].startswith(f"{ADDRESS}/images/")
    assert (archive.layout.site / found["og:image"].removeprefix(f"{ADDRESS}/")).is_file()
    assert found["og:locale"] == "vi_VN"
    assert found["twitter:card"] == "summary_large_image"


def test_without_an_address_nothing_is_claimed(tmp_path):
    archive = made(tmp_path)
    build(archive)
    assert not [name for name in meta(item(archive)) if name and name.startswith("og:")]


@pytest.mark.parametrize(
    ("contact", "start"),
    [
        ("baotang@example.vn", "mailto:baotang@example.vn?subject="),
        ("https://example.vn/bao-loi", "https://example.vn/bao-loi?item=BT.002%2F%C4%90"),
        ("https://example.vn/f?a=1", "https://example.vn/f?a=1&item=BT.002%2F%C4%90"),
    ],
)
def test_an_error_is_reported_with_the_items_number(tmp_path, contact, start):
    archive = made(tmp_path, SiteSettings(contact=contact))
    build(archive)
    links = [link for tag, link in item(archive, "BT.002/Đ").links if tag == "a"]
    found = next(link for link in links if link.startswith(start))
    assert "BT.002" in found


def test_related_items_share_rare_values(tmp_path):
    archive = made(tmp_path)
    for number in range(12):
        rare = (said("subject", "Sư tử", "vi"),) if number in (2, 9) else ()
        archive.add(
            plain_record(f"R.{number}", said("title", f"V {number}"), said("material", "Gỗ"), *rare)
        )
    build(archive)
    html = (archive.layout.site / "vi" / item_page(item_id_for("R.2"))).read_text(encoding="utf-8")
    related = html[html.index('id="related"') :]
    assert related.index(item_page(item_id_for("R.9"))) < related.index("</ul>")
