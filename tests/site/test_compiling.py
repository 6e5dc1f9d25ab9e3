"""Templates compiled for many pages say what Jinja says by itself."""

from __future__ import annotations

from types import SimpleNamespace

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from archive.site.environment import lang_attribute, page_environment
from archive.site.items import Text
from archive.site.render import HERE, _environment
from schemas.hidden_letters import has_turning
from schemas.messages import catalogue

TEMPLATES = {
    "base.html": "<title>{% block title %}{{ text }}{% endblock %}</title>\n"
    "<h1>{{ self.title() }}</h1>{% block content %}{% endblock %}",
    "macros.html": "{% macro cell(value, kind='th') %}<{{ kind }}>{{ value }}</{{ kind }}>"
    "{% endmacro %}"
    "{% macro frame(kind) %}<{{ kind }}>{{ caller() }}</{{ kind }}>{% endmacro %}"
    "{% macro every() %}{{ varargs|join(';') }}{{ kwargs['last'] }}{% endmacro %}",
    "number.html": "<i>{{ 1 + 1 }}</i>",
    "page.html": "{% extends 'base.html' %}\n"
    "{% from 'macros.html' import cell, every, frame %}\n"
    "{% block title %}{{ super() }} – {{ said.text }}{% endblock %}\n"
    "{% block content %}\n"
    "<p{{ lang_attribute(said) }}>{{ said.text }} {{ table.text }} {{ table['text'] }}</p>\n"
    "{{ cell(text) }}{{ cell(text, 'td') }}{{ cell(value=text, kind=kind) }}\n"
    "{% call frame('b') %}{{ text }}{% endcall %}{{ every(text, 1, last=text) }}\n"
    "{% for entry in (text, said.text, 3, 2.5, none, marked) %}"
    "{{ loop.index }}{{ entry }}{% if not loop.last %}, {% endif %}{% endfor %}\n"
    "{{ cell(text)|replace('th', text) }}{{ text|tojson }}{{ text.strip().startswith('a') }}\n"
    "{{ _('Browse') }}{{ _('Page %(number)s', number=text) }}{{ _('All %(count)s', count=3) }}\n"
    "{% autoescape false %}{{ _('Page %(number)s', number=text) }}{{ text }}{% endautoescape %}\n"
    "{% set kept %}{{ text }}{% endset %}{{ kept }}{{ 'x' ~ text }}{{ [text]|length }}\n"
    "{% include 'number.html' without context %}{% include 'number.html' %}\n"
    "{% if text %}{% include ['no.html', 'number.html'] without context %}{% endif %}\n"
    "{% include 'no.html' ignore missing without context %}{{ text }}\n"
    "{% endblock %}",
    "many.html": "{% extends 'base.html' %}\n"
    "{% from 'macros.html' import cell %}\n"
    "{% block title %}{{ said.text }} – {{ museum }}{% endblock %}\n"
    "{% block content %}\n"
    "{% set here = museum.upper() %}{{ here }}{{ marked }}{{ link('a b&c') }}{{ link(text) }}\n"
    "{% if not theme.logo %}<b>{{ theme.name }}</b>{% elif text %}{{ text }}{% endif %}\n"
    "{% if text %}{{ museum }}{% elif theme.logo %}no{% elif museum %}{{ text }}{% endif %}\n"
    "{% if theme.logo %}no{% elif text %}{{ text }}{% else %}{{ museum }}{% endif %}\n"
    "{% for style in theme.styles %}{{ style }}{% endfor %}{{ cell(museum) }}{{ cell(text) }}\n"
    "{% for word in (text, 'x') %}{{ word }}{% endfor %}{{ word }}{{ sign|upper }}\n"
    "{{ _('Page %(number)s', number=sign) }}{{ [sign, text]|join(marked) }}{{ sign ~ text }}\n"
    "{% endblock %}",
    "off.html": "{% extends 'base.html' %}{% block content %}\n"
    "{% autoescape false %}{{ sign }}{% endautoescape %}{{ sign }}{% endblock %}",
}
KNOWN = {
    "museum": "Bảo tàng <A> & 100 %",
    "sign": "'B' < C",
    "word": "<w>",
    "theme": SimpleNamespace(logo="", name="<&>", styles=()),
    "link": lambda target: f"../{target}",
}
TEXTS = st.text(st.sampled_from("aă<>&'\"% \n{}đ\u202e\u2066ỗ")) | st.text()


