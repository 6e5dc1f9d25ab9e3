"""Attacks in metadata, in a real browser: nothing runs, on the pages and in search results."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

import cli
from tests.flows.deliveries import draw_scan, write_csv
from tests.hostile.test_hostile_delivery import ATTACKS

pytestmark = pytest.mark.browser


def hoaban(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    assert not ended.value.code


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    rows = []
    for number, attack in enumerate(ATTACKS):
        draw_scan(folder / "delivery" / f"scan{number}.jpg")
        said = f"{attack.replace(';', ',')} timkiem"
        rows.append((f"A-{number}", said, f"scan{number}.jpg", said, said, said))
    headings = ("Số kiểm kê", "Tên gọi", "Tệp ảnh", "Mô tả", "Chất liệu", "Nguồn")
    write_csv(folder / "delivery" / "catalogue.csv", headings, rows)
    hoaban("init", folder / "museum", "--title", ATTACKS[0])
    hoaban("ingest", folder / "delivery", "--archive", folder / "museum")
    hoaban("build", "--archive", folder / "museum")
    hoaban("audit", "--report", folder / "report.html", "--archive", folder / "museum")
    return folder


def test_no_script_of_the_metadata_runs_anywhere(chromium, museum: Path) -> None:
    site = museum / "museum" / "site"
    (sheet,) = (museum / "museum" / "batches").rglob("contact-sheet.html")
    addresses = [path.as_uri() for path in sorted(site.rglob("*.html"))]
    addresses += [sheet.as_uri(), (museum / "report.html").as_uri()]
    for query in ("timkiem", "<img src=x onerror=window.pwned=2> timkiem", "window.pwned"):
        addresses.append(f"{(site / 'vi/search.html').as_uri()}?q={quote(query)}")
    context = chromium.new_context()
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    results = 0
    for address in addresses:
        page.goto(address)
        if "?q=" in address:
            page.wait_for_selector("#found:not(:empty)", state="attached")
            results += page.locator("#results a").count()
        assert page.evaluate("window.pwned === undefined"), address
        assert page.locator("img[src=x], [onload], [onerror]").count() == 0, address
        assert page.locator("a[href^='javascript' i]").count() == 0, address
    context.close()
    assert dialogs == []
    assert results >= len(ATTACKS)
