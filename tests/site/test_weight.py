"""An item page is light: what a phone on a slow line loads before anything is touched."""

from __future__ import annotations

import gzip
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.site.render import STATIC
from pipeline.demo import SAMPLE
from schemas.identifiers import item_page
from schemas.records import View
from tests.imaging.making import derivative_set, run
from tests.site.fabricated_site import make_site, plain_picture, plain_record, said
from tests.site.reading import Page
from tests.site.vietnamese_sample import understood, vietnamese_archive

KB = 1000
# Mosaic, weave of a painted cloth, corroded bronze: twice the bytes of a plain photograph.
DETAILED = (
    "tranh-kham/cat12_00838901.jpg",
    "tranh-kham/cat9_00838501_master.tif",
    "ho-phach/77.AO.82/03_detail.jpg",
)
FACE = re.compile(r'url\("\.\./fonts/([^"]+)"\).*?unicode-range: ([^;]+);')
WEIGHT = re.compile(r"font-weight: (\d+)")


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    """Return a site and the pages of rich items with the sample's most detailed pictures."""
    root = tmp_path_factory.mktemp("light")
    archive = vietnamese_archive(root / "museum", 12)
    text = "Chiếc khèn được làm từ sáu ống trúc và bầu gỗ thông, dùng trong các lễ hội của bản. "
    pages = {}
    for number, scan in enumerate(DETAILED):
        record = plain_record(
            f"DB.99{number}",
            said("title", "Khèn của người Mông ở Tủa Chùa", "vi"),
            said("title", "Mouth organ (qeej) of the Hmong of Tủa Chùa: „Größe” ½", "en"),
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
        item = archive.add(understood(record), (plain_picture(90, 60),) * 4)
        made = run(root / f"staging-{number}", SAMPLE / "scans" / scan)
        made.derivatives.joinpath("0001").rename(root / f"made-{number}")
        folder = archive.layout.derivatives_of(item.item_id) / "0001"
        shutil.rmtree(folder)
        (root / f"made-{number}").rename(folder)
        first = replace(derivative_set(made).canvases[0], master=record.views[0].path)
        canvases = (first, *item.derivatives.canvases[1:])
        detailed = replace(item, derivatives=replace(item.derivatives, canvases=canvases))
        archive.kept[archive.kept.index(item)] = detailed
        pages[scan] = f"vi/{item_page(item.item_id)}"
    make_site(
        archive,
        json_ld=lambda record, url, images, recordings, lang: {
            "name": record.title(lang),
            "url": url,
        },
    )
    return archive.layout.site, pages


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 6))


def size_of_font(name: str) -> int:
    return (STATIC / "fonts" / name).stat().st_size


def letters_of(ranges: str) -> set[int]:
    letters = set()
    for part in ranges.split(","):
        first, _dash, last = part.strip()[2:].partition("-")
        letters |= set(range(int(first, 16), int(last or first, 16) + 1))
    return letters


def first_fonts(text: str, weights: tuple[str, ...] = ("400", "600")) -> set[str]:
    """Return the font files whose letters a page has, as a browser chooses them."""
    found = set()
    for face in loaded_faces():
        name, ranges = FACE.search(face).groups()
        is_used = not letters_of(ranges).isdisjoint(map(ord, text))
        if WEIGHT.search(face)[1] in weights and is_used:
            found.add(name)
    return found


def loaded_faces() -> list[str]:
    """Return the rules of faces that are files; those that stand in for them are the reader's."""
    styles = (STATIC / "css/theme.css").read_text(encoding="utf-8")
    return [face for face in styles.split("@font-face")[1:] if "url(" in face.split("}")[0]]


@pytest.mark.parametrize("scan", DETAILED)
def test_an_item_page_keeps_to_its_weight(items, scan):
    site, pages = items
    path = pages[scan]
    page = Page(site / path)
    folder = (site / path).parent
    styles = [link for tag, link in page.links if tag == "link" and link.endswith(".css")]
    scripts = [attrs["src"] for attrs, _text in page.scripts if attrs.get("src")]
    source = next(found["srcset"] for tag, found in page.tags if tag == "source")
    # Whichever a screen takes.
    pictures = [part.split(" ")[0] for part in source.split(", ")]
    parts = {
        "html": packed((site / path).read_bytes()),
        "css": sum(packed((folder / link).resolve().read_bytes()) for link in styles),
        # Bold stands on no item page (tests/browser/test_sample_archive.py).
        "fonts": sum(size_of_font(name) for name in first_fonts("".join(page.text), ("400",))),
        "picture": max((folder / picture).resolve().stat().st_size for picture in pictures),
        "script": sum(packed((folder / link).resolve().read_bytes()) for link in scripts),
    }
    assert len(pictures) == 2
    # These pictures would be too heavy as they come.
    assert parts["picture"] > 40 * KB
    limits = {"html": 15, "css": 12, "fonts": 40, "picture": 80, "script": 10}
    assert {name: size for name, size in parts.items() if size > limits[name] * KB} == {}
    assert sum(parts.values()) <= 160 * KB, parts


@pytest.mark.parametrize("letters", ["Điện Biên, trống đồng — “áo cóm” … 1954 × 2", "ưỡng Ỹ ậ ề"])
def test_vietnamese_needs_only_the_small_parts_of_each_face(letters):
    assert not [n for n in first_fonts(letters) if not re.search("-core-|-vietnamese-", n)]


def test_every_letter_of_the_faces_is_in_exactly_one_part():
    seen: dict[tuple[str, str], set[int]] = {}
    for face in loaded_faces():
        family = re.search(r'font-family: "([^"]+)"', face)[1]
        key = (family, WEIGHT.search(face)[1])
        for part in FACE.search(face)[2].split(","):
            first, _dash, last = part.strip()[2:].partition("-")
            letters = set(range(int(first, 16), int(last or first, 16) + 1))
            # Combining tones belong to the Vietnamese part alone.
            assert letters.isdisjoint(seen.setdefault(key, set())), (key, part)
            seen[key] |= letters


def test_a_face_stands_in_only_for_letters_that_the_real_one_has():
    real = set()
    for face in loaded_faces():
        name, ranges = FACE.search(face).groups()
        if re.search("-(core|vietnamese|western)-", name):
            real |= letters_of(ranges)
    styles = (STATIC / "css/theme.css").read_text(encoding="utf-8")
    stand_ins = re.findall(r"@font-face \{[^}]*local\([^}]*unicode-range: ([^;]+);", styles)
    assert len(stand_ins) == styles.count("src: local(") == 4
    assert all(letters_of(ranges) == real for ranges in stand_ins)
    assert real.isdisjoint(map(ord, "Жизньπολις"))


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
