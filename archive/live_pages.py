"""Pages that load themselves again when the site was built anew; only while somebody edits it.

Nothing of this is in the site: a script is put into each page as it is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

LIVE_PATH = "/_live"
_NEVER_KEPT = {"Cache-Control": "no-store"}
_BODY_END = b"</body>"

_SCRIPT = """\
(function () {
  "use strict";
  var number = Number(document.currentScript.dataset.number);
  var told = null;
  function show(trouble) {
    if (!told) {
      told = document.createElement("div");
      told.setAttribute("role", "alert");
      told.style.cssText = "position:fixed;inset:auto 1rem 1rem;padding:1rem;z-index:9999;" +
        "background:#7a1f1f;color:#fff;white-space:pre-wrap;font:1rem/1.4 sans-serif";
      document.body.appendChild(told);
    }
    told.textContent = trouble;
    told.hidden = !trouble;
  }
  function ask() {
    fetch("/_live", { cache: "no-store" }).then(function (answer) {
      return answer.json();
    }).then(function (state) {
      if (state.number !== number) { location.reload(); return; }
      show(state.trouble);
      setTimeout(ask, 500);
    }, function () { setTimeout(ask, 2000); });
  }
  ask();
})();
"""


@dataclass(frozen=True)
class LiveState:
    """How far the site is.

    Attributes:
        number: How often it was built since the server began.
        trouble: Why the last build failed, for people; or empty.
    """

    number: int = 0
    trouble: str = ""


class LivePages:
    """Puts the script into pages, and answers it."""

    def __init__(self, state: Callable[[], LiveState]) -> None:
        """Take what tells how far the site is."""
        self._state = state

    def page(self, path: Path, status: int) -> Response:
        """Return an HTML page with the script in it."""
        number = self._state().number
        content = path.read_bytes()
        before, end, after = content.rpartition(_BODY_END)
        script = f'<script src="{LIVE_PATH}.js" data-number="{number}"></script>'.encode()
        whole = before + script + end + after if end else content
        return Response(whole, status, _NEVER_KEPT, media_type="text/html")

    def routes(self) -> list[BaseRoute]:
        """Return what answers the script."""
        return [Route(LIVE_PATH, self._answer), Route(f"{LIVE_PATH}.js", _script)]

    async def _answer(self, _request: Request) -> Response:
        state = self._state()
        body = {"number": state.number, "trouble": state.trouble}
        return JSONResponse(body, headers=_NEVER_KEPT)


async def _script(_request: Request) -> Response:
    return Response(_SCRIPT, headers=_NEVER_KEPT, media_type="text/javascript")
