"""What a museum decides about its archive: every setting, with its default.

``archive.config`` reads and writes them; ``docs/settings.md`` lists them, and a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.limits import LimitRules
from archive.site_settings import SiteSettings

# The largest side of a WebP.
MOST_ACCESS_PX = 16383
DEFAULT_BASE_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class DerivativeSettings:
    """Sizes and qualities of the images made from masters (table ``[derivatives]``).

    Attributes:
        profile: A key of :data:`DERIVATIVE_PROFILES`: what the others are unless they are set.
        thumbnail_px: Longer side of the thumbnail, in pixels.
        small_access_px: Longer side of the smaller access image, in pixels.
        access_px: Longer side of the access image, in pixels.
        first_view_kb: Most kilobytes of the WebP that a page shows first; 0 for no limit.
        tile_px: Side of a zoom tile, in pixels.
        quality: JPEG quality, 1 to 100.
        webp_quality: WebP quality, 1 to 100.
        sharpen: Whether reduced pictures are sharpened a little; tiles and documents never are.
        compact: Whether JPEGs are encoded with ten times the work, for a fifth to a third less.
        max_megapixels: A scan that claims more is refused before it is decoded.
        pdf_ppi: Resolution at which PDF pages are drawn that are not scans, in pixels an inch.
        film_px: Longer side of the copy of a film that people play, in pixels.
    """

    profile: str = "standard"
    thumbnail_px: int = 400
    small_access_px: int = 800
    access_px: int = 1600
    first_view_kb: int = 80
    tile_px: int = 512
    quality: int = 82
    webp_quality: int = 80
    sharpen: bool = True
    compact: bool = False
    max_megapixels: int = 1000
    pdf_ppi: int = 300
    film_px: int = 1280


# 1024-pixel tiles need a quarter of the files; 3508 pixels print A4 at 300 ppi.
DERIVATIVE_PROFILES: Mapping[str, DerivativeSettings] = {
    "standard": DerivativeSettings(),
    "small": DerivativeSettings(
        "small",
        access_px=1200,
        tile_px=1024,
        quality=75,
        webp_quality=72,
        compact=True,
        film_px=854,
    ),
    "print": DerivativeSettings("print", access_px=3508, quality=92, webp_quality=88),
}


@dataclass(frozen=True)
class DaskSettings:
    """Where the workers on other computers are found (table ``[dask]``).

    Attributes:
        scheduler: Address of the scheduler, as ``tls://192.168.1.10:8786``; or empty.
        tls_ca: Certificate of the museum's own authority, a file; relative to the archive.
        tls_cert: Certificate of this computer, likewise.
        tls_key: Its key, likewise.
    """

    scheduler: str = ""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""


# Editions of the ColorChecker Classic: made from November 2014 on, and before.
TARGET_EDITIONS = ("2014", "2005")


@dataclass(frozen=True)
class QualitySettings:
    """What is measured in scans, and from where on it is told (table ``[quality]``).

    Attributes:
        control: Whether anything is measured.
        min_ppi: Pixels an inch that a scan should have over its object.
        min_px: A picture whose longer side is shorter is small.
        sharp_px: A sharp picture of this longer side shows as much as a blurred one should.
        max_clipped_percent: Largest share of pure white, or of pure black, in per cent.
        max_cast: Largest distance from neutral that all tones may share, in CIELAB.
        max_skew_deg: Largest tilt of lines of text, in degrees.
        blank_contrast: A page with no more difference of greys than this, 0 to 255, is blank.
        min_sheet_percent: Smallest share of a scan that a sheet on an even border may take, in
            per cent.
        target: Look for a colour target in every scan and grade its colours; needs
            ``hoaban[target]``.
        target_edition: Which edition of the target, one of ``TARGET_EDITIONS``.
    """

    control: bool = True
    min_ppi: int = 300
    min_px: int = 1000
    sharp_px: int = 1000
    max_clipped_percent: int = 5
    max_cast: int = 8
    max_skew_deg: float = 0.7
    blank_contrast: int = 16
    min_sheet_percent: int = 60
    target: bool = False
    target_edition: str = "2014"

    @property
    def wanted_target(self) -> str:
        """The edition of the target to look for, or empty when none is."""
        return self.target_edition if self.target else ""

    @property
    def wanted(self) -> QualitySettings | None:
        """The settings, or None where nothing is to be measured."""
        return self if self.control else None


# What keeps the search index; the first needs no extra.
SEARCH_ENGINES = ("whoosh", "tantivy")


@dataclass(frozen=True)
class SearchSettings:
    """How the museum's own index is kept (table ``[search]``).

    Attributes:
        engine: One of ``SEARCH_ENGINES``; ``tantivy`` needs ``hoaban[tantivy]``.
    """

    engine: str = "whoosh"


@dataclass(frozen=True)
class IntakeSettings:
    """How the museum's own catalogues are read (table ``[intake]``).

    Attributes:
        columns: What a column heading means, where the heading alone does not say it: the name of
            a field, ``field@lang``, or empty for a column to be passed over.
        encoding: Encoding of CSV files that say none, as ``cp1258``; empty means that it is found.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""


