"""Show the site on this computer as a web host will: ranges, right types, no folder listings."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from archive.live_pages import LivePages
from schemas.errors import ConfigError
from schemas.messages import _

# Given here and not asked of the system: Windows' registry calls .js what it likes.
_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".md": "text/plain",
}
_HEADERS = {
    # IIIF viewers on other sites may read our manifests and tiles; all of it is public.
    "Access-Control-Allow-Origin": "*",
    # Ask again, but take "not modified" for an answer: a rebuilt site shows at once.
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


# Named by their contents, so a name never gets others: a browser need not even ask. A week and no
# longer, because the names are short.
_NAMED_BY_CONTENT = re.compile(r"search/shards/.+\.js")
_KEPT = "public, max-age=604800, immutable"


class _SiteFiles(StaticFiles):
    """Static files with our types and headers, and pages that load themselves again if wanted."""

    def __init__(self, site: Path, live: LivePages | None) -> None:
        super().__init__(directory=site, html=True)
        self._site = site
        self._live = live

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        path = Path(full_path)
        # Before anything else: "not modified" would keep a page without the script.
        if self._live and path.suffix == ".html":
            return self._live.page(path, status_code)
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_HEADERS)
        if _NAMED_BY_CONTENT.fullmatch(path.relative_to(self._site.resolve()).as_posix()):
            response.headers["Cache-Control"] = _KEPT
        if isinstance(response, FileResponse):
            kind = _TYPES.get(Path(response.path).suffix.lower(), "application/octet-stream")
            text = kind.startswith("text/") or kind.endswith(("json", "xml"))
            response.headers["content-type"] = f"{kind}; charset=utf-8" if text else kind
        return response


def check_site(site: Path) -> None:
    """Make sure that there is a site to show.

    Raises:
        ConfigError: There is none.
    """
    if not (site / "index.html").is_file():
        raise ConfigError(
            _("There is no site here yet."), remedy=_("Make it first: hoaban build"), path=site
        )


def make_app(
    site: Path, routes: Sequence[BaseRoute] = (), live: LivePages | None = None
) -> Starlette:
    """Return the application that shows the site.

    Args:
        site: The site's folder. It may be replaced while the application runs.
        routes: What is answered before the files of the site are looked at.
        live: Makes pages load themselves again, while somebody edits the site.

    Raises:
        ConfigError: There is no site.
    """
    check_site(site)
    more = live.routes() if live else []
    return Starlette(routes=[*routes, *more, Mount("/", _SiteFiles(site, live))])


def serve(
    site: Path,
    host: str = "127.0.0.1",
    port: int = 8000,
    routes: Sequence[BaseRoute] = (),
    live: LivePages | None = None,
) -> None:
    """Show the site until interrupted.

    Args:
        site: The site's folder.
        host: Address to listen on; by default only this computer can connect.
        port: Port to listen on.
        routes: What is answered before the files of the site are looked at.
        live: Makes pages load themselves again, while somebody edits the site.

    Raises:
        ConfigError: There is no site, or the address cannot be used.
    """
    app = make_app(site, routes, live)
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise ConfigError(
            _("Cannot listen on {host}, port {port}: {reason}.").format(
                host=host, port=port, reason=error.strerror or error
            ),
            remedy=_("Choose another port, for example: hoaban serve --port {port}").format(
                port=port + 1
            ),
        ) from error
    # The socket is opened here because uvicorn ends the whole program when it cannot.
    with listener:
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
