"""One small file of every kind of master; ``docs/formats.md`` says what came of each."""

from __future__ import annotations

import lzma
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from pipeline.vips import pyvips
from tests.imaging.cr2_making import write_cr2
from tests.imaging.cr3_making import write_cr3
from tests.imaging.making import DATA, chart
from tests.imaging.raw_making import write_arw, write_nef
from tests.imaging.recording_making import cut_short, write_film, write_sound
from tests.imaging.tiff_making import (
    SHORT,
    page_tags,
    recompressed,
    write_dng,
    write_grey12,
    write_planar_tiles,
    write_tiff,
)

Maker = Callable[[Path], object]

REAL = tuple(
    sorted(
        path
        for path in DATA.iterdir()
        if path.suffix != ".md" and not path.name.startswith("LICENSE")
    )
)


def vector_pdf(path: Path, pages: int = 1, width_pt: int = 144, height_pt: int = 72) -> None:
    """Write a PDF of pages that are red on their left half."""
    stream = f"1 0 0 rg 0 0 {width_pt // 2} {height_pt} re f".encode()
    kids = " ".join(f"{3 + n} 0 R" for n in range(pages))
    page = f"/Type/Page/Parent 2 0 R/MediaBox[0 0 {width_pt} {height_pt}]/Contents {3 + pages} 0 R"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        *[f"<<{page}>>"] * pages,
        f"<</Length {len(stream)}>>stream\n{stream.decode()}\nendstream",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{at:010d} 00000 n \n" for at in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    path.write_bytes(body + end.encode())


def _cut_film(path: Path) -> None:
    whole = path.with_name(f"whole-{path.name}")
    write_film(whole)
    cut_short(path, whole)
    whole.unlink()


def _plain() -> pyvips.Image:
    stored = pyvips.Image.new_from_memory(chart().tobytes(), *chart().size, 3, "uchar")
    return stored.copy(interpretation="srgb")


def _deep() -> pyvips.Image:
    return (_plain() * 257).cast("ushort").copy(interpretation="rgb16")


def _cmyk_with_alpha(path: Path) -> None:
    tags = page_tags(64, 64, [8] * 5, 5) | {338: (SHORT, [2])}
    write_tiff(path, tags, [bytes((0, 200, 200, 0, 255)) * 64 * 64])


def _lzma_16(path: Path) -> None:
    tags = page_tags(64, 64, [16] * 3, 2) | {259: (SHORT, [34925])}
    write_tiff(path, tags, [lzma.compress(bytes(range(96)) * (64 * 4))])


def _claiming(compression: int) -> Maker:
    def write(path: Path) -> None:
        chart().save(path, compression="tiff_lzw")
        path.write_bytes(recompressed(path.read_bytes(), compression))

    return write


def _cut(path: Path) -> None:
    chart().save(path, quality=95)
    path.write_bytes(path.read_bytes()[:3000])


def _cut_raw(path: Path) -> None:
    write_arw(path, chart(256, 160))
    path.write_bytes(path.read_bytes()[:-9000])


def _tiff(**options: object) -> Maker:
    return lambda path: _plain().tiffsave(str(path), **options)


def _grey(bits: int) -> Maker:
    return lambda path: _plain().colourspace("b-w").tiffsave(str(path), bitdepth=bits)


