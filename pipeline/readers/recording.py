"""Sound and film through PyAV (FFmpeg): the optional part ``hoaban[media]``.

A recording has one page: a still of a film, or a drawing of how loud a sound is, so that lists,
contact sheets and viewers have something to show. What people play is made beside it
(:mod:`pipeline.recordings.access_copy`).
"""

from __future__ import annotations

from pathlib import Path

from archive.settings import DerivativeSettings
from pipeline.extras import version_of
from pipeline.identify import Identity
from pipeline.readers.page import FilePages, PageHeader, ScanProblem
from pipeline.recordings.opening import check_length, displayed_size, facts_of, has_place, opened
from pipeline.recordings.pictures import DRAWING_PX, drawing, first_frame, still
from pipeline.vips import pyvips
from schemas.recordings import AUDIO, VIDEO

# A still is decoded beside a few frames that the codec holds, as RGB and as it stands upright.
_HELD_BYTES = 24


def read_pages(path: Path, identity: Identity, _settings: DerivativeSettings) -> FilePages:
    """Return the one page: as :class:`pipeline.readers.page.Reader` has it."""
    loader = identity.format.loader if identity.format else ""
    check_length(path)
    with opened(path, identity) as streams:
        width_px, height_px = DRAWING_PX
        if streams.video is not None:
            width_px, height_px = displayed_size(streams.video, first_frame(streams))
    # What was decoded has been taken out of the file: it is read from the beginning.
    with opened(path, identity) as streams:
        facts, is_placed = facts_of(streams, loader), has_place(streams)
    page = PageHeader(
        0,
        width_px,
        height_px,
        colour_space="rgb",
        is_srgb=True,
        is_upright=True,
        held_bytes=_HELD_BYTES,
        reader="recording",
        bits=8 if facts.media == VIDEO else 0,
        bits_read=8 if facts.media == VIDEO else 0,
        samples=3 if facts.media == VIDEO else 0,
    )
    return FilePages((page,), 1, facts, is_placed)


def open_page(path: Path, identity: Identity, page: PageHeader) -> pyvips.Image:
    """Return the still or the drawing: as :class:`pipeline.readers.page.Reader` has it."""
    loader = identity.format.loader if identity.format else ""
    with opened(path, identity) as streams:
        facts = facts_of(streams, loader)
    with opened(path, identity) as streams:
        paint = drawing if facts.media == AUDIO else still
        picture = paint(streams, facts.duration_s)
    if picture.size != (page.stored_width_px, page.stored_height_px):
        raise ScanProblem("RECORDING-damaged", reason="its pictures change their size")
    image = pyvips.Image.new_from_memory(picture.tobytes(), *picture.size, 3, "uchar")
    return image.copy(interpretation="srgb")


def version() -> str:
    """Return ``av`` and its version."""
    return version_of("media")
