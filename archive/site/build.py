"""Build the site: written beside the old one, looked through, put in its place by a rename.

Building twice from the same archive gives the same bytes: nothing on a page comes from the clock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from archive.kept_items import DAMAGE, forget_caches, is_refusal
from archive.layout import Layout
from archive.refusals import why_refused
from archive.settings import Settings
from archive.site.changes import Settled, settle, write_changes
from archive.site.data_files import Offers
from archive.site.edition import CHECKSUMS_NAME, Edition, Fit, fitting
from archive.site.files import SiteTree
from archive.site.item_pages import JsonLd
from archive.site.items import SiteItem
from archive.site.kept import keep_made, note_build
from archive.site.leaks import Listed, refuse_leaks
from archive.site.listing import ListedItem
from archive.site.looked import Looked
from archive.site.place import SitePlace, discard, publish
from archive.site.report import SiteReport
from archive.site.search_folder import SearchFolder
from archive.site.site_writer import Facets, Progress, SiteWriter, new_table
from archive.site.survey import Survey
from archive.site.twin import keep_twin, new_tree
from schemas.errors import StoreWriteError
from schemas.messages import _
from schemas.profile import Profile
from schemas.records import day_of

_UNFIT = (
    FileExistsError,
    FileNotFoundError,
    IsADirectoryError,
    NotADirectoryError,
    PermissionError,
)


def build_site(
    layout: Layout,
    settings: Settings,
    profile: Profile,
    items: Callable[[], Iterator[ListedItem]],
    *,
    write_search: Callable[[Path], object],
    at: str,
    search_key: bytes | None = None,
    on_progress: Progress | None = None,
    json_ld: JsonLd | None = None,
    linked_art: JsonLd | None = None,
    facets: Facets | None = None,
    perhaps_closed: Callable[[], Iterator[SiteItem]] | None = None,
    edition: Edition | None = None,
    processes: int = 1,
    offers: Offers | None = None,
) -> SiteReport:
    """Write the site beside the old one and put it in its place.

    An edition is made for a disk of a certain size: its zoomable images are halved until it fits.

    Args:
        layout: The archive.
        settings: Its settings.
        profile: Its application profile.
        items: Gives a new iterator over the public items, in the order of the list, each time.
        write_search: Writes the static search index into the folder it is given, with its engine
            as ``search-engine.js``.
        search_key: Digest of everything that the index is made from besides the items: where
            those are the same too, it is taken from the site before. None where that is not known.
        at: When this is, RFC 3339 in UTC; what is under an embargo on that day is not public.
        on_progress: Called with (items done, items in all).
        json_ld: Describes an item for search engines and scholars; without it none is written.
            With more than one process it is pickled.
        linked_art: Describes it as Linked Art does, likewise.
        facets: What the search page calls the facets of the index; without it there are none.
        perhaps_closed: Gives a new iterator over all items that are not public, or of which
            something may not be, each time; with it the site is looked through for what is not
            public before it is put in place.
        edition: What to make instead of the site itself.
        processes: How many processes write the pages of a large archive.
        offers: Writes what is only for a published site: feeds, the log of changes, packages.

    Raises:
        LeakError: Something of what is not public stands in the new site; the old one stays.
        ConfigError: A story is wrong, or names an item that is not public.
        ValueError: ``items`` gave one that is not public.
        SourceError: The edition cannot be made small enough.
        StoreWriteError: The disk refused a write.
        DependencyError: A process that writes pages died.
    """
    place = SitePlace.of(layout, edition.name if edition else "")
    today = day_of(datetime.fromisoformat(at))

    search = SearchFolder(layout, search_key if edition is None else None)

    def write(tree: SiteTree, halvings: int) -> Survey:
        writer = SiteWriter(
            layout,
            settings,
            profile,
            tree,
            json_ld=json_ld,
            linked_art=linked_art,
            facets=facets,
            halvings=halvings,
            processes=processes,
            keeps=edition is None,
            offers=offers,
        )
        survey = writer.write(items, today, on_progress)
        search.write(tree, writer.items_digest, write_search)
        return survey

    read = (item.read() for item in items())
    fit = fitting(edition, layout, read) if edition else Fit(0, 0)
    try:
        tree, survey, fit = _written(layout, place, write, edition, fit)
        settled = None
        if edition is None:
            settled = settle(tree)
            search.note(tree, new_table(layout))
        looked = None
        if perhaps_closed is not None:
            told = offers.told if offers is not None else frozenset()
            listed = Listed(perhaps_closed, items)
            looked = refuse_leaks(tree.root, layout, profile, listed, today, told)
        _put_in_place(layout, place, tree, settled, looked)
    except (OSError, sqlite3.DatabaseError) as error:
        raise _refused(error, layout) from error
    finally:
        discard(place, new_table(layout))
    return _report(tree, survey, at, place.site, fit.halvings)


def _written(
    layout: Layout,
    place: SitePlace,
    write: Callable[[SiteTree, int], Survey],
    edition: Edition | None,
    fit: Fit,
) -> tuple[SiteTree, Survey, Fit]:
    """Return the new site beside the old one; an edition as large as fits.

    Raises:
        SourceError: The edition cannot be made small enough.
    """
    is_second = False
    while True:
        tree = new_tree(place, keeps=edition is None)
        try:
            survey = write(tree, fit.halvings)
        except _UNFIT:
            # Of a twin a folder may be in the way of a file, or a file of a folder.
            if not tree.is_twin:
                raise
            continue
        except DAMAGE as error:
            # What was kept of items is damaged: it is forgotten, and they are read again.
            if is_second or is_refusal(error):
                raise
            is_second = True
            forget_caches(layout)
            continue
        if edition is None:
            return tree, survey, fit
        if edition.is_kept_by(tree.counts):
            tree.write_checksums(CHECKSUMS_NAME)
            return tree, survey, fit
        fit = fit.smaller(tree.counts.files, tree.counts.disk_bytes)


def _put_in_place(
    layout: Layout,
    place: SitePlace,
    tree: SiteTree,
    settled: Settled | None,
    looked: Looked | None,
) -> None:
    """Put a new site in its place; of the site itself, list what changed and keep how it was made.

    A crash in between costs nothing: the lists name more than changed, and the table of the site
    before is only believed of files that it wrote.
    """
    build = b""
    if settled is not None:
        build = note_build(new_table(layout))
        write_changes(layout, settled.changes, tree)
    publish(place)
    if settled is not None:
        is_kept = keep_made(layout.site_pages, new_table(layout))
        keep_twin(place, settled, build if is_kept else b"")
        if looked is not None:
            looked.keep()


def _refused(error: OSError | sqlite3.DatabaseError, layout: Layout) -> StoreWriteError:
    # SQLite names no file: its tables stand in the archive's folder and in staging.
    place = layout.root
    if isinstance(error, OSError):
        place = Path(error.filename) if isinstance(error.filename, str) else layout.site
    return StoreWriteError(
        _("The site cannot be written: {reason}.").format(reason=why_refused(error)),
        remedy=_("Make room on the disk or check your rights there, and build again."),
        path=place,
    )


def _report(tree: SiteTree, survey: Survey, at: str, path: Path, halvings: int) -> SiteReport:
    warning = _("{identifier}: its images are missing. Make them again: hoaban rebuild")
    counts = tree.counts
    return SiteReport(
        counts.pages,
        survey.items,
        counts.files,
        counts.size_bytes,
        tuple(warning.format(identifier=identifier) for identifier in survey.broken),
        at,
        path,
        counts.disk_bytes,
        halvings,
    )
