"""The one process that names formats: what it says, and what its death costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import naming, pronom
from pipeline.isolation import Limits
from pipeline.naming import name_formats
from pipeline.pronom import FormatName, name_format, name_format_apart
from pipeline.work import run_item
from tests.imaging.making import AT, DATA, chart, job_for

LIMITS = Limits(timeout_s=20, memory_limit_mb=0)


def dies_over_the_second(outcome, job, *, at):
    if outcome.item_id == "item-2":
        os.kill(os.getpid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    return naming.add_names(outcome, job, at=at)


def hangs_over_the_second(outcome, job, *, at):
    if outcome.item_id == "item-2":
        time.sleep(60)
    return naming.add_names(outcome, job, at=at)


def outcomes(folder: Path, *names: str):
    for number, name in enumerate(names, start=1):
        job = job_for(folder / str(number), DATA / name)
        yield replace(run_item(job, at=AT), item_id=f"item-{number}")


def scans_of(_item_id):
    return job_for(Path(), DATA / "lab.tif").scans


def test_staged_masters_get_the_names_of_pronom(tmp_path):
    (named,) = name_formats(
        outcomes(tmp_path, "pil_sample_cmyk.jpg"), scans_of, limits=LIMITS, at=AT
    )

    (technical,) = named.technical
    assert (technical.puid, technical.mime_type) == ("fmt/41", "image/jpeg")
    (event,) = [event for event in named.events if event.type.value == "format identification"]
    assert event.agent.startswith("siegfried ")
    assert event.detail == f"puid=fmt/41 format={technical.format_name}"


@pytest.mark.parametrize(
    ("deed", "limits", "reason"),
    [
        (dies_over_the_second, LIMITS, "SIGKILL" if sys.platform != "win32" else "exit code"),
        pytest.param(
            hangs_over_the_second,
            Limits(timeout_s=5, memory_limit_mb=0),
            "5 seconds",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_death_over_one_file_costs_that_item_only(deed, limits, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(naming, "add_names", deed)

    named = list(
        name_formats(
            outcomes(tmp_path, "lab.tif", "lab.tif", "lab.tif"), scans_of, limits=limits, at=AT
        )
    )

    assert [outcome.is_set_aside for outcome in named] == [False, True, False]
    (finding,) = named[1].findings
    assert (finding.code, finding.path) == ("SCAN-worker-failed", "lab.tif")
    assert reason in finding.message("en")


def test_a_file_alone_is_named_the_same_apart(tmp_path):
    chart().save(tmp_path / "scan.tif")

    assert name_format_apart(tmp_path / "scan.tif") == name_format(tmp_path / "scan.tif")


def test_a_file_that_cannot_be_named_apart_has_no_name(tmp_path, monkeypatch):
    assert name_format_apart(tmp_path / "missing.tif") == FormatName()

    (tmp_path / "scan.bin").write_bytes(b"?")
    monkeypatch.setattr(pronom, "_LONGEST_S", 0)
    assert name_format_apart(tmp_path / "scan.bin") == FormatName()


def test_a_worker_needs_no_signatures(tmp_path):
    script = (
        "import sys; from pathlib import Path; from tests.imaging.making import *;"
        "job = job_for(Path(sys.argv[1]), DATA / 'lab.tif');"
        "assert run_item(job, at=AT).derivatives; assert 'pygfried' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path / "s"], check=True)
