"""Whose an item is and what may be done with it, in one form for every standard."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.crosswalks.exchange import Exchange
from schemas.crosswalks.parts import Part, Parts
from schemas.messages import translate
from schemas.rights import RightsStatement, rights_statement

PUBLIC_DOMAIN = "http://creativecommons.org/publicdomain/mark/1.0/"


@dataclass(frozen=True)
class RightsSaid:
    """The rights of one item; its own, else the archive's.

    Attributes:
        texts: (language or empty, text) of the rights statement.
        uris: The addresses given, in order.
        statements: Those of them that the world knows.
        holders: (language or empty, name) of who holds the rights, as far as it is said.
    """

    texts: tuple[tuple[str, str], ...]
    uris: tuple[str, ...]
    statements: tuple[RightsStatement, ...]
    holders: tuple[tuple[str, str], ...]

    @property
    def statement(self) -> RightsStatement | None:
        """The first statement that the world knows, or None."""
        return self.statements[0] if self.statements else None


def rights_said(parts: Parts, exchange: Exchange) -> RightsSaid:
    """Return the rights of an item."""
    said = [entry.statement for entry in parts[Part.RIGHTS]]
    texts = tuple((entry.lang, entry.value) for entry in said if entry.value)
    uris = tuple(dict.fromkeys(entry.uri for entry in said if entry.uri))
    # An address may stand in the column as the text itself.
    uris = uris or tuple(value for _lang, value in texts if rights_statement(value))
    if not texts and not uris:
        texts = (("", exchange.rights),) if exchange.rights else ()
        uris = (exchange.rights_uri,) if exchange.rights_uri else ()
    known = (rights_statement(uri) for uri in uris)
    holders = tuple((entry.lang, entry.text) for entry in parts[Part.RIGHTS_HOLDER])
    return RightsSaid(texts, uris, tuple(entry for entry in known if entry), holders)


def rights_names(statement: RightsStatement) -> tuple[tuple[str, str], ...]:
    """Return (language, name) of a statement: its mark, or what it says in plain words."""
    if statement.mark:
        return (("en", statement.mark),)
    return tuple((lang, translate(statement.meaning, lang)) for lang in ("en", "vi"))
