"""An item's JSON-LD: that which its page and the data files carry, and its Linked Art document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.descriptions import public_description
from archive.settings import Settings
from schemas.crosswalks.jsonld import schema_org
from schemas.crosswalks.linked_art import LinkedArtPlaces, linked_art
from schemas.profile import Profile
from schemas.recordings import PublishedRecording
from schemas.records import Record


@dataclass(frozen=True)
class ItemJsonLd:
    """Describes public items in the words of schema.org.

    Attributes:
        profile: Says which fields the public is shown.
        settings: By whom the site is published, and the rights of items that say nothing.
    """

    profile: Profile
    settings: Settings

    def __call__(
        self,
        record: Record,
        url: str,
        image_urls: Sequence[str],
        recordings: Sequence[PublishedRecording],
        lang: str,
    ) -> Mapping[str, Any]:
        """Return the JSON-LD of an item.

        Args:
            record: Its record.
            url: Address of its page.
            image_urls: Addresses of its images, the best first.
            recordings: What of it is played.
            lang: Language of the page.
        """
        return schema_org(
            public_description(record, self.profile, self.settings),
            url=url,
            image_urls=image_urls,
            recordings=recordings,
            publisher=self.settings.publisher,
            lang=lang,
        )


@dataclass(frozen=True)
class ItemLinkedArt:
    """Describes public items as Linked Art does.

    Attributes:
        profile: Says which fields the public is shown.
        settings: Where and by whom the site is published.
    """

    profile: Profile
    settings: Settings

    def __call__(
        self,
        record: Record,
        url: str,
        image_urls: Sequence[str],
        _recordings: Sequence[PublishedRecording],
        lang: str,
    ) -> Mapping[str, Any]:
        """Return the Linked Art document of an item, by what :class:`ItemJsonLd` is given."""
        museum = f"{self.settings.base_url}/#museum" if self.settings.has_public_url else ""
        places = LinkedArtPlaces(url, image_urls, museum, self.settings.publisher)
        described = public_description(record, self.profile, self.settings)
        return linked_art(described, places, lang=lang)
