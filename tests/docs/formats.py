"""The table of docs/formats.md: what really came of one file of every kind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.identify import identify
from pipeline.inspect import read_header
from pipeline.jobs import Outcome
from pipeline.pronom import name_format
from pipeline.readers import open_page
from schemas.findings import Severity
from tests.imaging.making import derivative_set, run
from tests.imaging.samples import MADE, REAL

_BEGIN = "<!-- table: made by python -m tests.docs.reference -->\n"
_END = "<!-- end of table -->\n"
_DEPTHS = {"uchar": 8, "ushort": 16, "short": 16}
_LIBRARIES = {"libvips": "libvips", "pillow": "Pillow", "heif": "pi-heif, `hoaban[heic]`",
              "raw": "rawpy, `hoaban[raw]`", "pdf": "pypdfium2, `hoaban[pdf]`",
              "recording": "PyAV, `hoaban[media]`"}  # fmt: skip


def with_table(page: str) -> str:
    """Return docs/formats.md with its table made again."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + "\n".join(_table()) + "\n" + _END + after


def _table() -> Iterator[str]:
    yield "| Kind | File | PRONOM | Outcome | Bits: stored, kept | Read by | Findings |"
    yield "|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for name, (kind, make) in MADE.items():
            make(Path(folder, name))
            yield _row(kind, Path(folder, name), Path(folder, "staging"))
        for path in REAL:
            yield _row("sample file", path, Path(folder, "staging"))


def _row(kind: str, path: Path, staging: Path) -> str:
    outcome = run(staging, path)
    puid = name_format(path).puid
    cells = [kind, f"`{path.name}`", puid, *_result(outcome, path), _codes(outcome)]
    return "| " + " | ".join(cells) + " |"


def _result(outcome: Outcome, path: Path) -> tuple[str, str, str]:
    """Give outcome, bits and reader of one file."""
    if outcome.is_set_aside:
        return "set aside", "", ""
    (technical,) = outcome.technical
    views = derivative_set(outcome).canvases
    libraries = ", ".join(_LIBRARIES[name] for name in technical.readers)
    if technical.recording is not None:
        return f"played, {technical.recording.duration_s:.0f} s", "", libraries
    sizes = ", ".join(f"{view.width_px} × {view.height_px}" for view in views)
    kept = min(technical.bits_per_sample, _bits_kept(path))
    return f"shown, {sizes}", f"{technical.bits_per_sample}, {kept}", libraries


def _bits_kept(path: Path) -> int:
    """Return the depth of what goes into the one conversion to 8-bit sRGB."""
    identity = identify(path)
    page = read_header(path, identity).pages[0]
    image = open_page(path, identity, page)
    # Samples without a scale are spread over 16 bit; LAB is computed in floating point.
    return _DEPTHS.get(image.format, 32) if page.has_scale else 16


def _codes(outcome: Outcome) -> str:
    said = [
        f"`{finding.code}`"
        + (f": {finding.values['found']}" if finding.kind.severity is Severity.ERROR
           and "found" in finding.values else "")
        for finding in outcome.findings
    ]  # fmt: skip
    return ", ".join(said)
