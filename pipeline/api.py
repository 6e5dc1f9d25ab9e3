"""The JSON API of ``hoaban serve``: search, suggestions and items; ``docs/api.md`` explains it.

Promise: only what is public is ever answered, of items and of their fields; nothing is written.
Every error under ``/api/`` is JSON with a code, a sentence and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from archive.descriptions import public_description
from archive.opening import Archive
from archive.site.opensearch import OPENSEARCH_TYPE, opensearch_description
from pipeline.facet_names import FacetNames
from pipeline.find import labelled
from pipeline.followed import FollowedArchive
from pipeline.indexing import public_fields, thumbnail_of
from pipeline.public_index import PublicIndex
from schemas.crosswalks.iiif import manifest_path
from schemas.dublincore import Statement
from schemas.errors import HoabanError
from schemas.identifiers import item_page
from schemas.messages import LANGUAGES, _, speaking
from schemas.records import best_value
from search.answer import Order
from search.facets import Filters
from search.index import Hit

MOST_HITS = 100
MOST_PASSED_OVER = 10_000
MOST_SUGGESTIONS = 20
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FILTER = "filter."
_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_SEARCH_NAMES = frozenset({"q", "sort", "limit", "offset", "lang", "from", "to", "facets", "years"})


class Refused(Exception):  # noqa: N818  (an answer, not a defect)
    """A request that cannot be answered.

    Attributes:
        status: HTTP status.
        code: What is wrong, for programs.
        remedy: What to do.
    """

    def __init__(self, status: int, code: str, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.remedy = remedy


@dataclass(frozen=True)
class _Known:
    """What one request is answered by: an archive, and what its facets are called."""

    archive: Archive
    names: FacetNames


class Api:
    """Answers requests from the public items of one archive."""

    def __init__(self, archive: FollowedArchive, index: PublicIndex) -> None:
        """Prepare.

        Args:
            archive: The archive, as its settings and profile are when a request comes.
            index: Its public items.
        """
        self._followed = archive
        self._index = index
        self._last: _Known | None = None

    def routes(self) -> list[Route]:
        """Return the routes, to be asked before those of the site's files."""
        return [
            Route("/api/search", _answering(self._search)),
            Route("/api/suggest", _answering(self._suggest)),
            Route("/api/items/{item_id}", _answering(self._item)),
            Route("/api/{path:path}", _answering(_no_such_address), methods=_METHODS),
            Route("/api", _answering(_no_such_address), methods=_METHODS),
            Route("/{lang}/opensearch.xml", self._opensearch),
        ]

    def _known(self) -> _Known:
        """Return what to answer a request by."""
        archive, known = self._followed.current(), self._last
        if known is None or known.archive is not archive:
            known = _Known(archive, FacetNames(archive.profile, archive.tables))
            self._last = known
        return known

    def _search(self, request: Request) -> Mapping[str, Any]:
        known = self._known()
        asked = request.query_params
        for name in asked:
            if name not in _SEARCH_NAMES and not name.startswith(_FILTER):
                raise _bad("parameter", _("There is no parameter {name!r}.").format(name=name))
        query, lang = asked.get("q", ""), _lang(known.archive, request)
        limit = _number(request, "limit", 20, 0, MOST_HITS)
        offset = _number(request, "offset", 0, 0, MOST_PASSED_OVER)
        order = asked.get("sort", Order.RELEVANCE.value)
        if order not in set(Order):
            raise _bad("sort", _("sort is one of: {known}").format(known=", ".join(Order)))
        results = self._index.current().search(
            query,
            limit=limit,
            offset=offset,
            fields=public_fields(known.archive.profile),
            order=Order(order),
            filters=_filters(known.names, request),
            with_facets=_truth(request, "facets"),
            with_years=_truth(request, "years"),
            with_all=True,
        )
        answer: dict[str, Any] = {
            "query": query,
            "corrected": results.corrected,
            "total": results.total,
            "offset": offset,
            "hits": [self._hit(hit, lang, request) for hit in results.hits],
        }
        if _truth(request, "facets"):
            facets = labelled(known.archive, results.facets, lang)
            answer["facets"] = [asdict(facet) for facet in facets]
        if _truth(request, "years"):
            answer["years"] = [asdict(bar) for bar in results.years]
        if limit > 0 and offset + limit < min(results.total, MOST_PASSED_OVER + limit):
            others = [(k, v) for k, v in asked.multi_items() if k != "offset"]
            following = urlencode([*others, ("offset", str(offset + limit))])
            answer["next"] = f"{_root(request)}/api/search?{following}"
        return answer

    def _hit(self, hit: Hit, lang: str, request: Request) -> dict[str, Any]:
        titles = [Statement("title", text, tag) for tag, text in hit.titles]
        best = best_value(titles, lang)
        root = _root(request)
        return {
            "id": hit.item_id,
            "identifier": hit.identifier,
            "title": best.value if best else hit.identifier,
            "titles": [{"lang": tag, "text": text} for tag, text in hit.titles],
            "date": hit.date,
            "thumbnail": f"{root}/{quote(hit.thumbnail)}" if hit.thumbnail else "",
            "page": f"{root}/{lang}/{item_page(hit.item_id)}",
            "item": f"{root}/api/items/{quote(hit.item_id)}",
            "score": hit.score,
        }

    def _suggest(self, request: Request) -> Any:
        text = request.query_params.get("q", "")
        limit = _number(request, "limit", 8, 1, MOST_SUGGESTIONS)
        found = self._index.current().suggest(text, limit)
        if request.query_params.get("format") == "opensearch":
            return [text, [entry.text for entry in found]]
        return {"query": text, "suggestions": [asdict(entry) for entry in found]}

    def _item(self, request: Request) -> Mapping[str, Any]:
        item_id = request.path_params["item_id"]
        item = self._index.item(item_id)
        if item is None:
            raise Refused(
                404,
                "no-item",
                _("There is no public item {item_id!r}.").format(item_id=item_id),
                _("Find it by its number: /api/search?q=NUMBER"),
            )
        archive = self._known().archive
        lang, root, profile = _lang(archive, request), _root(request), archive.profile
        record = public_description(item.record, profile, archive.settings)
        fields = list(profile.of(record.kind))
        labels = {entry.name: entry.label(lang) for entry in fields}
        # What the archive says of all items comes from no field of theirs.
        of_terms = {entry.term: entry.label(lang) for entry in reversed(fields)}
        thumbnail = thumbnail_of(item)
        return {
            "id": item.item_id,
            "identifier": record.identifier,
            "kind": record.kind,
            "title": record.title(lang),
            "created": item.created_at,
            "updated": item.updated_at,
            "page": f"{root}/{lang}/{item_page(item.item_id)}",
            "thumbnail": f"{root}/{quote(thumbnail)}" if thumbnail else "",
            "manifest": f"{root}/{quote(manifest_path(item.item_id))}" if thumbnail else "",
            "statements": [
                {
                    "term": f"dcterms:{statement.term}",
                    "field": statement.field,
                    "label": labels.get(statement.field) or of_terms.get(statement.term, ""),
                    "value": statement.value,
                    "lang": statement.lang,
                    "uri": statement.uri,
                }
                for statement in record.statements
            ],
        }

    def _opensearch(self, request: Request) -> Response:
        lang, settings = request.path_params["lang"], self._known().archive.settings
        if lang not in settings.languages:
            return Response(status_code=404)
        text = opensearch_description(settings, lang, _root(request), with_suggestions=True)
        return Response(text, media_type=OPENSEARCH_TYPE, headers=_HEADERS)


