"""Keep the translations in step with the sentences: ``python -m scripts.messages``.

Collects every marked sentence of the code and of the site's templates, brings them into
``schemas/locale/<lang>/LC_MESSAGES/hoaban.po`` and compiles the ``.mo`` files the program
reads. Both are kept in the repository, so that installing needs no extra tool.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "schemas" / "locale"
DOMAIN = "hoaban"
TRANSLATED = ("vi",)
FOLDERS = ("archive", "pipeline", "schemas", "search")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "extensions": "jinja2.ext.i18n"}}
# Written into the files instead of the clock, so that the same sentences give the same bytes.
CREATED = datetime(2026, 11, 21, tzinfo=UTC)
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}

# Sentences of click itself that a person meets; click takes them from our catalogue.
CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "Error: {message}",
    "Show this message and exit.",
    "Show the version and exit.",
    "Try '{command} {option}' for help.",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "No such command {name!r}.",
    "No such option {name!r}.",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "Option {name!r} does not take a value.",
    "Missing command.",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "env var: {var}",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "default: {default}",
    "required",
)


def template() -> Catalog:
    """Return every sentence that needs a translation."""
    catalog = Catalog(
        domain=DOMAIN,
        project="Hoa Ban",
        charset="utf-8",
        header_comment="# Sentences of Hoa Ban for people. Apache-2.0, like the program.",
        creation_date=CREATED,
        fuzzy=False,
    )
    for folder in FOLDERS:
        for name, line, message, _comments, context in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS
        ):
            catalog.add(message, locations=[(f"{folder}/{name}", line)], context=context)
    with (ROOT / "cli.py").open("rb") as file:
        from babel.messages.extract import extract

        for line, message, _comments, context in extract("python", file, keywords=KEYWORDS):
            catalog.add(message, locations=[("cli.py", line)], context=context)
    for message in CLICK:
        catalog.add(message, locations=[("click", 0)])
    return catalog


def translated(lang: str) -> Catalog:
    """Return the catalogue of one language as the repository has it."""
    path = LOCALE / lang / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return Catalog(locale=lang, domain=DOMAIN, project="Hoa Ban", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=lang, domain=DOMAIN)


def compiled(catalog: Catalog) -> bytes:
    """Return the ``.mo`` file of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> None:
    """Update and compile every language."""
    sentences = template()
    for lang in TRANSLATED:
        catalog = translated(lang)
        catalog.update(sentences, no_fuzzy_matching=True)
        folder = LOCALE / lang / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{DOMAIN}.po").open("wb") as file:
            write_po(
                file, catalog, width=100, sort_output=True, omit_header=False, no_location=True
            )
        (folder / f"{DOMAIN}.mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    main()
