"""The doctor says what is here, and what is missing."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from archive.catalogue import Catalogue
from archive.config import Settings
from archive.opening import create_archive
from pipeline import doctor
from tests.conftest import Run


def test_a_sound_installation_is_healthy(run: Run) -> None:
    ran = run("doctor", "--json")
    diagnosis = json.loads(ran.out)
    assert (ran.code, diagnosis["healthy"]) == (0, True), ran.out
    names = {symptom["name"] for symptom in diagnosis["symptoms"]}
    assert {"Python", "libvips", "pillow", "whoosh3", "lxml"} <= names


def test_a_missing_library_is_named_with_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def import_but_not_lxml(name: str) -> object:
        if name.startswith("lxml"):
            raise ImportError("No module named 'lxml'")
        return import_module(name)

    monkeypatch.setattr(doctor, "import_module", import_but_not_lxml)
    ran = run("doctor")
    assert ran.code == 7
    assert "✗ lxml" in ran.out
    assert "pip install" in ran.out


def test_optional_parts_are_listed_and_their_absence_is_no_illness(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def import_but_not_rawpy(name: str) -> object:
        if name == "rawpy":
            raise ImportError("No module named 'rawpy'")
        return import_module(name)

    monkeypatch.setattr(doctor, "import_module", import_but_not_rawpy)
    ran = run("doctor")
    assert ran.code == 0
    assert "hoaban[heic]: pi-heif" in ran.out
    assert "hoaban[pdf]: pypdfium2" in ran.out
    assert "pip install 'hoaban[raw]'" in ran.out


def test_a_large_archive_is_advised_to_change_the_search_engine(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = create_archive(tmp_path / "museum", Settings())
    Catalogue.open(archive.layout.catalogue).close()
    monkeypatch.chdir(archive.layout.root)
    assert "hoaban rebuild" not in run("doctor").out
    monkeypatch.setattr(doctor, "LARGE_ARCHIVE", -1)
    ran = run("doctor")
    assert (ran.code, '[search] engine = "tantivy"' in ran.out) == (0, True)
    archive.layout.config.write_text('[search]\nengine = "tantivy"\n', encoding="utf-8")
    assert "hoaban rebuild" not in run("doctor").out
