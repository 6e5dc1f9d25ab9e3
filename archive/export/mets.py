"""One METS package an item: its masters, and a document that says everything about them.

    <item id>/METS.xml      description, PREMIS, MIX, files with checksums, structure
    <item id>/record.json   the description whole
    <item id>/masters/…     the untouched files, or images/… where limits withhold them

Invariant: a document is checked against METS, PREMIS, MIX and oai_dc, and its references, before
anything of its item is written; an item that fails is told and left out. Masters are read once,
and their bytes are the recorded ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.export.deletions import DELETED_NAME
from archive.export.items import ExportContext, ExportMasters, ExportReport, at_least_one
from archive.export.masters import (
    CountedPackage,
    add_master,
    image_bytes,
    master_names,
    without_tags,
)
from archive.export.package import kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.mets import MetsItem, PackagedFile, mets_problems, mets_xml
from schemas.errors import RecordError
from schemas.findings import Finding

_DOCUMENT = "METS.xml"
_RECORD = "record.json"
_RECORD_KIND = "HOABAN-RECORD"
_MOST_REASONS = 3


def export_mets(items: Iterable[ExportMasters], out: Path, context: ExportContext) -> ExportReport:
    """Write a METS package an item.

    Args:
        items: The items, each once.
        out: A .tar or .zip file by its ending, else a folder.
        context: When, for whom, and what may be shown.

    Raises:
        FixityError: A master's bytes are not as recorded, or it is gone; names the file.
        RecordError: A master has no recorded digests.
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    findings: list[Finding] = []
    count = without_masters = 0
    with (
        new_path(out) as path,
        new_package(path, kind=kind_of(out), name=out.name, at=context.at) as package,
    ):
        writer = CountedPackage(package)
        for item in at_least_one(items, may_be_none=bool(context.deletions)):
            prepared = _prepared(item, context)
            if isinstance(prepared, Finding):
                findings.append(prepared)
                continue
            _add_item(writer, item, prepared)
            count += 1
            without_masters += prepared.is_without_masters
        if deleted := context.deleted_csv():
            writer.add_bytes(DELETED_NAME, deleted)
    return ExportReport(
        out,
        items=count,
        files=writer.files,
        size_bytes=writer.size_bytes,
        without_masters=without_masters,
        findings=tuple(findings),
    )


@dataclass(frozen=True)
class _Prepared:
    """What an item's folder will hold.

    Attributes:
        names: Where each master stands in the folder, by logical path.
        images: The images in place of masters, by their place in the folder.
        record: ``record.json``.
        document: ``METS.xml``.
        is_without_masters: The item's limits withhold its masters.
    """

    names: Mapping[str, str]
    images: Mapping[str, bytes]
    record: bytes
    document: bytes
    is_without_masters: bool


def _prepared(item: ExportMasters, context: ExportContext) -> _Prepared | Finding:
    """Return what an item's folder will hold, or the finding why it cannot be written."""
    shown = context.record_of(item)
    names = master_names(item)
    withheld = context.images_instead(item)
    images = {
        f"images/{name}": image_bytes(path) for name, path in sorted((withheld or {}).items())
    }
    record = shown.to_bytes()
    told = MetsItem(
        record=shown,
        technical=item.technical if withheld is None else without_tags(item.technical),
        events=item.events,
        masters={} if withheld is not None else _masters(item, names),
        at=context.at,
        images=tuple(_file(path, content, "image/jpeg") for path, content in images.items()),
        documents={_RECORD_KIND: _file(_RECORD, record, "application/json")},
        url=context.page_url(item.item_id),
        publisher=context.publisher,
        lang=context.lang,
        rights=context.rights,
        rights_uri=context.rights_uri,
    )
    try:
        document = mets_xml(told)
        problems = mets_problems(document)
    except (RecordError, ValueError) as error:
        document, problems = b"", (str(error),)
    if problems:
        reason = "; ".join(problems[:_MOST_REASONS])
        values = {"number": item.record.identifier, "format": "METS", "reason": reason}
        return Finding("EXPORT-invalid", item_id=item.item_id, values=values)
    return _Prepared(names, images, record, document, withheld is not None)


def _masters(item: ExportMasters, names: Mapping[str, str]) -> dict[str, PackagedFile]:
    return {
        entry.path: PackagedFile(names[entry.path], entry.mime_type, entry.size_bytes, entry.sha512)
        for entry in item.technical
    }


def _file(path: str, content: bytes, mime_type: str) -> PackagedFile:
    return PackagedFile(path, mime_type, len(content), hashlib.sha512(content).hexdigest())


def _add_item(writer: CountedPackage, item: ExportMasters, prepared: _Prepared) -> None:
    folder = item.item_id
    for path, content in prepared.images.items():
        writer.add_bytes(f"{folder}/{path}", content)
    for technical in () if prepared.is_without_masters else item.technical:
        name = f"{folder}/{prepared.names[technical.path]}"
        add_master(writer.add, item, technical, name)
    writer.add_bytes(f"{folder}/{_RECORD}", prepared.record)
    writer.add_bytes(f"{folder}/{_DOCUMENT}", prepared.document)
