"""How every page is rendered: escaped, strict about what is missing, in the reader's language.

Invariant: no text of a record can become markup, and a page's own policy (CSP) names what may run
in it by digest.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from types import CodeType

import jinja2
from jinja2.bccache import Bucket

from schemas.messages import catalogue


class _CompiledTemplates(jinja2.BytecodeCache):
    """Keeps what templates compile to while this process lives: compiling them takes a second."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template whose source is still the same."""
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._kept[bucket.key] = bucket.checksum, bucket.code


@functools.cache
def _compiled_templates(_lang: str) -> _CompiledTemplates:
    # One a language: what a filter makes of a constant is compiled in.
    return _CompiledTemplates()


def page_environment(loader: jinja2.BaseLoader, lang: str) -> jinja2.Environment:
    """Return an environment whose templates say ``_("…")`` in ``lang`` and escape everything.

    Its filter ``number`` writes a whole number as readers of ``lang`` do.
    """
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_compiled_templates(lang),
        extensions=["jinja2.ext.i18n"],
    )
    # The i18n extension adds this method when it is loaded, so its type is not known.
    install = environment.install_gettext_translations  # type: ignore[attr-defined]
    install(catalogue(lang), newstyle=True)
    environment.filters["number"] = functools.partial(number_text, lang)
    return environment


def number_text(lang: str, value: int) -> str:
    """Return a whole number with its thousands parted as readers of ``lang`` part them."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "vi" else grouped


def policy_source(text: str) -> str:
    """Return the source of a policy that allows exactly the style or script ``text``.

    Source: Content Security Policy Level 3, section 2.3.1
    """
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
