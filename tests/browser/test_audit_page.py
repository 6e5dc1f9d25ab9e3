"""The page of an audit: in both languages, on a phone, on paper, and with nothing from outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.config import Settings
from archive.fixity import Problem, ProblemKind
from pipeline.audit import AuditReport
from pipeline.audit_page import audit_page

pytestmark = pytest.mark.browser

SETTINGS = Settings(title={"vi": "Bảo tàng Thử", "en": "Test Museum"})
INTACT = AuditReport(
    items=12480,
    files=87360,
    size_bytes=193_400_000_000,
    problems=(),
    items_in_store=12480,
    started_at="2026-11-21T01:30:00Z",
    finished_at="2026-11-21T09:12:00Z",
    agent="Hoa Ban 0.1.0",
    log="2026-11-21-013000",
)
HOSTILE = "<script>document.title='x'</script>"
DAMAGED = replace(
    INTACT,
    problems=tuple(
        Problem(f"0a1/b2c/3d4/hoaban%3at-{n}/v1/content/{HOSTILE}", ProblemKind.CHANGED, "a", "b")
        for n in range(60)
    ),
)


@pytest.mark.parametrize("report", [INTACT, DAMAGED], ids=["intact", "damaged"])
@pytest.mark.parametrize("width_px", [390, 1280])
def test_the_page_fits_and_asks_for_nothing(
    chromium, tmp_path: Path, report: AuditReport, width_px: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(audit_page(report, SETTINGS), encoding="utf-8")
    page = chromium.new_page(viewport={"width": width_px, "height": 900})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    assert page.title() != "x"
    assert page.locator(".said [lang=vi]").count() == 1
    assert page.locator(".said [lang=en]").inner_text()
    assert page.locator(".files li").count() == min(len(report.problems), 40)
    page.close()


def test_an_intact_archive_is_one_sheet_of_paper(chromium, tmp_path: Path) -> None:
    import pypdfium2

    path = tmp_path / "report.html"
    path.write_text(audit_page(INTACT, SETTINGS), encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(document) == 1
    document.close()
    page.close()
