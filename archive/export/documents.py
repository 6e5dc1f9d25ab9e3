"""One metadata document an item: a package of Dublin Core XML files, or one JSON-LD file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from archive.export.deletions import DELETED_NAME
from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.linked import address_findings
from archive.export.package import add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.dcterms import qdc_xml
from schemas.crosswalks.jsonld import schema_org
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.identifiers import shard_of
from schemas.records import Record


def export_oai_dc(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write an oai_dc file an item, ``<shard>/<item id>.xml``, each valid against oai_dc.xsd.

    Args:
        items: The items, each once.
        out: A .tar or .zip file by its ending, else a folder.
        context: What may be shown, and the public addresses.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    return _export_xml(items, out, context, oai_dc_xml)


def export_qdc(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write a qualified Dublin Core file an item, as :func:`export_oai_dc` does."""
    return _export_xml(items, out, context, qdc_xml)


def export_jsonld(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write ``items`` as one JSON array of schema.org objects, one on a line.

    Args:
        items: The items, in the order of the array.
        out: The file to make.
        context: What may be shown, and the public addresses.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    count = 0
    with new_path(out) as path:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for item in at_least_one(items):
                data = schema_org(
                    context.described(item),
                    url=context.page_url(item.item_id),
                    image_urls=context.image_urls(item.item_id),
                    recordings=context.recordings(item.item_id),
                    publisher=context.publisher,
                    lang=context.lang,
                )
                file.write(",\n" if count else "[\n")
                file.write(json.dumps(data, ensure_ascii=False))
                count += 1
            file.write("\n]\n")
        size_bytes = path.stat().st_size
    findings = tuple(address_findings(context))
    return ExportReport(out, items=count, files=1, size_bytes=size_bytes, findings=findings)


class _Crosswalk(Protocol):
    def __call__(self, record: Record, *, url: str = "") -> bytes: ...


def _export_xml(
    items: Iterable[ExportItem], out: Path, context: ExportContext, crosswalk: _Crosswalk
) -> ExportReport:
    count = size_bytes = 0
    with (
        new_path(out) as path,
        new_package(path, kind=kind_of(out), name=out.name, at=context.at) as package,
    ):
        for item in at_least_one(items, may_be_none=bool(context.deletions)):
            document = crosswalk(context.described(item), url=context.page_url(item.item_id))
            add_bytes(package, f"{shard_of(item.item_id)}/{item.item_id}.xml", document)
            count += 1
            size_bytes += len(document)
        if deleted := context.deleted_csv():
            add_bytes(package, DELETED_NAME, deleted)
            size_bytes += len(deleted)
    files = count + bool(context.deletions)
    findings = tuple(address_findings(context))
    return ExportReport(out, items=count, files=files, size_bytes=size_bytes, findings=findings)
