"""Filters, counts and the histogram: exact, and each field blind to its own filter."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dublincore import Statement
from schemas.normalising import shipped_tables
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from search.documents import SearchDocument
from search.facet_values import (
    EARLY,
    facet_fields,
    facets_of,
    periods_of,
    term_labels,
    value_label,
    value_named,
)
from search.facets import MOST_BARS, Bar, Filters, histogram
from search.index import SearchIndex
from tests.search.museum_records import FIELDS, PROFILE, documents

SPANS = st.tuples(st.integers(-900_000, 2100), st.integers(0, 3000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    index = SearchIndex.create(tmp_path_factory.mktemp("museum") / "index")
    index.replace_all(documents())
    return index


def found(index: SearchIndex, query: str, filters: Filters) -> set[str]:
    results = index.search(query, limit=100, fields=FIELDS, filters=filters)
    return {hit.item_id for hit in results.hits}


def having(field: str, *values: str) -> set[str]:
    return {
        document.item_id
        for document in documents()
        if any((field, value) in document.facets for value in values)
    }


def test_values_of_one_field_are_alternatives_and_fields_add_up(museum: SearchIndex) -> None:
    wood, metal = having("material", "gỗ"), having("material", "kim loại")
    assert wood
    assert metal
    assert wood != metal
    assert found(museum, "", Filters({"material": ("gỗ",)})) == wood
    assert found(museum, "", Filters({"material": ("gỗ", "kim loại")})) == wood | metal
    pictured = Filters({"material": ("gỗ", "kim loại"), "has": ("images",)})
    assert found(museum, "", pictured) == (wood | metal) & having("has", "images")
    assert found(museum, "", Filters({"material": ("no such",)})) == set()


def test_filters_narrow_a_query_and_do_not_change_its_order(museum: SearchIndex) -> None:
    plain = museum.search("điện biên", limit=100).hits
    filters = Filters({"has": ("images",)})
    narrowed = museum.search("điện biên", limit=100, filters=filters)
    kept = having("has", "images")
    assert 0 < narrowed.total < len(plain)
    assert narrowed.hits == tuple(hit for hit in plain if hit.item_id in kept)


@pytest.mark.parametrize("query", ["", "điện biên", "gỗ OR đồng"])
def test_a_count_says_what_choosing_the_value_too_would_give(
    museum: SearchIndex, query: str
) -> None:
    chosen = Filters({"material": ("gỗ",), "has": ("images",)}, (1800, None))
    results = museum.search(query, filters=chosen, with_facets=True, with_years=True)
    for field, counts in results.facets.items():
        for value, count in counts[:6]:
            other = replace(chosen, values={**chosen.values, field: (value,)})
            if field not in chosen.values or value not in chosen.values[field]:
                assert count == len(found(museum, query, other)), (field, value)
    for bar in results.years:
        between = replace(chosen, between=(bar.first, bar.last))
        assert bar.count == len(found(museum, query, between)), bar


def test_a_chosen_value_is_listed_with_nothing_left(museum: SearchIndex) -> None:
    filters = Filters({"material": ("no such",), "has": ("images",)})
    facets = museum.search("trống", filters=filters, with_facets=True).facets
    assert ("no such", 0) in facets["material"]


def test_an_empty_query_finds_everything_only_if_wanted(museum: SearchIndex) -> None:
    assert museum.search("  ").total == 0
    assert museum.search("  ", with_all=True).total == len(documents())
    assert museum.search("", filters=Filters({"has": ("images",)})).total > 0
    assert museum.search("!!!", with_all=True).total == 0
    numbers = [hit.identifier for hit in museum.search("", with_all=True, limit=100).hits]
    assert numbers.index("77.AO.84") < numbers.index("BTCT-0001")


def test_counts_follow_an_item_that_changes(tmp_path: Path) -> None:
    index = SearchIndex.create(tmp_path / "index")
    first = SearchDocument("a", "A.1", (("", "Áo chàm"),), {}, facets=(("material", "vải"),))
    other = replace(first, item_id="b", identifier="A.2")
    index.replace_all([first, other])
    assert [(s.text, s.count) for s in index.suggest("áo ch")] == [("áo chàm", 2)]
    index.update([replace(other, titles=(("", "Váy"),), facets=(("material", "lụa"),))])
    facets = index.search("", with_all=True, with_facets=True).facets
    assert facets == {"material": (("lụa", 1), ("vải", 1))}
    assert [(s.text, s.count) for s in index.suggest("áo ch")] == [("áo chàm", 1)]
    assert [(s.text, s.kind) for s in index.suggest("vai")] == [("vải", "material")]


def record(kind: str = "", **values: str) -> Record:
    profile = PROFILE.of(kind)
    statements = []
    for name, value in values.items():
        field = profile.get(name)
        assert field is not None, name
        statements.append(Statement(field.term, value, "", "", name))
    return Record("A.1", tuple(statements), kind=kind)


def test_every_name_of_an_ethnic_group_is_one_value() -> None:
    for name in ("Mông", "H'Mông", "Hmông", "Mèo", "người Mông", "HMONG"):
        assert ("ethnic_group", "Mông") in facets_of(record(ethnic_group=name), PROFILE), name


def test_a_term_counts_for_the_terms_above_it() -> None:
    facets = facets_of(record(ethnic_group="Mông Hoa", material="gỗ sồi"), PROFILE)
    assert {("ethnic_group", "Mông Hoa"), ("ethnic_group", "Mông")} <= set(facets)
    assert {("material", "gỗ sồi"), ("material", "gỗ")} <= set(facets)


def test_a_place_counts_for_its_commune_and_its_province() -> None:
    normal = (("commune", "Mường Thanh"), ("id", "03127"), ("province", "Điện Biên"))
    statement = Statement("spatial", "xã Thanh Minh", "", "", "place", normal)
    facets = facets_of(Record("A", (statement,)), PROFILE)
    assert ("place", "Mường Thanh, Điện Biên") in facets
    assert ("place", "Điện Biên") in facets
    assert ("place", "xã Thanh Minh") not in facets


def test_the_address_of_a_relic_site_is_a_place() -> None:
    facets = facets_of(record("relic_site", address="Mường Phăng"), PROFILE)
    assert ("kind", "relic_site") in facets
    assert ("place", "Mường Phăng") in facets


def test_of_texts_in_several_languages_the_vietnamese_count() -> None:
    both = Record(
        "A",
        (
            Statement("subject", "Chiến dịch", "vi", "", "subject"),
            Statement("subject", "Campaign", "en", "", "subject"),
            Statement("isPartOf", "Maps", "en", "", "collection"),
        ),
    )
    facets = set(facets_of(both, PROFILE))
    assert {("subject", "Chiến dịch"), ("collection", "Maps")} <= facets
    assert ("subject", "Campaign") not in facets


def test_hidden_fields_are_counted_only_for_the_staff() -> None:
    text = shipped_profile_text("museum").replace(
        "artifact,collection,dcterms:isPartOf,Sưu tập,Collection,",
        "artifact,collection,dcterms:isPartOf,Sưu tập mật,Hidden,",
    )
    lines = [
        line.replace("subject,true,true,text", "subject,false,true,text")
        if line.startswith("artifact,collection,")
        else line
        for line in text.split("\n")
    ]
    profile = parse_profile("\n".join(lines))
    secret = record(collection="Phông Z")
    assert ("collection", "Phông Z") not in facets_of(secret, profile)
    assert ("collection", "Phông Z") in facets_of(secret, profile, with_hidden=True)


def test_rights_are_counted_by_what_they_say() -> None:
    def rights(default: str = "", **values: str) -> list[str]:
        made = facets_of(record(**values), PROFILE, rights_uri=default)
        return [value for field, value in made if field == "rights"]

    cc_by = "https://creativecommons.org/licenses/by/4.0/deed.vi"
    assert rights(rights_uri=cc_by) == ["CC BY 4.0"]
    assert rights(rights_uri="http://rightsstatements.org/page/InC/1.0/") == ["InC"]
    assert rights(cc_by) == ["CC BY 4.0"]
    assert rights(cc_by, rights="Bảo tàng giữ bản quyền") == []


@pytest.mark.parametrize(
    ("span", "periods"),
    [
        (None, ()),
        ((1954, 1954), ("20",)),
        ((1800, 1899), ("19",)),
        ((1401, 1600), ("15", "16")),
        ((1802, 1945), ("19", "20")),
        ((-99, 0), ("-1",)),
        ((-799, 200), ("-8", "-7", "-6", "-5", "-4", "-3", "-2", "-1", "1", "2")),
        ((-28000, -9000), (EARLY,)),
        ((-1200, -900), (EARLY, "-10")),
    ],
)
def test_periods_are_the_centuries_that_dates_touch(
    span: tuple[int, int] | None, periods: tuple[str, ...]
) -> None:
    assert periods_of(span) == periods


def test_readers_see_values_in_their_language_and_may_name_them_so() -> None:
    tables = shipped_tables()
    facets = {facet.name: facet for facet in facet_fields(PROFILE)}
    names = list(facets)
    assert names[:4] == ["kind", "object_type", "ethnic_group", "material"]
    assert names[-2:] == ["has", "rights"]
    assert facets["object_type"].label("vi") == "Loại hiện vật"
    assert facets["ethnic_group"].label("vi") == "Dân tộc"
    assert value_label(facets["period"], "19", PROFILE, "en") == "19th century"
    assert value_label(facets["period"], "-3", PROFILE, "en") == "3rd century BC"
    assert value_label(facets["kind"], "relic_site", PROFILE, "vi") == "Di tích"
    assert value_label(facets["rights"], "NKC", PROFILE, "en") == "No known copyright"
    assert value_label(facets["rights"], "CC BY 4.0", PROFILE, "vi") == "CC BY 4.0"
    assert term_labels(facets["ethnic_group"], tables, "en")["Mông"] == "Hmong"
    named = {
        ("ethnic_group", "Mèo"): "Mông",
        ("ethnic_group", "Hmong"): "Mông",
        ("material", "Wood"): "gỗ",
        ("period", "19th century"): "19",
        ("has", "IMAGES"): "images",
        ("kind", "relic site"): "relic_site",
        ("collection", " Phông  A "): "Phông A",
    }
    for (name, text), value in named.items():
        assert value_named(facets[name], text, PROFILE, tables) == value


def test_bars_of_a_histogram_suit_the_span() -> None:
    assert histogram([]) == ()
    assert histogram([(1954, 1954)]) == (Bar(1954, 1954, 1),)
    assert histogram([(1953, 1954), (1954, 1954)]) == (Bar(1953, 1953, 1), Bar(1954, 1954, 2))
    centuries = histogram([(-200, -101), (1800, 1899)])
    assert len(centuries) <= MOST_BARS
    counted = [bar for bar in centuries if bar.count]
    assert counted == [Bar(-200, -101, 1), Bar(1800, 1899, 1)]


def test_few_strays_do_not_flatten_a_histogram() -> None:
    spans = [(-400_000, -300_000), *((year, year) for year in range(1900, 1960))]
    bars = histogram(spans)
    assert bars[0].first is None
    assert bars[0].count > 1
    assert bars[-1].last is not None
    assert bars[-1].last < 2000


@given(st.lists(SPANS, min_size=1, max_size=60))
def test_bars_lie_side_by_side_and_count_every_date(spans: list[tuple[int, int]]) -> None:
    bars = histogram(spans)
    assert 1 <= len(bars) <= MOST_BARS
    for one, other in pairwise(bars):
        assert one.last is not None
        assert other.first == one.last + 1
    for bar in bars:
        touching = [
            (first, last)
            for first, last in spans
            if (bar.first is None or bar.first <= last) and (bar.last is None or first <= bar.last)
        ]
        assert bar.count == len(touching)
    low, high = bars[0].first, bars[-1].last
    assert all(low is None or low <= last for _first, last in spans)
    assert all(high is None or first <= high for first, _last in spans)
