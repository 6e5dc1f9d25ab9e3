"""An archive of made-up items from the north-west, with dates, places and groups understood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.settings import Settings
from schemas.dublincore import Statement
from schemas.normalising import Normaliser
from schemas.records import Record, View
from tests.site.fabricated_site import (
    PROFILE,
    FabricatedArchive,
    plain_picture,
    plain_record,
    said,
    small_archive,
)

PLACES = (
    "bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên",
    "xã Mường Phăng, huyện Điện Biên, tỉnh Điện Biên",
    "Sơn La",
    "đặc khu Trường Sa",
    "huyện Mường Chà, tỉnh Điện Biên",
    "Vùng núi phía bắc",
)
GROUPS = ("Thái", "Thái Đen", "Mông", "Khơ Mú", "Hà Nhì", "Dao", "Kinh")
MATERIALS = ("Bạc", "Vải bông", "Tre", "Ấm sứ", "Gỗ", "Đá", "Ốc", "Da")
KINDS = ("Khăn piêu", "Vòng tay", "Khèn", "Gùi", "Áo cóm", "Trống")
DATES = ("1954", "thế kỷ XIX", "khoảng 1930–1945", "thập niên 1960", "thế kỷ III TCN", "2001")
COLOURS = ("#8a6f4e", "#4e6f8a", "#7a4e8a", "#4e8a5f")


def understood(record: Record) -> Record:
    """Return a record with what its values mean."""
    found, _unread = Normaliser(PROFILE.of(record.kind)).normalised(record.statements)
    return replace(record, statements=found)


def vietnamese_archive(
    root: Path, items: int = 60, settings: Settings | None = None
) -> FabricatedArchive:
    """Return an archive with objects, a person and a festival that the objects name."""
    archive = small_archive(root, settings)
    for number in range(items):
        kind, group = KINDS[number % 6], GROUPS[number % 7]
        record = plain_record(
            f"DB.{number:03}",
            said("title", f"{kind} {group}", "vi"),
            said("title", f"{kind} of the {group}", "en"),
            said("date", DATES[number % 6], "vi"),
            said("material", MATERIALS[number % 8], "vi"),
            said("ethnic_group", group, "vi"),
            said("place", PLACES[(number // 2) % 6], "vi"),
            said("collection", "Sưu tập trang phục" if number % 2 else "Sưu tập nhạc cụ", "vi"),
            said("creator", "Quàng Thị Pọm" if number % 3 else "Lò Văn Panh"),
            said("subject", "Đời sống" if number % 4 else "Lễ hội Xên bản", "vi"),
            said("description", "Hiện vật được sưu tầm năm 2019 tại bản.", "vi"),
            views=(View("masters/a.jpg", "mặt trước", "vi"),),
        )
        picture = plain_picture(200 + number, 140, COLOURS[number % 4])
        archive.add(understood(record), (picture,))
    person = (
        Statement("title", "Lò Văn Panh", "vi", "", "title"),
        Statement("subject", "Thái", "vi", "", "ethnic_group"),
        Statement("description", "Nghệ nhân làm khèn.", "vi", "", "description"),
        Statement("date", "1938", "", "", "birth"),
    )
    festival = (
        Statement("title", "Lễ hội Xên bản", "vi", "", "title"),
        Statement("title", "Xên bản festival", "en", "", "title"),
        Statement("subject", "Thái", "vi", "", "ethnic_group"),
        Statement("description", "Lễ cúng bản của người Thái.", "vi", "", "description"),
    )
    archive.add(understood(Record("NN.01", person, kind="person")))
    archive.add(understood(Record("PVT.01", festival, kind="intangible")))
    return archive
