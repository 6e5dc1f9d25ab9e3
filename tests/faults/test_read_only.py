"""Real folders that take no write: what must write there says so and goes on when it may.

What only reads there does its work. A folder takes no write when nobody has the right to, and when
it is on a write-protected disk; the second is mounted for the test.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.amount import PROTECTED_STEP
from tests.faults.deeds import masters
from tests.faults.protecting import AS_A_USER, without_rights, write_protected
from tests.faults.small_disk import is_where_it_may_mount, run_where_it_may_mount
from tests.faults.works import Work, assert_nothing_lost, make_works

ROOT = Path(__file__).parents[2]
ARCHIVE, INCOMING, TARGET = "the archive", "what comes in", "where it goes"
IN_THE_ARCHIVE = ("store", ".staging", "catalogue.db", "index", "derivatives", "site")
PLACES = (ARCHIVE, INCOMING, TARGET, *IN_THE_ARCHIVE)
# What each command cannot do its work without; everywhere else it only reads, or nothing at all.
WRITES = {
    "ingest": {ARCHIVE, "store", ".staging", "catalogue.db", "index", "derivatives"},
    "edit": {ARCHIVE, "store", ".staging", "catalogue.db", "index"},
    "undo": {ARCHIVE, "store", ".staging", "catalogue.db", "index"},
    "rebuild": {ARCHIVE, ".staging", "catalogue.db", "index", "derivatives"},
    "build": {ARCHIVE, ".staging", "catalogue.db"},
    "replicate": {TARGET},
    "export": {TARGET},
}
# A site that is put in the place of the old one needs no right there, and replaces no whole disk.
REPLACES = {"rebuild": {"site"}, "build": {"site"}}
# The words of the system, which speaks English to everybody.
ENGLISH = ("permission denied", "read-only", "readonly", "resource busy")
# Of a file that is on a write-protected disk it is not said that a right is missing.
PROTECTED_VI = "chống ghi"
TO_DO = ("make it writable", "rights", "you may write", "right to write", "keep the whole archive")


@dataclass(frozen=True)
class Case:
    """A command, what it finds protected, and how.

    Attributes:
        work: Name of the command.
        place: What takes no write.
        protect: What takes its writes away for a while.
    """

    work: str
    place: str
    protect: Callable[[Path], AbstractContextManager[None]]

    @property
    def is_refused(self) -> bool:
        is_disk = self.protect is write_protected
        replaces = REPLACES.get(self.work, set()) if is_disk else set()
        return self.place in WRITES[self.work] | replaces


CASES = [Case(*case) for case in product(WRITES, PLACES, (without_rights, write_protected))]


def make_room(work: Work, folder: Path) -> tuple[Path, Path]:
    """Return a copy of the archive with all its folders, and a folder for what is made of it."""
    archive, target = folder / "archive", folder / "target"
    shutil.copytree(work.archive, archive)
    for place in IN_THE_ARCHIVE:
        if place != "catalogue.db":
            (archive / place).mkdir(exist_ok=True)
    target.mkdir()
    return archive, target


def check_case(run: Run, case: Case, work: Work, incoming: Path, folder: Path) -> object:
    """Run the command, first where it may not write; return what it made in the end."""
    archive, target = make_room(work, folder)
    known = masters(archive)
    named = {ARCHIVE: archive, INCOMING: incoming, TARGET: target}
    place = named.get(case.place, archive / case.place)
    arguments = work.arguments(archive, target)
    with case.protect(place):
        ran = run("--lang", "vi" if case.protect is write_protected else "en", *arguments)
    assert ran.code == (9 if case.is_refused else 0), (case, ran)
    assert_nothing_lost(archive, known)
    if case.is_refused:
        said = ran.err.lower()
        assert str(place).lower() in said, (case, ran.err)
        assert not [words for words in ENGLISH if words in said], (case, ran.err)
        if case.protect is without_rights:
            assert any(words in said for words in TO_DO), (case, ran.err)
        elif case.place == "catalogue.db":
            assert PROTECTED_VI in said, (case, ran.err)
        again = run(*arguments)
        assert again.code == 0, (case, again)
        assert_nothing_lost(archive, known)
    if work.is_there:
        assert not any(path.is_file() for path in (archive / ".staging").rglob("*")), case
    return work.result(archive, target)


@pytest.mark.slow
def test_a_command_in_a_protected_folder_says_so_and_ends_when_it_is_not(
    run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not is_where_it_may_mount():
        inside = tmp_path / "inside"
        run_where_it_may_mount(request.node.nodeid, ROOT, inside, prefix=AS_A_USER)
        return
    works: Mapping[str, Work] = make_works(tmp_path / "deeds")
    wanted: dict[str, object] = {}
    for number, case in enumerate(CASES[::PROTECTED_STEP]):
        work = works[case.work]
        if case.work not in wanted:
            archive, target = make_room(work, tmp_path / f"calm-{case.work}")
            assert run(*work.arguments(archive, target)).code == 0
            wanted[case.work] = work.result(archive, target)
        folder = tmp_path / str(number)
        made = check_case(run, case, work, tmp_path / "deeds" / "delivery", folder)
        assert made == wanted[case.work], case
        shutil.rmtree(folder)
