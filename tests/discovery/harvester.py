"""A harvester of IIIF Change Discovery: reads a site as the standard says, holds it to its rules.

Source: IIIF Change Discovery API 1.0, sections 3.1 to 3.3 (rules) and 3.5 (algorithm).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONTEXT = "http://iiif.io/api/discovery/1/context.json"
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_KINDS = {"Create", "Update", "Delete"}


@dataclass
class Harvest:
    """What a harvester learned.

    Attributes:
        kept: Addresses of manifests to have.
        gone: Addresses of manifests to have no more.
        activities: Everything in the log, (kind, address, time), the oldest first.
        pages: Addresses of the pages, the first one first.
    """

    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    activities: list[tuple[str, str, str]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


def harvest(site: Path, base_url: str, path: str = "iiif/activity/all-changes.json") -> Harvest:
    """Read the whole log from its end to its beginning, checking every rule on the way."""

    def read(address: str) -> dict[str, Any]:
        assert address.startswith(f"{base_url}/"), address
        document = json.loads((site / address.removeprefix(f"{base_url}/")).read_bytes())
        assert document["id"] == address
        assert document["@context"] == CONTEXT
        assert next(iter(document)) == "@context"
        return document

    whole = read(f"{base_url}/{path}")
    assert whole["type"] == "OrderedCollection"
    for said in whole.get("seeAlso", []):
        assert said["type"] == "Dataset"
        assert (site / said["id"].removeprefix(f"{base_url}/")).is_file()
    found = Harvest()
    reference, after = _page(whole["last"]), None
    while reference:
        page = read(reference)
        assert page["type"] == "OrderedCollectionPage"
        assert page["partOf"] == {"id": whole["id"], "type": "OrderedCollection"}
        assert (_page(page["next"]) if "next" in page else None) == after
        activities = [_activity(entry) for entry in page["orderedItems"]]
        assert activities, "a page has at least one activity"
        found.activities[:0] = activities
        found.pages[:0] = [reference]
        assert page["startIndex"] == whole["totalItems"] - len(found.activities)
        for kind, address, _at in reversed(activities):
            if address not in found.kept | found.gone:
                (found.gone if kind == "Delete" else found.kept).add(address)
        after, reference = reference, _page(page["prev"]) if "prev" in page else ""
    assert after == _page(whole["first"])
    assert whole["totalItems"] == len(found.activities)
    times = [at for _kind, _address, at in found.activities]
    assert times == sorted(times), "the newest activity comes last"
    return found


def _page(reference: dict[str, str]) -> str:
    assert reference.keys() == {"id", "type"}
    assert reference["type"] == "OrderedCollectionPage"
    return reference["id"]


def _activity(entry: dict[str, Any]) -> tuple[str, str, str]:
    assert entry["type"] in _KINDS
    assert entry["object"]["type"] == "Manifest"
    assert _UTC.fullmatch(entry["endTime"])
    return entry["type"], entry["object"]["id"], entry["endTime"]
