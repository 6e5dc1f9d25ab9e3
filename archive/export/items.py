"""What an export needs to know of an item, and what it tells when it is done.

The store's and the catalogue's items both fit these protocols, so no export depends on where
its items come from. Which items are exported, and who may have them, the caller decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from archive.export.deletions import Deletion, deletions_csv
from schemas.crosswalks import public_record, with_archive_rights
from schemas.crosswalks.dcat import OfferedFile
from schemas.crosswalks.exchange import Exchange, Published
from schemas.crosswalks.iiif import Publication
from schemas.derivatives import DerivativeSet
from schemas.errors import SourceError
from schemas.events import Event
from schemas.findings import Finding, has_errors
from schemas.messages import _
from schemas.profile import Profile
from schemas.recordings import PublishedRecording
from schemas.records import Record
from schemas.technical import Technical


class ExportItem(Protocol):
    """An item as the catalogue has it."""

    @property
    def item_id(self) -> str:
        """The item's id."""

    @property
    def record(self) -> Record:
        """Its description."""


class ExportMasters(ExportItem, Protocol):
    """An item as the store has it, with its masters."""

    @property
    def technical(self) -> tuple[Technical, ...]:
        """What was read from each master, digests included, in reading order."""

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened to the item, oldest first."""

    @property
    def masters(self) -> Mapping[str, Path]:
        """Content file of each master by logical path."""


@dataclass(frozen=True)
class Picture:
    """One image of an item that may be handed on.

    Attributes:
        key: Name of its view: ``0001``.
        label: What it shows, or empty.
        read: Gives the bytes of the JPEG.
    """

    key: str
    label: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class ExportContext:
    """What an export is told besides its items.

    Attributes:
        profile: The archive's application profile.
        at: When the export is made, RFC 3339 in UTC; it dates what the export writes.
        publisher: Name of the museum; may be empty.
        title: Name of the archive; may be empty.
        lang: Main language of the archive; texts in it come first where order matters.
        rights: Rights statement of items that have none of their own; may be empty.
        rights_uri: Its address; may be empty.
        is_complete: Write records whole. Otherwise what the profile hides from the public and
            the cells under unknown columns are left out.
        page_url: Gives the public address of an item's page, or an empty text.
        image_urls: Gives the public addresses of an item's images.
        recordings: Gives what of an item the public site plays.
        images_instead: Gives the images, by name, that a partner gets in place of an item's
            masters, because its limits withhold them; None where they do not.
        publication: Where the site is, what it is called, in which languages.
        site_files: Files of the built site that have just what is exported, or none.
        has_public_url: The museum has set the address the site is published at.
        derivatives_of: Gives what was made from an item's masters, or None.
        deletions: Items a partner may have of an earlier export and should have no more.
        exchange: What the standards of museums and libraries are told of all records; made of
            what else is here when left out.
        published: Gives where an item is found, as far as the export may say it.
        pictures: Gives the images of an item that may be handed on, in reading order, the longer
            side at most so many pixels (0 for as they are); None where limits withhold them.
        tell: Takes what is found on the way.
        leave_out: Takes the id of an item that cannot go out, before the next item is taken.
    """

    profile: Profile
    at: str
    publisher: str = ""
    title: str = ""
    lang: str = "vi"
    rights: str = ""
    rights_uri: str = ""
    is_complete: bool = False
    page_url: Callable[[str], str] = field(default=lambda item_id: "")
    image_urls: Callable[[str], tuple[str, ...]] = field(default=lambda item_id: ())
    recordings: Callable[[str], tuple[PublishedRecording, ...]] = field(default=lambda item_id: ())
    images_instead: Callable[[ExportMasters], Mapping[str, Path] | None] = field(
        default=lambda item: None
    )
    publication: Publication = field(default_factory=lambda: Publication("", {}, ()))
    site_files: tuple[OfferedFile, ...] = ()
    has_public_url: bool = False
    derivatives_of: Callable[[str], DerivativeSet | None] = field(default=lambda item_id: None)
    deletions: tuple[Deletion, ...] = ()
    exchange: Exchange | None = None
    published: Callable[[ExportItem], Published] = field(default=lambda item: Published())
    pictures: Callable[[ExportItem, int], tuple[Picture, ...] | None] = field(
        default=lambda item, max_px: ()
    )
    tell: Callable[[Finding], None] = field(default=lambda finding: None)
    leave_out: Callable[[str], None] = field(default=lambda item_id: None)

    def deleted_csv(self) -> bytes:
        """Return the table of deletions, or nothing where there are none."""
        if not self.deletions:
            return b""
        return deletions_csv((gone, self.page_url(gone.item_id)) for gone in self.deletions)

    def exchanged(self) -> Exchange:
        """Return what the standards of museums and libraries are told of all records."""
        name = self.publisher or self.title
        return self.exchange or Exchange(self.profile, name, lang=self.lang)

    def record_of(self, item: ExportItem) -> Record:
        """Return the record of ``item`` as this export may show it."""
        return item.record if self.is_complete else public_record(item.record, self.profile)

    def described(self, item: ExportItem) -> Record:
        """Return the record as documents give it: with the archive's rights if it has none."""
        return with_archive_rights(self.record_of(item), self.rights, self.rights_uri)


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote.

    Attributes:
        path: The file or folder made.
        items: Items in it.
        files: Files in it.
        size_bytes: Their lengths together.
        without_masters: Items in it whose masters their limits withhold.
        deleted: Items it tells to take out.
        deletions: Name of the file that tells it, in the package or beside the single file; empty
            where there is nothing to take out.
        is_made: Something was written; not so where nothing is new since the moment asked for.
        left_out: Items that the format could not hold; each has a finding.
        findings: What was found in the selection and on the way.
    """

    path: Path
    items: int
    files: int
    size_bytes: int
    without_masters: int = 0
    deleted: int = 0
    deletions: str = ""
    is_made: bool = True
    left_out: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Say whether something that was asked for is not there."""
        return has_errors(self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON data."""
        findings = [finding.to_json() for finding in self.findings]
        counts = asdict(replace(self, findings=()))
        return {**counts, "path": str(self.path), "findings": findings}


Item = TypeVar("Item", bound=ExportItem)


def at_least_one(items: Iterable[Item], *, may_be_none: bool = False) -> Iterator[Item]:
    """Yield ``items``.

    Args:
        items: The items.
        may_be_none: The export has something else to tell, as what was deleted.

    Raises:
        SourceError: There are none, so there is nothing to export.
    """
    is_empty = True
    for item in items:
        is_empty = False
        yield item
    if is_empty and not may_be_none:
        raise SourceError(
            _("No item was selected, so nothing was exported."),
            remedy=_("Give another query, or none to export everything public."),
        )
