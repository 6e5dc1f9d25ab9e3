"""Sound in one form, whatever forms it has in the recording."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from pipeline.extras import load_extra


class Resampler:
    """Brings all sound of a recording into one form; joined recordings change theirs on the way.

    Args:
        form: The form of its samples, as FFmpeg calls it.
        layout: The layout of its channels, likewise.
        rate_hz: Samples a second.
        samples: Samples of a frame; 0 for as they come.
    """

    def __init__(self, form: Any, layout: Any, rate_hz: int, samples: int = 0) -> None:
        self._made = {"format": form, "layout": layout, "rate": rate_hz}
        self._samples = samples
        self._resampler: Any = None
        self._shape: tuple[str, str, int] | None = None
        self._end_s = Fraction(0)

    def take(self, frame: Any) -> Iterator[Any]:
        """Give frames of the form that is wanted for one of the recording."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            yield from self.end()
            self._shape = shape
            options = {"frame_size": self._samples} if self._samples else {}
            self._resampler = load_extra("media").AudioResampler(**self._made, **options)
        if frame.pts is None:
            # Damaged files have frames without a time: they follow on the one before.
            frame.time_base = Fraction(1, frame.sample_rate)
            frame.pts = round(self._end_s * frame.sample_rate)
        self._end_s = frame.pts * frame.time_base + Fraction(frame.samples, frame.sample_rate)
        yield from self._resampler.resample(frame)

    def end(self) -> Iterator[Any]:
        """Give the frames that are left."""
        if self._resampler is not None:
            yield from self._resampler.resample(None)
            self._resampler = None
