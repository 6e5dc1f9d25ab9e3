"""METS documents: valid with all they hold, every reference leads somewhere, nothing private."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from schemas.crosswalks.mets import MetsItem, PackagedFile, mets_problems, mets_xml
from schemas.crosswalks.premis import agents_of, rights_of
from schemas.dublincore import TERMS, Statement
from schemas.events import Event, EventType
from schemas.records import Record, View
from schemas.software import agent_name
from schemas.technical import Page, Technical
from schemas.xml import parse_xml
from tests.conformance.mets_samples import AT, BOOK, CAMERA, EVENTS, ITEM, RECORD, SCANNED

DATA = Path(__file__).parents[1] / "data" / "packages"
SPACES = {
    "mets": "http://www.loc.gov/METS/",
    "premis": "http://www.loc.gov/premis/v3",
    "mix": "http://www.loc.gov/mix/v20",
}
TEXTS = st.text(max_size=12)


def said(document: bytes, path: str) -> list[str]:
    found = parse_xml(document).xpath(path, namespaces=SPACES)
    assert isinstance(found, list)
    return [str(entry.text) if isinstance(entry, etree._Element) else str(entry) for entry in found]


def test_the_sample_is_exactly_this_document_and_valid() -> None:
    """After a wanted change: write ``document`` to tests/data/packages/METS.xml and read it."""
    document = mets_xml(ITEM)
    assert mets_problems(document) == ()
    expected = (DATA / "METS.xml").read_text(encoding="utf-8")
    assert document.decode().replace(agent_name(), "Hoa Ban VERSION") == expected


def test_what_was_read_from_a_scan_is_said_in_mix_and_what_is_private_is_not() -> None:
    document = mets_xml(ITEM)
    # The file is stored on its side: as displayed it is 3000 wide.
    assert said(document, "//mix:imageWidth") == ["4000", "10", "11"]
    assert said(document, "//mix:orientation")[0] == "normal, rotated ccw 90°"
    assert said(document, "//mix:ySamplingFrequency/*") == ["599", "2"]
    assert said(document, "//mix:digitalCameraModelName") == ["Canon EOS 5D"]
    assert b"0815" not in document
    assert b"21, 23" not in document


def test_every_file_has_its_checksum_and_every_view_its_file_and_label() -> None:
    document = mets_xml(ITEM)
    assert said(document, "//mets:file/@CHECKSUM") == ["a" * 128, "c" * 128]
    assert said(document, "//mets:file/@CHECKSUMTYPE") == ["SHA-512"] * 2
    assert said(document, "//mets:FLocat/@*[local-name()='href']") == [
        "masters/m%E1%BA%B7t%20tr%C6%B0%E1%BB%9Bc.jpg",
        "masters/s%C3%A1ch.tif",
    ]
    assert said(document, "//mets:div[@TYPE='view']/@LABEL") == ["mặt trước", "trang 3, mặt sau tờ"]
    assert said(document, "//mets:div[@TYPE='page']/@ADMID") == ["mix-2-1", "mix-2-2"]


def test_an_event_of_a_master_that_is_gone_is_told_of_the_item() -> None:
    document = mets_xml(ITEM)
    gone = "//premis:event[premis:eventType='recovery']"
    assert said(document, f"{gone}//premis:linkingObjectIdentifierValue") == [RECORD.item_id]
    assert said(document, f"{gone}//premis:eventDetail") == ["file=masters/cũ.tif"]


def test_events_name_their_programs_each_with_its_version() -> None:
    assert [agent.name for agent in agents_of(EVENTS[2])] == ["libvips 8.18.7", "pillow 11.0"]
    document = mets_xml(ITEM)
    assert said(document, "//premis:agentVersion") == ["0.0.9", "8.18.7", "11.0"]
    kinds = "//premis:agent[premis:agentType='hardware']/premis:agentName"
    assert said(document, kinds) == ["Canon EOS 5D"]


@pytest.mark.parametrize(
    ("statement", "uris", "basis"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.vi", 1, "license"),
        ("http://rightsstatements.org/vocab/InC/1.0/", 1, "other"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", 1, "other"),
        ("Bảo tàng giữ bản quyền", 0, "other"),
    ],
)
def test_rights_are_told_as_what_they_are(statement: str, uris: int, basis: str) -> None:
    record = dataclasses.replace(RECORD, statements=(Statement("rights", statement),))
    assert len(rights_of(record).uris) == uris
    document = mets_xml(dataclasses.replace(ITEM, record=record))
    assert said(document, "//premis:rightsBasis") == [basis]
    assert mets_problems(document) == ()


def test_rights_of_the_archive_stand_in_where_a_record_says_nothing() -> None:
    silent = dataclasses.replace(RECORD, statements=())
    assert rights_of(silent, "© BT", "http://x.org/r").uris == ("http://x.org/r",)
    document = mets_xml(dataclasses.replace(ITEM, record=silent))
    assert said(document, "//mets:rightsMD/@ID") == []
    assert mets_problems(document) == ()


def test_without_masters_the_images_or_the_description_alone_make_a_valid_document() -> None:
    image = PackagedFile("images/0001.jpg", "image/jpeg", 5, "f" * 128)
    document = mets_xml(dataclasses.replace(ITEM, masters={}, images=(image,)))
    assert said(document, "//mets:fileGrp/@USE") == ["ACCESS"]
    assert said(document, "//premis:contentLocationValue") == []
    assert mets_problems(document) == ()
    bare = MetsItem(Record("BT-1", ()), (), (), {}, AT)
    assert mets_problems(mets_xml(bare)) == ()


def test_a_pdf_has_no_mix_for_its_pages_have_no_pixels() -> None:
    pdf = dataclasses.replace(SCANNED, mime_type="application/pdf")
    document = mets_xml(dataclasses.replace(ITEM, technical=(CAMERA, pdf)))
    assert said(document, "//mets:techMD[starts-with(@ID, 'mix')]/@ID") == ["mix-1-1"]
    assert mets_problems(document) == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'FILEID="file-2"', b'FILEID="file-9"', "'file-9'"),
        (b'ADMID="amd-1"', b'ADMID="amd-1 gone"', "'gone'"),
        (b'DMDID="dmd-1', b'DMDID="dmd-7', "'dmd-7'"),
        (b"<premis:size>99", b"<premis:size>many", "size"),
        (b"<mix:imageWidth>10", b"<mix:imageWidth>-1", "imageWidth"),
        (b'CHECKSUMTYPE="SHA-512"', b'CHECKSUMTYPE="SHA-3"', "CHECKSUMTYPE"),
    ],
)
def test_what_is_wrong_is_found_in_every_part(old: bytes, new: bytes, told: str) -> None:
    document = mets_xml(ITEM)
    assert old in document
    problems = mets_problems(document.replace(old, new, 1))
    assert any(told in problem for problem in problems), problems


_TECHNICAL = st.builds(
    Technical,
    path=st.just(BOOK),
    size_bytes=st.integers(0, 2**40),
    sha512=st.just("c" * 128),
    sha256=st.just("d" * 64),
    source_name=TEXTS,
    puid=st.sampled_from(["", "UNKNOWN", "fmt/353"]),
    format_name=TEXTS,
    mime_type=st.sampled_from(["image/tiff", "", "application/pdf"]),
    pages=st.lists(st.builds(Page, st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1).map(
        lambda pages: tuple(pages[:4])
    ),
    bits_per_sample=st.sampled_from([1, 8, 12, 16, 32]),
    samples_per_pixel=st.integers(1, 6),
    colour_space=st.sampled_from(["rgb", "gray", "cmyk", "lab", "bilevel", "đa phổ"]),
    icc_profile_name=TEXTS,
    resolution_ppi=st.none()
    | st.tuples(*[st.floats(0, 1e6, allow_nan=False, allow_infinity=False)] * 2),
    orientation=st.integers(0, 9),
    exif=st.dictionaries(
        st.sampled_from(["EXIF DateTimeOriginal", "EXIF FNumber", "Image Make", "Image Model"]),
        st.sampled_from(["2012:05:03 10:00:00", "0000:00:00 00:00:00", " ", "2012:02:30 10:00:00"])
        | TEXTS,
    ),
)
_EVENTS = st.builds(
    Event,
    type=st.sampled_from(list(EventType)),
    at=st.just(AT),
    outcome=st.sampled_from(["success", "fail", ""]),
    agent=st.sampled_from(["Hoa Ban 0.0.9", "a, b 1", ","]) | TEXTS,
    path=st.sampled_from(["", BOOK, "masters/gone"]),
    detail=TEXTS,
)
_STATEMENTS = st.builds(
    Statement,
    term=st.sampled_from(sorted(TERMS)),
    value=st.text(min_size=1, max_size=12),
    lang=st.sampled_from(["", "vi", "not a tag!"]),
    uri=st.sampled_from(["", "https://creativecommons.org/licenses/by/4.0/", "x y"]) | TEXTS,
)


@settings(max_examples=150)
@given(
    _TECHNICAL,
    st.lists(_EVENTS, max_size=4),
    st.lists(_STATEMENTS, max_size=5),
    TEXTS,
    st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip())),
)
def test_whatever_a_record_and_a_scan_say_the_document_is_valid(
    technical: Technical,
    events: list[Event],
    statements: list[Statement],
    label: str,
    number: str,
) -> None:
    item = MetsItem(
        record=Record(number, tuple(statements), (View(BOOK, label),)),
        technical=(technical,),
        events=tuple(events),
        masters={BOOK: PackagedFile(BOOK, technical.mime_type, 1, technical.sha512)},
        at=AT,
        publisher=label,
    )
    assert mets_problems(mets_xml(item)) == ()
