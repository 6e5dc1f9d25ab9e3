"""Of what may be meant to do harm, and does none here: in files of scans and in cells."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "SCAN-program",
        Severity.WARNING,
        N_("The picture's file holds a program for a browser or a web server ('{found}')."),
        N_(
            "It is never run and is in no picture made from it, but the master is kept as it came:"
            " ask where the file is from, and save the picture anew before you deliver it."
        ),
    ),
    FindingKind(
        "SCAN-bad-exif",
        Severity.INFO,
        N_("What the camera or scanner wrote into the file (EXIF) is damaged."),
        N_(
            "Date, device or resolution may be missing from its record; the picture is not touched."
        ),
    ),
    FindingKind(
        "SCAN-place",
        Severity.INFO,
        N_("The file says where the picture was taken."),
        N_(
            "The place stays in the master alone, and in no picture made from it. Mind it before"
            " you give masters away: a find or a shrine may need to be kept secret."
        ),
    ),
    FindingKind(
        "TEXT-program",
        Severity.WARNING,
        N_("The cell holds what a browser would run as a program ('{found}')."),
        N_(
            "It is kept and shown as plain text, and does nothing. Ask where it comes from, and"
            " type the cell anew if it is not meant."
        ),
    ),
    FindingKind(
        "TEXT-formula",
        Severity.INFO,
        N_("The cell begins as a formula does ('{found}'); it is kept as text."),
        N_("Tables that go out have an apostrophe before it. Write the value if one was meant."),
    ),
)
