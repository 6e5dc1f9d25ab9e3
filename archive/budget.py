"""The budget of the site: how many files and bytes a web host or a USB stick takes.

A host counts files (a cheap one stops at 100,000), a stick is full at its size; either is met
months before anybody looks. A warning comes when a tenth of the budget is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archive.settings import Settings
from schemas.derivatives import DerivativeSet
from schemas.findings import Finding

_WARN_AT = 0.9
_MEGABYTE = 1_000_000
# Beside its images an item has a page in each edition, its manifest and its JSON-LD; each view
# has info.json. Pages measure some 12 kB.
_DOCUMENTS_AN_ITEM = 2
_DOCUMENT_BYTES = 12_000


def budget_findings(settings: Settings, *, files: int, size_bytes: int) -> Iterator[Finding]:
    """Give what comes near the budget or over it.

    Args:
        settings: The budget; 0 is none.
        files: Files of the site.
        size_bytes: Their length together.
    """
    if settings.file_budget and files > _WARN_AT * settings.file_budget:
        yield Finding("BUDGET-files", values={"files": files, "budget": settings.file_budget})
    megabytes = -(-size_bytes // _MEGABYTE)
    if settings.size_budget_mb and megabytes > _WARN_AT * settings.size_budget_mb:
        yield Finding(
            "BUDGET-size", values={"megabytes": megabytes, "budget": settings.size_budget_mb}
        )


def findings_ahead(settings: Settings, items: Iterable[DerivativeSet | None]) -> Iterator[Finding]:
    """Give the findings of the next build, about; the search index is not counted.

    Args:
        settings: The budget; without one ``items`` is not read.
        items: The derivatives of every public item.
    """
    if not settings.file_budget and not settings.size_budget_mb:
        return
    files = size_bytes = 0
    documents = _DOCUMENTS_AN_ITEM + len(settings.languages)
    for made in items:
        canvases = made.canvases if made else ()
        files += documents + sum(canvas.files + 1 for canvas in canvases)
        size_bytes += documents * _DOCUMENT_BYTES
        size_bytes += sum(canvas.size_bytes for canvas in canvases)
    yield from budget_findings(settings, files=files, size_bytes=size_bytes)
