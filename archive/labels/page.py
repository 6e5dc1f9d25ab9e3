"""Printed items as one page of HTML, written piece by piece: a thousand cards fit any memory.

Invariant: no text of a record can become markup. Autoescape is on, and the page's own policy
(CSP) runs no script and no style but the one that stands in it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2

from archive.labels.content import PrintedItem
from archive.site.environment import page_environment, policy_source
from archive.site.inline import inline_theme
from schemas.messages import N_, catalogue

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Form:
    """A form that items are printed in.

    Attributes:
        name: Its name on the command line.
        title: What it is called, a message id.
        paper: Size of the paper as CSS says it.
        has_code: It shows the QR code of the item's page.
        has_picture: It shows the item's first picture.
    """

    name: str
    title: str
    paper: str
    has_code: bool
    has_picture: bool


FORMS = {
    form.name: form
    for form in (
        Form("label", N_("Labels"), "A4 portrait", has_code=True, has_picture=False),
        Form("card", N_("Accession cards"), "A4 portrait", has_code=True, has_picture=True),
        Form("register", N_("Register of objects"), "A4 landscape", False, False),
    )
}


@dataclass(frozen=True)
class Print:
    """How items are printed.

    Attributes:
        form: The form.
        lang: Language of the page's own words.
        museum: Name of the museum, or empty.
        archive_title: Name of the archive.
        columns: Of a register: field name and headings in each printed language.
        label_mm: Of labels: width and height in millimetres.
    """

    form: Form
    lang: str
    museum: str
    archive_title: str
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    label_mm: tuple[int, int] = (95, 66)


def printed_pages(how: Print, items: Iterable[PrintedItem]) -> Iterator[str]:
    """Yield the page in pieces.

    Args:
        how: Form, language and names.
        items: The items, in the order they are printed.
    """
    style = _style(how)
    template = _environment(how.lang).get_template(f"{how.form.name}.html")
    yield from template.generate(
        lang=how.lang,
        form=how.form,
        form_title=catalogue(how.lang).gettext(how.form.title),
        museum=how.museum,
        archive_title=how.archive_title,
        columns=how.columns,
        items=items,
        style=style,
        policy=_policy(style),
    )


def _style(how: Print) -> str:
    """Return the page's style: the site's typefaces, the forms' own, and this paper's measures."""
    width_mm, height_mm = how.label_mm
    measures = (
        f"@page {{ size: {how.form.paper}; }}\n"
        f":root {{ --label-width: {width_mm}mm; --label-height: {height_mm}mm; }}\n"
    )
    return "\n".join((inline_theme(), _text("labels.css"), measures))


def _policy(style: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "img-src data:",
            "font-src data:",
            f"style-src {policy_source(style)}",
        )
    )


@functools.cache
def _text(name: str) -> str:
    return (HERE / "static" / name).read_text(encoding="utf-8")


@functools.cache
def _environment(lang: str) -> jinja2.Environment:
    return page_environment(jinja2.FileSystemLoader([HERE / "templates"]), lang)
