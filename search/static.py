"""The search of the public site: a sharded index as classic scripts, for http and file://.

``write_static_index`` writes into one folder:

    search-engine.js     what a page names: the API, the shards, the analysis
    search-language.js   the query language, scoring and answers, with the shards that every query
                         needs: at the first search
    search-facets.js     the same, with what counts facets: instead, if they are to be counted
    search-correct.js    what was probably meant: when nothing has all words of a query
    search-suggest.js    suggestions: when the first is asked for
    search-index.js      the manifest: ``HoabanSearch.receive("index", {...})``
    shards/              everything else, each file named by what is in it

The scripts are those of ``search/client`` without comments and indentation, joined. The format of
manifest and shards is described in ``docs/static-index.md``; ``search.compiled`` writes them.

Invariant: the same documents in any order give the same files, whatever the number of processes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from archive.refusals import why_refused
from schemas.errors import StoreWriteError
from schemas.messages import _
from search.analysis import analysis_tables
from search.compiled.build import build
from search.compiled.columns import TABLE_PART
from search.compiled.files import FOLDER, ShardFolder, json_bytes, script
from search.compiled.leaves import HEAD
from search.compiled.packing import Packing, Sizes, sizes_for
from search.compiled.sources import KnownDocuments
from search.correct import correction_tables
from search.date_query import date_tables
from search.documents import SearchDocument
from search.facets import facet_tables
from search.query import NO_FIELDS, Fields, query_tables
from search.scoring import scoring_tables
from search.suggest import suggestion_tables

FORMAT = 7
ENGINE_NAME = "search-engine.js"
LANGUAGE_NAME = "search-language.js"
FACETS_NAME = "search-facets.js"
MANIFEST_NAME = "search-index.js"
_CLIENT = Path(__file__).parent / "client"
_LANGUAGE = (
    "search-query.js",
    "search-scores.js",
    "search-scoring.js",
    "search-columns.js",
    "search-answer.js",
)
_WIDESPREAD = "search-widespread.js"
"""Stands in the language of a large archive."""

_SCRIPTS = {
    ENGINE_NAME: ("search-engine.js", "search-shards.js", "search-analysis.js"),
    LANGUAGE_NAME: _LANGUAGE,
    FACETS_NAME: (*_LANGUAGE, "search-facets.js"),
    "search-correct.js": ("search-correct.js",),
    "search-suggest.js": ("search-suggest.js",),
}
_TABLES = "x"
_DIGEST = '/*digest*/""'
_BLOCK_COMMENT = re.compile(r"^[ ]*/\*.*?\*/[ ]*\n", re.DOTALL | re.MULTILINE)


def write_static_index(
    documents: Iterable[SearchDocument] | KnownDocuments,
    folder: Path,
    fields: Fields = NO_FIELDS,
    *,
    packing: Packing = Packing.WEB,
    sizes: Sizes | None = None,
    processes: int = 1,
    before: Path | None = None,
) -> tuple[Path, ...]:
    """Write the search of the public site.

    Args:
        documents: The public items, in any order; nothing else may be among them, because
            every word of them can be read from the files.
        folder: Where the scripts go; made if missing. Shards of an older index are removed.
        fields: The fields that can be asked for by name.
        packing: Whether it will be read from the web or from a stick.
        sizes: The sizes of shards, if not those that suit the packing and the documents.
        processes: How many processes share the work.
        before: The folder of an older search that this program wrote: shards are taken from it
            where they have the same in them.

    Returns:
        The scripts that keep their names, the one a page names first.

    Raises:
        ValueError: An item stands twice in ``documents``.
        StoreWriteError: The disk refused a write.
    """

    def sizes_of(count: int) -> Sizes:
        return sizes or sizes_for(count, packing)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / FOLDER).exists():
            shutil.rmtree(folder / FOLDER)
        manifest: dict[str, object] = {
            "format": FORMAT,
            "head": HEAD,
            "table": TABLE_PART,
        }
        built = build(documents, folder, sizes_of, processes=processes, before=before)
        manifest |= built.manifest | _written_tables(built.shards, fields)
        texts = _scripts()
        if manifest["together"]:
            widespread = _joined((_WIDESPREAD,))
            texts[LANGUAGE_NAME] += widespread
            texts[FACETS_NAME] += widespread
        # Who searches needs these shards, too: one request for all.
        texts[LANGUAGE_NAME] += "".join(map(built.shards.plain, built.first))
        texts[FACETS_NAME] += "".join(map(built.shards.plain, built.first + built.counting))
        manifest["language"] = _digest(texts[LANGUAGE_NAME] + texts[FACETS_NAME])
        texts[MANIFEST_NAME] = script("index", manifest)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreWriteError(
            _("The search of the site cannot be written: {reason}.").format(
                reason=why_refused(error)
            ),
            remedy=_("Make room or give yourself the right to write, then run: hoaban build"),
            path=folder,
        ) from error
    return tuple(folder / name for name in texts)


def _written_tables(shards: ShardFolder, fields: Fields) -> dict[str, str]:
    """Write the rules, and apart from them the names of fields, which few queries need."""
    tables = analysis_tables() | query_tables(fields) | date_tables() | scoring_tables()
    tables |= correction_tables() | facet_tables() | suggestion_tables() | {"fields": {}}
    return {
        "tables": shards.write(_TABLES, json_bytes(tables)),
        "fields": shards.write(_TABLES, json_bytes(dict(fields.names))),
    }


def _scripts() -> dict[str, str]:
    """Return the client scripts by name; the engine holds a digest of those that it loads later.

    The digest stands behind the ``?`` of their addresses. Their names stay the same, so a cache
    could else give a new engine the scripts of an older one.
    """
    texts = {name: _joined(parts) for name, parts in _SCRIPTS.items()}
    later = "".join(text for name, text in texts.items() if name != ENGINE_NAME)
    texts[ENGINE_NAME] = texts[ENGINE_NAME].replace(_DIGEST, f'"{_digest(later)}"')
    return texts


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _joined(names: tuple[str, ...]) -> str:
    """Return client scripts as one, without comments that stand alone and without indentation."""
    text = "".join((_CLIENT / name).read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for line in _BLOCK_COMMENT.sub("", text).splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
