"""An audit as one page for a director: Vietnamese and English, to read or to print.

The page needs no other file and asks nothing of the network: its own policy (CSP) forbids it.
Autoescape is on, so no name of a file can become markup.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2

from archive.fixity import Problem
from archive.ocfl_root import ID_PREFIX
from archive.settings import Settings
from archive.site.environment import number_text, page_environment, policy_source
from archive.site.inline import inline_theme
from pipeline.audit import AuditReport, problem_sentence
from schemas.messages import N_, _, current_language, ngettext, speaking

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_PROBLEMS = 40
"""More would not be one page; the JSON report has them all."""

_SELECTIONS = {
    "all": N_("Every item of the store"),
    "sample": N_("A sample by chance: {value}"),
    "oldest": N_("Those read longest ago: {value}"),
    "only": N_("Chosen items: {value}"),
}


@dataclass(frozen=True)
class Both:
    """A text in both languages of the page."""

    vi: str
    en: str


@dataclass(frozen=True)
class Trouble:
    """One file that is not as recorded: where, and what is wrong."""

    item: str
    name: str
    what: Both


def audit_page(report: AuditReport, settings: Settings) -> str:
    """Return the page of ``report``, whatever language is spoken now."""
    style = inline_theme() + "\n" + (_TEMPLATES / "audit-report.css").read_text(encoding="utf-8")
    state = "damaged" if report.problems else "intact"
    return (
        _environment(settings.main_language)
        .get_template("audit-report.html")
        .render(
            style=style,
            policy=_policy(style),
            state=state,
            heading=_both(lambda: _("Fixity report")),
            title=Both(settings.title_in("vi"), settings.title_in("en")),
            publisher=settings.publisher,
            verdict=_both(lambda: _verdict(report)),
            scope=_both(lambda: _scope(report)),
            facts=_facts(report),
            troubles=[_trouble(problem) for problem in report.problems[:_MOST_PROBLEMS]],
            troubles_heading=_both(lambda: _("Files that are not as recorded")),
            more=_more(len(report.problems) - _MOST_PROBLEMS),
            repaired=[_place(path) for path in report.repaired[:_MOST_PROBLEMS]],
            repaired_heading=_both(lambda: _("Restored from a copy, and read again")),
            advice=_both(lambda: _advice(report)),
            method=_both(_method),
            signed=_both(lambda: _("Read and filed by")),
            dated=_both(lambda: _("Date")),
        )
    )


def _method() -> str:
    return _(
        "Every byte was read from the disk, and its sha512 digest compared with the one that was "
        "recorded when the file came into the store."
    )


def _both(say: Callable[[], str]) -> Both:
    with speaking("vi"):
        vietnamese = say()
    with speaking("en"):
        return Both(vietnamese, say())


def _verdict(report: AuditReport) -> str:
    if report.problems:
        return ngettext(
            "{count} file is not as recorded",
            "{count} files are not as recorded",
            len(report.problems),
        ).format(count=_number(len(report.problems)))
    return ngettext(
        "{count} file read, all intact", "{count} files read, all intact", report.files
    ).format(count=_number(report.files))


def _scope(report: AuditReport) -> str:
    if report.is_whole and report.knows_all:
        return _("The whole store was read: {items} items.").format(items=_number(report.items))
    if report.is_whole:
        return _(
            "Everything there is was read: {items} items. Without catalogue.db nobody can say "
            "whether a whole item is missing."
        ).format(items=_number(report.items))
    return _("A part of the store was read: {items} of {all} items.").format(
        items=_number(report.items), all=_number(report.items_in_store)
    )


def _advice(report: AuditReport) -> str:
    if not report.problems:
        return ""
    return _(
        "The damaged files can be restored from a sound copy: hoaban audit --repair-from DIR. "
        "Have the disk looked at: more may follow."
    )


def _facts(report: AuditReport) -> list[tuple[Both, Both]]:
    kind, _space, value = report.selection.partition(" ")
    selection = _SELECTIONS.get(kind, "{value}")
    facts = [
        (lambda: _("Items"), lambda: _("{items} of {all}").format(
            items=_number(report.items), all=_number(report.items_in_store))),
        (lambda: _("Files"), lambda: _number(report.files)),
        (lambda: _("Size"), lambda: _size(report.size_bytes)),
        (lambda: _("What was read"), lambda: _(selection).format(value=value)),
        (lambda: _("Begun"), lambda: _moment(report.started_at)),
        (lambda: _("Ended"), lambda: _moment(report.finished_at)),
        (lambda: _("Software"), lambda: report.agent),
        (lambda: _("Log"), lambda: f"audits/{report.log}.jsonl" if report.log else _("none")),
    ]  # fmt: skip
    return [(_both(label), _both(fact)) for label, fact in facts]


def _trouble(problem: Problem) -> Trouble:
    item, name = _place(problem.path)
    return Trouble(item, name, _both(lambda: _sentence(problem)))


def _sentence(problem: Problem) -> str:
    """Return what is wrong without the path, which stands beside it."""
    sentence = problem_sentence(problem).removeprefix(f"{problem.path}: ")
    return sentence[:1].upper() + sentence[1:]


def _place(path: str) -> tuple[str, str]:
    """Return item id and name in the object for a path of the store; no id for the root's."""
    parts = path.split("/")
    prefix = ID_PREFIX.replace(":", "%3a")
    if len(parts) > 3 and parts[3].startswith(prefix):
        return parts[3].removeprefix(prefix), "/".join(parts[4:])
    return "", path


def _more(count: int) -> Both | None:
    if count <= 0:
        return None
    return _both(
        lambda: _("and {count} more; the JSON report lists them all.").format(count=_number(count))
    )


def _number(value: int) -> str:
    return number_text(current_language(), value)


def _size(size_bytes: int) -> str:
    unit, divisor = ("GB", 1e9) if size_bytes >= 1e9 else ("MB", 1e6)
    number = f"{size_bytes / divisor:.1f}"
    return f"{number.replace('.', ',') if current_language() == 'vi' else number} {unit}"


def _moment(at: str) -> str:
    """Return a moment as the clock on this computer's wall shows it."""
    if not at:
        return ""
    local = datetime.fromisoformat(at).astimezone()
    day = f"{local:%d/%m/%Y}" if current_language() == "vi" else f"{local:%Y-%m-%d}"
    return f"{day} {local:%H:%M} (UTC{local:%z})"


def _policy(style: str) -> str:
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; font-src data:; "
        f"style-src {policy_source(style)}"
    )


@functools.cache
def _environment(lang: str) -> jinja2.Environment:
    return page_environment(jinja2.FileSystemLoader([_TEMPLATES]), lang)
