"""What is made for partners from the archive. A new format is one more entry in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.export.bagit import DELETED_IN_BAG, export_bag
from archive.export.csv import export_csv
from archive.export.dcat import export_dcat
from archive.export.deletions import DELETED_NAME, beside
from archive.export.documents import export_jsonld, export_oai_dc, export_qdc
from archive.export.endings import PACKAGES
from archive.export.items import (
    ExportContext,
    ExportItem,
    ExportMasters,
    ExportReport,
)
from archive.export.linked import export_iiif, export_linked_art
from archive.export.mets import export_mets
from archive.export.museum_xml import ONE_FILE, export_edm, export_lido, export_mods
from archive.export.xlsx import export_xlsx
from schemas.messages import N_

__all__ = [
    "FORMATS",
    "ExportContext",
    "ExportItem",
    "ExportMasters",
    "ExportReport",
    "Format",
]


@dataclass(frozen=True)
class Format:
    """One export format.

    Attributes:
        name: Its name on the command line.
        ending: Ending of the one file it makes; empty where it makes a package.
        needs_masters: It takes items from the store (:class:`ExportMasters`); otherwise the
            catalogue's items will do (:class:`ExportItem`).
        help: One sentence, a message id.
        write: Writes items to a path and reports.
        others: Endings of the one file that it can make too.
        deleted_name: Where in a package it says what has to be taken out.
    """

    name: str
    ending: str
    needs_masters: bool
    help: str
    write: Callable[[Iterable[Any], Path, ExportContext], ExportReport]
    others: tuple[str, ...] = ()
    deleted_name: str = DELETED_NAME

    @property
    def endings(self) -> tuple[str, ...]:
        """What the name of what it makes may end in."""
        return (*((self.ending,) if self.ending else PACKAGES), *self.others)

    def is_one_file(self, out: Path) -> bool:
        """Say whether ``out`` becomes one file with all items, and no package."""
        return bool(self.ending) or out.suffix.lower() in self.others

    def deletions_at(self, out: Path) -> str:
        """Return the name of the file that says what has to be taken out of what is at ``out``."""
        return beside(out).name if self.is_one_file(out) else self.deleted_name


def _formats(*formats: Format) -> dict[str, Format]:
    return {entry.name: entry for entry in formats}


FORMATS: Mapping[str, Format] = _formats(
    Format(
        "csv",
        ".csv",
        False,
        N_("A table for a spreadsheet program, one row an item."),
        export_csv,
    ),
    Format(
        "xlsx",
        ".xlsx",
        False,
        N_("The same table as a workbook, every cell a text."),
        export_xlsx,
    ),
    Format(
        "bagit",
        "",
        True,
        N_("Masters, records and checksums as one BagIt bag: a folder, or a .tar or .zip file."),
        export_bag,
        deleted_name=DELETED_IN_BAG,
    ),
    Format(
        "mets",
        "",
        True,
        N_("A METS 1.12.1 package an item: masters with PREMIS 3, MIX 2.0 and Dublin Core."),
        export_mets,
    ),
    Format(
        "oai_dc",
        "",
        False,
        N_("Dublin Core as OAI-PMH takes it, an XML file an item, in a folder, .tar or .zip."),
        export_oai_dc,
    ),
    Format(
        "qdc",
        "",
        False,
        N_("Qualified Dublin Core with every DCMI term, an XML file an item."),
        export_qdc,
    ),
    Format(
        "lido",
        "",
        False,
        N_("LIDO 1.1 for museum portals, an XML file an item, or one file named .xml with all."),
        export_lido,
        others=(ONE_FILE,),
    ),
    Format(
        "edm",
        "",
        False,
        N_("EDM for Europeana and its like, an RDF/XML file an item, or one file named .xml."),
        export_edm,
        others=(ONE_FILE,),
    ),
    Format(
        "mods",
        "",
        False,
        N_("MODS 3.8 for libraries, an XML file an item, or one file named .xml with all."),
        export_mods,
        others=(ONE_FILE,),
    ),
    Format(
        "jsonld",
        ".jsonld",
        False,
        N_("schema.org JSON-LD, one file with all items."),
        export_jsonld,
        others=(".json",),
    ),
    Format(
        "linked_art",
        "",
        False,
        N_("Linked Art 1.0 JSON-LD, a file an item, in a folder, .tar or .zip."),
        export_linked_art,
    ),
    Format(
        "iiif",
        ".json",
        False,
        N_("A IIIF Presentation 3 collection of the items' manifests on the site."),
        export_iiif,
    ),
    Format(
        "dcat",
        ".jsonld",
        False,
        N_("A DCAT description of the whole set for data portals, as JSON-LD."),
        export_dcat,
        others=(".json",),
    ),
)
