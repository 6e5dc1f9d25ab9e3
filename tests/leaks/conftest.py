"""The archive of canaries, made once for all tests of leaks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cli
from tests.leaks.test_leaks import RIGHTS, make_delivery


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery and an archive that has it, made once; tests take copies."""
    folder = tmp_path_factory.mktemp("leaks")
    make_delivery(folder / "delivery")
    museum = folder / "museum"
    for command in (
        ["init", str(museum), "--base-url", "https://example.org/kho", "--publisher", "BT Thử"],
        ["ingest", str(folder / "delivery"), "--archive", str(museum)],
        ["build", "--archive", str(museum)],
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(["--lang", "en", *command])
        assert not ended.value.code
        # Partners ask for rights with an address.
        settings = museum / "hoaban.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace('rights_uri = ""', f'rights_uri = "{RIGHTS}"'), "utf-8")
    return folder


@pytest.fixture
def delivery(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared / "delivery", tmp_path / "delivery")


@pytest.fixture
def museum(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared / "museum", tmp_path / "museum")
