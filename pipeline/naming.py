"""Gives every staged master its PRONOM name, in one process beside the workers.

Promise: what is named is the staged copy itself, the bytes that go into the store; a crash or a
hang of siegfried costs its item one retry and then the item, never the batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from archive.config import DerivativeSettings
from pipeline.failures import TRIES, Failure, FailureKind, failed_outcome
from pipeline.isolation import IsolatedRunner, Limits
from pipeline.jobs import Job, Outcome, Scan
from pipeline.pronom import UNKNOWN, identifier_version, name_format
from schemas.errors import HoabanError
from schemas.events import Event, EventType
from schemas.technical import Technical

_log = logging.getLogger("hoaban.naming")


def name_formats(
    outcomes: Iterable[Outcome],
    scans_of: Callable[[str], tuple[Scan, ...]],
    *,
    limits: Limits,
    at: str,
) -> Iterator[Outcome]:
    """Give every outcome again, with what PRONOM calls the masters it staged.

    Args:
        outcomes: What the workers made.
        scans_of: Gives the scans of an item by its id.
        limits: Of time and memory for the scans of one item.
        at: The time that the events name, RFC 3339 in UTC.

    Raises:
        HoabanError: What ``outcomes`` raises.
    """
    runner = IsolatedRunner()
    try:
        for outcome in outcomes:
            if outcome.is_set_aside or not outcome.masters:
                yield outcome
                continue
            scans = scans_of(outcome.item_id)
            yield _named(runner, outcome, scans, limits, at)
    finally:
        runner.close()


def _named(
    runner: IsolatedRunner, outcome: Outcome, scans: tuple[Scan, ...], limits: Limits, at: str
) -> Outcome:
    job = Job(outcome.item_id, scans, Path(), DerivativeSettings())
    failure = Failure(FailureKind.ENDED)
    for _attempt in range(TRIES):
        answer = runner.run(partial(add_names, outcome, at=at), job, limits, _never)
        if isinstance(answer, Outcome):
            return answer
        if isinstance(answer, HoabanError):
            raise answer
        failure = answer or failure
    reason = failure.reason(timeout_s=limits.timeout_s, memory_limit_mb=limits.memory_limit_mb)
    _log.warning("%s: naming the format: %s", job.item_id, reason)
    return failed_outcome(job, reason)


def add_names(outcome: Outcome, job: Job, *, at: str) -> Outcome:
    """Return ``outcome``, which came of ``job``, with what PRONOM calls its masters.

    Raises:
        OSError: A staged master cannot be read.
    """
    staged = dict(outcome.masters)
    technical = tuple(_with_name(entry, staged[entry.path]) for entry in outcome.technical)
    known = {entry.path: entry for entry in technical}
    events: list[Event] = []
    for event in outcome.events:
        events.append(event)
        if event.type is EventType.MESSAGE_DIGEST_CALCULATION:
            events.append(_identification(known[event.path], at))
    return replace(outcome, technical=technical, events=tuple(events))


def _with_name(technical: Technical, master: Path) -> Technical:
    name = name_format(master)
    return replace(
        technical,
        puid=name.puid,
        format_name=name.name or technical.format_name,
        mime_type=name.mime_type or technical.mime_type,
    )


def _identification(technical: Technical, at: str) -> Event:
    return Event(
        EventType.FORMAT_IDENTIFICATION,
        at,
        "success" if technical.puid != UNKNOWN else "warning",
        identifier_version(),
        technical.path,
        f"puid={technical.puid} format={technical.format_name}",
    )


def _never() -> bool:
    return False
