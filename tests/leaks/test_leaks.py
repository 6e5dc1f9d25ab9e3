"""Nothing of what is not public leaves the archive: canary words and pixels, and the last look."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from archive.export import FORMATS
from archive.oai import Provider
from archive.opening import open_archive
from pipeline.followed import FollowedArchive
from pipeline.harvest import HarvestedArchive
from schemas.crosswalks import public_record
from schemas.crosswalks.iiif import manifest_path
from schemas.identifiers import item_id_for, shard_of
from schemas.partners import shipped_names
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from tests.conftest import Run
from tests.discovery.harvester import harvest
from tests.discovery.test_feeds import valid_feed
from tests.flows.deliveries import tree, write_csv
from tests.leaks.canaries import (
    CAMERA,
    CLOSED_FILE,
    COLOURS,
    EMBARGOED,
    EMBARGOED_FILE,
    HIDDEN,
    OLD,
    PUBLIC_COLOUR,
    RESTRICTED,
    STAFF,
    UNKNOWN,
    camera_jpeg,
    camera_png,
    camera_tiff,
    colours_in,
    draw,
    words_in,
)

HEADINGS = (
    "Số kiểm kê",
    "Tên gọi",
    "Tên gọi (Anh)",
    "Mô tả",
    "Chất liệu",
    "Nơi sản xuất",
    "Niên đại",
    "Từ khóa",
    "Tệp ảnh",
    "Mức truy cập",
    "Vị trí kho",
    "Ghi chú riêng",
)
RIGHTS = "http://creativecommons.org/licenses/by/4.0/"
SECRET = {RESTRICTED: "hạn chế", STAFF: "nội bộ", EMBARGOED: "đến 31/12/2090"}


def secret_row(word: str, access: str) -> tuple[str, ...]:
    """A row in which every cell has the word."""
    texts = (f"BM-{word}-1", f"Mật danh {word} Hoàng Oanh", f"Code name {word}", f"mô tả {word}")
    more = (f"gỗ {word}", f"bản {word}", f"thời {word}", f"khóa {word}")
    return (*texts, *more, f"{word}_scan.jpg;{word}_master.tif", access, f"kho {word}", word)


def public_rows(access: str = "") -> list[tuple[str, ...]]:
    files = (
        f"open.jpg;{CLOSED_FILE}.tif (nội bộ); {EMBARGOED_FILE}.png (đến 31/12/2090)",
        "camera.jpg;camera.tif;camera.png",
        "was-open.jpg",
    )
    return [
        ("BT-001", "Trống đồng", "Bronze drum", "Một chiếc trống.", "đồng", "", "", "trống",
         files[0], "", HIDDEN, UNKNOWN),
        ("BT-002", "Khăn piêu", "Piêu scarf", "", "vải", "", "", "", files[1], "", HIDDEN, UNKNOWN),
        ("BT-003", "Cối gỗ" if not access else f"Cối {OLD}", "", "", "gỗ", "", "", "", files[2],
         access, "", ""),
    ]  # fmt: skip


def make_delivery(folder: Path) -> None:
    for word in SECRET:
        draw(folder / f"{word}_scan.jpg", COLOURS[word])
        draw(folder / f"{word}_master.tif", COLOURS[word])
    draw(folder / f"{CLOSED_FILE}.tif", COLOURS[CLOSED_FILE])
    draw(folder / f"{EMBARGOED_FILE}.png", COLOURS[EMBARGOED_FILE])
    draw(folder / "open.jpg", PUBLIC_COLOUR)
    draw(folder / "was-open.jpg", PUBLIC_COLOUR)
    camera_jpeg(folder / "camera.jpg")
    camera_tiff(folder / "camera.tif")
    camera_png(folder / "camera.png")
    rows = [*public_rows(), *(secret_row(word, access) for word, access in SECRET.items())]
    write_csv(folder / "catalogue.csv", HEADINGS, rows)


def exports(run: Run, museum: Path, folder: Path) -> list[Path]:
    """Every export there is, by hand of every public command."""
    made = []
    for name, kind in sorted(FORMATS.items()):
        for ending in (kind.ending,) if kind.ending else ("", ".zip"):
            out = folder / f"{name}-export{ending}"
            ran = run("export", name, "--out", out, cwd=museum)
            # 10: a format that asks for more than a record says leaves the item out and tells.
            assert ran.code in (0, 10), ran.err
            assert out.exists() or ran.code == 10
            made += [out] if out.exists() else []
    assert len(made) > len(FORMATS) // 2
    return made


def test_no_canary_is_anywhere_in_the_site_or_an_export(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    assert words_in(museum / "site") == []
    assert colours_in(museum / "site") == []
    assert len(list((museum / "site").glob("images/*/*/*/access.jpg"))) == 5
    log = harvest(museum / "site", "https://example.org/kho")
    assert {kind for kind, _address, _at in log.activities} == {"Create"}
    assert log.kept == manifests_in(museum / "site")
    collection = json.loads((museum / "site/iiif/collection.json").read_bytes())
    for lang in ("vi", "en"):
        feed = valid_feed(museum / "site" / lang / "feed.xml")
        assert len(feed.findall("{*}entry")) == 3
        home = (museum / "site" / lang / "index.html").read_text(encoding="utf-8")
        assert '<link rel="alternate" type="application/atom+xml"' in home
    offered = {path.name[:4] for path in (museum / "site/data/packages").glob("*.zip")}
    assert offered == {"lido", "edm-"}
    (link,) = collection["seeAlso"]
    assert link["id"] == "https://example.org/kho/iiif/activity/all-changes.json"
    assert "iiif/activity/all-changes.json" in (museum / "site/vi/data.html").read_text("utf-8")

    for out in exports(run, museum, tmp_path):
        leaks = words_in(out)
        if out.name.startswith(("bagit", "mets")):
            # Masters are whole, so what the camera wrote into them is in them, and there only.
            leaks = [leak for leak in leaks if leak[1] != CAMERA or not _is_master(leak[0])]
            assert colours_in(out) == []
        assert leaks == [], out


def harvested(museum: Path, folder: Path) -> Path:
    """Ask all that a harvester can ask; return where the answers are."""
    archive = open_archive(museum)
    exchange = replace(archive.settings.exchange, admin_email="kho@example.org")
    archive = replace(archive, settings=replace(archive.settings, exchange=exchange))
    repository = HarvestedArchive(FollowedArchive(archive), lambda: datetime.now(UTC))
    provider = Provider(repository, b"k" * 32)
    prefixes = [made.prefix for made in repository.formats]
    asked = [{"verb": verb} for verb in ("Identify", "ListSets", "ListMetadataFormats")]
    for prefix in prefixes:
        asked += [{"verb": f"List{what}", "metadataPrefix": prefix} for what in OAI_LISTS]
        for item_id in ("bt-001", "bt-002", "bt-003", *map(item_id_for, SECRET)):
            name = f"oai:example.org:{item_id}"
            asked.append({"verb": "GetRecord", "metadataPrefix": prefix, "identifier": name})
    folder.mkdir()
    for number, arguments in enumerate(asked):
        answer = provider.answer(list(arguments.items()), datetime.now(UTC))
        # What was asked for is said again in the answer: that is the harvester's own word.
        tree = etree.fromstring(answer)
        tree.find("{*}request").attrib.pop("identifier", None)
        for error in tree.iter("{*}error"):
            error.text = ""
        (folder / f"{number:03}.xml").write_bytes(etree.tostring(tree, encoding="utf-8"))
    return folder


OAI_LISTS = ("Records", "Identifiers")


def test_no_canary_is_told_to_a_harvester(run: Run, museum: Path, tmp_path: Path) -> None:
    answers = harvested(museum, tmp_path / "oai")
    assert words_in(answers) == []
    texts = "".join(path.read_text(encoding="utf-8") for path in answers.iterdir())
    assert "Trống đồng" in texts
    assert texts.count('code="idDoesNotExist"') == 4 * len(SECRET), "a secret does not exist"
    assert not [item_id for item_id in map(item_id_for, SECRET) if item_id in texts]


MASTERS_PROFILE = """
[images]
take = "masters"
names = "{number}_{view}"
[records]
format = "lido"
[[table.columns]]
heading = "place"
field = "dcterms:spatial"
[[table.columns]]
heading = "shelf"
field = "dcterms:provenance"
[[table.columns]]
heading = "images"
about = "images"
"""


@pytest.mark.parametrize("name", [*shipped_names(), "masters"])
def test_no_canary_reaches_a_partner(run: Run, museum: Path, tmp_path: Path, name: str) -> None:
    profile = museum / "partners" / "masters.toml"
    profile.parent.mkdir()
    profile.write_text(MASTERS_PROFILE, encoding="utf-8")
    out = tmp_path / ("out.csv" if name == "national-table" else "out")
    ran = run("export", "--partner", name, "--out", out, cwd=museum)
    assert ran.code in (0, 10), ran.err
    leaks = words_in(out)
    if name == "masters":
        # Masters are whole, so what the camera wrote into them is in them, and there only.
        leaks = [leak for leak in leaks if leak[1] != CAMERA or "BT-002_" not in leak[0]]
    assert leaks == []
    assert colours_in(out) == []
    if name in ("masters", "research-set", "wikimedia-commons"):
        assert len([path for path in out.rglob("*") if path.parent != out]) >= 5


def _is_master(name: str) -> bool:
    return "bt-002/" in name or name.endswith(".zip")


def test_the_staff_has_everything(run: Run, museum: Path, tmp_path: Path) -> None:
    """The canaries are alive: where they may be, they are found, words and colours."""
    assert run("export", "bagit", "--out", tmp_path / "all", "--all-access", cwd=museum).code == 0
    assert {word for _file, word in words_in(tmp_path / "all")} >= {
        *SECRET, CLOSED_FILE, EMBARGOED_FILE, HIDDEN, UNKNOWN, CAMERA,
    }  # fmt: skip
    assert {word for _file, word in colours_in(tmp_path / "all")} == set(COLOURS)
    assert {word for _file, word in colours_in(museum / "derivatives")} == set(COLOURS)


def test_places_and_names_in_a_scan_stay_in_the_master(museum: Path) -> None:
    for place in ("derivatives", "site"):
        assert [leak for leak in words_in(museum / place) if leak[1] == CAMERA] == []
        for path in (museum / place).rglob("*"):
            if path.suffix in {".jpg", ".webp"}:
                data = path.read_bytes()
                for mark in (b"Exif\0\0", b"GPS", b"8BIM", b"Photoshop 3.0", b"exif:"):
                    assert mark not in data, (path, mark)


def test_who_gets_images_instead_of_masters_gets_no_place_either(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "\n[limits.public]\nmax_px = 300\n", encoding="utf-8")
    assert run("derive", "--again", cwd=museum).code == 0
    for name in ("bagit", "mets"):
        assert run("export", name, "--out", tmp_path / name, cwd=museum).code == 0
        assert words_in(tmp_path / name) == []


def test_what_is_closed_later_leaves_the_site(
    run: Run, museum: Path, delivery: Path, tmp_path: Path
) -> None:
    draw(delivery / "was-open.jpg", COLOURS[STAFF])
    write_csv(delivery / "catalogue.csv", HEADINGS, public_rows(access="nội bộ"))
    assert run("ingest", delivery, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0
    site = museum / "site"
    assert words_in(site) == []
    assert colours_in(site) == []
    assert not [p for p in site.rglob("*") if "bt-003" in p.name]
    log = harvest(site, "https://example.org/kho")
    address = f"https://example.org/kho/{manifest_path('bt-003')}"
    assert log.activities[-1][:2] == ("Delete", address)
    assert log.gone == {address}
    assert log.kept == manifests_in(site)
    before = tree(site)
    # Made anew, with nothing that was kept of the site before.
    shutil.rmtree(site)
    for path in museum.glob("site-*"):
        path.unlink()
    assert run("rebuild", cwd=museum).code in (0, 10)
    assert tree(site) == before, "log, feeds, packages and worker are made from the store alone"
    assert not [leak for leak in words_in(harvested(museum, tmp_path / "oai")) if leak[1] == OLD]
    naming = [path for path in site.rglob("*.json") if b"bt-003" in path.read_bytes()]
    assert [path.parent.parent.name for path in naming] == ["activity"]
    for out in exports(run, museum, tmp_path):
        assert not [leak for leak in words_in(out) if leak[1] in {OLD, STAFF}]


def manifests_in(site: Path) -> set[str]:
    return {
        f"https://example.org/kho/{path.relative_to(site).as_posix()}"
        for path in site.rglob("manifest.json")
    }


def test_a_closed_file_stays_closed_until_the_sheet_opens_it(
    run: Run, museum: Path, delivery: Path
) -> None:
    def files(cell: str) -> str:
        row = list(public_rows()[0])
        row[HEADINGS.index("Tệp ảnh")] = cell
        write_csv(delivery / "catalogue.csv", HEADINGS, [row])
        ran = run("ingest", delivery, cwd=museum)
        assert run("build", cwd=museum).code == 0
        return ran.out

    all_files = f"open.jpg;{CLOSED_FILE}.tif;{EMBARGOED_FILE}.png"
    assert "CHANGE-file-opened" not in files(all_files)
    assert colours_in(museum / "site") == []
    told = files(f"open.jpg;{CLOSED_FILE}.tif (công khai);{EMBARGOED_FILE}.png")
    assert "CHANGE-file-opened" in told
    assert {word for _path, word in colours_in(museum / "site")} == {CLOSED_FILE}
    assert "CHANGE-file-opened" not in files(f"open.jpg (hạn chế);{CLOSED_FILE}.tif (công khai)")
    assert {word for _path, word in colours_in(museum / "site")} == {CLOSED_FILE}


def test_access_of_a_file_that_nobody_can_read_keeps_the_item_out(
    run: Run, museum: Path, delivery: Path
) -> None:
    row = ["BT-009", "Vật mới", *[""] * 6, "open.jpg (mật)", "", "", ""]
    write_csv(delivery / "catalogue.csv", HEADINGS, [row])
    ran = run("ingest", delivery, cwd=museum)
    assert ran.code == 10
    assert "MATCH-file-missing" in ran.out


def test_text_as_it_was_found_before_it_was_rescued_is_not_public() -> None:
    record = Record("BT-1", (), originals=(("Vị trí kho", "kho ®ång"),), extra=(("A", "b"),))
    shown = public_record(record, parse_profile(shipped_profile_text("museum")))
    assert (shown.originals, shown.extra) == ((), ())


# --- the last look ---


def secret_picture(museum: Path, name: str = "thumbnail.jpg") -> Path:
    item_id = item_id_for(f"BM-{STAFF}-1")
    return museum / "derivatives" / shard_of(item_id) / item_id / "0001" / name


def closed_picture(museum: Path) -> Path:
    return museum / "derivatives" / shard_of("bt-001") / "bt-001" / "0002" / "access.jpg"


def _page(site: Path, _museum: Path) -> None:
    item_id = item_id_for(f"BM-{STAFF}-1")
    page = site / "vi/items" / shard_of(item_id) / f"{item_id}.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("", encoding="utf-8")


def _text(name: str, text: str) -> Callable[[Path, Path], None]:
    def plant(site: Path, _museum: Path) -> None:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).unlink(missing_ok=True)  # it may be a link to the file of the site before
        (site / name).write_text(text, encoding="utf-8")

    return plant


def _link(site: Path, museum: Path) -> None:
    os.link(secret_picture(museum), site / "search/icon.jpg")


def _link_tile(site: Path, museum: Path) -> None:
    tile = next(secret_picture(museum).parent.rglob("default.jpg"))
    os.link(tile, site / "search/tile.jpg")


def _copy(site: Path, museum: Path) -> None:
    shutil.copyfile(secret_picture(museum), site / "search/icon.jpg")


def _copy_file(site: Path, museum: Path) -> None:
    shutil.copyfile(closed_picture(museum), site / "search/icon.jpg")


def _packed(site: Path, _museum: Path) -> None:
    with zipfile.ZipFile(site / "search/x.zip", "x", zipfile.ZIP_DEFLATED) as package:
        package.writestr("x.xml", f"<title>Mật danh {STAFF} Hoàng Oanh</title>")


def _folder(site: Path, museum: Path) -> None:
    target = site / "images" / shard_of("bt-001") / "bt-001" / "0002"
    shutil.copytree(closed_picture(museum).parent, target)


SECRET_ID = item_id_for(f"BM-{STAFF}-1")
PLANTS: dict[str, Callable[[Path, Path], None]] = {
    "page": _page,
    "id": _text("search/more.js", f'["{SECRET_ID}",1]'),
    "number": _text("feed.xml", f"<guid>tag:BM-{STAFF}-1</guid>"),
    "title": _text("data/x.jsonld", f'{{"name":"mật DANH {STAFF} hoàng"}}'),
    "escaped": _text("x.html", f"<p>M&#7853;t danh {STAFF}</p>"),
    "file-name": _text("iiif/x.json", f'{{"label":"{STAFF}_master.tif"}}'),
    "id-in-the-log": _text(
        "iiif/activity/0/page-0.json", f'{{"id":"x/{SECRET_ID}/manifest.json"}}'
    ),
    "closed-file-name": _text("iiif/x.json", f'{{"label":"{CLOSED_FILE}.tif"}}'),
    "packed": _packed,
    "link": _link,
    "linked-tile": _link_tile,
    "copy": _copy,
    "copy-of-a-closed-file": _copy_file,
    "folder-of-a-closed-file": _folder,
}


@pytest.mark.parametrize("kind", PLANTS)
def test_build_refuses_a_site_with_something_of_a_closed_item(
    kind: str, run: Run, museum: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(museum / "site")
    from pipeline import site_writing

    honest = site_writing.write_static_index

    def leaky(documents: object, folder: Path, *rest: object, **named: object) -> object:
        written = honest(documents, folder, *rest, **named)
        PLANTS[kind](folder.parent, museum)
        return written

    # Else the index, of which nothing changed, would not be written.
    (museum / "site-pages.db").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(site_writing, "write_static_index", leaky)
        ran = run("build", cwd=museum)
    assert ran.code == 11, (ran.out, ran.err)
    number = "BT-001" if "closed-file" in kind else f"BM-{STAFF}-1"
    assert f"'{number}' is not public" in ran.err
    planted = {"page": SECRET_ID, "folder-of-a-closed-file": "0002"}
    assert planted.get(kind, "x" if "x." in ran.err else "") in ran.err
    assert tree(museum / "site") == before


def test_words_that_public_records_say_are_no_leak(run: Run, museum: Path, delivery: Path) -> None:
    rows = [
        ("BT-004", "Trống đồng Mật danh", "", f"Xem thêm BM-{STAFF}-2.", *[""] * 8),
        (f"BM-{STAFF}-2", "Trống đồng", "", *[""] * 6, "nội bộ", "", ""),
        ("0001", "Tìm kiếm", "", *[""] * 6, "nội bộ", "", ""),
        ("400", "Bảo tàng", "", *[""] * 6, "nội bộ", "", ""),
        ("index", "Về kho này", "", *[""] * 6, "nội bộ", "", ""),
    ]
    write_csv(delivery / "catalogue.csv", HEADINGS, rows)
    assert run("ingest", delivery, cwd=museum).code == 0
    ran = run("build", cwd=museum)
    assert ran.code == 0, ran.err
