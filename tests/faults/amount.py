"""How much the fault tests do: a short form in every run, all of it by one command.

``HOABAN_FAULTS=whole python -m pytest -q tests/faults tests/keeping -m "slow or not slow"``
"""

from __future__ import annotations

import os

IS_WHOLE = os.environ.get("HOABAN_FAULTS") == "whole"
# Of each of the four commands; 4 x 55 = 220.
KILLS_A_COMMAND = 55 if IS_WHOLE else 3
KILLS_OF_A_STORE = 100 if IS_WHOLE else 40
KILLS_OF_A_COPY = 50 if IS_WHOLE else 15
# Of each of three commits, some 40 disk calls long; with those of copies and repairs over 10,000.
CUTS_A_CALL = 100 if IS_WHOLE else 30
CUTS_OF_A_REPAIR = 60 if IS_WHOLE else 2
# Every which disk call of an edit and an undo is the last one.
STEP = 1 if IS_WHOLE else 7
# Bytes changed in a store, one after the other, that an audit must find.
CHANGED_BYTES = 10_000 if IS_WHOLE else 2_500
# How full a real disk is when a command meets its end, as parts of what the command adds to it.
FULL_AT = tuple(n / 16 for n in range(16)) if IS_WHOLE else (0.4, 0.95)
# Of the folders that take no write, with each command and each reason of it, every how manyth.
PROTECTED_STEP = 1 if IS_WHOLE else 11
