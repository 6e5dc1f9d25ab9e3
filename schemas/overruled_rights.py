"""Rights of an item that differ: one of them counts, and it is the same one everywhere.

``© Bảo tàng, CC BY 4.0`` is understood to name a licence. Where ``In copyright`` stands beside it
as an address, the address is what the museum says: nothing may be given out under a licence that
only our reading found. Of several addresses, or of several readings, the first counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from schemas.dublincore import RIGHTS_TERMS, URI_KEY, Statement
from schemas.rights import RightsStatement, rights_statement


@dataclass(frozen=True, slots=True)
class Overruled:
    """A statement of rights that names others than those that count.

    Attributes:
        statement: The statement.
        named: What it names, or was understood to name: a mark as ``CC BY 4.0``, or an address.
        counting: What the rights that count name, likewise.
    """

    statement: Statement
    named: str
    counting: str

    @property
    def told(self) -> dict[str, str]:
        """The values of a finding about it."""
        value = self.statement.value or self.statement.uri
        return {"value": value, "named": self.named, "counting": self.counting}


def overruled_rights(statements: Iterable[Statement]) -> Iterator[Overruled]:
    """Give each statement that names other rights than those of the item that count."""
    rights = [s for s in statements if s.term in RIGHTS_TERMS]
    if len(rights) < 2:
        return
    named = [(s, known) for s in rights if (known := _written(s) or rights_statement(s.uri))]
    counting = next((known for s, known in named if _written(s)), named[0][1] if named else None)
    for statement, known in named:
        if counting and known.uri != counting.uri:
            yield Overruled(statement, _name(known), _name(counting))


def settled_rights(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return ``statements`` without what names other rights than those that count.

    Of a text only the address goes; what is nothing but an address goes whole.

    Returns:
        The same tuple where all agree.
    """
    gone = {id(found.statement) for found in overruled_rights(statements)}
    if not gone:
        return statements
    kept = (_as_text(s) if id(s) in gone else s for s in statements)
    return tuple([s for s in kept if s is not None])


def _written(statement: Statement) -> RightsStatement | None:
    """Return the rights that an address names, which may stand in the column of the text."""
    return rights_statement(statement.written_uri) or rights_statement(statement.value)


def _as_text(statement: Statement) -> Statement | None:
    if not statement.value or rights_statement(statement.value):
        return None
    normal = tuple(pair for pair in statement.normal if pair[0] != URI_KEY)
    return replace(statement, uri="", normal=normal)


def _name(known: RightsStatement) -> str:
    return known.mark or known.uri
