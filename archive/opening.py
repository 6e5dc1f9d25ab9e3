"""Making a new archive and opening one: its layout, its settings, its profile."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from archive.catalogue import Catalogue
from archive.config import Settings, read_settings, settings_from, settings_text
from archive.durable import make_folder, write_file
from archive.layout import CONFIG_NAME, PROFILE_NAME, Layout, find_archive
from archive.store import Store
from archive.value_tables import read_value_tables
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.normalising import ValueTables, shipped_tables
from schemas.profile import Profile, read_profile, shipped_profile_text


@dataclass(frozen=True)
class Archive:
    """An archive that is open: where it is and what its museum decided.

    Attributes:
        layout: Where its parts stand.
        settings: What ``hoaban.toml`` and the environment say.
        profile: What ``profile.csv`` says.
        tables: What values are understood by: the tables that ship, with ``periods.csv`` and
            ``vocabularies/`` laid over them.
    """

    layout: Layout
    settings: Settings
    profile: Profile
    tables: ValueTables = field(default_factory=shipped_tables)


def open_archive(start: Path) -> Archive:
    """Return the archive that ``start`` is in.

    Raises:
        ConfigError: There is none, or its settings, profile or tables are wrong.
        RecordError: Its store is not there.
    """
    layout = find_archive(start)
    Store(layout).check_root()
    return Archive(
        layout,
        read_settings(layout.config),
        read_profile(layout.profile),
        read_value_tables(layout),
    )


def create_archive(folder: Path, settings: Settings, *, profile_name: str = "museum") -> Archive:
    """Make a new, empty archive in ``folder`` and return it open.

    The settings file is written last: a folder without it is not an archive, so an interrupted
    call can simply be repeated.

    Raises:
        ConfigError: ``folder`` is an archive already or holds other things, or a setting is
            wrong; then nothing is written.
        StoreWriteError: The disk refuses.
    """
    layout = Layout(folder.resolve())
    if layout.config.exists():
        raise ConfigError(
            _("This folder is an archive already."),
            remedy=_("Use it as it is, or choose another folder."),
            path=folder,
        )
    if folder.exists() and not folder.is_dir():
        raise ConfigError(
            _("A file of this name is in the way."),
            remedy=_("Choose another name for the archive."),
            path=folder,
        )
    ours = (PROFILE_NAME, *(p.name for p in (layout.store, layout.staging, layout.lock)))
    catalogue_names = {f"{layout.catalogue.name}{ending}" for ending in ("", "-wal", "-shm")}
    if folder.is_dir() and {e.name for e in folder.iterdir()} - {*ours, *catalogue_names}:
        raise ConfigError(
            _("The folder is not empty."),
            remedy=_("Choose a new or an empty folder for the archive."),
            path=folder,
        )
    text = settings_text(settings)
    settings_from(tomllib.loads(text), layout.config)
    make_folder(layout.root)
    Store.create(layout)
    with Catalogue.open(layout.catalogue) as catalogue:
        catalogue.mark_complete()
    write_file(layout.profile, b"\xef\xbb\xbf" + shipped_profile_text(profile_name).encode())
    write_file(layout.root / CONFIG_NAME, text.encode())
    return open_archive(layout.root)
