"""Cells that a browser or a spreadsheet would obey, and ordinary ones that only look so."""

from __future__ import annotations

import pytest

from schemas.hostile_text import formula_in, program_in


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "</ script >", "< script src=x>", "&lt;iframe src=x&gt;",
        "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<b title='x'onclick=y>",
        "javascript:alert(1)", "JavaScript:alert(1)", "<object data=x>", "<embed src=x>",
    ],
)  # fmt: skip
def test_a_program_is_found(text):
    assert program_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "xem <https://x.vn/?online=1>", "rộng <5cm, trọng lượng onsen= suối", "<object>",
        "<Object type>", "<Embed>", "Sách về javascript :cơ bản", "a < b, on x = 3",
        "JavaScript: The Good Parts", "VBScript: Hướng dẫn", "<b>onsite = x</b>",
        "&#" + "9" * 5000 + ";", "&#x" + "f" * 5000 + ";",
    ],
)  # fmt: skip
def test_ordinary_text_is_no_program(text):
    assert not program_in(text)


@pytest.mark.parametrize(
    "text", ["<" + " " * 200_000, ("<" + " " * 999) * 200, "<object " * 30_000, "<a on" * 60_000]
)
def test_blanks_without_end_take_no_time(text):
    # A quadratic search would take an hour.
    assert not program_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "=A1+1", "= 5", "=-1", '="x"', "＝SUM(A1)", "@SUM(A1)", "＠SUM(1)",
        "+cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-cmd|' /C calc'!A0", "=cmd|' /C calc'!A0",
    ],
)  # fmt: skip
def test_a_formula_is_found(text):
    assert formula_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "-2+3", "-12", "-Cao(cm) 20", "+84 912 345 678", "- gỗ",
        "- Chất liệu: gỗ | Kích thước: 3m | Rất đẹp!",
        "=> xem T.1", "== Ghi chú", "=====", "=)", "@baotang", "@ Mường Thanh", "+(A|B)!",
    ],
)  # fmt: skip
def test_ordinary_text_is_no_formula(text):
    assert not formula_in(text)
