"""What tests of whole commands share: a way to run one, and small deliveries."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

import cli
from pipeline import naming
from pipeline.isolation import IsolatedRunner
from schemas.messages import set_language
from tests.left_stores import (  # noqa: F401  fixtures for every test
    _every_shared_store_is_left_valid,
    _every_store_is_left_valid,
)

# No test is timed: a busy machine is no defect. A longer run asks for more examples.
settings.register_profile(
    "untimed", deadline=None, max_examples=int(os.environ.get("HOABAN_EXAMPLES", "50"))
)
settings.load_profile("untimed")

# The browser tests need what `.[dev]` installs; where that is missing they are not collected. CI
# asks for them by their marker, and pytest fails when it finds none.
collect_ignore = [] if find_spec("playwright") else ["browser"]


@dataclass(frozen=True)
class Ran:
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _speak_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("HOABAN_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(autouse=True, scope="session")
def _work_with_one_worker() -> Iterator[None]:
    """Start one worker process where a test asks for no number: each costs half a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOABAN_JOBS", "1")
        yield


class _KeptRunner:
    """Hands jobs to one child for a whole session; in life each command has a child of its own."""

    def __init__(self, runner: IsolatedRunner) -> None:
        self.run = runner.run

    def close(self) -> None:
        """Leave the child to the next command."""


@pytest.fixture(autouse=True, scope="session")
def _keep_the_child_that_names_formats() -> Iterator[None]:
    runner = IsolatedRunner()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(naming, "IsolatedRunner", lambda: _KeptRunner(runner))
        yield
    runner.close()


def run_command(*arguments: str | os.PathLike[str], cwd: Path | None = None) -> Ran:
    """Run ``hoaban`` in this process, as its script does, from the folder ``cwd``."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        if cwd is not None:
            patch.chdir(cwd)
        with pytest.raises(SystemExit) as exited:
            cli.main([os.fspath(argument) for argument in arguments])
    code = exited.value.code
    return Ran(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


@pytest.fixture
def run() -> Run:
    """Give the function that runs ``hoaban``."""
    return run_command
