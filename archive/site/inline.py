"""The site's typefaces and colours as one style that a page can carry in itself."""

from __future__ import annotations

import base64
import functools
import re

from archive.site.render import STATIC

_FONT = re.compile(r'url\("\.\./fonts/([a-z0-9-]+\.woff2)"\)')


@functools.cache
def inline_theme() -> str:
    """Return the site's ``theme.css`` with its fonts in it: such a page needs no other file."""

    def embedded(font: re.Match[str]) -> str:
        data = base64.b64encode((STATIC / "fonts" / font[1]).read_bytes()).decode()
        return f'url("data:font/woff2;base64,{data}")'

    return _FONT.sub(embedded, (STATIC / "css" / "theme.css").read_text(encoding="utf-8"))
