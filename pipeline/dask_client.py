"""The connection to a dask scheduler: only with TLS, unless it never leaves this computer.

Whoever reaches a dask scheduler can run any program on its workers, so one that other computers
can reach is never spoken to without certificates on both sides.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.layout import Layout
from archive.opening import Archive
from archive.settings import DaskSettings
from schemas.errors import ConfigError, DependencyError
from schemas.messages import _

if TYPE_CHECKING:
    from distributed import Client, Security

_CONNECT_S = 10


def scheduler_address(settings: DaskSettings) -> str:
    """Return the scheduler's address, with its protocol.

    Raises:
        ConfigError: There is none, or it can be reached from elsewhere and is not protected.
    """
    address = settings.scheduler.strip()
    if not address:
        raise ConfigError(
            _("No scheduler is set."),
            remedy=_("Give its address: --scheduler tls://192.168.1.10:8786"),
        )
    if "://" not in address:
        address = f"{'tls' if settings.tls_cert else 'tcp'}://{address}"
    parts = urlsplit(address)
    if parts.scheme not in {"tcp", "tls"} or not parts.hostname:
        raise ConfigError(
            _("'{address}' is not the address of a scheduler.").format(address=address),
            remedy=_("Give its address: --scheduler tls://192.168.1.10:8786"),
        )
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise ConfigError(
            _("The scheduler {address} would be spoken to without protection.").format(
                address=address
            ),
            remedy=_("Make certificates and use tls://, as docs/many-computers.md says."),
        )
    if parts.scheme == "tls" and not (settings.tls_ca and settings.tls_cert and settings.tls_key):
        raise ConfigError(
            _("A scheduler with tls:// needs the settings tls_ca, tls_cert and tls_key."),
            remedy=_("Make certificates as docs/many-computers.md says."),
        )
    return address


@contextmanager
def connected(archive: Archive) -> Iterator[Client]:
    """Give a client of the archive's scheduler.

    Raises:
        ConfigError: The settings do not say where it is, or not safely.
        DependencyError: dask is not installed, or the scheduler does not answer.
    """
    address = scheduler_address(archive.settings.dask)
    try:
        # Imported late: it takes a second and a half.
        from distributed import Client
    except ImportError as error:
        raise DependencyError(
            _("The library dask.distributed is missing."),
            remedy=_("Install it: python -m pip install 'hoaban[dask]'"),
        ) from error
    try:
        client = Client(
            address,
            security=_security(archive.layout, archive.settings.dask, address),
            timeout=f"{_CONNECT_S}s",
            set_as_default=False,
        )
    except (OSError, ValueError) as error:
        raise DependencyError(
            _("The scheduler {address} does not answer: {reason}.").format(
                address=address, reason=error
            ),
            remedy=_("Check that it runs and that its certificates are those of the settings."),
        ) from error
    with client:
        yield client


@contextmanager
def translated_losses() -> Iterator[None]:
    """Raise one error of ours for every way in which dask says that the scheduler is gone.

    Raises:
        DependencyError: The scheduler does not answer, or has forgotten our work.
    """
    try:
        yield
    except (asyncio.CancelledError, CancelledError, OSError) as error:
        raise scheduler_gone() from error


def scheduler_gone() -> DependencyError:
    """Return the error that ends a run whose scheduler is gone."""
    return DependencyError(
        _("The scheduler does not answer any more."),
        remedy=_("Start it again, then run the same command again; it goes on where it stopped."),
    )


def _security(layout: Layout, settings: DaskSettings, address: str) -> Security | None:
    from distributed import Security

    if not address.startswith("tls://"):
        return None
    files = {
        "tls_ca_file": layout.root / settings.tls_ca,
        "tls_client_cert": layout.root / settings.tls_cert,
        "tls_client_key": layout.root / settings.tls_key,
    }
    for path in files.values():
        if not path.is_file():
            raise ConfigError(
                _("There is no such certificate or key."),
                remedy=_("Make certificates as docs/many-computers.md says."),
                path=path,
            )
    return Security(require_encryption=True, **{name: str(path) for name, path in files.items()})


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
