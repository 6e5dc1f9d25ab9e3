"""The settings of an archive: ``hoaban.toml``, overridden by ``HOABAN_*``, over defaults.

``docs/settings.md`` lists every setting; a test compares it with this module.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from archive.limits import LimitRules, Limits, LimitSettings, limits_from
from archive.settings import (
    DERIVATIVE_PROFILES,
    EDM_TYPES,
    ENGINES,
    LEGACY_TEXT,
    MOST_ACCESS_PX,
    SEARCH_ENGINES,
    TARGET_EDITIONS,
    DaskSettings,
    DerivativeSettings,
    ExchangeSettings,
    IntakeSettings,
    LabelSettings,
    QualitySettings,
    SearchSettings,
    Settings,
)
from archive.site_settings import SiteSettings, wrong_site
from schemas.errors import ConfigError
from schemas.messages import LANGUAGES, _
from schemas.records import Access

# The settings that are tables of their own.
_TABLES = frozenset(
    {"derivatives", "quality", "dask", "limits", "intake", "exchange", "labels", "search", "site"}
)


def read_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in ``path``, with ``HOABAN_*`` of ``environ`` over them.

    Args:
        path: The archive's ``hoaban.toml``.
        environ: The environment; by default the process's own.

    Raises:
        ConfigError: The file cannot be read, or a setting is unknown or has a wrong value.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            _("The settings cannot be read: {reason}.").format(reason=error), path=path
        ) from error
    settings = settings_from(data, path)
    return with_environment(settings, os.environ if environ is None else environ)


def settings_from(data: Mapping[str, Any], path: Path) -> Settings:
    """Return the settings that the parsed ``data`` of ``path`` hold.

    Raises:
        ConfigError: A table or key is unknown, or a value is of the wrong kind.
    """
    unknown = set(data) - {"archive", *_TABLES}
    if unknown:
        raise _unknown(path, sorted(unknown))
    archive = _checked(dict(data.get("archive", {})), Settings, path)
    derivatives = _checked(dict(data.get("derivatives", {})), DerivativeSettings, path)
    profile = derivatives.get("profile", "standard")
    if profile not in DERIVATIVE_PROFILES:
        raise ConfigError(
            _("profile must be one of: {names}.").format(names=", ".join(DERIVATIVE_PROFILES)),
            path=path,
        )
    dask = _checked(dict(data.get("dask", {})), DaskSettings, path)
    quality = _checked(dict(data.get("quality", {})), QualitySettings, path)
    search = _checked(dict(data.get("search", {})), SearchSettings, path)
    intake = _checked(dict(data.get("intake", {})), IntakeSettings, path)
    exchange = _checked(dict(data.get("exchange", {})), ExchangeSettings, path)
    labels = _checked(dict(data.get("labels", {})), LabelSettings, path)
    site = _checked(dict(data.get("site", {})), SiteSettings, path)
    settings = replace(
        Settings(**archive),
        derivatives=replace(DERIVATIVE_PROFILES[profile], **derivatives),
        quality=replace(QualitySettings(), **quality),
        search=replace(SearchSettings(), **search),
        dask=replace(DaskSettings(), **dask),
        limits=_limits(data.get("limits", {}), path),
        intake=replace(IntakeSettings(), **intake),
        exchange=replace(ExchangeSettings(), **exchange),
        labels=replace(LabelSettings(), **labels),
        site=replace(SiteSettings(), **site),
    )
    _check_values(settings, path)
    return settings


def with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Return ``settings`` with ``HOABAN_BASE_URL`` and ``HOABAN_JOBS`` of ``environ`` over them.

    Raises:
        ConfigError: ``HOABAN_JOBS`` is not a number.
    """
    if environ.get("HOABAN_BASE_URL"):
        settings = replace(settings, base_url=environ["HOABAN_BASE_URL"].rstrip("/"))
    jobs = environ.get("HOABAN_JOBS")
    if jobs:
        if not jobs.isdecimal():
            raise ConfigError(_("HOABAN_JOBS must be a number, not '{value}'.").format(value=jobs))
        settings = replace(settings, jobs=int(jobs))
    return settings


def with_choices(
    settings: Settings,
    *,
    jobs: int | None = None,
    engine: str | None = None,
    scheduler: str | None = None,
) -> Settings:
    """Return ``settings`` with what a command's flags say over them; None says nothing.

    A scheduler alone means the engine that needs one.
    """
    if jobs is not None:
        settings = replace(settings, jobs=jobs)
    if scheduler is not None:
        settings = replace(settings, dask=replace(settings.dask, scheduler=scheduler))
        engine = engine or "dask"
    return settings if engine is None else replace(settings, engine=engine)


