"""Opening a recording: its streams, how long it really plays, and how its pictures stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.extras import load_extra
from pipeline.identify import Identity
from pipeline.problem import ScanProblem
from schemas.recordings import AUDIO, VIDEO, Recording

_MICROSECONDS = 1_000_000
# Containers whose header says how long they play, so that a cut can be told.
_STATING = frozenset({"mov", "matroska", "avi", "wav", "w64", "flac", "asf", "aiff"})
_CUT_SHARE, _CUT_S = 0.02, 1.0
# Of these the streams are known only when each has begun: half a minute is looked through.
_FAR = {"probesize": "50000000", "analyzeduration": "30000000"}
_PROBING = {"mpeg": _FAR, "mpegts": _FAR}
_UNSTATED_BYTES = 0xFFFFFFFF
# Where phones write where they were; the names are FFmpeg's.
_PLACES = ("location", "location-eng", "com.apple.quicktime.location.ISO6709")


@dataclass(frozen=True)
class Streams:
    """What of a recording is played.

    Attributes:
        container: The open file, as PyAV has it.
        video: The stream of moving pictures, or None; a cover is none.
        audio: The first stream of sound, or None.
    """

    container: Any
    video: Any
    audio: Any

    @property
    def played(self) -> tuple[Any, ...]:
        """The streams that are played, pictures first."""
        return tuple(stream for stream in (self.video, self.audio) if stream is not None)


@contextmanager
def opened(path: Path, identity: Identity) -> Iterator[Streams]:
    """Open a recording for reading.

    Raises:
        ScanProblem: It is damaged, plays nothing, or the optional part is not installed.
        OSError: The file cannot be read.
    """
    if identity.format is None:
        raise ScanProblem("SCAN-not-an-image", found=identity.found)
    library = load_extra("media", identity.format.name)
    # A file that is open already has no name for FFmpeg to make anything of.
    with path.open("rb") as file:
        try:
            with library.open(
                file,
                format=identity.format.loader,
                metadata_errors="replace",
                buffer_size=1 << 20,
                options=_PROBING.get(identity.format.loader, {}),
            ) as container:
                yield _streams_of(container, library, identity.format.name)
        except library.FFmpegError as error:
            raise ScanProblem("RECORDING-damaged", reason=_reason(error)) from error


def packets_of(streams: Streams, *wanted: Any) -> Iterator[Any]:
    """Give the packets of some streams, or of all that are played, in the order of the file.

    Raises:
        ScanProblem: A stream begins so late that it was not known when the file was opened.
    """
    try:
        yield from streams.container.demux(wanted or streams.played)
    except IndexError as error:  # the library asks for a stream that it has not
        reason = "one of its streams begins in its middle"
        raise ScanProblem("RECORDING-damaged", reason=reason) from error


def check_length(path: Path) -> None:
    """Refuse a WAV or AVI that is shorter than its first bytes say; FFmpeg plays what is left.

    A recorder that lost its power leaves noughts there, which say nothing.

    Raises:
        ScanProblem: It is cut short.
        OSError: The file cannot be read.

    Source:
        Multimedia Programming Interface and Data Specifications 1.0 (1991), RIFF chunks
    """
    with path.open("rb") as file:
        head = file.read(8)
        size_bytes = file.seek(0, 2)
    stated_bytes = int.from_bytes(head[4:], "little") + len(head)
    is_stated = head[:4] == b"RIFF" and stated_bytes < _UNSTATED_BYTES
    if is_stated and size_bytes < stated_bytes * (1 - _CUT_SHARE):
        reason = f"it has {size_bytes} of {stated_bytes} bytes"
        raise ScanProblem("RECORDING-damaged", reason=reason)


def facts_of(streams: Streams, loader: str) -> Recording:
    """Return what is known of an open recording; all its packets are read, nothing is decoded.

    Raises:
        ScanProblem: It ends before its header says so.
    """
    stated_s = (streams.container.duration or 0) / _MICROSECONDS
    measured_s = _measured_s(streams)
    if measured_s <= 0:
        raise ScanProblem("RECORDING-damaged", reason="nothing in it can be played")
    if loader in _STATING and measured_s < stated_s * (1 - _CUT_SHARE) - _CUT_S:
        reason = f"it ends after {measured_s:.0f} of {stated_s:.0f} seconds"
        raise ScanProblem("RECORDING-damaged", reason=reason)
    return Recording(
        media=AUDIO if streams.video is None else VIDEO,
        duration_s=round(measured_s, 3),
        codecs=tuple(stream.codec_context.name for stream in streams.played),
    )


def has_place(streams: Streams) -> bool:
    """Say whether the file says where it was recorded."""
    return any(streams.container.metadata.get(name, "").strip() for name in _PLACES)


def displayed_size(video: Any, frame: Any) -> tuple[int, int]:
    """Return width and height of a stream's pictures as displayed, in square pixels.

    Args:
        video: The stream; it knows the shape of its pixels.
        frame: One of its frames; it knows how the camera was held.
    """
    return _square(frame.width, frame.height, video.sample_aspect_ratio, frame.rotation)


def is_turned(rotation_deg: int) -> bool:
    """Say whether a picture that is turned so far lies on its side."""
    return rotation_deg % 180 != 0


def _square(width: int, height: int, aspect: Fraction | None, rotation_deg: int) -> tuple[int, int]:
    if aspect and aspect > 0:
        width = max(1, round(width * aspect))
    return (height, width) if is_turned(rotation_deg) else (width, height)


def _streams_of(container: Any, library: Any, name: str) -> Streams:
    cover = library.stream.Disposition.attached_pic
    pictures = (s for s in container.streams.video if not s.disposition & cover)
    # A stream of a kind that FFmpeg does not know has no decoder.
    video = next((s for s in pictures if s.codec_context is not None), None)
    audio = next((s for s in container.streams.audio if s.codec_context is not None), None)
    if video is None and audio is None:
        raise ScanProblem("SCAN-not-an-image", found=f"{name} without sound or pictures")
    return Streams(container, video, audio)


def _measured_s(streams: Streams) -> float:
    """Return the time between the first and the end of the last packet, in seconds."""
    first: float | None = None
    last = 0.0
    for packet in packets_of(streams):
        at = packet.pts if packet.pts is not None else packet.dts
        if at is None or packet.time_base is None:
            continue
        begin = float(at * packet.time_base)
        first = begin if first is None else min(first, begin)
        last = max(last, begin + float((packet.duration or 0) * packet.time_base))
    return last - first if first is not None else 0.0


def _reason(error: Any) -> str:
    return str(error.strerror or error).rstrip(".")
