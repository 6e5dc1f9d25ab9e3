"""From a delivered folder to a plan: read the catalogue, match the scans, collect findings.

Nothing is written here and no scan is opened further than its first bytes. What is wrong with
a delivery is a finding with its file, sheet, row and column; only a delivery in which there is
nothing to read at all is an error.
"""

from pipeline.intake.delivery import Delivery, read_delivery

__all__ = ["Delivery", "read_delivery"]
