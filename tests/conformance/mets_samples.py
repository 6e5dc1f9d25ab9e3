"""An item with everything METS, PREMIS and MIX can say of it."""

from __future__ import annotations

from schemas.crosswalks.mets import MetsItem, PackagedFile
from schemas.dublincore import Statement
from schemas.events import Event, EventType
from schemas.records import Record, View
from schemas.technical import Page, Technical

AT = "2026-11-21T08:30:00Z"
FRONT, BOOK = "masters/mặt trước.jpg", "masters/sách.tif"

CAMERA = Technical(
    path=FRONT,
    size_bytes=1234,
    sha512="a" * 128,
    sha256="b" * 64,
    source_name="ảnh/mặt trước.jpg",
    puid="fmt/43",
    format_name="JPEG File Interchange Format",
    mime_type="image/jpeg",
    pages=(Page(3000, 4000),),
    bits_per_sample=8,
    samples_per_pixel=3,
    colour_space="rgb",
    icc_profile_name="Adobe RGB (1998)",
    resolution_ppi=(300.0, 299.5),
    orientation=6,
    exif={
        "EXIF ExposureTime": "1/60",
        "EXIF DateTimeOriginal": "2012:05:03 10:00:00",
        "Image Make": "Canon",
        "Image Model": "Canon EOS 5D",
        "EXIF BodySerialNumber": "0815",
        "GPS GPSLatitude": "[21, 23, 10]",
    },
)
SCANNED = Technical(
    path=BOOK,
    size_bytes=99,
    sha512="c" * 128,
    sha256="d" * 64,
    source_name="sách.tif",
    puid="UNKNOWN",
    format_name="",
    mime_type="image/tiff",
    pages=(Page(10, 20), Page(11, 21)),
    bits_per_sample=1,
    samples_per_pixel=1,
    colour_space="bilevel",
)
RECORD = Record(
    "BTĐB 12/Đ.3",
    (
        Statement("title", "Khăn piêu của người Thái", "vi", field="title"),
        Statement("title", "Piêu scarf", "en", field="title"),
        Statement("medium", "vải", "vi", field="material"),
        Statement(
            "license", "CC BY 4.0", uri="https://creativecommons.org/licenses/by/4.0/deed.vi"
        ),
        Statement("rights", "© Bảo tàng tỉnh Điện Biên", "vi", field="rights"),
    ),
    (View(FRONT, "front"), View(BOOK, "page 3, verso")),
)
EVENTS = (
    Event(EventType.CAPTURE, "2012-05-03T10:00:00", "success", "Canon EOS 5D", FRONT),
    Event(
        EventType.MESSAGE_DIGEST_CALCULATION,
        AT,
        "success",
        "Hoa Ban 0.0.9",
        FRONT,
        "algorithms=sha512,sha256",
    ),
    Event(EventType.DERIVATION, AT, "success", "libvips 8.18.7, pillow 11.0", BOOK, "pages=2"),
    Event(EventType.RECOVERY, AT, "warning", "Hoa Ban 0.0.9", "masters/cũ.tif"),
    Event(EventType.INGESTION, AT, "success", "Hoa Ban 0.0.9"),
)


def packaged(technical: Technical) -> PackagedFile:
    return PackagedFile(technical.path, technical.mime_type, technical.size_bytes, technical.sha512)


ITEM = MetsItem(
    record=RECORD,
    technical=(CAMERA, SCANNED),
    events=EVENTS,
    masters={FRONT: packaged(CAMERA), BOOK: packaged(SCANNED)},
    at=AT,
    documents={"HOABAN-RECORD": PackagedFile("record.json", "application/json", 7, "e" * 128)},
    url="https://example.org/vi/items/1.html",
    publisher="Bảo tàng tỉnh Điện Biên",
)
