"""The worked examples of ``docs/partners.md``: one object of the bundled sample in each format.

``python -m tests.docs.exchange_examples`` writes them anew; a test compares. A block begins with a
comment that names the format and what to show of it: an element of XML, keys of JSON, columns of a
table or workbook, the lines of a bag's file that hold a word. Without that it is shown whole::

    <!-- example: edm edm:ProvidedCHO -->
    <!-- example: bagit manifest-sha256.txt masters/ -->
"""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any

import openpyxl

import pipeline
from archive.export import FORMATS, ExportContext
from archive.settings import Settings
from pipeline.intake.delivery import read_delivery
from pipeline.jobs import PlannedItem
from schemas.crosswalks.exchange import Exchange, Published, PublishedImage
from schemas.crosswalks.iiif import Publication
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.identifiers import image_folder, item_page
from schemas.profile import Profile, parse_profile, shipped_profile_text
from tests.export.conftest import AT, StandIn, technical_of

PAGE = Path(__file__).parent.parent.parent / "docs" / "partners.md"
NUMBER = "76.AO.77"
BLOCK = re.compile(r"<!-- example: (\w+)((?: [^ \n]+)*) -->\n```(\w+)\n.*?```\n", re.DOTALL)
_WIDTH = 100
_SITE = "https://museum.example.vn"
_MUSEUM = "Bảo tàng tỉnh Điện Biên"
_TITLE = {"vi": "Kho lưu trữ di sản", "en": "Heritage archive"}
# The images that ``hoaban demo`` makes of its two views: width and height of each.
_SIZES = (((1188, 1600), (297, 400)), ((1170, 1600), (293, 400)))
_FILES = {
    "bagit": "",
    "csv": ".csv",
    "dcat": ".jsonld",
    "iiif": ".json",
    "jsonld": ".jsonld",
    "xlsx": ".xlsx",
}


def with_examples(page: str) -> str:
    """Return the text of a page with its example blocks made anew."""
    return BLOCK.sub(_block, page)


@cache
def documents() -> dict[str, dict[str, str]]:
    """Return what each export makes of the object: the texts of its files by their names."""
    profile = parse_profile(shipped_profile_text("museum"))
    item, planned = _item(profile)
    context = _context(profile, item, planned)
    made: dict[str, dict[str, str]] = {}
    with TemporaryDirectory() as folder:
        for name in {match[1] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}:
            out = Path(folder, name, f"pendant{_FILES.get(name, '')}")
            FORMATS[name].write([item], out, context)
            files = [out] if out.is_file() else sorted(out.rglob("*.*"))
            made[name] = {file.name: _text(file) for file in files if file.is_file()}
    return made


def _text(file: Path) -> str:
    """Return the text of a file; of a workbook, its one sheet as CSV."""
    if file.suffix != ".xlsx":
        return file.read_bytes().decode("utf-8-sig", "replace")
    (sheet,) = openpyxl.load_workbook(file).worksheets
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(sheet.iter_rows(values_only=True))
    return text.getvalue()


def _item(profile: Profile) -> tuple[StandIn, PlannedItem]:
    sample = Path(pipeline.__file__).parent / "sample"
    delivery = read_delivery(sample, profile=profile, settings=Settings())
    (planned,) = (item for item in delivery.items if item.record.identifier == NUMBER)
    masters = {scan.master_path: scan.source for scan in planned.scans}
    technical = tuple(technical_of(path, file.read_bytes()) for path, file in masters.items())
    item = StandIn(planned.item_id, planned.record, technical, (), masters)
    return item, planned


def _context(profile: Profile, item: StandIn, planned: PlannedItem) -> ExportContext:
    folder = f"{_SITE}/{image_folder(item.item_id)}"
    page = f"{_SITE}/vi/{item_page(item.item_id)}"
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
    return ExportContext(
        profile,
        AT,
        publisher=_MUSEUM,
        title=_TITLE["vi"],
        page_url=lambda item_id: page,
        image_urls=lambda item_id: tuple(image.url for image in images),
        publication=Publication(_SITE, _TITLE, ("vi", "en"), _MUSEUM),
        has_public_url=True,
        derivatives_of=lambda item_id: _derivatives(planned),
        exchange=Exchange(profile, _MUSEUM, provider="Cổng dữ liệu di sản"),
        published=lambda shown: Published(page, images=images),
    )


def _derivatives(planned: PlannedItem) -> DerivativeSet:
    def canvas(number: int, master: str) -> Canvas:
        (width_px, height_px), (small_width_px, small_height_px) = _SIZES[number]
        return Canvas(
            f"{number + 1:04}",
            master,
            0,
            "",
            width_px,
            height_px,
            ImageFile("thumbnail.jpg", small_width_px, small_height_px, ""),
            (ImageFile("access.jpg", width_px, height_px, ""),),
            512,
            (1,),
            (),
            0,
            0,
        )

    scans = enumerate(scan.master_path for scan in planned.scans)
    return DerivativeSet(planned.item_id, "", tuple(canvas(at, path) for at, path in scans))


def _block(match: re.Match[str]) -> str:
    name, what, language = match[1], match[2].strip(), match[3]
    shown = _excerpt(documents()[name], what, language)
    return f"<!-- example: {name}{what and ' '}{what} -->\n```{language}\n{shown}```\n"


def _excerpt(files: dict[str, str], what: str, language: str) -> str:
    if language == "text":
        file, _space, word = what.partition(" ")
        return "".join(line for line in files[file].splitlines(keepends=True) if word in line)
    # Of a METS package, which has other files too, its document.
    (document,) = files.values() if len(files) == 1 else (files["METS.xml"],)
    if language == "json":
        return _keys(document, what.split())
    if language == "csv":
        return _columns(document, what.split())
    return _element(document, what) if what else document


def _element(document: str, name: str) -> str:
    lines = document.splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if re.search(rf"<{name}[ >]", line))
    end = next(at for at, line in enumerate(lines[start:], start) if f"</{name}>" in line)
    return dedent("".join(lines[start : end + 1]))


def _keys(document: str, keys: list[str]) -> str:
    data = json.loads(document)
    data = data[0] if isinstance(data, list) else data
    shown = {key: data[key] for key in keys} if keys else data
    return _written(shown, "") + "\n"


def _written(data: Any, indent: str) -> str:
    """Return JSON in which what fits on a line stands on one."""
    line = json.dumps(data, ensure_ascii=False)
    if not isinstance(data, dict | list) or (len(indent + line) <= _WIDTH and indent):
        return line
    deeper = indent + "  "
    if isinstance(data, dict):
        parts = [f"{json.dumps(key)}: {_written(data[key], deeper)}" for key in data]
    else:
        parts = [_written(value, deeper) for value in data]
    start, end = "{}" if isinstance(data, dict) else "[]"
    return f"{start}\n{deeper}" + f",\n{deeper}".join(parts) + f"\n{indent}{end}"


def _columns(document: str, columns: list[str]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for row in csv.DictReader(io.StringIO(document)):
        table.writerow([row[column] for column in columns])
    return text.getvalue()


if __name__ == "__main__":
    PAGE.write_text(with_examples(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
