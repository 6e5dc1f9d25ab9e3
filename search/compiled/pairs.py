"""Pairs: the bare forms that stand side by side in the texts of some documents.

While they come, only numbers of words are kept, one after the other. At the end every place has
one number made of the ranks of its two words and of its document: sorted, these are all pairs
in the order of their keys, each with its documents, and neither text nor list was made for any.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, compress, count, islice, repeat
from operator import add, and_, ne, rshift, sub

from search.compiled.coding import NUMBERS

PAUSE = 0
"""Stands between two texts."""

Lists = tuple["array[int]", "array[int]"]
"""How many numbers each key has, and all these numbers."""

_EXACT_BITS = 53
"""Bits that a float holds as they are."""

_DIGIT = re.compile(r"\d")


def has_digit(text: str) -> bool:
    """Say whether a digit of any script is in a text."""
    return _DIGIT.search(text) is not None


def number_key(first: str, second: str) -> str:
    """Return the key of a pair that has a number in it: this stands first.

    Such a pair is kept beside its number among the words, so that who asks for an inventory
    number finds both in one place. Two spaces say that the words were turned.
    """
    return f"{first} {second}" if has_digit(first) else f"{second}  {first}"


class Pairs:
    """The pairs of the documents of a part.

    Args:
        start: Number of the first document.
    """

    def __init__(self, start: int) -> None:
        self._start = start
        self._words = {"": PAUSE}
        self._titles = _Texts()
        self._others = _Texts()

    def number(self, word: str) -> int:
        """Return the number of a bare form."""
        return self._words.setdefault(word, len(self._words))

    def add(self, titles: Sequence[int], others: Sequence[int]) -> None:
        """Take in the next document: the numbers of the words of its texts, a pause after each."""
        self._titles.add(titles)
        self._others.add(others)

    def without_digits(self) -> tuple[list[str], Lists, Lists]:
        """Return the pairs of words: their keys, their documents, those that have it in titles."""
        words = sorted(word for word in self._words if word and not has_digit(word))
        scale = _Scale(words, self._words, self._titles.documents)
        titles, of_titles, titled = scale.sorted(self._titles)
        codes, counts, numbers = scale.sorted(self._titles, self._others)
        known = dict(zip(titles, of_titles, strict=True))
        bits, mask = scale.bits, (1 << scale.bits) - 1
        keys = [f"{words[code >> bits]} {words[code & mask]}" for code in codes]
        counts_of_titles = array(NUMBERS, map(known.get, codes, repeat(0)))
        start = self._start
        return (
            keys,
            (counts, array(NUMBERS, map(start.__add__, numbers))),
            (counts_of_titles, array(NUMBERS, map(start.__add__, titled))),
        )

    def with_digits(self) -> dict[str, tuple[list[int], list[int]]]:
        """Return the other pairs by :func:`number_key`: their documents, those in titles."""
        words = list(self._words)
        has_digits = list(map(has_digit, words))
        titled = self._of_numbers(self._titles, words, has_digits)
        others = self._of_numbers(self._others, words, has_digits)
        return {
            key: (sorted({*titled.get(key, ()), *others.get(key, ())}), titled.get(key, []))
            for key in titled | others
        }

    def _of_numbers(
        self, texts: _Texts, words: Sequence[str], has_digits: Sequence[bool]
    ) -> dict[str, list[int]]:
        found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        parts, ends = texts.words, texts.ends
        for at in compress(count(), map(has_digits.__getitem__, parts)):
            number = self._start + bisect_right(ends, at)
            # Behind the last word is a pause, which is also what -1 finds.
            for pair in {(parts[at - 1], parts[at]), (parts[at], parts[at + 1])}:
                numbers = found[pair]
                if PAUSE not in pair and numbers[-1:] != [number]:
                    numbers.append(number)
        return {number_key(words[a], words[b]): own for (a, b), own in found.items() if own}


class _Texts:
    """The words of texts, one document after the other.

    Attributes:
        words: Their numbers, a pause behind each text.
        ends: Where the words of each document end.
    """

    def __init__(self) -> None:
        self.words = array(NUMBERS)
        self.ends: list[int] = []

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.ends)

    def add(self, words: Sequence[int]) -> None:
        """Take in the next document."""
        self.words.extend(words)
        self.ends.append(len(self.words))


class _Scale:
    """Makes one number of a pair and a document, and sorts these.

    Args:
        words: The words in their order.
        numbers: Their numbers, among others that are left out.
        documents: How many documents there are.
    """

    def __init__(self, words: Sequence[str], numbers: Mapping[str, int], documents: int) -> None:
        self.bits = len(words).bit_length()
        self._shift = documents.bit_length()
        # Of floats a sort takes a fraction of the time; no part has so many words as they lack.
        exact = 2 * self.bits + self._shift <= _EXACT_BITS
        self._number: Callable[[int], float] = float if exact else int
        # Below all others, whatever is added.
        left_out = self._number(-1 << 2 * self.bits + self._shift + 1)
        self._first: list[float] = [left_out] * len(numbers)
        self._second: list[float] = [left_out] * len(numbers)
        for rank, word in enumerate(words):
            place = numbers[word]
            self._first[place] = self._number(rank << self.bits + self._shift)
            self._second[place] = self._number(rank << self._shift)

    def sorted(self, *texts: _Texts) -> tuple[list[int], array[int], list[int]]:
        """Return the codes of all pairs in order, how many documents each has, and these."""
        found = sorted(chain.from_iterable(map(self._places, texts)))
        del found[: bisect_left(found, 0)]
        unique = list(map(int, compress(found, map(ne, found, chain((-1,), found)))))
        del found
        codes = list(map(rshift, unique, repeat(self._shift)))
        starts = list(compress(count(), map(ne, codes, chain((-1,), codes))))
        counts = array(NUMBERS, map(sub, chain(starts[1:], (len(codes),)), starts))
        mask = (1 << self._shift) - 1
        numbers = list(map(and_, unique, repeat(mask)))
        return list(map(codes.__getitem__, starts)), counts, numbers

    def _places(self, texts: _Texts) -> Iterator[float]:
        """Yield the number of every place in texts: of a word, the one behind it, the document."""
        sizes = map(sub, texts.ends, chain((0,), texts.ends))
        documents = map(repeat, map(self._number, range(texts.documents)), sizes)
        firsts = map(self._first.__getitem__, texts.words)
        seconds = map(self._second.__getitem__, islice(texts.words, 1, None))
        return map(add, map(add, firsts, seconds), chain.from_iterable(documents))
