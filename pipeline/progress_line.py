"""Progress as one line of text: items, megabytes a second, time left, findings so far."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.progress import Progress
from schemas.messages import _, ngettext, translate

# Before this, a rate is a guess.
_SETTLED_S = 1.0


class ProgressLine:
    """Turns progress into lines; remembers when each stage began."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Measure with ``clock``, which gives seconds that never go back."""
        self._clock = clock
        self._stage = ""
        self._started_at = 0.0

    def note(self, progress: Progress) -> None:
        """Note when a stage begins, where no line is wanted."""
        if progress.stage != self._stage:
            self._stage, self._started_at = progress.stage, self._clock()

    def text(self, progress: Progress) -> str:
        """Return the line for this moment, in the current language."""
        self.note(progress)
        elapsed_s = self._clock() - self._started_at
        parts = [translate(progress.stage), _count(progress)]
        if elapsed_s >= _SETTLED_S and progress.bytes_done:
            parts.append(f"{progress.bytes_done / 1e6 / elapsed_s:.1f} MB/s")
        left_s = _left_s(progress, elapsed_s)
        if elapsed_s >= _SETTLED_S and left_s is not None:
            parts.append(_("{time} left").format(time=_duration(left_s)))
        if progress.errors:
            parts.append(_("set aside: {count}").format(count=progress.errors))
        if progress.warnings:
            parts.append(
                ngettext("{count} warning", "{count} warnings", progress.warnings).format(
                    count=progress.warnings
                )
            )
        return "  ".join([*parts, *filter(None, [progress.subject])])


def _count(progress: Progress) -> str:
    return f"{progress.done}/{progress.total}" if progress.total else str(progress.done)


def _left_s(progress: Progress, elapsed_s: float) -> float | None:
    """Guess the seconds left by bytes, where they are known, or by units."""
    done, total = progress.done, progress.total
    if progress.bytes_total:
        done, total = progress.bytes_done, progress.bytes_total
    if not done or not total or progress.done >= progress.total:
        return None
    return elapsed_s * (total - done) / done


def _duration(seconds: float) -> str:
    if seconds < 60:
        return _("{count} s").format(count=round(seconds))
    if seconds < 3600:
        return _("{count} min").format(count=round(seconds / 60))
    return _("{hours} h {minutes} min").format(
        hours=int(seconds // 3600), minutes=round(seconds % 3600 / 60)
    )
