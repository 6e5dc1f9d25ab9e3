"""What commands print: every error and warning, and of like notes only the first."""

from __future__ import annotations

from pipeline.reports import finding_lines
from schemas.findings import Finding


def test_like_notes_are_counted_and_errors_are_all_said() -> None:
    notes = [Finding("SCAN-no-profile", f"{n}.jpg", values={"assumed": "sRGB"}) for n in range(9)]
    errors = [Finding("ROW-no-title", "a.csv", row=n) for n in range(9)]
    lines = list(finding_lines([*notes, *errors, *errors]))
    assert sum("[ROW-no-title]" in line for line in lines) == 9
    assert lines[:1] == [line for line in lines if "[SCAN-no-profile] The" in line]
    assert lines[-1] == "… and 8 more notes of this kind [SCAN-no-profile]"
