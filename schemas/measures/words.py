"""The words measures are written with: names of dimensions, of parts, of units, and of doubt.

Only words with one meaning in a museum's catalogue stand here. Old Vietnamese units (thước, tấc,
cân, lạng) had several sizes and are left out, so that a text with one is not parsed.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    """What of a thing was measured."""

    HEIGHT = "height"
    WIDTH = "width"
    LENGTH = "length"
    DEPTH = "depth"
    THICKNESS = "thickness"
    DIAMETER = "diameter"
    CIRCUMFERENCE = "circumference"
    SIDE = "side"
    """A length whose text does not say which: 30 x 20 cm, or a letter with several meanings."""
    WEIGHT = "weight"
    DURATION = "duration"


class Unit(StrEnum):
    """The unit values are kept in, by the kind of measure."""

    MILLIMETRE = "mm"
    GRAM = "g"
    SECOND = "s"


NAMES: dict[str, Dimension] = {
    word: dimension
    for dimension, words in {
        Dimension.HEIGHT: "cao;chiều cao;bề cao;độ cao;height;high;hauteur;haut",
        Dimension.WIDTH: "rộng;chiều rộng;bề rộng;ngang;chiều ngang;bề ngang;bản rộng;"
        "width;wide;largeur",
        Dimension.LENGTH: "dài;chiều dài;bề dài;length;long;longueur",
        Dimension.DEPTH: "sâu;chiều sâu;độ sâu;lòng sâu;depth;deep;profondeur",
        Dimension.THICKNESS: "dày;dầy;chiều dày;bề dày;độ dày;bề dầy;chiều dầy;độ dầy;"
        "thickness;thick;épaisseur",
        Dimension.DIAMETER: "đường kính;đ.kính;đkính;đ/k;đ.k;đk;phi;φ;ϕ;ø;⌀;∅;"
        "diameter;diam;dia;diamètre",
        Dimension.CIRCUMFERENCE: "chu vi;circumference;circ;circonférence",
        Dimension.SIDE: "side;cạnh",
        Dimension.WEIGHT: "trọng lượng;khối lượng;cân nặng;nặng;weight;weighs;wt;poids;tl;kl",
        Dimension.DURATION: "thời lượng;duration;durée",
    }.items()
    for word in words.split(";")
}
"""Names in lower case, Vietnamese, English and French."""

LETTERS: dict[str, Dimension | None] = {
    "H": Dimension.HEIGHT,
    "h": Dimension.HEIGHT,
    "W": Dimension.WIDTH,
    "w": Dimension.WIDTH,
    "C": Dimension.HEIGHT,
    "R": Dimension.WIDTH,
    "L": Dimension.LENGTH,
    "D": None,
}
"""Letters that stand for a dimension. C is cao, R is rộng. D is dài, dày, depth or diameter: what
stands beside it decides, or nobody. A small c is "circa", a small l French largeur: not here."""

PARTS: dict[str, str] = {
    word: part
    for part, words in {
        "mouth": "miệng;vành miệng;mouth",
        "rim": "vành;rim",
        "base": "đáy;base;bottom",
        "foot": "chân;foot",
        "pedestal": "đế;bệ;pedestal",
        "body": "thân;body",
        "neck": "cổ;neck",
        "shoulder": "vai;shoulder",
        "handle": "cán;tay cầm;handle",
        "hilt": "chuôi;hilt",
        "blade": "lưỡi;blade",
        "face": "mặt;face",
        "lid": "nắp;lid",
        "belly": "bụng;belly",
        "hole": "lỗ;lỗ treo;hole;holes;suspension hole;suspension holes",
        "frame": "khung;frame;framed",
        "image": "image",
        "support": "support",
        "mount": "mount",
        "plate": "plate",
        "object": "hiện vật;object",
        "sheet": "tờ;sheet",
        "page": "trang;page",
        "cover": "bìa;cover",
        "overall": "toàn bộ;tổng thể;overall",
        "displayed": "displayed;display dimensions;trưng bày",
    }.items()
    for word in words.split(";")
}
"""Parts of a thing, to the English word they are kept as."""

WHOLE = frozenset(
    {"kích thước", "kích cỡ", "kt", "khuôn khổ", "khổ", "size", "dimensions", "measurements"}
)
"""Labels that only say that a measure follows."""

UNITS: dict[str, tuple[Unit, Decimal]] = {
    word: (unit, Decimal(factor))
    for unit, factor, words in (
        (Unit.MILLIMETRE, "1", "mm;milimet;mi-li-mét;millimetre;millimetres;millimeters"),
        (Unit.MILLIMETRE, "10", "cm;cms;xăng-ti-mét;xentimet;centimet;centimetres;centimeters"),
        (Unit.MILLIMETRE, "100", "dm"),
        (Unit.MILLIMETRE, "1000", "m;mét;met;metre;metres;meter;meters"),
        (Unit.MILLIMETRE, "25.4", "in;in.;inch;inches;″"),
        (Unit.GRAM, "0.001", "mg"),
        (Unit.GRAM, "1", "g;gr;gam;gram;grams;grammes"),
        (Unit.GRAM, "1000", "kg;kgs;ki-lô-gam;kilogam;kilogram;kilograms"),
        (Unit.GRAM, "100000", "tạ"),
        (Unit.GRAM, "1000000", "tấn;tonne;tonnes"),
        (Unit.SECOND, "1", "giây;sec;secs;second;seconds;s"),
        (Unit.SECOND, "60", "phút;min;mins;minute;minutes"),
        (Unit.SECOND, "3600", "giờ;tiếng;hour;hours"),
    )
    for word in words.split(";")
}
"""Unit words in lower case, with their size in the unit values are kept in."""

APPROXIMATE = (
    "khoảng", "chừng", "độ chừng", "ước chừng", "ước", "xấp xỉ", "about", "approximately",
    "approx.", "approx", "circa", "ca.", "c.", "~", "≈", "environ", "env.",
)  # fmt: skip
"""Words before a number that is not exact."""

UNCONFIRMED = "unconfirmed"
"""Tate's word for a measure taken from elsewhere."""

DIMENSION_WORDS = frozenset(word for word in NAMES if len(word) > 2)


def unit_of(dimension: Dimension) -> Unit:
    """Return the unit a dimension is kept in."""
    if dimension is Dimension.WEIGHT:
        return Unit.GRAM
    if dimension is Dimension.DURATION:
        return Unit.SECOND
    return Unit.MILLIMETRE
