"""Caches beside the site hold plain data, whoever wrote them."""

from __future__ import annotations

import contextlib
import pickle
import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.kept_objects import packed, unpacked
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.records import Access

SMALL = ImageFile("thumbnail.jpg", 400, 300, "thumbnail.webp")


class Called:
    """Pickled, it calls a function when it is read."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.answer = (function, arguments)

    def __reduce__(self) -> tuple[object, ...]:
        return self.answer


def test_data_comes_back_as_it_was() -> None:
    canvas = Canvas(
        "0001", "masters/a.jpg", 0, "Mặt trước", 400, 300, SMALL, (SMALL,), 512, (1,), (), 3, 9
    )
    made = DerivativeSet("bt-001", "recipe", (canvas,), ("sha",))
    value = {"vi": (made, Access.PUBLIC, date(2026, 11, 22), frozenset({"a"}))}
    assert unpacked(packed(value)) == value


@pytest.mark.parametrize("function", [Path.touch, eval, exec, print, getattr, unpacked])
def test_nothing_is_called_by_a_cache_from_elsewhere(function: object, tmp_path: Path) -> None:
    mark = tmp_path / "was-here"
    data = pickle.dumps(Called(function, mark))
    with pytest.raises(sqlite3.DatabaseError, match="no plain data"):
        unpacked(data)
    assert not mark.exists()


@dataclass(frozen=True)
class Foreign:
    """No class of ours."""

    name: str


def test_classes_from_elsewhere_are_refused() -> None:
    with pytest.raises(sqlite3.DatabaseError, match="no plain data"):
        unpacked(packed(Foreign("a")))


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda data: b"\x80\x04" + data))
@example(b"\x8e\x00\x00\x00\x00\x00\x00\x00\x01")
def test_bytes_that_nobody_packed_are_an_error_or_plain(data: bytes) -> None:
    with contextlib.suppress(sqlite3.DatabaseError):
        unpacked(data)
