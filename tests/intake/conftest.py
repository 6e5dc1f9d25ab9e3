"""A museum's delivery, made in a few lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from archive.settings import Settings
from pipeline.intake import Delivery, read_delivery
from pipeline.jobs import PlannedItem
from schemas.findings import Finding
from schemas.profile import Profile, parse_profile, shipped_profile_text

JPEG = b"\xff\xd8\xff\xe0 not decoded by intake"
Cell = object


@pytest.fixture(scope="session")
def profile() -> Profile:
    return parse_profile(shipped_profile_text("museum"))


@dataclass
class Museum:
    """A delivery being made in a folder."""

    folder: Path
    profile: Profile
    settings: Settings = field(default_factory=Settings)

    def csv(
        self,
        *rows: Sequence[str],
        name: str = "catalogue.csv",
        separator: str = ",",
        encoding: str = "utf-8",
    ) -> Path:
        text = io.StringIO()
        csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
        return self.file(name, text.getvalue().encode(encoding))

    def xlsx(self, sheets: Mapping[str, Iterable[Sequence[Cell]]], name: str = "so.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = self.folder / name
        book.save(path)
        return path

    def file(self, name: str, content: bytes = JPEG) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def scans(self, *names: str) -> None:
        for name in names:
            self.file(name)

    def read(self, catalogue: Path | None = None) -> Delivery:
        return read_delivery(
            self.folder, catalogue=catalogue, profile=self.profile, settings=self.settings
        )

    def items(self) -> dict[str, PlannedItem]:
        return {item.record.identifier: item for item in self.read().items}

    def scans_of(self) -> dict[str, list[str]]:
        return {
            item.record.identifier: [scan.name for scan in item.scans] for item in self.read().items
        }

    @staticmethod
    def codes(findings: Iterable[Finding]) -> set[str]:
        return {finding.code for finding in findings}


@pytest.fixture
def museum(tmp_path: Path, profile: Profile) -> Museum:
    folder = tmp_path / "delivery"
    folder.mkdir()
    return Museum(folder, profile)
