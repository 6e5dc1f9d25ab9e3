"""What the built site offers of the whole archive to other programs, as it says itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

from archive.digests import sha256_of
from archive.opening import Archive
from archive.site.data_files import DATASET_PATH
from archive.site.urls import absolute_url
from schemas.crosswalks.dcat import OfferedFile, offered_files


def iter_site_files(archive: Archive) -> Iterator[OfferedFile]:
    """Yield the files of the built site that are what its own description says.

    There are none where no site was built, it was built by an earlier version or for another
    address; a file that somebody changed or took away is passed over.
    """
    site = archive.layout.site
    root = absolute_url(archive.settings.base_url, "")
    try:
        document = json.loads((site / DATASET_PATH).read_bytes())
        files = list(offered_files(document))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # There is none, or somebody wrote into it.
        return
    for file in files:
        path = site / file.address.removeprefix(root)
        if not file.address.startswith(root) or not path.is_file():
            continue
        if path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256_hex:
            yield file
