"""The addresses by which SQLite opens a file that nothing may change."""

import sqlite3
from contextlib import closing
from pathlib import Path, PureWindowsPath

import pytest

from archive.read_only import read_only_uri


class _Share(PureWindowsPath):
    """A path of Windows that is its own resolved form."""

    def resolve(self) -> "_Share":
        return self


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (_Share(r"C:\bảo tàng\a.db"), "file:///C:/b%E1%BA%A3o%20t%C3%A0ng/a.db?mode=ro"),
        (_Share(r"\\nas\museum\a#1.db"), "file:////nas/museum/a%231.db?mode=ro"),
    ],
)
def test_drives_and_shares_of_windows_have_their_slashes(path: Path, uri: str) -> None:
    assert read_only_uri(path, is_immutable=False) == uri


@pytest.mark.parametrize("is_immutable", [True, False])
def test_a_file_of_any_name_is_read_and_not_written(tmp_path: Path, is_immutable: bool) -> None:
    path = tmp_path / "bảo tàng #1 ?mode=rw%20.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE t (a)")
    with closing(sqlite3.connect(read_only_uri(path, is_immutable=is_immutable), uri=True)) as db:
        assert db.execute("SELECT count(*) FROM t").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError):
            db.execute("DELETE FROM t")
