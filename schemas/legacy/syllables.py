"""Which words can be Vietnamese: an onset, a rhyme and at most one tone.

Source: the rhymes are those of Hoàng Phê, Từ điển chính tả (2001), with the open spellings of
``qu`` and ``gi``; the tone rule for stopped syllables is that of every grammar.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from schemas.vietnamese import TONES

_RHYME_TEXT = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in
inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe
oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui
um un ung uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uyn uynh uyp uyt uyu uân uâng
uât uây uê uêch uênh uêu uơ ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu ưm ưn
y yêm yên yêng yêt yêu
"""
_AFTER_QU_TEXT = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng ât ây e en eng eo
et ê ên ênh êch êt i in inh it ich ôc ơ ơi y yên yêt ynh ych yt yn yp yu
"""
_ONSET_TEXT = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = frozenset(_RHYME_TEXT.split())
_AFTER_QU = frozenset(_AFTER_QU_TEXT.split())
_ONSETS = frozenset(_ONSET_TEXT.split())
_NUCLEI = frozenset(rhyme.rstrip("cghmnpt") for rhyme in _RHYMES)
_LIKE_SYLLABLE = re.compile(
    "[bcdđfghjklmnpqrstvwxz]{0,3}([aăâeêioôơuưy]{1,3})[bcdfghjklmnpqrstvwxz]{0,2}"
)
_FRONT = "eêiy"
_BEFORE_FRONT_ONLY = frozenset({"k", "gh", "ngh"})
_NEVER_BEFORE_FRONT = frozenset({"c", "g", "ng"})
# A syllable closed by a stop is high or low: sắc or nặng, and never without a tone.
_STOPS = ("c", "ch", "p", "t")
_STOP_TONES = ("\u0301", "\u0323")
_SPLIT = re.compile("(gi|ngh|ng|nh|gh|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]?)(.*)", re.DOTALL)


@lru_cache(maxsize=1 << 16)
def is_syllable(word: str) -> bool:
    """Say whether ``word`` can be a Vietnamese syllable, whatever its case and Unicode form.

    It need not exist: ``bướt`` can be one, ``bươt`` (a stop without a tone) and ``côt`` cannot.
    Names of other peoples (``Đắk``, ``Hmông``) and foreign words are none.
    """
    apart = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in apart if mark in TONES]
    if len(tones) > 1:
        return False
    tone = tones[0] if tones else ""
    plain = unicodedata.normalize("NFC", apart.replace(tone, "") if tone else apart)
    match = _SPLIT.fullmatch(plain)
    if match is None:
        return False
    onset, rhyme = match.groups()
    if not _is_spelled(onset, rhyme):
        return False
    return tone in _STOP_TONES if rhyme.endswith(_STOPS) else True


@lru_cache(maxsize=1 << 14)
def is_like_syllable(word: str) -> bool:
    """Say whether a word is built like a syllable of some language of Vietnam, as ``Đắk``.

    Any consonants, vowels that Vietnamese has together, any consonants, at most one tone.
    """
    apart = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in apart if mark in TONES]
    plain = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in TONES))
    match = _LIKE_SYLLABLE.fullmatch(plain)
    return len(tones) <= 1 and match is not None and match[1] in _NUCLEI


def carries_tone(word: str, place: int) -> bool:
    """Say whether the letter at ``place`` of a toneless syllable may carry its tone.

    Both spellings count: ``hoa`` may be ``hòa`` and ``hoà``.
    """
    marked = [at for at, letter in enumerate(word) if letter.lower() in "ăâêôơư"]
    if marked:
        return place == marked[-1]
    return word[place].lower() in "aeiouy"


def _is_spelled(onset: str, rhyme: str) -> bool:
    if onset == "qu":
        return rhyme in _AFTER_QU
    if onset == "gi":
        # gì, gìn, giếng: the i is read twice and written once.
        return (
            rhyme in ("", "n", "m", "p", "t", "a")
            or (rhyme[0] in "aăâeêoôơuư" and rhyme in _RHYMES)
            or "i" + rhyme in _RHYMES
        )
    if rhyme not in _RHYMES or (onset and onset not in _ONSETS):
        return False
    if onset and rhyme.startswith("yê"):
        return False
    if onset and rhyme == "y":
        return onset in ("h", "k", "l", "m", "s", "t", "v", "b", "qu", "d", "đ", "n", "r", "x")
    is_front = rhyme[0] in _FRONT
    if onset in _BEFORE_FRONT_ONLY:
        return is_front
    return not (onset in _NEVER_BEFORE_FRONT and is_front)
