"""The archive as harvesters see it: public items, and those that were public once.

What was to be had and is no more is read from the versions in the store, so nothing has to be
remembered about harvesters or for them, and ``rebuild`` loses nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from threading import Lock
from urllib.parse import urlsplit

from lxml import etree

from archive import durable
from archive.catalogue import Catalogue, CatalogueItem, public_part
from archive.descriptions import public_description
from archive.export.museum_xml import EDM, LIDO, MODS, Standard
from archive.export.selection import EVERYTHING
from archive.oai import Entry, Format, Identity, Set
from archive.opening import Archive
from archive.store import Store
from pipeline.deletions import iter_deletions, last_shown
from pipeline.exchange import exchange_of, published_of
from pipeline.followed import FollowedArchive
from pipeline.newest import changed_at
from pipeline.packages import page_address
from pipeline.selection import choose
from schemas.crosswalks import public_record
from schemas.crosswalks.exchange import UnfitRecordError
from schemas.crosswalks.oai_dc import oai_dc_element
from schemas.events import utc_text
from schemas.identifiers import item_id_for
from schemas.messages import N_, translate
from schemas.records import Record, day_of, is_public
from schemas.xml import parse_xml, validate

OAI_PATH = "/oai"
_EVER = datetime.min.replace(tzinfo=UTC)
_KEY_BYTES = 32
_LIDO_NS, _LIDO_XSD = "http://www.lido-schema.org", "http://www.lido-schema.org/schema/v1.1/"
_EDM_NS, _EDM_XSD = "http://www.europeana.eu/schemas/edm/", "http://www.europeana.eu/schemas/edm/"
_MODS_NS, _MODS_XSD = "http://www.loc.gov/mods/v3", "http://www.loc.gov/standards/mods/v3/"


class HarvestedArchive:
    """A repository of the public items of an archive.

    The list of entries is made once, and again after a change of the catalogue, the settings, the
    profile, or the day: an embargo may have ended. It takes some 300 bytes an item.
    """

    def __init__(self, archive: FollowedArchive, now: Callable[[], datetime]) -> None:
        """Take an archive, as its settings and profile are when a harvester asks."""
        self._followed = archive
        self._now = now
        self._lock = Lock()
        self._state: object = None
        self._read_from: Archive | None = None
        self._entries: list[Entry] = []
        self._by_id: dict[str, Entry] = {}
        self._sets: dict[str, str] = {}

    @property
    def _archive(self) -> Archive:
        return self._followed.current()

    @property
    def identity(self) -> Identity:
        """Who answers."""
        settings = self._archive.settings
        entries = self.entries
        return Identity(
            name=settings.publisher or settings.title_in(settings.main_language),
            base_url=settings.base_url + OAI_PATH,
            admin_email=settings.exchange.admin_email,
            domain=urlsplit(settings.base_url).hostname or "",
            earliest=entries[0].datestamp if entries else utc_text(self._now()),
        )

    @property
    def formats(self) -> tuple[Format, ...]:
        """oai_dc, and the standards of museums and libraries."""
        return (
            Format(
                "oai_dc",
                "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                "http://www.openarchives.org/OAI/2.0/oai_dc/",
                self._dublin_core,
            ),
            Format("lido", f"{_LIDO_XSD}lido-v1.1.xsd", _LIDO_NS, partial(self._document, LIDO)),
            Format("edm", f"{_EDM_XSD}EDM.xsd", _EDM_NS, partial(self._document, EDM)),
            Format("mods", f"{_MODS_XSD}mods-3-8.xsd", _MODS_NS, partial(self._document, MODS)),
        )

    @property
    def sets(self) -> tuple[Set, ...]:
        """Collections and kinds of record, and all of each."""
        self._refresh()
        return tuple(Set(spec, name) for spec, name in sorted(self._sets.items()))

    @property
    def entries(self) -> list[Entry]:
        """Everything that is or was public, in order."""
        self._refresh()
        return self._entries

    def find(self, item_id: str) -> Entry | None:
        """Return the entry of an item, or None."""
        self._refresh()
        return self._by_id.get(item_id)

    # --- what there is ---

    def _refresh(self) -> None:
        """Read the list again if something changed since it was read."""
        with self._lock:
            archive = self._archive
            state = (_state_of(archive), day_of(self._now()))
            if state == self._state and archive is self._read_from:
                return
            sets: dict[str, str] = {}
            entries = sorted(self._read(archive, sets))
            self._entries, self._sets, self._state = entries, sets, state
            self._read_from = archive
            self._by_id = {entry.item_id: entry for entry in entries}

    def _read(self, archive: Archive, sets: dict[str, str]) -> Iterator[Entry]:
        today = day_of(self._now())
        store = Store(archive.layout)
        with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
            for item in catalogue.iter_items(public_on=today):
                yield Entry(changed_at(item), item.item_id, _sets_of(archive, item.record, sets))
            chosen = choose(archive, catalogue, EVERYTHING, public_on=today)
            ever = replace(chosen, since=_EVER)
            for gone in iter_deletions(store, catalogue, ever):
                last = last_shown(store, gone.item_id, ever, _EVER)
                told = _sets_of(archive, last.record, sets) if last else ()
                yield Entry(gone.at, gone.item_id, told, is_deleted=True)

    # --- documents ---

    def _dublin_core(self, item_id: str) -> etree._Element | None:
        item = self._item(item_id)
        if item is None:
            return None
        archive = self._archive
        described = public_description(item.record, archive.profile, archive.settings)
        return oai_dc_element(described, url=page_address(archive, item_id))

    def _document(self, standard: Standard, item_id: str) -> etree._Element | None:
        item = self._item(item_id)
        if item is None:
            return None
        archive = self._archive
        record = public_record(item.record, archive.profile)
        # What it lacks is told to the museum by `hoaban export`, not to harvesters.
        published = published_of(
            archive, item, self._today(), format_name=standard.name, tell=lambda finding: None
        )
        try:
            nodes = standard.nodes(record, published, exchange_of(archive))
        except UnfitRecordError:
            return None
        document = standard.document(nodes)
        return None if validate(document, standard.name) else parse_xml(document)

    def _item(self, item_id: str) -> CatalogueItem | None:
        """Return an item while it is public: it may have been closed since the list was read."""
        with Catalogue.open_for_reading(self._archive.layout.catalogue) as catalogue:
            item = catalogue.get(item_id)
        if item is None or not is_public(item.record, self._today()):
            return None
        return public_part(item, self._today())

    def _today(self) -> date:
        return day_of(self._now())


_KINDS = N_("By kind")
_COLLECTIONS = N_("By collection")


def _sets_of(archive: Archive, record: Record, sets: dict[str, str]) -> tuple[str, ...]:
    """Return the sets of a record, and note what they are called."""
    lang = archive.settings.main_language
    profile = archive.profile
    kind = next((k for k in profile.kinds if k.name == record.kind), None)
    kind = kind or next(iter(profile.kinds), None)
    found = {}
    if kind is not None:
        sets["kind"] = translate(_KINDS, lang)
        found[f"kind:{item_id_for(kind.name)}"] = kind.label(lang)
    shown = public_record(record, profile)
    for statement in shown.values("isPartOf"):
        if statement.value and statement.lang in ("", lang):
            sets["collection"] = translate(_COLLECTIONS, lang)
            found[f"collection:{item_id_for(statement.value)}"] = statement.value
    sets.update(found)
    return tuple(sorted(found))


def _state_of(archive: Archive) -> tuple[tuple[int, int], ...]:
    """Return what changes when the catalogue does: time and size of its files."""
    path = archive.layout.catalogue
    files = (path, path.with_name(path.name + "-wal"))
    found = (file.stat() for file in files if file.exists())
    return tuple((state.st_mtime_ns, state.st_size) for state in found)


def can_be_harvested(archive: Archive) -> bool:
    """Say whether the settings tell where the archive is published and whom to write to."""
    return archive.settings.has_public_url and bool(archive.settings.exchange.admin_email)


def harvest_key(archive: Archive) -> bytes:
    """Return the secret that signs resumption tokens; made at the first use.

    Raises:
        StoreWriteError: The disk refuses to keep it.
    """
    path = archive.layout.harvest_key
    if path.is_file():
        found = path.read_bytes()
        if len(found) == _KEY_BYTES:
            return found
    key = secrets.token_bytes(_KEY_BYTES)
    durable.write_file(path, key)
    return key
