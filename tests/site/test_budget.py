"""A site that outgrows its host is told of before it is made, and when it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.budget import budget_findings, findings_ahead
from archive.config import settings_from
from archive.settings import Settings
from schemas.errors import ConfigError
from tests.site.fabricated_site import make_site, small_archive


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def test_findings_are_named_BUDGET_files_and_BUDGET_size():  # noqa: N802  (codes)
    settings = Settings(file_budget=1000, size_budget_mb=100)

    assert codes(budget_findings(settings, files=901, size_bytes=90_000_001)) == [
        "BUDGET-files",
        "BUDGET-size",
    ]
    assert codes(budget_findings(settings, files=900, size_bytes=90_000_000)) == []
    assert codes(budget_findings(Settings(), files=10**9, size_bytes=10**15)) == []


def test_what_is_expected_is_near_what_is_built(tmp_path):
    archive = small_archive(tmp_path, Settings(file_budget=1, size_budget_mb=1))
    report = make_site(
        archive,
        write_search=lambda folder: None,
        json_ld=lambda record, url, images, recordings, lang: {},
    )
    assert report.files == sum(1 for path in archive.layout.site.rglob("*") if path.is_file())
    assert report.warnings == ()

    (first, *_rest) = findings_ahead(archive.settings, (item.derivatives for item in archive.kept))

    built_for_items = report.files - sum(
        1 for path in archive.layout.site.rglob("*")
        if path.is_file() and path.relative_to(archive.layout.site).parts[0] not in
        ("images", "iiif", "data") and "items" not in path.parts
    )  # fmt: skip
    assert first.values["files"] == pytest.approx(built_for_items, rel=0.2)


def test_without_a_budget_nothing_is_read():
    def unreadable():
        raise AssertionError
        yield

    assert list(findings_ahead(Settings(), unreadable())) == []


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"profile": "huge"}, "profile"),
        ({"thumbnail_px": 900}, "rising"),
        ({"access_px": 20_000}, "16383"),
        ({"webp_quality": 0}, "webp_quality"),
        ({"sharpen": 1}, "sharpen"),
        ({"quality": True}, "quality"),
    ],
)
def test_wrong_derivative_settings_are_named(table, word, tmp_path):
    with pytest.raises(ConfigError, match=word):
        settings_from({"derivatives": table}, tmp_path / "hoaban.toml")


def test_profile_gives_what_is_not_set(tmp_path):
    table = {"profile": "small", "quality": 60}

    made = settings_from({"derivatives": table}, tmp_path / "hoaban.toml").derivatives

    assert (made.tile_px, made.quality, made.compact, made.thumbnail_px) == (1024, 60, True, 400)
    assert replace(made, profile="x") != made
