"""Of the quality of scans: QUALITY. None of them keeps a scan out."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "QUALITY-small",
        Severity.WARNING,
        N_("The picture is small: {width} × {height} pixels."),
        N_("It may be a preview: deliver the scan itself, or scan again at {ppi} ppi."),
    ),
    FindingKind(
        "QUALITY-resolution",
        Severity.WARNING,
        N_("The object is {size} mm long, so the scan has at most {ppi} ppi; {wanted} are wanted."),
        N_("Scan again at {wanted} ppi; if the size in the sheet is wrong, mend it."),
    ),
    FindingKind(
        "QUALITY-stated-resolution",
        Severity.INFO,
        N_("The file says it was scanned at {ppi} ppi; {wanted} are wanted."),
        N_("Set the scanner to {wanted} ppi; ignore this for a photograph."),
    ),
    FindingKind(
        "QUALITY-blurred",
        Severity.WARNING,
        N_(
            "The picture is not sharp: its finest detail is {detail} pixels wide, so that it shows"
            " no more than a sharp one of {width} × {height} pixels."
        ),
        N_("Clean the glass, lay the object flat or focus again, then scan it again."),
    ),
    FindingKind(
        "QUALITY-highlights",
        Severity.WARNING,
        N_("{percent}% of the picture are pure white without detail."),
        N_("Scan again with less exposure, unless the original is white there."),
    ),
    FindingKind(
        "QUALITY-shadows",
        Severity.WARNING,
        N_("{percent}% of the picture are pure black without detail."),
        N_("Scan again with more exposure, unless the original is black there."),
    ),
    FindingKind(
        "QUALITY-cast",
        Severity.INFO,
        N_("All tones of the picture lean the same way, to green, blue or purple."),
        N_("Set the white balance and scan again, unless the object itself has this colour."),
    ),
    FindingKind(
        "QUALITY-depth",
        Severity.INFO,
        N_("The scan has only {bits} bits a channel."),
        N_("Scan in colour or in grey (8 bits or more): thin lines and stamps are lost otherwise."),
    ),
    FindingKind(
        "QUALITY-skew",
        Severity.INFO,
        N_("The lines of text are tilted by {degrees}°."),
        N_("Lay the page straight and scan it again."),
    ),
    FindingKind(
        "QUALITY-sideways",
        Severity.INFO,
        N_("The lines of text run from top to bottom: the page seems to lie on its side."),
        N_("Turn it in the scanning program, unless it is written in columns."),
    ),
    FindingKind(
        "QUALITY-upside-down",
        Severity.INFO,
        N_("The page seems to stand on its head, against the other pages of the item."),
        N_("Turn it in the scanning program, or mend the orientation that the file states."),
    ),
    FindingKind(
        "QUALITY-letters-upside-down",
        Severity.INFO,
        N_("By the shapes of its letters, the page seems to stand on its head."),
        N_("Look at it. If it does, turn it, or mend the orientation that the file states."),
    ),
    FindingKind(
        "QUALITY-blank",
        Severity.INFO,
        N_("There seems to be nothing on the page."),
        N_("Take it out if it was scanned by mistake; keep it if it is a blank page of a book."),
    ),
    FindingKind(
        "QUALITY-border",
        Severity.INFO,
        N_("The sheet takes only {percent}% of the scan; the rest is an even border."),
        N_("The lid was open or the area too large: scan only the sheet."),
    ),
    FindingKind(
        "QUALITY-look-alike",
        Severity.WARNING,
        N_("The picture looks the same as {other} (item {item})."),
        N_("Keep the better of the two, unless both are meant."),
    ),
)
