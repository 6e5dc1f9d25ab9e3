"""What need not be done or said again, because the job table has it with the same input."""

from __future__ import annotations

from archive.job_table import JobState, JobTable, Stage
from pipeline.planning import Change, Compared
from schemas.finding_text import findings_text, parse_findings
from schemas.findings import Finding

# Faults of the moment: they may be gone though the file is as it was.
_PASSING = frozenset({"SCAN-unreadable", "SCAN-changed", "STORE-copy-differs"})


class Repeats:
    """Looks up finished jobs.

    An interrupted batch goes on: what it set aside is not tried again. In a new batch everything
    that was set aside is tried again, because people run it again after mending.
    """

    def __init__(self, work: JobTable, *, only_open: bool) -> None:
        """Look up in batches that did not end (``only_open``), or in all of them."""
        self._work = work
        self._only_open = only_open

    def findings_of(self, compared: Compared) -> tuple[Finding, ...] | None:
        """Return what was found when the item was set aside with this input, or None."""
        if compared.change in {Change.NONE, Change.RECORD}:
            return None
        return self.findings(Stage.SCANS, compared.item_id, compared.input_digest)

    def findings(self, stage: Stage, item_id: str, input_digest: str) -> tuple[Finding, ...] | None:
        """Return what was found when the job was set aside with this input, or None."""
        job = self._work.finished(stage, item_id, only_open=self._only_open)
        if job is None or job.state is not JobState.SET_ASIDE or job.input_digest != input_digest:
            return None
        findings = parse_findings(job.findings)
        return None if any(f.code in _PASSING for f in findings) else findings

    def knows_delivery(self, findings: tuple[Finding, ...]) -> bool:
        """Say whether just this was found in the delivery as a whole when it was last read."""
        job = self._work.finished(Stage.DELIVERY, "", only_open=self._only_open)
        known = parse_findings(job.findings) if job else ()
        return findings_text(known) == findings_text(findings)
