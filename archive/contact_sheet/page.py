"""A batch report as one page of HTML that needs nothing but its folder of pictures.

Invariant: no text of a delivery can become markup. Autoescape is on, every attribute is quoted,
and the page's own policy (CSP) runs no script and no style but the two that stand in it.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2

from archive.settings import Settings
from archive.site.environment import page_environment, policy_source
from archive.site.inline import inline_theme
from schemas.batches import BatchItem, BatchReport, BatchScan, Outcome
from schemas.findings import KINDS, Finding, FindingKind, Severity
from schemas.messages import catalogue, current_language

HERE = Path(__file__).parent
_FIELD = re.compile(r"\{[^{}]*\}")
# The worst first.
_SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class Tile:
    """One scan, or an item without scans, as the page shows it.

    Attributes:
        number: Its place on the page, from 1.
        item: Its item.
        scan: The scan; None for an item without.
        findings: What was found in it; the first scan of an item also has those of its row.
        level: ``error``, ``warning`` or ``fine``: notes ask nothing of anybody.
        is_held_back: An error of another scan or of the row keeps it out.
    """

    number: int
    item: BatchItem
    scan: BatchScan | None
    findings: tuple[Finding, ...]
    level: str
    is_held_back: bool

    @property
    def codes(self) -> str:
        """The codes of its findings, each once."""
        return " ".join(dict.fromkeys(finding.code for finding in self.findings))


@dataclass(frozen=True)
class CodeCount:
    """How often one kind of finding was made.

    Attributes:
        kind: The kind.
        count: How often.
        loose: Those that belong to no tile: of the delivery, or of scans without a row.
    """

    kind: FindingKind
    count: int
    loose: tuple[Finding, ...]

    @property
    def has_tiles(self) -> bool:
        """Say whether any tile shows it."""
        return self.count > len(self.loose)


def sheet_html(report: BatchReport, settings: Settings, *, pictures: str) -> str:
    """Return the contact sheet of ``report`` in the current language.

    Args:
        report: What was taken in and found.
        settings: The archive's, for its name.
        pictures: Address of the folder of pictures, relative to the page.
    """
    lang = current_language()
    tiles = tuple(_tiles(report))
    levels = Counter(tile.level for tile in tiles)
    style, script = _style(), _text("contact-sheet.js")
    return (
        _environment(lang)
        .get_template("contact-sheet.html")
        .render(
            lang=lang,
            policy=_policy(style, script),
            style=style,
            script=script,
            site_title=settings.title_in(lang),
            report=report,
            tiles=tiles,
            levels={level: levels[level] for level in ("error", "warning", "fine")},
            outcomes=Counter(item.outcome.value for item in report.items),
            codes=tuple(_by_code(report, tiles)),
            pictures=pictures,
            storage_key=_storage_key(report),
        )
    )


def _tiles(report: BatchReport) -> Iterator[Tile]:
    number = 0
    for item in report.items:
        own: dict[str, list[Finding]] = {scan.name: [] for scan in item.scans}
        of_row: list[Finding] = []
        for finding in item.findings:
            own.get(finding.path, of_row).append(finding)
        if not item.scans and not of_row:
            continue
        for scan in item.scans or (None,):
            number += 1
            findings = (*of_row, *(own[scan.name] if scan else ()))
            of_row = []
            level = _level(findings)
            is_held_back = item.outcome is Outcome.SET_ASIDE and level != "error"
            yield Tile(number, item, scan, _worst_first(findings), level, is_held_back)


def _level(findings: Iterable[Finding]) -> str:
    found = {finding.severity for finding in findings}
    return next((s.value for s in _SEVERITIES[:2] if s in found), "fine")


def _worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity)))


def _by_code(report: BatchReport, tiles: Iterable[Tile]) -> Iterator[CodeCount]:
    """Yield what was found by kind: the worst first, then the most frequent."""
    counts = Counter(finding.code for tile in tiles for finding in tile.findings)
    loose: dict[str, list[Finding]] = {}
    for finding in report.findings:
        counts[finding.code] += 1
        loose.setdefault(finding.code, []).append(finding)
    order = sorted(
        counts, key=lambda code: (_SEVERITIES.index(KINDS[code].severity), -counts[code], code)
    )
    for code in order:
        yield CodeCount(KINDS[code], counts[code], tuple(loose.get(code, ())))


def _storage_key(report: BatchReport) -> str:
    """Return the name under which a browser remembers the ticks: pages from a disk share one."""
    names = [scan.name for item in report.items for scan in item.scans]
    text = "\n".join((report.name, report.source, report.started_at, *names))
    return f"hoaban-contact-sheet-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "img-src 'self' file:",
            "font-src data:",
            f"style-src {policy_source(style)}",
            f"script-src {policy_source(script)}",
        )
    )


@functools.cache
def _style() -> str:
    """Return the page's style: the site's typefaces and colours, the fonts in it, and our own."""
    return inline_theme() + "\n" + _text("contact-sheet.css")


@functools.cache
def _text(name: str) -> str:
    return (HERE / "static" / name).read_text(encoding="utf-8")


@functools.cache
def _environment(lang: str) -> jinja2.Environment:
    environment = page_environment(jinja2.FileSystemLoader([HERE / "templates"]), lang)
    environment.filters["general"] = functools.partial(_general, lang)
    environment.filters["moment"] = functools.partial(_moment, lang)
    return environment


def _general(lang: str, kind: FindingKind) -> str:
    """Return what a kind of finding says of any scan: its sentence with "…" for what differs."""
    return _FIELD.sub("…", catalogue(lang).gettext(kind.problem)).replace("….", "…")


def _moment(lang: str, at: str) -> str:
    """Return a time, ``2026-11-22T08:30:15Z``, as readers of ``lang`` write it."""
    day, _t, time = at.partition("T")
    day = "/".join(reversed(day.split("-"))) if lang == "vi" else day
    return f"{day} {time[:5]} UTC"
