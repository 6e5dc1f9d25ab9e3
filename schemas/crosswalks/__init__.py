"""A record said in the words of others: Dublin Core XML, JSON-LD, IIIF. Pure functions.

A crosswalk says what the record says and nothing else. Who may read it is decided before:
:func:`public_record` leaves out what the application profile does not show.
"""

from __future__ import annotations

from dataclasses import replace

from schemas.dublincore import Statement
from schemas.hidden_letters import without_turning
from schemas.overruled_rights import settled_rights
from schemas.profile import Profile
from schemas.records import Record
from schemas.rights import rights_statement


def public_record(record: Record, profile: Profile) -> Record:
    """Return ``record`` without what the public is not shown.

    Left out are the cells under unknown columns, cells as they were before they were rescued,
    and statements of fields that ``profile`` hides or no longer has; statements that came from no
    field stay. So are letters that turn the writing round: a record from elsewhere may have some;
    and what names other rights than those that count.
    """
    shown = profile.of(record.kind).shown_names
    statements = tuple(
        [
            replace(entry, value=value) if value != entry.value else entry
            for entry in settled_rights(record.statements)
            if (entry.field in shown or not entry.field)
            and ((value := without_turning(entry.value)) or entry.uri)
        ]
    )
    views = tuple(
        [
            replace(view, label=label)
            if (label := without_turning(view.label)) != view.label
            else view
            for view in record.views
        ]
    )
    found = (statements, views, (), ())
    if found == (record.statements, record.views, record.extra, record.originals):
        return record
    return replace(record, statements=statements, views=views, extra=(), originals=())


def with_archive_rights(record: Record, rights: str, rights_uri: str) -> Record:
    """Return ``record`` with the archive's rights, where it says nothing of its own.

    Args:
        record: The record.
        rights: The archive's statement for such items, or empty.
        rights_uri: Its address, or empty.
    """
    if record.rights or not (rights or rights_uri):
        return record
    known = rights_statement(rights_uri)
    said = [Statement("rights", rights)] if rights else []
    if rights_uri:
        said.append(Statement("license", "", uri=known.uri if known else rights_uri))
    return replace(record, statements=(*record.statements, *said))
