"""Rights that our reading of a text found, where the museum wrote the address of others.

``© Bảo tàng, CC BY 4.0`` is understood to name a licence. Where ``In copyright`` stands beside it
as an address, the address is what the museum says: nothing may be given out under a licence that
only our reading found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemas.dublincore import RIGHTS_TERMS, URI_KEY, Statement
from schemas.rights import RightsStatement, rights_statement


@dataclass(frozen=True, slots=True)
class Overruled:
    """A text of rights that names others than the address beside it.

    Attributes:
        statement: The text.
        named: What it was understood to name: a mark as ``CC BY 4.0``, or an address.
        written: What the museum's own address names, likewise.
    """

    statement: Statement
    named: str
    written: str

    @property
    def told(self) -> dict[str, str]:
        """The values of a finding about it."""
        return {"value": self.statement.value, "named": self.named, "written": self.written}


def overruled_rights(statements: Iterable[Statement]) -> Iterator[Overruled]:
    """Give each text whose understood rights are none of those written as an address."""
    rights = [s for s in statements if s.term in RIGHTS_TERMS]
    if len(rights) < 2:
        return
    written = [known for s in rights if (known := _written(s))]
    uris = {known.uri for known in written}
    for statement in rights:
        found = rights_statement(statement.uri) if not statement.written_uri else None
        if written and found and found.uri not in uris:
            yield Overruled(statement, _name(found), _name(written[0]))


def settled_rights(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return ``statements`` without the addresses that the museum's own ones overrule.

    Returns:
        The same tuple where there are none.
    """
    gone = {id(found.statement) for found in overruled_rights(statements)}
    if not gone:
        return statements
    return tuple([_as_text(s) if id(s) in gone else s for s in statements])


def _written(statement: Statement) -> RightsStatement | None:
    """Return the rights that an address names, which may stand in the column of the text."""
    return rights_statement(statement.written_uri) or rights_statement(statement.value)


def _as_text(statement: Statement) -> Statement:
    normal = tuple(pair for pair in statement.normal if pair[0] != URI_KEY)
    return replace(statement, uri="", normal=normal)


def _name(known: RightsStatement) -> str:
    return known.mark or known.uri
