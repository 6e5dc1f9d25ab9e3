"""Films and sounds made on the spot: a few seconds of colours and of one tone."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

_SAMPLES = 1024


def write_film(
    path: Path,
    codec: str = "libx264",
    *,
    size: tuple[int, int] = (320, 180),
    seconds: float = 3,
    fps: int = 25,
    sound: str = "aac",
    container: str | None = None,
    metadata: Mapping[str, str] | None = None,
    rotation_deg: int = 0,
    black_s: float = 1,
) -> None:
    """Write a film that begins black and is then red above and blue below, as it is stored."""
    with av.open(str(path), "w", format=container) as film:
        film.metadata.update(metadata or {})
        pictures = film.add_stream(codec, rate=fps)
        pictures.width, pictures.height = size
        pictures.pix_fmt = "yuv420p"
        if rotation_deg:
            pictures.set_display_rotation(rotation_deg)
        rate = 48_000 if sound == "libopus" else 44_100
        tone = film.add_stream(sound, rate=rate, layout="stereo") if sound else None
        black = Image.new("RGB", size)
        flag = Image.new("RGB", size, (200, 30, 30))
        flag.paste((30, 30, 200), (0, size[1] // 2, *size))
        for number in range(round(seconds * fps)):
            frame = av.VideoFrame.from_image(flag if number >= black_s * fps else black)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode(None))
        if tone is not None:
            _write_tone(film, tone, seconds)


def write_sound(
    path: Path, codec: str, *, seconds: float = 4, container: str | None = None
) -> None:
    """Write a tone that is soft in its first half and loud in its second."""
    with av.open(str(path), "w", format=container) as sound:
        rate = 48_000 if codec == "libopus" else 44_100
        _write_tone(sound, sound.add_stream(codec, rate=rate, layout="stereo"), seconds)


def cut_short(path: Path, source: Path, share: float = 0.5) -> None:
    """Write the beginning of a file."""
    content = source.read_bytes()
    path.write_bytes(content[: round(len(content) * share)])


def _write_tone(target: Any, stream: Any, seconds: float) -> None:
    rate = stream.codec_context.sample_rate
    for first in range(0, round(seconds * rate), _SAMPLES):
        loudness = 24_000 if first > seconds * rate / 2 else 3_000
        tone = array("h")
        for at in range(first, first + _SAMPLES):
            value = round(loudness * math.sin(2 * math.pi * 440 * at / rate))
            tone.extend((value, value))
        frame = av.AudioFrame(format="s16", layout="stereo", samples=_SAMPLES)
        frame.planes[0].update(tone.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))
