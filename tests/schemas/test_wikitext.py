"""A museum's text on a wiki page is that text, whatever it holds."""

from __future__ import annotations

import html
import re
import unicodedata

import mwparserfromhell
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.wikitext import BREAK, address, escape, in_language, template

MARKUP = "[]{}|<>&='_~*#:;-\n \t!/"
texts = st.text() | st.text(alphabet=MARKUP + "abđ", max_size=40)
# What is markup anywhere, and what is at the beginning of a line.
LIVE = re.compile(r"[\[\]{}|=~\n]|''|__|&(?!#\d+;)|<(?!br />)|(?<!<br /)>")
LIVE_FIRST = re.compile(r"[*#:; ]|----")


def as_shown(text: str) -> str:
    """What a reader should see: the text, its blanks put in order, its lines kept."""
    lines = re.split(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)
    hidden = "\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    tidy = (
        " ".join(
            "".join(
                " " if unicodedata.category(x) in ("Cc", "Cs") or x in hidden else x for x in line
            ).split()
        )
        for line in lines
    )
    return "\n".join(line for line in tidy if line)


@given(texts)
@example("*[[a]]\n#{{b|c=d}}\n----\n;x:~~~~'''__NOTOC__&lt;<!--")
def test_nothing_of_a_text_is_markup_and_all_of_it_is_shown(text: str) -> None:
    escaped = escape(text)
    assert LIVE.search(escaped) is None
    assert all(not LIVE_FIRST.match(line) for line in escaped.split(BREAK))
    assert html.unescape(escaped.replace(BREAK, "\n")) == html.unescape(
        "".join(f"&#{ord(c)};" if c != "\n" else c for c in as_shown(text))
    )


@given(texts, texts)
def test_a_parser_finds_one_template_with_the_parameters_that_were_given(
    title: str, note: str
) -> None:
    page = template(
        "Artwork", [("title", in_language(title, "vi")), ("notes", escape(note)), ("x", "y")]
    )
    code = mwparserfromhell.parse(page)
    artwork, vi = code.filter_templates()
    assert [str(parameter.name).strip() for parameter in artwork.params] == ["title", "notes", "x"]
    assert str(vi.name) == "vi"
    assert str(vi.get(1).value) == escape(title)
    assert str(artwork.get("notes").value).strip() == escape(note)
    assert code.filter_wikilinks() == []
    assert {str(tag.tag) for tag in code.filter_tags()} <= {"br"}


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("vi", "{{vi|1=a&#61;b}}"),
        ("en-GB", "{{en|1=a&#61;b}}"),
        ("blt", "{{lang|blt|2=a&#61;b}}"),
        ("", "a&#61;b"),
        ("x}}", "a&#61;b"),
    ],
)
def test_a_text_stands_in_the_template_of_its_language(lang: str, expected: str) -> None:
    assert in_language("a=b", lang) == expected


@given(texts)
def test_an_address_has_no_markup(text: str) -> None:
    assert re.search(r"[\[\]{}|<>\"\s]", address("https://museum.example.vn/" + text)) is None
