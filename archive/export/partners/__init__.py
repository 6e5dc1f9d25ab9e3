"""What a partner profile asks for, made in one pass: a package, or one table.

    records/<shard>/<item id>.xml   the record in the partner's standard
    images/…                        images of the size it takes, named by its pattern
    wiki/….wikitext                 a wiki page an image
    objects.csv or .xlsx            the table with its own columns
    README.txt, deleted.csv, checksums-sha256.txt

Only what the profile asks for is there. Whether an item can go at all is decided before anything
of it is written; one that cannot is told of and left out. No more than one item is in memory, and
the names of the images.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.export.endings import check_ending
from archive.export.items import ExportContext, ExportItem, ExportReport
from archive.export.package import kind_of, new_package
from archive.export.partners.sending import Sending
from archive.export.target import new_path
from schemas.errors import SourceError
from schemas.messages import _
from schemas.partners import PartnerProfile


def export_for_partner(
    partner: PartnerProfile, items: Iterable[ExportItem], out: Path, context: ExportContext
) -> ExportReport:
    """Write what a partner wants of ``items``.

    Args:
        partner: The profile.
        items: The items, each once; with their masters where it takes those.
        out: The file or folder to make; its ending is one of the profile's.
        context: What may be shown, where items are found, and their images.

    Raises:
        ConfigError: ``out`` has another ending.
        FixityError: A master is not as recorded.
        SourceError: There are no items, or none of them can go.
        StoreWriteError: ``out`` exists, or the disk refused a write.
    """
    check_ending(partner.name, partner.endings, out)
    with new_path(out) as path:
        with Sending(partner, context, path.parent) as sending:
            if partner.is_table:
                sending.take(items)
                sending.findings += sending.rows.write(path, out.name, context.at)
                files, size_bytes = 1, path.stat().st_size
            else:
                with new_package(path, kind=kind_of(out), name=out.name, at=context.at) as package:
                    sending.into(package)
                    sending.take(items)
                    sending.finish()
                files, size_bytes = sending.files, sending.size_bytes
        if sending.count == 0 and not context.deletions:
            raise _none(partner, sending)
    return ExportReport(
        out,
        items=sending.count,
        files=files,
        size_bytes=size_bytes,
        without_masters=sending.without_masters,
        left_out=sending.left_out,
        findings=tuple(sending.findings),
    )


def _none(partner: PartnerProfile, sending: Sending) -> SourceError:
    first = sending.first
    return SourceError(
        _("None of the items can go to {partner}. The first: {item}: {reason}").format(
            partner=partner.name,
            item=first.path if first else "",
            reason=first.message() if first else "",
        )
    )
