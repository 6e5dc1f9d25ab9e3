"""How every page is rendered: escaped, strict about what is missing, in the reader's language.

Invariant: no text of a record can become markup, and a page's own policy (CSP) names what may run
in it by digest.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import jinja2
from markupsafe import Markup, escape

from archive.site.compiling import COMPILED, PageCode, PageEnvironment, Written
from schemas.hidden_letters import has_turning, turning_shown
from schemas.messages import catalogue

# Longer texts stand in few pages, and take much memory.
_MOST_LETTERS = 256
_ESCAPED = re.compile("[&<>'\"]")


class Spoken(Protocol):
    """Whatever says its language."""

    @property
    def lang(self) -> str:
        """Its language where that is not the page's, else empty."""


def page_environment(
    loader: jinja2.BaseLoader,
    lang: str,
    *,
    is_ours: bool = True,
    known: Mapping[str, Any] | None = None,
    is_for_few: bool = False,
) -> jinja2.Environment:
    """Return an environment whose templates say ``_("…")`` in ``lang`` and escape everything.

    Its filter ``number`` writes a whole number as readers of ``lang`` do; its function
    ``lang_attribute`` the language of a text that is not the page's. ``remembered`` calls a macro
    whose arguments say everything it writes, once for each.

    Args:
        loader: Finds the templates.
        lang: Language of the pages.
        is_ours: Whether all templates ship, so that they are compiled once a process.
        known: What is the same on every page, as :attr:`PageEnvironment.known` says; only where
            all templates ship.
        is_for_few: Whether only a few pages follow, as :attr:`PageEnvironment.is_for_few` says;
            likewise.
    """
    environment = PageEnvironment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_as_it_reads,
        bytecode_cache=COMPILED if is_ours else None,
        extensions=["jinja2.ext.i18n"],
    )
    environment.lang = lang
    environment.known = known or {}
    environment.is_for_few = is_for_few
    environment.shown = _shown
    environment.code_generator_class = PageCode
    environment.globals["lang_attribute"] = lang_attribute
    environment.globals["remembered"] = functools.lru_cache(1 << 13, typed=True)(_written)
    # The i18n extension adds this method when it is loaded, so its type is not known.
    install = environment.install_gettext_translations  # type: ignore[attr-defined]
    install(catalogue(lang), newstyle=True)
    environment.filters["number"] = functools.partial(number_text, lang)
    return environment


def _written(macro: Callable[..., str], *arguments: object) -> str:
    """Return what a macro writes."""
    return macro(*arguments)


def _shown(value: object) -> str:
    """Return what is put into a page as it stands there."""
    if type(value) is str:
        return _text_shown(value) if len(value) > _MOST_LETTERS else _remembered_text(value)
    if type(value) is int:
        return str(value)
    if isinstance(value, Markup):
        return value if type(value) is Written and value.is_whole else turning_shown(value)
    return escape(_as_it_reads(value))


def _text_shown(text: str) -> str:
    """Return a text as it stands in a page."""
    text = turning_shown(text)
    return str(escape(text)) if _ESCAPED.search(text) else text


@functools.lru_cache(maxsize=1 << 14)
def _remembered_text(text: str) -> str:
    """Return a text as it stands in a page; titles, labels and links stand in many."""
    return _text_shown(text)


def _as_it_reads(value: object) -> object:
    """Return what is put into a page; letters that would turn the writing round are written out."""
    if not isinstance(value, str) or not has_turning(value):
        return value
    # Markup stays markup.
    return type(value)(turning_shown(value))


def number_text(lang: str, value: int) -> str:
    """Return a whole number with its thousands parted as readers of ``lang`` part them."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "vi" else grouped


def lang_attribute(text: Spoken) -> str:
    """Return the attribute ``lang`` of a text, with a space before it, or nothing."""
    return Markup(f' lang="{escape(text.lang)}"') if text.lang else ""  # noqa: S704


def policy_source(text: str) -> str:
    """Return the source of a policy that allows exactly the style or script ``text``.

    Source: Content Security Policy Level 3, section 2.3.1
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
