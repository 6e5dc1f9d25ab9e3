"""A .zip of texts that were compressed before is byte for byte what Python's ``zipfile`` writes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export import text_zip
from archive.export.package import add_bytes, new_package
from archive.export.text_zip import Deflated, TextZip

AT = "2026-11-21T08:30:15Z"
NAMES = st.text("ađề09", min_size=1, max_size=9)


def ours(texts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with TextZip(out, datetime.fromisoformat(AT).astimezone(UTC)) as package:
        for name, content in texts.items():
            kept = Deflated.of(content).to_bytes()
            package.add(f"gói/{name}", Deflated.from_bytes(kept))
    return out.getvalue()


def theirs(texts: dict[str, bytes], folder) -> bytes:
    path = folder / "gói.zip"
    path.unlink(missing_ok=True)
    with new_package(path, kind="zip", name=path.name, at=AT, is_text=True) as package:
        for name, content in texts.items():
            add_bytes(package, name, content)
    return path.read_bytes()


@given(st.dictionaries(NAMES, st.binary(), max_size=5))
def test_it_is_what_zipfile_writes(tmp_path_factory, texts):
    assert ours(texts) == theirs(texts, tmp_path_factory.getbasetemp())


def test_names_of_plain_letters_are_said_to_be_so(tmp_path):
    out = io.BytesIO()
    with TextZip(out, datetime.fromisoformat(AT).astimezone(UTC)) as package:
        package.add("plain/a.xml", Deflated.of(b"a"))
    path = tmp_path / "plain.zip"
    with new_package(path, kind="zip", name=path.name, at=AT, is_text=True) as theirs:
        add_bytes(theirs, "a.xml", b"a")
    assert out.getvalue() == path.read_bytes()


@pytest.mark.parametrize(("files", "size"), [(2, 1 << 40), (99, 40), (2, 40)])
def test_a_large_one_is_too(tmp_path, monkeypatch, files, size):
    """What begins with 65,536 files, or 2 GiB, begins here with a few."""
    monkeypatch.setattr(text_zip, "_MOST_FILES", files)
    monkeypatch.setattr(text_zip, "_LARGEST", size)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", files)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", size)
    # So short that none is large by itself.
    texts = {f"{number}.xml": b"x" * number for number in range(6)}
    found = ours(texts)
    assert found == theirs(texts, tmp_path)
    with zipfile.ZipFile(io.BytesIO(found)) as package:
        assert package.testzip() is None
        assert [entry.file_size for entry in package.infolist()] == list(range(6))


def test_one_that_an_error_ends_is_not_finished():
    out = io.BytesIO()
    with pytest.raises(KeyError), TextZip(out, datetime.fromisoformat(AT)):
        raise KeyError
    assert out.getvalue() == b""
