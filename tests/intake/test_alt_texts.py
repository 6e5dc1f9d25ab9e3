"""Words for pictures: a line for each, in their order; what is missing is a note."""

from __future__ import annotations

from datetime import date

from schemas.alt_texts import alt_texts
from schemas.findings import Severity
from schemas.public_views import public_views
from schemas.records import Access, Record, View
from tests.site.fabricated_site import said

HEAD = ("identifier", "title", "files")


def told(museum, area="ALT-"):
    return [f for f in museum.read().findings if f.code.startswith(area)]


def test_the_lines_of_a_cell_are_those_of_the_pictures_in_each_language(museum):
    museum.scans("a.jpg", "b.jpg")
    museum.csv(
        (*HEAD, "Mô tả ảnh (vi)", "Alt text (en)"),
        ("1", "One", "a.jpg; b.jpg", "Mặt trống; 12 cánh sao\nThân trống", "Face | -"),
    )
    record = museum.items()["1"].record
    said_of = [[(s.lang, s.value) for s in alt_texts(record.statements, at)] for at in range(3)]
    assert said_of == [
        [("vi", "Mặt trống; 12 cánh sao"), ("en", "Face")],
        [("vi", "Thân trống")],
        [],
    ]
    assert told(museum) == []


def test_a_catalogue_without_such_words_is_told_of_once(museum):
    museum.scans("a.jpg", "b.jpg")
    museum.csv(HEAD, ("1", "One", "a.jpg"), ("2", "Two", "b.jpg"), ("3", "Three", ""))
    (finding,) = told(museum)
    assert (finding.code, finding.severity, finding.values["count"]) == (
        "ALT-none",
        Severity.INFO,
        2,
    )
    assert "Mô tả ảnh" in finding.message("vi") or "Image description" in finding.message("en")


def test_a_row_with_fewer_lines_than_pictures_is_told_of_where_it_stands(museum):
    museum.scans("a.jpg", "b.jpg", "c.jpg")
    museum.csv(
        (*HEAD, "Mô tả ảnh"),
        ("1", "One", "a.jpg", "Mặt trước"),
        ("2", "Two", "b.jpg; c.jpg", "Mặt trước"),
        ("3", "Three", "", ""),
    )
    (finding,) = told(museum)
    assert (finding.code, finding.row, finding.item_id) == ("ALT-missing", 3, "2")
    assert (finding.values["given"], finding.values["count"]) == (1, 2)


def test_nothing_is_asked_where_there_is_no_picture_or_no_such_field(museum):
    museum.csv(HEAD, ("1", "One", ""))
    assert told(museum) == []


def test_what_a_closed_picture_shows_is_closed_too():
    record = Record(
        "1",
        (
            said("title", "Ảnh"),
            *(said("alt_text", text, "vi") for text in ("một", "hai", "ba")),
            said("alt_text", "one", "en"),
        ),
        views=(
            View("masters/1.jpg", access=Access.STAFF),
            View("masters/2.jpg"),
            View("masters/3.jpg", embargo_until="2030-01-01"),
        ),
    )
    public = public_views(record, date(2026, 11, 22))
    assert [s.value for s in public.statements] == ["Ảnh", "hai"]
    assert [s.value for s in alt_texts(public.statements, 0)] == ["hai"]
    assert public_views(record, date(2031, 1, 1)).statements[1].value == "hai"
