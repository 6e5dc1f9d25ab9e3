"""The boxes of a CR3: what a damaged or hostile one can make the reader do."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import cr3
from tests.imaging.cr3_making import write_cr3
from tests.imaging.making import chart


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("cr3") / "whole.cr3"
    write_cr3(path, chart(32, 40))
    return path.read_bytes()


def test_whole_file_tells_depth_and_metadata_and_misses_nothing(whole, tmp_path):
    path = tmp_path / "a.cr3"
    path.write_bytes(whole)

    assert cr3.missing_bytes(path) == 0
    assert cr3.read_bits(path) == 14
    assert set(cr3.read_metadata(path)) == {"CMT1", "CMT2", "CMT4"}
    path.write_bytes(whole[:-77])
    assert cr3.missing_bytes(path) == 77
    path.write_bytes(whole + b"\xde\xad\xbe\xef" * 5)
    assert cr3.missing_bytes(path) == 0


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_bytes_in_the_header_give_an_answer(whole, tmp_path, data):
    at = data.draw(st.integers(0, 6_000))
    put = data.draw(st.binary(min_size=1, max_size=12))
    path = tmp_path / "a.cr3"
    path.write_bytes(whole[:at] + put + whole[at + len(put) :])

    assert cr3.missing_bytes(path) >= 0
    assert 0 <= cr3.read_bits(path) <= 255
    assert all(isinstance(content, bytes) for content in cr3.read_metadata(path).values())


class _Counted(io.BytesIO):
    """A file that counts how often it is read."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


@pytest.mark.parametrize("ask", [cr3.missing_bytes, cr3.read_bits, cr3.read_metadata])
def test_boxes_within_boxes_without_end_are_given_up(ask, tmp_path, monkeypatch):
    nested = b""
    for name in (b"stbl", b"minf", b"mdia", b"trak"):
        nested = struct.pack(">I4s", 8 + len(nested), name) + nested
    many = nested * 10_000
    file = _Counted(struct.pack(">I4s", 8 + len(many), b"moov") + many)
    monkeypatch.setattr(Path, "open", lambda *_: file)

    assert not ask(tmp_path / "hostile.cr3")
    assert 1 <= file.reads <= 1_000
