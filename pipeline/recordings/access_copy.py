"""The copy of a recording that people play: what every browser can, small enough for thin networks.

Film becomes H.264 and AAC in MP4, sound AAC in MP4, with the index in front, so that it plays
before it is loaded. What is so already, and small enough, is taken over as it is encoded. Nothing
of the master's metadata comes along: phones write where they were.

The same master and settings give the same bytes on every machine: the encoder's threads are a
fixed number, because the bytes follow from it.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from pipeline.extras import load_extra
from pipeline.identify import Identity
from pipeline.problem import ScanProblem
from pipeline.recordings.opening import Streams, displayed_size, is_turned, opened, packets_of
from pipeline.recordings.pictures import first_frame
from pipeline.recordings.sound import Resampler
from schemas.recordings import AccessRecording, Recording

# Raise it when the same master and settings would give another copy.
ACCESS_COPY_VERSION = 1
FILE_NAMES = ("recording.mp4", "recording.m4a")
"""What copies of film and of sound are called."""

_MP4_DEMUXER = "mov"
_MIME_TYPES = ("video/mp4", "audio/mp4")
_THREADS = 2
VIDEO_OPTIONS = {
    "preset": "veryfast",
    "crf": "24",
    "profile": "high",
    "x264-params": f"threads={_THREADS}:lookahead-threads=1:sliced-threads=0",
}
_TICKS_A_SECOND = 90_000
_SOUND_RATE_HZ = 48_000
_SOUND_BITS_A_SECOND = {"mono": 80_000, "stereo": 128_000}
_AAC_SAMPLES = 1024
# A film that is played as it is asks for no more of the network.
_MOST_BITS_A_SECOND = 4_000_000
_DEFAULT_RATE = Fraction(25)
_HIGHEST_RATE = 60


@dataclass(frozen=True)
class MadeCopy:
    """The copy of one recording.

    Attributes:
        file: What it is.
        gaps: How many pieces of the master could not be decoded and are left out.
    """

    file: AccessRecording
    gaps: int


def write_access_copy(
    path: Path, identity: Identity, facts: Recording, place: Path, *, longest_px: int
) -> MadeCopy:
    """Write the copy to play of a recording into a folder.

    Args:
        path: The master.
        identity: What it is.
        facts: What is known of it.
        place: The folder, which must exist.
        longest_px: Longer side of the copy's pictures at most, in pixels.

    Raises:
        ScanProblem: The recording is damaged.
        OSError: The disk refuses the file.
    """
    with opened(path, identity) as streams:
        frame = first_frame(streams) if streams.video is not None else None
        plan = _plan_of(streams, frame, longest_px)
    is_sound = plan.size == (0, 0)
    target = place / FILE_NAMES[is_sound]
    try:
        gaps = _write(path, identity, plan, target)
    except ScanProblem:
        if not (plan.keeps_video or plan.keeps_audio):
            raise
        # What cannot stand in MP4 as it is may still be decoded.
        plan = replace(plan, keeps_video=False, keeps_audio=False)
        gaps = _write(path, identity, plan, target)
    return MadeCopy(
        AccessRecording(
            name=target.name,
            mime_type=_MIME_TYPES[is_sound],
            duration_s=facts.duration_s,
            width_px=plan.size[0],
            height_px=plan.size[1],
            size_bytes=target.stat().st_size,
        ),
        gaps,
    )


@dataclass(frozen=True)
class _Plan:
    """How a copy is made.

    Attributes:
        size: Width and height of its pictures; noughts for sound.
        keeps_video: The pictures are taken over as they are encoded.
        keeps_audio: The sound is.
        rotation_deg: How far the stored pictures are turned, counterclockwise.
        is_interlaced: The first stored picture is two half pictures.
    """

    size: tuple[int, int]
    keeps_video: bool
    keeps_audio: bool
    rotation_deg: int = 0
    is_interlaced: bool = False


def _plan_of(streams: Streams, frame: Any, longest_px: int) -> _Plan:
    # Only MP4 has what stands in its index as browsers want it.
    is_mp4 = streams.container.format.name == _MP4_DEMUXER
    audio = streams.audio.codec_context if streams.audio is not None else None
    keeps_audio = is_mp4 and audio is not None and audio.name == "aac" and audio.channels <= 2
    if frame is None:
        return _Plan((0, 0), keeps_video=False, keeps_audio=keeps_audio)
    shown = displayed_size(streams.video, frame)
    video = streams.video.codec_context
    keeps_video = (
        is_mp4
        and (video.name, video.pix_fmt) == ("h264", "yuv420p")
        and not frame.rotation
        and not frame.interlaced_frame
        and _even(shown, longest_px) == (frame.width, frame.height)
        and 0 < (streams.container.bit_rate or 0) <= _MOST_BITS_A_SECOND
    )
    return _Plan(
        _even(shown, longest_px),
        keeps_video,
        keeps_audio,
        frame.rotation,
        bool(frame.interlaced_frame),
    )


def _even(size: tuple[int, int], longest_px: int) -> tuple[int, int]:
    """Return a size that fits, of even numbers, as 4:2:0 has to have."""
    scale = min(1.0, longest_px / max(size))
    width, height = (max(2, round(side * scale / 2) * 2) for side in size)
    return width, height


class _Track(Protocol):
    """One stream of the copy, on its way."""

    def take(self, packet: Any, frames: list[Any]) -> Iterator[Any]:
        """Give packets for the copy of one packet of the master and what it decodes to."""

    def end(self) -> Iterator[Any]:
        """Give the packets that are left."""


@dataclass
class _Kept:
    """A stream that is taken over as it is encoded."""

    target: Any
    shift_s: Fraction
    _is_begun: bool = False

    def take(self, packet: Any, _frames: list[Any]) -> Iterator[Any]:
        # The packet that ends a stream is empty; before a key frame nothing can be shown.
        self._is_begun = self._is_begun or packet.is_keyframe
        if packet.dts is None or not self._is_begun:
            return
        _shift(packet, self.shift_s)
        packet.stream = self.target
        yield packet

    def end(self) -> Iterator[Any]:
        return iter(())


@dataclass
class _Pictures:
    """Pictures that are scaled, stood upright and encoded anew."""

    target: Any
    source: Any
    plan: _Plan
    shift_s: Fraction
    _graph: Any = None
    _graph_of: tuple[int, int, str] | None = None
    _last: int = -1

    def take(self, _packet: Any, frames: list[Any]) -> Iterator[Any]:
        for frame in frames:
            if frame.pts is None:
                continue
            shape = (frame.width, frame.height, frame.format.name)
            if shape != self._graph_of:
                yield from self._drained()
                self._graph, self._graph_of = self._filters(frame), shape
            self._graph.push(frame)
            yield from self._filtered()

    def end(self) -> Iterator[Any]:
        yield from self._drained()
        yield from self.target.encode(None)

    def _drained(self) -> Iterator[Any]:
        if self._graph is not None:
            self._graph.push(None)
            yield from self._filtered()

    def _filtered(self) -> Iterator[Any]:
        while (frame := _pulled(self._graph)) is not None:
            at_s = frame.pts * frame.time_base - self.shift_s
            ticks = round(at_s * _TICKS_A_SECOND)
            # Damaged files have times twice, which no player and no encoder takes.
            if ticks <= self._last:
                continue
            self._last = ticks
            frame.pts, frame.time_base = ticks, Fraction(1, _TICKS_A_SECOND)
            # Its kind in the master is nothing that the encoder should keep to.
            frame.pict_type = 0
            yield from self.target.encode(frame)

    def _filters(self, frame: Any) -> Any:
        graph = load_extra("media").filter.Graph()
        width, height = self.plan.size
        turned = is_turned(self.plan.rotation_deg)
        steps = [("scale", f"{height}:{width}" if turned else f"{width}:{height}")]
        if self.plan.is_interlaced:
            steps.insert(0, ("yadif", "deint=interlaced"))
        # FFmpeg turns clockwise (1) and counterclockwise (2).
        turns = {90: ["2"], -90: ["1"], 180: ["1", "1"], -180: ["1", "1"]}
        steps += [("transpose", way) for way in turns.get(round(self.plan.rotation_deg), [])]
        steps += [("setsar", "1"), ("format", "yuv420p")]
        buffer = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=self.source.time_base,
        )
        nodes = [buffer, *(graph.add(name, said) for name, said in steps), graph.add("buffersink")]
        for first, second in pairwise(nodes):
            first.link_to(second)
        graph.configure()
        return graph


@dataclass
class _Sound:
    """Sound that is encoded anew."""

    target: Any
    shift_s: Fraction
    resampler: Resampler

    def take(self, _packet: Any, frames: list[Any]) -> Iterator[Any]:
        for frame in frames:
            for piece in self.resampler.take(frame):
                yield from self._encoded(piece)

    def end(self) -> Iterator[Any]:
        for piece in self.resampler.end():
            yield from self._encoded(piece)
        yield from self.target.encode(None)

    def _encoded(self, piece: Any) -> Iterator[Any]:
        if piece.pts is not None:
            piece.pts -= round(self.shift_s / piece.time_base)
        yield from self.target.encode(piece)


def _write(path: Path, identity: Identity, plan: _Plan, target: Path) -> int:
    """Write the copy; return how many pieces of the master could not be decoded.

    Raises:
        ScanProblem: Nothing in the master can be played.
        OSError: The disk refuses the file.
    """
    library = load_extra("media")
    gaps = 0
    with opened(path, identity) as streams, _opened_copy(target) as copy:
        tracks = _tracks(streams, plan, copy)
        for packet in packets_of(streams):
            try:
                frames = packet.decode()
            except library.error.InvalidDataError:
                gaps += 1
                continue
            for made in tracks[packet.stream.index].take(packet, frames):
                _mux(copy, made, target)
        for track in tracks.values():
            for made in track.end():
                _mux(copy, made, target)
    # The file is begun with the first packet.
    if not target.is_file():
        raise ScanProblem("RECORDING-damaged", reason="nothing in it can be played")
    return gaps


@contextmanager
def _opened_copy(target: Path) -> Iterator[Any]:
    """Open the copy for writing; its index is put in front when it is closed."""
    library = load_extra("media")
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with _disk_asked(target):
        copy = library.open(str(target), "w", format="mp4", options=options)
    try:
        yield copy
    finally:
        with _disk_asked(target):
            copy.close()


def _mux(copy: Any, packet: Any, target: Path) -> None:
    with _disk_asked(target):
        copy.mux(packet)


@contextmanager
def _disk_asked(target: Path) -> Iterator[None]:
    """Tell what the disk refuses from what is the master's fault.

    Raises:
        OSError: The disk refuses the file.
    """
    library = load_extra("media")
    try:
        yield
    except library.FFmpegError as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise


def _tracks(streams: Streams, plan: _Plan, copy: Any) -> dict[int, _Track]:
    begins = [
        stream.start_time * stream.time_base
        for stream in streams.played
        if stream.start_time is not None
    ]
    # Tapes begin at any hour; a copy begins at nought, its sound as far behind as it was.
    shift_s = min(begins, default=Fraction(0))
    tracks: dict[int, _Track] = {}
    if (video := streams.video) is not None:
        video.codec_context.thread_count = _THREADS
        if plan.keeps_video:
            tracks[video.index] = _Kept(copy.add_stream_from_template(video), shift_s)
        else:
            tracks[video.index] = _Pictures(_film_in(copy, video, plan), video, plan, shift_s)
    if (audio := streams.audio) is not None:
        if plan.keeps_audio:
            tracks[audio.index] = _Kept(copy.add_stream_from_template(audio), shift_s)
        else:
            target = _sound_in(copy, audio)
            made = target.codec_context
            form = Resampler(made.format, made.layout, made.sample_rate, _AAC_SAMPLES)
            tracks[audio.index] = _Sound(target, shift_s, form)
    return tracks


def _film_in(copy: Any, video: Any, plan: _Plan) -> Any:
    rate = video.average_rate or video.guessed_rate or _DEFAULT_RATE
    stream = copy.add_stream("libx264", rate=min(rate, _HIGHEST_RATE), options=VIDEO_OPTIONS)
    stream.width, stream.height = plan.size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, _TICKS_A_SECOND)
    return stream


def _sound_in(copy: Any, audio: Any) -> Any:
    layout = "mono" if audio.codec_context.channels == 1 else "stereo"
    stream = copy.add_stream("aac", rate=_SOUND_RATE_HZ, layout=layout)
    stream.bit_rate = _SOUND_BITS_A_SECOND[layout]
    return stream


def _shift(packet: Any, shift_s: Fraction) -> None:
    ticks = round(shift_s / packet.time_base)
    packet.dts -= ticks
    if packet.pts is not None:
        packet.pts -= ticks


def _pulled(graph: Any) -> Any:
    """Return the next picture of the filters, or None where they need more."""
    library = load_extra("media")
    try:
        return graph.pull()
    except (BlockingIOError, EOFError, library.error.EOFError):
        return None
