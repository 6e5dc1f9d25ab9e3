"""Processes that build the site's index end with the one they work for, and the other way round."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
_KILLED = """
import os, signal, sys, threading, time
from multiprocessing import active_children
from pathlib import Path
from schemas.errors import DependencyError
from search.static import write_static_index
from tests.bench import catalogue
from tests.search.shards import MANY_SHARDS

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

def kill():
    while len(workers := active_children()) < 2:
        time.sleep(0.01)
    os.kill(os.getpid() if sys.argv[2] == "builder" else workers[0].pid, KILL)

if __name__ == "__main__":
    threading.Thread(target=kill, daemon=True).start()
    folder = Path(sys.argv[1])
    try:
        write_static_index(catalogue.documents(900), folder, sizes=MANY_SHARDS, processes=2)
    except DependencyError as error:
        print(error, flush=True)
"""


@pytest.mark.parametrize("killed", ["builder", "worker"])
def test_no_process_outlives_the_build_and_a_lost_one_is_told(tmp_path: Path, killed: str) -> None:
    script = tmp_path / "killed.py"
    script.write_text(_KILLED, encoding="utf-8")
    # Every process holds the pipe: it is at its end when the last of them has ended.
    done = subprocess.run(
        [sys.executable, script, tmp_path / "search", killed],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode == 0, "search index has ended" in done.stdout) == (
        (False, False) if killed == "builder" else (True, True)
    ), done.stderr
    assert not (tmp_path / "search" / "search-index.js").exists()
