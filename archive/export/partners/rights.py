"""Whether the rights of an item are among those a partner takes.

Every address of a rights statement that an item gives must be among them: one that is free and
one that is not do not make a free item. The whole record is asked, also what the profile hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.crosswalks.credit import RightsSaid, rights_said
from schemas.crosswalks.exchange import Exchange
from schemas.crosswalks.parts import parts_of
from schemas.fields import Field, Profile, Role
from schemas.findings import Finding
from schemas.partners import OPEN, OPEN_RIGHTS, PartnerProfile
from schemas.records import Record
from schemas.rights import rights_statement

_SCHEME = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True)
class RightsJudge:
    """Says of a record whether a partner takes its rights.

    Attributes:
        partner: The profile.
        exchange: The archive's own rights, for items that have none.
    """

    partner: PartnerProfile
    exchange: Exchange

    def is_said_by(self, record: Record) -> bool:
        """Say whether the partner takes an item with this record."""
        return self.refusal(record) is None

    def refusal(self, record: Record) -> Finding | None:
        """Return why the partner does not take an item, or None where it does."""
        allow, licences = self._allowed(), self._licences()
        if not allow and not licences:
            return None
        said = self.said(record)
        values = {"partner": self.partner.name, "field": licence_field(self.exchange, record)}
        if not said.uris:
            return _finding("PARTNER-no-rights", record, values)
        for code, starts in (
            ("PARTNER-rights-refused", allow),
            ("PARTNER-no-template", licences),
        ):
            refused = [uri for uri in said.uris if starts and not begins(uri, starts)]
            if refused:
                return _finding(code, record, values | {"value": refused[0]})
        return None

    def said(self, record: Record) -> RightsSaid:
        """Return the rights of an item."""
        return rights_said(parts_of(record, self.exchange), self.exchange)

    def _allowed(self) -> tuple[str, ...]:
        """Return the addresses the partner takes; none where it takes every one."""
        return tuple(
            address
            for entry in self.partner.allow
            for address in (OPEN_RIGHTS if entry == OPEN else (entry,))
        )

    def _licences(self) -> tuple[str, ...]:
        """Return the addresses that a wiki page has a template for; none where there is no page."""
        return tuple(self.partner.wiki.licences) if self.partner.wiki else ()


def begins(uri: str, starts: Iterable[str]) -> bool:
    """Say whether an address is, or lies below, one of some addresses."""
    return longest_start(uri, starts) is not None


def longest_start(uri: str, starts: Iterable[str]) -> str | None:
    """Return the longest of some addresses that ``uri`` is or lies below, or None.

    ``…/licenses/by`` is above ``…/licenses/by/4.0/`` and not above ``…/licenses/by-nc/4.0/``.
    """
    known = rights_statement(uri)
    address = _folded(known.uri if known else uri)
    fitting = [start for start in starts if address.startswith(_folded(start))]
    return max(fitting, key=len, default=None)


def licence_field(exchange: Exchange, record: Record) -> str:
    """Return the name of the field in which a museum gives a licence, for messages."""
    profile: Profile = exchange.profile.of(record.kind)
    fields: list[Field] = [entry for entry in profile if entry.role is Role.VALUE]
    for term in ("license", "rights"):
        for entry in fields:
            if entry.term == term:
                return entry.name
    return "dcterms:license"


def _folded(address: str) -> str:
    return _SCHEME.sub("", address.strip()).casefold().rstrip("/") + "/"


def _finding(code: str, record: Record, values: dict[str, str]) -> Finding:
    return Finding(code, path=record.identifier, item_id=record.item_id, values=values)
