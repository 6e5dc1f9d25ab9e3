"""Of image files: SCAN, and MATCH (between rows and scans)."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "SCAN-empty",
        Severity.ERROR,
        N_("The file is empty."),
        N_("Copy it again from the scanner."),
    ),
    FindingKind(
        "SCAN-not-an-image",
        Severity.ERROR,
        N_("The file is not an image that can be read: its content is {found}."),
        N_("Export it from the scanning program as TIFF or JPEG."),
    ),
    FindingKind(
        "SCAN-needs-extra",
        Severity.ERROR,
        N_("The file is {found}; the part of Hoa Ban that reads it is not installed."),
        N_("Install it: python -m pip install 'hoaban[{extra}]', then run the command again."),
    ),
    FindingKind(
        "SCAN-damaged",
        Severity.ERROR,
        N_("The image is damaged or cut short: {reason}."),
        N_("Copy it again from the scanner, or scan the object again."),
    ),
    FindingKind(
        "RECORDING-damaged",
        Severity.ERROR,
        N_("The recording is damaged or cut short: {reason}."),
        N_("Copy it again from the recorder or disk, or deliver another copy of it."),
    ),
    FindingKind(
        "RECORDING-gaps",
        Severity.WARNING,
        N_("Parts of the recording are damaged; they were left out of the copy to play ({count})."),
        N_(
            "Listen to or watch it; digitize the tape again if it matters. The master is unchanged."
        ),
    ),
    FindingKind(
        "SCAN-too-large",
        Severity.ERROR,
        N_("The image is declared as {megapixels} megapixels; the limit is {limit}."),
        N_("If it is genuine, raise max_megapixels in hoaban.toml."),
    ),
    FindingKind(
        "SCAN-unreadable",
        Severity.ERROR,
        N_("The file cannot be read: {reason}."),
        N_("Check the disk and the rights of the file."),
    ),
    FindingKind(
        "SCAN-changed",
        Severity.ERROR,
        N_("The file changed while it was being copied."),
        N_("Wait until the scanner has finished, then run the command again."),
    ),
    FindingKind(
        "SCAN-worker-failed",
        Severity.ERROR,
        N_("The program that reads this item's scans stopped: {reason}."),
        N_(
            "Run it again; if it stops again, one of the scans cannot be processed or is too large."
        ),
    ),
    FindingKind(
        "SCAN-extension",
        Severity.WARNING,
        N_("The name ends in '{extension}' but the content is {found}."),
        N_("It is kept and read by its content; rename it when convenient."),
    ),
    FindingKind(
        "SCAN-no-profile",
        Severity.INFO,
        N_("The image has no colour profile; {assumed} is assumed."),
        N_("Switch on 'embed ICC profile' in the scanning program."),
    ),
    FindingKind(
        "SCAN-bad-profile",
        Severity.WARNING,
        N_("The colour profile in the image cannot be used; {assumed} is assumed."),
        N_("Scan or export it again with a valid profile."),
    ),
    FindingKind(
        "SCAN-zero-end",
        Severity.WARNING,
        N_("The file ends in zeros ({percent}%), as an interrupted copy leaves it."),
        N_("Compare it with the original; copy it again from the scanner if a part is missing."),
    ),
    FindingKind(
        "SCAN-lost-blocks",
        Severity.WARNING,
        N_(
            "Blocks of 4096 bytes inside the file are empty, as a failing disk or card leaves them"
            " ({count}, the first at byte {first_at})."
        ),
        N_("Look for a stripe or wrong colours; copy it again from the scanner, or scan again."),
    ),
    FindingKind(
        "SCAN-depth",
        Severity.INFO,
        N_("The image has {bits} bits a channel; it is shown from {bits_read} of them."),
        N_("Nothing is lost: the master is kept as it is. A 16-bit TIFF is shown from all bits."),
    ),
    FindingKind(
        "SCAN-scaled",
        Severity.INFO,
        N_("The samples of {bits} bits do not say which number is white."),
        N_("Compare the picture with the object; export 16 bits when it looks too dark or light."),
    ),
    FindingKind(
        "SCAN-more-images",
        Severity.INFO,
        N_("The file holds {count} images; only the first is shown."),
        N_("Deliver the others as files of their own if they matter."),
    ),
    FindingKind(
        "SCAN-duplicate",
        Severity.WARNING,
        N_("The scan has the same bytes as {other}."),
        N_("Keep one of them, unless both are meant."),
    ),
    FindingKind(
        "MATCH-file-missing",
        Severity.ERROR,
        N_("The row names the scan '{name}', which is not in the folder."),
        N_("Check the spelling, or copy the scan into the folder."),
    ),
    FindingKind(
        "MATCH-file-ambiguous",
        Severity.ERROR,
        N_("The name '{name}' fits several scans: {paths}."),
        N_("Write the folder and the extension too, as in 'folder/name.tif'."),
    ),
    FindingKind(
        "MATCH-file-shared",
        Severity.ERROR,
        N_("The scan '{name}' belongs to more than one row: {rows}."),
        N_("Name each scan in one row only."),
    ),
    FindingKind(
        "MATCH-unsafe-name",
        Severity.ERROR,
        N_("The name '{name}' points outside the folder of scans."),
        N_("Write a name inside the folder, without '..' and without a drive."),
    ),
    FindingKind(
        "MATCH-name-collision",
        Severity.ERROR,
        N_("The scans {paths} differ only in case or in Unicode form."),
        N_("Rename one of them."),
    ),
    FindingKind(
        "MATCH-row-without-scan",
        Severity.WARNING,
        N_("No scan was found for '{identifier}'."),
        N_("Name its scans in the file column, or name the scans after the inventory number."),
    ),
    FindingKind(
        "MATCH-scan-without-row",
        Severity.WARNING,
        N_("No row of the catalogue claims this scan, so it is left out."),
        N_("Add a row for it, or its name to the row it belongs to."),
    ),
)
