"""The README of a partner's package: the profile's text with the figures of this export."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.partners.reading import PLACEHOLDER

_RULE = "\n----\n\n"


def readme_text(texts: Mapping[str, str], values: Mapping[str, str]) -> str:
    """Return the README: each language's text in its order, with ``values`` filled in."""
    filled = (
        PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text).strip() + "\n"
        for text in texts.values()
    )
    return _RULE.join(filled)
