"""Rights and access as written: an address or a level only where the text makes it certain."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.access import access_words, parse_access_terms
from schemas.messages import speaking
from schemas.records import Access
from schemas.rights import _RIGHTS_STATEMENTS, rights_statement
from schemas.rights_text import rights_named

CC = "http://creativecommons.org/"
RS = "http://rightsstatements.org/vocab/"


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("CC BY-SA 4.0", CC + "licenses/by-sa/4.0/"),
        ("cc-by-nc-nd 3.0", CC + "licenses/by-nc-nd/3.0/"),
        ("CC-BY-SA-4.0", CC + "licenses/by-sa/4.0/"),
        ("CC BY 3.0 VN", CC + "licenses/by/3.0/vn/"),
        ("CC0", CC + "publicdomain/zero/1.0/"),
        ("Public Domain Mark 1.0", CC + "publicdomain/mark/1.0/"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", CC + "licenses/by-sa/4.0/"),
        ("Creative Commons Ghi công - Phi thương mại 4.0", CC + "licenses/by-nc/4.0/"),
        ("© J. Paul Getty Trust. CC BY 4.0", CC + "licenses/by/4.0/"),
        ("xem https://creativecommons.org/licenses/by/4.0/deed.vi.", CC + "licenses/by/4.0/"),
        ("còn bản quyền", RS + "InC/1.0/"),
        ("No Copyright - United States", RS + "NoC-US/1.0/"),
        ("Không có bản quyền nào được biết đến", RS + "NKC/1.0/"),
        ("CC BY", ""),
        ("CC BY 4.5", ""),
        ("Phạm vi công cộng", ""),
        ("public domain", ""),
        ("© Bảo tàng tỉnh Điện Biên", ""),
        ("Bản quyền thuộc Bảo tàng", ""),
        ("Bản quyền thuộc Bảo tàng, cấm sao chép", ""),
        ("© Bảo tàng, all rights reserved", ""),
        ("CC BY-NC 4.0, cấm sử dụng vào mục đích thương mại", CC + "licenses/by-nc/4.0/"),
        ("CC BY-NC-ND 4.0: không thương mại, không chỉnh sửa", CC + "licenses/by-nc-nd/4.0/"),
        (f"Cấm sao chép ({RS}InC/1.0/)", RS + "InC/1.0/"),
        ("xem https://creativecommons.org/licenses/by/4.0/?lang=vi", CC + "licenses/by/4.0/"),
    ],
)
def test_rights_are_named_with_an_address_only_where_certain(text: str, uri: str) -> None:
    statement = rights_named(text)
    assert statement is not None
    assert statement.uri == uri
    assert statement.meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CC BY 4.0 hoặc CC BY-SA 4.0",
        "CC BY 4.0, not the photograph",
        "không phải CC BY 4.0",
        "CC BY-SA-NC 4.0",
        "CC BYX 4.0",
        "No known copyright restrictions",
        "Copyright unknown",
        "bản quyền chưa rõ",
        "xin phép bảo tàng",
        "CC BY 4.0; cấm sao chép",
        "CC BY 4.0, cấm sử dụng vào mục đích thương mại",
        "chưa áp dụng CC BY 4.0",
        "Không theo CC BY 4.0",
        "no CC0",
        "CC BY 4.0?",
        "trước đây CC BY 4.0",
        "CC BY 4.0 (thu hồi 2021)",
        "CC BY 4.0 từ 2035",
        "CC BY 4.0 from 2035",
        "CC BY 4.0 pending approval",
        "© 2020 CC BY 4.0, all rights reserved",
        "Photo: CC BY 4.0; object: in copyright",
        "chưa áp dụng https://creativecommons.org/licenses/by/4.0/",
    ],
)
def test_rights_that_may_be_several_or_none_are_left_alone(text: str) -> None:
    assert rights_named(text) is None


@pytest.mark.parametrize("code", _RIGHTS_STATEMENTS)
def test_every_rights_statement_is_found_by_its_label(code: str) -> None:
    statement = rights_statement(f"{RS}{code}/1.0/")
    assert statement is not None
    assert rights_named(statement.meaning) == statement


@settings(deadline=None)
@given(st.text(max_size=80))
def test_rights_never_raise_and_addresses_are_ours(text: str) -> None:
    statement = rights_named(text)
    if statement is not None and statement.uri:
        assert rights_statement(statement.uri) == statement


@pytest.mark.parametrize(
    ("text", "access", "until"),
    [
        ("công khai", Access.PUBLIC, None),
        ("CONG KHAI", Access.PUBLIC, None),
        ("hạn chế", Access.RESTRICTED, None),
        ("nội bộ", Access.STAFF, None),
        ("không công khai", Access.STAFF, None),
        ("staff only", Access.STAFF, None),
        ("đến 31/12/2030", None, date(2030, 12, 31)),
        ("until 2030-12-31", None, date(2030, 12, 31)),
        ("đến 03/04/2030", None, date(2030, 4, 3)),
        ("nội bộ đến hết năm 2030", Access.STAFF, date(2030, 12, 31)),
        ("Nội bộ, đến 06/2030", Access.STAFF, date(2030, 6, 30)),
        ("hạn chế (đến 31/12/2030)", Access.RESTRICTED, date(2030, 12, 31)),
        ("công khai từ 01/01/2031", Access.PUBLIC, date(2030, 12, 31)),
        ("không công bố", Access.STAFF, None),
        ("không công bố trước 2031", None, date(2030, 12, 31)),
        ("Chưa được công khai trước ngày 15/6/2031", None, date(2031, 6, 14)),
        ("not to be published before 2031-01-01", None, date(2030, 12, 31)),
        ("chưa công bố", Access.STAFF, None),
        ("không được công khai", Access.STAFF, None),
        ("not public", Access.STAFF, None),
        ("đến ngày 31 tháng 12 năm 2030", None, date(2030, 12, 31)),
        ("nội bộ đến hết tháng 6 năm 2030", Access.STAFF, date(2030, 6, 30)),
        ("hạn chế cho tới ngày 1/1/2031", Access.RESTRICTED, date(2031, 1, 1)),
        ("không công bố trước ngày 1 tháng 1 năm 2031", None, date(2030, 12, 31)),
        ("Embargo until 31 December 2030", None, date(2030, 12, 31)),
        ("staff only until December 31st, 2030", Access.STAFF, date(2030, 12, 31)),
        ("until May 2030", None, date(2030, 5, 31)),
        ("public from 3 April 2031", Access.PUBLIC, date(2031, 4, 2)),
        ("public from 13/04/2031", Access.PUBLIC, date(2031, 4, 12)),
    ],
)
def test_access_is_read(text: str, access: Access | None, until: date | None) -> None:
    terms = parse_access_terms(text)
    assert terms is not None
    assert (terms.access, terms.embargo_until, terms.text) == (access, until, text)


@pytest.mark.parametrize(
    "text",
    ["", "mật", "công khai?", "public (?)", "10 năm", "until 03/04/2030", "public from 03/04/2030",
     "not public before 03/04/2030", "until 31 February 2030", "đến ngày 31 tháng 2 năm 2030",
     "public until 31 December 2030", "không công khai, công khai",
     "không công bố trước", "không công bố trước 31/02/2030", "công khai trước 2030",
     "công khai đến 2030", "đến 31/02/2030",
     "từ 2031", "nội bộ từ 2020", "đến khi có quyết định", "hạn chế đến 10 năm"],
)  # fmt: skip
def test_access_that_is_not_certain_is_left_to_a_person(text: str) -> None:
    assert parse_access_terms(text) is None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_access_never_raises(text: str) -> None:
    terms = parse_access_terms(text)
    assert terms is None or terms.access is not None or terms.embargo_until is not None


@pytest.mark.parametrize(
    ("access", "until", "english", "vietnamese"),
    [
        (Access.PUBLIC, "", "public", "công khai"),
        (Access.STAFF, "", "staff", "nội bộ"),
        (Access.PUBLIC, "2030-12-31", "embargo until 2030-12-31", "cấm vận đến 2030-12-31"),
        (
            Access.RESTRICTED,
            "2030-12-31",
            "restricted, embargo until 2030-12-31",
            "hạn chế, cấm vận đến 2030-12-31",
        ),
    ],
)
def test_access_is_said_in_words_that_are_read_back(
    access: Access, until: str, english: str, vietnamese: str
) -> None:
    for lang, expected in (("en", english), ("vi", vietnamese)):
        with speaking(lang):
            said = access_words(access, until)
        assert said == expected
        terms = parse_access_terms(said)
        assert terms is not None
        day = terms.embargo_until.isoformat() if terms.embargo_until else ""
        assert (terms.access or Access.PUBLIC, day) == (access, until)
