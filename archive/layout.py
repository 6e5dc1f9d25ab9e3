"""Where everything of an archive stands on disk, and how an archive is found.

Nothing here reads or writes content; it only knows names.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from schemas.errors import ConfigError
from schemas.identifiers import shard_of
from schemas.messages import _

CONFIG_NAME = "hoaban.toml"
PROFILE_NAME = "profile.csv"


@dataclass(frozen=True)
class Layout:
    """The names of one archive's parts.

    Attributes:
        root: The archive's folder, absolute.
    """

    root: Path

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.root / CONFIG_NAME

    @property
    def profile(self) -> Path:
        """The application profile."""
        return self.root / PROFILE_NAME

    @property
    def periods(self) -> Path:
        """The museum's own table of periods; may be missing."""
        return self.root / "periods.csv"

    @property
    def vocabularies(self) -> Path:
        """The folder of the museum's own vocabularies; may be missing."""
        return self.root / "vocabularies"

    @property
    def partners(self) -> Path:
        """The folder of the museum's own partner profiles; may be missing."""
        return self.root / "partners"

    @property
    def stories(self) -> Path:
        """The folder of the museum's stories; may be missing."""
        return self.root / "stories"

    @property
    def theme(self) -> Path:
        """The folder of the museum's own templates, styles and logo; may be missing."""
        return self.root / "theme"

    @property
    def store(self) -> Path:
        """The OCFL storage root: the archive itself."""
        return self.root / "store"

    @property
    def catalogue(self) -> Path:
        """The SQLite catalogue, a cache of the store."""
        return self.root / "catalogue.db"

    @property
    def index(self) -> Path:
        """The Whoosh index."""
        return self.root / "index"

    @property
    def derivatives(self) -> Path:
        """Images made from masters."""
        return self.root / "derivatives"

    @property
    def site(self) -> Path:
        """The public static archive."""
        return self.root / "site"

    @property
    def site_pages(self) -> Path:
        """What the pages of the site were made from; without it all are made again."""
        return self.root / "site-pages.db"

    @property
    def site_items(self) -> Path:
        """What the lists of the site say of items; without it all are read again."""
        return self.root / "site-items.db"

    @property
    def site_documents(self) -> Path:
        """What was made of single items for the site; without it all is made again."""
        return self.root / "site-documents.db"

    @property
    def site_search(self) -> Path:
        """What the search of the site was made of, part by part; without it all is made again."""
        return self.root / "site-search.db"

    @property
    def site_looked(self) -> Path:
        """Which files of the site were looked through; without it all are again."""
        return self.root / "site-looked.bin"

    @property
    def site_twin(self) -> Path:
        """The site once more, by links: what the next is made of; without it all is linked."""
        return self.root / ".site-twin"

    @property
    def site_mark(self) -> Path:
        """What says that the twin of the site is one; without it none is believed in."""
        return self.root / "site-twin.json"

    @property
    def site_standing(self) -> Path:
        """How the site stands and what it was made from; without it the next build looks closer."""
        return self.root / "site-standing.json"

    @property
    def site_changed(self) -> Path:
        """The list of files of the site that are new or changed since the list was deleted."""
        return self.root / "site-changed.txt"

    @property
    def site_removed(self) -> Path:
        """The list of files that were in the site since then, and are no longer."""
        return self.root / "site-removed.txt"

    @property
    def editions(self) -> Path:
        """Copies of the site for a stick or another small disk, a folder each."""
        return self.root / "editions"

    @property
    def quarantine(self) -> Path:
        """Files set aside with their findings."""
        return self.root / "quarantine"

    @property
    def batches(self) -> Path:
        """Reports and contact sheets of what was ingested, a folder a batch; for staff only."""
        return self.root / "batches"

    @property
    def staging(self) -> Path:
        """Work in progress; on the store's file system, so that a rename commits it."""
        return self.root / ".staging"

    @property
    def remote_staging(self) -> Path:
        """Work in progress of other computers: they may still write when ours was stopped."""
        return self.root / ".staging-remote"

    @property
    def lock(self) -> Path:
        """The file whose lock the one writer holds."""
        return self.root / ".lock"

    @property
    def audits(self) -> Path:
        """The logs of audits and repairs; they only grow."""
        return self.root / "audits"

    @property
    def audit_lock(self) -> Path:
        """The file whose lock the one audit holds."""
        return self.root / ".audit-lock"

    @property
    def replica(self) -> Path:
        """The file that says that this folder is a replica; an archive has none."""
        return self.root / "replica.json"

    @property
    def harvest_key(self) -> Path:
        """The secret that signs harvesters' tokens; made anew when lost."""
        return self.root / ".harvest-key"

    def staging_of(self, item_id: str) -> Path:
        """The folder in which a worker may stage one item."""
        return self.staging / "items" / item_id

    def derivatives_of(self, item_id: str) -> Path:
        """The folder of one item's derivatives."""
        return self.derivatives / shard_of(item_id) / item_id


def find_archive(start: Path) -> Layout:
    """Return the archive that ``start`` is in: the nearest folder upward with a hoaban.toml.

    Raises:
        ConfigError: No folder from ``start`` upward is an archive.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return Layout(folder)
    raise ConfigError(
        _("No archive was found here or in any folder above."),
        remedy=_("Go into the archive's folder, give --archive DIR, or make one: hoaban init DIR"),
        path=start,
    )
