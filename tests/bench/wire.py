"""A page in Chromium without a cache, and the gzipped bytes that come to it over http."""

from __future__ import annotations

import gzip
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar


class Sent(int):
    """The length of a file as it was sent, and the path it was asked for by."""

    path: str

    def __new__(cls, length: int, path: str) -> Sent:
        """Make one of a length in bytes and a path."""
        made = super().__new__(cls, length)
        made.path = path
        return made


@cache
def chromium() -> str:
    """Return the browser."""
    path = os.environ.get("HOABAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        raise SystemExit("no Chromium here")
    return path


@contextmanager
def hosted(folder: Path) -> Iterator[tuple[Any, str, list[Sent]]]:
    """Host a folder for as long as the block lasts.

    Yields:
        A page, the address of the folder's index page, and the list that the length of every
        file but that page is added to as it is sent.
    """
    from playwright.sync_api import sync_playwright

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            page = browser.new_page()
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.setCacheDisabled", {"cacheDisabled": True})
            yield page, f"http://127.0.0.1:{server.server_port}/index.html", _Handler.sent
            browser.close()
        server.shutdown()


@lru_cache(maxsize=1000)
def _gzipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


class _Handler(SimpleHTTPRequestHandler):
    """Serves files gzipped and counts what it sends but the page itself."""

    sent: ClassVar[list[Sent]] = []

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = _gzipped(path)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        # A page that is left needs nothing more.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(data)
        if path.name != "index.html":
            self.sent.append(Sent(len(data), self.path))

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""
