"""Commit many items, saying each on stdout when it is in the store; made to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.layout import Layout
from archive.lock import write_lock
from archive.store import Store
from schemas.identifiers import item_id_for
from tests.archive.store_samples import commit

VERSIONS = 3


def commit_version(store: Store, number: str, version: int) -> None:
    """Version 1 has a scan, 2 another title, 3 the scan made again and a second one."""
    if version == 1:
        commit(store, {"masters/a.tif": f"scan of {number} ".encode() * 2000}, identifier=number)
    elif version == 2:
        commit(store, title="Váy Thái", identifier=number)
    else:
        masters = {"masters/a.tif": b"better", "masters/b.tif": f"more of {number}".encode()}
        commit(store, masters, title="Váy Thái", identifier=number)


def main(root: str, items: str) -> None:
    """Bring every item to its last version, going on where an earlier run was stopped."""
    layout = Layout(Path(root))
    with write_lock(layout):
        store = Store.create(layout)
        store.recover()
        for index in range(int(items)):
            number = f"K-{index}"
            for version in range(store.version_of(item_id_for(number)) + 1, VERSIONS + 1):
                commit_version(store, number, version)
                sys.stdout.write(f"{item_id_for(number)} {version}\n")
                sys.stdout.flush()
        store.recover()


if __name__ == "__main__":
    main(*sys.argv[1:])