def settings_text(settings: Settings) -> str:
    """Return the text of a new ``hoaban.toml``, with a comment on every setting."""
    titles = ", ".join(f"{lang} = {_quoted(text)}" for lang, text in settings.title.items())
    languages = ", ".join(_quoted(lang) for lang in settings.languages)
    d = settings.derivatives
    return f"""\
# Settings of this archive. Everything is explained in docs/settings.md.
# Cài đặt của kho lưu trữ này. Giải thích từng mục: docs/settings.md.

[archive]
title = {{ {titles} }}
publisher = {_quoted(settings.publisher)}
languages = [{languages}]            # editions of the site, the main one first
base_url = {_quoted(settings.base_url)}   # where the site will be published
rights = {_quoted(settings.rights)}       # for items that have no rights statement of their own
rights_uri = {_quoted(settings.rights_uri)}
jobs = {settings.jobs}                 # worker processes; 0 = one a core
item_timeout_s = {settings.item_timeout_s}
memory_limit_mb = {settings.memory_limit_mb}
file_budget = {settings.file_budget}          # warn when the site has more files; 0 = never
size_budget_mb = {settings.size_budget_mb}       # warn when the site is larger; 0 = never

[derivatives]
profile = {_quoted(d.profile)}   # standard, small or print: what is not set here comes from it
max_megapixels = {d.max_megapixels}
pdf_ppi = {d.pdf_ppi}

[quality]
control = {str(settings.quality.control).lower()}      # tell of small, blurred, tilted … scans
min_ppi = {settings.quality.min_ppi}            # that a scan should have over its object

# What may be shown of images: [limits.public], [limits.restricted], [limits.staff] and
# [limits.rights."ADDRESS"]; for example:
# [limits.restricted]
# max_px = 1200          # longer side of the largest image
# watermark = "© …"
"""


def _checked(values: dict[str, Any], model: type, path: Path) -> dict[str, Any]:
    # A table of its own is no value of [archive]; [derivatives] has a value named quality.
    tables = _TABLES if model is Settings else frozenset()
    known = {f.name: f for f in fields(model) if f.name not in tables}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise _unknown(path, unknown)
    example = model()
    for name, value in values.items():
        expected = type(getattr(example, name))
        if expected is float and type(value) is int:
            value = values[name] = float(value)
        if expected is tuple and isinstance(value, list):
            values[name] = tuple(value)
        elif not isinstance(value, expected) or isinstance(value, bool) is not (expected is bool):
            raise ConfigError(
                _("The setting '{name}' is {value}, expected {expected}.").format(
                    name=name, value=repr(value), expected=expected.__name__
                ),
                path=path,
            )
    return values


def _limits(data: Any, path: Path) -> LimitRules:
    """Return the rules of the table ``[limits]``."""
    levels = [level.value for level in Access]
    rights = data.get("rights", {}) if isinstance(data, dict) else None
    if (
        not isinstance(rights, dict)
        or not all(isinstance(table, dict) for table in (*data.values(), *rights.values()))
        or "" in rights
    ):
        raise ConfigError(
            _('[limits] holds only tables: [limits.public] … or [limits.rights."ADDRESS"].'),
            path=path,
        )
    unknown = sorted(set(data) - {*levels, "rights"})
    if unknown:
        raise _unknown(path, [f"limits.{name}" for name in unknown])

    def read(table: dict[str, Any]) -> Limits:
        return limits_from(LimitSettings(**_checked(dict(table), LimitSettings, path)), path)

    return LimitRules(
        by_access={Access(name): read(data[name]) for name in levels if name in data},
        by_rights={start: read(table) for start, table in rights.items()},
    )


