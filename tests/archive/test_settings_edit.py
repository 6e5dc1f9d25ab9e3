"""Changing the profile in hoaban.toml: that one value, and nothing else of the file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.config import settings_text
from archive.settings import DERIVATIVE_PROFILES, Settings
from archive.settings_edit import with_profile
from schemas.errors import ConfigError

PATH = Path("hoaban.toml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[derivatives]\nprofile = "standard"  # ours\n',
         '[derivatives]\nprofile = "small"  # ours\n'),
        ("[ derivatives ] # x\n  profile='print'\n[dask]\n",
         '[ derivatives ] # x\n  profile="small"\n[dask]\n'),
        ("[derivatives]\r\nquality = 80\r\n",
         '[derivatives]\r\nprofile = "small"\r\nquality = 80\r\n'),
        ("[derivatives]", '[derivatives]\nprofile = "small"\n'),
        ("[archive]\njobs = 2", '[archive]\njobs = 2\n\n[derivatives]\nprofile = "small"\n'),
        ("", '\n[derivatives]\nprofile = "small"\n'),
        ('[archive]\ntitle = { vi = "[derivatives]" }\n[derivatives]\n[dask]\n',
         '[archive]\ntitle = { vi = "[derivatives]" }\n[derivatives]\nprofile = "small"\n[dask]\n'),
    ],
)  # fmt: skip
def test_only_the_profile_changes(before: str, after: str) -> None:
    assert with_profile(before, "small", PATH) == after


@pytest.mark.parametrize(
    "text",
    [
        'derivatives = { quality = 80 }\n',
        'derivatives.quality = 80\n',
        '[derivatives]\n"profile" = "print"\n',
        '[derivatives]\nprofile = """print"""\n',
        '[archive]\npublisher = """\n[derivatives]\n"""\n[derivatives]\nquality = 3\n',
    ],
)  # fmt: skip
def test_a_file_that_is_laid_out_otherwise_is_refused(text: str) -> None:
    tomllib.loads(text)
    with pytest.raises(ConfigError) as caught:
        with_profile(text, "small", PATH)
    assert 'profile = "small"' in caught.value.remedy


@given(
    st.text(max_size=30),
    st.sampled_from(sorted(DERIVATIVE_PROFILES)),
    st.sampled_from(["\n", "\r\n"]),
)
def test_our_own_file_can_always_be_changed(publisher: str, name: str, end: str) -> None:
    text = settings_text(Settings(publisher=publisher)).replace("\n", end)

    changed = with_profile(text, name, PATH)

    assert changed.count(end) == text.count(end)
    assert tomllib.loads(changed)["derivatives"]["profile"] == name
    assert with_profile(changed, "standard", PATH) == text
