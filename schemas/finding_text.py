"""Findings as one line of JSON that can be read back, in no language: the job table keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from schemas.findings import KINDS, Finding


def findings_text(findings: Iterable[Finding]) -> str:
    """Return ``findings`` as JSON text; values that JSON does not have become text."""
    data = [asdict(finding) for finding in findings]
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)


def parse_findings(text: str) -> tuple[Finding, ...]:
    """Return the findings that :func:`findings_text` wrote; codes that are gone are left out."""
    return tuple(Finding(**data) for data in json.loads(text) if data["code"] in KINDS)
