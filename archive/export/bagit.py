"""Masters with their records as one BagIt 1.0 bag: a folder, a .tar or a .zip.

    bagit.txt, bag-info.txt, manifest-*.txt, tagmanifest-*.txt
    data/<item id>/masters/…        the untouched files
    data/<item id>/record.json      the description, and in oai_dc: dc.xml
    data/<item id>/technical.json   what was read from the masters, digests included
    data/<item id>/events.json      what happened to them
    data/<item id>/names.json       only where a name had to be changed: the true names
    data/<item id>/images/…         in place of masters/, where limits withhold the masters
    data/deleted.csv                what a partner has to take out, if anything

Invariant: a bag holds only bytes whose digests are the recorded ones. Each master is read
once; its sha512 is computed while it is copied, and if it differs there is no bag.

Source: RFC 8493, The BagIt File Packaging Format (V1.0)
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from archive.export.deletions import DELETED_NAME
from archive.export.items import ExportContext, ExportMasters, ExportReport, at_least_one
from archive.export.masters import (
    ALGORITHMS,
    CountedPackage,
    Digesting,
    add_master,
    image_bytes,
    master_names,
    without_tags,
)
from archive.export.package import Package, Readable, add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.events import events_document
from schemas.records import json_bytes
from schemas.technical import technical_document

NAMES_FORMAT = "hoaban-names-1"
DELETED_IN_BAG = f"data/{DELETED_NAME}"
_BAGIT_TXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def export_bag(items: Iterable[ExportMasters], out: Path, context: ExportContext) -> ExportReport:
    """Write ``items`` with their masters as one bag.

    Args:
        items: The items, each once.
        out: The bag to make: a .tar or .zip file by its ending, else a folder.
        context: When, for whom, and what may be shown.

    Raises:
        FixityError: A master's bytes are not as recorded, or it is gone; names the file.
        RecordError: A master has no recorded digests.
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    with new_path(out) as path, ExitStack() as stack:
        spools = {
            name: stack.enter_context(TemporaryFile("w+b", dir=path.parent)) for name in ALGORITHMS
        }
        package = stack.enter_context(
            new_package(path, kind=kind_of(out), name=out.name, at=context.at)
        )
        payload = _Payload(package, spools)
        count = without_masters = 0
        for item in at_least_one(items, may_be_none=bool(context.deletions)):
            has_masters = _add_item(payload, item, context)
            count += 1
            without_masters += not has_masters
        if deleted := context.deleted_csv():
            payload.add_bytes(DELETED_IN_BAG, deleted)
        tag_files = _add_tag_files(package, payload, context)
        return ExportReport(
            out,
            items=count,
            files=payload.files + tag_files,
            size_bytes=payload.size_bytes,
            without_masters=without_masters,
        )


class _Payload(CountedPackage):
    """The payload of a bag in the making, with its manifests spooled to disk."""

    def __init__(self, package: Package, spools: Mapping[str, IO[bytes]]) -> None:
        super().__init__(package)
        self.spools = spools

    def add(
        self, name: str, content: Readable, size_bytes: int, known: Mapping[str, str]
    ) -> dict[str, str]:
        digests = super().add(name, content, size_bytes, known)
        for algorithm, spool in self.spools.items():
            spool.write(_manifest_line(digests[algorithm], name))
        return digests

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content), {})


def _add_item(payload: _Payload, item: ExportMasters, context: ExportContext) -> bool:
    """Add an item, and say whether its masters are there."""
    folder = f"data/{item.item_id}"
    record = context.record_of(item)
    names = master_names(item)
    images = context.images_instead(item)
    for name, path in sorted((images or {}).items()):
        payload.add_bytes(f"{folder}/images/{name}", image_bytes(path))
    for technical in item.technical if images is None else ():
        add_master(payload.add, item, technical, f"{folder}/{names[technical.path]}")
    payload.add_bytes(f"{folder}/record.json", record.to_bytes())
    described = oai_dc_xml(context.described(item), url=context.page_url(item.item_id))
    payload.add_bytes(f"{folder}/dc.xml", described)
    known = item.technical if images is None else without_tags(item.technical)
    payload.add_bytes(f"{folder}/technical.json", json_bytes(technical_document(known)))
    payload.add_bytes(f"{folder}/events.json", json_bytes(events_document(item.events)))
    changed = {safe: true for true, safe in names.items() if safe != true}
    if changed and images is None:
        document = {"format": NAMES_FORMAT, "true_names": changed}
        payload.add_bytes(f"{folder}/names.json", json_bytes(document))
    return images is None


def _add_tag_files(package: Package, payload: _Payload, context: ExportContext) -> int:
    """Write the tag files and then the tag manifests over them; return how many files."""
    tags: list[tuple[str, dict[str, str]]] = []

    def add(name: str, content: Readable, size_bytes: int) -> None:
        stream = Digesting(content)
        package.add(name, stream, size_bytes)
        tags.append((name, stream.hexdigests()))

    add("bagit.txt", io.BytesIO(_BAGIT_TXT), len(_BAGIT_TXT))
    info = _bag_info(payload, context)
    add("bag-info.txt", io.BytesIO(info), len(info))
    for algorithm, spool in payload.spools.items():
        size_bytes = spool.tell()
        spool.seek(0)
        add(f"manifest-{algorithm}.txt", spool, size_bytes)
    for algorithm in ALGORITHMS:
        lines = b"".join(_manifest_line(digests[algorithm], name) for name, digests in tags)
        add_bytes(package, f"tagmanifest-{algorithm}.txt", lines)
    return len(tags) + len(ALGORITHMS)


def _manifest_line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()


def _bag_info(payload: _Payload, context: ExportContext) -> bytes:
    return b"".join(f"{label}: {value}\n".encode() for label, value in _labels(payload, context))


def _labels(payload: _Payload, context: ExportContext) -> Iterator[tuple[str, str]]:
    for label, text in (
        ("Source-Organization", context.publisher),
        ("External-Description", context.title),
    ):
        line = _CONTROL.sub(" ", text).strip()
        if line:
            yield label, line
    yield "Bagging-Date", context.at[:10]
    yield "Payload-Oxum", f"{payload.size_bytes}.{payload.files}"
