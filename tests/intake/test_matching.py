"""Scans matched to rows, by the file column and by inventory number."""

from __future__ import annotations

import os
import unicodedata

import pytest

HEAD = ("identifier", "title", "files")
LISTED = ["box/a1.jpg", "box/a2.jpg", "box/a10.jpg", "box/deep/b.tif", "scans/vase.jpg", "lone.jpg"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("scans/vase.jpg", ["scans/vase.jpg"]),
        ("vase.jpg", ["scans/vase.jpg"]),
        ("VASE.JPG", ["scans/vase.jpg"]),
        ("vase", ["scans/vase.jpg"]),
        ("scans\\vase", ["scans/vase.jpg"]),
        ("./scans/vase.jpg", ["scans/vase.jpg"]),
        ('"vase.jpg"', ["scans/vase.jpg"]),
        ("a10.jpg; a2.jpg", ["box/a10.jpg", "box/a2.jpg"]),
        ("a10.jpg\na2.jpg;", ["box/a10.jpg", "box/a2.jpg"]),
        ("a10.jpg, a2.jpg", ["box/a10.jpg", "box/a2.jpg"]),
        ("a2.jpg; a*.jpg", ["box/a2.jpg", "box/a1.jpg", "box/a10.jpg"]),
        ("a*", ["box/a1.jpg", "box/a2.jpg", "box/a10.jpg"]),
        ("b*/a?.jpg", ["box/a1.jpg", "box/a2.jpg"]),
        ("[ab]1*", ["box/a1.jpg", "box/a10.jpg"]),
        ("deep", ["box/deep/b.tif"]),
        ("box/", ["box/a1.jpg", "box/a2.jpg", "box/a10.jpg", "box/deep/b.tif"]),
        ("Box", ["box/a1.jpg", "box/a2.jpg", "box/a10.jpg", "box/deep/b.tif"]),
    ],
)
def test_a_file_cell_names_scans_patterns_and_folders(museum, cell, expected):
    museum.scans(*LISTED)
    museum.csv(HEAD, ("1", "One", cell))
    (item,) = museum.read().items
    assert [scan.name for scan in item.scans] == expected
    assert not item.is_set_aside
    assert [view.path for view in item.record.views] == [f"masters/{name}" for name in expected]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_form_of_cell_and_of_file_name_do_not_matter(museum, form):
    museum.scans(unicodedata.normalize(form, "ảnh/trống đồng.jpg"))
    other = unicodedata.normalize("NFD" if form == "NFC" else "NFC", "Trống Đồng.JPG")
    museum.csv(HEAD, ("1", "One", other))
    assert museum.scans_of() == {"1": ["ảnh/trống đồng.jpg"]}


@pytest.mark.parametrize(
    "cell", ["../x.jpg", "a/../../x.jpg", "/etc/passwd", "C:\\x.jpg", "c:x.jpg", "\\\\pc\\x.jpg",
             "file:///x.jpg", "https://example.org/x.jpg"]
)  # fmt: skip
def test_a_name_that_leads_outside_is_refused(museum, cell):
    (museum.folder.parent / "x.jpg").write_bytes(b"secret")
    museum.scans("a/y.jpg")
    museum.csv(HEAD, ("1", "One", cell), ("2", "Two", "y.jpg"))
    items = museum.items()
    assert museum.codes(items["1"].findings) == {"MATCH-unsafe-name"}
    assert items["1"].scans == ()
    assert not items["2"].is_set_aside


def test_a_path_from_the_top_wins_over_one_that_ends_alike(museum):
    museum.scans("a.jpg", "old/a.jpg")
    museum.csv(HEAD, ("1", "One", "a.jpg"), ("2", "Two", "old/a.jpg"))
    assert museum.scans_of() == {"1": ["a.jpg"], "2": ["old/a.jpg"]}


