"""The words of date texts in Vietnamese, English and French, by what they mean.

Every phrase is one token of one letter; :mod:`schemas.dates.grammar` knows only the letters. A
phrase is written in full spelling; tone placement, NFC, capitals and missing marks are the
lexer's business.

Invariant: a phrase means one thing. A phrase that is short and common as a name or an
abbreviation ("c", "TK") still only counts inside a text that is a date from end to end.
"""

from __future__ import annotations

CENTURY, DECADE, YEAR, MONTH, DAY = "C", "K", "y", "m", "d"
PERIOD, SEASON, MONTH_NAME, LUNAR_MONTH = "P", "S", "M", "J"
ABOUT, UNSURE, BEFORE, AFTER, UNTIL, SINCE = "~", "?", "<", ">", "{", "}"
FROM, TO, BETWEEN, OR, AND, NOW = "F", "T", "W", "|", "&", "z"
BC, AD, AGO, MYRIAD, LUNAR, SOLAR, ORDINAL = "B", "A", "g", "w", "l", "s", "o"
LABEL, MADE, SHOWN, NOISE, NO_DATE, FULL_MOON = "L", "V", "x", "", "U", "f"
OR_LATER, OR_EARLIER = "]", "["
PARTS = "1234567890"

PHRASES: dict[str, str] = {
    CENTURY: "thế kỷ|tk|t k|t kỷ|thế kỉ|century|centuries|cent|siècle|siècles|s",
    DECADE: "thập niên|thập kỷ|những năm|các năm|những năm thập niên|những thập niên"
    "|những năm thập kỷ|decade|années|les années",
    YEAR: "năm|niên|the year|year|years|năm năm|l an|l année|en",
    MONTH: "tháng|month",
    DAY: "ngày|mùng|mồng|ngày mùng|ngày mồng",
    PERIOD: "thời|thời kỳ|thời đại|nhà|triều|triều đại|thời nhà|vương triều|giai đoạn|văn hóa"
    "|thuộc văn hóa|nền văn hóa|thuộc thời|đời|đời vua|vua|thời vua|niên hiệu|triều vua"
    "|dưới thời|dưới triều|dưới triều vua|thời kì|dynasty|period|dynastie|culture|reign of"
    "|thời văn hóa|thời kỳ nhà|thời hậu kỳ|đời nhà|thời các vua|văn minh|era|trào",
    ABOUT: "khoảng|vào khoảng|khoảng chừng|chừng|độ|ước chừng|ước khoảng|ước|tầm|xấp xỉ|c"
    "|ca|circa|about|around|approx|approximately|vers|environ|ước đoán|ước tính|cỡ|gần"
    "|vào khoảng thời gian|trong khoảng|khoảng thời gian|roughly|quãng|vào quãng",
    UNSURE: "có lẽ|có thể|hình như|probably|possibly|perhaps|probablement|peut être|phỏng đoán"
    "|đoán|chưa chắc|likely|poss|prob|có khả năng",
    BEFORE: "trước|before|avant|trước thời điểm|ante",
    AFTER: "sau|after|après|sau thời điểm|post",
    UNTIL: "by|no later than|not later than|không muộn hơn|muộn nhất là|muộn nhất|until"
    "|cho đến|jusqu en|cho tới|up to|chậm nhất",
    SINCE: "since|depuis|không sớm hơn|sớm nhất là|sớm nhất|kể từ|từ sau khi|not before",
    FROM: "từ|from|de|kéo dài từ",
    TO: "đến|tới|to|à|au|through|sang|bước sang|and to|qua",
    BETWEEN: "between|entre|giữa khoảng",
    OR: "hoặc|hay|or|ou|hoặc là",
    AND: "và|and|et|cùng",
    NOW: "nay|ngày nay|hiện nay|now|present|today|the present|hôm nay|bây giờ|aujourd hui|hiện tại",
    BC: "tcn|trước công nguyên|trước cn|tr cn|t cn|trcn|trước tây lịch|bc|bce|b c|b c e"
    "|av j c|avant j c|avant jésus christ|trước thiên chúa|trước kỷ nguyên|av jc",
    AD: "scn|sau công nguyên|sau cn|s cn|công nguyên|cn|ad|ce|a d|c e|apr j c|après j c"
    "|ap j c|sau tây lịch",
    AGO: "cách ngày nay|cách đây|cách nay|cách nay khoảng|bp|years ago|năm trước đây"
    "|năm cách ngày nay|năm cách đây|năm cách nay|before present|years bp|cách hiện nay"
    "|năm trước ngày nay|trước ngày nay|years before present",
    MYRIAD: "vạn",
    LUNAR: "âm lịch|al|âl|lịch âm|nông lịch|lunar",
    SOLAR: "dương lịch|dl|tây lịch|lịch dương",
    ORDINAL: "thứ",
    LABEL: "niên đại|date|dated|datation|thời gian|niên đại khoảng|có niên đại|dating"
    "|thời điểm|được xác định niên đại|ghi năm|đề năm|vào|vào năm|vào thời|trong|trong năm"
    "|trong thời|thuộc|in|during|vào những|pendant",
    MADE: "published|printed|reprinted|engraved|cast|made|painted|first published|first printed"
    "|editioned|reworked|remade|reconstructed|reconstruction|replica|edition|reassembled"
    "|assembled|refabricated|re fabricated|editioned replica|enlarged version|enlarged|reproduced"
    "|this version|posthumously cast|printed in|published in|xuất bản|in năm|tái bản|in lại"
    "|khắc in|đúc|chế tạo|chế tác|sản xuất|sáng tác|vẽ|chụp|được chụp|chụp vào|ghi âm|ghi hình"
    "|dệt|thêu|viết|biên soạn|soạn|làm|khắc|tạc|tạo tác|quay|ấn hành|được làm|được đúc"
    "|được vẽ|được viết|được sản xuất|phát hành|in ấn|chép|sao chép|dựng|xây dựng|khởi dựng"
    "|partly remade|ban hành|sáng tác vào"
    "|được chế tạo|xây|được xây dựng",
    SHOWN: "exhibited|trưng bày",
    NOISE: "của|the|of|du|des|la",
    NO_DATE: "không rõ|chưa xác định|không xác định|chưa rõ|không biết|không có|no date|n d"
    "|date not known|undated|date unknown|unknown|not known|không rõ niên đại|chưa rõ niên đại"
    "|không ghi|không ghi niên đại|chưa xác định niên đại|không xác định niên đại|sans date"
    "|s d|không rõ năm|chưa rõ năm|không đề năm|không ghi năm|khuyết|không có niên đại"
    "|không rõ thời gian|chưa xác định được|không xác định được|date inconnue|nd|krnđ",
    FULL_MOON: "rằm|ngày rằm",
    OR_LATER: "or later|or after|trở đi|trở về sau|trở lại đây|về sau|hoặc muộn hơn|hoặc sau đó"
    "|onwards|onward|hay muộn hơn",
    OR_EARLIER: "or earlier|or before|trở về trước|hoặc sớm hơn|hoặc trước đó|về trước|hay sớm hơn",
    "1": "đầu|early|beginning|début|những năm đầu|start|early in|buổi đầu"
    "|sơ kỳ|thời kỳ đầu|giai đoạn đầu|thời đầu",
    "2": "giữa|mid|middle|milieu|mi|trung kỳ|thời kỳ giữa|giai đoạn giữa",
    "3": "cuối|late|end|fin|những năm cuối|mạt|hậu kỳ|thời kỳ cuối|giai đoạn cuối",
    "4": "nửa đầu|nửa thứ nhất|nửa trước|first half|1st half|1ère moitié|première moitié"
    "|1re moitié|½ đầu",
    "5": "nửa cuối|nửa sau|nửa thứ hai|second half|2nd half|2e moitié|seconde moitié"
    "|deuxième moitié|last half|latter half|2ème moitié|dernière moitié",
    "6": "phần tư đầu|quý đầu|quý i|phần tư thứ nhất|phần tư đầu tiên|một phần tư đầu"
    "|first quarter|1st quarter|premier quart|1er quart|quý 1|quý một",
    "7": "phần tư thứ hai|quý ii|phần tư thứ 2|second quarter|2nd quarter|deuxième quart"
    "|2e quart|quý 2|quý hai",
    "8": "phần tư thứ ba|quý iii|phần tư thứ 3|third quarter|3rd quarter|troisième quart"
    "|3e quart|quý 3|quý ba",
    "9": "phần tư cuối|quý iv|phần tư thứ tư|một phần tư cuối|phần tư cuối cùng|last quarter"
    "|fourth quarter|4th quarter|dernier quart|4e quart|phần tư thứ 4|quý 4|quý tư|quý bốn",
}
"""Phrases by token; alternatives are separated by ``|``."""

