"""What only a published site offers: the log of changes, packages for partners, feeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from archive.catalogue import Catalogue
from archive.opening import Archive
from archive.site.change_log import write_changes
from archive.site.data_files import Download
from archive.site.displays import Displays
from archive.site.feeds import NewItem, write_feed
from archive.site.files import SiteTree
from archive.site.items import shown_item
from archive.site.offline import write_worker
from archive.site.reuse import Reuse
from archive.store import Store
from pipeline.changes import changes_until
from pipeline.newest import changed_at, newest_items, published_at
from pipeline.packages import publication_of
from pipeline.site_packages import Packing, write_packages
from schemas.crosswalks.discovery import Change, ChangeKind
from schemas.crosswalks.iiif import manifest_path
from schemas.findings import Finding
from schemas.records import day_of


class PublishedOffers:
    """Writes what a published site offers besides its pages.

    Attributes:
        findings: What was found on the way.
    """

    def __init__(self, archive: Archive, catalogue: Catalogue, at: datetime) -> None:
        """Take an archive that says where its site is published.

        Args:
            archive: The archive.
            catalogue: Its open catalogue, which is written to.
            at: The moment the site is made for.
        """
        self._archive = archive
        self._catalogue = catalogue
        self._at = at
        self._told: frozenset[str] = frozenset()
        self.findings: list[Finding] = []

    @property
    def told(self) -> frozenset[str]:
        """Ids of items that are no more public, and that the log of changes says so of."""
        return self._told

    def write(self, tree: SiteTree, updated_on: str, reuse: Reuse, items: bytes) -> list[Download]:
        """Write it into a site whose manifests are there; return what there is to download."""
        changes = self._changes(tree)
        self._told = frozenset(gone_in(changes))
        log = write_changes(tree, changes, publication_of(self._archive))
        # The end of an embargo changes what is public without a new version.
        dated = max([updated_on, *(change.at[:10] for change in changes[-1:])])
        packing = Packing(self._archive, self._catalogue, items, day_of(self._at), dated)
        packages = list(write_packages(packing, tree, reuse))
        opened = {c.item_id: c.at for c in changes if c.kind is ChangeKind.CREATE}
        self._write_feeds(tree, opened)
        write_worker(tree, self._archive.layout, self._archive.settings.site.offline_mb)
        return [*log, *packages]

    def _write_feeds(self, tree: SiteTree, opened: Mapping[str, str]) -> None:
        settings, profile = self._archive.settings, self._archive.profile
        newest = list(newest_items(self._catalogue, day_of(self._at), opened))
        for lang in settings.languages:
            shown = []
            displays = Displays(profile, settings, lang)
            for item in newest:
                images = item.derivatives if self._has_manifest(tree, item.item_id) else None
                known = shown_item(item, profile, settings)
                words = displays.display(known, images)
                shown.append(NewItem(words, published_at(item, opened), changed_at(item)))
            write_feed(tree, settings, lang, shown)

    def _changes(self, tree: SiteTree) -> list[Change]:
        return changes_until(
            self._catalogue,
            Store(self._archive.layout),
            self._at,
            is_shown=lambda item_id: self._has_manifest(tree, item_id),
            tell=self.findings.append,
        )

    def _has_manifest(self, tree: SiteTree, item_id: str) -> bool:
        return tree.has(manifest_path(item_id))


def gone_in(changes: list[Change]) -> set[str]:
    """Return the items whose last change is that they went."""
    gone: set[str] = set()
    for change in changes:
        (gone.add if change.kind is ChangeKind.DELETE else gone.discard)(change.item_id)
    return gone
