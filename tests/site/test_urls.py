"""Addresses: what may stand in a link, and how a page finds the root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.site.urls import PageUrls, absolute_url, safe_url


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "HTTP://example.org",
        "mailto:a@example.org",
        "../a/b.html",
        "a.html?q=1:2",
        "//example.org/a",
    ],
)
def test_web_mail_and_relative_addresses_pass(address):
    assert safe_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://[broken",
        "1a:b",
        "",
    ],
)
def test_everything_else_is_dropped(address):
    assert safe_url(address) == ""


@given(st.text(), st.sampled_from(["javascript", "data", "vbscript", "blob"]))
def test_a_scheme_that_runs_never_passes(text, scheme):
    for address in (f"{scheme}:{text}", f"{text.strip()}{scheme}:x"):
        passed = safe_url(address)
        assert not passed.lower().lstrip().startswith(f"{scheme}:")


def test_a_page_finds_the_root_from_its_depth():
    assert PageUrls.of("index.html").to("vi/a.html") == "vi/a.html"
    assert PageUrls.of("vi/items/abc/x.html").to("assets/a.css") == "../../../assets/a.css"
    assert PageUrls.of("vi/a.html").to("vi/search.html", q="đồ & đá") == (
        "../vi/search.html?q=%C4%91%E1%BB%93+%26+%C4%91%C3%A1"
    )


def test_a_query_may_have_any_names_and_values():
    to = PageUrls.of("vi/a.html").to
    assert to("a.html", prefix="b", target=3) == "../a.html?prefix=b&target=3"
    assert to("a.html", q=["b"]) == "../a.html?q=%5B%27b%27%5D"


def test_an_index_page_is_known_by_its_folder():
    assert absolute_url("https://a.example", "vi/index.html") == "https://a.example/vi/"
    assert absolute_url("https://a.example", "index.html") == "https://a.example/"
    assert absolute_url("https://a.example", "vi/x.html") == "https://a.example/vi/x.html"