# What EDM calls the digital objects of an item.
EDM_TYPES = ("TEXT", "IMAGE", "SOUND", "VIDEO", "3D")


@dataclass(frozen=True)
class ExchangeSettings:
    """What partners are told of all records (table ``[exchange]``).

    Attributes:
        data_provider: Name of the museum whose records these are; empty means the publisher.
        data_provider_uri: Address that identifies it, as of Wikidata or an ISIL; may be empty.
        provider: Name of who hands the records to an aggregator; empty means the museum.
        country: Code of its country in ISO 3166-1, as ``VN``; may be empty.
        metadata_rights_uri: Licence of the descriptions themselves; may be empty.
        types: EDM's type by kind of record or by object type, one of ``EDM_TYPES`` each.
        admin_email: Whom harvesters write to; without it nothing can be harvested.
    """

    data_provider: str = ""
    data_provider_uri: str = ""
    provider: str = ""
    country: str = "VN"
    metadata_rights_uri: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    admin_email: str = ""


@dataclass(frozen=True)
class LabelSettings:
    """What is printed of items (table ``[labels]``).

    Attributes:
        label_fields: Fields below the title on a label, in order.
        card_fields: Fields on an accession card, in order; empty means all that may be seen.
        register_fields: Columns of the register, in order.
        width_mm: Width of a label in millimetres.
        height_mm: Height of a label in millimetres.
    """

    label_fields: tuple[str, ...] = ("date", "material", "ethnic_group", "place")
    card_fields: tuple[str, ...] = ()
    register_fields: tuple[str, ...] = (
        "identifier",
        "title",
        "date",
        "material",
        "dimensions",
        "provenance",
        "condition",
        "note",
    )
    width_mm: int = 95
    height_mm: int = 66

    def fields_of(self, form: str) -> tuple[str, ...]:
        """Return the fields of a form: ``label``, ``card`` or ``register``."""
        fields = {
            "label": self.label_fields,
            "card": self.card_fields,
            "register": self.register_fields,
        }
        return fields[form]


ENGINES = ("local", "dask")
LEGACY_TEXT = ("ask", "convert", "keep")


@dataclass(frozen=True)
class Settings:
    """What a museum decides about its archive (table ``[archive]``, and the tables below it).

    Attributes:
        title: Name of the archive by language code.
        publisher: Name of the museum, or empty.
        languages: Editions of the site, the main one first; each a code of ``LANGUAGES``.
        base_url: Where the site will be published, without a final slash; IIIF needs it.
        rights: Rights statement of items that have none of their own, or empty.
        rights_uri: Its URI, or empty.
        jobs: Worker processes; 0 means one a core.
        item_timeout_s: A worker that needs longer for one item is stopped.
        memory_limit_mb: A worker that needs more memory is stopped; 0 means no limit.
        file_budget: Most files the site should have; 0 means no limit. More is only warned of.
        size_budget_mb: Most megabytes the site should have; likewise.
        engine: Who carries the work, one of ``ENGINES``.
        legacy_text: What is done with text from before Unicode, one of ``LEGACY_TEXT``.
        derivatives: Sizes and qualities of derivatives.
        quality: What is measured in scans.
        search: How the index is kept.
        dask: The workers on other computers.
        limits: What may be shown of images, by access level and by rights.
        intake: How catalogues are read.
        exchange: What partners are told of all records.
        labels: What is printed of items.
        site: How the site looks and what it says.
    """

    title: Mapping[str, str] = field(
        default_factory=lambda: {"vi": "Kho lưu trữ di sản", "en": "Heritage archive"}
    )
    publisher: str = ""
    languages: tuple[str, ...] = ("vi", "en")
    base_url: str = DEFAULT_BASE_URL
    rights: str = ""
    rights_uri: str = ""
    jobs: int = 0
    item_timeout_s: int = 900
    memory_limit_mb: int = 4096
    file_budget: int = 0
    size_budget_mb: int = 0
    engine: str = "local"
    legacy_text: str = "ask"
    derivatives: DerivativeSettings = field(default_factory=DerivativeSettings)
    quality: QualitySettings = field(default_factory=QualitySettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    dask: DaskSettings = field(default_factory=DaskSettings)
    limits: LimitRules = field(default_factory=LimitRules)
    intake: IntakeSettings = field(default_factory=IntakeSettings)
    exchange: ExchangeSettings = field(default_factory=ExchangeSettings)
    labels: LabelSettings = field(default_factory=LabelSettings)
    site: SiteSettings = field(default_factory=SiteSettings)

    @property
    def main_language(self) -> str:
        """The language of the home page and of values without a tag."""
        return self.languages[0]

    @property
    def has_public_url(self) -> bool:
        """Say whether the museum has set the address the site will be published at."""
        return self.base_url != DEFAULT_BASE_URL

    def title_in(self, lang: str) -> str:
        """Return the archive's name in ``lang``, else in the main language, else any."""
        return (
            self.title.get(lang)
            or self.title.get(self.main_language)
            or next(iter(self.title.values()))
        )
