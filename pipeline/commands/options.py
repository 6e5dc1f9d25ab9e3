"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.config import ENGINES
from pipeline.spoken_help import spoken_option
from schemas.messages import (
    N_,
)

if TYPE_CHECKING:
    pass


archive_option = spoken_option(
    "--archive",
    "archive_dir",
    type=click.Path(path_type=Path),
    envvar="HOABAN_ARCHIVE",
    help=N_("The archive's folder; by default the one you are in."),
)


json_option = spoken_option("--json", "as_json", is_flag=True, help=N_("Print JSON, for scripts."))


yes_option = spoken_option("--yes", "-y", is_flag=True, help=N_("Accept what would be asked."))


catalogue_option = spoken_option(
    "--catalogue",
    type=click.Path(path_type=Path),
    help=N_("The catalogue (.xlsx or .csv), when it is not found in SOURCE by itself."),
)


contact_sheet_option = spoken_option(
    "--contact-sheet",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("Write a page with every scan and its findings to FILE (.html), outside SOURCE."),
)


jobs_option = spoken_option(
    "--jobs",
    "-j",
    type=click.IntRange(0, 1024),
    help=N_("Worker processes; 0 means one a core. The setting jobs, if not given."),
)


only_option = spoken_option(
    "--only",
    multiple=True,
    metavar="PATTERN",
    help=N_("Only items with this inventory number or id; * and ? fit anything. May be repeated."),
)


engine_option = spoken_option(
    "--engine",
    type=click.Choice(ENGINES),
    help=N_("Who does the work: this computer, or dask workers. The setting engine, if not given."),
)


scheduler_option = spoken_option(
    "--scheduler",
    metavar="ADDRESS",
    help=N_("Address of the dask scheduler, as tls://192.168.1.10:8786."),
)
