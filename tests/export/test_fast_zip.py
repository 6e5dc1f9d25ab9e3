"""A .zip of a second ``zipfile`` is a .zip like any other, and the first one stays as it is."""

import importlib.util
import io
import zipfile
import zlib
from importlib.machinery import ModuleSpec

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zlib_ng import zlib_ng

from archive.export.fast_zip import fast_zip_file

PYTHONS_OWN_CRC32 = zlib.crc32


@pytest.fixture(autouse=True)
def found_anew() -> None:
    fast_zip_file.cache_clear()


def written(kind: type[zipfile.ZipFile], files: list[bytes], method: int) -> bytes:
    made = io.BytesIO()
    with kind(made, "w", method) as zipped:
        for number, content in enumerate(files):
            info = zipfile.ZipInfo(f"túi/{number}", (2026, 11, 23, 4, 0, 0))
            info.compress_type = method
            with zipped.open(info, "w") as file:
                half = len(content) // 2
                file.write(content[:half])
                file.write(content[half:])
    return made.getvalue()


@given(st.lists(st.binary(max_size=3000), max_size=5), st.sampled_from((0, 8)))
def test_it_writes_the_bytes_that_pythons_own_writes(files: list[bytes], method: int) -> None:
    made = written(fast_zip_file(), files, method)
    assert made == written(zipfile.ZipFile, files, method)
    with zipfile.ZipFile(io.BytesIO(made)) as read:
        assert read.testzip() is None


def test_its_crc32_is_that_of_zlib_ng_and_pythons_own_keeps_its_own() -> None:
    # Since another name of the module could be the one that writes, ask the class that writes.
    module = vars(importlib.import_module(fast_zip_file().__module__))
    assert module["crc32"] is zlib_ng.crc32
    assert vars(zipfile)["crc32"] is PYTHONS_OWN_CRC32
    assert fast_zip_file() is not zipfile.ZipFile


def test_a_python_without_the_files_of_its_library_writes_with_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None))
    assert fast_zip_file() is zipfile.ZipFile
