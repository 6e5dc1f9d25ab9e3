"""An audit in parts, by chance, oldest first, interrupted and gone on with; and its reports."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from archive import fixity
from archive.audit_log import iter_past_audits, last_audited
from archive.lock import audit_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.audit import AuditReport, audit
from pipeline.audit_choice import AuditChoice
from schemas.errors import SourceError, StoreBusyError
from tests.archive.replica_samples import Clock, files_of, flip, make_archive
from tests.faults.amount import CHANGED_BYTES

ITEMS = 12


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return make_archive(tmp_path_factory.mktemp("template") / "a", items=ITEMS)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The items that are read, in order."""
    seen: list[str] = []
    original = fixity.audit_item

    def audit_item(store, item_id, **options):
        seen.append(item_id)
        return original(store, item_id, **options)

    monkeypatch.setattr(fixity, "audit_item", audit_item)
    return seen


class InterruptedAfter:
    """Presses Ctrl-C when so many items were read."""

    def __init__(self, items: int) -> None:
        self.items = items

    def __call__(self, progress) -> None:
        if progress.done >= self.items:
            raise KeyboardInterrupt


def interrupted(archive: Archive, clock: Clock, items: int, **choice) -> None:
    with pytest.raises(KeyboardInterrupt):
        audit(
            archive,
            now=clock,
            choice=AuditChoice(readers=1, **choice),
            on_progress=InterruptedAfter(items),
        )


def test_everything_is_read_and_noted(archive: Archive, read: list[str]) -> None:
    report = audit(archive, now=Clock())
    files = files_of(archive.layout)
    assert (report.items, report.items_in_store) == (ITEMS, ITEMS)
    assert report.files == len(files)
    assert report.size_bytes == sum(path.stat().st_size for path in files)
    assert report.is_whole
    assert sorted(read) == sorted(Store(archive.layout).iter_item_ids())
    (past,) = iter_past_audits(archive.layout)
    assert set(past.results) == set(read)
    assert past.event is not None
    assert past.event.outcome == "success"
    assert f"files={len(files)}" in past.event.detail


