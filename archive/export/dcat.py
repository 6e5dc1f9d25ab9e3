"""The description of the whole set for data portals: one DCAT file, as JSON-LD.

What it says of time, place and language is counted from the items exported; where to have them
are the addresses of the published site, and of its files that have the whole set.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.linked import address_findings
from archive.export.target import new_path
from schemas.crosswalks import public_record
from schemas.crosswalks.dcat import Coverage, DataSet, dcat, licence_of
from schemas.findings import Finding
from schemas.records import Access, Record, day_of, is_public, json_bytes


def export_dcat(items: Iterable[ExportItem], out: Path, context: ExportContext) -> ExportReport:
    """Write a DCAT description of ``items`` together.

    Args:
        items: The items, each once; one at a time is in memory.
        out: The file to make.
        context: Where the site is, whose it is, and what may be shown.

    Raises:
        SourceError: There are no items.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    publication = context.publication
    coverage = Coverage()
    with new_path(out) as path:
        for item in at_least_one(items):
            coverage.add(context.record_of(item), _access_of(item.record, context))
        data = DataSet(
            base_url=publication.base_url,
            title=publication.title,
            languages=publication.languages,
            at=context.at,
            publisher=context.publisher,
            rights=context.rights,
            rights_uri=context.rights_uri,
            files=context.site_files,
        )
        document = json_bytes(dcat(data, coverage))
        path.write_bytes(document)
    findings = list(address_findings(context))
    if not licence_of(data, coverage):
        findings.append(Finding("EXPORT-no-licence"))
    if not context.publisher:
        findings.append(Finding("EXPORT-no-publisher"))
    return ExportReport(
        out, items=coverage.items, files=1, size_bytes=len(document), findings=tuple(findings)
    )


def _access_of(record: Record, context: ExportContext) -> Access:
    """Return who may have what this export takes of an item; what is under embargo, staff alone."""
    if not is_public(record, day_of(datetime.fromisoformat(context.at))):
        return record.access if record.access is not Access.PUBLIC else Access.STAFF
    if (
        context.is_complete
        and record.statements != public_record(record, context.profile).statements
    ):
        return Access.STAFF
    return Access.PUBLIC
