"""The bag: bagit-python accepts it, and no byte goes into it that is not as recorded."""

from __future__ import annotations

import errno
import json
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pytest

import pipeline
from archive.export import FORMATS, ExportContext
from archive.export import package as package_module
from schemas.dublincore import Statement
from schemas.errors import FixityError, RecordError, StoreWriteError
from schemas.events import parse_events_document
from schemas.records import Record
from schemas.technical import parse_technical_document
from schemas.xml import validate

Make = Callable[..., Any]
export_bag = FORMATS["bagit"].write
KINDS = ("bag", "bag.tar", "bag.zip")


def open_bag(path: Path) -> Path:
    """Return the folder of a bag, unpacked if it is an archive."""
    target = path.parent / f"{path.name}-unpacked"
    if path.suffix == ".tar":
        with tarfile.open(path) as tar:
            tar.extractall(target, filter="data")
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as zipped:
            zipped.extractall(target)
    else:
        return path
    (folder,) = target.iterdir()
    assert folder.name == path.stem
    return folder


@pytest.mark.parametrize("name", KINDS)
def test_bagit_python_accepts_the_bag_and_it_says_what_the_store_says(
    name: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    items = [
        make_item("BT.1", masters={"mặt trước.tif": b"II*\0" * 400_000, "sau/b.tif": b"b"}),
        make_item("BT.2"),
    ]
    report = export_bag(iter(items), tmp_path / "out" / name, context)
    folder = open_bag(tmp_path / "out" / name)
    bag = bagit.Bag(str(folder))
    bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["Source-Organization"] == "Bảo tàng tỉnh Điện Biên"
    assert bag.info["Bagging-Date"] == "2026-11-21"
    payload = [path for path in (folder / "data").rglob("*") if path.is_file()]
    assert bag.info["Payload-Oxum"] == f"{report.size_bytes}.{len(payload)}"
    assert report.items == 2
    assert report.files == sum(path.is_file() for path in folder.rglob("*"))
    item = folder / "data" / "bt-1"
    assert (item / "masters" / "mặt trước.tif").read_bytes() == b"II*\0" * 400_000
    record = Record.from_json(json.loads((item / "record.json").read_bytes()))
    assert record == items[0].record
    assert validate((item / "dc.xml").read_bytes(), "oai_dc") == ()
    technical = json.loads((item / "technical.json").read_bytes())
    assert parse_technical_document(technical) == items[0].technical
    events = json.loads((item / "events.json").read_bytes())
    assert parse_events_document(events) == items[0].events
    assert not (item / "names.json").exists()


def test_the_bundled_scans_travel_in_a_bag_unchanged(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    scans = Path(pipeline.__file__).parent / "sample" / "scans"
    masters = {
        path.relative_to(scans).as_posix(): path.read_bytes()
        for path in sorted(scans.rglob("*"))
        if path.is_file()
    }
    item = make_item("BT.1", masters=masters)
    export_bag([item], tmp_path / "sample.zip", context)
    folder = open_bag(tmp_path / "sample.zip")
    bagit.Bag(str(folder)).validate()
    for name, content in masters.items():
        assert (folder / "data" / "bt-1" / "masters" / name).read_bytes() == content


@pytest.mark.parametrize("name", ["bag.tar", "bag.zip"])
def test_the_same_bag_made_twice_is_the_same_bytes(
    name: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"a"})
    for folder in ("one", "two"):
        export_bag([item], tmp_path / folder / name, context)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_names_no_partner_could_hold_are_mapped_and_the_true_ones_kept(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    names = [
        "100%25.tif",
        "a\nb.tif",
        "con.tif",
        "A.tif",
        "a.tif",
        "h\u00f2a.tif",
        "ho\u0300a.tif",
        "x:y?. ",
    ]
    item = make_item("BT.1", masters={name: name.encode() for name in names})
    export_bag([item], tmp_path / "bag", context)
    bagit.Bag(str(tmp_path / "bag")).validate()
    folder = tmp_path / "bag" / "data" / item.item_id
    found = {path.name for path in (folder / "masters").iterdir()}
    assert found == {
        "100_25.tif",
        "a_b.tif",
        "_con.tif",
        "A.tif",
        "a-2.tif",
        "hòa.tif",
        "hòa-2.tif",
        "x_y___",
    }
    true_names = json.loads((folder / "names.json").read_bytes())["true_names"]
    for safe, true in true_names.items():
        assert (folder / safe).read_bytes() == true.removeprefix("masters/").encode()
    manifest = (tmp_path / "bag" / "manifest-sha512.txt").read_text(encoding="utf-8")
    assert "%" not in manifest


@pytest.mark.parametrize("name", KINDS)
def test_a_flipped_byte_in_a_master_leaves_no_bag(
    name: str, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"good", "b.tif": b"good too"})
    path = item.masters["masters/b.tif"]
    path.write_bytes(b"good tOo")
    with pytest.raises(FixityError, match=r"b\.tif.*not as recorded") as caught:
        export_bag([item], tmp_path / "out" / name, context)
    assert caught.value.path == path
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("content", [b"goo", b"good and more"])
def test_a_master_of_another_length_leaves_no_bag(
    content: bytes, make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"good"})
    item.masters["masters/a.tif"].write_bytes(content)
    with pytest.raises(FixityError, match="expected 4"):
        export_bag([item], tmp_path / "out" / "bag", context)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_master_leaves_no_bag(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"good"})
    with pytest.raises(FixityError, match="not in the store"):
        export_bag([replace(item, masters={})], tmp_path / "out" / "bag", context)
    item.masters["masters/a.tif"].unlink()
    with pytest.raises(FixityError, match="cannot be read"):
        export_bag([item], tmp_path / "out" / "bag", context)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_master_without_recorded_digests_is_refused(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = replace(make_item("BT.1", masters={"a.tif": b"good"}), technical=())
    with pytest.raises(RecordError, match="without recorded digests"):
        export_bag([item], tmp_path / "out" / "bag", context)


@pytest.mark.parametrize("name", KINDS)
def test_a_full_disk_leaves_nothing_and_says_so(
    name: str,
    make_item: Make,
    context: ExportContext,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = make_item("BT.1", masters={"a.tif": b"x" * 10_000})

    def full(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(package_module, "_copy", full)
    monkeypatch.setattr(tarfile, "copyfileobj", full)
    with pytest.raises(StoreWriteError, match="Make room"):
        export_bag([item], tmp_path / "out" / name, context)
    assert list((tmp_path / "out").iterdir()) == []


def test_hidden_fields_stay_out_of_a_public_bag(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    item = make_item(
        "BT.1", Statement("title", "Rìu", field="title"), extra=(("Giá", "100 triệu"),)
    )
    export_bag([item], tmp_path / "public", context)
    export_bag([item], tmp_path / "whole", replace(context, is_complete=True))
    record = Path("data", "bt-1", "record.json")
    assert "triệu" not in (tmp_path / "public" / record).read_text(encoding="utf-8")
    assert "triệu" in (tmp_path / "whole" / record).read_text(encoding="utf-8")


def test_line_breaks_in_the_museums_name_cannot_forge_bag_info(
    make_item: Make, context: ExportContext, tmp_path: Path
) -> None:
    forged = replace(context, publisher="Bảo tàng\r\nPayload-Oxum: 0.0")
    export_bag([make_item()], tmp_path / "bag", forged)
    bag = bagit.Bag(str(tmp_path / "bag"))
    bag.validate()
    assert bag.info["Source-Organization"] == "Bảo tàng Payload-Oxum: 0.0"
