"""A process killed while it writes leaves the old index or the new one, never less."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from search.index import SearchIndex
from tests.search.museum_records import documents

_SNAPSHOTS = """
import shutil, sys
from pathlib import Path
from tests.search.museum_records import documents
from search.index import SearchIndex

folder, snapshots, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
index, busy, count = SearchIndex.open(folder), False, 0
WATCHED = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}

def before_each_disk_call(event, arguments):
    global busy, count
    if busy or event not in WATCHED or str(folder) not in str(arguments):
        return
    busy, count = True, count + 1
    shutil.copytree(folder, snapshots / f"{count:03}")
    busy = False

half = documents()[:20]
sys.addaudithook(before_each_disk_call)
if what == "replace_all":
    index.replace_all(half)
elif what == "update":
    index.update(half)
else:
    index.remove([document.item_id for document in half])
busy = True
"""

_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.search.museum_records import documents
from search.index import SearchIndex

def killed():
    yield documents()[0]
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

SearchIndex.open(Path(sys.argv[1])).replace_all(killed())
"""


def python(script: str, *arguments: Path | str) -> subprocess.CompletedProcess[bytes]:
    here = Path(__file__).parent
    run = f"import sys; sys.path[:0] = [{str(here)!r}, {str(here.parent.parent)!r}]\n{script}"
    return subprocess.run([sys.executable, "-c", run, *map(str, arguments)], check=False)


def answers(folder: Path) -> tuple[object, ...]:
    index = SearchIndex.open(folder)
    queries = ("gỗ", "do dong", "Điện Biên", "b52")
    return (index.document_count, *(index.search(query, limit=50) for query in queries))


@pytest.mark.parametrize("what", ["replace_all", "update", "remove"])
def test_a_kill_before_any_disk_call_leaves_the_old_or_the_new_index(
    tmp_path: Path, what: str
) -> None:
    folder, snapshots = tmp_path / "index", tmp_path / "snapshots"
    snapshots.mkdir()
    SearchIndex.create(folder).replace_all(documents())
    old = answers(folder)
    assert python(_SNAPSHOTS, folder, snapshots, what).returncode == 0
    new = answers(folder)
    left = sorted(snapshots.iterdir())
    assert len(left) > 5
    for snapshot in left:
        assert answers(snapshot) in (old, new), snapshot.name


def test_after_a_kill_the_next_writer_is_not_locked_out(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    SearchIndex.create(folder).replace_all(documents())
    assert python(_KILLED, folder).returncode != 0
    index = SearchIndex.open(folder)
    assert index.document_count == len(documents())
    assert index.replace_all(documents()[:3]) == 3
    shutil.rmtree(folder)
