"""The data of the whole site in files for other programs: CSV, JSON-LD, and what there is (DCAT).

Only what the pages show goes in: hidden fields and items that are not public never reach them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any, Protocol

from archive.digests import sha256_of
from archive.settings import Settings
from archive.site.files import SiteTree
from archive.site.reuse import Reuse
from archive.site.urls import absolute_url
from schemas.cells import quote_cell
from schemas.crosswalks.dcat import (
    CONTEXT,
    JSON_LINES_TYPE,
    PUBLIC,
    OfferedFile,
    dataset_uri,
    descriptions,
    file_offer,
    language_uri,
    licence_uri,
)
from schemas.crosswalks.iiif import collection_path
from schemas.profile import Profile
from schemas.record_cells import cells_of, in_order
from schemas.records import Record

CSV_PATH = "data/items.csv"
JSON_LD_PATH = "data/items.jsonl"
DATASET_PATH = "data/dataset.jsonld"
_JSON_LD_TYPE = "application/ld+json"
_JSON = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Download:
    """A file of the whole site.

    Attributes:
        path: Its path, relative to the root of the site.
        kind: What it is: ``csv``, ``jsonl``, ``iiif``, ``dcat``, ``changes``, ``lido``, ``edm``.
        media_type: Its media type.
        size_bytes: Its size.
        items: How many items it has, where that may be fewer than all; else 0.
        checksums: Paths of the files that have its checksums.
    """

    path: str
    kind: str
    media_type: str
    size_bytes: int
    items: int = 0
    checksums: tuple[str, ...] = ()


class Offers(Protocol):
    """What only a published site offers to programs and partners."""

    @property
    def told(self) -> frozenset[str]:
        """Ids of items that are no more public, and that the log of changes says so of."""

    def write(
        self, tree: SiteTree, updated_on: str, reuse: Reuse, items: bytes
    ) -> Iterable[Download]:
        """Write it into a site that is finished but for its list of downloads.

        Args:
            tree: The site.
            updated_on: Day of the latest change, ``2026-11-21``, or empty.
            reuse: Takes files from the site before where they were made from the same.
            items: Digest of all items.
        """


@dataclass(frozen=True)
class DataLines:
    """What the files say of an item, or of some.

    Attributes:
        headings: The columns they have cells in.
        cells: Of each a line of JSON, its cells by heading, each as it stands in the table.
        json_ld: Of each a line of JSON, or empty.
    """

    headings: tuple[str, ...]
    cells: str
    json_ld: str


def data_lines(record: Record, profile: Profile, json_ld: Mapping[str, Any] | None) -> DataLines:
    """Return what the files say of a public record without its hidden fields."""
    cells = {
        heading: _cell_text(text)
        for heading, text in cells_of(record, profile, with_extra=False).items()
    }
    described = "" if json_ld is None else _JSON.encode(json_ld) + "\n"
    return DataLines(tuple(cells), _JSON.encode(cells) + "\n", described)


def joined_lines(lines: Sequence[DataLines]) -> DataLines:
    """Return what the files say of some items."""
    headings = dict.fromkeys(heading for one in lines for heading in one.headings)
    cells = "".join(one.cells for one in lines)
    return DataLines(tuple(headings), cells, "".join(one.json_ld for one in lines))


class DataFiles:
    """Collects the data of all items on the disk, and writes the files at the end."""

    def __init__(
        self, tree: SiteTree, profile: Profile, settings: Settings, offers: Offers | None = None
    ) -> None:
        self._tree = tree
        self._offers = offers
        self._profile = profile
        self._settings = settings
        self._items = 0
        self._headings: set[str] = set()
        self._cells = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (closed by close)
        self._lines = TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115

    def add(self, lines: DataLines) -> None:
        """Take what the files say of an item, or of some."""
        self._items += lines.cells.count("\n")
        self._headings.update(lines.headings)
        self._cells.write(lines.cells)
        self._lines.write(lines.json_ld)

    def finish(self, updated_on: str, reuse: Reuse, items: bytes) -> list[Download]:
        """Write the files; return what there is.

        Args:
            updated_on: Day of the latest change, ``2026-11-21``, or empty.
            reuse: Takes files from the site before where they were made from the same.
            items: Digest of all items.
        """
        found = [self._write(CSV_PATH, "csv", "text/csv", self._table())]
        if self._lines.tell():
            self._lines.seek(0)
            found.append(self._write(JSON_LD_PATH, "jsonl", JSON_LINES_TYPE, self._lines))
        collection = self._tree.root / collection_path()
        size = collection.stat().st_size
        found.append(Download(collection_path(), "iiif", _JSON_LD_TYPE, size))
        if self._offers is not None:
            found += self._offers.write(self._tree, updated_on, reuse, items)
        dataset = json.dumps(self._dataset(found, updated_on), ensure_ascii=False, indent=2) + "\n"
        found.append(self._write(DATASET_PATH, "dcat", _JSON_LD_TYPE, [dataset]))
        return found

    def close(self) -> None:
        """Throw away what was collected."""
        self._cells.close()
        self._lines.close()

    def _write(self, path: str, kind: str, media_type: str, lines: Iterable[str]) -> Download:
        size_bytes = self._tree.write_chunks(path, (line.encode() for line in lines))
        return Download(path, kind, media_type, size_bytes)

    def _table(self) -> Iterator[str]:
        """Yield the table row by row, with a byte order mark so that Excel reads Vietnamese."""
        headings = in_order(self._headings, self._profile)
        yield "\ufeff" + _row_text(map(_cell_text, headings))
        self._cells.seek(0)
        for line in self._cells:
            cells = json.loads(line)
            yield _row_text(cells.get(heading, "") for heading in headings)

    def _dataset(self, files: list[Download], updated_on: str) -> dict[str, Any]:
        """Return what there is, for catalogues of data.

        Source: Data Catalog Vocabulary (DCAT) 3, https://www.w3.org/TR/vocab-dcat-3/; DCAT-AP 3.0,
        https://semiceu.github.io/DCAT-AP/releases/3.0.0/
        """
        settings = self._settings

        museum: dict[str, Any] = {"@type": "foaf:Agent", "foaf:name": settings.publisher}
        uri = licence_uri(settings.rights_uri)
        licence = {"dcterms:license": {"@id": uri}} if uri else {}
        changed = {"@value": updated_on, "@type": "xsd:date"}
        page = absolute_url(settings.base_url, f"{settings.main_language}/data.html")
        tags = map(language_uri, settings.languages)
        offered = (self._offered(file, updated_on) for file in files)
        return {
            "@context": dict(CONTEXT),
            "@id": dataset_uri(settings.base_url),
            "@type": "dcat:Dataset",
            "dcterms:title": [
                {"@value": text, "@language": c} for c, text in settings.title.items()
            ],
            "dcterms:description": descriptions(
                settings.languages, self._items, settings.publisher
            ),
            "dcterms:accessRights": {"@id": PUBLIC},
            "dcterms:language": [{"@id": uri} for uri in tags if uri],
            "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
            "dcat:distribution": [file_offer(file, uri) for file in offered],
            **({"dcterms:publisher": museum} if settings.publisher else {}),
            **licence,
            **({"dcterms:modified": changed} if updated_on else {}),
        }

    def _offered(self, file: Download, updated_on: str) -> OfferedFile:
        return OfferedFile(
            address=absolute_url(self._settings.base_url, file.path),
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256_hex=sha256_of(self._tree.root / file.path),
            updated_on=updated_on,
        )


def _row_text(cells: Iterable[str]) -> str:
    """Return a row as a line of the file; there is more than one cell in any."""
    return ",".join(cells) + "\r\n"


def _cell_text(text: str) -> str:
    """Return a cell as it stands in a row."""
    out = io.StringIO(newline="")
    # Alone in its row an empty cell would be quoted.
    csv.writer(out, lineterminator="\r\n").writerow((quote_cell(text), ""))
    return out.getvalue().removesuffix(",\r\n")