def _filters(names: FacetNames, request: Request) -> Filters:
    pairs = []
    for name, text in request.query_params.multi_items():
        if not name.startswith(_FILTER):
            continue
        facet = names.get(name.removeprefix(_FILTER))
        if facet is None:
            known = ", ".join(entry.name for entry in names.facets)
            raise _bad(
                "filter",
                _("There is no facet {name!r}. There are: {known}").format(
                    name=name.removeprefix(_FILTER), known=known
                ),
            )
        pairs.append((facet, text))
    first = _year(request, "from")
    last = _year(request, "to")
    between = (first, last) if first is not None or last is not None else None
    return Filters(names.filters(pairs).values, between)


def _lang(archive: Archive, request: Request) -> str:
    known = archive.settings.languages
    lang = request.query_params.get("lang", archive.settings.main_language)
    if lang not in known:
        raise _bad("lang", _("lang is one of: {known}").format(known=", ".join(known)))
    return lang


def _answering(answer: Callable[[Request], Any]) -> Callable[[Request], Response]:
    """Return an endpoint that gives what ``answer`` returns, or an error, as JSON.

    Not a coroutine, so that Starlette runs it in a thread: an index takes its time.
    """

    def respond(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        with speaking(asked if asked in LANGUAGES else LANGUAGES[0]):
            try:
                return JSONResponse(answer(request), headers=_HEADERS)
            except Refused as refused:
                return _error(refused.status, refused.code, str(refused), refused.remedy)
            except HoabanError as error:
                # Where things stand on this computer is nobody's business.
                return _error(503, "not-ready", error.problem, error.remedy)

    return respond


def _error(status: int, code: str, message: str, remedy: str) -> Response:
    body = {"error": {"code": code, "message": message, "remedy": remedy}}
    return JSONResponse(body, status_code=status, headers=_HEADERS)


def _no_such_address(request: Request) -> Any:
    if request.method not in ("GET", "HEAD"):
        message = _("{method} is not understood here; everything is asked with GET.")
        raise Refused(405, "method", message.format(method=request.method))
    raise Refused(
        404,
        "no-address",
        _("There is nothing at {path}.").format(path=request.url.path),
        "/api/search  /api/suggest  /api/items/ID",
    )


def _bad(code: str, message: str) -> Refused:
    return Refused(400, f"bad-{code}", message)


def _number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
    if not least <= number <= most:
        raise _bad(
            name,
            _("{name} is a whole number from {least} to {most}, not {text!r}.").format(
                name=name, least=least, most=most, text=text
            ),
        )
    return number


def _year(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    digits = text.removeprefix("-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 8):
        message = _("{name} is a year, as 1954 or -299, not {text!r}.")
        raise _bad(name, message.format(name=name, text=text))
    return int(text)


def _truth(request: Request, name: str) -> bool:
    return request.query_params.get(name, "") in ("1", "true", "yes")


def _root(request: Request) -> str:
    return str(request.base_url).rstrip("/")
