"""How quantities are typed on the command line: 50MB/s, 5%, 30m."""

from __future__ import annotations

import re

import click

from schemas.messages import _

_RATE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([kmg]?)(?:b|b/s|/s)?", re.ASCII | re.IGNORECASE)
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9}
_SHARE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%?", re.ASCII)
_TIME = re.compile(r"(?:(\d{1,6})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,6})s)?", re.ASCII | re.IGNORECASE)


def rate(text: str) -> float:
    """Return bytes a second: ``50MB/s``, ``800k``, ``1,5 GB``.

    Raises:
        click.BadParameter: It is no rate.
    """
    found = _RATE.fullmatch(text.strip())
    bytes_per_s = _number(found[1]) * _FACTORS[found[2].lower()] if found else 0.0
    if bytes_per_s < 1:
        raise click.BadParameter(
            _("'{value}' is no rate; write for example 50MB/s.").format(value=text)
        )
    return bytes_per_s


def share(text: str) -> float:
    """Return so many of a hundred: ``5%``, ``0,5%``.

    Raises:
        click.BadParameter: It is no share, or more than all.
    """
    found = _SHARE.fullmatch(text.strip())
    percent = _number(found[1]) if found else 0.0
    if not 0 < percent <= 100:
        raise click.BadParameter(
            _("'{value}' is no share; write for example 5%.").format(value=text)
        )
    return percent


def duration(text: str) -> float:
    """Return seconds: ``30m``, ``2h``, ``1h30m``, ``90s``.

    Raises:
        click.BadParameter: It is no time.
    """
    found = _TIME.fullmatch(text.strip())
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    time_s = hours * 3600 + minutes * 60 + seconds
    if not time_s:
        raise click.BadParameter(
            _("'{value}' is no time; write for example 30m or 2h.").format(value=text)
        )
    return float(time_s)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
