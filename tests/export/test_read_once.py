"""Every master is read once while a package is made of it: no disk is asked twice."""

from __future__ import annotations

import builtins
import io
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from archive.export import FORMATS, ExportContext

SIZES = {"a.tif": 3_000_000, "b.tif": 300_001, "c.tif": 5}


class Counted(io.FileIO):
    """A file whose bytes are counted as they leave the disk."""

    read_bytes: ClassVar[Counter[str]] = Counter()

    def readinto(self, buffer: Any, /) -> int | None:
        count = super().readinto(buffer)
        self.read_bytes[str(self.name)] += count or 0
        return count

    def readall(self) -> bytes:
        content = super().readall() or b""
        self.read_bytes[str(self.name)] += len(content)
        return content


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is read of each file of the store, by its path."""
    store, opened, opened_low = tmp_path / "store", io.open, os.open
    monkeypatch.setattr(Counted, "read_bytes", Counter())

    def counting(file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
        if isinstance(file, int) or store not in Path(os.fsdecode(file)).parents or "r" not in mode:
            return opened(file, mode, buffering, *rest, **named)
        assert mode == "rb", "a master is bytes"
        raw = Counted(os.fspath(file))
        return raw if buffering == 0 else io.BufferedReader(raw)

    def low(path: Any, *rest: Any, **named: Any) -> int:
        assert store not in Path(os.fsdecode(path)).parents, "read past the counting"
        return opened_low(path, *rest, **named)

    monkeypatch.setattr(io, "open", counting)
    monkeypatch.setattr(builtins, "open", counting)
    monkeypatch.setattr(os, "open", low)
    return Counted.read_bytes


@pytest.mark.parametrize("ending", [".tar", ".zip", ""])
@pytest.mark.parametrize("name", ["bagit", "mets"])
def test_every_byte_of_a_master_is_read_once(
    name: str,
    ending: str,
    make_item: Callable[..., Any],
    context: ExportContext,
    reads: Counter[str],
    tmp_path: Path,
) -> None:
    item = make_item("BT.1", masters={path: b"\7" * size for path, size in SIZES.items()})
    report = FORMATS[name].write(iter([item]), tmp_path / f"package{ending}", context)
    assert not report.findings
    assert not report.without_masters
    expected = {str(item.masters[f"masters/{path}"]): size for path, size in SIZES.items()}
    assert dict(reads) == expected
