"""A record as documents for the public give it."""

from __future__ import annotations

from archive.settings import Settings
from schemas.crosswalks import public_record, with_archive_rights
from schemas.profile import Profile
from schemas.records import Record


def public_description(record: Record, profile: Profile, settings: Settings) -> Record:
    """Return what the public is shown of ``record``, with the archive's rights if it has none."""
    return with_archive_rights(public_record(record, profile), settings.rights, settings.rights_uri)
