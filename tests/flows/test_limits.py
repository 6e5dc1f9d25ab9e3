"""Limits by access level and rights, as a museum sets them and a thief would look for gaps."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.conftest import Run
from tests.flows.deliveries import draw_scan, tree, write_csv

IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/"
HEADINGS = ("Số kiểm kê", "Tên gọi", "Tệp ảnh", "Mức truy cập", "Giấy phép")
SIZES = {"drum": (1300, 900), "scarf": (701, 1203), "mortar": (300, 200), "back": (1111, 640)}


def rows(**changes: tuple[str, str]) -> list[tuple[str, ...]]:
    """The catalogue; ``changes`` gives (access, rights) of an item by its scan's name."""
    said = {"drum": ("", ""), "scarf": ("", ""), "mortar": ("", "")} | changes
    return [
        ("BT-001", "Trống đồng", "drum.tif;back.jpg", *said["drum"]),
        ("BT-002", "Khăn piêu", "scarf.png", *said["scarf"]),
        ("BT-003", "Cối gỗ", "mortar.jpg", *said["mortar"]),
    ]


def deliver(folder: Path, **changes: tuple[str, str]) -> Path:
    if not folder.exists():
        for name, size in SIZES.items():
            ending = {"drum": "tif", "scarf": "png"}.get(name, "jpg")
            draw_scan(folder / f"{name}.{ending}", size=size)
    write_csv(folder / "catalogue.csv", HEADINGS, rows(**changes))
    return folder


def limit(museum: Path, text: str) -> None:
    """Put limits into the settings, in the place of those there were."""
    settings = museum / "hoaban.toml"
    kept = settings.read_text(encoding="utf-8").split("\n[limits")[0]
    settings.write_text(f"{kept}\n{text}", encoding="utf-8")


@pytest.fixture
def museum(run: Run, tmp_path: Path) -> Path:
    assert run("init", tmp_path / "museum").code == 0
    return tmp_path / "museum"


def longest(folder: Path) -> int:
    """The longest side of any image below a folder, by its pixels."""
    sides = [0]
    for path in folder.rglob("*"):
        if path.suffix in {".jpg", ".webp", ".png", ".tif"}:
            with Image.open(path) as image:
                sides.extend(image.size)
    return max(sides)


def derivatives(museum: Path, item_id: str) -> Path:
    (path,) = (museum / "derivatives").rglob(f"{item_id}/derivatives.json")
    return path.parent


def difference(one: Path, other: Path) -> float:
    with Image.open(one) as first, Image.open(other) as second:
        return max(ImageStat.Stat(ImageChops.difference(first, second)).mean)


