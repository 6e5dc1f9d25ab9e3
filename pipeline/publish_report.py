"""What a build of the site from the catalogue says of it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.site.report import SiteReport
from schemas.findings import Finding, has_errors


@dataclass(frozen=True)
class PublishReport:
    """What a build made.

    Attributes:
        site: The site.
        findings: Damaged objects, what was found in masters whose images were made anew, and
            a budget that is nearly used up.
    """

    site: SiteReport
    findings: tuple[Finding, ...]

    @property
    def is_partial(self) -> bool:
        """Say whether something is missing from the site that belongs there."""
        return bool(self.site.warnings) or has_errors(self.findings)
