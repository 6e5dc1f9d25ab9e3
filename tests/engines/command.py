"""``hoaban`` with another ``run_item``: ``python -m tests.engines.command DEED ARGUMENTS``."""

from __future__ import annotations

import sys

import cli
from pipeline import derivative_sets, ingest
from tests.engines import deeds

if __name__ == "__main__":
    deed = getattr(deeds, sys.argv[1])
    ingest.run_item = deed
    derivative_sets.run_item = deed
    cli.main(["--lang", "en", *sys.argv[2:]])