MONTHS: dict[int, str] = {
    1: "january|jan|janvier|janv|tháng một",
    2: "february|feb|février|févr|tháng hai",
    3: "march|mar|mars|tháng ba",
    4: "april|apr|avril|avr|tháng tư|tháng bốn",
    5: "may|mai|tháng năm",
    6: "june|jun|juin|tháng sáu",
    7: "july|jul|juillet|juil|tháng bảy|tháng bẩy",
    8: "august|aug|août|tháng tám",
    9: "september|sept|sep|septembre|tháng chín",
    10: "october|oct|octobre|tháng mười",
    11: "november|nov|novembre|tháng mười một",
    12: "december|dec|décembre|déc|tháng mười hai",
}

LUNAR_MONTHS: dict[int, str] = {1: "tháng giêng", 12: "tháng chạp"}
"""Month names that only the lunar calendar has."""

SEASONS: dict[int, str] = {
    21: "xuân|mùa xuân|spring|printemps",
    22: "hạ|mùa hè|mùa hạ|hè|summer|été",
    23: "mùa thu|autumn|fall|automne",
    24: "mùa đông|winter|hiver",
}

ORDINALS: dict[int, str] = {
    1: "thứ nhất|nguyên niên|năm đầu tiên|thứ một|first|premier",
    2: "thứ hai|second",
    3: "thứ ba|third",
    4: "thứ tư|thứ bốn|fourth",
    5: "thứ năm|fifth",
    6: "thứ sáu|sixth",
    7: "thứ bảy|thứ bẩy|seventh",
    8: "thứ tám|eighth",
    9: "thứ chín|ninth",
    10: "thứ mười|tenth",
    11: "thứ mười một|eleventh",
    12: "thứ mười hai|twelfth",
    13: "thứ mười ba|thirteenth",
    14: "thứ mười bốn|thứ mười tư|fourteenth",
    15: "thứ mười lăm|fifteenth",
    16: "thứ mười sáu|sixteenth",
    17: "thứ mười bảy|thứ mười bẩy|seventeenth",
    18: "thứ mười tám|eighteenth",
    19: "thứ mười chín|nineteenth",
    20: "thứ hai mươi|twentieth",
    21: "thứ hai mươi mốt|twenty first",
}

STEMS = ("giáp", "ất", "bính", "đinh", "mậu", "kỷ", "canh", "tân", "nhâm", "quý")
BRANCHES = (
    "tý", "sửu", "dần", "mão|mẹo", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi"
)  # fmt: skip
"""The ten heavenly stems and twelve earthly branches: can and chi of a year of the cycle."""


def sexagenary_phrases() -> dict[int, str]:
    """Return the sixty names of the cycle by their place; Giáp Tý is 0, as in 1984."""
    return {
        place: "|".join(f"{STEMS[place % 10]} {name}" for name in BRANCHES[place % 12].split("|"))
        for place in range(60)
    }
