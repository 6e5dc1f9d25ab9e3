"""Which limits hold for an item: access level and rights, the strictest of all that speak of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.config import settings_from
from archive.limits import LimitRules, Limits, Watermark
from archive.settings import Settings
from schemas.dublincore import Statement
from schemas.records import Access, Record

INC = "http://rightsstatements.org/vocab/InC/1.0/"
EDUCATIONAL = "http://rightsstatements.org/vocab/InC-EDU/1.0/"
limits = st.builds(
    Limits,
    st.sampled_from([0, 64, 300, 4000]),
    st.none() | st.builds(Watermark, st.sampled_from(["a", "b"])),
    st.booleans(),
)


def record(*statements: Statement, access: Access = Access.PUBLIC) -> Record:
    return Record("BT.1", statements, access=access)


def of(rules: LimitRules, item: Record, rights: str = "", rights_uri: str = "") -> int:
    return rules.of(item, rights=rights, rights_uri=rights_uri).max_px


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (INC, Statement("license", "", uri=INC)),
        (INC, Statement("rights", "https://www.rightsstatements.org/page/InC/1.0/?language=en")),
        ("https://rightsstatements.org/page/InC/1.0/", Statement("rights", "", uri=INC)),
        ("http://rightsstatements.org/vocab/InC", Statement("rights", "", uri=EDUCATIONAL)),
        ("http://creativecommons.org/licenses/by-nc", Statement(
            "license", "https://creativecommons.org/licenses/by-nc-nd/3.0/vn/deed.vi")),
        ("Giữ bản quyền", Statement("rights", "giữ bản quyền – Bảo tàng", lang="vi")),
        ("https://museum.vn/rights/", Statement("rights", "x", uri="http://museum.vn/rights/7")),
    ],
)  # fmt: skip
def test_rights_are_recognized_however_they_are_written(key: str, said: Statement) -> None:
    rules = LimitRules(by_rights={key: Limits(800)})

    assert of(rules, record(said)) == 800
    assert of(rules, record(Statement("rights", "CC BY"))) == 0
    assert of(rules, record(Statement("title", said.value or said.uri))) == 0


def test_rights_of_the_archive_hold_for_items_without_their_own() -> None:
    rules = LimitRules(by_rights={INC: Limits(800)})

    assert of(rules, record()) == 0
    assert of(rules, record(), rights_uri=INC) == 800
    assert of(rules, record(Statement("rights", "CC BY")), rights_uri=INC) == 0


def test_of_several_rights_each_counts_and_the_special_watermark_is_drawn() -> None:
    rules = LimitRules(
        {Access.PUBLIC: Limits(2000, Watermark("museum"))},
        {
            "http://rightsstatements.org/vocab/InC": Limits(900, Watermark("reserved")),
            INC: Limits(1000, Watermark("in copyright")),
            "loan": Limits(0, None, has_download=False),
        },
    )
    item = record(Statement("rights", "Loan of the family"), Statement("license", "", uri=INC))

    found = rules.of(item, rights="", rights_uri="")

    assert found == Limits(900, Watermark("in copyright"), has_download=False)
    assert rules.of(record(), rights="", rights_uri="") == Limits(2000, Watermark("museum"))
    assert rules.of(record(access=Access.STAFF), rights="", rights_uri="") == Limits()


@given(limits, limits, limits)
def test_strictest_is_never_looser_than_any_part(one: Limits, two: Limits, three: Limits) -> None:
    both = one.and_also(two).and_also(three)

    assert both == one.and_also(two.and_also(three))
    for part in (one, two, three):
        assert not part.max_px or 0 < both.max_px <= part.max_px
        assert both.watermark or not part.watermark
        assert part.has_download or not both.has_download


def test_settings_without_limits_have_none() -> None:
    assert settings_from({}, Path("hoaban.toml")).limits == LimitRules() == Settings().limits


def test_rules_that_only_take_downloads_away_forbid_no_image() -> None:
    assert LimitRules().forbid_nothing
    assert LimitRules({Access.PUBLIC: Limits(has_download=False)}).forbid_nothing
    assert not LimitRules({Access.PUBLIC: Limits(max_px=300)}).forbid_nothing
    assert not LimitRules({}, {INC: Limits(watermark=Watermark("a"))}).forbid_nothing
