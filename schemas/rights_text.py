"""Rights as people write them, told from :mod:`schemas.rights` where that is certain.

``CC BY 4.0`` names one licence. ``CC BY`` names six of them, one a version: its mark and meaning
are known and its address is not. ``© Bảo tàng`` and "phạm vi công cộng" are claims for which no
address is certain. Nothing is said of a text with two licences, with a "not" in it, or with words
that forbid, doubt or put off what the licence gives: ``CC BY 4.0; cấm sao chép``. What only says
the licence again (``CC BY-NC 4.0, cấm sử dụng thương mại``) takes nothing from it.
"""

from __future__ import annotations

import re
from functools import cache

from schemas.messages import N_, translate
from schemas.names import exact_key, words_of
from schemas.rights import RightsStatement, rights_statement, rights_statement_of

MAX_CHARACTERS = 500

_URI = re.compile(
    r"https?://(?:www\.)?(?:creativecommons|rightsstatements)\.org/[^\s<>\"',;()]+", re.I
)
_CODE = r"(?P<code>by(?:[ -]?nc)?(?:[ -]?(?:sa|nd))?)"
_VERSION = r"(?:[ -]?v?(?P<version>[1-4]\.[05]))?"
_PORT = r"(?:[ -]?(?P<port>vn|international|quốc tế|unported))?"
_ZERO = r"(?P<zero>0|zero)(?:[ -]?v?(?P<zero_version>1\.0))?"
_MARK = re.compile(rf"\bcc[ -]?(?:{_CODE}{_VERSION}{_PORT}|{_ZERO})(?![\w.-]*\w)", re.IGNORECASE)
_NOT = re.compile(r"\b(?:không phải|trừ|ngoại trừ|not|except|unless)\b", re.IGNORECASE)
# What forbids, doubts or puts off a Creative Commons licence that stands beside it.
_DOUBT = re.compile(
    r"\b(?:không|chưa|chờ|cấm|dự kiến|đang xin|đề nghị|sẽ|trước đây|thu hồi|hết (?:hạn|hiệu lực)|"
    r"nếu (?:được|có)|(?:kể từ|từ|sau|đến) (?:(?:ngày|tháng|năm) )?\d+|chỉ (?:cho|với|áp dụng)|"
    r"bảo lưu|còn bản quyền|"
    r"never|no (?=cc|creative|licen[cs]e)|excluding|pending|proposed|formerly|former|previously|"
    r"expired|withdrawn|revoked|until|to be|prohibited|forbidden|all rights reserved|in copyright|"
    r"(?:text|images?|thumbnails?|metadata|descriptions?) only|(?:from|after|as of) \d+)\b|"
    r"\?(?!\w)",
    re.IGNORECASE,
)
_NO = r"\b(?:không|cấm|no|prohibited)\b[^.;()]{0,40}?"
# What a licence itself leaves out, said again in words: by its parts.
_SAID_AGAIN = {
    "nc": re.compile(_NO + r"\b(?:thương mại|commercial(?:ly)?)\b", re.IGNORECASE),
    "nd": re.compile(
        _NO + r"\b(?:chỉnh sửa|sửa đổi|sửa chữa|phái sinh|thay đổi|derivatives?|changes?|"
        r"modifications?|modified|changed|adapted)\b",
        re.IGNORECASE,
    ),
}
_CLAIM = re.compile(
    r"(?:©|\(c\)|copyright (?:©|\(c\)|by|of|\d{4})|bản quyền (?:thuộc|của|©)).*\w.*",
    re.I | re.DOTALL,
)
_LONG_NAMES = {
    "attribution": "by",
    "attribution sharealike": "by-sa",
    "attribution share alike": "by-sa",
    "attribution noderivatives": "by-nd",
    "attribution noderivs": "by-nd",
    "attribution noncommercial": "by-nc",
    "attribution noncommercial sharealike": "by-nc-sa",
    "attribution noncommercial noderivatives": "by-nc-nd",
    "attribution noncommercial noderivs": "by-nc-nd",
    "ghi công": "by",
    "ghi công chia sẻ tương tự": "by-sa",
    "ghi công không phái sinh": "by-nd",
    "ghi công phi thương mại": "by-nc",
    "ghi công phi thương mại chia sẻ tương tự": "by-nc-sa",
    "ghi công phi thương mại không phái sinh": "by-nc-nd",
}
_LONG = re.compile(
    rf"(?:creative commons|cc)\s+(?P<name>\D+?)\s*{_VERSION}\s*{_PORT}(?:\s+(?:licen[cs]e))?",
    re.IGNORECASE,
)
_STATEMENTS = {
    "InC": "In Copyright;còn bản quyền;đang được bảo hộ quyền tác giả",
    "InC-OW-EU": "In Copyright - EU Orphan Work",
    "InC-EDU": "In Copyright - Educational Use Permitted",
    "InC-NC": "In Copyright - Non-Commercial Use Permitted",
    "InC-RUU": "In Copyright - Rights-holder(s) Unlocatable or Unidentifiable",
    "NoC-CR": "No Copyright - Contractual Restrictions",
    "NoC-NC": "No Copyright - Non-Commercial Use Only",
    "NoC-OKLR": "No Copyright - Other Known Legal Restrictions",
    "NoC-US": "No Copyright - United States",
    "CNE": "Copyright Not Evaluated;chưa đánh giá bản quyền;chưa xác minh bản quyền",
    "UND": "Copyright Undetermined;chưa xác định được bản quyền",
    "NKC": "No Known Copyright;không có bản quyền được biết đến",
}
_MARK_OF_PUBLIC_DOMAIN = ("public domain mark", "public domain mark 1 0", "pdm", "pdm 1 0")
_PUBLIC_DOMAIN = (
    "public domain", "in the public domain", "phạm vi công cộng", "thuộc phạm vi công cộng",
    "thuộc về công chúng", "tác phẩm thuộc về công chúng", "miền công cộng", "sở hữu công cộng",
)  # fmt: skip
_PUBLIC_DOMAIN_KEYS = frozenset(exact_key(words_of(name)) for name in _PUBLIC_DOMAIN)
_PUBLIC_DOMAIN_MEANING = N_("It is in the public domain; you may use it freely.")
_IN_COPYRIGHT_MEANING = N_("In copyright")


