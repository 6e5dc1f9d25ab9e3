"""Exports by partner profiles: finding a profile, and giving the partner what it asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from archive.export import ExportReport, Format
from archive.export.endings import check_ending
from archive.export.partners import export_for_partner
from archive.export.partners.rights import RightsJudge
from archive.export.selection import EVERYTHING, Selection, wanted_by
from archive.opening import Archive
from pipeline.exchange import EXCHANGED, exchange_of
from pipeline.packages import Narrowing, export_as
from schemas.errors import ConfigError, SourceError
from schemas.findings import Finding
from schemas.messages import _
from schemas.partners import ENDING, SHIPPED, PartnerProfile, shipped_names
from schemas.partners.reading import check_fields, parse_partner
from schemas.unread import why_unread


def export_to(
    archive: Archive,
    partner: PartnerProfile,
    out: Path,
    *,
    now: Callable[[], datetime],
    selection: Selection = EVERYTHING,
    all_access: bool = False,
    with_masters: bool = False,
) -> ExportReport:
    """Write what a partner's profile asks for.

    The profile's own selection and the one given narrow each other.

    Raises:
        ConfigError: The profile does not fit the archive, or ``out`` the profile; or a partner
            that publishes what it gets is to get what is not public.
        SourceError: Nothing was selected, or nothing of it can go.
        FixityError: A master is not as recorded; nothing is written.
        StoreWriteError: The disk refuses, or ``out`` exists.
    """
    check_fields(partner, archive.profile)
    check_ending(partner.name, partner.endings, out)
    if all_access and partner.is_public_only:
        raise ConfigError(
            _("{partner} publishes what it gets, so it gets only what is public.").format(
                partner=partner.name
            ),
            remedy=_("Leave out --all-access."),
            path=partner.path,
        )
    report = export_as(
        archive,
        _format_of(partner),
        out,
        now=now,
        selection=selection,
        narrowing=_narrowing(archive, partner),
        all_access=all_access,
        with_masters=with_masters,
    )
    return replace(report, findings=(*_settings_findings(archive, partner), *report.findings))


def partner_names(archive: Archive) -> tuple[str, ...]:
    """Return the names of all profiles: the museum's own and those that ship."""
    own = (path.stem for path in archive.layout.partners.glob(f"*{ENDING}"))
    return tuple(sorted({*own, *shipped_names()}))


def find_partner(archive: Archive, name: str) -> PartnerProfile:
    """Return a profile by its name, or by its file.

    The museum's own profile of a name stands in place of the one that ships.

    Args:
        archive: The archive, whose ``partners/`` is looked into first.
        name: A name, or the path of a file that ends in ``.toml``.

    Raises:
        ConfigError: There is none, it cannot be read, or something in it is wrong.
    """
    if name.lower().endswith(ENDING):
        return _read(Path(name))
    if name not in partner_names(archive):
        raise ConfigError(
            _("There is no partner profile '{name}'; there are: {names}.").format(
                name=name, names=", ".join(partner_names(archive))
            ),
            remedy=_("Put one into partners/ of the archive, or give a file: docs/partners.md"),
        )
    own = archive.layout.partners / f"{name}{ENDING}"
    return _read(own if own.is_file() else SHIPPED / f"{name}{ENDING}")


def _read(path: Path) -> PartnerProfile:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why_unread(error)
        raise ConfigError(
            _("The partner profile cannot be read: {reason}.").format(reason=reason), path=path
        ) from error
    return parse_partner(text, path)


def _format_of(partner: PartnerProfile) -> Format:
    return Format(
        partner.records or partner.name,
        ".csv" if partner.is_table else "",
        partner.takes_masters,
        "",
        partial(export_for_partner, partner),
    )


def _narrowing(archive: Archive, partner: PartnerProfile) -> Narrowing:
    asked = Selection(facets=partner.facets, collections=partner.collections)
    try:
        judges = wanted_by(asked, archive.profile)
    except SourceError as error:
        raise ConfigError(
            f"[selection] {error.problem}", remedy=error.remedy, path=partner.path
        ) from error
    return Narrowing(partner.query, judges, (RightsJudge(partner, exchange_of(archive)),))


def _settings_findings(archive: Archive, partner: PartnerProfile) -> tuple[Finding, ...]:
    is_told = partner.records in EXCHANGED or archive.settings.has_public_url
    if is_told or not partner.takes_addresses:
        return ()
    return (Finding("EXCHANGE-no-base-url", values={"format": partner.name}),)
