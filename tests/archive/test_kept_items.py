"""What is kept of items: it is what was put, or it is not there."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from archive.kept_items import KeptItems

KEY = b"program and settings"
DATA = {f"bt-{number:03}": f"khăn piêu {number}".encode() * 9 for number in range(30)}


def stamp_of(item_id: str) -> bytes:
    return item_id.encode().rjust(16, b"-")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "kept.db"
    with KeptItems(path, "search", KEY) as kept:
        for item_id, data in DATA.items():
            kept.put(item_id, stamp_of(item_id), data)
    return path


def found_in(path: Path, *, kind: str = "search", key: bytes = KEY) -> dict[str, bytes | None]:
    with KeptItems(path, kind, key) as kept:
        return {item_id: kept.get(item_id, stamp_of(item_id)) for item_id in DATA}


def test_what_was_put_is_kept_for_the_same_key_and_stamp(path: Path) -> None:
    assert found_in(path) == DATA
    with KeptItems(path, "search", KEY) as kept:
        assert kept.get("bt-001", stamp_of("bt-002")) is None
        assert kept.made("bt-001", stamp_of("bt-002"), lambda: b"new") == b"new"
    # Of the others nobody asked: they are forgotten.
    assert found_in(path).keys() - {"bt-001"} == {
        item_id for item_id, data in found_in(path).items() if data is None and item_id != "bt-001"
    }


def test_another_key_finds_nothing(path: Path) -> None:
    assert set(found_in(path, key=b"other").values()) == {None}


def test_an_error_keeps_nothing(path: Path) -> None:
    def fail() -> None:
        with KeptItems(path, "search", KEY) as kept:
            kept.put("bt-001", stamp_of("bt-001"), b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert found_in(path) == DATA


def test_a_changed_bit_costs_what_was_kept_and_nothing_else(path: Path) -> None:
    whole, dice = path.read_bytes(), random.Random(20261122)
    for _time in range(250):
        content = bytearray(whole)
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
        path.write_bytes(content)
        for item_id, data in found_in(path).items():
            assert data in (None, DATA[item_id])
        with KeptItems(path, "search", KEY) as kept:
            for item_id, data in DATA.items():
                assert kept.made(item_id, stamp_of(item_id), lambda data=data: data) == data
