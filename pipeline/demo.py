"""The bundled sample: real objects under open licences, to see the whole job in one command."""

from __future__ import annotations

from pathlib import Path

from archive.durable import make_folder, write_file
from archive.layout import Layout
from archive.settings import Settings

SAMPLE = Path(__file__).parent / "sample"
STORIES = Path(__file__).parent / "demo_stories"


def demo_settings() -> Settings:
    """Return the settings of the demonstration archive."""
    return Settings(
        title={"vi": "Hoa Ban: bộ sưu tập mẫu", "en": "Hoa Ban: sample collection"},
        publisher="Hoa Ban",
    )


def write_demo_stories(layout: Layout) -> None:
    """Put the sample story into a new archive, in every language it has.

    Raises:
        StoreWriteError: The disk refuses.
    """
    make_folder(layout.stories)
    for story in sorted(STORIES.glob("*.md")):
        write_file(layout.stories / story.name, story.read_bytes())
