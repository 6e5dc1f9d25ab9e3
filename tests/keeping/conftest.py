"""An archive, and where its copy goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.layout import Layout
from archive.opening import Archive, open_archive
from tests.archive.replica_samples import copied, make_archive


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return make_archive(tmp_path_factory.mktemp("template") / "a")


@pytest.fixture
def archive(template: Archive, tmp_path: Path) -> Archive:
    return open_archive(copied(template, tmp_path / "archive").root)


@pytest.fixture
def copy(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "disk" / "copy")
