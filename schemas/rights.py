"""Rights statements by URI: the one spelling of the URI, a short mark, and plain words.

Creative Commons and RightsStatements.org identify their statements by ``http`` URIs, while
people paste the ``https`` address of a page, its legal code or a translation of it.

Source: https://creativecommons.org/licenses/ and https://rightsstatements.org/page/1.0/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.messages import N_

_URI = re.compile(
    r"https?://(?:www\.)?(?P<host>creativecommons\.org|rightsstatements\.org)"
    r"/(?P<kind>licenses|publicdomain|vocab|page)/(?P<code>[A-Za-z-]+)"
    r"(?:/(?P<version>\d\.\d))?(?:/(?P<port>[a-z]{2,3}))?(?:/.*)?",
    re.IGNORECASE,
)

_CREATIVE_COMMONS = {
    "by": N_("You may share and adapt it, also commercially, if you name the source."),
    "by-sa": N_("You may share and adapt it if you name the source and share alike."),
    "by-nd": N_("You may share it unchanged if you name the source."),
    "by-nc": N_("You may share and adapt it for non-commercial use if you name the source."),
    "by-nc-sa": N_(
        "You may share and adapt it for non-commercial use if you name the source and share alike."
    ),
    "by-nc-nd": N_("You may share it unchanged for non-commercial use if you name the source."),
    "zero": N_("You may use it freely, without asking."),
    "mark": N_("It is in the public domain; you may use it freely."),
}
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_RIGHTS_STATEMENTS = {
    "InC": N_("In copyright"),
    "InC-OW-EU": N_("In copyright, EU orphan work"),
    "InC-EDU": N_("In copyright, educational use permitted"),
    "InC-NC": N_("In copyright, non-commercial use permitted"),
    "InC-RUU": N_("In copyright, rights-holder cannot be found or identified"),
    "NoC-CR": N_("No copyright, contractual restrictions"),
    "NoC-NC": N_("No copyright, non-commercial use only"),
    "NoC-OKLR": N_("No copyright, other known legal restrictions"),
    "NoC-US": N_("No copyright in the United States"),
    "CNE": N_("Copyright not evaluated"),
    "UND": N_("Copyright undetermined"),
    "NKC": N_("No known copyright"),
}


@dataclass(frozen=True)
class RightsStatement:
    """A rights statement that the world knows.

    Attributes:
        uri: Its URI in the form that identifies it, with ``http``.
        mark: Its short name, the same in every language, as ``CC BY 4.0``; empty where it has
            none (RightsStatements.org).
        meaning: What it says in plain words, as a message id to be translated when shown.
    """

    uri: str
    mark: str
    meaning: str


@lru_cache(maxsize=1 << 10)
def rights_statement(uri: str) -> RightsStatement | None:
    """Return the statement that ``uri`` names, or None for an address we do not know.

    Args:
        uri: An address as people write it: ``https``, with ``www.``, ``/legalcode`` or a
            language ending.
    """
    match = _URI.fullmatch(uri.strip())
    if match is None:
        return None
    if match["host"].lower() == "creativecommons.org":
        return _creative_commons(match)
    return _rights_statements_org(match)


def statement_codes() -> tuple[str, ...]:
    """Return the codes of the statements of RightsStatements.org, as ``InC``."""
    return tuple(_RIGHTS_STATEMENTS)


def rights_statement_of(code: str, version: str, port: str = "") -> RightsStatement | None:
    """Return the Creative Commons statement of a code, or None for a code that is none.

    Args:
        code: As in its address: ``by-sa``, ``zero``, ``mark``.
        version: As ``4.0``; without one (or with one there never was) the address is not
            certain, so the statement has its mark and meaning and an empty ``uri``.
        port: A country a licence was fitted to, as ``vn``; only up to version 3.0.
    """
    if code not in _CREATIVE_COMMONS:
        return None
    is_tool = code in ("zero", "mark")
    name = {"zero": "CC0", "mark": "Public Domain Mark"}.get(code, f"CC {code.upper()}")
    if version not in (("1.0",) if is_tool else _VERSIONS):
        return RightsStatement("", name, _CREATIVE_COMMONS[code])
    kind = "publicdomain" if is_tool else "licenses"
    ported = f"{port}/" if port and not is_tool and version != "4.0" else ""
    uri = f"http://creativecommons.org/{kind}/{code}/{version}/{ported}"
    return RightsStatement(uri, f"{name} {version}", _CREATIVE_COMMONS[code])


def _creative_commons(match: re.Match[str]) -> RightsStatement | None:
    kind, code = match["kind"].lower(), match["code"].lower()
    is_tool = code in ("zero", "mark")
    if code not in _CREATIVE_COMMONS or kind != ("publicdomain" if is_tool else "licenses"):
        return None
    version = match["version"] or ("1.0" if is_tool else "4.0")
    # A port ("3.0/vn") is a licence of its own; a language under "deed.vi" is not.
    port = f"{match['port'].lower()}/" if match["port"] and not is_tool else ""
    uri = f"http://creativecommons.org/{kind}/{code}/{version}/{port}"
    mark = {"zero": f"CC0 {version}", "mark": f"Public Domain Mark {version}"}.get(
        code, f"CC {code.upper()} {version}"
    )
    return RightsStatement(uri, mark, _CREATIVE_COMMONS[code])


def _rights_statements_org(match: re.Match[str]) -> RightsStatement | None:
    codes = {code.lower(): code for code in _RIGHTS_STATEMENTS}
    code = codes.get(match["code"].lower())
    if code is None or match["kind"].lower() not in ("vocab", "page"):
        return None
    uri = f"http://rightsstatements.org/vocab/{code}/{match['version'] or '1.0'}/"
    return RightsStatement(uri, "", _RIGHTS_STATEMENTS[code])
