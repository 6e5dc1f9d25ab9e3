"""Properties of cells and of the three-way merge."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.text import tidy_line
from pipeline.roundtrip.cells import cells_of, same, with_cells
from pipeline.roundtrip.merge import merge_cells, shown_change
from schemas.dublincore import Statement
from schemas.normalising import Normaliser
from schemas.profile import Role, parse_profile, shipped_profile_text
from schemas.records import Access, Record

PROFILE = parse_profile(shipped_profile_text("museum"))
FIELDS = [f for f in PROFILE if f.role is Role.VALUE]
ORDER = {field.name: place for place, field in enumerate(PROFILE)}
NORMALISER = Normaliser(PROFILE)
words = st.text(alphabet="abc đồngÁ=@'-1/", min_size=1, max_size=12).map(tidy_line).filter(bool)


@st.composite
def records(draw: st.DrawFn) -> Record:
    statements = []
    for field in draw(st.lists(st.sampled_from(FIELDS), unique_by=lambda f: f.name, max_size=5)):
        for lang in draw(st.sets(st.sampled_from(["", "vi", "en"]), min_size=1)):
            count = draw(st.integers(1, 3)) if field.repeatable else 1
            values = draw(st.lists(words, min_size=count, max_size=count, unique=True))
            statements += [Statement(field.term, v, lang, "", field.name) for v in values]
    statements.sort(key=lambda s: ORDER[s.field])
    extra = draw(st.dictionaries(words, words, max_size=2))
    read, _unread = NORMALISER.normalised(statements)
    return Record(
        "BT-1",
        read,
        access=draw(st.sampled_from(Access)),
        embargo_until=draw(st.sampled_from(["", "2020-01-31", "2030-12-31"])),
        extra=tuple(extra.items()),
    )


@given(records(), records())
def test_the_cells_of_one_record_make_another_into_it(one: Record, other: Record) -> None:
    old, new = cells_of(one, PROFILE), cells_of(other, PROFILE)
    changes = {
        heading: new.get(heading, "")
        for heading in {**old, **new}
        if not same(old.get(heading, ""), new.get(heading, ""))
    }
    changed = with_cells(one, changes, PROFILE, is_checked=False)
    assert {k: v for k, v in cells_of(changed, PROFILE).items() if v} == {
        k: v for k, v in new.items() if v
    }


@given(records(), records())
def test_changing_back_gives_the_record_it_was(one: Record, other: Record) -> None:
    old, new = cells_of(one, PROFILE), cells_of(other, PROFILE)
    headings = sorted({**old, **new}.keys() - {"identifier", "files"})
    there = with_cells(one, {h: new.get(h, "") for h in headings}, PROFILE, is_checked=False)
    back = with_cells(there, {h: old.get(h, "") for h in headings}, PROFILE, is_checked=False)
    assert cells_of(back, PROFILE) == old
    assert sorted(back.statements, key=repr) == sorted(one.statements, key=repr)


@given(records())
def test_no_change_gives_the_same_record(record: Record) -> None:
    assert with_cells(record, {}, PROFILE) == record


texts = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "x", "y", "z"]))


@given(texts, texts, texts)
def test_a_merge_takes_each_side_s_changes_and_settles_nothing(
    base: dict[str, str], archive: dict[str, str], sheet: dict[str, str]
) -> None:
    merged = merge_cells(base, archive, sheet, headings="abcd")
    result = {h: archive.get(h, "") for h in "abcd"} | {c.heading: c.new for c in merged.changes}
    contested = {c.heading for c in merged.conflicts}
    for heading in "abcd":
        was, now, came = (side.get(heading, "") for side in (base, archive, sheet))
        if was not in (now, came) and now != came:
            assert heading in contested
        assert result[heading] == (came if now == was else now)


@given(texts, texts)
def test_a_merge_is_done_once(base: dict[str, str], sheet: dict[str, str]) -> None:
    merged = merge_cells(base, base, sheet, headings="abcd")
    after = base | {change.heading: change.new for change in merged.changes}
    assert merge_cells(base, after, sheet, headings="abcd").changes == ()


@given(st.sampled_from(["|", "/", "line", "; line", ","]))
def test_values_are_joined_by_what_separates_them(separator: str) -> None:
    """Else adding one value would make all of them one."""
    rows = list(csv.DictReader(io.StringIO(shipped_profile_text("museum"))))
    for row in rows:
        if row["field"] == "material":
            row["separator"] = separator
    text = io.StringIO()
    table = csv.DictWriter(text, rows[0].keys())
    table.writeheader()
    table.writerows(rows)
    profile = parse_profile(text.getvalue())
    values = [Statement("medium", value, "vi", "", "material") for value in ("đồng", "gỗ")]
    one = Record("BT-1", tuple(values))
    cell = cells_of(one, profile)["material@vi"]
    mark = {"line": "\n", "; line": ";"}.get(separator, separator)
    changed = with_cells(one, {"material@vi": f"{cell}{mark}sắt"}, profile)
    assert [s.value for s in changed.statements] == ["đồng", "gỗ", "sắt"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_preview_shows_where_two_texts_part(old: str, new: str) -> None:
    shown = shown_change(old, new, longest=60)
    assert all(len(text) <= 62 for text in shown)
    assert (shown[0] == shown[1]) == (" ".join(old.split()) == " ".join(new.split()))


def test_a_preview_of_a_change_far_on_shows_it() -> None:
    old = "một " * 50 + "trống đồng"
    assert "trống đồng" in shown_change(old, old + " lớn", longest=70)[0]
    assert "lớn" in shown_change(old, old + " lớn", longest=70)[1]
