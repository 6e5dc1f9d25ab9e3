"""What goes wrong in a process that builds a part of an index is told as what it was."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from schemas.errors import StoreWriteError
from search.documents import SearchDocument
from search.engines import workers
from search.engines.workers import Add, build_parts
from tests.search.museum_records import documents


class MadeOfTwoError(Exception):
    """An error that is not made again from its arguments."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} and {other}")


RAISED = {
    # As where a pipe to another process is broken, or a file ends too soon.
    "end": EOFError("the file ends too soon"),
    "pipe": ConnectionResetError("the disk in the network is gone"),
    "own": StoreWriteError("the disk is full", remedy="Make room.", path=Path("index")),
    "two": MadeOfTwoError("this", "that"),
}


@contextmanager
def failing(name: str, _folder: Path) -> Iterator[Add]:
    def add(_documents: Iterable[SearchDocument]) -> None:
        if name == "lock":
            raise ValueError("a lock cannot be sent", threading.Lock())
        raise RAISED[name]

    yield add


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("end", EOFError, "the file ends too soon"),
        ("pipe", ConnectionResetError, "the disk in the network is gone"),
        ("own", StoreWriteError, "index: the disk is full Make room."),
        ("two", RuntimeError, "this and that"),
        ("lock", RuntimeError, "a lock cannot be sent"),
    ],
)
def test_an_error_in_a_process_is_raised_as_it_was_with_where_it_came_from(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    kind: type[Exception],
    text: str,
) -> None:
    monkeypatch.setattr(workers, "PARALLEL_FROM", 4)
    with pytest.raises(kind) as raised:
        build_parts(partial(failing, name), documents(), tmp_path, 2)
    assert type(raised.value) is kind
    assert text in str(raised.value)
    told = "\n".join((str(raised.value), *getattr(raised.value, "__notes__", ())))
    assert Path(__file__).name in told
    assert ", in add" in told
