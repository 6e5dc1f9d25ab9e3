"""One digest for a whole store, to prove that two are equal.

The fingerprint is made from the inventories. It says the same of every other file only together
with an audit, which compares each of them with the inventories.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from archive.ocfl import INVENTORY_NAME, highest_version
from archive.ocfl_root import object_path
from archive.store import Store


@dataclass(frozen=True)
class Fingerprint:
    """A digest of digests.

    Attributes:
        items: Objects behind it.
        sha512: Of one line an inventory, ``<sha512>  <path>`` and a line feed, sorted by path.
    """

    items: int
    sha512: str


def fingerprint(store: Store) -> Fingerprint:
    """Return the fingerprint of a store.

    Raises:
        OSError: An inventory cannot be read.
        RecordError: A folder cannot be listed.
    """
    lines: list[tuple[str, str]] = []
    items = 0
    for item_id in store.iter_item_ids():
        items += 1
        folder = store.folder_of(item_id)
        versions = range(1, highest_version(folder) + 1)
        for name in (INVENTORY_NAME, *(f"v{number}/{INVENTORY_NAME}" for number in versions)):
            digest = hashlib.sha512((folder / name).read_bytes()).hexdigest()
            lines.append((f"{object_path(item_id)}/{name}", digest))
    whole = hashlib.sha512()
    for path, digest in sorted(lines):
        whole.update(f"{digest}  {path}\n".encode())
    return Fingerprint(items, whole.hexdigest())
