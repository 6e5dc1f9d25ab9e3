"""From what became of items to the log of their IIIF manifests that harvesters follow.

Everything here is a plain dict, ready for JSON; the log is level 2: created, changed, deleted.

Source: IIIF Change Discovery API 1.0, https://iiif.io/api/discovery/1.0/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.crosswalks.iiif import Publication

DISCOVERY_CONTEXT = "http://iiif.io/api/discovery/1/context.json"
CHANGES_FOLDER = "iiif/activity"
PAGE_SIZE = 500
_PAGES_A_FOLDER = 1000


class ChangeKind(StrEnum):
    """What became of a manifest, in the words of the standard."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True)
class Change:
    """One thing that became of an item for the public.

    Attributes:
        at: When, RFC 3339 in UTC with whole seconds.
        item_id: The item.
        kind: What.
    """

    at: str
    item_id: str
    kind: ChangeKind


def changes_path(page: int | None = None) -> str:
    """Return the path of the log, or of its page ``page`` from 0 on, in the site."""
    if page is None:
        return f"{CHANGES_FOLDER}/all-changes.json"
    return f"{CHANGES_FOLDER}/{page // _PAGES_A_FOLDER}/page-{page}.json"


def changes_collection(
    count: int, publication: Publication, *, dataset_path: str
) -> dict[str, Any]:
    """Return the log without its changes: where it begins and ends.

    Args:
        count: How many changes there are, at least one.
        publication: Where it is published.
        dataset_path: Path of the description of the data (DCAT) in the site.
    """
    document: dict[str, Any] = {
        "@context": DISCOVERY_CONTEXT,
        **_reference(None, publication),
        "totalItems": count,
        "seeAlso": [
            {
                "id": f"{publication.base_url}/{dataset_path}",
                "type": "Dataset",
                "format": "application/ld+json",
                "profile": "http://www.w3.org/ns/dcat#",
            }
        ],
        "first": _reference(0, publication),
        "last": _reference((count - 1) // PAGE_SIZE, publication),
    }
    return document


def changes_page(
    number: int, changes: Sequence[Change], count: int, publication: Publication
) -> dict[str, Any]:
    """Return one page of the log.

    A page that is full stays as it is when more changes follow, but for its link to the next one.

    Args:
        number: Its number, from 0 on.
        changes: The changes on it, the oldest first; at least one.
        count: How many changes the whole log has.
        publication: Where it is published.
    """
    document: dict[str, Any] = {
        "@context": DISCOVERY_CONTEXT,
        **_reference(number, publication),
        "startIndex": number * PAGE_SIZE,
        "partOf": _reference(None, publication),
    }
    if number:
        document["prev"] = _reference(number - 1, publication)
    if (number + 1) * PAGE_SIZE < count:
        document["next"] = _reference(number + 1, publication)
    document["orderedItems"] = [
        {
            "type": change.kind.value,
            "object": {"id": publication.manifest_id(change.item_id), "type": "Manifest"},
            "endTime": change.at,
        }
        for change in changes
    ]
    return document


def _reference(page: int | None, publication: Publication) -> dict[str, str]:
    kind = "OrderedCollection" if page is None else "OrderedCollectionPage"
    return {"id": f"{publication.base_url}/{changes_path(page)}", "type": kind}