def rights_named(text: str) -> RightsStatement | None:
    """Return the rights a text names, or None when it names none or may name several.

    Returns:
        A statement. Its ``uri`` is empty where the text does not make one certain: a Creative
        Commons licence without a version, a claim of copyright, the public domain at large.
    """
    tidy = " ".join(text.split()).strip(" .")
    if not tidy or len(tidy) > MAX_CHARACTERS:
        return None
    by_name = _by_name(tidy)
    if by_name or _NOT.search(tidy):
        return by_name
    named = {rights_statement(uri.rstrip(".")) for uri in _URI.findall(tidy)} or {
        _marked(match) for match in _MARK.finditer(tidy)
    }
    if named:
        statement = named.pop()
        return None if named or (statement and _is_doubtful(tidy, statement)) else statement
    return RightsStatement("", "", _IN_COPYRIGHT_MEANING) if _CLAIM.fullmatch(tidy) else None


def _is_doubtful(text: str, statement: RightsStatement) -> bool:
    """Say whether words beside a Creative Commons licence take away what it gives.

    Words beside "in copyright" only say it again, and so do those of what a licence leaves out.
    """
    if "rightsstatements.org" in statement.uri:
        return False
    said = _URI.sub(" ", text)
    for part, again in _SAID_AGAIN.items():
        if part in re.split("[ -]", statement.mark.lower()):
            said = again.sub(" ", said)
    return _DOUBT.search(said) is not None


def _marked(match: re.Match[str]) -> RightsStatement | None:
    if match["zero"]:
        return rights_statement_of("zero", match["zero_version"] or "1.0")
    code = "-".join(re.findall("by|nc|sa|nd", match["code"].lower()))
    port = "vn" if (match["port"] or "").lower() == "vn" else ""
    return rights_statement_of(code, match["version"] or "", port)


def _by_name(text: str) -> RightsStatement | None:
    key = exact_key(words_of(text))
    if key in _MARK_OF_PUBLIC_DOMAIN:
        return rights_statement_of("mark", "1.0")
    statement = _statements_by_name().get(key)
    if statement:
        return statement
    if key in _PUBLIC_DOMAIN_KEYS:
        return RightsStatement("", "", _PUBLIC_DOMAIN_MEANING)
    long = _LONG.fullmatch(text)
    if long:
        code = _LONG_NAMES.get(exact_key(words_of(long["name"])), "")
        port = "vn" if (long["port"] or "").lower() == "vn" else ""
        return rights_statement_of(code, long["version"] or "", port) if code else None
    return None


@cache
def _statements_by_name() -> dict[str, RightsStatement]:
    """Return the statements of RightsStatements.org by their labels, English and Vietnamese."""
    by_name: dict[str, RightsStatement] = {}
    for code, names in _STATEMENTS.items():
        statement = rights_statement(f"http://rightsstatements.org/vocab/{code}/1.0/")
        if statement:
            labels = (statement.meaning, translate(statement.meaning, "vi"), *names.split(";"))
            by_name |= {exact_key(words_of(label)): statement for label in labels}
    return by_name
