"""How much of a real catalogue's dates is understood: ``python -m tests.bench.dates CSV``.

``CSV`` (also ``.csv.gz``) has the column ``date_text``; for the Tate collection data of the
benchmarks it prints the share parsed, by pattern, what is refused, and texts a second without and
with the cache against a floor of the same run (NFC and lower case of the same texts). With
``--sample SEED FILE`` it draws 200 different texts at random, to be read by hand, as often as they
occur; with ``--sample-rare SEED FILE`` every different text is as likely, which is harder.
"""

from __future__ import annotations

import collections
import csv
import gzip
import random
import re
import sys
import time
import unicodedata
from pathlib import Path

from schemas import dates
from tests.bench import allow_bytecode

SAMPLE = 200


def read_texts(path: Path) -> list[str]:
    """Return the ``date_text`` of every row."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig") as file:
        return [row["date_text"] for row in csv.DictReader(file)]


def pattern_of(text: str) -> str:
    """Return the text with every number as 9: its pattern."""
    return re.sub(r"\d+", "9", text)


def print_shares(texts: list[str]) -> None:
    parsed: collections.Counter[str] = collections.Counter()
    unknown: collections.Counter[str] = collections.Counter()
    refused: collections.Counter[str] = collections.Counter()
    for text in texts:
        if dates.parse_date(text) is not None:
            parsed[pattern_of(text)] += 1
        elif dates.states_no_date(text):
            unknown[text] += 1
        else:
            refused[text] += 1
    total = len(texts)
    for name, counter in (("parsed", parsed), ("said unknown", unknown), ("refused", refused)):
        rows = sum(counter.values())
        print(f"{name}: {rows} of {total} rows ({rows / total:.2%}), {len(counter)} kinds")
        for kind, count in counter.most_common(40):
            print(f"  {count:6}  {kind}")


def print_speed(texts: list[str]) -> None:
    distinct = sorted(set(texts))
    periods = dates.shipped_periods()
    start = time.process_time()
    for text in texts:
        unicodedata.normalize("NFC", text).lower()
    floor_s = time.process_time() - start
    start = time.process_time()
    for text in distinct:
        dates._parse.__wrapped__(text, periods)
    cold_s = time.process_time() - start
    dates._parse.cache_clear()
    start = time.process_time()
    for text in texts:
        dates.parse_date(text)
    warm_s = time.process_time() - start
    print(f"{len(distinct)} different texts, no cache: {len(distinct) / cold_s:,.0f} a second")
    print(f"{len(texts)} rows, from an empty cache: {len(texts) / warm_s:,.0f} a second")
    print(f"rows against the floor: {warm_s / floor_s:.1f} times")


def write_sample(texts: list[str], seed: int, target: Path) -> None:
    """Draw 200 different texts; those that stand in ``texts`` more often are likelier."""
    shuffled = list(texts)
    random.Random(seed).shuffle(shuffled)
    drawn = list(dict.fromkeys(shuffled))[:SAMPLE]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["text", "edtf", "earliest", "latest", "verdict"])
        for text in drawn:
            value = dates.parse_date(text)
            row = (value.edtf, value.earliest, value.latest) if value else ("", "", "")
            writer.writerow([text, *row, ""])


def main(arguments: list[str]) -> None:
    texts = read_texts(Path(arguments[0]))
    print_shares(texts)
    print_speed(texts)
    if arguments[1:2] in (["--sample"], ["--sample-rare"]):
        drawn_from = sorted(set(texts)) if arguments[1] == "--sample-rare" else texts
        write_sample(drawn_from, int(arguments[2]), Path(arguments[3]))


if __name__ == "__main__":
    allow_bytecode()
    main(sys.argv[1:])
