"""What a partner wants of an archive, as data: one TOML file a partner.

A profile says which items (selection, rights), in what shape (records in a standard, images of a
size, a table, wiki pages), under which names and with which words. Nothing else in the program
knows a partner by name: the four profiles in this folder are examples of the format, which
``docs/partners.md`` describes, and a museum adds its own in ``partners/`` of its archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from pathlib import Path
from typing import Final

SHIPPED: Final = Path(__file__).parent
ENDING: Final = ".toml"

OPEN: Final = "open"
"""In ``rights.allow``: every licence that lets everybody use, change and share."""

OPEN_RIGHTS: Final = (
    "creativecommons.org/licenses/by/",
    "creativecommons.org/licenses/by-sa/",
    "creativecommons.org/publicdomain/zero/",
    "creativecommons.org/publicdomain/mark/",
)
"""Source: https://opendefinition.org/licenses/ (conformant Creative Commons licences and marks)"""

RECORD_FORMATS: Final = ("edm", "lido", "mods", "oai_dc", "qdc")
PACKAGE_ENDINGS: Final = ("folder", ".zip", ".tar")
TABLE_ENDINGS: Final = (".csv", ".xlsx")
SHOWN: Final = ("text", "id", "uri", "edtf", "earliest_year", "latest_year")
ABOUT_ITEMS: Final = (
    "number",
    "item_id",
    "kind",
    "page",
    "manifest",
    "images",
    "image_addresses",
    "licence",
    "licence_uri",
    "museum",
    "archive",
    "export_date",
)
ABOUT_IMAGES: Final = ("image", "image_name", "view", "view_label", "wikitext")
NAME_PARTS: Final = ("number", "item_id", "title", "museum", "view")
README_PARTS: Final = ("museum", "archive", "date", "items", "images", "licences")
TERM: Final = "dcterms:"
"""Before a name in ``field``: not a field of the profile but every field of this DCMI term."""


@dataclass(frozen=True)
class Source:
    """Where the text of a cell or of a template's parameter comes from.

    Attributes:
        key: Where the profile says it, as ``table.columns[2]``; for messages.
        field: A field of the application profile, or ``dcterms:`` and a term; empty for another.
        about: One of :data:`ABOUT_ITEMS` or :data:`ABOUT_IMAGES`; empty for another.
        fixed: The text itself.
        show: What of the field's values, one of :data:`SHOWN`.
        lang: Language of the text; empty for all.
        codes: The partner's code by the id, the broader ids or the text of a value; None where
            values are not turned into codes.
        otherwise: What stands for a value that ``codes`` does not have.
        separator: What stands between several values.
        each_language: Every language in its template, ``{{vi|1=…}}``; only in wiki pages.
        is_required: Tell where it is empty.
    """

    key: str
    field: str = ""
    about: str = ""
    fixed: str = ""
    show: str = "text"
    lang: str = ""
    codes: Mapping[str, str] | None = attribute(default=None, hash=False)
    otherwise: str = ""
    separator: str = "; "
    each_language: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Named:
    """A source under the name the partner has for it: a column, or a template's parameter.

    Attributes:
        name: The heading of the column, or the name of the parameter.
        source: Where its text comes from.
    """

    name: str
    source: Source


@dataclass(frozen=True)
class ImageChoice:
    """Which images go out, and under which names.

    Attributes:
        take: ``access`` for access images, ``masters`` for the untouched files.
        max_px: Longer side of the largest image, in pixels; 0 for as they are.
        names: Pattern of their names, with :data:`NAME_PARTS` in braces.
        folder: Folder they stand in.
        folder_per_item: A folder an item in that folder.
        is_required: Leave out items that have none.
    """

    take: str = "access"
    max_px: int = 0
    names: str = "{number}-{view}"
    folder: str = "images"
    folder_per_item: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class TableChoice:
    """A table with the partner's own columns.

    Attributes:
        columns: Its columns in order; headings differ.
        file: Its name in a package; the ending says CSV or workbook.
        rows: ``items`` for a row an item, ``images`` for a row an image.
    """

    columns: tuple[Named, ...]
    file: str = "objects.csv"
    rows: str = "items"


@dataclass(frozen=True)
class WikiPage:
    """A page of wikitext an image.

    Attributes:
        template: Name of the template that describes the object.
        parameters: Its parameters in order.
        licences: Template by the beginning of a rights statement's address; the longest that
            fits counts, and an item without one is left out.
        categories: Names of the categories of every page.
    """

    template: str
    parameters: tuple[Named, ...]
    licences: Mapping[str, str] = attribute(hash=False)
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class PartnerProfile:
    """What one partner wants.

    Attributes:
        name: Name of its file without the ending.
        path: The file, for messages.
        title: What the partner is called, by language.
        endings: What ``--out`` may end in; ``folder`` for no ending.
        is_public_only: It publishes what it gets, so it never gets what is not public.
        allow: :data:`OPEN` or beginnings of addresses of rights statements; empty for any.
        query: A search that narrows the items, or empty.
        facets: (field, value) that narrow them.
        collections: Names of collections that narrow them.
        records: One of :data:`RECORD_FORMATS`, or empty.
        images: Which images, or None.
        table: The table, or None.
        wiki: The wiki pages, or None.
        readme: Text of the README by language; may be empty.
        checksums: ``sha256``, ``sha512`` or empty.
    """

    name: str
    path: Path
    title: Mapping[str, str] = attribute(hash=False)
    endings: tuple[str, ...] = PACKAGE_ENDINGS
    is_public_only: bool = False
    allow: tuple[str, ...] = ()
    query: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    collections: tuple[str, ...] = ()
    records: str = ""
    images: ImageChoice | None = None
    table: TableChoice | None = None
    wiki: WikiPage | None = None
    readme: Mapping[str, str] = attribute(default_factory=dict, hash=False)
    checksums: str = ""

    @property
    def is_table(self) -> bool:
        """Whether all it makes is one table, so that it is a file and no package."""
        others = (self.records, self.images, self.wiki, self.readme, self.checksums)
        return self.table is not None and not any(others)

    @property
    def takes_masters(self) -> bool:
        """Whether it needs items with their masters."""
        return self.images is not None and self.images.take == "masters"

    @property
    def takes_addresses(self) -> bool:
        """Whether it says where things are found on the public site."""
        found = {"page", "manifest", "image_addresses"}
        return bool(self.records) or any(source.about in found for source in self.sources())

    def sources(self) -> Iterator[Source]:
        """Yield everything that cells and parameters come from."""
        for named in (*(self.table.columns if self.table else ()), *self._parameters):
            yield named.source

    @property
    def _parameters(self) -> tuple[Named, ...]:
        return self.wiki.parameters if self.wiki else ()


def shipped_names() -> tuple[str, ...]:
    """Return the names of the profiles that ship."""
    return tuple(sorted(path.stem for path in SHIPPED.glob(f"*{ENDING}")))
