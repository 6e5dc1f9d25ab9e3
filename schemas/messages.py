"""The language people are spoken to in: gettext catalogues, chosen once a process or per block.

English sentences are the message ids; ``locale/<lang>/LC_MESSAGES/hoaban.po`` translates
them. Mark a sentence with :func:`_` where it is said, or with :func:`N_` where it is only
stored (a table, a constant) and translate it with :func:`translate` when it is shown.
"""

from __future__ import annotations

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
DOMAIN = "hoaban"
_WINDOWS_NAMES = {"vietnamese": "vi", "english": "en"}
LOCALE_DIR = Path(__file__).parent / "locale"

_current: ContextVar[str] = ContextVar("hoaban_language", default="en")


@cache
def catalogue(lang: str) -> _gettext.NullTranslations:
    """Return the gettext catalogue for ``lang``; English for a language we do not have."""
    return _gettext.translation(DOMAIN, LOCALE_DIR, languages=[lang], fallback=True)


def current_language() -> str:
    """Return the language messages are now given in, a code of :data:`LANGUAGES`."""
    return _current.get()


def set_language(lang: str) -> None:
    """Speak ``lang`` from here on.

    Raises:
        ValueError: ``lang`` is not one of :data:`LANGUAGES`.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {LANGUAGES}")
    _current.set(lang)


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Speak ``lang`` inside the block, and what was spoken before after it."""
    token = _current.set(lang)
    try:
        yield
    finally:
        _current.reset(token)


def choose_language(*wishes: str | None) -> str:
    """Return the first language of ``wishes`` that we have, else English.

    Each wish may be a locale name such as ``vi_VN.UTF-8`` or ``Vietnamese_Vietnam`` (Windows);
    None and unknown names are passed over.
    """
    for wish in wishes:
        code = (wish or "").replace("-", "_").split("_")[0].split(".")[0].lower()
        code = _WINDOWS_NAMES.get(code, code)
        if code in LANGUAGES:
            return code
    return "en"


def translate(message: str, lang: str | None = None) -> str:
    """Return ``message`` in ``lang``, by default the current language."""
    return catalogue(lang or current_language()).gettext(message) if message else ""


def _(message: str) -> str:
    """Return ``message`` in the current language."""
    return translate(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form of a sentence that suits ``count``, in the current language."""
    return catalogue(current_language()).ngettext(singular, plural, count)


def N_(message: str) -> str:  # noqa: N802  (the name every gettext tool knows)
    """Mark ``message`` for translation and return it as it is."""
    return message
