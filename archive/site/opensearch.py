"""The OpenSearch description: a browser or a library's portal learns how to search the archive.

Source: OpenSearch 1.1 draft 6, https://github.com/dewitt/opensearch; the suggestions extension is
of its version 1.1.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from archive.settings import Settings
from schemas.messages import N_, translate

OPENSEARCH_TYPE = "application/opensearchdescription+xml"
OPENSEARCH_NAME = "opensearch.xml"

_LONGEST_SHORT_NAME = 16
_LONGEST_DESCRIPTION = 1024


def opensearch_description(
    settings: Settings, lang: str, root: str, *, with_suggestions: bool = False
) -> str:
    """Return the description of the search page of an edition.

    Args:
        settings: The archive's.
        lang: Language of the edition.
        root: Address of the site, without a final slash.
        with_suggestions: The site is served by ``hoaban serve``, which answers ``/api/``.
    """
    title = settings.title_in(lang)
    about = translate(N_("Search the collection"), lang)
    description = f"{title}: {about}"[:_LONGEST_DESCRIPTION]
    urls = [("text/html", f"{root}/{lang}/search.html?q={{searchTerms}}")]
    if with_suggestions:
        suggest = f"{root}/api/suggest?q={{searchTerms}}&format=opensearch"
        urls.append(("application/x-suggestions+json", suggest))
        answers = f"{root}/api/search?q={{searchTerms}}&offset={{startIndex?}}&limit={{count?}}"
        urls.append(("application/json", f"{answers}&lang={lang}"))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{escape(_short(title))}</ShortName>",
        f"<LongName>{escape(title[:48])}</LongName>",
        f"<Description>{escape(description)}</Description>",
        f"<Language>{escape(lang)}</Language>",
        "<InputEncoding>UTF-8</InputEncoding>",
        "<OutputEncoding>UTF-8</OutputEncoding>",
        *(_url(kind, template) for kind, template in urls),
        "</OpenSearchDescription>",
    ]
    return "\n".join(lines) + "\n"


def _short(title: str) -> str:
    """Return a title within the 16 characters of a short name, cut between words."""
    if len(title) <= _LONGEST_SHORT_NAME:
        return title
    cut = title[: _LONGEST_SHORT_NAME + 1].rsplit(" ", 1)[0].rstrip(" ,:;-–")
    return cut[:_LONGEST_SHORT_NAME]


def _url(kind: str, template: str) -> str:
    offset = ' indexOffset="0"' if "startIndex" in template else ""
    relation = ' rel="suggestions"' if "suggestions" in kind else ""
    return f'<Url type="{kind}"{relation}{offset} template={quoteattr(template)}/>'
