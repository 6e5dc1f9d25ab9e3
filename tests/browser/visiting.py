"""A page that a test visits, and everything that went wrong in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

_PATIENCE_MS = 10_000
# Of a condition that a busy machine brings about in its own time.
_PATIENCE_S = 30


@dataclass
class Visit:
    """A page open in the browser, and what it asked for.

    Attributes:
        page: The page.
        root: Where the site is, without a final slash.
        wrong: Warnings, errors and files that are not there.
    """

    page: Page
    root: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Open another page of the site."""
        self.page.goto(f"{self.root}/{path}")

    def check(self) -> None:
        """Say that nothing went wrong, and that axe finds no barrier of any severity."""
        assert self.wrong == []
        # Without preloading: reading style sheets again is refused on pages from a disk.
        found = Axe().run(self.page, options={"preload": False})
        assert not found.violations_count, found.generate_report()


def wait_until(page: Page, question: str, argument: object = None) -> None:
    """Wait until a question to a page is answered by something true.

    Playwright's own waiting asks again from within the page, which the pages' policy forbids.
    """
    patience = time.monotonic() + _PATIENCE_S
    while not page.evaluate(question, argument):
        assert time.monotonic() < patience, question
        page.wait_for_timeout(50)


def load_changed(page: Page, address: str, changes: dict[str, str]) -> None:
    """Let a page load a script in which something is exchanged, all of which it has."""

    def change(route: Route) -> None:
        text = route.fetch().text()
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        route.fulfill(body=text, content_type="text/javascript")

    page.route(address, change)


@contextmanager
def held_back(page: Page, address: str) -> Iterator[Callable[[], None]]:
    """Hold back what a page asks for at an address; give what waits until it has asked."""
    held: list[Route] = []

    def wait_for_it() -> None:
        patience = time.monotonic() + _PATIENCE_S
        while not held:
            assert time.monotonic() < patience, address
            page.wait_for_timeout(50)

    page.route(address, lambda route: held.append(route))
    yield wait_for_it
    page.unroute(address)
    for route in held:
        route.continue_()


@contextmanager
def visiting(chromium: Browser, root: str, path: str, **options: Any) -> Iterator[Visit]:
    """Open a page of a site for as long as the block lasts."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(_PATIENCE_MS)
    visit = Visit(context.new_page(), root)
    visit.page.on("console", lambda said: _hear(visit, said))
    visit.page.on("pageerror", lambda error: visit.wrong.append(str(error)))
    visit.page.on(
        "response",
        lambda answer: (
            visit.wrong.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None
        ),
    )
    visit.go(path)
    try:
        yield visit
    finally:
        context.close()


def _hear(visit: Visit, said: Any) -> None:
    if said.type in ("error", "warning"):
        visit.wrong.append(said.text)
