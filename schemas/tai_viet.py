"""How a text in Tai Viet (chữ Thái Việt Nam, U+AA80–U+AADF) is typed in Latin letters.

Two spellings of each syllable, without marks, because people type either:

* the *Unicode* one follows the names of the characters (LOW KO is *k*, AUE is *aue*), with the
  sounds of final letters as in CLDR: ``ꪎꪳ`` is *sue*, ``ꪹꪣꪉ`` *mueang*;
* the *Vietnamese* one follows how Thái words are spelled in Vietnamese: ``ꪎꪳ`` is *xu* (xư),
  ``ꪹꪣꪉ`` *muong* (mường), ``ꪁꪫꪱꪣ ꪶꪔ`` *quam to*.

It is a key for finding, not a transcription: tones, the two series of consonants and the length
of *a* are left out, as in what people type.

The rules are data (the constants below): the search page applies the very same ones.

Source: Unicode Standard, names list and section 16.9; J. Brase, Proposal to encode the Tai Viet
script in the UCS, ISO/IEC JTC1/SC2/WG2 N3220 (2007); CLDR ``blt-fonipa-t-blt`` (Unicode License)
for the order of signs, digraphs and finals; R. Ishida, Tai Dam orthography notes (2024), for ꪾꪚ.
The Vietnamese letters are those taught beside the script in Vietnam (ten vowel names *may ca, may
cua, may cưa* …; tô *co, cho, xo, nho, đo*).
"""

from __future__ import annotations

import re

from schemas.vietnamese import bare_form

FIRST, LAST = "\uaa80", "\uaadf"
"""The block."""

SYLLABLE = (
    "([ꪵꪶꪹꪻꪼ])([ꪀ-ꪯ])(ꪫ(?=[ꪀ-ꪯꪱꪷꪸ]))?([ꪱꪷꪸ]?)([ꪀ-ꪯ](?![ꪰ-ꪴꪷꪸꪺꪽꪾ]))?"
    "|()([ꪀ-ꪯ])(ꪫ(?=[ꪮꪰ-ꪴꪷꪸꪺꪽꪾ]))?([ꪮꪰ-ꪴꪷꪸꪺꪽꪾ])([ꪀ-ꪯ](?![ꪰ-ꪴꪷꪸꪺꪽꪾ]))?"
    "|([ꫛꫜ])"
)
"""A syllable without its tone: a vowel sign before the consonant, the consonant, w, a vowel sign
after it, a final; the same without the first; or a sign for a whole word. Valid in Python and in
JavaScript."""

CONSONANTS = (
    ("k", "k", "c", "c"),
    ("kh", "k", "kh", "c"),
    ("kh", "k", "kh", "c"),
    ("g", "k", "g", "c"),
    ("ng", "ng", "ng", "ng"),
    ("c", "t", "ch", "t"),
    ("ch", "t", "ch", "t"),
    ("s", "t", "x", "t"),
    ("ny", "n", "nh", "n"),
    ("d", "t", "d", "t"),
    ("t", "t", "t", "t"),
    ("th", "t", "th", "t"),
    ("n", "n", "n", "n"),
    ("b", "p", "b", "p"),
    ("p", "p", "p", "p"),
    ("ph", "p", "ph", "p"),
    ("f", "p", "ph", "p"),
    ("m", "m", "m", "m"),
    ("y", "y", "d", "i"),
    ("r", "n", "r", "n"),
    ("l", "n", "l", "n"),
    ("v", "w", "v", "u"),
    ("h", "", "h", ""),
    ("", "", "", ""),
)
"""Of each pair of letters (low, high), in the order of their code points: Unicode, at the end;
Vietnamese, at the end."""

VOWELS = {
    "ꪰ": ("a", "a", "a"),
    "ꪱ": ("a", "a", "a"),
    "ꪲ": ("i", "i", "i"),
    "ꪳ": ("ue", "u", "u"),
    "ꪴ": ("u", "u", "u"),
    "ꪵ": ("e", "e", "e"),
    "ꪶ": ("o", "o", "o"),
    "ꪷ": ("o", "o", "o"),
    "ꪮ": ("o", "o", "o"),
    "ꪸ": ("ia", "ia", "ie"),
    "ꪹ": ("uea", "ua", "uo"),
    "ꪺ": ("ua", "ua", "uo"),
    "ꪻ": ("aue", "au", "au"),
    "ꪼ": ("ay", "ay", "ay"),
    "ꪽ": ("an", "an", "an"),
    "ꪾ": ("am", "am", "am"),
    "ꪹꪸ": ("e", "e", "e"),
    "ꪹꪷ": ("oe", "o", "o"),
    "ꪹꪱ": ("aw", "au", "au"),
}
"""Of each vowel: Unicode; Vietnamese at the end of the syllable; Vietnamese before a final."""

