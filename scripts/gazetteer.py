"""Make the tables of ``schemas/gazetteer`` from their sources.

``python -m scripts.gazetteer TODAY.csv FORMER.csv.gz DATASET.db CONVERTER.json``: the units of 2026
and those before July 2025 (vietnamese-provinces-database, MIT), and the database and the table of
mergers of the package vietnamadminunits 1.0.4 (MIT). The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "schemas" / "gazetteer"


def main(today_csv: Path, former_gz: Path, dataset_db: Path, converter_json: Path) -> None:
    """Write ``communes.csv.gz``, ``former-communes.csv.gz`` and ``former-districts.csv.gz``."""
    today = list(csv.DictReader(today_csv.read_text(encoding="utf-8").splitlines()))
    text = gzip.decompress(former_gz.read_bytes()).decode("utf-8")
    names = {row["ward_code"]: row["ward"] for row in csv.DictReader(text.splitlines())}
    with closing(sqlite3.connect(dataset_db)) as database:
        database.row_factory = sqlite3.Row
        former = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        now = database.execute("SELECT * FROM admin_units").fetchall()
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in now}
    places = {row["wardCode"]: (row["wardLat"], row["wardLon"]) for row in now}
    became = _became(json.loads(converter_json.read_text(encoding="utf-8")), codes)
    moved = {row["ward_code"]: row["ward_code"] for row in today}
    # One commune has another code in the two sources: Ba Chẽ of Quảng Ninh, 06970 and 06978.
    left, right = set(places) - set(moved), set(moved) - set(places)
    moved |= dict(zip(sorted(left), sorted(right), strict=True))
    back = {new: old for old, new in moved.items()}
    _write(
        "communes.csv.gz",
        ("code", "province_code", "province", "name", "latitude", "longitude"),
        (
            (r["ward_code"], r["province_code"], r["province_full"], _capital(r["ward_full"]),
             *places[back[r["ward_code"]]])
            for r in today
        ),
    )  # fmt: skip
    _write(
        "former-communes.csv.gz",
        ("code", "district_code", "name", "other_name", "today"),
        (
            (r["wardCode"] or "", r["districtCode"], *_names(r, names),
             " ".join(sorted(moved[code] for code in became[_key(r)])))
            for r in former
        ),
    )  # fmt: skip
    _write_districts(former)


def _write_districts(former: Iterable[sqlite3.Row]) -> None:
    districts = {
        (r["districtCode"], r["provinceCode"], r["province"], _capital(r["district"]))
        for r in former
    }
    _write(
        "former-districts.csv.gz", ("code", "province_code", "province", "name"), sorted(districts)
    )


def _became(converter: dict[str, Any], codes: dict[tuple[str, str], str]) -> dict[str, set[str]]:
    became: dict[str, set[str]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                became.setdefault(str(old), set()).add(codes[province, ward])
    for province, wards in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, news in wards.items():
            for new in news:
                became.setdefault(old, set()).add(codes[province, new["newWardKey"]])
    return became


def _key(row: sqlite3.Row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def _names(row: sqlite3.Row, names: dict[str, str]) -> tuple[str, str]:
    """Return the name in the first source and, where it differs, that in the second."""
    first, second = names.get(row["wardCode"] or "", ""), row["ward"] or ""
    return (first, second if second != first else "") if first else (second, "")


def _capital(name: str) -> str:
    """Return a name whose kind begins with a capital and goes on without: Thị xã Mường Lay."""
    name = name.replace("Thị Xã ", "Thị xã ").replace("Thị Trấn ", "Thị trấn ")
    return name[:1].upper() + name[1:]


def _write(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    body = unicodedata.normalize("NFC", text.getvalue()).encode("utf-8")
    (HERE / name).write_bytes(gzip.compress(body, compresslevel=9, mtime=0))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