# What the file is, and how it is made; a new kind of master gets a line here.
MADE: Mapping[str, tuple[str, Maker]] = {
    "deflate.tif": ("TIFF, ZIP with predictor", _tiff(compression="deflate", predictor=2)),
    "jpeg.tif": ("TIFF, JPEG", _tiff(compression="jpeg", Q=95)),
    "packbits.tif": ("TIFF, PackBits", _tiff(compression="packbits")),
    "webp.tif": ("TIFF, WebP", _tiff(compression="webp", lossless=True)),
    "zstd.tif": ("TIFF, Zstandard", lambda path: chart().save(path, compression="zstd")),
    "lzma.tif": ("TIFF, LZMA", lambda path: chart().save(path, compression="lzma")),
    "lzma_16.tif": ("TIFF, LZMA, RGB of 16 bit", _lzma_16),
    "jpeg2000.tif": ("TIFF, JPEG 2000", _claiming(34712)),
    "jpegxl.tif": ("TIFF, JPEG XL", _claiming(50002)),
    "tiled_pyramid.tif": ("TIFF, tiles with reduced copies", _tiff(tile=True, pyramid=True)),
    "planar_tiles.tif": ("TIFF, planar tiles", lambda path: write_planar_tiles(path, chart())),
    "planar_tiles_16.tif": (
        "TIFF, planar tiles of 16 bit",
        lambda path: write_planar_tiles(path, chart(), deep=True),
    ),
    "grey_1.tif": ("TIFF, grey of 1 bit", _grey(1)),
    "grey_2.tif": ("TIFF, grey of 2 bit", _grey(2)),
    "grey_4.tif": ("TIFF, grey of 4 bit", _grey(4)),
    "grey_12.tif": (
        "TIFF, grey of 12 bit",
        lambda path: write_grey12(path, chart().convert("L")),
    ),
    "rgb_16_alpha.tif": (
        "TIFF, RGB of 16 bit with alpha",
        lambda path: _deep().bandjoin(65535).tiffsave(str(path), compression="lzw"),
    ),
    "cmyk_alpha.tif": ("TIFF, CMYK with alpha", _cmyk_with_alpha),
    "integer_32.tif": (
        "TIFF, grey of 32 bit",
        lambda path: (_plain()[0].cast("uint") * 16_000_000).tiffsave(str(path)),
    ),
    "float_32.tif": (
        "TIFF, floating point",
        lambda path: (_plain()[0] * 3.5 - 9).cast("float").tiffsave(str(path)),
    ),
    "lab_16.tif": (
        "TIFF, LAB of 16 bit",
        lambda path: _plain().colourspace("labs").tiffsave(str(path)),
    ),
    "cut.jpg": ("JPEG, cut short", _cut),
    "cmyk.jpg": ("JPEG, CMYK", lambda path: chart().convert("CMYK").save(path, quality=95)),
    "rgb_16.png": ("PNG, 16 bit", lambda path: _deep().pngsave(str(path))),
    "plain.webp": ("WebP", lambda path: chart().save(path, lossless=True)),
    "plain.gif": ("GIF", lambda path: chart().save(path)),
    "plain.bmp": ("BMP", lambda path: chart().save(path)),
    "rgb_8.avif": ("AVIF", lambda path: _plain().heifsave(str(path), compression="av1", effort=0)),
    "rgb_10.avif": (
        "AVIF, 10 bit",
        lambda path: _deep().heifsave(str(path), compression="av1", effort=0, bitdepth=10),
    ),
    "rgb_8.jp2": ("JPEG 2000", lambda path: chart().save(path)),
    "codestream.j2k": ("JPEG 2000, bare", lambda path: chart().save(path)),
    "grey_16.jp2": (
        "JPEG 2000, grey of 16 bit",
        lambda path: Image.new("I;16", (64, 64), 40_000).save(path),
    ),
    "mosaic.dng": ("camera RAW, DNG", lambda path: write_dng(path, chart())),
    "mosaic.cr2": ("camera RAW, CR2 (Canon)", lambda path: write_cr2(path, chart())),
    "mosaic.cr3": ("camera RAW, CR3 (Canon)", lambda path: write_cr3(path, chart())),
    "mosaic.nef": (
        "camera RAW, NEF (Nikon), compressed",
        lambda path: write_nef(path, chart(256, 160)),
    ),
    "mosaic.arw": (
        "camera RAW, ARW (Sony), compressed",
        lambda path: write_arw(path, chart(256, 160)),
    ),
    "cut.arw": ("camera RAW, ARW, cut short", _cut_raw),
    "scan.pdf": ("PDF, one scan", lambda path: chart().save(path, resolution=150)),
    "drawn.pdf": ("PDF, two drawn pages", lambda path: vector_pdf(path, pages=2)),
    "film.mp4": ("film, MP4 (H.264, AAC)", write_film),
    "film.mov": ("film, QuickTime", write_film),
    "film.avi": (
        "film, AVI (MPEG-4, MP3)",
        lambda path: write_film(path, "mpeg4", sound="libmp3lame"),
    ),
    "film.mpg": (
        "film, MPEG-2",
        lambda path: write_film(path, "mpeg2video", sound="mp2", container="vob"),
    ),
    "film.mts": (
        "film, MPEG-2 transport stream",
        lambda path: write_film(path, "mpeg2video", sound="mp2", container="mpegts"),
    ),
    "film.mkv": ("film, Matroska (H.264, FLAC)", lambda path: write_film(path, sound="flac")),
    "film.webm": (
        "film, WebM (VP8, Opus)",
        lambda path: write_film(path, "libvpx", sound="libopus"),
    ),
    "cut.mp4": ("film, MP4, cut short", _cut_film),
    "sound.wav": ("sound, WAV", lambda path: write_sound(path, "pcm_s16le")),
    "sound.aiff": ("sound, AIFF", lambda path: write_sound(path, "pcm_s16be")),
    "sound.flac": ("sound, FLAC", lambda path: write_sound(path, "flac")),
    "sound.mp3": ("sound, MP3", lambda path: write_sound(path, "libmp3lame")),
    "sound.m4a": ("sound, M4A (AAC)", lambda path: write_sound(path, "aac", container="ipod")),
    "sound.opus": ("sound, Ogg (Opus)", lambda path: write_sound(path, "libopus")),
    "drawing.svg": (
        "SVG",
        lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8"),
    ),
}
