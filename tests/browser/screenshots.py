"""Every kind of page at the widths of a telephone, a tablet and a desk, to be looked at.

``python -m tests.browser.screenshots FOLDER [SITE]`` writes the pictures into FOLDER, with a page
``index.html`` that shows them side by side. SITE is the folder of a built site; without it, the
sample archive is made and built. Wrong is also what no test sees: crowded, torn, out of line.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.site.serving import hosting

ROOT = Path(__file__).parent.parent.parent
SCREENS = {
    "phone": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
    "tablet": (820, 1180, "light"),
    "desk": (1280, 900, "light"),
}
_SETTLED_MS = 400
_STEP_MS = 100


def _zoom(page: Page) -> None:
    page.click(".zoom-open")
    page.wait_for_timeout(2 * _SETTLED_MS)


def _list(page: Page) -> None:
    page.click("[data-view=list]")


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    Attributes:
        name: What its pictures are called.
        pattern: Where one is, in the folder of a language: the first in order is taken.
        query: What follows its address.
        do: What is done on it before the picture.
    """

    name: str
    pattern: str
    query: str = ""
    do: Callable[[Page], None] | None = None


KINDS = (
    Kind("home", "index.html"),
    Kind("ways-in", "browse/index.html"),
    Kind("everything", "browse/1.html"),
    Kind("facet", "browse/*/index.html"),
    Kind("value", "browse/*/*/*.html"),
    Kind("timeline", "timeline.html"),
    Kind("map", "map.html"),
    Kind("item", "items/*/*.html"),
    Kind("zoom", "items/*/*.html", do=_zoom),
    Kind("search", "search.html"),
    Kind("search-list", "search.html", "?q=a", _list),
    Kind("search-nothing", "search.html", "?q=xyzzy"),
    Kind("stories", "stories/index.html"),
    Kind("story", "stories/[!i]*.html"),
    Kind("about", "about.html"),
    Kind("data", "data.html"),
)


def main(folder: Path, site: Path | None = None) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        site = site or stack.enter_context(sample_site())
        host = stack.enter_context(hosting(site))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("HOABAN_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        stack.callback(browser.close)
        languages = sorted(path.parent.name for path in site.glob("*/index.html"))
        taken = [
            name
            for lang in languages
            for kind in KINDS
            for name in _pictures(browser, host.address, site, lang, kind, folder)
        ]
    _write_sheet(folder, taken)
    sys.stdout.write(f"{len(taken)} pictures: {folder / 'index.html'}\n")


@contextlib.contextmanager
def sample_site() -> Iterator[Path]:
    """Make the sample archive, and give the folder of its site for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as scratch:
        museum = Path(scratch) / "museum"
        command = [sys.executable, "-m", "cli", "demo", str(museum)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        yield museum / "site"


def _pictures(
    browser: Browser, address: str, site: Path, lang: str, kind: Kind, folder: Path
) -> Iterator[str]:
    """Take the pictures of one kind of page, if the site has it, and give their names."""
    path = next(iter(sorted((site / lang).glob(kind.pattern))), None)
    if path is None:
        return
    for screen, (width_px, height_px, scheme) in SCREENS.items():
        context = browser.new_context(
            viewport={"width": width_px, "height": height_px},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{address}/{path.relative_to(site).as_posix()}{kind.query}")
        page.wait_for_load_state("networkidle")
        if kind.do is not None:
            kind.do(page)
        # Pictures further down load when they come into sight.
        for top_px in range(0, page.evaluate("document.body.scrollHeight"), height_px):
            page.evaluate("(top) => scrollTo(0, top)", top_px)
            page.wait_for_timeout(_STEP_MS)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(_SETTLED_MS)
        name = f"{lang}-{kind.name}-{screen}.png"
        page.screenshot(path=folder / name, full_page=kind.do is not _zoom)
        context.close()
        yield name


def _write_sheet(folder: Path, names: list[str]) -> None:
    figures = "\n".join(
        f'<figure><a href="{escape(name)}"><img src="{escape(name)}" loading="lazy" alt=""></a>'
        f"<figcaption>{escape(name.removesuffix('.png'))}</figcaption></figure>"
        for name in names
    )
    style = "main{display:flex;flex-wrap:wrap;gap:1rem;align-items:start}figure{margin:0}"
    style += "img{height:22rem;border:1px solid #999;object-fit:cover;object-position:top}"
    (folder / "index.html").write_text(
        f"<!DOCTYPE html><html lang=en><meta charset=utf-8><title>Pages</title>"
        f"<style>{style}</style><main>{figures}</main>\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
