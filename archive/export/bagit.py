"""Masters with their records as one BagIt 1.0 bag: a folder, a .tar or a .zip.

    bagit.txt, bag-info.txt, manifest-*.txt, tagmanifest-*.txt
    data/<item id>/masters/…        the untouched files
    data/<item id>/record.json      the description, and in oai_dc: dc.xml
    data/<item id>/technical.json   what was read from the masters, digests included
    data/<item id>/events.json      what happened to them
    data/<item id>/names.json       only where a name had to be changed: the true names
    data/<item id>/images/…         in place of masters/, where limits withhold the masters

Invariant: a bag holds only bytes whose digests are the recorded ones. Each master is read
once; its digests are computed while it is copied, and if they differ there is no bag.

Source: RFC 8493, The BagIt File Packaging Format (V1.0)
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from archive.export.items import ExportContext, ExportMasters, ExportReport, at_least_one
from archive.export.names import safe_paths
from archive.export.package import Package, Readable, add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.errors import FixityError, RecordError, SourceError
from schemas.events import events_document
from schemas.messages import _
from schemas.records import json_bytes
from schemas.technical import Technical, technical_document

ALGORITHMS = ("sha256", "sha512")
NAMES_FORMAT = "hoaban-names-1"
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
        for item in at_least_one(items):
            has_masters = _add_item(payload, item, context)
            count += 1
            without_masters += not has_masters
        tag_files = _add_tag_files(package, payload, context)
        return ExportReport(
            out,
            items=count,
            files=payload.files + tag_files,
            size_bytes=payload.size_bytes,
            without_masters=without_masters,
        )


class _Digesting:
    """A stream that computes the digests of what is read from it."""

    def __init__(self, content: Readable) -> None:
        self._content = content
        self._digests = {name: hashlib.new(name) for name in ALGORITHMS}

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._content.read(size)
        for digest in self._digests.values():
            digest.update(chunk)
        return chunk

    def hexdigests(self) -> dict[str, str]:
        return {name: digest.hexdigest() for name, digest in self._digests.items()}


class _Payload:
    """The payload of a bag in the making, with its manifests spooled to disk."""

    def __init__(self, package: Package, spools: Mapping[str, IO[bytes]]) -> None:
        self._package = package
        self.spools = spools
        self.files = 0
        self.size_bytes = 0

    def add(self, name: str, content: Readable, size_bytes: int) -> dict[str, str]:
        stream = _Digesting(content)
        self._package.add(name, stream, size_bytes)
        digests = stream.hexdigests()
        for algorithm, spool in self.spools.items():
            spool.write(_manifest_line(digests[algorithm], name))
        self.files += 1
        self.size_bytes += size_bytes
        return digests

    def add_bytes(self, name: str, content: bytes) -> None:
        self.add(name, io.BytesIO(content), len(content))


def _add_item(payload: _Payload, item: ExportMasters, context: ExportContext) -> bool:
    """Add an item, and say whether its masters are there."""
    folder = f"data/{item.item_id}"
    record = context.record_of(item)
    names = safe_paths(technical.path for technical in item.technical)
    if missing := sorted(set(item.masters) - set(names)):
        raise RecordError(
            _("The item '{item}' has masters without recorded digests: {paths}.").format(
                item=item.item_id, paths=", ".join(missing)
            ),
            remedy=_("Check the archive with: hoaban audit"),
        )
    images = context.images_instead(item)
    for name, path in sorted((images or {}).items()):
        payload.add_bytes(f"{folder}/images/{name}", _image_bytes(path))
    for technical in item.technical if images is None else ():
        _add_master(payload, item, technical, f"{folder}/{names[technical.path]}")
    payload.add_bytes(f"{folder}/record.json", record.to_bytes())
    payload.add_bytes(f"{folder}/dc.xml", oai_dc_xml(record, url=context.page_url(item.item_id)))
    known = item.technical if images is None else tuple(map(_without_tags, item.technical))
    payload.add_bytes(f"{folder}/technical.json", json_bytes(technical_document(known)))
    payload.add_bytes(f"{folder}/events.json", json_bytes(events_document(item.events)))
    changed = {safe: true for true, safe in names.items() if safe != true}
    if changed and images is None:
        document = {"format": NAMES_FORMAT, "true_names": changed}
        payload.add_bytes(f"{folder}/names.json", json_bytes(document))
    return images is None


def _without_tags(technical: Technical) -> Technical:
    """Return it without what the camera wrote, as the place: who gets no master gets none of it."""
    return replace(technical, exif={})


def _image_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            _("The image cannot be read: {reason}.").format(reason=error.strerror or error),
            remedy=_("Make the images again: hoaban rebuild"),
            path=path,
        ) from error


def _add_master(payload: _Payload, item: ExportMasters, technical: Technical, name: str) -> None:
    source = item.masters.get(technical.path)
    if source is None:
        raise FixityError(
            _("The master '{path}' of '{item}' is recorded but not in the store.").format(
                path=technical.path, item=item.item_id
            ),
            remedy=_("Check the archive with: hoaban audit"),
        )
    with _open_master(source) as file:
        found_bytes = source.stat().st_size
        if found_bytes != technical.size_bytes:
            raise _changed(source, technical, f"{technical.size_bytes}", f"{found_bytes}")
        digests = payload.add(name, _Master(file, source), technical.size_bytes)
    for algorithm in ALGORITHMS:
        expected = getattr(technical, algorithm)
        if digests[algorithm] != expected:
            raise _changed(source, technical, expected, digests[algorithm])


class _Master:
    """A master being read; what goes wrong is told of the master, not of the export."""

    def __init__(self, file: BinaryIO, source: Path) -> None:
        self._file = file
        self._source = source

    def read(self, size: int = -1, /) -> bytes:
        try:
            chunk = self._file.read(size)
        except OSError as error:
            raise _unreadable(self._source, error) from error
        if not chunk and size != 0:
            raise FixityError(_("The file became shorter while it was read."), path=self._source)
        return chunk


def _open_master(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise _unreadable(source, error) from error


def _unreadable(source: Path, error: OSError) -> FixityError:
    return FixityError(
        _("The master cannot be read: {reason}.").format(reason=error.strerror or error),
        remedy=_("Check the archive with: hoaban audit"),
        path=source,
    )


def _changed(source: Path, technical: Technical, expected: str, found: str) -> FixityError:
    return FixityError(
        _("The master '{path}' is not as recorded: expected {expected}, found {found}.").format(
            path=technical.path, expected=expected, found=found
        ),
        remedy=_("No bag was made. Restore the file from a copy, then check: hoaban audit"),
        path=source,
    )


def _add_tag_files(package: Package, payload: _Payload, context: ExportContext) -> int:
    """Write the tag files and then the tag manifests over them; return how many files."""
    tags: list[tuple[str, dict[str, str]]] = []

    def add(name: str, content: Readable, size_bytes: int) -> None:
        stream = _Digesting(content)
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