def test_a_name_in_several_folders_is_ambiguous(museum):
    museum.scans("x/a.jpg", "y/a.jpg")
    museum.csv(HEAD, ("1", "One", "a"))
    delivery = museum.read()
    (item,) = delivery.items
    assert museum.codes(item.findings) == {"MATCH-file-ambiguous"}
    assert "x/a.jpg, y/a.jpg" in item.findings[0].message("en")
    assert not delivery.findings or museum.codes(delivery.findings) == {"COLUMN-missing"}


def test_scans_are_found_by_inventory_number_in_reading_order(museum):
    museum.scans(
        "77.AO.81_sau.jpg",
        "77.AO.81_10.jpg",
        "77.AO.81_2.jpg",
        "sub/77-ao-81_truoc.tif",
        "77.AO.81.2.jpg",
        "77.AO.81.2_p003.jpg",
        "77.AO.810.jpg",
        "12/b.jpg",
        "12/a.jpg",
        "123_01.jpg",
    )
    museum.csv(HEAD[:2], ("77.AO.81", "A"), ("77.AO.81.2", "B"), ("12", "C"))
    delivery = museum.read()
    found = {item.record.identifier: item.scans for item in delivery.items}
    assert [scan.name for scan in found["77.AO.81"]] == [
        "77.AO.81_2.jpg",
        "77.AO.81_10.jpg",
        "77.AO.81_sau.jpg",
        "sub/77-ao-81_truoc.tif",
    ]
    assert [scan.label for scan in found["77.AO.81"]] == ["", "", "back", "front"]
    assert [scan.name for scan in found["77.AO.81.2"]] == ["77.AO.81.2.jpg", "77.AO.81.2_p003.jpg"]
    assert [scan.name for scan in found["12"]] == ["12/a.jpg", "12/b.jpg"]
    left = [f.path for f in delivery.findings if f.code == "MATCH-scan-without-row"]
    assert left == ["123_01.jpg", "77.AO.810.jpg"]
    view = delivery.items[0].record.views[2]
    assert (view.path, view.label, view.lang) == ("masters/77.AO.81_sau.jpg", "back", "en")


def test_pages_in_a_numbered_folder_are_not_taken_by_other_numbers(museum):
    museum.scans("12/1.jpg", "12/2.jpg", "12/12_cover.jpg", "12/77.AO.81.jpg", "1.jpg")
    museum.csv(HEAD[:2], ("1", "A"), ("2", "B"), ("12", "C"), ("77.AO.81", "D"))
    assert museum.scans_of() == {
        "1": ["1.jpg"],
        "2": [],
        "12": ["12/1.jpg", "12/2.jpg", "12/12_cover.jpg"],
        "77.AO.81": ["12/77.AO.81.jpg"],
    }


def test_a_row_with_a_file_cell_takes_only_what_it_names(museum):
    museum.scans("5_1.jpg", "5_2.jpg")
    museum.csv(HEAD, ("5", "A", "5_1.jpg"))
    delivery = museum.read()
    assert [scan.name for scan in delivery.items[0].scans] == ["5_1.jpg"]
    assert [f.path for f in delivery.findings if f.code == "MATCH-scan-without-row"] == ["5_2.jpg"]


def test_numbers_that_differ_in_separators_only_take_what_is_spelled_like_them(museum):
    museum.scans("1.2.jpg", "1_2.jpg")
    museum.csv(HEAD[:2], ("1.2", "A"), ("1/2", "B"))
    items = museum.items()
    assert "1.2.jpg" in [scan.name for scan in items["1.2"].scans]
    assert museum.codes(items["1/2"].findings) == {"MATCH-file-shared", "ROW-similar-identifier"}


def test_a_scan_of_two_rows_sets_both_aside(museum):
    museum.scans("a.jpg", "b.jpg")
    museum.csv(HEAD, ("1", "A", "a.jpg"), ("2", "B", "a.jpg;b.jpg"), ("3", "C", "b*"))
    for item in museum.read().items:
        assert museum.codes(item.findings) == {"MATCH-file-shared"}
        assert item.findings[0].row == item.row
        assert item.findings[0].column == "files"
        assert item.findings[0].item_id == item.item_id


