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
from typing import BinaryIO

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.package import add_bytes, kind_of, new_package
from archive.export.target import new_path
from schemas.crosswalks.edm import EDM_PREFIXES, edm_nodes
from schemas.crosswalks.exchange import Exchange, Published, UnfitRecordError, unfit_finding
from schemas.crosswalks.lido import LIDO_PREFIXES, LIDO_SCHEMA, lido_node
from schemas.crosswalks.mods import MODS_PREFIXES, MODS_SCHEMA, mods_node
from schemas.crosswalks.tree import (
    Node,
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
        root: Makes the root of a document of many.
        document: Makes the root of a document of one, from its nodes.
    """

    name: str
    nodes: Callable[[Record, Published, Exchange], tuple[Node, ...]]
    root: Callable[[], Node]
    document: Callable[[tuple[Node, ...]], Node]


def _declaring(nodes: tuple[Node, ...], root: Callable[[], Node]) -> Node:
    """Return the one node of a document, with what the root of many declares."""
    (node,) = nodes
    copied = Node(node.name, node.text, {**(root().attributes or {}), **(node.attributes or {})})
    copied.children = node.children
    return copied


def _holding(nodes: tuple[Node, ...], root: Callable[[], Node]) -> Node:
    whole = root()
    whole.children = list(nodes)
    return whole


_LIDO_ROOT = partial(root_node, "lido:lidoWrap", LIDO_PREFIXES, LIDO_SCHEMA)
_EDM_ROOT = partial(root_node, "rdf:RDF", EDM_PREFIXES)
_MODS_ROOT = partial(root_node, "mods:modsCollection", MODS_PREFIXES, MODS_SCHEMA)
LIDO = Standard(
    "lido", lambda *said: (lido_node(*said),), _LIDO_ROOT, partial(_declaring, root=_LIDO_ROOT)
)
EDM = Standard("edm", edm_nodes, _EDM_ROOT, partial(_holding, root=_EDM_ROOT))
MODS = Standard(
    "mods", lambda *said: (mods_node(*said),), _MODS_ROOT, partial(_declaring, root=_MODS_ROOT)
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
    made = _Documents(standard, items, context)
    with new_path(out) as path:
        if out.suffix.lower() == ONE_FILE:
            with path.open("wb") as file:
                files = _write_together(made, file)
            size_bytes = path.stat().st_size
        else:
            with new_package(path, kind=kind_of(out), name=out.name, at=context.at) as package:
                size_bytes = 0
                for record, _nodes, document in made:
                    name = f"{shard_of(record.item_id)}/{record.item_id}.xml"
                    add_bytes(package, name, document)
                    size_bytes += len(document)
            files = made.count
        if made.count == 0:
            raise _none(standard, made.first)
    return ExportReport(out, made.count, files, size_bytes, left_out=made.left_out)


export_lido = partial(export_museum_xml, LIDO)
export_edm = partial(export_museum_xml, EDM)
export_mods = partial(export_museum_xml, MODS)


class _Documents:
    """The documents of the items that can have one, counted as they go by."""

    def __init__(
        self, standard: Standard, items: Iterable[ExportItem], context: ExportContext
    ) -> None:
        self._standard = standard
        self._items = items
        self._context = context
        self._exchange = context.exchanged()
        self.count = 0
        self.left_out = 0
        self.first: Finding | None = None

    def __iter__(self) -> Iterator[tuple[Record, tuple[Node, ...], bytes]]:
        for item in at_least_one(self._items):
            record = self._context.record_of(item)
            try:
                nodes, document = self._made(item, record)
            except UnfitRecordError as error:
                self.left_out += 1
                self.first = self.first or error.findings[0]
                for finding in error.findings:
                    self._context.tell(finding)
                continue
            self.count += 1
            yield record, nodes, document

    def _made(self, item: ExportItem, record: Record) -> tuple[tuple[Node, ...], bytes]:
        name = self._standard.name
        nodes = self._standard.nodes(record, self._context.published(item), self._exchange)
        document = write_tree(self._standard.document(nodes))
        if wrong := validate(document, name):
            finding = unfit_finding("EXCHANGE-invalid", record, name, reason=wrong[0])
            raise UnfitRecordError((finding,))
        return nodes, document


def _write_together(made: _Documents, file: BinaryIO) -> int:
    root = made._standard.root()
    file.write(write_start(root))
    for _record, nodes, _document in made:
        for node in nodes:
            file.write(write_fragment(node))
    file.write(write_end(root))
    return 1


def _none(standard: Standard, first: Finding | None) -> SourceError:
    why = first.message() if first else ""
    return SourceError(
        _("None of the items can be written as {format}. The first: {item}: {reason}").format(
            format=standard.name, item=first.path if first else "", reason=why
        )
    )