WORDS = {"ꫛ": ("kon", "con"), "ꫜ": ("nueng", "nung")}
"""The signs for whole words, *kon* (person) and *nueng* (one)."""

STOPPED_AM, SHORT_A = "ꪾꪚ", "ꪰ"
"""A vowel and a final that are read otherwise, am and b as ap (ꪀꪾꪚ is *kap*), and its vowel."""

BEFORE_FRONT, FRONT = {"c": "k", "g": "gh", "ng": "ngh"}, "ei"
"""Vietnamese initials that are written otherwise before these vowels."""

LABIAL, OPEN_LABIAL, BEFORE_LABIAL = "w", "ae", {"c": "qu"}
"""The w after an initial: Unicode; the vowels before which Vietnamese writes o for u; the
initials that are written otherwise with it."""

FINAL_U, U_TO_O_AFTER = "u", "ꪱꪵ"
"""A Vietnamese final that is written o after these vowels: *ao*, *eo*."""

_SYLLABLE = re.compile(SYLLABLE)
_GROUPS = 5


def latin_spellings(bare: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the syllables of a word in Tai Viet, each with its spellings in Latin letters.

    Args:
        bare: The word in its bare form, so without tones; what is no syllable is passed over.

    Returns:
        (syllable, spellings in their bare forms), none empty.
    """
    if not any(FIRST <= character <= LAST for character in bare):
        return ()
    return tuple((found[0], _spellings(found)) for found in _SYLLABLE.finditer(bare))


def tai_viet_tables() -> dict[str, object]:
    """Return the rules above as JSON data, for the search page."""
    return {
        "first": FIRST,
        "last": LAST,
        "syllable": SYLLABLE,
        "consonants": [list(row) for row in CONSONANTS],
        "vowels": {sign: list(row) for sign, row in VOWELS.items()},
        "words": {sign: list(row) for sign, row in WORDS.items()},
        "stopped_am": STOPPED_AM,
        "short_a": SHORT_A,
        "before_front": BEFORE_FRONT,
        "front": FRONT,
        "labial": LABIAL,
        "open_labial": OPEN_LABIAL,
        "before_labial": BEFORE_LABIAL,
        "final_u": FINAL_U,
        "u_to_o_after": U_TO_O_AFTER,
    }


def _spellings(found: re.Match[str]) -> tuple[str, ...]:
    if found[11]:
        return WORDS[found[11]]
    before, initial, labial, after, final = (
        found[group] or found[group + _GROUPS] or "" for group in range(1, _GROUPS + 1)
    )
    sign = before + after if before + after in VOWELS else before
    if sign + final == STOPPED_AM:
        sign = SHORT_A
    start, end = _row(initial), _row(final)
    unicode, is_open, is_closed = VOWELS[sign]
    vowel = is_closed if end[3] else is_open
    spelled = (
        f"{start[0]}{LABIAL if labial else ''}{unicode}{end[1]}",
        f"{_initial(start[2], vowel, labial)}{vowel}{_final(end[3], sign)}",
    )
    return tuple(dict.fromkeys(map(bare_form, spelled)))


def _row(letter: str) -> tuple[str, str, str, str]:
    return CONSONANTS[(ord(letter) - ord(FIRST)) // 2] if letter else ("", "", "", "")


def _initial(initial: str, vowel: str, labial: str) -> str:
    """Return a Vietnamese initial, with the w that may follow it."""
    if labial:
        if initial in BEFORE_LABIAL:
            return BEFORE_LABIAL[initial]
        return initial + ("o" if vowel[0] in OPEN_LABIAL else "u")
    return BEFORE_FRONT.get(initial, initial) if vowel[0] in FRONT else initial


def _final(final: str, sign: str) -> str:
    return "o" if final == FINAL_U and sign in U_TO_O_AFTER else final
