"""What partners get in LIDO, EDM and MODS, through the commands a museum types."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

import cli
from schemas.xml import validate
from tests.conftest import Run
from tests.flows.deliveries import draw_scan, write_csv

HEADINGS = (
    "Số kiểm kê", "Tên gọi", "Loại hiện vật", "Niên đại", "Tệp ảnh", "Mức truy cập", "Giấy phép",
)  # fmt: skip
BY = "https://creativecommons.org/licenses/by/4.0/"
ROWS = (
    ("BT-001", "Trống đồng", "trống", "179 TCN", "drum.jpg", "công khai", BY),
    ("BT-002", "Khăn piêu", "khăn", "khoảng 1954", "scarf.jpg", "nội bộ", BY),
    ("BT-003", "Cối gỗ", "cối", "", "", "công khai", ""),
)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    draw_scan(folder / "drum.jpg", size=(900, 600))
    draw_scan(folder / "scarf.jpg")
    write_csv(folder / "catalogue.csv", HEADINGS, ROWS)
    archive = tmp_path_factory.mktemp("archives") / "museum"
    for arguments in (["init", archive], ["ingest", folder, "--archive", archive]):
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence), pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        assert ended.value.code == 0
    return archive


@pytest.fixture
def museum(delivered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(delivered, tmp_path / "museum"))


def configure(museum: Path, *, text: str = "", **values: str) -> None:
    """Set values of [archive], and add tables."""
    path = museum / "hoaban.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, value in values.items():
        at = next(at for at, line in enumerate(lines) if line.startswith(f"{name} ="))
        lines[at] = f'{name} = "{value}"'
    path.write_text("\n".join([*lines, text, ""]), encoding="utf-8")


ONLINE = {"publisher": "Bảo tàng tỉnh Điện Biên", "base_url": "https://museum.example.vn"}


def test_edm_says_which_setting_it_needs(run: Run, museum: Path, tmp_path: Path) -> None:
    refused = run("export", "edm", "--out", tmp_path / "edm.xml", "--archive", museum)
    assert refused.code == 3
    assert "publisher" in refused.err
    assert "data_provider" in refused.err
    configure(museum, publisher="Bảo tàng")
    refused = run("export", "edm", "--out", tmp_path / "edm.xml", "--archive", museum)
    assert refused.code == 3
    assert "base_url" in refused.err


def test_without_an_address_lido_has_no_addresses_and_says_so(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    out = tmp_path / "lido.xml"
    ran = run("export", "lido", "--out", out, "--archive", museum, "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    assert [finding["code"] for finding in report["findings"]] == ["EXCHANGE-no-base-url"]
    assert b"127.0.0.1" not in out.read_bytes()
    assert validate(out.read_bytes(), "lido") == ()


def test_a_museum_hands_on_what_is_public_and_learns_what_is_left_out(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    configure(museum, **ONLINE)
    ran = run("export", "edm", "--out", tmp_path / "edm.xml", "--archive", museum)
    assert ran.code == 10
    assert "BT-003: error [EXCHANGE-no-rights]" in ran.out
    assert "1 item written" in ran.out
    assert "1 item was left out" in ran.out
    document = (tmp_path / "edm.xml").read_text(encoding="utf-8")
    assert "Khăn piêu" not in document
    for shown in (
        "https://museum.example.vn/vi/items/",
        "/0001/access.jpg",
        "manifest.json",
        "<edm:begin>-0178</edm:begin>",
        "<edm:dataProvider>Bảo tàng tỉnh Điện Biên</edm:dataProvider>",
    ):
        assert shown in document


def test_settings_of_the_exchange_reach_the_documents(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    table = (
        '[exchange]\ndata_provider = "Điện Biên Museum"\nprovider = "Heritage portal"\n'
        f'metadata_rights_uri = "{BY}"\ntypes = {{ "trống" = "SOUND" }}\n'
    )
    configure(museum, text=table, **ONLINE)
    assert run("export", "edm", "--out", tmp_path / "edm.xml", "--archive", museum).code == 10
    document = (tmp_path / "edm.xml").read_text(encoding="utf-8")
    assert "<edm:provider>Heritage portal</edm:provider>" in document
    assert "<edm:dataProvider>Điện Biên Museum</edm:dataProvider>" in document
    assert "<edm:type>SOUND</edm:type>" in document
    assert run("export", "mods", "--out", tmp_path / "mods.xml", "--archive", museum).code == 0
    assert BY in (tmp_path / "mods.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('types = { "sách" = "BOOK" }', "sách"),
        ('country = "Vietnam"', "country"),
        ('data_provider_uri = "bảo tàng"', "bảo tàng"),
        ('museum = "x"', "museum"),
    ],
)
def test_a_wrong_setting_is_named(
    run: Run, museum: Path, tmp_path: Path, line: str, named: str
) -> None:
    configure(museum, text=f"[exchange]\n{line}\n")
    ran = run("export", "lido", "--out", tmp_path / "lido.xml", "--archive", museum)
    assert ran.code == 3
    assert named in ran.err


def test_items_that_are_not_public_have_no_address_even_in_a_complete_export(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    configure(museum, **ONLINE)
    out = tmp_path / "lido"
    assert run("export", "lido", "--out", out, "--archive", museum, "--all-access").code == 0
    (scarf,) = out.rglob("bt-002.xml")
    (drum,) = out.rglob("bt-001.xml")
    assert "museum.example.vn" not in scarf.read_text(encoding="utf-8")
    assert "museum.example.vn" in drum.read_text(encoding="utf-8")


def test_images_that_show_too_much_have_no_address(run: Run, museum: Path, tmp_path: Path) -> None:
    configure(museum, text="[limits.public]\nmax_px = 300\n", **ONLINE)
    out = tmp_path / "lido.xml"
    ran = run("export", "lido", "--out", out, "--archive", museum)
    assert "[EXCHANGE-no-images]" in ran.out
    document = out.read_text(encoding="utf-8")
    assert ".jpg" not in document
    assert "manifest.json" not in document
    assert run("derive", "--archive", museum).code == 0
    again = run("export", "lido", "--out", tmp_path / "again.xml", "--archive", museum)
    assert "[EXCHANGE-no-images]" not in again.out
    assert "access.jpg" in (tmp_path / "again.xml").read_text(encoding="utf-8")


def test_no_download_means_no_address_of_the_image_itself(
    run: Run, museum: Path, tmp_path: Path
) -> None:
    configure(museum, text="[limits.public]\ndownload = false\n", **ONLINE)
    out = tmp_path / "lido.xml"
    assert run("export", "lido", "--out", out, "--archive", museum).code == 0
    document = out.read_text(encoding="utf-8")
    assert "access.jpg" not in document
    assert "thumbnail.jpg" in document
    assert "manifest.json" in document
