"""Names of a partner's image files hold on every disk and on a wiki."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from archive.export.names import safe_name
from archive.export.partners.naming import LONGEST_BYTES, FileNames
from schemas.cells import quote_cell
from schemas.wikitext import file_title

COMMONS = "{title} - {museum} - {number} {view}"
# Source: MediaWiki, DefaultSettings $wgLegalTitleChars and MediaWikiTitleCodec::splitTitleString
NOT_IN_TITLES = re.compile(
    r"[#<>\[\]|{}/\\:\x00-\x1f\x7f]|~~~|%[0-9A-Fa-f]{2}|&[A-Za-z0-9#]+;|[_ ]{2,}|^[ _]|[ _]$"
)
texts = st.text(max_size=60) | st.text(alphabet="ăđ'=_ .-/\\:*&#%~", max_size=400)


def parts(number: str, title: str = "Trống đồng", view: str = "01") -> dict[str, str]:
    return {"number": number, "title": title, "museum": "Bảo tàng", "view": view, "item_id": "x"}


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=12))
@example([("", "CON"), ("", "con.x"), (".", "a__b"), ("=1", "=1"), ("a", "a"), ("A", "a")])
def test_every_name_is_valid_on_windows_and_on_a_wiki_and_no_two_are_alike(
    items: list[tuple[str, str]],
) -> None:
    for pattern in (COMMONS, "{number}_{view}", "{title}{number}{view}"):
        names = FileNames(pattern)
        made = [names.name(parts(number, title), ".jpg") for number, title in items]
        assert len({file_title(name) for name in made}) == len(made)
        for name in made:
            assert 0 < len(name.encode()) <= LONGEST_BYTES
            assert NOT_IN_TITLES.search(name) is None
            assert safe_name(name) == name
            assert quote_cell(name) == name
            assert name.endswith(".jpg")


@given(st.text(alphabet="ơờăđ ", min_size=200, max_size=300))
def test_a_long_title_is_cut_and_the_number_never(title: str) -> None:
    name = FileNames(COMMONS).name(parts("BT-0017/Đ.3", title), ".jpg")
    assert name.endswith("- Bảo tàng - BT-0017-Đ.3 01.jpg")


def test_a_number_with_a_slash_stays_readable_and_one_like_it_gets_another_name() -> None:
    names = FileNames("{number}_{view}")
    assert names.name(parts("12/Đ.3"), ".tif") == "12-Đ.3_01.tif"
    assert names.name(parts("12-Đ.3"), ".tif") == "12-Đ.3_01-2.tif"


def test_a_colon_becomes_a_dash_that_reads_well() -> None:
    name = FileNames(COMMONS).name(parts("77.AO.84", "Mặt dây chuyền: sư tử"), ".jpg")
    assert name == "Mặt dây chuyền - sư tử - Bảo tàng - 77.AO.84 01.jpg"
