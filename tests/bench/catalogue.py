"""Search documents for benchmarks and conformance tests: as many as wanted, always the same.

A document is like a museum's record: number, title in Vietnamese and English, kind, material,
ethnic group, place, date and a description, some 80 words together. Its words are drawn by
Zipf's law from the vocabularies, from titles of the test records and from composed syllables.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from schemas.profile import SearchLevel
from search.documents import SearchDocument

_ROOT = Path(__file__).parent.parent.parent
_ONSETS = (*tuple("bcdđghklmnrstvx"), "ch", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr")
_RIMES = (
    *"aàáảạeèêếiìíoóòơờuú",
    *("ăn", "ắt", "âm", "ất", "ần", "ang", "áng", "ạng", "ao", "áo", "eo", "ềnh", "iên", "iện"),
    *("in", "inh", "ính", "oa", "oà", "oan", "ong", "óng", "ồng", "ông", "ơi", "ung", "ưng"),
    *("ương", "ướng", "ường", "ưa", "ứa", "uôn", "uốn"),
)


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """Return the Vietnamese labels of one of the vocabularies."""
    path = _ROOT / "schemas" / "vocabularies" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(row["label_vi"] for row in csv.DictReader(stream))


@cache
def words() -> tuple[str, ...]:
    """Return the words descriptions are drawn from, the frequent ones first."""
    entries = json.loads(
        (_ROOT / "tests" / "data" / "search" / "records.json").read_text(encoding="utf-8")
    )
    real = [w for entry in entries for w in str(entry.get("description", "")).split()]
    composed = ["".join(pair) for pair in itertools.product(_ONSETS, _RIMES)]
    random.Random(5).shuffle(composed)
    return tuple(dict.fromkeys([*real, *composed]))


def documents(
    count: int, *, start: int = 0, artworks: Path | None = None
) -> Iterator[SearchDocument]:
    """Yield ``count`` documents from number ``start``; each depends on its number alone.

    Args:
        count: How many.
        start: Number of the first.
        artworks: A gzipped CSV of artworks (accession_number, title, medium, subjects …) whose
            rows are mixed into the descriptions.
    """
    texts = _artwork_texts(artworks) if artworks else ()
    pool = words()
    cumulative = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(pool))))
    for number in range(start, start + count):
        chance = random.Random(number)
        extra = texts[number % len(texts)] if texts else ""
        length = chance.randint(20, 90)
        text = " ".join(chance.choices(pool, cum_weights=cumulative, k=length))
        yield _document(number, chance, f"{text}. {extra}".strip(), pool)


def _document(
    number: int, chance: random.Random, text: str, pool: tuple[str, ...]
) -> SearchDocument:
    kind, material, group = (
        chance.choice(vocabulary(name)) for name in ("object-types", "materials", "ethnic-groups")
    )
    identifier = f"BT.{number // 1000:03}.{number % 1000:03}"
    title = f"{kind} {material} {' '.join(text.split()[:3])}"
    year = chance.randint(1800, 2020)
    date = str(year)
    place = chance.choice(pool[:60])
    return SearchDocument(
        item_id=f"{(number * 2654435761) % 2**32:08x}{number:06}",
        identifier=identifier,
        titles=(("vi", title),),
        texts={
            SearchLevel.TITLE: (identifier, title),
            SearchLevel.SUBJECT: (kind, material, group, date),
            SearchLevel.TEXT: (text,),
        },
        date=date,
        thumbnail=f"images/{number:06}.jpg",
        span=(year, year),
        added=f"2026-{1 + number % 12:02}-01T00:00:{number % 60:02}Z",
        fields=(
            ("identifier", identifier),
            ("title", title),
            ("object_type", kind),
            ("material", material),
            ("ethnic_group", group),
            ("date_created", date),
        ),
        facets=(
            ("object_type", kind),
            ("material", material),
            ("ethnic_group", group),
            ("place", place),
            ("period", f"{date[:3]}0"),
        ),
    )


@cache
def _artwork_texts(path: Path) -> tuple[str, ...]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return tuple(
            f"{row['title']}. {row['artist']}. {row['medium']}. {row['subjects']}"
            for row in csv.DictReader(stream)
        )
