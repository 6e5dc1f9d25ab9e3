"""Lost blocks inside a scan: told where they are certain, and never where they are not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.lost_blocks import BLOCK_BYTES, LostBlocks, ZeroRuns
from pipeline.work import check_item
from tests.imaging.making import DATA, codes, job_for

SAMPLE = Path(__file__).parents[2] / "pipeline" / "sample"
NOISE = Image.frombytes("RGB", (300, 200), random.Random(1).randbytes(180_000))


def found(path: Path, tmp_path: Path) -> list[str]:
    return codes(check_item(job_for(tmp_path / "staging", path)))


def lose(path: Path, first: int, count: int = 1) -> Path:
    """Put zeros in the place of whole blocks of a file."""
    content = bytearray(path.read_bytes())
    start, end = first * BLOCK_BYTES, (first + count) * BLOCK_BYTES
    assert end < len(content)
    content[start:end] = bytes(end - start)
    # Were they zero by chance, the loss could not be told from data.
    content[start - 1] = content[start - 1] or 1
    content[end] = content[end] or 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("scan.jpg", {"quality": 95}),
        ("scan.webp", {"lossless": True}),
        ("scan.avif", {"quality": 100}),
        ("scan.jp2", {}),
        ("scan.tif", {"compression": "tiff_lzw"}),
        ("jpeg.tif", {"compression": "jpeg", "quality": 95}),
    ],
)
def test_lost_block_in_compressed_data_is_told(name, options, tmp_path):
    NOISE.save(tmp_path / name, **options)
    assert "SCAN-lost-blocks" not in found(tmp_path / name, tmp_path)

    assert "SCAN-lost-blocks" in found(lose(tmp_path / name, 5, 2), tmp_path)


def test_black_parts_of_plain_pixels_are_not_told(tmp_path):
    image = Image.new("L", (BLOCK_BYTES, 30), 200)
    image.paste(0, (0, 10, BLOCK_BYTES, 20))
    image.save(tmp_path / "scan.tif")
    image.convert("RGB").save(tmp_path / "scan.bmp")
    content = (tmp_path / "scan.tif").read_bytes()
    aligned = b"\0" * (-len(content) % BLOCK_BYTES)
    (tmp_path / "aligned.tif").write_bytes(lose_first(content + aligned))

    for name in ("scan.tif", "scan.bmp", "aligned.tif"):
        assert "SCAN-lost-blocks" not in found(tmp_path / name, tmp_path)


def lose_first(content: bytes) -> bytes:
    """Put zeros where a block of pixels is, far from header and directory."""
    at = 5 * BLOCK_BYTES
    return content[:at] + bytes(BLOCK_BYTES) + content[at + BLOCK_BYTES :]


def test_no_sample_gives_a_false_alarm(tmp_path):
    scans = [p for folder in (DATA, SAMPLE) for p in folder.rglob("*") if p.suffix in
             {".jpg", ".tif", ".tiff", ".heic", ".mpo", ".png", ".webp"}]  # fmt: skip
    assert len(scans) > 30
    for scan in scans:
        runs = ZeroRuns()
        runs.add(scan.read_bytes())
        assert runs.lost.count == 0, scan.name


blocks = st.lists(st.sampled_from(["zero", "data", "zero-first", "zero-last"]), max_size=12)


@given(blocks, st.integers(1, 4), st.integers(0, BLOCK_BYTES))
def test_runs_are_the_same_however_the_file_is_read(kinds, blocks_a_piece, tail):
    kind = {
        "zero": bytes(BLOCK_BYTES),
        "data": b"\x01" * BLOCK_BYTES,
        "zero-first": b"\0" + b"\x01" * (BLOCK_BYTES - 1),
        "zero-last": b"\x01" * (BLOCK_BYTES - 1) + b"\0",
    }
    content = b"".join(kind[name] for name in kinds) + bytes(tail)
    runs = ZeroRuns()
    step = blocks_a_piece * BLOCK_BYTES
    for at in range(0, len(content), step):
        runs.add(content[at : at + step])

    assert runs.lost == expected_lost(kinds)


def expected_lost(kinds: list[str]) -> LostBlocks:
    """The same, told from the names of the blocks."""
    first, count, at = 0, 0, 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] == "zero":
            end += 1
        opens = at > 0 and kinds[at - 1] != "zero-last"
        if end > at and opens and end < len(kinds) and kinds[end] != "zero-first":
            first = first if count else at * BLOCK_BYTES
            count += end - at
        at = max(end, at + 1)
    return LostBlocks(first, count)
