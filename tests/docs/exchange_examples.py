"""The worked examples of ``docs/exports.md``: one object of the bundled sample in each standard.

``python -m tests.docs.exchange_examples`` writes them anew; a test compares. A block begins with a
comment that names the standard and the element to show: ``<!-- example: edm edm:ProvidedCHO -->``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from textwrap import dedent

import pipeline
from archive.settings import Settings
from pipeline.intake.delivery import read_delivery
from schemas.crosswalks import public_record
from schemas.crosswalks.edm import edm_xml
from schemas.crosswalks.exchange import Exchange, Published, PublishedImage
from schemas.crosswalks.lido import lido_xml
from schemas.crosswalks.mods import mods_xml
from schemas.identifiers import image_folder, item_page
from schemas.profile import parse_profile, shipped_profile_text

PAGE = Path(__file__).parent.parent.parent / "docs" / "exports.md"
NUMBER = "76.AO.77"
_SITE = "https://museum.example.vn"
# The images that ``hoaban demo`` makes of its two views: width and height of each.
_SIZES = (((1188, 1600), (297, 400)), ((1170, 1600), (293, 400)))
_BLOCK = re.compile(r"<!-- example: (\w+) ([\w:]+) -->\n```xml\n.*?```\n", re.DOTALL)


def with_examples(page: str) -> str:
    """Return the text of a page with its example blocks made anew."""
    return _BLOCK.sub(_block, page)


@cache
def documents() -> dict[str, str]:
    """Return the object in each standard."""
    profile = parse_profile(shipped_profile_text("museum"))
    sample = Path(pipeline.__file__).parent / "sample"
    delivery = read_delivery(sample, profile=profile, settings=Settings())
    (record,) = (item.record for item in delivery.items if item.record.identifier == NUMBER)
    shown = public_record(record, profile)
    exchange = Exchange(profile, "Bảo tàng tỉnh Điện Biên", provider="Cổng dữ liệu di sản")
    folder = f"{_SITE}/{image_folder(record.item_id)}"
    images = tuple(
        PublishedImage(
            f"{number:04}",
            f"{folder}/{number:04}/access.jpg",
            *access,
            f"{folder}/{number:04}/thumbnail.jpg",
            *thumbnail,
            f"{folder}/{number:04}",
        )
        for number, (access, thumbnail) in enumerate(_SIZES, start=1)
    )
    published = Published(f"{_SITE}/vi/{item_page(record.item_id)}", images=images)
    writers = {"lido": lido_xml, "edm": edm_xml, "mods": mods_xml}
    return {name: write(shown, published, exchange).decode() for name, write in writers.items()}


def _block(match: re.Match[str]) -> str:
    lines = documents()[match[1]].splitlines(keepends=True)
    name = match[2]
    start = next(at for at, line in enumerate(lines) if re.search(rf"<{name}[ >]", line))
    end = next(at for at, line in enumerate(lines[start:], start) if f"</{name}>" in line)
    excerpt = dedent("".join(lines[start : end + 1]))
    return f"<!-- example: {match[1]} {name} -->\n```xml\n{excerpt}```\n"


if __name__ == "__main__":
    PAGE.write_text(with_examples(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
