"""Is this computer fit for the work: versions, libraries, what is missing and what to do."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from typing import Any

from archive.catalogue import Catalogue
from archive.opening import open_archive
from archive.settings import SEARCH_ENGINES
from pipeline.extras import EXTRAS, Extra
from schemas.errors import HoabanError
from schemas.messages import _
from schemas.software import DISTRIBUTION, hoaban_version

OUR_PACKAGES = ("archive", "cli", "pipeline", "schemas", "search")
_LIBRARIES = (
    ("click", "click"),
    ("ExifRead", "exifread"),
    ("Jinja2", "jinja2"),
    ("lxml", "lxml.etree"),
    ("openpyxl", "openpyxl"),
    ("Pebble", "pebble"),
    ("pillow", "PIL.Image"),
    ("pygfried", "pygfried"),
    ("starlette", "starlette.applications"),
    ("uvicorn", "uvicorn"),
    ("whoosh3", "whoosh.index"),
)
_LEAST_FREE_BYTES = 1_000_000_000
LARGE_ARCHIVE = 50_000
"""Records from which the search engine tantivy is advised."""


@dataclass(frozen=True)
class Symptom:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        found: What is there.
        is_well: Whether that will do.
        remedy: What to do when it will not; in the current language.
    """

    name: str
    found: str
    is_well: bool
    remedy: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was looked at."""

    symptoms: tuple[Symptom, ...]

    @property
    def is_healthy(self) -> bool:
        """Say whether everything will do."""
        return all(symptom.is_well for symptom in self.symptoms)

    def to_json(self) -> dict[str, Any]:
        """Return the diagnosis as plain JSON data."""
        return {
            "healthy": self.is_healthy,
            "symptoms": [asdict(symptom) for symptom in self.symptoms],
        }

    def lines(self) -> list[str]:
        """Return one line a thing, in the current language."""
        return [
            f"{'✓' if symptom.is_well else '✗'} {symptom.name}: {symptom.found}"
            + (f"\n    {symptom.remedy}" if not symptom.is_well else "")
            for symptom in self.symptoms
        ]


def diagnose(folder: Path) -> Diagnosis:
    """Look at this Python, our libraries, libvips, the installation and the disk of ``folder``."""
    return Diagnosis(
        (
            Symptom("Hoa Ban", hoaban_version(), is_well=True),
            Symptom(
                "Python",
                platform.python_version(),
                sys.version_info >= (3, 11),
                _("Install Python 3.11 or newer."),
            ),
            *(_library(name, module) for name, module in _LIBRARIES),
            _libvips(),
            *(_extra(extra) for extra in EXTRAS.values()),
            _installation(),
            _disk(folder),
            *_search(folder),
        )
    )


def _library(name: str, module: str) -> Symptom:
    def load() -> str:
        import_module(module)
        return version(name)

    return _try(name, load)


def _libvips() -> Symptom:
    def load() -> str:
        vips = import_module("pipeline.vips")
        return str(vips.version())

    return _try("libvips", load)


def _extra(extra: Extra) -> Symptom:
    """Say whether an optional part is here; without it the archive is well, but reads less."""
    name = f"hoaban[{extra.name}]"
    try:
        import_module(extra.module)
        found = f"{extra.distribution} {version(extra.distribution)}"
    except (ImportError, OSError, PackageNotFoundError):
        found = _(
            "not installed; only needed for {formats}: python -m pip install '{name}'"
        ).format(formats=extra.reads, name=name)
    return Symptom(name, found, is_well=True)


def _try(name: str, load: Callable[[], str]) -> Symptom:
    try:
        return Symptom(name, load(), is_well=True)
    except (ImportError, OSError, PackageNotFoundError) as error:
        remedy = _("Install Hoa Ban again: python -m pip install --force-reinstall hoaban")
        return Symptom(name, str(error), is_well=False, remedy=remedy)


def _installation() -> Symptom:
    """Look whether another distribution has put packages of our names beside ours."""
    owners = packages_distributions()
    strangers = {
        f"{package} ({', '.join(sorted(set(owners[package]) - {DISTRIBUTION}))})"
        for package in OUR_PACKAGES
        if set(owners.get(package, ())) - {DISTRIBUTION}
    }
    return Symptom(
        _("Package names in this Python environment"),
        ", ".join(sorted(strangers)) or _("only Hoa Ban's"),
        not strangers,
        _("Install Hoa Ban in an environment of its own: python -m venv .venv"),
    )


def _disk(folder: Path) -> Symptom:
    free = shutil.disk_usage(folder).free
    return Symptom(
        _("Free disk space"),
        f"{free / 1e9:.1f} GB",
        free >= _LEAST_FREE_BYTES,
        _("Make room, or put the archive on a larger disk."),
    )


def _search(folder: Path) -> Iterator[Symptom]:
    """Say whether the search engine fits the archive that ``folder`` is in, if it is in one."""
    try:
        archive = open_archive(folder)
        with Catalogue.open_for_reading(archive.layout.catalogue) as catalogue:
            count = catalogue.count()
    except HoabanError:
        return  # no archive here, or one that other commands say everything about
    engine = archive.settings.search.engine
    found = f"{engine}, {count}"
    if engine == SEARCH_ENGINES[0] and count > LARGE_ARCHIVE:
        # Slower than need be, but nothing is wrong: the computer is fit.
        found += "; " + _(
            "for so many records tantivy is faster: python -m pip install 'hoaban[tantivy]', "
            'then [search] engine = "tantivy" in hoaban.toml, then hoaban rebuild'
        )
    yield Symptom(_("Search engine and records"), found, is_well=True)
