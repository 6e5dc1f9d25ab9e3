"""Packages as .zip: byte for byte what Python's zipfile writes, also beyond 32 bits."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export import stored_zip
from archive.export.stored_zip import StoredZip, fastest_crc32

DATE_TIME = (2026, 11, 21, 9, 30, 15)
FILES = st.dictionaries(
    st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=12),
    st.binary(max_size=300),
    max_size=5,
)


def written(files: dict[str, bytes]) -> bytes:
    """Return what we write, every file in two pieces."""
    file = io.BytesIO()
    stored = StoredZip(file, DATE_TIME)
    for name, content in files.items():
        with stored.new_file(name, len(content)) as entry:
            entry.write(content[:7])
            entry.write(content[7:])
    stored.close()
    return file.getvalue()


def written_by_python(files: dict[str, bytes]) -> bytes:
    """Return what ``zipfile`` writes of the same files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, DATE_TIME)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            zipped.writestr(info, content)
    return file.getvalue()


@given(FILES)
def test_the_bytes_are_those_of_python_s_own_zipfile(files: dict[str, bytes]) -> None:
    assert written(files) == written_by_python(files)


@given(FILES, st.integers(20, 400))
def test_so_are_those_of_files_and_places_beyond_the_limit(
    files: dict[str, bytes], limit: int
) -> None:
    # Python leaves room for what compressing may add, just below the limit.
    near = range(int(limit / 1.06), limit + 1)
    files = {name: content for name, content in files.items() if len(content) not in near}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_zip, "LIMIT", limit)
        patch.setattr(stored_zip, "FILES_LIMIT", 2)
        patch.setattr(zipfile, "ZIP64_LIMIT", limit)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
        data = written(files)
        assert data == written_by_python(files)
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        assert {name: zipped.read(name) for name in zipped.namelist()} == files


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_the_optional_checksum_is_that_of_python(pieces: list[bytes]) -> None:
    fast = fastest_crc32()
    assert fast is not zlib.crc32
    ours = theirs = 0
    for piece in pieces:
        ours, theirs = fast(piece, ours), zlib.crc32(piece, theirs)
    assert ours == theirs


def test_without_the_optional_part_python_s_checksum_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "zlib_ng", None)
    monkeypatch.setitem(sys.modules, "zlib_ng.zlib_ng", None)
    assert fastest_crc32() is zlib.crc32
    assert written({"a": b"abc"}) == written_by_python({"a": b"abc"})
