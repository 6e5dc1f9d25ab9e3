"""What is wrong with one scan, on its way from the place that sees it to its finding."""

from __future__ import annotations


class ScanProblem(Exception):  # noqa: N818  (it becomes a finding, not an error)
    """Something in a scan keeps it from being read.

    Attributes:
        code: Code of the finding.
        values: What fills the fields of its sentence.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
