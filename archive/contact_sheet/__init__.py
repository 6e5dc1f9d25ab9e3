"""The contact sheet: every scan of a batch with its findings, on one page for the museum's staff.

Promise: the page and its folder of pictures need nothing else, neither the archive nor a network,
and nothing of them ever stands in ``site/``.
"""

from archive.contact_sheet.folder import (
    SHEET_NAME,
    Pictures,
    PictureSources,
    batch_names,
    pictures_folder,
    read_batch,
    write_batch,
    write_sheet,
)

__all__ = [
    "SHEET_NAME",
    "PictureSources",
    "Pictures",
    "batch_names",
    "pictures_folder",
    "read_batch",
    "write_batch",
    "write_sheet",
]
