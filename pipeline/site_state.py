"""Whether the archive has changed since its site was built, told without looking at its files.

Times and counts say it. What only a build can know, as that a file of the site was changed by hand,
is not asked here: a build that has nothing to do says so itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue
from archive.layout import Layout
from archive.site.own_files import files_in, own_places
from archive.site.standing import items_at_last_build
from schemas.events import utc_text
from schemas.messages import _, ngettext


@dataclass(frozen=True)
class SiteState:
    """When the site was built, and what has changed since.

    Attributes:
        built_at: When the last build that wrote anything ended, RFC 3339 in UTC.
        items: Items it shows; None where the last build had something to tell.
        public_items: Items it may show now.
        changed_items: Items, public or not, whose newest version was stored after that.
        changed_files: What of the museum's own settings, texts and tables was written after that,
            by their paths in the archive.
    """

    built_at: str
    items: int | None
    public_items: int
    changed_items: int
    changed_files: tuple[str, ...]

    @property
    def is_stale(self) -> bool:
        """Whether a build would, as far as times tell, change the site."""
        has_others = self.items not in (None, self.public_items)
        return bool(self.changed_items or self.changed_files or has_others)

    def to_json(self) -> Mapping[str, Any]:
        """Return the state as plain JSON data."""
        return asdict(self) | {"is_stale": self.is_stale}

    def text(self) -> str:
        """Return the state in the current language."""
        built = datetime.fromisoformat(self.built_at).astimezone()
        told = [_("built {day}").format(day=f"{built:%Y-%m-%d %H:%M}")]
        if self.items not in (None, self.public_items):
            shown = _("it shows {items} items, {public} are public now")
            told.append(shown.format(items=self.items, public=self.public_items))
        if self.changed_items:
            changed = ngettext(
                "{n} item has changed since", "{n} items have changed since", self.changed_items
            )
            told.append(changed.format(n=self.changed_items))
        if self.changed_files:
            told.append(_("changed since: {files}").format(files=", ".join(self.changed_files)))
        if self.is_stale:
            told.append(_("bring it up to date: hoaban build"))
        return "; ".join(told)


def site_state(layout: Layout, catalogue: Catalogue, public_items: int) -> SiteState | None:
    """Return how the site of an archive stands; None if there is none.

    Args:
        layout: The archive.
        catalogue: Its catalogue.
        public_items: How many items the public may see today.

    Raises:
        RecordError: The catalogue is damaged.
    """
    if not (layout.site / "index.html").is_file():
        return None
    # Every build that writes begins or goes on with the list of changes; who uploads may delete it.
    built = max(map(_time_of, (layout.site_changed, layout.site_pages, layout.site)))
    built_at = utc_text(datetime.fromtimestamp(built, UTC))
    newer = (
        path.relative_to(layout.root).as_posix()
        for place in own_places(layout)
        for _name, path in files_in(place)
        if _time_of(path) > built
    )
    return SiteState(
        built_at=built_at,
        items=items_at_last_build(layout),
        public_items=public_items,
        changed_items=catalogue.count_changed_after(built_at),
        changed_files=tuple(sorted(newer)),
    )


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
