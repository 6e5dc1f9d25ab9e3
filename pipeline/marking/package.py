"""The parts of a workbook and how they refer to each other.

Source: ECMA-376 part 2 (Open Packaging Conventions), 8.2 relationships, 7.3 content types.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from schemas.xml import parse_xml

_RELS_NS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_TYPES_NS = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_NO_RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)
_TYPES = "[Content_Types].xml"
_COPY_BYTES = 1 << 20


class Package:
    """A workbook's parts: read from its file, written to another with the changed ones."""

    def __init__(self, path: Path) -> None:
        """Open a workbook that :func:`pipeline.intake.workbook.open_workbook` has accepted."""
        self._zip = zipfile.ZipFile(path)
        self._names = {info.filename for info in self._zip.infolist()}
        self._changed: dict[str, bytes] = {}
        self._removed: set[str] = set()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._changed or (name in self._names and name not in self._removed)

    def read(self, name: str) -> bytes:
        """Return a part."""
        return self._changed[name] if name in self._changed else self._zip.read(name)

    def put(self, name: str, data: bytes, content_type: str = "") -> None:
        """Write a part, new or not; a new one needs its content type."""
        self._changed[name] = data
        self._removed.discard(name)
        if content_type:
            types = parse_xml(self.read(_TYPES))
            entry = _override(types, name)
            if entry is None:
                entry = etree.SubElement(types, _TYPES_NS + "Override", PartName="/" + name)
            entry.set("ContentType", content_type)
            self._changed[_TYPES] = _xml(types)

    def put_extension(self, extension: str, content_type: str) -> None:
        """Name the content type of all parts with an extension, unless it has one."""
        types = parse_xml(self.read(_TYPES))
        for entry in types.iterfind(_TYPES_NS + "Default"):
            if entry.get("Extension", "").lower() == extension:
                return
        types.insert(
            0,
            etree.Element(_TYPES_NS + "Default", Extension=extension, ContentType=content_type),
        )
        self._changed[_TYPES] = _xml(types)

    def remove(self, name: str) -> None:
        """Take out a part and its content type."""
        self._removed.add(name)
        self._changed.pop(name, None)
        types = parse_xml(self.read(_TYPES))
        entry = _override(types, name)
        if entry is not None:
            types.remove(entry)
            self._changed[_TYPES] = _xml(types)

    def relations(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Yield id, last word of the type, and part of each relation of a part."""
        rels = _rels_name(name)
        if rels not in self:
            return
        for entry in parse_xml(self.read(rels)).iterfind(_RELS_NS + "Relationship"):
            if entry.get("TargetMode") != "External":
                target = entry.get("Target", "")
                part = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                if target.startswith("/"):
                    part = target[1:]
                yield entry.get("Id", ""), entry.get("Type", "").rpartition("/")[2], part

    def related(self, name: str, kind: str) -> str:
        """Return the part a part refers to by a kind of relation, or empty."""
        return next((part for _id, type_, part in self.relations(name) if type_ == kind), "")

    def relate(self, name: str, kind: str, part: str) -> str:
        """Make a part refer to another, and return the id of the relation."""
        rels = _rels_name(name)
        root = parse_xml(self.read(rels) if rels in self else _NO_RELATIONS)
        taken = {entry.get("Id") for entry in root}
        number = next(n for n in range(1, len(taken) + 2) if f"rIdHoaBan{n}" not in taken)
        etree.SubElement(
            root,
            _RELS_NS + "Relationship",
            Id=f"rIdHoaBan{number}",
            Type=f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}",
            Target="/" + part,
        )
        self._changed[rels] = _xml(root)
        return f"rIdHoaBan{number}"

    def unrelate(self, name: str, part: str) -> None:
        """Take out every relation of a part to another."""
        ids = {id_ for id_, _kind, target in self.relations(name) if target == part}
        rels = _rels_name(name)
        root = parse_xml(self.read(rels))
        for entry in [entry for entry in root if entry.get("Id") in ids]:
            root.remove(entry)
        self._changed[rels] = _xml(root)

    def free_name(self, pattern: str) -> str:
        """Return the first name of a pattern like ``xl/comments{}.xml`` that no part has."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def write(self, target: Path) -> None:
        """Write the workbook; parts that were not changed keep their bytes and their order."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            for info in self._zip.infolist():
                if info.filename in self._removed:
                    continue
                if info.filename in self._changed:
                    out.writestr(_entry(info.filename), self._changed[info.filename])
                    continue
                # The size told beforehand lets very large parts be written.
                entry = _entry(info.filename, info)
                with self._zip.open(info) as part, out.open(entry, "w") as copy:
                    while block := part.read(_COPY_BYTES):
                        copy.write(block)
            for name in self._changed:
                if name not in self._names:
                    out.writestr(_entry(name), self._changed[name])


def _entry(name: str, like: zipfile.ZipInfo | None = None) -> zipfile.ZipInfo:
    # The same time on every run, so that the same findings give the same file.
    entry = zipfile.ZipInfo(name, like.date_time if like else (1980, 1, 1, 0, 0, 0))
    entry.compress_type = like.compress_type if like else zipfile.ZIP_DEFLATED
    entry.external_attr = like.external_attr if like else 0
    entry.file_size = like.file_size if like else 0
    return entry


def _rels_name(name: str) -> str:
    folder, _slash, base = name.rpartition("/")
    return f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"


def _override(types: etree._Element, name: str) -> etree._Element | None:
    for entry in types.iterfind(_TYPES_NS + "Override"):
        if entry.get("PartName") == "/" + name:
            return entry
    return None


def _xml(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
