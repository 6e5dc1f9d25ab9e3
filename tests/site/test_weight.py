"""An item page is light: what a phone on a slow line loads before anything is touched."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from PIL import Image

from archive.site import build_site
from archive.site.render import STATIC
from schemas.identifiers import item_id_for, item_page
from schemas.records import View
from tests.site.fabricated_site import AT, PROFILE, plain_record, said
from tests.site.reading import Page
from tests.site.vietnamese_sample import understood, vietnamese_archive

KB = 1000
FACE = re.compile(r'url\("\.\./fonts/([^"]+)"\).*?unicode-range: ([^;]+);')
WEIGHT = re.compile(r"font-weight: (\d+)")


@pytest.fixture(scope="module")
def item(tmp_path_factory):
    """Return the folder of a site and the page of a rich item with a large picture."""
    archive = vietnamese_archive(tmp_path_factory.mktemp("light"), 12)
    # About as much detail as a sharp photograph of an object on a plain ground has.
    noise = Image.effect_noise((1400, 1000), 60).convert("RGB")
    smooth = Image.linear_gradient("L").resize(noise.size).convert("RGB")
    photograph = Image.blend(noise, smooth, 0.9)
    text = "Chiếc khèn được làm từ sáu ống trúc và bầu gỗ thông, dùng trong các lễ hội của bản. "
    record = plain_record(
        "DB.999",
        said("title", "Khèn của người Mông ở Tủa Chùa", "vi"),
        said("title", "Mouth organ of the Hmong of Tủa Chùa", "en"),
        said("date", "khoảng 1930–1945", "vi"),
        *(said("material", name, "vi") for name in ("Gỗ", "Tre", "Đồng", "Vải bông")),
        said("ethnic_group", "Mông", "vi"),
        said("place", "xã Mường Phăng, huyện Điện Biên, tỉnh Điện Biên", "vi"),
        *(said("subject", f"Chủ đề {number}", "vi") for number in range(8)),
        said("description", text * 20, "vi"),
        said("provenance", text * 3, "vi"),
        said("rights_uri", "", uri="https://creativecommons.org/licenses/by/4.0/"),
        views=tuple(View(f"masters/{number}.jpg", "mặt trước", "vi") for number in range(4)),
    )
    sides = {"thumbnail_px": 400, "access_px": 1600, "tile_px": 512}
    archive.add(understood(record), (photograph,) * 4, **sides)
    build_site(
        archive.layout,
        archive.settings,
        PROFILE,
        archive.items,
        write_search=lambda folder: (folder / "search-engine.js").write_text("var x;\n"),
        at=AT,
        json_ld=lambda record, url, images, lang: {"name": record.title(lang), "url": url},
    )
    return archive.layout.site, f"vi/{item_page(item_id_for('DB.999'))}"


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def size_of_font(name: str) -> int:
    return (STATIC / "fonts" / name).stat().st_size


def first_fonts(text: str, weights: tuple[str, ...] = ("400", "600")) -> set[str]:
    """Return the font files whose letters a page has, as a browser chooses them."""
    styles = (STATIC / "css/theme.css").read_text(encoding="utf-8")
    found = set()
    for face in styles.split("@font-face")[1:]:
        name, ranges = FACE.search(face).groups()
        letters = set()
        for part in ranges.split(","):
            first, _dash, last = part.strip()[2:].partition("-")
            letters |= set(range(int(first, 16), int(last or first, 16) + 1))
        if WEIGHT.search(face)[1] in weights and not letters.isdisjoint(map(ord, text)):
            found.add(name)
    return found


def test_an_item_page_keeps_to_its_weight(item):
    site, path = item
    page = Page(site / path)
    folder = (site / path).parent
    styles = [link for tag, link in page.links if tag == "link" and link.endswith(".css")]
    scripts = [attrs["src"] for attrs, _text in page.scripts if attrs.get("src")]
    source = next(found["srcset"] for tag, found in page.tags if tag == "source")
    # A phone 412 px wide with two pixels a point takes the 800 px picture.
    middle = [part.split(" ")[0] for part in source.split(", ") if part.endswith("800w")]
    parts = {
        "html": packed((site / path).read_bytes()),
        "css": sum(packed((folder / link).resolve().read_bytes()) for link in styles),
        "fonts": sum(
            (STATIC / "fonts" / n).stat().st_size for n in first_fonts("".join(page.text))
        ),
        "picture": (folder / middle[0]).resolve().stat().st_size,
        "script": sum(packed((folder / link).resolve().read_bytes()) for link in scripts),
    }
    limits = {"html": 15, "css": 12, "fonts": 40, "picture": 80, "script": 10}
    assert {name: size for name, size in parts.items() if size > limits[name] * KB} == {}
    assert sum(parts.values()) <= 160 * KB, parts


@pytest.mark.parametrize("letters", ["Điện Biên, trống đồng — “áo cóm” … 1954 × 2", "ưỡng Ỹ ậ ề"])
def test_vietnamese_needs_only_the_small_parts_of_each_face(letters):
    assert not [name for name in first_fonts(letters) if "-latin-" in name]


def test_every_letter_of_the_faces_is_in_exactly_one_part():
    styles = (STATIC / "css/theme.css").read_text(encoding="utf-8")
    seen: dict[tuple[str, str], set[int]] = {}
    for face in styles.split("@font-face")[1:]:
        family = re.search(r'font-family: "([^"]+)"', face)[1]
        key = (family, WEIGHT.search(face)[1])
        for part in FACE.search(face)[2].split(","):
            first, _dash, last = part.strip()[2:].partition("-")
            letters = set(range(int(first, 16), int(last or first, 16) + 1))
            # Combining tones belong to the Vietnamese part alone.
            assert letters.isdisjoint(seen.setdefault(key, set())), (key, part)
            seen[key] |= letters


def test_no_file_of_the_site_names_another_host_to_load_from():
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in (".css", ".svg"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(url\(|@import|href=)\s*[\"']?(https?:)?//", text), path
        if path.suffix == ".js" and "vendor" not in path.parts:
            assert "http://" not in text_without_names(path), path


def text_without_names(path: Path) -> str:
    """Return a script without the names of formats, which look like addresses."""
    text = path.read_text(encoding="utf-8")
    return text.replace("http://iiif.io/", "").replace("http://www.w3.org/", "")
