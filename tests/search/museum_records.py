"""The records of the search tests and the vectors that both searches must give.

From the root, ``PYTHONPATH=. python tests/search/museum_records.py`` writes
``tests/data/search/vectors.json`` anew.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from dataclasses import asdict
from pathlib import Path

from schemas.dublincore import Statement
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Record
from search.analysis import Word, iter_words
from search.answer import Order
from search.documents import SearchDocument, date_fields, document_for, field_names
from search.facets import NO_FILTERS, Filters
from search.highlight import highlighted
from search.index import SearchIndex
from search.query import Fields, parse_query

DATA = Path(__file__).parent.parent / "data" / "search"
PROFILE = parse_profile(shipped_profile_text("museum"))
FIELDS = Fields(field_names(PROFILE), date_fields(PROFILE))

_TYPED = """
Điện Biên|điện biên|dien bien|dien|đien|gỗ|go|đá|da|áo|ao cham|áo chàm|chiến dịch|chien dich
đồ đồng|do dong|hoà|hòa|kĩ|kỹ|Hoà Bình|Hòa Bình|hoa binh|thuỷ mặc|thủy mặc|thuy mac|quý|quí|quy
tay|tai|huỳnh cung|huynh|Mỹ Lý|mĩ lí|tỉ lệ|tỷ lệ|kỹ thuật|kĩ thuật|ki thuat|Nhật kí|nhat ky
77.AO.84|77-AO-84|77AO84|77.AO|77|AO|77.AO.999|BTĐB 1234/Gm-56|1234|Gm-56|gm56|btdb|BTDB1234/GM56
B-52|B52|b 52|AK47|AK-47|ak|H'Mông|hmong|Hmông|mông|mong|H’Mông|ĐS-2001|DS2001|ds 2001|đs-2001
trống đồng|trong dong|trong dong dong son|Trống đồng Đông Sơn|đông sơn|dong son|đồng|dong|đông
khèn|khen|khăn piêu|khan pieu|piêu Thái|thái|thai|Cham|chăm|chàm|cham|gò|lá dong|la dong|do|đã
diễn biến|dien bien phu|Điện-Biên-Phủ|dien-bien-phu|Indochine|l'Indochine|œuvre|oeuvre|légende
legende|cote fleuve|Ƀong|bong|ꪄꪽ|ꪹꪜꪷ|ꪎꪳ ꪼꪕ|ꪼꪕ|安南志略|志|安南|𡨸喃|傳翹𡨸|Truyện Kiều 傳翹
1954|1953-1954|3 1954|12/1972|1/25.000|25000|xe đạp thồ 1954|bronze drum|Bronze|dagger|seal|the
flag of the|vải bông|vai|Vải|VẢI|BẠC|đồng thau|đồng, gỗ|gỗ, đồng, tre|da trâu|đá bazan|rìu đá
riu da|trâu gỗ đá|không có gì cả|zzzz|gỗ zzzz|khong co|Pleiku|ninh thuận|Thanh Hoá|thanh hóa
Thành hoàng|thanh hoang|hoàng|hoa|hoa lam|toà sen|tòa sen|hỏa tuyến|hoả tuyến|giấy dó|giay do
gái|gai|ba tai|tay quay|cổ đắp|co|gò mun|go mun|ao làng|áo làng|do dân|Đào|dao|Dao|dao găm
quỳ|qùy|vàng quỳ|Quyết chiến|quyet|khuôn đúc rìu|khuon|constructor|__proto__|toString|hasOwnProperty
đ|Đ|a|!!!|…|*|"áo|(đá OR gỗ)|-gỗ|title:đá|áo~2|[1954 TO 1955]|AND|NOT đá|\\|'|'''|...---...|🙂|🙂áo
"""
_LANGUAGE = (DATA / "queries.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")

RIGHTS = (
    "",
    "https://creativecommons.org/licenses/by/4.0/",
    "http://rightsstatements.org/vocab/NKC/1.0/",
)
FILTERED: list[tuple[str, Filters]] = [
    ("", Filters({"material": ("gỗ",)})),
    ("", Filters({"material": ("gỗ", "đồng")})),
    ("", Filters({"material": ("gỗ",), "ethnic_group": ("Thái", "Mông")})),
    ("", Filters({"ethnic_group": ("Mông",)}, (None, 1954))),
    (" \t", Filters({}, (1900, None))),
    ("", Filters({}, (None, None))),
    ("", Filters({"material": (), "has": ("images",), "rights": ("CC BY 4.0",)})),
    ("", Filters({"no such field": ("gỗ",)})),
    ("", Filters({"material": ("no such value", "gỗ")})),
    ("!!!", Filters({"material": ("gỗ",)})),
    ("dien bien", Filters({"period": ("20",)})),
    ("gỗ", Filters({"has": ("audio",)}, (1801, 1950))),
    ("trogn dong", Filters({"period": ("-3", "-2")})),
    ("1900..2000", Filters({"constructor": ("__proto__",)})),
    *((query, NO_FILTERS) for query in ("", "gỗ", "đồng", "1954", "khong co")),
]
SUGGESTED = """
tr|trong|trong d|trong do|trống đ|trông đ|trong dong|trong dong |
trong dong d|Trống Đồng Đông S|đô||do|dồ|đồ|đồng|dong thau|gỗ|go|gò|g|th
thái|Thái |thai|mon|mông|hmong|H'M|H’Mông|k|kh|khan p|khăn|khen|kỹ|ki|kĩ|ky
thuy|thủy|hoa|hòa|hoà|hoà b|77|77.|77.AO|77ao8|77-AO-84|BT|BTĐB 1|btdb12|1
12|1234|b-5|AK4|dien|điên|đien|điện b|bien phu|biên p|đất nung|nung|an|安|安南
𡨸|ꪹ|ꪹꪕ|cham|áo c|ao cha|xe đ|brown|Bro|zzz|no such|gỗ zz|trong zz| | a|đ|…
"khăn|constructor|__proto__|of the f|l'in|œu|oeu|áo|ÁO c|khăn piêu th
áo chàm|mặt dây|Mặt Dây chuyền h|chuyen|hạt chuỗi hổ p|pendant|flag of|xe
BTCT-0|0001|000
"""

MARKED = ["trong dong", "77.AO.84", "áo* OR 195?", "-gỗ 安 đồng", "dân tộc:Mông"]
ORDERED = ["gỗ", "do dong", "áo OR khăn", "1900..2000", "-áo", "điện biên", "đồng"]

QUERIES = [
    *_LANGUAGE,
    "trống | khèn",
    *_TYPED.strip().replace("\n", "|").split("|"),
    *("", " ", "\t", "áo\u200bchàm", "á\u00ado", "\ufeffáo"),
]

TEXTS = [
    "Ðiện Biên, ĐIỆN BIÊN; điện–biên",
    "lọai qúa thóat hòan khỏang gía gìa gìn giữ thuở huỳnh quỳnh khuỷu ngoằn ngoèo",
    "tỷ lý mỹ kỹ hy sỹ vy by quy tay lay hay thy chy",
    "ꪁꪫꪱꪣ ꪜꪱꪫ ꪹꪕꪸꪉ ꪹꪭꪷꪚ꪿ ꪀꪺ꫁ꪀ",
    "ꪎꪳ ꪼꪕ ꪹꪣꪉ ꪀꪾꪚ ꫛꪒꪸꪫ ꪕꪮꪥ ꪵꪀꪫ ꪼꪕꪒꪾ ꪹꪊꪱ ꪻꪊ ꪈꪵ ꪉꪲꪮ",
    "ສິລາຈາຶກ ເມືອງ ໑໒໓",
    "ꨌꩌ ꨕꨟꨭꩀ",
    "ខ្មែរ ภาษาไทย เก่า देवनागरी",
    "𖬌𖬣𖬵 𖬎𖬪𖬵",
    "𠳒吶頭𢭲認識 〇々㐌餒 ⺀",
    "ΣΊΣΥΦΟΣ ς σ İstanbul ıssız Straße ŁÓDŹ Ærø ﬁn ŋ þ",
    "O'Du O’Du Oʼdu 'quoted' ‘áo’ a'b'c 1.2.3.4.5.6.7.8.9 a.1.b.2.c.3.d.4",
    "m² x₂ ½ Ⅻ № 12,5 12.5 62.AH.2.1–.36 pg_9_12_01bl",
    "\u0301áo a\u0301\u0323o 1\u0323 -\u0323a áo\u200dchàm ao\ufe0f",
    "dài" + "á" * 100 + " " + "x1" * 60,
    "Ơ̆ ơ̆ ƀ čưm ñ Krông Ƀuk Y'Ƀhơ",
    "a\x1cb\x85c\u3000d\xa0e\u2028f",
]


def records() -> list[Record]:
    """Return the hand-written records; every third one is in NFD, as Macs send them."""
    entries = json.loads((DATA / "records.json").read_text(encoding="utf-8"))
    made = []
    for number, entry in enumerate(entries):
        form = "NFD" if number % 3 == 2 else "NFC"
        made.append(_record(entry, form))
    return made


def documents() -> list[SearchDocument]:
    """Return the search documents of the records."""
    return [
        document_for(
            record,
            PROFILE,
            f"images/{record.item_id}.jpg",
            added=f"2026-01-{1 + place * 7 % 28:02}T08:00:00Z" if place % 9 else "",
            media=("images", "audio")[: place % 3],
            rights_uri=RIGHTS[place % 3],
        )
        for place, record in enumerate(records())
    ]


def vectors() -> dict[str, list[dict[str, object]]]:
    """Return the documents, words of texts and answers to queries, as Python gives them."""
    with tempfile.TemporaryDirectory() as folder:
        index = SearchIndex.create(Path(folder) / "index")
        index.replace_all(documents())
        queries = [_answer(index, query) for query in dict.fromkeys(QUERIES)]
        filtered = [_filtered(index, query, filters) for query, filters in FILTERED]
        typed = dict.fromkeys(SUGGESTED.strip().replace("\n", "|").split("|"))
        suggested = [_suggested(index, text) for text in typed]
        orders = [_answer(index, query, order) for query in ORDERED for order in list(Order)[1:]]
    titles = [title for document in documents() for _lang, title in document.titles]
    texts = dict.fromkeys([*TEXTS, *titles])
    return {
        "documents": [asdict(document) for document in documents()],
        "words": [{"text": text, "words": [_word(w) for w in iter_words(text)]} for text in texts],
        "queries": queries,
        "orders": orders,
        "filtered": filtered,
        "suggested": suggested,
        "marked": [_marked(query, title) for query in MARKED for title in dict.fromkeys(titles)],
    }


def _record(entry: dict[str, object], form: str) -> Record:
    statements = []
    for name, value in entry.items():
        field = PROFILE.get(name)
        assert field is not None
        values = value if isinstance(value, dict) else {"": value}
        statements += [
            Statement(field.term, unicodedata.normalize(form, text), lang, "", name)
            for lang, text in values.items()
            if name != "identifier"
        ]
    return Record(str(entry["identifier"]), tuple(statements))


def _answer(index: SearchIndex, query: str, order: Order = Order.RELEVANCE) -> dict[str, object]:
    is_counted = order is Order.NUMBER
    results = index.search(query, limit=50, fields=FIELDS, order=order, with_facets=is_counted)
    hits = [[hit.item_id, hit.score] for hit in results.hits]
    answer = {"query": query, "total": results.total, "hits": hits, "corrected": results.corrected}
    if order is not Order.RELEVANCE:
        answer |= {"order": order.value, "facets": results.facets}
    return answer


def _filtered(index: SearchIndex, query: str, filters: Filters) -> dict[str, object]:
    results = index.search(
        query,
        limit=50,
        fields=FIELDS,
        filters=filters,
        with_facets=True,
        with_years=True,
        with_all=True,
    )
    return {
        "query": query,
        "filters": filters.values,
        "between": filters.between,
        "total": results.total,
        "hits": [[hit.item_id, hit.score] for hit in results.hits],
        "corrected": results.corrected,
        "facets": results.facets,
        "years": [asdict(bar) for bar in results.years],
    }


def _suggested(index: SearchIndex, text: str) -> dict[str, object]:
    return {"text": text, "suggestions": [asdict(found) for found in index.suggest(text, 12)]}


def _marked(query: str, text: str) -> dict[str, object]:
    return {"query": query, "text": text, "pieces": highlighted(text, parse_query(query, FIELDS))}


def _word(word: Word) -> dict[str, object]:
    parts = [[token.exact, token.bare] for token in word.parts]
    whole = word.whole and [word.whole.exact, word.whole.bare]
    latin = [[token.exact, token.bare] for token in word.latin]
    return {"parts": parts, "whole": whole, "bound": word.is_bound, "latin": latin}


def vectors_text() -> str:
    """Return the text of the vectors file: one vector a line."""
    lists = vectors()
    parts = []
    for name, entries in lists.items():
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
        parts.append(f'"{name}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    (DATA / "vectors.json").write_text(vectors_text(), encoding="utf-8", newline="\n")
