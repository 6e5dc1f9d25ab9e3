"""Building the site again while its texts are edited: stories, settings, theme, profile.

The texts are looked at every half second, and built when they have come to rest. Nothing here
changes anything but the site. No file system notice is used: network disks do not give any.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archive.layout import Layout
from archive.live_pages import LiveState
from archive.opening import open_archive
from pipeline.publish import publish
from pipeline.publish_report import PublishReport
from schemas.errors import HoabanError, StoreBusyError

_log = logging.getLogger("hoaban.live")

INTERVAL_S = 0.5

_Look = Mapping[Path, tuple[int, int]]
# Told of every build that ends: what it made, or why it made nothing.
Tell = Callable[[PublishReport | HoabanError], None]


class LiveSite:
    """Builds the site of an archive again when its texts have changed."""

    def __init__(self, layout: Layout, now: Callable[[], datetime], tell: Tell) -> None:
        """Take an archive whose site is as its texts are now."""
        self._layout = layout
        self._now = now
        self._tell = tell
        self._built = self._before = _look(layout)
        self._state = LiveState()

    def state(self) -> LiveState:
        """Return how far the site is."""
        return self._state

    def look(self) -> bool:
        """Look at the texts; build if they have changed, and not since the look before this.

        Returns:
            Whether it built, or tried to.
        """
        seen = _look(self._layout)
        is_at_rest, self._before = seen == self._before, seen
        if seen == self._built or not is_at_rest:
            return False
        before, self._built = self._built, seen
        try:
            report = publish(open_archive(self._layout.root), now=self._now)
        except StoreBusyError:
            self._built = before  # another command is at work: with the next look
            return False
        except HoabanError as error:
            self._state = replace(self._state, trouble=str(error))
            self._tell(error)
        except Exception as error:
            # Nothing may end the looking: whoever edits would see an old site and not know why.
            _log.exception("building the site")
            reason = f"{type(error).__name__}: {error}"
            self._state = replace(self._state, trouble=reason)
            self._tell(HoabanError(reason))
        else:
            self._state = LiveState(self._state.number + 1)
            self._tell(report)
        return True

    @contextmanager
    def watching(self, interval_s: float = INTERVAL_S) -> Iterator[None]:
        """Look again and again, in a thread of its own, as long as the block lasts."""
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(interval_s):
                self.look()

        # A thread begins without what is set in its maker's context, as the language of messages.
        thread = threading.Thread(target=copy_context().run, args=(watch,), name="live")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _look(layout: Layout) -> _Look:
    """Return size and time of every file that a person writes for the site."""
    found = {}
    files = [layout.config, layout.profile, layout.periods]
    for folder in (layout.stories, layout.theme, layout.vocabularies):
        files += folder.rglob("*")
    for path in files:
        try:
            state = path.stat()
            is_file = path.is_file()
        except OSError:
            continue  # not there, just taken away, or being replaced by an editor
        if is_file:
            found[path] = (state.st_size, state.st_mtime_ns)
    return found
