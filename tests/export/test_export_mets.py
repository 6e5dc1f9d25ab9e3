"""METS packages: whole, valid, their checksums true, one read of the masters."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from archive.export import FORMATS, ExportContext
from schemas.crosswalks.mets import METS_NS, XLINK_NS, mets_problems
from schemas.errors import FixityError
from schemas.technical import Page
from tests.export.test_export_bagit import open_bag

Make = Callable[..., Any]
export_mets = FORMATS["mets"].write
NAMES = {"mặt trước.tif": b"II*\0" * 100_000, "sau/a%b.tif": b"b"}


def located(document: bytes) -> dict[str, tuple[str, int]]:
    """What a document says of each file: where it is, its sha512 and its length."""
    return {
        unquote(entry[0].get(f"{{{XLINK_NS}}}href", "")): (
            entry.get("CHECKSUM", ""),
            int(entry.get("SIZE", "")),
        )
        for entry in etree.fromstring(document).iter(f"{{{METS_NS}}}file")
    }


@pytest.mark.parametrize("name", ["mets", "mets.tar", "mets.zip"])
def test_every_item_has_a_valid_document_whose_files_are_there_and_as_it_says(
    name: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1", masters=NAMES), make_item("BT.2")]
    report = export_mets(iter(items), tmp_path / "out" / name, context)
    folder = open_bag(tmp_path / "out" / name)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert (report.items, report.files, report.findings) == (2, len(files), ())
    assert report.size_bytes == sum(path.stat().st_size for path in files)
    for item in items:
        place = folder / item.item_id
        document = (place / "METS.xml").read_bytes()
        assert mets_problems(document) == ()
        said = located(document)
        masters = {p for p in files if place / "masters" in p.parents}
        assert {place / path for path in said} == masters
        for path, (digest, size_bytes) in said.items():
            content = (place / path).read_bytes()
            assert (hashlib.sha512(content).hexdigest(), len(content)) == (digest, size_bytes)
        assert (place / "record.json").read_bytes() == item.record.to_bytes()
    assert b"sau/a%b.tif" in (folder / "bt-1" / "METS.xml").read_bytes(), "its true name is kept"


def test_the_same_export_twice_is_the_same_bytes(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters=NAMES)
    for folder in ("one", "two"):
        export_mets([item], tmp_path / folder / "m.zip", context)
    assert (tmp_path / "one/m.zip").read_bytes() == (tmp_path / "two/m.zip").read_bytes()


def test_an_item_that_would_not_be_valid_is_told_and_the_others_go_out(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-invalid."""
    bad = make_item("BT.1", masters={"a.tif": b"a"})
    bad = replace(bad, technical=(replace(bad.technical[0], pages=(Page(0, 1),)),))
    report = export_mets([bad, make_item("BT.2")], tmp_path / "mets", context)
    (finding,) = report.findings
    assert (finding.code, finding.item_id, report.items) == ("EXPORT-invalid", "bt-1", 1)
    assert "'BT.1'" in finding.message()
    assert "imageWidth" in finding.message()
    assert report.is_partial
    assert [path.name for path in (tmp_path / "mets").iterdir()] == ["bt-2"]


def test_a_master_that_is_not_as_recorded_leaves_no_package(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"good"})
    item.masters["masters/a.tif"].write_bytes(b"goOd")
    with pytest.raises(FixityError, match="not as recorded"):
        export_mets([item], tmp_path / "out" / "mets", context)
    assert list((tmp_path / "out").iterdir()) == []


def test_masters_are_read_once(
    make_item: Make,
    context: ExportContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"x" * 300_000})
    source = item.masters["masters/a.tif"]
    opened: list[Path] = []
    real_open = Path.open

    def counting(path: Path, *args: Any, **options: Any) -> io.IOBase:
        if path == source:
            opened.append(path)
        return real_open(path, *args, **options)  # type: ignore[no-any-return]

    monkeypatch.setattr(Path, "open", counting)
    export_mets([item], tmp_path / "mets.zip", context)
    assert opened == [source]


def test_where_limits_withhold_masters_images_go_out_with_their_checksums(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"secret"})
    image = tmp_path / "0001.jpg"
    image.write_bytes(b"small")
    limited = replace(context, images_instead=lambda item: {"0001.jpg": image})
    report = export_mets([item], tmp_path / "mets", limited)
    document = (tmp_path / "mets/bt-1/METS.xml").read_bytes()
    assert report.without_masters == 1
    assert located(document) == {"images/0001.jpg": (hashlib.sha512(b"small").hexdigest(), 5)}
    assert mets_problems(document) == ()
    assert not (tmp_path / "mets/bt-1/masters").exists()


def test_the_documents_say_only_what_the_public_is_shown(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", extra=(("Giá", "100 triệu"),))
    export_mets([item], tmp_path / "mets", context)
    for path in (tmp_path / "mets").rglob("*.*"):
        assert "triệu" not in path.read_text(encoding="utf-8")
