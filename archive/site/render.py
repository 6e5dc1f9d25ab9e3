"""From data to HTML: one Jinja2 environment a language, everything escaped.

Invariant: no text of a record can become markup. Autoescape is on for every template, every
attribute is quoted, addresses pass ``safe_url``, and data for scripts goes through ``tojson``,
which escapes ``<``; the page's own policy (CSP) forbids any script that is not a file of ours.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from archive.settings import Settings
from archive.site.environment import page_environment
from archive.site.theme import Theme
from archive.site.urls import PageUrls, absolute_url, link, safe_url
from schemas.errors import ConfigError
from schemas.messages import _

HERE = Path(__file__).parent
STATIC = HERE / "static"
# Names of languages in themselves; a code that is not here is shown as it is.
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}

# Pages of which there are as many as items or values.
_MANY = frozenset({"item.html", "value.html"})

_encode = json.JSONEncoder(ensure_ascii=False).encode

# `file:` lets the same pages work by double-click, where 'self' means nothing to some browsers;
# a page from a web host cannot load file: addresses anyway. The zoom viewer draws tiles it has
# already loaded from blob: addresses. Styles and scripts only ever come from files.
# The one style that is not a file: OpenSeadragon 6.1 writes it for touch screens.
_VIEWER_STYLE = "'sha256-9xTiqzfwFaL2SGb1rmr8gysEwVVjIvqWAgmZgqFqpEE='"
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'self' file:",
        "img-src 'self' file: data: blob:",
        "media-src 'self' file:",
        "font-src 'self' file:",
        f"style-src 'self' file: {_VIEWER_STYLE}",
        "script-src 'self' file:",
        "connect-src 'self' file:",
    )
)


def policy_with(images_from: str) -> str:
    """Return the policy of a page that also shows images of one other host."""
    return CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {images_from}")


class Twin(NamedTuple):
    """A page in one of the editions.

    Attributes:
        lang: Language code.
        name: Name of the language in itself.
        href: Relative link to the page.
        address: Public address of the page.
        is_current: Whether it is the page itself.
    """

    lang: str
    name: str
    href: str
    address: str
    is_current: bool


@dataclass(frozen=True)
class SiteWays:
    """Which pages the menus of a site lead to, beyond those every site has; what else it has."""

    timeline: bool = False
    map: bool = False
    stories: bool = False
    feeds: bool = False
    offline: bool = False


class Renderer:
    """Renders pages in the languages of an archive.

    Args:
        settings: The archive's settings.
        ways: Which pages the menus lead to.
        theme: What the site looks like beyond what ships.
        is_for_few: Whether only a few pages follow; they are the same bytes either way.
    """

    def __init__(
        self, settings: Settings, ways: SiteWays, theme: Theme, *, is_for_few: bool = False
    ) -> None:
        self._settings = settings
        self._ways = ways
        self._theme = theme
        folders = theme.templates
        self._is_for_few = is_for_few and folders is None
        self._environments = {
            lang: _environment(lang, folders, is_for_few=self._is_for_few)
            for lang in settings.languages
        }
        # Of each edition its name, and the address that those of its pages begin with.
        self._addresses = {
            lang: (language_name(lang), f"{settings.base_url}/{lang}")
            for lang in settings.languages
        }
        self._of_many: dict[tuple[str, str], jinja2.Environment] = {}

    def render(self, template: str, lang: str, path: str, data: Mapping[str, Any]) -> str:
        """Return the HTML of a page.

        Args:
            template: Name of the template.
            lang: Language of the page.
            path: Path of the page inside its edition, as ``browse/1.html``; the page in the
                other editions has the same.
            data: What the template asks for.
        """
        return self._render(template, lang, f"{lang}/{path}", path, data)

    def render_root(self, template: str, data: Mapping[str, Any]) -> str:
        """Return the HTML of the site's first page: the main edition's home, one folder up."""
        lang = self._settings.main_language
        return self._render(template, lang, "index.html", "index.html", data)

    def render_anywhere(self, template: str) -> str:
        """Return a page in every language that is shown at any address, as that of an error."""
        lang = self._settings.main_language
        urls = PageUrls.of_unknown_place(template, self._settings.base_url)
        messages = [
            (other, environment.globals["gettext"])
            for other, environment in self._environments.items()
        ]
        frame = self._same(lang, urls.prefix) | self._frame(lang, urls.prefix, "index.html")
        said = frame | {"messages": messages, "canonical": ""}
        return self._environments[lang].get_template(template).render(said)

    def _render(
        self, template: str, lang: str, site_path: str, path: str, data: Mapping[str, Any]
    ) -> str:
        urls = PageUrls.of(site_path)
        if template in _MANY and self._theme.templates is None and not self._is_for_few:
            environment = self._environment_of_many(lang, urls.prefix)
            frame = self._frame(lang, urls.prefix, path)
        else:
            environment = self._environments[lang]
            frame = self._same(lang, urls.prefix) | self._frame(lang, urls.prefix, path)
        try:
            return environment.get_template(template).render({**frame, **data})
        except (jinja2.TemplateError, SyntaxError, TypeError, ValueError) as error:
            if self._theme.templates is None:
                raise
            raise _theme_error(error, self._theme.templates, template) from error

    def _environment_of_many(self, lang: str, prefix: str) -> jinja2.Environment:
        """Return the environment of pages that are alike, in one depth of the site."""
        found = self._of_many.get((lang, prefix))
        if found is None:
            found = _environment(lang, None, self._same(lang, prefix))
            self._of_many[lang, prefix] = found
        return found

    def _same(self, lang: str, prefix: str) -> dict[str, Any]:
        """Return what is the same for all pages of an edition that lie equally deep."""
        settings = self._settings
        return {
            "lang": lang,
            "url": _links(prefix),
            "page": _links(f"{prefix}{lang}/"),
            "site_title": settings.title_in(lang),
            "publisher": settings.publisher,
            "policy": CONTENT_SECURITY_POLICY,
            "site_ways": self._ways,
            "theme": self._theme,
            "site": settings.site,
            "absolute": functools.partial(absolute_url, settings.base_url),
        }

    def _frame(self, lang: str, prefix: str, path: str) -> dict[str, Any]:
        """Return what only the page at a path of every edition has."""
        addresses = self._addresses
        href, address = link("", path), absolute_url("", path)
        twins = [
            Twin(other, name, f"{prefix}{other}/{href}", f"{start}{address}", other == lang)
            for other, (name, start) in addresses.items()
        ]
        canonical = f"{addresses[lang][1]}{address}" if self._settings.has_public_url else ""
        return {"twins": twins, "canonical": canonical}


@functools.cache
def _links(prefix: str) -> Callable[..., str]:
    """Return what makes links below a prefix: the same for all pages of one depth."""
    return functools.partial(link, prefix)


def _theme_error(error: Exception, folder: Path, template: str) -> ConfigError:
    """Return what to tell when a template of the museum's fails, with its line if it is known."""
    name = getattr(error, "name", None) or template
    line = getattr(error, "lineno", None)
    where = f"{name}:{line}" if line else name
    return ConfigError(
        _("The template {where} fails: {reason}.").format(where=where, reason=error),
        remedy=_("Mend it, or take it out of the folder: docs/theming.md."),
        path=folder,
    )


