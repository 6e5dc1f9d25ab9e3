"""Safe names: safe, distinct, stable, and unchanged where nothing was wrong."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.export.names import safe_name, safe_paths

_TRICKY = st.text(alphabet=st.sampled_from('aAđĐ./%:*?"<>|\\ ~\r\n\0ö\u0308o-2_'), max_size=12)
_PATHS = st.lists((_TRICKY | st.text(max_size=300)).map(lambda text: f"masters/{text}"), max_size=8)


@pytest.mark.parametrize("name", ["a.tif", "mặt trước.jpg", "77.AO.85_front.jpg", "ảnh (2).png"])
def test_a_safe_name_stays(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..", "__"),
        ("", "_"),
        ("NUL", "_NUL"),
        ("com1.tif", "_com1.tif"),
        ("lpt¹", "_lpt¹"),
        ("a.", "a_"),
        ("~a", "_a"),
    ],
)
def test_a_name_windows_or_a_bag_cannot_hold_is_replaced(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_with_its_ending_kept_and_stays_distinct() -> None:
    one, two = safe_name("ộ" * 200 + "1.tif"), safe_name("ộ" * 200 + "2.tif")
    assert len(one.encode()) <= 120
    assert one.endswith(".tif")
    assert one != two


@given(_PATHS)
def test_paths_are_safe_distinct_and_stay_in_their_folder(paths: list[str]) -> None:
    made = safe_paths(paths)
    assert list(made) == list(dict.fromkeys(paths))
    alike = {unicodedata.normalize("NFC", path).casefold() for path in made.values()}
    assert len(alike) == len(made)
    for path in made.values():
        assert path.startswith("masters/")
        assert not set(path) & set('<>:"\\|?*%\r\n\0')
        for part in path.split("/"):
            assert part
            assert part[-1] not in ". "
            assert len(part.encode()) <= 125
    assert safe_paths(paths) == made
