"""OAI-PMH over HTTP: ``/oai`` of ``hoaban serve``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.oai import Provider
from pipeline.followed import FollowedArchive
from pipeline.harvest import OAI_PATH, HarvestedArchive, can_be_harvested, harvest_key

_LONGEST_FORM_BYTES = 8192
# For programs, so in one language, as the rest of the protocol.
_NOTHING = "Nothing can be harvested yet: base_url or admin_email is not set.\n"


def oai_routes(archive: FollowedArchive, now: Callable[[], datetime]) -> list[Route]:
    """Return the route that answers harvesters.

    As long as the settings do not say where the archive is published, or whom to write to, it
    says that there is nothing to harvest.

    Raises:
        StoreWriteError: The secret that signs tokens cannot be kept.
    """
    provider: Provider | None = None
    making = Lock()

    def provided() -> Provider | None:
        nonlocal provider
        known = archive.current()
        if not can_be_harvested(known):
            return None
        with making:
            if provider is None:
                provider = Provider(HarvestedArchive(archive, now), harvest_key(known))
            return provider

    # A disk that refuses the key is told at the start, where somebody reads it.
    provided()

    async def answer(request: Request) -> Response:
        if (ready := await run_in_threadpool(provided)) is None:
            return Response(_NOTHING, 404, media_type="text/plain")
        query = request.url.query
        if request.method == "POST":
            form = await _body(request)
            if form is None:
                return Response("The form is too long.\n", 413, media_type="text/plain")
            query = form
        # Given decoded: a form and an address are written alike.
        pairs = parse_qsl(query, keep_blank_values=True)
        document = await run_in_threadpool(ready.answer, pairs, now())
        headers = {"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}
        return Response(document, media_type="text/xml", headers=headers)

    return [Route(OAI_PATH, answer, methods=["GET", "POST"])]


async def _body(request: Request) -> str | None:
    """Return the form of a request, or None where it is longer than any right one."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > _LONGEST_FORM_BYTES:
            return None
    return body.decode("utf-8", "replace")
