"""Chromium, and a site made for it."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def chromium():
    """Return a running Chromium that asks nothing of the network by itself."""
    path = os.environ.get("HOABAN_CHROMIUM") or shutil.which("chromium")
    assert path, "no Chromium: install it, or name it in HOABAN_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
