"""The wiki page of one image: the object's template, the licence, the categories.

A page does not begin with ``=``, as one with a heading would: it also stands in a cell of a table,
where a spreadsheet program would take that for a formula.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.export.partners.cells import ImageSaid, ItemSaid
from archive.export.partners.rights import longest_start
from schemas.findings import Finding
from schemas.partners import WikiPage
from schemas.wikitext import address, template

_LICENCE_HEADING = "== {{int:license-header}} =="
_ADDRESSES = ("page", "manifest", "image_addresses")


def wiki_page(
    wiki: WikiPage, said: ItemSaid, image: ImageSaid, tell: Callable[[Finding], None]
) -> str:
    """Return the wikitext of an image's page."""
    parameters = []
    for named in wiki.parameters:
        if named.source.about in _ADDRESSES:
            text = address(said.cell(named.source, image, tell))
        else:
            text = said.parameter(named.source, image, tell)
        if text:
            parameters.append((named.name, text))
    parts = [template(wiki.template, parameters), "", _LICENCE_HEADING]
    parts += [f"{{{{{name}}}}}" for name in licence_templates(wiki, said)]
    if wiki.categories:
        parts += ["", *(f"[[Category:{name}]]" for name in wiki.categories)]
    return "\n".join(parts) + "\n"


def licence_templates(wiki: WikiPage, said: ItemSaid) -> tuple[str, ...]:
    """Return the templates of an item's licences, each once."""
    starts = (longest_start(uri, wiki.licences) for uri in said.rights.uris)
    return tuple(dict.fromkeys(wiki.licences[start] for start in starts if start is not None))
