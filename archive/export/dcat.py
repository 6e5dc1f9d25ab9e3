"""The description of the whole set for data portals: one DCAT file, as JSON-LD.

What it says of time, place and language is counted from the items exported; where to have them
are the addresses of the published site.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.export.items import ExportContext, ExportItem, ExportReport, at_least_one
from archive.export.linked import address_findings
from archive.export.target import new_path
from schemas.crosswalks.dcat import Coverage, DataSet, dcat, licence_of
from schemas.findings import Finding
from schemas.records import json_bytes


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
            coverage.add(context.record_of(item))
        data = DataSet(
            base_url=publication.base_url,
            title=publication.title,
            languages=publication.languages,
            at=context.at,
            publisher=context.publisher,
            rights=context.rights,
            rights_uri=context.rights_uri,
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
