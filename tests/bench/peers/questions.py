"""The records as every peer gets them, and questions whose right answers plain text tells.

A question is right as far as its first ten hits are: how many of them have what was asked, of ten
or of as many as there are. What a record has is told by its words alone, by no engine's analysis,
so that all are judged by one measure.
"""

from __future__ import annotations

import itertools
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas.profile import SearchLevel
from search.documents import SearchDocument
from tests.bench.static_search import documents as generated

SHOWN = 10
"""Hits that a reader sees first, and that are judged."""

_EACH = 10
_WORD = re.compile(r"[^\W_]+")
# Syllables that may rightly be written in two ways; no peer shall gain or lose by them.
_TWO_WAYS = re.compile("o[aàáảãạeèéẻẽẹ]|[òóỏõọ][ae]|[uùúủũụ][yỳýỷỹỵ]|[yỳýỷỹỵiìíỉĩị]$")


@dataclass(frozen=True)
class PlainRecord:
    """A record as a peer gets it: an item id and the texts of its fields."""

    item_id: str
    identifier: str
    title: str
    object_type: str
    material: str
    ethnic_group: str
    date: str
    description: str

    @property
    def texts(self) -> tuple[str, ...]:
        """All its texts."""
        return (
            self.identifier,
            self.title,
            self.object_type,
            self.material,
            self.ethnic_group,
            self.date,
            self.description,
        )


@dataclass(frozen=True)
class Question:
    """What is typed.

    Attributes:
        form: What kind of question it is.
        text: What is typed.
        right: Ids of the items that have what was asked.
    """

    form: str
    text: str
    right: frozenset[str]

    def share(self, hits: Sequence[str]) -> float:
        """Return which share of the hits shown, or of those there could be, is right."""
        shown = hits[:SHOWN]
        return sum(hit in self.right for hit in shown) / min(SHOWN, len(self.right))


def documents(count: int, artworks: Path | None) -> Iterator[SearchDocument]:
    """Yield the records as the engines of Hoa Ban get them."""
    return generated(count, artworks=artworks)


def plain(document: SearchDocument) -> PlainRecord:
    """Return a record as a peer gets it."""
    kind, material, group, date = document.texts[SearchLevel.SUBJECT]
    return PlainRecord(
        item_id=document.item_id,
        identifier=document.identifier,
        title=document.titles[0][1],
        object_type=kind,
        material=material,
        ethnic_group=group,
        date=date,
        description=document.texts[SearchLevel.TEXT][0],
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case, with their marks."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def folded(word: str) -> str:
    """Return a word as it is typed without marks; đ is d."""
    apart = unicodedata.normalize("NFD", word).replace("đ", "d")
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


Written = Sequence[tuple[list[str], list[str]]]
"""The words of each text of a record, with their marks and without."""

Fits = Callable[[Written], bool]


def questions(records: Sequence[PlainRecord]) -> list[Question]:
    """Return the questions, with the items that are right for each."""
    asked = list(_Asked(records).all())
    by_word: dict[str, list[tuple[Fits, set[str]]]] = {}
    found: dict[tuple[str, str], set[str]] = {}
    for form, text, word, fits in asked:
        right = found.setdefault((form, text), set())
        by_word.setdefault(word, []).append((fits, right))
    for record in records:
        written = [(words, list(map(folded, words))) for words in map(words_of, record.texts)]
        for word in by_word.keys() & {word for _words, bare in written for word in bare}:
            for fits, right in by_word[word]:
                if fits(written):
                    right.add(record.item_id)
    return [Question(form, text, frozenset(right)) for (form, text), right in found.items()]


class _Asked:
    """What is asked: (form, text, a word without marks that must be there, what fits)."""

    def __init__(self, records: Sequence[PlainRecord]) -> None:
        self._dice = random.Random(23)
        self._records = records
        texts = (words_of(r.description) for r in self._dice.choices(records, k=600))
        self._texts = [words for words in texts if len(words) > 12]
        drawn = [self._dice.choice(words) for words in self._texts]
        self._words = [w for w in dict.fromkeys(drawn) if w.isalpha() and not _TWO_WAYS.search(w)]

    def all(self) -> Iterator[tuple[str, str, str, Fits]]:
        yield from self._single()
        yield from self._double()
        yield from self._numbers()

    def _single(self) -> Iterator[tuple[str, str, str, Fits]]:
        marked = [w for w in self._words if w != folded(w) and len(w) > 2]
        without_d = [w for w in marked if "đ" not in w]
        for word in without_d[:_EACH]:
            yield "with marks", word, folded(word), _has(word)
        for word in without_d[_EACH : 2 * _EACH]:
            yield "without marks", folded(word), folded(word), _has_folded(folded(word))
        for word in [w for w in marked if "đ" in w][:_EACH]:
            yield "d for đ", folded(word), folded(word), _has_folded(folded(word))
        for word in [w for w in self._words if len(w) == 2 and w != folded(w)][:_EACH]:
            yield "two letters", word, folded(word), _has(word)

    def _double(self) -> Iterator[tuple[str, str, str, Fits]]:
        pairs = ((words[2], words[9]) for words in self._texts)
        for one, other in _first(pairs):
            yield "two words", f"{one} {other}", folded(one), _has(one, other)
        pairs = ((words[4], words[5]) for words in self._texts)
        for one, other in _first(pairs):
            yield "phrase", f'"{one} {other}"', folded(one), _beside(one, other)
        pairs = ((words[3], max(words, key=len)) for words in self._texts)
        for place, (one, other) in enumerate(_first(pairs)):
            slip = _slipped(other, place)
            fits = _has_folded(folded(one), folded(other))
            yield "one slip", f"{one} {slip}", folded(other), fits

    def _numbers(self) -> Iterator[tuple[str, str, str, Fits]]:
        for place, record in enumerate(self._dice.sample(self._records, _EACH)):
            number = record.identifier
            text = number.replace(".", "-") if place % 2 else number.partition(".")[2]
            yield "part of a number", text, number.rpartition(".")[2], _has_number(number)


def _first(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    fitting = (pair for pair in pairs if pair[0] != pair[1] and all(map(_is_plain, pair)))
    return itertools.islice(dict.fromkeys(fitting), _EACH)


def _slipped(word: str, place: int) -> str:
    """Return a word with two letters swapped, one left out, or one written twice."""
    if place % 3 == 0:
        return word[0] + word[2] + word[1] + word[3:]
    return word[:-1] if place % 3 == 1 else word[0] + word


def _is_plain(word: str) -> bool:
    return word.isalpha() and not _TWO_WAYS.search(word)


def _has(*wanted: str) -> Fits:
    return lambda written: set(wanted) <= {w for words, _bare in written for w in words}


def _has_folded(*wanted: str) -> Fits:
    return lambda written: set(wanted) <= {w for _words, bare in written for w in bare}


def _beside(one: str, other: str) -> Fits:
    pair = (one, other)
    return lambda written: any(pair in itertools.pairwise(words) for words, _bare in written)


def _has_number(number: str) -> Fits:
    wanted = words_of(number)
    return lambda written: written[0][0] == wanted
