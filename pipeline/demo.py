"""The bundled sample: real objects under open licences, to see the whole job in one command."""

from __future__ import annotations

from pathlib import Path

from archive.settings import Settings

SAMPLE = Path(__file__).parent / "sample"


def demo_settings() -> Settings:
    """Return the settings of the demonstration archive."""
    return Settings(
        title={"vi": "Hoa Ban: bộ sưu tập mẫu", "en": "Hoa Ban: sample collection"},
        publisher="Hoa Ban",
    )
