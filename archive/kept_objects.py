"""Objects in the caches beside the site: written as they are, read as plain data only.

An archive may come from somebody else, on a stick, with its caches. Python's pickles can name any
function of any module, which is then called; here they can name only data classes and enumerations
of our own packages, and times and arrays. Source: Python's documentation of pickle, "Restricting
Globals".
"""

from __future__ import annotations

import io
import pickle
import sqlite3
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

_PACKAGES = frozenset({"archive", "pipeline", "schemas", "search"})
_PLAIN = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timezone"),
        ("datetime", "timedelta"),
        ("array", "array"),
        ("array", "_array_reconstructor"),
    }
)
# What unpickling raises of bytes that nobody pickled, besides UnpicklingError.
_NOT_OURS = (
    *(pickle.UnpicklingError, EOFError, TypeError, ValueError, AttributeError, ImportError),
    # Of a length that no memory holds, the last.
    *(LookupError, OverflowError, MemoryError),
)


def packed(value: object) -> bytes:
    """Return the bytes that :func:`unpacked` reads."""
    return pickle.dumps(value)


def unpacked(data: bytes) -> Any:
    """Return what :func:`packed` was given.

    Raises:
        sqlite3.DatabaseError: The bytes are those of something else: the cache they come from
            is not ours.
    """
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except _NOT_OURS as error:
        raise sqlite3.DatabaseError(f"a cache holds what no build wrote: {error}") from error


class _PlainUnpickler(pickle.Unpickler):  # noqa: S301  (restricted, which is the point)
    def find_class(self, module: str, name: str) -> Any:
        return _found(module, name)


@cache
def _found(module: str, name: str) -> Any:
    """Return a class that plain data is made of.

    Raises:
        pickle.UnpicklingError: It is not one.
    """
    if (module, name) in _PLAIN or module.partition(".")[0] in _PACKAGES:
        found = getattr(import_module(module), name)
        if (module, name) in _PLAIN or _is_plain(found):
            return found
    raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


def _is_plain(found: object) -> bool:
    return isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum))
