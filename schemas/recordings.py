"""Sound and moving images: what is known of a master that plays, and the copy that people play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

AUDIO, VIDEO = "audio", "video"


@dataclass(frozen=True)
class Recording:
    """What the header and the packets of a recording say of it.

    Attributes:
        media: :data:`AUDIO` or :data:`VIDEO`.
        duration_s: How long it plays, in seconds.
        codecs: What its streams are encoded by, as FFmpeg calls them: pictures, then sound.
    """

    media: str
    duration_s: float
    codecs: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON data."""
        return {**asdict(self), "codecs": list(self.codecs)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recording:
        """Return the facts that ``data`` holds.

        Raises:
            KeyError: A fact is missing.
            TypeError: There is one too many.
        """
        return cls(**dict(data) | {"codecs": tuple(data["codecs"])})


@dataclass(frozen=True)
class AccessRecording:
    """The copy of a recording that every browser plays, without the master's metadata.

    Attributes:
        name: File name in the canvas's folder.
        mime_type: Its media type.
        duration_s: How long it plays, in seconds.
        width_px: Width of its pictures in pixels; 0 for sound.
        height_px: Their height in pixels; 0 for sound.
        size_bytes: Length of the file.
    """

    name: str
    mime_type: str
    duration_s: float
    width_px: int
    height_px: int
    size_bytes: int

    @property
    def media(self) -> str:
        """:data:`AUDIO` or :data:`VIDEO`."""
        return VIDEO if self.width_px else AUDIO


@dataclass(frozen=True)
class PublishedRecording:
    """A recording that the public site plays.

    Attributes:
        url: Its address.
        picture_url: Address of the still, or of the drawing of its sound.
        file: What is known of it.
    """

    url: str
    picture_url: str
    file: AccessRecording
