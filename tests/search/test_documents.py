"""What of a record is searched: its statements by field, never what is not public."""

from schemas.dublincore import Statement
from schemas.profile import SearchLevel, parse_profile
from schemas.records import Record
from search.analysis import Token
from search.documents import best_levels, document_for
from tests.search.museum_records import PROFILE

RECORD = Record(
    identifier="BT.12",
    statements=(
        Statement("title", "Áo chàm", "vi", "", "title"),
        Statement("title", "Indigo jacket", "en", "", "title"),
        Statement("medium", "Vải lanh", "vi", "", "material"),
        Statement("description", "Áo cũ", "vi", "", "description"),
        Statement("extent", "dài 60 cm", "", "", "dimensions"),
        Statement("created", "Thế kỷ XX", "vi", "", "date"),
        Statement("description", "không trường", "vi"),
        Statement("description", "trường lạ", "vi", "", "old_field"),
    ),
    extra=(("Kho", "tủ bí mật"),),
)


def test_each_field_is_searched_at_the_level_its_profile_gives() -> None:
    document = document_for(RECORD, PROFILE, "images/a/thumbnail.jpg")
    assert document.texts == {
        SearchLevel.TITLE: ("BT.12", "Áo chàm", "Indigo jacket"),
        SearchLevel.SUBJECT: ("Vải lanh", "Thế kỷ XX"),
        SearchLevel.TEXT: ("Áo cũ", "không trường", "trường lạ"),
    }


def test_a_document_shows_titles_date_and_thumbnail() -> None:
    document = document_for(RECORD, PROFILE, "images/a/thumbnail.jpg")
    assert document.titles == (("vi", "Áo chàm"), ("en", "Indigo jacket"))
    assert (document.date, document.thumbnail) == ("Thế kỷ XX", "images/a/thumbnail.jpg")


def test_a_record_without_title_is_shown_by_its_number() -> None:
    document = document_for(Record("BT.13", ()), PROFILE, "")
    assert document.titles == (("", "BT.13"),)


def test_unknown_columns_are_never_indexed() -> None:
    texts = document_for(RECORD, PROFILE, "", with_hidden=True).texts
    assert not any("bí mật" in text for values in texts.values() for text in values)


def test_a_field_that_is_not_shown_is_searched_only_inside_the_museum() -> None:
    profile = parse_profile(
        "field,propertyID,role,shown,search\n"
        "identifier,dcterms:identifier,identifier,true,title\n"
        "title,dcterms:title,value,true,title\n"
        "donor,dcterms:provenance,value,false,text\n"
    )
    record = Record("BT.1", (Statement("provenance", "bà Lò Thị Ín", "", "", "donor"),))
    public = document_for(record, profile, "")
    staff = document_for(record, profile, "", with_hidden=True)
    assert public.texts[SearchLevel.TEXT] == ()
    assert staff.texts[SearchLevel.TEXT] == ("bà Lò Thị Ín",)


def test_a_word_counts_at_the_best_level_it_stands_in() -> None:
    levels = best_levels(document_for(RECORD, PROFILE, ""))
    assert levels[Token("áo", "ao")] == 0
    assert levels[Token("lanh", "lanh")] == 1
    assert levels[Token("cũ", "cu")] == 2
