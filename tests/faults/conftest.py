"""The fault tests use the same items as the tests of the store."""

import sys

import pytest

# Only Linux lets a test mount a disk; what a full one does is simulated on every system.
collect_ignore = [] if sys.platform == "linux" else ["test_full_disk.py", "test_read_only.py"]


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the syncs: what a power cut does is modelled by test_store_power_cut."""
    from archive import durable

    monkeypatch.setattr(durable, "_sync", lambda handle: None)
    monkeypatch.setattr(durable, "_sync_folder", lambda folder: None)