def rendered(environment, text, name="page.html", **more):
    return environment.get_template(name).render(
        text=text,
        said=Text(text, "vi"),
        table={"text": text},
        kind="dd",
        marked=Markup("<i>"),
        **more,
    )


@pytest.fixture(scope="module")
def plain():
    """Return an environment that has nothing of ours but its names."""
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(catalogue("vi"), newstyle=True)
    environment.globals["lang_attribute"] = lang_attribute
    return environment


@pytest.fixture(scope="module")
def ours():
    return page_environment(jinja2.DictLoader(TEMPLATES), "vi", is_ours=False)


@given(text=TEXTS)
def test_pages_are_what_jinja_makes_of_them(plain, ours, text):
    page = rendered(ours, text)
    if has_turning(text):
        assert not has_turning(page)
    else:
        assert page == rendered(plain, text)


@pytest.fixture(scope="module")
def many():
    """Return the environment of many pages of one museum."""
    return page_environment(jinja2.DictLoader(TEMPLATES), "vi", known=KNOWN)


@pytest.mark.parametrize("name", ["many.html", "off.html", "page.html"])
@given(text=TEXTS)
def test_what_is_known_of_many_pages_makes_no_difference(plain, many, name, text):
    page = rendered(many, text, name)
    if not has_turning(text):
        assert page == rendered(plain, text, name, **KNOWN)


def test_what_is_known_of_one_museum_is_not_said_of_another(many):
    loader = jinja2.DictLoader(TEMPLATES)
    other = page_environment(loader, "vi", known={**KNOWN, "museum": "Bảo tàng khác"})
    assert "Bảo tàng khác</title>" in rendered(other, "a", "many.html")
    assert "100 %</title>" in rendered(many, "a", "many.html")


def test_what_is_missing_is_told(ours):
    with pytest.raises(jinja2.UndefinedError, match="'said' is undefined"):
        ours.get_template("page.html").render(text="a")
    with pytest.raises(jinja2.UndefinedError, match="no attribute 'text'"):
        ours.get_template("page.html").render(text="a", said=3)


def test_what_is_remembered_of_a_text_is_not_said_of_markup(ours):
    template = ours.from_string(
        "{% from 'macros.html' import cell %}"
        "{% for entry in entries %}{{ remembered(cell, entry) }}{% endfor %}"
    )
    marked, text = "<th><i></th>", "<th>&lt;i&gt;</th>"
    assert template.render(entries=["<i>", Markup("<i>"), "<i>"]) == text + marked + text


@pytest.mark.parametrize("name", ["many.html", "off.html", "page.html"])
@given(text=TEXTS)
def test_pages_of_which_few_are_made_are_the_same(plain, few, name, text):
    page = rendered(few, text, name, **KNOWN)
    if not has_turning(text):
        assert page == rendered(plain, text, name, **KNOWN)


@pytest.fixture(scope="module")
def few():
    """Return an environment that is made for a few pages."""
    return page_environment(jinja2.DictLoader(TEMPLATES), "vi", is_for_few=True)


def test_what_is_compiled_for_few_pages_is_of_no_language():
    """Else what was compiled for one edition would stand in another."""
    folders = [HERE / "templates", HERE / "static/img"]
    loader = jinja2.FileSystemLoader(folders)
    vi, en = (_environment(lang, None, is_for_few=True) for lang in ("vi", "en"))
    for name in loader.list_templates():
        if name.endswith(".html"):
            source = loader.get_source(vi, name)[0]
            assert vi.compile(source, name, raw=True) == en.compile(source, name, raw=True), name
