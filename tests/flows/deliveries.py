"""Small deliveries for tests: a folder with scans drawn by Pillow and a catalogue."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageCms, ImageDraw

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def draw_scan(
    path: Path, *, colour: str = "saddlebrown", size: tuple[int, int] = (320, 240)
) -> None:
    """Draw a scan: a coloured card with a lighter oval, in the format its name says."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((40, 40, size[0] - 40, size[1] - 40), fill="wheat")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, icc_profile=SRGB, dpi=(300, 300))


def write_csv(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a catalogue as UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])


HEADINGS = ("Số kiểm kê", "Tên gọi", "Tên gọi (Anh)", "Chất liệu", "Tệp ảnh")
ROWS = (
    ("BT-001", "Trống đồng", "Bronze drum", "đồng", "drum_front.tif;drum_back.jpg"),
    ("BT-002", "Khăn piêu", "Piêu scarf", "vải", "scarf.jpg"),
    ("BT-003", "Cối gỗ", "Wooden mortar", "gỗ", "mortar.png"),
)


def make_delivery(folder: Path, rows: Sequence[Sequence[str]] = ROWS) -> Path:
    """Make a delivery of three items with four scans, and return its folder."""
    draw_scan(folder / "drum_front.tif", colour="darkgoldenrod")
    draw_scan(folder / "drum_back.jpg", colour="olive")
    draw_scan(folder / "scarf.jpg", colour="indigo")
    draw_scan(folder / "mortar.png", colour="sienna")
    write_csv(folder / "catalogue.csv", HEADINGS, rows)
    return folder


def tree(folder: Path) -> Mapping[str, str]:
    """Return every file under ``folder`` with the sha256 of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
