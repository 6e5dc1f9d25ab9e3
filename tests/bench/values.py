"""How fast values are understood: ``python -m tests.bench.values [TATE.csv.gz]``.

Prints texts a second for each parser, one process, the best of three; with the table of Tate's
artworks also the share of its dimension texts that are understood.
"""

from __future__ import annotations

import csv
import gzip
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from schemas.access import parse_access_terms
from schemas.gazetteer import find_place
from schemas.measures import parse_measures
from schemas.rights_text import rights_named
from schemas.vocabularies import shipped
from tests.bench import allow_bytecode

SAMPLE = Path(__file__).parent.parent / "data" / "values" / "tate-dimensions-sample.csv"
UNITS = ["bản Mển, xã Thanh Nưa, huyện Điện Biên, tỉnh Điện Biên", "xã Quài Tở, Lai Châu cũ",
         "Si Pa Phìn", "P. Bến Nghé, Q.1, TP.HCM", "Pompeii"]  # fmt: skip
PLACES = [f"bản số {number}, {unit}" for number in range(300) for unit in UNITS]
"""All different: what has been asked before is remembered."""


def texts_a_second(parse: Callable[[str], object], texts: Sequence[str]) -> float:
    """Return how many texts a second ``parse`` takes, the best of three."""
    best = 0.0
    for _run in range(3):
        started = time.perf_counter()
        for text in texts:
            parse(text)
        best = max(best, len(texts) / (time.perf_counter() - started))
    return best


def main(tate: Path | None) -> None:
    """Print the figures."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        sizes = [row["text"] for row in csv.DictReader(file)]
    if tate:
        with gzip.open(tate, "rt", encoding="utf-8") as file:
            sizes = [row["dimensions"] for row in csv.DictReader(file)]
        sizes = [text for text in sizes if text.strip()]
        read = sum(parse_measures(text) is not None for text in sizes)
        print(f"dimensions understood: {read} of {len(sizes)}, {read / len(sizes):.2%}")
    parsers: dict[str, tuple[Callable[[str], object], Sequence[str]]] = {
        "dimensions": (parse_measures, sizes),
        "ethnic groups": (shipped("ethnic-groups").match, ["H’Mông", "người Khơ Mú", "Abc"] * 500),
        "materials": (shipped("materials").match, ["Gỗ lim", "đồng thau", "gốm, sành"] * 500),
        "places": (find_place.__wrapped__, PLACES),
        "rights": (rights_named, ["CC BY 4.0", "© Bảo tàng", "còn bản quyền"] * 500),
        "access": (parse_access_terms, ["công khai", "nội bộ đến 31/12/2030"] * 500),
    }
    for name, (parse, texts) in parsers.items():
        parse(texts[0])  # the tables are read now, and not counted
        print(f"{name}: {texts_a_second(parse, texts):,.0f} texts/s")


if __name__ == "__main__":
    allow_bytecode()
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