def _environment(
    lang: str,
    theme: Path | None,
    known: Mapping[str, Any] | None = None,
    *,
    is_for_few: bool = False,
) -> jinja2.Environment:
    ours = jinja2.FileSystemLoader([HERE / "templates", STATIC / "img"])
    own = [jinja2.FileSystemLoader(theme)] if theme else []
    environment = page_environment(
        jinja2.ChoiceLoader([*own, ours, jinja2.PrefixLoader({"hoaban": ours})]),
        lang,
        is_ours=theme is None,
        known=known,
        is_for_few=is_for_few,
    )
    environment.filters["safe_url"] = safe_url
    environment.filters["bytes"] = functools.partial(_bytes, lang)
    environment.filters["playing_time"] = _playing_time
    environment.filters["day"] = functools.partial(_day, lang)
    environment.filters["language"] = language_name
    environment.policies["json.dumps_function"] = _json
    environment.policies["json.dumps_kwargs"] = {}
    return environment


def _json(value: object, **options: Any) -> str:
    """Return a value as JSON; a theme may ask for ``indent`` and the like."""
    return json.dumps(value, ensure_ascii=False, **options) if options else _encode(value)


def language_name(code: str) -> str:
    """Return the name of a language in itself, or its code."""
    return LANGUAGE_NAMES.get(code.split("-")[0], code)


def _day(lang: str, day: str) -> str:
    """Return a day, ``2026-11-21``, as readers of ``lang`` write it."""
    return "/".join(reversed(day.split("-"))) if lang == "vi" else day


def _playing_time(duration_s: float) -> str:
    """Return how long something plays as players write it: ``3:25``, ``1:02:03``."""
    minutes, seconds = divmod(max(1, round(duration_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _bytes(lang: str, size: int) -> str:
    """Return a size as people read it: ``1,4 MB`` in Vietnamese."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            text = f"{size / factor:.1f} {unit}"
            return text.replace(".", ",") if lang == "vi" else text
    return f"{size} B"
