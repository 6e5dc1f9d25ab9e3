"""The documents say what the program does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from archive.export import FORMATS
from archive.limits import LimitSettings
from archive.settings import (
    DaskSettings,
    DerivativeSettings,
    ExchangeSettings,
    IntakeSettings,
    LabelSettings,
    QualitySettings,
    Settings,
)
from archive.site_settings import SiteSettings
from schemas.findings import KINDS
from schemas.partners import (
    ABOUT_IMAGES,
    ABOUT_ITEMS,
    NAME_PARTS,
    README_PARTS,
    RECORD_FORMATS,
    SHOWN,
    shipped_names,
)
from tests.docs.exchange_examples import BLOCK, PAGE, with_examples
from tests.docs.reference import DOCS, PAGES, all_commands

ROOT = DOCS.parent


@pytest.mark.parametrize("name", PAGES)
def test_generated_page_is_up_to_date(name: str) -> None:
    # When this fails: python -m tests.docs.reference
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


@pytest.mark.parametrize("name", list(all_commands()))
def test_every_command_teaches_by_example(name: str) -> None:
    text = all_commands()[name].help or ""
    assert re.search(rf"Examples?:\n\s+hoaban {name}", text), text


@pytest.mark.parametrize("name", list(all_commands()))
def test_every_option_is_explained(name: str) -> None:
    unexplained = [
        parameter.name
        for parameter in all_commands()[name].params
        if parameter.param_type_name == "option" and not getattr(parameter, "help", None)
    ]
    assert unexplained == []


def test_every_setting_is_documented() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    tables = (
        SiteSettings,
        Settings,
        DerivativeSettings,
        QualitySettings,
        DaskSettings,
        LimitSettings,
        IntakeSettings,
        ExchangeSettings,
        LabelSettings,
    )
    names = {field.name for table in tables for field in fields(table)}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", ["partners.md", "vi/doi-tac.md"])
def test_every_word_of_a_partner_profile_is_documented(name: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    words = (*ABOUT_ITEMS, *ABOUT_IMAGES, *SHOWN, *RECORD_FORMATS, *shipped_names())
    braces = [f"{{{part}}}" for part in (*NAME_PARTS, *README_PARTS)]
    assert [word for word in (*words, *braces) if f"`{word}`" not in page] == []


def test_the_examples_of_the_partner_guide_are_what_the_sample_gives() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count("<!-- example: ") == len(BLOCK.findall(page))
    assert with_examples(page) == page


def test_every_format_has_a_worked_example() -> None:
    sections = PAGE.read_text(encoding="utf-8").split("## One example a format")[1].split("\n### ")
    taught = []
    for section in sections[1:]:
        (name,) = {match[1] for match in BLOCK.finditer(section)}
        assert f"```bash\nhoaban export {name} --out " in section, name
        assert section.rstrip().rsplit("```", 1)[1].strip(), f"{name}: how it is checked"
        taught.append(name)
    assert sorted(taught) == sorted(FORMATS)
    twin = (DOCS / "vi/doi-tac.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"`hoaban export {name} --out " not in twin] == []


def test_every_finding_code_is_raised_by_a_test() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    )
    assert [code for code in KINDS if code not in tests] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for page in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not re.match(r"<?item:|.*://", target) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_every_gap_names_a_test_and_each_test_named_is_there() -> None:
    page = (DOCS / "store-format.md").read_text(encoding="utf-8")
    gaps = page.split("## What a crash leaves in each gap")[1].split("\n## ")[0]
    rows = [line for line in gaps.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not re.search(r"`test_\w+` \|$", row)] == []
    tests = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    names = set(re.findall(r"`(test_\w+)`", page))
    assert len(names) >= 4
    assert [name for name in sorted(names) if f"def {name}(" not in tests] == []
