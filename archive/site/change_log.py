"""The log of changes on a published site: IIIF Change Discovery as plain files."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archive.site.data_files import DATASET_PATH, Download
from archive.site.files import SiteTree
from schemas.crosswalks.discovery import (
    PAGE_SIZE,
    Change,
    changes_collection,
    changes_page,
    changes_path,
)
from schemas.crosswalks.iiif import Publication
from schemas.records import json_bytes


def write_changes(
    tree: SiteTree, changes: Sequence[Change], publication: Publication
) -> list[Download]:
    """Write the log; return what there is: nothing where nothing ever changed.

    Args:
        tree: The site.
        changes: All changes, the oldest first.
        publication: Where the site will be published.
    """
    if not changes:
        return []
    for number, start in enumerate(range(0, len(changes), PAGE_SIZE)):
        part = changes[start : start + PAGE_SIZE]
        page = changes_page(number, part, len(changes), publication)
        # Without line breaks: a large archive has hundreds of pages, and nobody reads them.
        text = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
        tree.write(changes_path(number), text.encode())
    whole = changes_collection(len(changes), publication, dataset_path=DATASET_PATH)
    content = json_bytes(whole)
    tree.write(changes_path(), content)
    return [Download(changes_path(), "changes", "application/ld+json", len(content))]
