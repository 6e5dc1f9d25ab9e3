"""Which folders may be a source of an archive."""

from __future__ import annotations

from pathlib import Path

from archive.layout import Layout
from schemas.errors import SourceError
from schemas.messages import _


def check_source(layout: Layout, source: Path) -> None:
    """Make sure that an archive is not asked to swallow itself.

    A folder for deliveries inside the archive's folder is fine; the archive's own parts, and
    folders that hold the whole archive, are not.

    Raises:
        SourceError: ``source`` is the archive, one of its parts, or holds it.
    """
    folder = source.resolve()
    parts = (
        layout.store,
        layout.index,
        layout.derivatives,
        layout.site,
        layout.site_twin,
        layout.quarantine,
        layout.staging,
    )
    is_part = any(folder == part or part in folder.parents for part in parts)
    if is_part or folder == layout.root or folder in layout.root.parents:
        raise SourceError(
            _("The source is the archive itself, a part of it, or holds it."),
            remedy=_("Give the folder that holds the scans and the catalogue."),
            path=source,
        )
