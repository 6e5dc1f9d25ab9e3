"""The application profile: which fields a record has, what they are called, what they mean.

A profile is a table, ``profile.csv`` in the archive, in the tabular form of Dublin Core
(DCTAP) with a few columns of our own. A museum changes a label or adds a field by editing it.
``docs/profile.md`` explains every column.

Source: DCMI Tabular Application Profiles, https://www.dublincore.org/specifications/dctap/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.errors import ConfigError
from schemas.fields import (
    Field,
    Kind,
    Obligation,
    Profile,
    Role,
    SearchLevel,
    ValueType,
    profile_of,
)
from schemas.findings import Finding, Severity, has_errors
from schemas.messages import _
from schemas.profile_table import read_table
from schemas.unread import why_unread

__all__ = [
    "CheckedProfile",
    "Field",
    "Kind",
    "Obligation",
    "Profile",
    "Role",
    "SearchLevel",
    "ValueType",
    "check_profile",
    "parse_profile",
    "read_profile",
    "shipped_profile_text",
]

SHIPPED = Path(__file__).parent / "profiles"
_NAME = "profile.csv"


@dataclass(frozen=True)
class CheckedProfile:
    """A profile with everything that is wrong with its table.

    Attributes:
        profile: The profile, or None where an error leaves none.
        findings: What was found, in the order of the table.
    """

    profile: Profile | None
    findings: tuple[Finding, ...]


def check_profile(path: Path) -> CheckedProfile:
    """Return the profile in a ``profile.csv`` with every finding; nothing is raised."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why_unread(error)
        finding = Finding("PROFILE-unreadable", path.name, values={"reason": reason})
        return CheckedProfile(None, (finding,))
    return _checked(text, path.name)


def parse_profile(text: str, path: Path | None = None) -> Profile:
    """Return the profile in the text of a ``profile.csv``.

    Args:
        text: The table.
        path: Where it was read, for messages.

    Raises:
        ConfigError: Something is wrong with it; the first error is told.
    """
    return _without_errors(_checked(text, path.name if path else _NAME), path)


def read_profile(path: Path) -> Profile:
    """Return the profile in a ``profile.csv``.

    Raises:
        ConfigError: The file is missing or cannot be read, or something is wrong with it.
    """
    if not path.exists():
        raise ConfigError(
            _("The profile is missing."),
            remedy=_(
                "Bring it back from a copy; hoaban profile --shipped FILE.csv writes the one that"
                " comes with Hoa Ban."
            ),
            path=path,
        )
    return _without_errors(check_profile(path), path)


@cache
def shipped_profile_text(name: str) -> str:
    """Return the text of a profile that comes with Hoa Ban, as ``museum``."""
    return (SHIPPED / f"{name}.csv").read_text(encoding="utf-8")


def _checked(text: str, name: str) -> CheckedProfile:
    table = read_table(text, name)
    profile = None if has_errors(table.findings) else profile_of(table.kinds)
    return CheckedProfile(profile, table.findings)


def _without_errors(checked: CheckedProfile, path: Path | None) -> Profile:
    if checked.profile is not None:
        return checked.profile
    errors = [f for f in checked.findings if f.severity is Severity.ERROR]
    place = errors[0].where().removeprefix(errors[0].path).removeprefix(": ")
    text = f"{place}: {errors[0].message()}" if place else errors[0].message()
    raise ConfigError(
        text,
        remedy=_("All that is wrong with the profile: hoaban profile") if len(errors) > 1 else "",
        path=path,
    )
