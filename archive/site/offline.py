"""The site without a network: what browsers keep of what a reader has seen on a web host.

The worker that keeps it has the state of the site in its text, so a site that says something else
has another worker, and what was kept of the old one is thrown away.
"""

from __future__ import annotations

import json
from pathlib import Path

from archive.layout import Layout
from archive.site.data_files import CSV_PATH, JSON_LD_PATH
from archive.site.files import SiteTree
from archive.site.kept import digest_of
from archive.site.own_files import digest_of_places, own_places
from archive.site.render import HERE
from schemas.crosswalks.discovery import CHANGES_FOLDER
from schemas.software import hoaban_version

WORKER_NAME = "service-worker.js"
OFFLINE_NAME = "offline.html"
_FIRST = (
    OFFLINE_NAME,
    "assets/css/theme.css",
    "assets/css/site.css",
    "assets/img/hoa-ban.svg",
    "assets/js/offline.js",
)
_SETTINGS = "/*settings*/null"


def write_worker(tree: SiteTree, layout: Layout, most_mb: int) -> None:
    """Write the worker into a site that has its data files.

    Args:
        tree: The site.
        layout: The archive, for what the museum writes itself.
        most_mb: Most megabytes that a browser keeps; 0 writes a worker that takes away what an
            earlier one kept, and itself.
    """
    settings = {
        "version": site_state(tree, layout),
        "most_bytes": most_mb * 1_000_000,
        "first": _FIRST,
    }
    text = (HERE / "templates" / WORKER_NAME).read_text(encoding="utf-8")
    written = text.replace(_SETTINGS, json.dumps(settings, sort_keys=True))
    tree.write(WORKER_NAME, written.encode())


def site_state(tree: SiteTree, layout: Layout) -> str:
    """Return a text that is another one when anything on the site is.

    The site follows from the public records and the log of what became of them, which are in the
    site already; from what the museum sets and writes; and from the program.
    """

    def is_wanted(path: Path) -> bool:
        is_in_site = tree.root in path.parents
        return not is_in_site or tree.has(path.relative_to(tree.root).as_posix())

    places = (*own_places(layout), HERE, *_data_in(tree.root))
    state = digest_of_places(places, is_wanted=is_wanted)
    return digest_of(hoaban_version().encode(), state).hex()[:32]


def _data_in(site: Path) -> tuple[Path, ...]:
    """Return where a site has what is public, of all items together."""
    return (site / CSV_PATH, site / JSON_LD_PATH, site / CHANGES_FOLDER)
