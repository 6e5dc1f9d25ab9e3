"""The logs of audits: they only grow, and a line that a crash cut off does no harm."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from archive.audit_log import begin_log, iter_past_audits, last_audited, resume_log
from archive.fixity import AuditResult, Problem, ProblemKind
from archive.layout import Layout
from schemas.events import Event, EventType
from tests.archive.replica_samples import Clock

RESULT = AuditResult("a-1", 3, 300, (Problem("x/y", ProblemKind.CHANGED, "aa", "bb"),))


def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def end(at: str) -> Event:
    return Event(type=EventType.FIXITY_CHECK, at=at, outcome="success", agent="Hoa Ban 0.1.0")


def test_what_was_noted_is_read_back(tmp_path: Path) -> None:
    clock = Clock()
    log = begin_log(layout(tmp_path), "all", clock)
    log.add(RESULT, clock())
    log.add_event(end("2026-11-22T08:00:09Z"))
    log.sync()
    (past,) = iter_past_audits(layout(tmp_path))
    assert past.name == "2026-11-22-080001"
    assert past.results == {"a-1": ("2026-11-22T08:00:02Z", RESULT)}
    assert past.event == end("2026-11-22T08:00:09Z")


def test_the_event_of_an_audit_is_that_of_premis(tmp_path: Path) -> None:
    clock = Clock()
    log = begin_log(layout(tmp_path), "all", clock)
    log.add_event(end("2026-11-22T08:00:09Z"))
    log.sync()
    event = json.loads(log.path.read_bytes().split(b"\n")[1])["event"]
    assert event["type"] == "fixity check"
    assert event["type_uri"] == "http://id.loc.gov/vocabulary/preservation/eventType/fix"


def test_two_audits_of_one_second_have_two_logs(tmp_path: Path) -> None:
    clock = Clock()
    names = [begin_log(layout(tmp_path), "all", lambda: clock.at).name for _ in range(3)]
    assert len(set(names)) == 3
    assert sorted(names) == names


def test_the_newest_time_of_each_item_counts(tmp_path: Path) -> None:
    clock = Clock()
    for item_id in ("a-1", "b-2", "a-1"):
        log = begin_log(layout(tmp_path), "all", clock)
        log.add(AuditResult(item_id, 1, 1, ()), clock())
        log.sync()
        clock.leap(days=1)
    assert last_audited(layout(tmp_path)) == {
        "a-1": "2026-11-24T08:00:06Z",
        "b-2": "2026-11-23T08:00:04Z",
    }


def test_a_foreign_or_broken_file_among_the_logs_is_passed_over(tmp_path: Path) -> None:
    begin_log(layout(tmp_path), "all", Clock())
    for name, data in (
        ("x", b""),
        ("y", b"\xff\xfe"),
        ("z", b'{"format":"other"}\n'),
        ("w", b"[]"),
    ):
        (tmp_path / "audits" / f"{name}.jsonl").write_bytes(data)
    (tmp_path / "audits" / "folder.jsonl").mkdir()
    assert len(list(iter_past_audits(layout(tmp_path)))) == 1


@given(cut=st.integers(0, 400))
def test_a_log_cut_off_anywhere_can_be_gone_on_with(tmp_path_factory, cut: int) -> None:
    here = layout(tmp_path_factory.mktemp("log"))
    clock = Clock()
    log = begin_log(here, "all", clock)
    for number in range(3):
        log.add(AuditResult(f"a-{number}", 1, 1, ()), clock())
    log.sync()
    data = log.path.read_bytes()
    first = data.index(b"\n") + 1
    log.path.write_bytes(data[: first + cut])
    (past,) = iter_past_audits(here)
    kept = set(past.results)
    again = resume_log(past)
    again.add(AuditResult("b-9", 1, 1, ()), clock())
    again.sync()
    (after,) = iter_past_audits(here)
    assert set(after.results) == kept | {"b-9"}
