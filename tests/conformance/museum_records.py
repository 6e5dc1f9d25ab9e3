"""Records for the tests of museum standards: a full one of each kind, and any that could be."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from schemas.crosswalks.exchange import Exchange, Published, PublishedImage
from schemas.dublincore import Statement
from schemas.normalising import Normaliser
from schemas.profile import Profile, parse_profile, shipped_profile_text
from schemas.records import Record, View

PAGE = "https://museum.example.vn/vi/items/abc/bt-1.html"
_TEXTS = (
    "Trống đồng", "đồng", "gỗ lim", "người Thái Đen", "tiếng Thái Đen", "CC BY 4.0", "179 TCN",
    "khoảng 1954", "trước 1945", "Đông Sơn 2000-2500 năm", "07/05/1954", "thế kỷ XIX",
    "Cao khoảng 24,5 cm; ĐK miệng 30-32 cm", "1,5 kg", "bản Mển, xã Thanh Nưa, huyện Điện Biên",
    "21.3861, 103.0230", "http://vocab.getty.edu/aat/300041729", "Moving Image", "<&>\"']]>",
)  # fmt: skip


@cache
def museum_profile() -> Profile:
    return parse_profile(shipped_profile_text("museum"))


def exchange(**changes: Any) -> Exchange:
    given = {
        "museum": "Bảo tàng tỉnh Điện Biên",
        "museum_uri": "http://www.wikidata.org/entity/Q1",
        "provider": "Cổng dữ liệu di sản",
        "metadata_rights_uri": "https://creativecommons.org/publicdomain/zero/1.0/",
    }
    return Exchange(museum_profile(), **{**given, **changes})


def image(number: int = 1, **changes: Any) -> PublishedImage:
    service = f"https://museum.example.vn/images/abc/bt-1/{number:04}"
    given = {
        "key": f"{number:04}",
        "url": f"{service}/access.jpg",
        "width_px": 1600,
        "height_px": 1200,
        "thumbnail_url": f"{service}/thumbnail.jpg",
        "thumbnail_width_px": 400,
        "thumbnail_height_px": 300,
        "service_url": service,
        "labels": (("vi", "mặt sau"), ("en", "back")) if number > 1 else (),
    }
    return PublishedImage(**{**given, **changes})


def published(**changes: Any) -> Published:
    given = {
        "page_url": PAGE,
        "manifest_url": "https://museum.example.vn/iiif/abc/bt-1/manifest.json",
        "images": (image(1), image(2)),
        "created_at": "2026-11-20T08:00:00Z",
        "updated_at": "2026-11-21T08:30:00Z",
    }
    return Published(**{**given, **changes})


def said(field: str, value: str = "", lang: str = "", uri: str = "", kind: str = "") -> Statement:
    described = museum_profile().of(kind).get(field)
    assert described is not None, field
    return Statement(described.term, value, lang, uri, field)


def record(*statements: Statement, kind: str = "", number: str = "BT.1") -> Record:
    """Return a record whose values are understood as when it comes in."""
    understood, _unread = Normaliser(museum_profile().of(kind)).normalised(statements)
    return Record(number, understood, (View("masters/1.tif"),), kind=kind)


def drum() -> Record:
    """Return an object that says something in nearly every field."""
    return record(
        said("registration_number", "1234/Đ-56"),
        said("title", "Trống đồng Mường Thanh", "vi"),
        said("title", "Mường Thanh bronze drum", "en"),
        said("other_title", "Trống Thanh Nưa", "vi"),
        said("object_type", "trống", "vi"),
        said("creator", "Không rõ"),
        said("date", "Đông Sơn 2000-2500 năm", "vi"),
        said("material", "đồng", "vi"),
        said("material", "gỗ lim", "vi"),
        said("dimensions", "Cao khoảng 24,5 cm; ĐK miệng 30-32 cm", "vi"),
        said("weight", "12,5 kg"),
        said("ethnic_group", "người Thái Đen", "vi"),
        said("culture", "Đông Sơn", "vi"),
        said("place", "bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên", "vi"),
        said("subject", "Nhạc khí", "vi"),
        said("description", "Mặt trống có ngôi sao mười hai cánh.", "vi"),
        said("description", "A star of twelve rays on the tympanum.", "en"),
        said("condition", "Nứt một bên tang", "vi"),
        said("provenance", "Ông Lò Văn Hặc tặng năm 1998", "vi"),
        said("collector", "Lò Thị Mai"),
        said("collection", "Sưu tập trống đồng", "vi"),
        said("language", "tiếng Thái Đen"),
        said("source_url", uri="https://example.org/trong-dong"),
        said("rights", "© Bảo tàng tỉnh Điện Biên", "vi"),
        said("rights_uri", uri="https://creativecommons.org/licenses/by/4.0/deed.vi"),
    )


def any_record() -> st.SearchStrategy[Record]:
    """Give records of every kind with every field, saying what can be said and what cannot."""
    text = st.sampled_from(_TEXTS) | st.text(max_size=12).filter(bool)
    lang = st.sampled_from(["", "vi", "en", "blt"]) | st.text(max_size=4)
    uri = st.sampled_from(
        ["", "", "http://example.org/a b", "urn:x", "https://a.vn/%C4"]
    ) | st.text(max_size=6)
    kinds = [entry.kind for entry in museum_profile().each()]

    @st.composite
    def build(draw: st.DrawFn) -> Record:
        kind = draw(st.sampled_from(kinds))
        fields = [entry for entry in museum_profile().of(kind) if entry.term]
        statements = draw(
            st.lists(
                st.builds(
                    lambda field, value, lang, uri: Statement(
                        field.term, value, lang, uri, field.name
                    ),
                    st.sampled_from(fields),
                    text,
                    lang,
                    uri,
                ),
                max_size=12,
            )
        )
        number = draw(st.text(min_size=1, max_size=8).filter(str.strip))
        return record(*statements, kind=kind, number=number)

    return build()
