"""An archive as its settings, profile and tables are now, for a server that runs for weeks.

Promise: whoever asks gets what the files say, read again only when one of them has changed and has
come to rest; files that cannot be understood change nothing, and the log says why, once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from archive.layout import Layout
from archive.opening import Archive, open_archive
from schemas.errors import HoabanError
from schemas.messages import N_, current_language, speaking, translate

_log = logging.getLogger("hoaban.serve")

# An editor may write a file in pieces; half a profile could be read as a whole one.
_AT_REST_S = 1.0

_STILL = N_("The server goes on with what it read before: {problem}")

_Look = Mapping[Path, tuple[int, int]]


class FollowedArchive:
    """Gives an archive, and gives it anew when what it was opened from has changed."""

    def __init__(self, archive: Archive, *, wall_clock: Callable[[], float] = time.time) -> None:
        """Take an archive that was just opened.

        Args:
            archive: The archive.
            wall_clock: Gives the seconds that files are dated by.
        """
        self._archive = archive
        self._layout = archive.layout
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._read = _look(self._layout)
        self._tables = self._tables_in(self._read)
        # Requests come in the languages of their readers; the log is for whoever started it.
        self._lang = current_language()

    def current(self) -> Archive:
        """Return the archive; the same object as long as nothing has changed."""
        with self._lock:
            found = _look(self._layout)
            if found != self._read and self._is_at_rest(found):
                self._read = found
                self._open(found)
            return self._archive

    def _is_at_rest(self, found: _Look) -> bool:
        now = self._wall_clock()
        changed = (state for path, state in found.items() if self._read.get(path) != state)
        # A clock that goes after that of the file server must not keep it waiting for ever.
        return not any(0 <= now - modified_ns / 1e9 < _AT_REST_S for modified_ns, _size in changed)

    def _open(self, found: _Look) -> None:
        with speaking(self._lang):
            try:
                opened = open_archive(self._layout.root)
            except HoabanError as error:
                _log.warning("%s", translate(_STILL).format(problem=error))
                return
        tables = self._tables_in(found)
        # The same tables stay the same object: what was made from them need not be made again.
        is_same = tables == self._tables
        self._archive = replace(opened, tables=self._archive.tables) if is_same else opened
        self._tables = tables

    def _tables_in(self, found: _Look) -> _Look:
        others = (self._layout.config, self._layout.profile)
        return {path: state for path, state in found.items() if path not in others}


def _look(layout: Layout) -> _Look:
    """Return time and size of every file that opening an archive reads, besides its store."""
    found = {}
    for path in (layout.config, layout.profile, layout.periods, *_tables(layout)):
        try:
            state = path.stat()
        except OSError:
            continue  # not there, or just being replaced by an editor
        found[path] = (state.st_mtime_ns, state.st_size)
    return found


def _tables(layout: Layout) -> list[Path]:
    try:
        return sorted(layout.vocabularies.iterdir())
    except OSError:
        return []
