"""Fingerprints: turning them turns the picture, and the index finds whatever is alike."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from archive.fingerprints import Fingerprints, Picture
from pipeline.quality.look import Look
from pipeline.vips import pyvips
from schemas.fingerprints import Fingerprint, is_alike
from tests.quality.pages import real, scaled, text_page

FINGERPRINTS = st.builds(
    Fingerprint,
    st.integers(0, 2**256 - 1),
    st.integers(0, 2**1024 - 1),
    st.binary(min_size=8, max_size=8),
)


def look(image: Image.Image) -> str:
    pixels = pyvips.Image.new_from_memory(image.tobytes(), image.width, image.height, 3, "uchar")
    return Look.at(pixels.copy(interpretation="srgb")).fingerprint


@given(FINGERPRINTS)
def test_text_gives_the_fingerprint_back(fingerprint: Fingerprint) -> None:
    assert Fingerprint.parse(fingerprint.text) == fingerprint


@given(FINGERPRINTS)
def test_four_quarter_turns_are_none(fingerprint: Fingerprint) -> None:
    *_three, last = fingerprint.turns()
    assert last.turned() == fingerprint


@pytest.mark.parametrize("text", ["", "abc", "x" * 336])
def test_damaged_text_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Fingerprint.parse(text)


@pytest.mark.parametrize("name", ["ho-phach/gm_00848501.jpg", "tranh-kham/cat5_00816201.jpg"])
def test_the_same_picture_otherwise_encoded_is_alike(name: str) -> None:
    scan = real(name)
    known = Fingerprint.parse(look(scan))
    smaller = scan.resize((scan.width // 2, scan.height // 2), Image.Resampling.LANCZOS)
    for other in (smaller, scaled((1.1, 1.1, 1.1))(scan), scan.filter(ImageFilter.GaussianBlur(2))):
        assert is_alike(known, Fingerprint.parse(look(other)))
    turned = Fingerprint.parse(look(scan.transpose(Image.Transpose.ROTATE_270)))
    assert not is_alike(known, turned)
    assert is_alike(known.turned(), turned)


def test_different_pages_of_one_book_and_objects_on_one_backdrop_are_not_alike() -> None:
    pictures = [look(text_page(seed)) for seed in range(1, 7)]
    pictures += [look(real(f"ho-phach/gm_00848{n}.jpg")) for n in ("501", "5F1V1", "901")]
    known = [Fingerprint.parse(text) for text in pictures]
    assert not any(is_alike(a, b) for i, a in enumerate(known) for b in known[:i])


def test_the_same_shape_in_another_colour_is_not_alike() -> None:
    plates = []
    for colour in ("olive", "sienna", "indigo"):
        plate = Image.new("RGB", (1000, 800), "white")
        ImageDraw.Draw(plate).ellipse((100, 100, 900, 700), fill=colour)
        plates.append(Fingerprint.parse(look(plate)))
    assert not any(is_alike(a, b) for i, a in enumerate(plates) for b in plates[:i])


def test_a_blank_page_has_no_fingerprint() -> None:
    assert look(text_page(lines=0)) == ""


def test_a_fingerprint_of_another_version_is_left_out() -> None:
    fingerprints = Fingerprints.apart()
    fingerprints.put("old", [Picture("old", "0001", "masters/o.tif", "0f" * 160)])
    assert fingerprints.of("old") == []
    fingerprints.close()


def test_the_index_finds_the_turned_copy_among_many() -> None:
    chance = random.Random(5)
    fingerprints = Fingerprints.apart()
    for number in range(300):
        other = Fingerprint(chance.getrandbits(256), chance.getrandbits(1024), bytes(8))
        fingerprints.put(f"o{number}", [Picture(f"o{number}", "0001", "masters/o", other.text)])
    wanted = Fingerprint.parse(look(real("ho-phach/gm_00848501.jpg")))
    changed = Fingerprint(wanted.coarse ^ 0b1011, wanted.fine ^ 0b1011, wanted.tint)
    fingerprints.put("kept", [Picture("kept", "0001", "masters/k.tif", changed.turned().text)])
    picture = Picture("new", "0001", "masters/n.tif", wanted.text)

    assert [other.item_id for other in fingerprints.alike(picture)] == ["kept"]

    fingerprints.forget("kept")
    assert fingerprints.alike(picture) == []
    fingerprints.close()


def test_a_fingerprint_of_an_older_version_counts_as_none() -> None:
    fingerprints = Fingerprints.apart()
    fingerprints.put("old", [Picture("old", "0001", "masters/o.tif", "0" * 320)])
    assert fingerprints.of("old") == []
    fingerprints.close()
