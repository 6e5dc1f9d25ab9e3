"""A master with everything that is known of it before it is decoded, and what was done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.copying import Copy
from pipeline.identify import Format, Identity
from pipeline.inspect import Header
from pipeline.jobs import Job
from pipeline.pronom import UNKNOWN
from pipeline.readers import version_of
from schemas.events import Event, EventType
from schemas.technical import Page, Technical

_DIGEST_AGENT = "Hoa Ban"


@dataclass(frozen=True)
class Master:
    """One scan with everything known of it before decoding."""

    copy: Copy
    identity: Identity
    header: Header

    @property
    def format(self) -> Format:
        """The format of a file that got so far."""
        assert self.identity.format is not None  # noqa: S101  (pipeline.work)
        return self.identity.format

    @property
    def technical(self) -> Technical:
        """The facts for technical.json; PRONOM's come later (``pipeline.naming``)."""
        first = self.header.pages[0]
        return Technical(
            path=self.copy.scan.master_path,
            size_bytes=self.copy.size_bytes,
            sha512=self.copy.sha512,
            sha256=self.copy.sha256,
            source_name=self.copy.scan.name,
            puid=UNKNOWN,
            format_name=self.format.name,
            mime_type=self.format.mime_type,
            pages=tuple(Page(page.width_px, page.height_px) for page in self.header.pages),
            bits_per_sample=first.bits,
            samples_per_pixel=first.samples,
            colour_space=first.colour_space,
            icc_profile_name=first.profile.name if first.profile else "",
            resolution_ppi=self.header.resolution_ppi,
            orientation=first.orientation,
            exif=self.header.exif,
            readers=self.readers,
            recording=self.header.recording,
        )

    @property
    def readers(self) -> tuple[str, ...]:
        """Names of the readers of its pages."""
        return tuple(sorted({page.reader for page in self.header.pages}))


def events_of(masters: Sequence[Master], job: Job, at: str) -> Iterator[Event]:
    """Give the events of an item, oldest first: every capture, then our own work."""
    for master in masters:
        if master.header.captured_at:
            yield Event(
                EventType.CAPTURE,
                master.header.captured_at,
                "success",
                master.header.camera or "unknown camera",
                master.copy.scan.master_path,
            )
    for master in masters:
        path = master.copy.scan.master_path
        yield Event(
            EventType.MESSAGE_DIGEST_CALCULATION,
            at,
            "success",
            _DIGEST_AGENT,
            path,
            "algorithms=sha512,sha256",
        )
    made = job.settings
    for master in masters:
        yield Event(
            EventType.DERIVATION,
            at,
            "success",
            ", ".join(sorted({version_of("libvips"), *map(version_of, master.readers)})),
            master.copy.scan.master_path,
            f"pages={len(master.header.pages)} thumbnail_px={made.thumbnail_px} "
            f"small_access_px={made.small_access_px} access_px={made.access_px} "
            f"tile_px={made.tile_px} quality={made.quality}",
        )