def test_names_that_differ_in_case_only_collide(museum):
    museum.scans("a.jpg", "A.JPG", "x/b.jpg", "x/B.jpg")
    if len(list(museum.folder.iterdir())) < 3:
        pytest.skip("this disk keeps one of the two names")
    museum.csv(HEAD, ("1", "One", "a.jpg"))
    delivery = museum.read()
    assert "MATCH-name-collision" in museum.codes(delivery.items[0].findings)
    collisions = [f.path for f in delivery.findings if f.code == "MATCH-name-collision"]
    assert collisions == ["x/B.jpg", "x/b.jpg"]


def test_files_without_an_image_extension_count_by_their_first_bytes(museum):
    museum.scans("1_1", "1_2.bin")
    museum.file("1_3.bin", b"no image")
    museum.file("1_4.jpg", b"no image either, but called one")
    museum.csv(HEAD[:2], ("1", "One"))
    assert museum.scans_of() == {"1": ["1_1", "1_2.bin", "1_4.jpg"]}
    assert museum.read().scans == 3


def test_a_named_file_of_any_kind_is_matched_and_left_to_the_image_check(museum):
    museum.file("film.mp4", b"....")
    museum.csv(HEAD, ("1", "One", "film.mp4"))
    assert museum.scans_of() == {"1": ["film.mp4"]}


def test_junk_of_operating_systems_and_archives_inside_are_not_scans(museum):
    museum.scans(
        ".DS_Store", "Thumbs.db", "._1.jpg", ".hidden/1.jpg", "~$1.jpg", "@eaDir/1.jpg",
        "archive/derivatives/1.jpg",
    )  # fmt: skip
    museum.file("archive/hoaban.toml", b"")
    museum.csv(HEAD[:2], ("1", "One"))
    assert museum.read().scans == 0


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_links_are_followed_only_inside_the_folder(museum):
    secret = museum.folder.parent / "secret.jpg"
    secret.write_bytes(b"\xff\xd8\xff")
    museum.scans("real/1_1.jpg")
    (museum.folder / "1_2.jpg").symlink_to(secret)
    (museum.folder / "up").symlink_to(museum.folder.parent)
    (museum.folder / "1_3.jpg").symlink_to(museum.folder / "real" / "1_1.jpg")
    museum.csv(HEAD[:2], ("1", "One"))
    delivery = museum.read()
    assert [scan.name for scan in delivery.items[0].scans] == ["1_3.jpg", "real/1_1.jpg"]
    unsafe = [f.path for f in delivery.findings if f.code == "MATCH-unsafe-name"]
    assert unsafe == ["1_2.jpg", "up"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_file_names_that_other_systems_read_as_paths_are_refused(museum):
    museum.scans("a\\..\\1.jpg", "c:1.jpg")
    (museum.folder / "1\n.jpg").write_bytes(b"")
    (museum.folder / os.fsdecode(b"1\xff.jpg")).write_bytes(b"")
    museum.csv(HEAD[:2], ("1", "One"))
    delivery = museum.read()
    assert delivery.items[0].scans == ()
    found = sorted((f.code, f.path) for f in delivery.findings if not f.code.startswith("COL"))
    assert found == [
        ("MATCH-unsafe-name", "a\\..\\1.jpg"),
        ("MATCH-unsafe-name", "c:1.jpg"),
        ("SCAN-unreadable", "1\\n.jpg"),
        ("SCAN-unreadable", "1\\udcff.jpg"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_told_and_not_opened(museum):
    os.mkfifo(museum.folder / "1.jpg")
    museum.csv(HEAD[:2], ("1", "One"))
    assert "SCAN-unreadable" in museum.codes(museum.read().findings)


def test_many_patterns_over_many_scans_stay_fast(museum):
    count = 1500
    museum.scans(*(f"{number:05}_{view}.jpg" for number in range(count) for view in (1, 2)))
    rows = [(str(number), "x", f"{number:05}_*") for number in range(count)]
    museum.csv(HEAD, *rows)
    delivery = museum.read()
    assert all(len(item.scans) == 2 for item in delivery.items)
