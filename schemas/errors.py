"""Every error Hoa Ban raises on purpose, and the exit code each one ends a command with.

    HoabanError             1   a defect or a condition without a class of its own
    ├── ConfigError         3   no archive here, or its hoaban.toml or profile.csv is wrong
    ├── SourceError         4   a source folder, sheet or scan cannot be read as a whole
    ├── RecordError         5   a stored record or inventory does not say what it must
    ├── FixityError         6   stored bytes are not as recorded
    ├── DependencyError     7   a library this command needs is missing or too old
    ├── StoreBusyError      8   another process is writing to this archive
    ├── StoreWriteError     9   the disk refused a write (full, read-only, no rights)
    └── LeakError          11   what is not public stood in what was made for the public

Two more outcomes have a code but no exception, because the command did its work: 10
(``EXIT_PARTIAL``), some items were set aside or some findings are errors; 0, all is well.
Click adds 2 (usage); an interrupt ends with 130. The codes are a documented interface:
``docs/exit-codes.md`` lists them and a test compares the two.

An error has three parts: where; what was found against what was expected; what to do next.
Its message is translated when it is raised, because it ends the command.
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_PARTIAL = 10
EXIT_INTERRUPTED = 130


class HoabanError(Exception):
    """Base of every error raised on purpose.

    Attributes:
        problem: What was found, against what was expected.
        remedy: What to do next; may be empty.
        path: The file or folder concerned, when there is one.
    """

    exit_code = EXIT_INTERNAL

    def __init__(self, problem: str, *, remedy: str = "", path: Path | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.path = path

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path is not None else ""
        then = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.problem}{then}"


class ConfigError(HoabanError):
    """No archive was found, or its settings or profile are wrong."""

    exit_code = 3


class SourceError(HoabanError):
    """A source folder, sheet or scan cannot be read as a whole."""

    exit_code = 4


class RecordError(HoabanError):
    """A stored record, inventory or sidecar does not say what it must."""

    exit_code = 5


class FixityError(HoabanError):
    """Stored bytes are not as recorded."""

    exit_code = 6


class DependencyError(HoabanError):
    """A library this command needs is missing or unfit."""

    exit_code = 7


class StoreBusyError(HoabanError):
    """Another process holds the archive's write lock."""

    exit_code = 8


class StoreWriteError(HoabanError):
    """The disk refused a write: full, read-only, or without rights."""

    exit_code = 9


class LeakError(HoabanError):
    """What is not public stood in what was made for the public, so that was not given out."""

    exit_code = 11