def _check_values(settings: Settings, path: Path) -> None:
    wrong = ""
    if not settings.languages or set(settings.languages) - set(LANGUAGES):
        wrong = _("languages must name some of: {codes}.").format(codes=", ".join(LANGUAGES))
    elif not settings.title:
        wrong = _("title must have a name in at least one language.")
    elif not settings.base_url.startswith(("http://", "https://")):
        wrong = _("base_url must start with http:// or https://.")
    elif not 36 <= settings.derivatives.pdf_ppi <= 1200:
        wrong = _("pdf_ppi must be from 36 to 1200.")
    elif not 320 <= settings.derivatives.film_px <= 3840:
        wrong = _("film_px must be from 320 to 3840.")
    elif settings.quality.target_edition not in TARGET_EDITIONS:
        wrong = _("target_edition must be one of: {names}.").format(
            names=", ".join(TARGET_EDITIONS)
        )
    elif settings.search.engine not in SEARCH_ENGINES:
        wrong = _("engine of [search] must be one of: {names}.").format(
            names=", ".join(SEARCH_ENGINES)
        )
    elif settings.engine not in ENGINES:
        wrong = _("engine must be one of: {names}.").format(names=", ".join(ENGINES))
    elif settings.legacy_text not in LEGACY_TEXT:
        wrong = _("legacy_text must be one of: {names}.").format(names=", ".join(LEGACY_TEXT))
    elif min(settings.jobs, settings.memory_limit_mb) < 0 or settings.item_timeout_s < 1:
        wrong = _("jobs and memory_limit_mb must not be negative, item_timeout_s at least 1.")
    elif min(settings.file_budget, settings.size_budget_mb) < 0:
        wrong = _("file_budget and size_budget_mb must not be negative.")
    wrong = (
        wrong
        or _wrong_derivatives(settings.derivatives)
        or _wrong_intake(settings.intake)
        or _wrong_quality(settings.quality)
        or _wrong_exchange(settings.exchange)
        or _wrong_labels(settings.labels)
        or wrong_site(settings.site)
    )
    if wrong:
        raise ConfigError(wrong, path=path)


def _wrong_derivatives(settings: DerivativeSettings) -> str:
    """Return what is wrong with sizes and qualities, or an empty text."""
    sizes = (settings.thumbnail_px, settings.small_access_px, settings.access_px)
    if not all(1 <= quality <= 100 for quality in (settings.quality, settings.webp_quality)):
        return _("quality and webp_quality must be from 1 to 100.")
    if min(*sizes, settings.max_megapixels) < 1 or settings.tile_px < 64:
        return _("sizes must be positive, and tile_px at least 64.")
    if settings.first_view_kb < 0:
        return _("first_view_kb must not be negative.")
    if list(sizes) != sorted(sizes):
        return _("thumbnail_px, small_access_px and access_px must be in rising order.")
    if settings.access_px > MOST_ACCESS_PX:
        return _("access_px must be at most {limit}: no WebP can be larger.").format(
            limit=MOST_ACCESS_PX
        )
    return ""


def _wrong_labels(settings: LabelSettings) -> str:
    """Return what is wrong with what is printed, or an empty text."""
    if not (30 <= settings.width_mm <= 190 and 20 <= settings.height_mm <= 270):
        return _("width_mm must be from 30 to 190, height_mm from 20 to 270: a label fits on A4.")
    if not settings.register_fields:
        return _("register_fields must name at least one field.")
    return ""


def _wrong_intake(settings: IntakeSettings) -> str:
    """Return what is wrong with how catalogues are read, or an empty text."""
    columns: Mapping[str, object] = settings.columns
    for heading, target in columns.items():
        if not isinstance(target, str):
            return _("intake.columns: '{heading}' must be the name of a field, or empty.").format(
                heading=heading
            )
    if settings.encoding:
        try:
            "x".encode(settings.encoding)
        except LookupError:
            return _("intake.encoding: '{name}' is no encoding; for example cp1258.").format(
                name=settings.encoding
            )
    return ""


def _wrong_quality(settings: QualitySettings) -> str:
    """Return what is wrong with the thresholds of quality control, or an empty text."""
    numbers = (v for v in asdict(settings).values() if not isinstance(v, str))
    if not all(value >= 0 for value in numbers):
        return _("the settings of [quality] must not be negative.")
    if max(settings.max_clipped_percent, settings.min_sheet_percent) > 100:
        return _("max_clipped_percent and min_sheet_percent must be from 0 to 100.")
    return ""


def _wrong_exchange(settings: ExchangeSettings) -> str:
    """Return what is wrong with what partners are told, or an empty text."""
    types: Mapping[str, object] = settings.types
    for name, value in types.items():
        if value not in EDM_TYPES:
            return _("exchange.types: '{name}' must be one of: {names}.").format(
                name=name, names=", ".join(EDM_TYPES)
            )
    if settings.country and not re.fullmatch("[A-Z]{2}", settings.country):
        return _("exchange.country must be the two letters of ISO 3166-1, as VN.")
    for address in (settings.data_provider_uri, settings.metadata_rights_uri):
        if address and not re.fullmatch(r"https?://[!-;=?-~]+", address):
            return _("exchange: '{address}' is no address; it starts with http.").format(
                address=address
            )
    return ""


def _unknown(path: Path, names: list[str]) -> ConfigError:
    return ConfigError(
        _("Unknown settings: {names}.").format(names=", ".join(names)),
        remedy=_("See docs/settings.md for the settings there are."),
        path=path,
    )


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML basic string; JSON's escapes are among TOML's.

    Source: TOML 1.0.0, String.
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
