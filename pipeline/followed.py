"""An archive as its settings, profile and tables are now, for a server that runs for weeks.

Promise: whoever asks gets what the files say, read again only when one of them has changed and has
come to rest; files that cannot be understood change nothing, and the log says why, once. They are
tried again: what hides a field must not be passed over because a share was away for a moment.
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
from schemas.errors import ConfigError, HoabanError
from schemas.messages import N_, _, current_language, speaking, translate

_log = logging.getLogger("hoaban.serve")

# An editor may write a file in pieces; half a profile could be read as a whole one.
_AT_REST_S = 1.0
# What was refused is read again, but not with every request.
_AGAIN_S = 3.0

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
        self._refused: _Look | None = None
        self._tried_at = 0.0
        self._told: set[tuple[frozenset[tuple[Path, tuple[int, int]]], str]] = set()
        # Requests come in the languages of their readers; the log is for whoever started it.
        self._lang = current_language()

    def current(self) -> Archive:
        """Return the archive; the same object as long as nothing has changed."""
        with self._lock:
            found = _look(self._layout)
            if found != self._read and self._is_at_rest(found) and self._is_due(found):
                self._open(found)
            return self._archive

    def _is_due(self, found: _Look) -> bool:
        """Say whether what was found is new, or was refused long enough ago."""
        # A clock that was put back must not keep it waiting for ever.
        is_soon = 0 <= self._wall_clock() - self._tried_at < _AGAIN_S
        return found != self._refused or not is_soon

    def _is_at_rest(self, found: _Look) -> bool:
        now = self._wall_clock()
        changed = (state for path, state in found.items() if self._read.get(path) != state)
        # A clock that goes after that of the file server must not keep it waiting for ever.
        return not any(0 <= now - modified_ns / 1e9 < _AT_REST_S for modified_ns, _size in changed)

    def _open(self, found: _Look) -> None:
        with speaking(self._lang):
            try:
                opened = self._opened()
            except (HoabanError, OSError) as error:
                self._refuse(found, translate(_STILL).format(problem=error))
                return
        self._read, self._refused = found, None
        self._told.clear()
        tables = self._tables_in(found)
        # The same tables stay the same object: what was made from them need not be made again.
        is_same = tables == self._tables
        self._archive = replace(opened, tables=self._archive.tables) if is_same else opened
        self._tables = tables

    def _opened(self) -> Archive:
        root = self._layout.root.resolve()
        opened = open_archive(root)
        if opened.layout.root != root:
            # Without its hoaban.toml, the folder passes for a part of an archive around it.
            raise ConfigError(_("No archive was found here or in any folder above."), path=root)
        return opened

    def _refuse(self, found: _Look, message: str) -> None:
        self._refused, self._tried_at = found, self._wall_clock()
        told = (frozenset(found.items()), message)
        if told not in self._told:
            self._told.add(told)
            _log.warning("%s", message)

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
