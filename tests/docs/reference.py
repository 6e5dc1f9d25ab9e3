"""Writes the parts of docs/ that follow from the code: ``python -m tests.docs.reference``.

A test compares each file with what this module says, so they cannot go stale.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import click

import cli
from schemas import errors
from schemas.findings import KINDS
from schemas.messages import speaking, translate
from tests.docs.dates import with_examples
from tests.docs.formats import with_table

DOCS = Path(__file__).parent.parent.parent / "docs"


def findings_page() -> str:
    """Return docs/findings.md."""
    lines = [
        "# Findings",
        "",
        "What `hoaban check` and `hoaban ingest` can find. An **error** sets the item aside, a",
        "**warning** lets it in and should be mended, an **info** tells. Made from",
        "`schemas/findings.py` by `python -m tests.docs.reference`.",
        "",
        "| Code | Severity | What was found · what to do | Điều phát hiện · cách khắc phục |",
        "|---|---|---|---|",
    ]
    for kind in KINDS.values():
        english = f"{kind.problem} {kind.remedy}"
        vietnamese = f"{translate(kind.problem, 'vi')} {translate(kind.remedy, 'vi')}"
        row = " | ".join(
            cell.replace("|", "\\|")
            for cell in (f"`{kind.code}`", kind.severity.value, english, vietnamese)
        )
        lines.append(f"| {row} |")
    return "\n".join(lines) + "\n"


def exit_codes_page() -> str:
    """Return docs/exit-codes.md."""
    rows = [
        ("0", "All is well."),
        (str(errors.EXIT_INTERNAL), "A defect of Hoa Ban."),
        (str(errors.EXIT_USAGE), "The command was typed wrongly; nothing was done."),
    ]
    for _name, member in inspect.getmembers(errors, inspect.isclass):
        if issubclass(member, errors.HoabanError) and member is not errors.HoabanError:
            doc = (member.__doc__ or "").splitlines()[0]
            rows.append((str(member.exit_code), f"{doc} (`{member.__name__}`)"))
    rows.append((str(errors.EXIT_PARTIAL), "The work was done, but some items were set aside."))
    rows.append((str(errors.EXIT_INTERRUPTED), "Interrupted (Ctrl-C); run it again to go on."))
    table = "\n".join(
        f"| {code} | {text} |" for code, text in sorted(rows, key=lambda row: int(row[0]))
    )
    return (
        "# Exit codes\n\nEvery command ends with one of these. They are an interface: scripts may\n"
        "rely on them. Made by `python -m tests.docs.reference`.\n\n"
        f"| Code | Meaning |\n|---|---|\n{table}\n"
    )


def commands_page() -> str:
    """Return docs/commands.md: the help of every command, as it is printed."""
    parts = [
        "# Commands\n",
        "The help of every command as `hoaban COMMAND --help` prints it; with `--lang vi` it is in",
        "Vietnamese. Made by `python -m tests.docs.reference`.\n",
    ]
    with speaking("en"):
        parts.append(_help_of(cli.hoaban, "hoaban"))
        for name, command in all_commands().items():
            parts.append(_help_of(command, f"hoaban {name}"))
    return "\n".join(parts)


def all_commands() -> dict[str, click.Command]:
    """Return every command by its name, those of groups too, as ``records export``."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli.hoaban)
    for name in cli.hoaban.list_commands(context):
        command = cli.hoaban.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": entry for sub, entry in command.commands.items()}
    return found


def _help_of(command: click.Command, path: str) -> str:
    context = click.Context(
        command,
        info_name=path,
        terminal_width=88,
        max_content_width=88,
        help_option_names=["-h", "--help"],
    )
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    return f"## {path}\n\n```text\n{text}\n```\n"


def formats_page() -> str:
    """Return docs/formats.md with its table as it comes out now."""
    return with_table((DOCS / "formats.md").read_text(encoding="utf-8"))


def dates_page() -> str:
    """Return docs/dates.md with its examples as they come out now."""
    return with_examples((DOCS / "dates.md").read_text(encoding="utf-8"), "en")


def vietnamese_dates_page() -> str:
    """Return docs/vi/nien-dai.md with its examples as they come out now."""
    return with_examples((DOCS / "vi" / "nien-dai.md").read_text(encoding="utf-8"), "vi")


PAGES = {
    "findings.md": findings_page,
    "exit-codes.md": exit_codes_page,
    "commands.md": commands_page,
    "formats.md": formats_page,
    "dates.md": dates_page,
    "vi/nien-dai.md": vietnamese_dates_page,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
