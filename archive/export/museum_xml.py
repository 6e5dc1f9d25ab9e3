"""LIDO, EDM and MODS: an XML file an item, or one XML file with all of them.

Invariant: every document is checked against the standard's official schema before it is written. A
record that cannot give a valid one is told of and left out; the others go on. No more than one
record is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from archive.export.deletions import DELETED_NAME
from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.package import add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks import with_archive_rights
from schemas.crosswalks.dcterms import qdc_xml
from schemas.crosswalks.edm import EDM_PREFIXES, edm_nodes
from schemas.crosswalks.exchange import Exchange, Published, UnfitRecordError, unfit_finding
from schemas.crosswalks.lido import LIDO_PREFIXES, LIDO_SCHEMA, lido_node
from schemas.crosswalks.mods import MODS_PREFIXES, MODS_SCHEMA, mods_node
from schemas.crosswalks.oai_dc import oai_dc_xml
from schemas.crosswalks.tree import (
    Node,
    declaring,
    root_node,
    write_end,
    write_fragment,
    write_start,
    write_tree,
)
from schemas.errors import SourceError
from schemas.findings import Finding
from schemas.identifiers import shard_of
from schemas.messages import _
from schemas.records import Record
from schemas.xml import validate

ONE_FILE = ".xml"


@dataclass(frozen=True)
class Standard:
    """How a standard's documents are made.

    Attributes:
        name: Its name on the command line, and of its schema.
        nodes: Makes what stands for one record in a document of many.
        many: Makes the root of a document of many.
        is_alone: Whether a document of one record has the record itself as its root.
    """

    name: str
    nodes: Callable[[Record, Published, Exchange], tuple[Node, ...]]
    many: Callable[[], Node]
    is_alone: bool = True

    def document(self, nodes: tuple[Node, ...]) -> bytes:
        """Return the document of one record."""
        root = self.many()
        if not self.is_alone:
            root.children.extend(nodes)
            return write_tree(root)
        (node,) = nodes
        return write_tree(declaring(node, root))


LIDO = Standard(
    "lido",
    lambda *said: (lido_node(*said),),
    partial(root_node, "lido:lidoWrap", LIDO_PREFIXES, LIDO_SCHEMA),
)
EDM = Standard("edm", edm_nodes, partial(root_node, "rdf:RDF", EDM_PREFIXES), is_alone=False)
MODS = Standard(
    "mods",
    lambda *said: (mods_node(*said),),
    partial(root_node, "mods:modsCollection", MODS_PREFIXES, MODS_SCHEMA),
)


def export_museum_xml(
    standard: Standard, items: Iterable[ExportItem], out: Path, context: ExportContext
) -> ExportReport:
    """Write ``items`` in a standard of museums or libraries.

    Args:
        standard: Which.
        items: The items, each once.
        out: One file with all of them where it ends in ``.xml``; else a file an item,
            ``<shard>/<item id>.xml``, in a .tar or .zip file by its ending, or a folder.
        context: What may be shown, where items are found, who gives them.

    Raises:
        SourceError: There are no items, or the standard can hold none of them.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    is_one_file = out.suffix.lower() == ONE_FILE
    made = _Documents(standard, items, context, is_one_file=is_one_file)
    with new_path(out) as path:
        if is_one_file:
            with path.open("wb") as file:
                file.write(made.start)
                for _record, fragment in made:
                    file.write(fragment)
                file.write(made.end)
            size_bytes = path.stat().st_size
        else:
            size_bytes = _write_package(made, path, out, context)
        if made.count == 0 and not context.deletions:
            raise _none(standard, made.first)
    files = 1 if is_one_file else made.count + bool(context.deletions)
    return ExportReport(out, made.count, files, size_bytes, left_out=made.left_out)


export_lido = partial(export_museum_xml, LIDO)
export_edm = partial(export_museum_xml, EDM)
export_mods = partial(export_museum_xml, MODS)


def document_of(
    format_name: str, record: Record, published: Published, exchange: Exchange
) -> bytes:
    """Return one record as a document of its own, valid against the standard's schema.

    Args:
        format_name: ``edm``, ``lido``, ``mods``, ``oai_dc`` or ``qdc``.
        record: The record as it may be shown.
        published: Where the item is found.
        exchange: What is said of all records.

    Raises:
        UnfitRecordError: The record cannot give a valid document.
    """
    if format_name in _DUBLIN_CORE:
        described = with_archive_rights(record, exchange.rights, exchange.rights_uri)
        return _DUBLIN_CORE[format_name](described, url=published.page_url)
    standard = _STANDARDS[format_name]
    written = standard.document(standard.nodes(record, published, exchange))
    _check(written, record, format_name)
    return written


_STANDARDS = {standard.name: standard for standard in (LIDO, EDM, MODS)}
_DUBLIN_CORE = {"oai_dc": oai_dc_xml, "qdc": qdc_xml}


def _check(document: bytes, record: Record, format_name: str) -> None:
    wrong = validate(document, format_name)
    if wrong:
        finding = unfit_finding("EXCHANGE-invalid", record, format_name, reason=wrong[0])
        raise UnfitRecordError((finding,))


class _Documents:
    """What is written for the items that can have a document, counted as it goes by.

    Attributes:
        start: The beginning of a document of all of them.
        end: Its end.
        count: Items that were given out.
        left_out: Items that have none.
        first: The first reason for that, or None.
    """

    def __init__(
        self,
        standard: Standard,
        items: Iterable[ExportItem],
        context: ExportContext,
        *,
        is_one_file: bool,
    ) -> None:
        self._standard = standard
        self._items = items
        self._context = context
        self._exchange = context.exchanged()
        self._is_one_file = is_one_file
        root = standard.many()
        self.start, self.end = write_start(root), write_end(root)
        self.count = 0
        self.left_out = 0
        self.first: Finding | None = None

    def __iter__(self) -> Iterator[tuple[Record, bytes]]:
        for item in at_least_one(self._items, may_be_none=bool(self._context.deletions)):
            record = self._context.record_of(item)
            try:
                written = self._written(item, record)
            except UnfitRecordError as error:
                self.left_out += 1
                self._context.leave_out(item.item_id)
                self.first = self.first or error.findings[0]
                for finding in error.findings:
                    self._context.tell(finding)
                continue
            self.count += 1
            yield record, written

    def _written(self, item: ExportItem, record: Record) -> bytes:
        """Return a document, or its part of the one of all; checked as a document either way."""
        name, published = self._standard.name, self._context.published(item)
        if not self._is_one_file:
            return document_of(name, record, published, self._exchange)
        nodes = self._standard.nodes(record, published, self._exchange)
        written = b"".join(map(write_fragment, nodes))
        _check(self.start + written + self.end, record, name)
        return written


def _write_package(made: _Documents, path: Path, out: Path, context: ExportContext) -> int:
    size_bytes = 0
    kind = kind_of(out)
    with new_package(path, kind=kind, name=out.name, at=context.at, is_text=True) as package:
        for record, document in made:
            add_bytes(package, f"{shard_of(record.item_id)}/{record.item_id}.xml", document)
            size_bytes += len(document)
        if deleted := context.deleted_csv():
            add_bytes(package, DELETED_NAME, deleted)
            size_bytes += len(deleted)
    return size_bytes


def _none(standard: Standard, first: Finding | None) -> SourceError:
    why = first.message() if first else ""
    return SourceError(
        _("None of the items can be written as {format}. The first: {item}: {reason}").format(
            format=standard.name, item=first.path if first else "", reason=why
        )
    )
