"""Of copies of the archive: REPLICA."""

from __future__ import annotations

from schemas.finding_kinds.kind import FindingKind, Severity
from schemas.messages import N_

KINDS = (
    FindingKind(
        "REPLICA-source-damaged",
        Severity.ERROR,
        N_("The file is damaged in the archive, so it was not copied; the copy stays as it is."),
        N_("Restore it from this or another copy: hoaban audit --repair-from DIR"),
    ),
    FindingKind(
        "REPLICA-damaged",
        Severity.ERROR,
        N_("The file is damaged or missing in the copy."),
        N_("Restore it there from the archive: hoaban audit --archive COPY --repair-from ARCHIVE"),
    ),
    FindingKind(
        "REPLICA-newer",
        Severity.WARNING,
        N_("The copy has a newer version of the item than the archive; it stays as it is."),
        N_("Find out which is right. hoaban restore brings the copy to a new folder."),
    ),
    FindingKind(
        "REPLICA-differs",
        Severity.ERROR,
        N_("The copy has another item of this name, or another history; it stays as it is."),
        N_("Look at both. Perhaps it is the copy of another archive: then choose another folder."),
    ),
    FindingKind(
        "REPLICA-file-too-large",
        Severity.ERROR,
        N_("A file of {size} GB does not fit on this disk: FAT32 takes files up to 4 GB."),
        N_("The other items are copied. Take a disk formatted as exFAT, NTFS or ext4."),
    ),
    FindingKind(
        "REPLICA-text-refused",
        Severity.ERROR,
        N_("The file could not be written to the copy: {reason}"),
        N_("Everything else is copied. Give it a name of plain letters, or take another disk."),
    ),
    FindingKind(
        "REPLICA-text-unreadable",
        Severity.ERROR,
        N_("It cannot be read where it is ({reason}), so the copy lacks it or keeps an older one."),
        N_("The rest is copied. Check its rights and its disk, and run the same command again."),
    ),
    FindingKind(
        "REPLICA-text-linked",
        Severity.ERROR,
        N_("The folder is a link to another place, so what is in it was not copied."),
        N_("Put the folder itself here, with its files, in the place of the link."),
    ),
    FindingKind(
        "REPLICA-text-left",
        Severity.INFO,
        N_("Only the copy has this file; it stays there."),
        N_("A restoration brings it back. Delete it in the copy if nobody wants it any more."),
    ),
)
