"""What these tests share."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _without_quality_control(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the tiny drawn scans of these tests would be told of."""
    monkeypatch.setattr("archive.config.QualitySettings.wanted", None)
    monkeypatch.setattr("pipeline.ingest.tell_look_alikes", lambda *_: [])
