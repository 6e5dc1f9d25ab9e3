"""Making derivatives again from the store, where the settings would give others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.catalogue import Catalogue, CatalogueItem
from archive.job_table import BatchKind
from archive.lock import write_lock
from archive.opening import Archive
from archive.store import Store
from pipeline.choosing import ChooseRecord, choose_all
from pipeline.derivative_sets import (
    finish_derivatives,
    make_derivatives,
    needs_derivatives,
    wanted_recipe,
)
from pipeline.indexing import update_index
from pipeline.progress import OnProgress, ignore_progress
from pipeline.refresh import refresh_from_store
from schemas.derivatives import DERIVATIVES_NAME, DerivativeSet
from schemas.events import utc_text
from schemas.findings import Finding, has_errors


@dataclass(frozen=True)
class RemakeReport:
    """What was made again.

    Attributes:
        made: Ids of items with a new set, sorted.
        current: Number of items whose set is as the settings say.
        set_aside: Number of items whose masters could not be read; their old set stays.
        findings: What was found in masters.
    """

    made: tuple[str, ...]
    current: int
    set_aside: int
    findings: tuple[Finding, ...]

    @property
    def is_partial(self) -> bool:
        """Say whether a set could not be made."""
        return self.set_aside > 0 or has_errors(self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data, its sentences in the current language."""
        return {
            "made": self.made,
            "current": self.current,
            "set_aside": self.set_aside,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True)
class RemakePlan:
    """What ``remake`` would do.

    Attributes:
        wanted: Recipe of the set each item would get, by item id, in the order of the work.
        current: Number of items whose set is as the settings say.
    """

    wanted: dict[str, str]
    current: int

    def to_json(self) -> dict[str, Any]:
        """Return the plan as plain JSON data."""
        return {"would_make": sorted(self.wanted), "current": self.current}


def plan_remake(
    archive: Archive, *, again: bool = False, choose: ChooseRecord = choose_all
) -> RemakePlan:
    """Say what ``remake`` would make, by the catalogue as it is, and write nothing.

    Raises:
        CatalogueError: The catalogue is missing or damaged.
    """
    with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
        return _plan(archive, catalogue, again=again, choose=choose)


def remake(
    archive: Archive,
    *,
    now: Callable[[], datetime],
    again: bool = False,
    choose: ChooseRecord = choose_all,
    on_progress: OnProgress = ignore_progress,
) -> RemakeReport:
    """Make the derivatives that are missing, and with ``again`` those of another recipe too.

    An interrupted run goes on when it is called again: a set that stands has its recipe in it.

    Args:
        archive: The archive, with the settings as they are now.
        now: The clock.
        again: Make sets again whose recipe is not the one the settings and libraries give now.
        choose: Says which items are meant.
        on_progress: Told after each item.

    Raises:
        StoreBusyError: Another process is writing to the archive.
        StoreWriteError: The disk refuses; what was made before stays.
    """
    with write_lock(archive.layout), Catalogue.open(archive.layout.catalogue) as catalogue:
        store = Store(archive.layout)
        store.recover()
        refreshed = refresh_from_store(archive.layout, store, catalogue)
        plan = _plan(archive, catalogue, again=again, choose=choose)
        batch = catalogue.work.start_batch(BatchKind.DERIVE, utc_text(now()))
        made = make_derivatives(
            archive, catalogue, store, plan.wanted, batch=batch, now=now, on_progress=on_progress
        )
        update_index(archive, catalogue, refreshed.item_ids | made.item_ids)
        finish_derivatives(catalogue, now)
        set_aside = len(plan.wanted) - len(made.item_ids)
    findings = (*refreshed.findings, *made.findings)
    return RemakeReport(tuple(sorted(made.item_ids)), plan.current, set_aside, findings)


def _plan(
    archive: Archive, catalogue: Catalogue, *, again: bool, choose: ChooseRecord
) -> RemakePlan:
    wanted: dict[str, str] = {}
    current = 0
    for item in catalogue.iter_items():
        if choose(item.record):
            recipe = wanted_recipe(archive, item)
            if _is_wanted(archive, item, recipe, again=again):
                wanted[item.item_id] = recipe
            else:
                current += 1
    return RemakePlan(wanted, current)


def _is_wanted(archive: Archive, item: CatalogueItem, recipe: str, *, again: bool) -> bool:
    made = item.derivatives
    if made is None or needs_derivatives(archive, item) or not _is_there(archive, made):
        return True
    return again and made.recipe != recipe


def _is_there(archive: Archive, made: DerivativeSet) -> bool:
    """Say whether a set stands with all its pictures and recordings; tiles are not looked for."""
    folder = archive.layout.derivatives_of(made.item_id)
    files = (folder / canvas.key / name for canvas in made.canvases for name in canvas.file_names)
    return (folder / DERIVATIVES_NAME).is_file() and all(path.is_file() for path in files)
