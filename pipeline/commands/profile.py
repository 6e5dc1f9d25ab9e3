"""The command for the application profile, and what check does with profile and columns."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from archive.config import read_settings
from archive.layout import Layout, find_archive
from archive.value_tables import read_value_tables
from pipeline.commands.opening import is_in_archive
from pipeline.commands.options import archive_option, json_option
from pipeline.commands.printing import print_json, print_lines
from pipeline.intake.headings import Headings
from pipeline.reports import finding_lines, finding_summary
from pipeline.spoken_help import SpokenCommand, spoken_option
from schemas.errors import ConfigError
from schemas.findings import Finding, has_errors
from schemas.messages import N_, _, current_language, ngettext
from schemas.profile import (
    Field,
    Profile,
    check_profile,
    parse_profile,
    shipped_profile_text,
)


@click.command(
    cls=SpokenCommand,
    help=N_(
        """Check the profile of the archive, and list its kinds of record and their fields.

        Outside an archive it is about the profile that comes with Hoa Ban. Writes nothing but
        the file an option names: an empty catalogue to fill in, a plain DCTAP table for other
        programs, or the whole profile that comes with Hoa Ban, to take rows from.

        \b
        Examples:
          hoaban profile
          hoaban profile --kind relic_site
          hoaban profile --kind intangible --template "Di sản phi vật thể.xlsx"
          hoaban profile --dctap profile-dctap.csv
        """
    ),
)
@spoken_option(
    "--kind", "names", multiple=True, metavar="KIND", help=N_("Only this kind. May be repeated.")
)
@spoken_option(
    "--template",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help=N_("Write an empty catalogue with the headings of the kind, by default of the first."),
)
@spoken_option(
    "--dctap",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help=N_("Write the profile as a plain DCTAP table."),
)
@spoken_option(
    "--shipped",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help=N_("Write the profile that comes with Hoa Ban."),
)
@json_option
@archive_option
def profile(
    names: tuple[str, ...],
    template: Path | None,
    dctap: Path | None,
    shipped: Path | None,
    as_json: bool,
    archive_dir: Path | None,
) -> None:
    from pipeline.template import write_template
    from schemas.profile_dctap import dctap_text

    if shipped is not None:
        _write(shipped, shipped_profile_text("museum"))
    layout = _layout(archive_dir)
    checked = check_profile(layout.profile) if layout else None
    if layout:
        read_value_tables(layout)
    findings = checked.findings if checked else ()
    if has_errors(findings):
        _print_findings(findings, as_json=as_json)
        sys.exit(ConfigError.exit_code)
    whole = checked.profile if checked else None
    whole = whole or parse_profile(shipped_profile_text("museum"))
    chosen = [_kind(whole, name) for name in names]
    lang = current_language()
    if dctap is not None:
        _write(dctap, dctap_text(whole, lang))
    if template is not None:
        write_template(template, chosen or [whole], lang)
        _tell_written(template)
    if as_json:
        print_json(
            {
                "kinds": [_kind_json(kind) for kind in chosen or whole.each()],
                "findings": [finding.to_json() for finding in findings],
            }
        )
    elif not (template or dctap or shipped):
        print_lines(finding_lines(findings))
        for kind in chosen or whole.each():
            _print_kind(kind, lang)


def profile_findings(archive_dir: Path | None) -> tuple[Finding, ...]:
    """Return what is wrong with the profile of the archive one is in, if one is in any."""
    layout = _layout(archive_dir)
    return check_profile(layout.profile).findings if layout else ()


def print_profile_check(archive_dir: Path | None, *, as_json: bool) -> None:
    """Print what is wrong with the profile and the mapped columns, and end with its code."""
    layout = _layout(archive_dir)
    if layout is None:
        raise click.UsageError(_("Give the folder of the delivery, or go into an archive."))
    checked = check_profile(layout.profile)
    read_value_tables(layout)
    findings = checked.findings
    columns = read_settings(layout.config).intake.columns
    if checked.profile is not None:
        findings += Headings(checked.profile, columns).mapping_findings()
    _print_findings(findings, as_json=as_json)
    if has_errors(findings):
        sys.exit(ConfigError.exit_code)


def parse_columns(entries: tuple[str, ...]) -> dict[str, str]:
    """Return what ``--map`` says: the field of each heading, or an empty text."""
    columns = {}
    for entry in entries:
        heading, mark, field = entry.rpartition("=")
        if not mark or not heading.strip():
            raise click.BadParameter(
                _("'{entry}' is not HEADING=FIELD.").format(entry=entry), param_hint="--map"
            )
        columns[heading.strip()] = field.strip()
    return columns


def check_columns(columns: dict[str, str], known: Profile) -> None:
    """Refuse a mapping to a field that no kind has."""
    for heading, target in columns.items():
        if target and target.partition("@")[0] not in known.positions:
            raise click.BadParameter(
                _("'{heading}': there is no field '{field}'; hoaban profile lists them.").format(
                    heading=heading, field=target
                ),
                param_hint="--map",
            )


def _layout(archive_dir: Path | None) -> Layout | None:
    if archive_dir is None and not is_in_archive():
        return None
    return find_archive(archive_dir or Path.cwd())


def _kind(whole: Profile, name: str) -> Profile:
    for kind in whole.each():
        entry = kind.kind_entry
        if entry and name in entry.words:
            return kind
    known = ", ".join(kind.kind_entry.name for kind in whole.each() if kind.kind_entry)
    raise click.BadParameter(
        _("There is no kind '{name}'; there are: {known}.").format(name=name, known=known),
        param_hint="--kind",
    )


def _print_findings(findings: tuple[Finding, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"findings": [finding.to_json() for finding in findings]})
        return
    print_lines(finding_lines(findings))
    click.echo(finding_summary(findings))


def _print_kind(kind: Profile, lang: str) -> None:
    entry = kind.kind_entry
    count = len(kind.fields)
    click.echo(
        ngettext("{name}: {label}, {count} field", "{name}: {label}, {count} fields", count).format(
            name=entry.name if entry else "", label=entry.label(lang) if entry else "", count=count
        )
    )
    width = max(len(field.name) for field in kind)
    for field in kind:
        click.echo(f"  {field.name:{width}}  {_said(field, lang)}")


def _said(field: Field, lang: str) -> str:
    term = f"dcterms:{field.term}" if field.term else ""
    parts = (field.label(lang), field.obligation.value, field.value_type.value, term)
    return " · ".join(part for part in parts if part)


def _kind_json(kind: Profile) -> dict[str, Any]:
    entry = kind.kind_entry
    return {
        "kind": entry.name if entry else "",
        "labels": dict(entry.labels) if entry else {},
        "fields": [
            {
                "field": field.name,
                "term": field.term,
                "labels": dict(field.labels),
                "obligation": field.obligation.value,
                "repeatable": field.repeatable,
                "value_type": field.value_type.value,
                "vocabulary": field.vocabulary,
                "default": field.default,
                "shown": field.is_shown,
                "search": field.search.value,
                "facet": field.is_facet,
            }
            for field in kind
        ],
    }


def _write(path: Path, text: str) -> None:
    # Exclusive: nobody's table is written over. The mark is for Excel.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        file.write(text)
    _tell_written(path)


def _tell_written(path: Path) -> None:
    click.echo(_("Written: {path}").format(path=path), err=True)
