"""Which engine carries the jobs: worker processes here, or workers on other computers."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain

from archive.layout import Layout
from archive.opening import Archive
from pipeline.engine import run_jobs
from pipeline.failures import Work
from pipeline.jobs import Job, Outcome


def carry(archive: Archive, function: Work, jobs: Iterable[Job]) -> Iterator[Outcome]:
    """Run ``function`` on every job with the engine of the archive's settings.

    What an outcome staged may be used until the next outcome is asked for.

    Args:
        archive: Whose settings say how, and whose staging is shared with other computers.
        function: A module's own function or a ``functools.partial`` of one.
        jobs: Taken as workers become free, a small window ahead.

    Raises:
        HoabanError: What ``function`` raises on purpose: a full disk is no item's fault.
        DependencyError: The workers cannot be started or reached.
        ConfigError: The settings do not say where the workers are, or not safely.
    """
    _drop_remote_staging(archive.layout)
    jobs = iter(jobs)
    first = next(jobs, None)
    if first is None:
        return iter(())
    jobs = chain((first,), jobs)
    settings = archive.settings
    if settings.engine == "dask":
        from pipeline.engine_dask import run_jobs_on_dask

        return run_jobs_on_dask(archive, function, jobs)
    return run_jobs(
        function,
        jobs,
        workers=settings.jobs,
        timeout_s=settings.item_timeout_s,
        memory_limit_mb=settings.memory_limit_mb,
    )


def _drop_remote_staging(layout: Layout) -> None:
    """Remove what a run that was killed had staged; workers that still write there then stop.

    They may add a file while it is removed: what stays is dropped by the next run.
    """
    shutil.rmtree(layout.remote_staging, ignore_errors=True)
