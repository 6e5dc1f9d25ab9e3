"""A picture of a recording: a still of a film, or a drawing of how loud a sound is."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from typing import Any

from PIL import Image, ImageDraw, ImageStat

from pipeline.extras import load_extra
from pipeline.problem import ScanProblem
from pipeline.recordings.opening import Streams, displayed_size, packets_of
from pipeline.recordings.sound import Resampler

DRAWING_PX = (1600, 400)
"""Width and height of the drawing of a sound."""

_SAMPLE_RATE_HZ = 8000
_BARS = 200
_PAPER, _INK = (247, 243, 238), (122, 62, 88)
_LARGEST_SAMPLE = 32_768
# Where a film is looked at, as shares of its length: its beginning is often black.
_STILL_AT = (0.1, 0.25, 0.5, 0.75, 0.0)
# A picture with less spread of its greys is black, white or one colour.
_LEAST_SPREAD = 8.0
# Damaged or late frames that are passed over before a place is given up.
_MOST_FRAMES = 50


def first_frame(streams: Streams) -> Any:
    """Return the first frame that can be decoded.

    Raises:
        ScanProblem: There is none.
    """
    frame = next(_frames(streams, streams.video), None)
    if frame is None:
        raise ScanProblem("RECORDING-damaged", reason="no picture in it can be decoded")
    return frame


def still(streams: Streams, duration_s: float) -> Image.Image:
    """Return a picture of a film in which there is something to be seen, RGB, upright.

    Args:
        streams: The open recording.
        duration_s: How long it plays.

    Raises:
        ScanProblem: No picture in it can be decoded.
    """
    best: tuple[float, Image.Image] | None = None
    for share in _STILL_AT:
        frame = _frame_at(streams, share * duration_s)
        if frame is None:
            continue
        picture = _upright(streams, frame)
        spread = ImageStat.Stat(picture.convert("L").resize((64, 64))).stddev[0]
        if best is None or spread > best[0]:
            best = spread, picture
        if spread >= _LEAST_SPREAD:
            break
    if best is None:
        raise ScanProblem("RECORDING-damaged", reason="no picture in it can be decoded")
    return best[1]


def drawing(streams: Streams, duration_s: float) -> Image.Image:
    """Return a drawing of how loud a sound is over time, RGB; all of it is decoded.

    Args:
        streams: The open recording.
        duration_s: How long it plays.

    Raises:
        ScanProblem: Nothing in it can be decoded.
    """
    peaks = [0] * _BARS
    is_heard = False
    first_s: float | None = None
    for frame in _resampled(streams):
        begin_s = float((frame.pts or 0) * frame.time_base)
        first_s = begin_s if first_s is None else first_s
        _take(frame, begin_s - first_s, duration_s, peaks)
        is_heard = True
    if not is_heard:
        raise ScanProblem("RECORDING-damaged", reason="no sound in it can be decoded")
    return _drawn(peaks)


def _frames(streams: Streams, stream: Any) -> Iterator[Any]:
    """Give the frames of a stream from where the file stands; what is damaged is passed over."""
    library = load_extra("media")
    for packet in packets_of(streams, stream):
        try:
            yield from packet.decode()
        except library.error.InvalidDataError:
            continue


def _frame_at(streams: Streams, at_s: float) -> Any:
    """Return the first frame from a time on, or the last before it; None where there is none."""
    library = load_extra("media")
    start = streams.video.start_time or 0
    try:
        offset = start + int(at_s / streams.video.time_base)
        streams.container.seek(offset, stream=streams.video)
    except library.FFmpegError:
        return None
    found = None
    for frame in islice(_frames(streams, streams.video), _MOST_FRAMES):
        found = frame
        if frame.pts is None or (frame.pts - start) * streams.video.time_base >= at_s:
            break
    return found


def _upright(streams: Streams, frame: Any) -> Image.Image:
    picture: Image.Image = frame.to_image()
    if frame.rotation:
        picture = picture.rotate(frame.rotation, expand=True)
    size = displayed_size(streams.video, frame)
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _resampled(streams: Streams) -> Iterator[Any]:
    resampler = Resampler("s16", "mono", _SAMPLE_RATE_HZ)
    for frame in _frames(streams, streams.audio):
        yield from resampler.take(frame)
    yield from resampler.end()


def _take(frame: Any, begin_s: float, duration_s: float, peaks: list[int]) -> None:
    """Note the loudest samples of a frame in the bars that it reaches."""
    samples = array("h", bytes(frame.planes[0])[: 2 * frame.samples])
    bar_samples = duration_s * _SAMPLE_RATE_HZ / _BARS
    at, first = 0, begin_s * _SAMPLE_RATE_HZ
    while at < len(samples):
        bar = min(_BARS - 1, max(0, int((first + at) / bar_samples)))
        end = max(at + 1, int((bar + 1) * bar_samples - first)) if bar < _BARS - 1 else len(samples)
        part = samples[at:end]
        peaks[bar] = max(peaks[bar], max(part), -min(part))
        at = end


def _drawn(peaks: list[int]) -> Image.Image:
    width, height = DRAWING_PX
    picture = Image.new("RGB", DRAWING_PX, _PAPER)
    draw = ImageDraw.Draw(picture)
    loudest = max(*peaks, _LARGEST_SAMPLE // 64)
    step = width / _BARS
    for number, peak in enumerate(peaks):
        half = max(2, round(peak / loudest * height * 0.42))
        left = round(number * step + step * 0.2)
        box = (left, height // 2 - half, left + round(step * 0.6), height // 2 + half)
        draw.rounded_rectangle(box, radius=2, fill=_INK)
    return picture