def test_an_interrupted_audit_goes_on_where_it_was(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    interrupted(archive, clock, 5)
    first = set(last_audited(archive.layout))
    assert len(first) == 5
    read.clear()
    report = audit(archive, now=clock)
    assert first.isdisjoint(read)
    assert (report.items, report.resumed) == (ITEMS, 5)
    assert report.files == len(files_of(archive.layout))
    assert len(list(iter_past_audits(archive.layout))) == 1


def test_after_a_week_or_anew_it_begins_again(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    interrupted(archive, clock, 5)
    read.clear()
    assert audit(archive, now=clock, choice=AuditChoice(is_anew=True)).resumed == 0
    interrupted(archive, clock, 5)
    clock.leap(days=8)
    assert audit(archive, now=clock).resumed == 0


def test_a_finished_audit_is_not_gone_on_with(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    audit(archive, now=clock)
    read.clear()
    assert audit(archive, now=clock).resumed == 0
    assert len(read) == ITEMS


@pytest.mark.leaves_damage("only found, not mended", "archive")
def test_what_was_damaged_before_the_interruption_is_read_again(
    archive: Archive, read: list[str]
) -> None:
    clock = Clock()
    for path in files_of(archive.layout):
        if path.suffix == ".tif":
            flip(path, random.Random(1))
    interrupted(archive, clock, 5)
    read.clear()
    report = audit(archive, now=clock)
    assert len(read) == ITEMS
    assert len(report.problems) == ITEMS + 1  # the first item has two


def test_a_sample_is_so_large_and_another_each_time(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    chosen = set()
    for _number in range(6):
        read.clear()
        report = audit(archive, now=clock, choice=AuditChoice(sample_percent=25))
        assert (report.items, report.items_in_store) == (3, ITEMS)
        assert not report.is_whole
        chosen.add(frozenset(read))
    assert len(chosen) > 1


def test_an_interrupted_sample_goes_on_with_the_same_items(
    archive: Archive, read: list[str]
) -> None:
    clock = Clock()
    interrupted(archive, clock, 2, sample_percent=50.0)
    report = audit(archive, now=clock, choice=AuditChoice(sample_percent=50))
    assert (report.items, report.resumed) == (6, 2)


def test_the_oldest_are_read_in_turn_until_all_were(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    for _number in range(3):
        assert audit(archive, now=clock, choice=AuditChoice(oldest=4)).items == 4
    assert sorted(read) == sorted(Store(archive.layout).iter_item_ids())
    first = read[:4]
    read.clear()
    audit(archive, now=clock, choice=AuditChoice(oldest=4))
    assert sorted(read) == sorted(first)


def test_an_interrupted_oldest_reads_its_number_in_all(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    interrupted(archive, clock, 3, oldest=6)
    report = audit(archive, now=clock, choice=AuditChoice(oldest=6))
    assert (report.items, report.resumed) == (6, 3)


def test_the_times_survive_the_loss_of_the_catalogue(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    audit(archive, now=clock, choice=AuditChoice(oldest=6))
    first = set(read)
    for path in archive.layout.root.glob("catalogue.db*"):
        path.unlink()
    read.clear()
    report = audit(archive, now=clock, choice=AuditChoice(oldest=6))
    assert first.isdisjoint(read)
    assert not report.knows_all


def test_a_limit_of_time_stops_and_the_next_goes_on(archive: Archive, read: list[str]) -> None:
    clock = Clock()
    times = iter(range(1000))
    choice = AuditChoice(time_s=12, readers=1)
    report = audit(archive, now=clock, choice=choice, clock=lambda: float(next(times)))
    assert 0 < report.items < ITEMS
    assert report.left == ITEMS - report.items
    first = set(last_audited(archive.layout))
    read.clear()
    audit(archive, now=clock, choice=AuditChoice(time_s=1e6))
    assert first.isdisjoint(read[: ITEMS - len(first)])
    assert len(read) == ITEMS


def test_only_some_items_by_number_or_pattern(archive: Archive, read: list[str]) -> None:
    assert audit(archive, now=Clock(), choice=AuditChoice(only=("T-1*",))).items == 3
    assert sorted(read) == ["t-1", "t-10", "t-11"]
    with pytest.raises(SourceError, match="No item is called"):
        audit(archive, now=Clock(), choice=AuditChoice(only=("X-1",)))


@pytest.mark.leaves_damage("only found, not mended", "archive")
def test_a_part_still_finds_strays_the_root_and_items_that_are_gone(archive: Archive) -> None:
    store = Store(archive.layout)
    flip(archive.layout.store / "ocfl_layout.json", random.Random(1))
    (archive.layout.store / "note.txt").write_bytes(b"x")
    shutil.rmtree(store.folder_of("t-3"))
    report = audit(archive, now=Clock(), choice=AuditChoice(only=("T-1",)))
    kinds = {problem.path.rsplit("/", 1)[-1]: problem.kind.value for problem in report.problems}
    assert kinds["ocfl_layout.json"] == "changed"
    assert kinds["note.txt"] == "extra"
    assert kinds["hoaban%3at-3"] == "missing"


def test_two_audits_at_once_do_not_mix_their_logs(archive: Archive) -> None:
    with audit_lock(archive.layout), pytest.raises(StoreBusyError, match="Another audit"):
        audit(archive, now=Clock())


def test_an_archive_whose_log_cannot_be_written_is_still_read(archive: Archive) -> None:
    archive.layout.audits.write_bytes(b"a file in the way")
    report = audit(archive, now=Clock())
    assert (report.items, report.problems, report.log) == (ITEMS, (), "")


def test_a_rate_holds_the_reading_back(archive: Archive) -> None:
    import time

    size = sum(path.stat().st_size for path in files_of(archive.layout))
    began = time.monotonic()
    audit(archive, now=Clock(), choice=AuditChoice(max_bytes_per_s=size / 0.5))
    assert time.monotonic() - began > 0.4


@pytest.mark.leaves_damage("only found, not mended", "archive")
def test_readers_give_the_same_report(archive: Archive) -> None:
    flip(next(path for path in files_of(archive.layout) if path.suffix == ".tif"), random.Random(1))
    problems = {
        audit(archive, now=Clock(), choice=AuditChoice(readers=readers)).problems
        for readers in (1, 2, 5)
    }
    assert len(problems) == 1


def damages(archive: Archive, number: int) -> None:
    """Change one byte a time, somewhere, and look whether exactly that is found."""
    dice = random.Random(number)
    store = Store(archive.layout)
    files = files_of(archive.layout)
    for _round in range(number):
        path = dice.choice(files)
        good = path.read_bytes()
        position = dice.randrange(len(good))
        changed = bytearray(good)
        changed[position] ^= dice.randrange(1, 256)
        path.write_bytes(bytes(changed))
        found = {
            problem.path.removesuffix(".sha512")
            for result in fixity.iter_audit(store)
            for problem in result.problems
        }
        name = path.relative_to(archive.layout.store).as_posix().removesuffix(".sha512")
        assert found == {name}, (position, changed[position])
        path.write_bytes(good)


def test_two_hundred_changed_bytes_are_found(tmp_path: Path) -> None:
    damages(make_archive(tmp_path / "a", items=2), 200)


@pytest.mark.slow
def test_thousands_of_changed_bytes_are_found(tmp_path: Path) -> None:
    damages(make_archive(tmp_path / "a", items=1), CHANGED_BYTES)


@pytest.mark.slow
def test_a_thousand_missing_and_extra_files_are_found(tmp_path: Path) -> None:
    archive = make_archive(tmp_path / "a", items=2)
    store, dice = Store(archive.layout), random.Random(9)
    files = files_of(archive.layout)
    for number in range(1000):
        path = dice.choice(files)
        good = path.read_bytes()
        extra = path.with_name(f"{number}.x")
        if number % 2:
            path.unlink()
        else:
            extra.write_bytes(good)
        assert any(result.problems for result in fixity.iter_audit(store)), path
        extra.unlink(missing_ok=True)
        path.write_bytes(good)


def test_the_report_is_plain_json(archive: Archive) -> None:
    report: AuditReport = audit(archive, now=Clock())
    data = json.loads(json.dumps(report.to_json()))
    assert data["is_intact"] is True
    assert data["started_at"] < data["finished_at"]
    assert data["agent"].startswith("Hoa Ban")
