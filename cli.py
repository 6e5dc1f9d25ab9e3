"""The ``hoaban`` command. Floor 4, with ``pipeline.commands``, where the commands themselves are.

The only place that catches everything. Results go to stdout; progress, log and errors go to
stderr; the exit codes are those of ``schemas.errors``.

A command is imported when it is asked for, and its work when it runs: all of it together takes
more than a second, and each worker process imports this module too.
"""

from __future__ import annotations

import gettext
import locale
import logging
import os
import sys
from typing import NoReturn

import click

from pipeline.lazy_group import LazyGroup
from pipeline.spoken_help import SpokenOption, spoken_option
from schemas.errors import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_OK,
    HoabanError,
    StoreWriteError,
)
from schemas.messages import (
    DOMAIN,
    LANGUAGES,
    LOCALE_DIR,
    N_,
    _,
    choose_language,
    set_language,
)
from schemas.software import hoaban_version

log = logging.getLogger("hoaban")


# In the order of the work; help shows them so.
_COMMANDS = {
    "demo": "pipeline.commands.starting:demo",
    "init": "pipeline.commands.starting:init",
    "profile": "pipeline.commands.profile:profile",
    "check": "pipeline.commands.intake:check",
    "ingest": "pipeline.commands.intake:ingest",
    "receive": "pipeline.commands.receiving:receive",
    "contact-sheet": "pipeline.commands.intake:contact_sheet",
    "watch": "pipeline.commands.intake:watch",
    "derive": "pipeline.commands.keeping:derive",
    "records": "pipeline.commands.editing:records",
    "undo": "pipeline.commands.editing:undo",
    "status": "pipeline.commands.finding:status",
    "search": "pipeline.commands.finding:search",
    "build": "pipeline.commands.publishing:build",
    "copy": "pipeline.commands.publishing:copy",
    "serve": "pipeline.commands.publishing:serve",
    "export": "pipeline.commands.exporting:export_command",
    "labels": "pipeline.commands.printed:labels",
    "audit": "pipeline.commands.replicas:audit",
    "replicate": "pipeline.commands.replicas:replicate",
    "restore": "pipeline.commands.replicas:restore",
    "rebuild": "pipeline.commands.keeping:rebuild",
    "doctor": "pipeline.commands.starting:doctor",
}


@click.group(
    cls=LazyGroup,
    places=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_("Hoa Ban: from scans and a spreadsheet to a preserved, searchable, zoomable archive."),
)
@spoken_option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    help=N_("Language of messages; else HOABAN_LANG, else the computer's own."),
)
@spoken_option("--verbose", "-v", is_flag=True, help=N_("Tell more about what is being done."))
@click.version_option(
    hoaban_version(), prog_name="hoaban", cls=SpokenOption, help=N_("Show the version and exit.")
)
def hoaban(verbose: bool) -> None:
    """Set up what all commands share."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(message)s",
    )


def _wished_language(arguments: list[str]) -> str | None:
    """Return the value of ``--lang`` before anything is parsed, so that help speaks it too."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
        if argument == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def _speak(arguments: list[str]) -> None:
    lang = choose_language(
        _wished_language(arguments),
        os.environ.get("HOABAN_LANG"),
        locale.getlocale()[0],
        os.environ.get("LANG"),
    )
    set_language(lang)
    # Click takes its own sentences ("Usage:") from the default domain of gettext.
    os.environ["LANGUAGE"] = lang
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)


def _use_utf8() -> None:
    """Make both streams write UTF-8: Vietnamese does not fit the usual Windows code pages."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    _use_utf8()
    _speak(arguments)
    sys.exit(_run(arguments))


def _run(arguments: list[str]) -> int:
    try:
        code = hoaban.main(args=arguments, prog_name="hoaban", standalone_mode=False)
        return code if isinstance(code, int) else EXIT_OK
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except HoabanError as error:
        click.echo(_("Error: {message}").format(message=error), err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has seen enough; the interpreter must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
    except OSError as error:
        click.echo(_("The output cannot be written: {reason}.").format(reason=error), err=True)
        return StoreWriteError.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(_("Stopped. Run the same command again to go on."), err=True)
        return EXIT_INTERRUPTED
    except Exception:
        log.exception(_("This is a defect of Hoa Ban. Please report it with the lines below."))
        return EXIT_INTERNAL


if __name__ == "__main__":
    main()