def test_nothing_larger_than_the_limit_is_made_or_published(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(museum, "[limits.public]\nmax_px = 777\n")
    assert run("ingest", deliver(tmp_path / "scans"), cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0

    assert longest(museum / "derivatives") == 777
    assert longest(museum / "site" / "images") == 777
    made = json.loads((derivatives(museum, "bt-001") / "derivatives.json").read_text("utf-8"))
    assert [(c["width_px"], c["height_px"]) for c in made["canvases"]] == [(777, 538), (777, 448)]
    for path in (museum / "site" / "iiif").rglob("manifest.json"):
        for canvas in json.loads(path.read_text(encoding="utf-8"))["items"]:
            body = canvas["items"][0]["items"][0]["body"]
            assert max(canvas["width"], canvas["height"], body["service"][0]["width"]) <= 777
    for path in (museum / "site").rglob("info.json"):
        info = json.loads(path.read_text(encoding="utf-8"))
        whole = path.parent / "full" / f"{info['width']},{info['height']}" / "0" / "default.jpg"
        with Image.open(whole) as image:
            assert image.size == (info["width"], info["height"])
    masters = [p for p in (museum / "store").rglob("*") if p.suffix in {".tif", ".jpg", ".png"}]
    assert {p.read_bytes() for p in masters} == {
        p.read_bytes() for p in (tmp_path / "scans").iterdir() if p.suffix != ".csv"
    }


def test_each_level_and_right_has_its_limit_and_the_strictest_wins(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(
        museum,
        "[limits.public]\nmax_px = 1000\n[limits.restricted]\nmax_px = 500\n"
        f'[limits.rights."{IN_COPYRIGHT}"]\nmax_px = 640\n',
    )
    source = deliver(
        tmp_path / "scans",
        drum=("hạn chế", "https://rightsstatements.org/page/InC/1.0/?language=vi"),
        scarf=("", IN_COPYRIGHT),
    )
    ran = run("ingest", source, cwd=museum)
    assert ran.code == 0, ran.out

    assert longest(derivatives(museum, "bt-001")) == 500
    assert longest(derivatives(museum, "bt-002")) == 640
    assert longest(derivatives(museum, "bt-003")) == 300


@pytest.mark.parametrize("column", ["access", "rights"])
def test_new_access_or_rights_alone_make_the_images_again_and_leave_none_of_the_old_size(
    column: str, run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(
        museum,
        f'[limits.restricted]\nmax_px = 400\n[limits.rights."{IN_COPYRIGHT}"]\nmax_px = 400\n',
    )
    source = deliver(tmp_path / "scans")
    assert run("ingest", source, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0
    assert longest(derivatives(museum, "bt-001")) == 1300
    others = tree(derivatives(museum, "bt-002"))

    changed = ("hạn chế", "") if column == "access" else ("", IN_COPYRIGHT)
    deliver(source, drum=changed, mortar=changed)
    ran = run("ingest", "--json", source, cwd=museum)
    assert json.loads(ran.out)["updated"] == ["bt-001", "bt-003"]
    assert run("build", cwd=museum).code == 0

    assert longest(derivatives(museum, "bt-001")) == 400
    assert tree(derivatives(museum, "bt-002")) == others
    pictures = list((museum / "site").rglob("bt-001/*/access.jpg"))
    assert len(pictures) == (0 if column == "access" else 2)
    for name in ("derivatives", "site", ".staging"):
        for folder in (museum / name).rglob("bt-001"):
            assert longest(folder) <= 400
    # And back again: what is public once more is large once more.
    deliver(source, drum=("công khai", ""))
    assert run("ingest", source, cwd=museum).code == 0
    assert longest(derivatives(museum, "bt-001")) == 1300


def test_build_does_not_publish_what_a_new_limit_forbids(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    assert run("ingest", deliver(tmp_path / "scans"), cwd=museum).code == 0
    small = tree(derivatives(museum, "bt-003"))
    limit(museum, "[limits.public]\nmax_px = 600\n")

    assert run("build", cwd=museum).code == 0

    assert longest(museum / "site" / "images") == 600
    assert longest(museum / "derivatives") == 600
    assert tree(derivatives(museum, "bt-003")) == small


@pytest.mark.leaves_damage("a master is damaged", "museum")
def test_images_that_cannot_be_made_again_are_withdrawn(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    assert run("ingest", deliver(tmp_path / "scans"), cwd=museum).code == 0
    scan = (tmp_path / "scans" / "scarf.png").read_bytes()
    stored = [path for path in (museum / "store").rglob("*") if path.is_file()]
    (master,) = (path for path in stored if path.read_bytes() == scan)
    master.write_bytes(scan[:-300])
    limit(museum, "[limits.public]\nmax_px = 600\n")

    assert run("build", cwd=museum).code != 0

    assert longest(museum / "site" / "images") == 600
    assert longest(museum / "derivatives") == 600
    assert not list((museum / "site").rglob("images/**/bt-002/**/*.jpg"))


def test_derive_again_makes_only_the_items_that_a_limit_changes(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(museum, "[limits.public]\nmax_px = 1210\n")
    assert run("ingest", deliver(tmp_path / "scans"), cwd=museum).code == 0

    def again() -> list[str]:
        ran = run("derive", "--again", "--json", cwd=museum)
        made: list[str] = json.loads(ran.out)["made"]
        return made

    assert again() == []
    # A looser limit, and one that only the largest feels; a download is no pixel.
    limit(museum, "[limits.public]\nmax_px = 1250\ndownload = false\n")
    assert again() == ["bt-001"]
    limit(museum, '[limits.public]\nmax_px = 1250\nwatermark = "© Bảo tàng"\n')
    assert again() == ["bt-001", "bt-002", "bt-003"]
    limit(museum, '[limits.public]\nmax_px = 1250\nwatermark = "© Bảo tàng Điện Biên"\n')
    assert again() == ["bt-001", "bt-002", "bt-003"]
    limit(museum, '[limits.staff]\nmax_px = 100\nwatermark = "không công bố"\n')
    assert again() == ["bt-001", "bt-002", "bt-003"]
    assert again() == []


def test_rebuild_gives_the_same_bytes_under_limits(run: Run, museum: Path, tmp_path: Path) -> None:
    mark = Image.new("RGBA", (300, 100), (255, 0, 0, 128))
    mark.save(museum / "mark.png")
    limit(
        museum,
        '[limits.public]\nmax_px = 900\nwatermark = "© Bảo tàng tỉnh Điện Biên"\n'
        'watermark_position = "repeat"\n'
        '[limits.restricted]\nwatermark = "mark.png"\nwatermark_position = "center"\n',
    )
    source = deliver(tmp_path / "scans", scarf=("hạn chế", ""))
    assert run("ingest", source, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0
    before = tree(museum / "derivatives"), tree(museum / "site")

    ran = run("rebuild", "--json", cwd=museum)

    assert ran.code == 0
    report = json.loads(ran.out)
    assert (report["items"], report["derived"], report["findings"]) == (3, 3, [])
    assert report["files"] == len(before[1])
    assert (tree(museum / "derivatives"), tree(museum / "site")) == before


def test_watermark_is_on_every_size_but_the_thumbnail(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    source = deliver(tmp_path / "scans")
    assert run("ingest", source, cwd=museum).code == 0
    plain = tmp_path / "plain"
    (museum / "derivatives").rename(plain)
    limit(museum, '[limits.public]\nwatermark = "© Bảo tàng"\nwatermark_opacity = 100\n')
    assert run("build", cwd=museum).code == 0

    folder = derivatives(museum, "bt-001") / "0001"
    (old,) = plain.rglob("bt-001/0001")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg")}
    assert names == {path.relative_to(old).as_posix() for path in old.rglob("*.jpg")}
    for name in ("access.jpg", "access-small.jpg", "full/max/0/default.jpg"):
        assert difference(folder / name, old / name) > 1
    assert difference(folder / "thumbnail.jpg", old / "thumbnail.jpg") < 0.5
    # All of a small image is its thumbnail, so that bears the mark too.
    small = derivatives(museum, "bt-003") / "0001"
    (old_small,) = plain.rglob("bt-003/0001")
    assert difference(small / "thumbnail.jpg", old_small / "thumbnail.jpg") > 1


def test_item_page_offers_no_download_that_its_limits_forbid(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(museum, f'[limits.rights."{IN_COPYRIGHT}"]\ndownload = false\n')
    source = deliver(tmp_path / "scans", drum=("", IN_COPYRIGHT))
    assert run("ingest", source, cwd=museum).code == 0
    assert run("build", cwd=museum).code == 0

    def page(item_id: str) -> str:
        (path,) = (museum / "site" / "vi").rglob(f"{item_id}.html")
        return path.read_text(encoding="utf-8")

    assert '/0001/access.jpg" download="bt-002-0001-' in page("bt-002")
    assert '/0001/access.jpg" download=' not in page("bt-001")
    assert "full/max" not in page("bt-001")
    assert '/0001/thumbnail.jpg" download="bt-001-0001-' in page("bt-001")


def bag_names(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as bag:
        return {name.split("/data/", 1)[1] for name in bag.namelist() if "/data/" in name}


def test_bag_has_images_within_the_limits_instead_of_masters(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    limit(museum, f'[limits.rights."{IN_COPYRIGHT}"]\nmax_px = 400\n')
    source = deliver(tmp_path / "scans", drum=("", IN_COPYRIGHT), mortar=("", IN_COPYRIGHT))
    assert run("ingest", source, cwd=museum).code == 0

    ran = run("export", "bagit", "--json", "--out", tmp_path / "bag.zip", cwd=museum)

    assert json.loads(ran.out)["without_masters"] == 1
    names = bag_names(tmp_path / "bag.zip")
    assert {n for n in names if n.startswith("bt-001/") and "json" not in n and "xml" not in n} == {
        "bt-001/images/0001.jpg",
        "bt-001/images/0002.jpg",
    }
    # A master that is no larger than the limit, and one without a limit, go out as they are.
    assert {"bt-002/masters/scarf.png", "bt-003/masters/mortar.jpg"} <= names
    with zipfile.ZipFile(tmp_path / "bag.zip") as bag:
        for name in bag.namelist():
            if "bt-001/images/" in name:
                with bag.open(name) as file, Image.open(file) as image:
                    assert max(image.size) == 400
    for flag in ("--masters", "--all-access"):
        asked = tmp_path / f"bag{flag}.zip"
        ran = run("export", "bagit", "--out", asked, flag, cwd=museum)
        assert ran.code == 0
        assert "bt-001/masters/drum.tif" in bag_names(asked)
        assert "images/" not in str(bag_names(asked))


def test_bag_is_refused_while_images_show_more_than_a_new_limit_allows(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    assert run("ingest", deliver(tmp_path / "scans"), cwd=museum).code == 0
    limit(museum, "[limits.public]\nmax_px = 300\n")

    ran = run("export", "bagit", "--out", tmp_path / "bag.zip", cwd=museum)

    assert ran.code != 0
    assert "hoaban derive" in ran.err
    assert not (tmp_path / "bag.zip").exists()
    assert run("derive", cwd=museum).code == 0
    ran = run("--lang", "en", "export", "bagit", "--out", tmp_path / "bag.zip", cwd=museum)
    assert ran.code == 0
    assert "2 items have their limited images instead of masters" in ran.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[limits.public]\nmax_px = 10\n", "at least 64"),
        ("[limits.public]\nmax_px = -1\n", "at least 64"),
        ("[limits.public]\nmax_px = true\n", "max_px"),
        ("[limits.public]\nwatermark_position = 'here'\n", "bottom-right"),
        ("[limits.public]\nwatermark_opacity = 0\n", "from 1 to 100"),
        ("[limits.public]\nwatermark = '\uaa80'\n", "\uaa80"),
        ("[limits.public]\nwatermark = '" + "a" * 101 + "'\n", "101"),
        ("[limits.public]\nwatermark = 'mark.png'\n", "mark.png"),
        ("[limits.public]\nwatermark = 'hoaban.png'\n", "not a PNG"),
        ("[limits.public]\nsize = 3\n", "size"),
        ("[limits.secret]\nmax_px = 300\n", "limits.secret"),
        ("[limits]\nmax_px = 300\n", "[limits.public]"),
        ("[limits]\nrights = 'InC'\n", "[limits.public]"),
        ("[limits.rights.'']\nmax_px = 300\n", "[limits.public]"),
    ],
)
def test_wrong_limit_is_an_error_that_says_what_is_expected(
    text: str, said: str, run: Run, museum: Path
) -> None:
    (museum / "hoaban.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    limit(museum, text)

    ran = run("--lang", "en", "status", cwd=museum)

    assert ran.code == 3
    assert said in ran.err
