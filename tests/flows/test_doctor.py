"""The doctor says what is here, and what is missing."""

import json
from importlib import import_module

import pytest

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
