"""How SQLite is told to open a file that nothing may change."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote


def read_only_uri(path: Path, *, is_immutable: bool) -> str:
    """Return the address of a database to be read and never written.

    A network share keeps its four slashes: of ``//nas/museum`` alone SQLite takes ``nas`` for a
    host and refuses.

    Args:
        path: The file.
        is_immutable: Whether nobody else writes to it meanwhile, so that it needs no lock.

    Source: https://sqlite.org/uri.html, sections 3.1 and 3.3
    """
    place = path.resolve().as_posix()
    lead = "" if place.startswith("/") else "/"
    options = "mode=ro&immutable=1" if is_immutable else "mode=ro"
    return f"file://{lead}{quote(place, safe='/:')}?{options}"
