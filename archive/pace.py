"""How fast a long reading may go, how far it has come, and whether it was called off.

One :class:`Pace` is shared by all threads that read; counting and waiting are safe among them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class CalledOffError(Exception):
    """The reading was called off; whoever called it off catches this."""


class Pace:
    """Counts what is read, and holds its readers back to a rate.

    Attributes:
        bytes_done: Bytes read so far.
        files_done: Files read so far.
    """

    def __init__(
        self,
        max_bytes_per_s: float = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        on_count: Callable[[int], object] | None = None,
    ) -> None:
        """Begin at nothing.

        Args:
            max_bytes_per_s: The most bytes a second, of all readers together; 0 is no limit.
            clock: Gives seconds that never go back.
            on_count: Told the bytes read so far, after each block, by whichever thread read it.
        """
        self.bytes_done = 0
        self.files_done = 0
        self._max_bytes_per_s = max_bytes_per_s
        self._clock = clock
        self._on_count = on_count
        self._lock = threading.Lock()
        self._is_called_off = threading.Event()
        self._free_at = clock()

    def add(self, *, bytes_read: int = 0, files_read: int = 0) -> None:
        """Count what was just read; return when the rate allows to read on.

        Raises:
            CalledOffError: There is no need to read on.
        """
        with self._lock:
            self.bytes_done += bytes_read
            self.files_done += files_read
            wait_s = self._reserve(bytes_read)
        if self._on_count is not None:
            self._on_count(self.bytes_done)
        if wait_s > 0:
            self._is_called_off.wait(wait_s)
        if self._is_called_off.is_set():
            raise CalledOffError

    def call_off(self) -> None:
        """Let every reader stop at its next block."""
        self._is_called_off.set()

    def _reserve(self, bytes_read: int) -> float:
        """Take these bytes out of the rate; return how long to wait, in seconds."""
        if not self._max_bytes_per_s:
            return 0.0
        now = self._clock()
        self._free_at = max(self._free_at, now) + bytes_read / self._max_bytes_per_s
        return self._free_at - now
