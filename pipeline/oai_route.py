"""OAI-PMH over HTTP: ``/oai`` of ``hoaban serve``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from archive.oai import Provider
from archive.opening import Archive
from pipeline.harvest import OAI_PATH, HarvestedArchive, harvest_key

_LONGEST_FORM_BYTES = 8192


def oai_routes(archive: Archive, now: Callable[[], datetime]) -> list[Route]:
    """Return the route that answers harvesters.

    Raises:
        ConfigError: The settings do not say where the archive is published, or whom to write to.
        StoreWriteError: The secret that signs tokens cannot be kept.
    """
    provider = Provider(HarvestedArchive(archive, now), harvest_key(archive))

    async def answer(request: Request) -> Response:
        query = request.url.query
        if request.method == "POST":
            form = await _body(request)
            if form is None:
                return Response("The form is too long.\n", 413, media_type="text/plain")
            query = form
        # Given decoded: a form and an address are written alike.
        pairs = parse_qsl(query, keep_blank_values=True)
        document = await run_in_threadpool(provider.answer, pairs, now())
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
