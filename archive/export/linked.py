"""Linked data: a IIIF collection of what is exported, and Linked Art documents.

What they refer to are the addresses of the published site, so it has to be published, and
``base_url`` set, before anybody can follow them; otherwise that is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.export.deletions import DELETED_NAME
from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.package import add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.iiif import collection, manifest_summary
from schemas.crosswalks.linked_art import LinkedArtPlaces, linked_art
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.identifiers import shard_of
from schemas.messages import _
from schemas.records import json_bytes

_OPEN = '"items": []}'


def export_iiif(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write a IIIF Presentation 3 collection of the manifests of ``items``.

    An item without images has no manifest; it is told and left out.

    Args:
        items: The items, in the order of the collection.
        out: The file to make; the collection's id is ``iiif/<name of the file>`` on the site.
        context: Where the site is, and what may be shown.

    Raises:
        SourceError: There are no items, or none has images.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    findings = list(address_findings(context))
    count = 0
    head = collection((), context.publication)
    head["id"] = f"{context.publication.base_url}/iiif/{out.name}"
    start = json.dumps(head, ensure_ascii=False)
    if not start.endswith(_OPEN):
        raise ValueError("a collection ends with its items")
    with new_path(out) as path:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(start.removesuffix("]}"))
            for item in at_least_one(items):
                summary = _summary(item, context)
                if summary is None:
                    values = {"number": item.record.identifier}
                    findings.append(
                        Finding("EXPORT-no-images", item_id=item.item_id, values=values)
                    )
                    continue
                file.write(",\n" if count else "\n")
                file.write(json.dumps(summary, ensure_ascii=False))
                count += 1
            file.write("\n]}\n")
        if not count:
            raise SourceError(
                _("None of the items has images, so there is nothing to list."),
                remedy=_("Make them first: hoaban derive"),
            )
        size_bytes = path.stat().st_size
    return ExportReport(out, items=count, files=1, size_bytes=size_bytes, findings=tuple(findings))


def _summary(item: ExportItem, context: ExportContext) -> dict[str, Any] | None:
    derivatives = context.derivatives_of(item.item_id)
    if derivatives is None or not derivatives.canvases:
        return None
    return manifest_summary(context.record_of(item), derivatives, context.publication)


def export_linked_art(
    items: Iterable[ExportItem], out: Path, context: ExportContext
) -> ExportReport:
    """Write a Linked Art document an item, ``<shard>/<item id>.json``.

    Args:
        items: The items, each once.
        out: A .tar or .zip file by its ending, else a folder.
        context: What may be shown, and the public addresses.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    count = size_bytes = 0
    with (
        new_path(out) as path,
        new_package(path, kind=kind_of(out), name=out.name, at=context.at) as package,
    ):
        for item in at_least_one(items, may_be_none=bool(context.deletions)):
            places = _places(item, context)
            document = json_bytes(linked_art(context.described(item), places, lang=context.lang))
            add_bytes(package, f"{shard_of(item.item_id)}/{item.item_id}.json", document)
            count += 1
            size_bytes += len(document)
        if deleted := context.deleted_csv():
            add_bytes(package, DELETED_NAME, deleted)
            size_bytes += len(deleted)
    return ExportReport(
        out,
        items=count,
        files=count + bool(context.deletions),
        size_bytes=size_bytes,
        findings=tuple(address_findings(context)),
    )


def _places(item: ExportItem, context: ExportContext) -> LinkedArtPlaces:
    """Return where an item is found, as far as the public site shows it."""
    found = context.published(item)
    base_url = context.publication.base_url
    return LinkedArtPlaces(
        page_url=found.page_url,
        image_urls=tuple(image.url for image in found.images if image.url),
        museum_url=f"{base_url}/#museum" if context.has_public_url else "",
        museum=context.publisher,
    )


def address_findings(context: ExportContext) -> Iterator[Finding]:
    """Yield what is to be told of the addresses an export refers to."""
    if not context.has_public_url:
        yield Finding("EXPORT-no-address", values={"address": context.publication.base_url})
