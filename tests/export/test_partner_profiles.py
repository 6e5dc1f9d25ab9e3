"""A partner's profile is read strictly, fits the archive, and decides what goes out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from archive.export import ExportReport
from archive.export.partners.rights import RightsJudge
from archive.export.selection import EVERYTHING, Selection
from archive.lock import write_lock
from archive.opening import open_archive
from pipeline.exchange import exchange_of
from pipeline.partners import export_to, find_partner, partner_names
from schemas.dublincore import Statement
from schemas.errors import ConfigError, FixityError, SourceError, StoreWriteError
from schemas.partners import SHIPPED, shipped_names
from schemas.partners.reading import check_fields, parse_partner
from schemas.profile import parse_profile, shipped_profile_text
from schemas.records import Access, Record
from schemas.xml import validate
from tests.archive.store_samples import event
from tests.export.museum import JANUARY, JUNE, MARCH, Museum, clock, new_museum, said

HERE = Path("partners/ours.toml")
TABLE = '[table]\n[[table.columns]]\nheading = "Số"\nabout = "number"\n'
IMAGES = '[images]\nnames = "{number}_{view}"\n'
MASTERS = f'{IMAGES}take = "masters"\n{TABLE}[[table.columns]]\nheading="Tệp"\nabout="images"\n'


@pytest.fixture
def museum(tmp_path: Path) -> Museum:
    return new_museum(tmp_path / "museum")


def add_profile(museum: Museum, name: str, text: str) -> None:
    path = museum.archive.layout.partners / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def license_item(museum: Museum, number: str, uri: str, at: str) -> None:
    statements = (*said(title=number), Statement("license", uri, uri=uri, field="rights_uri"))
    record = Record(number, statements)
    with write_lock(museum.archive.layout):
        museum.store.commit(
            record, masters={}, technical=(), events=(event(at),), message="x", at=at
        )
    museum._refresh(record.item_id)


def send(
    museum: Museum, name: str, out: Path, selection: Selection = EVERYTHING, **more: bool
) -> ExportReport:
    museum.index()
    partner = find_partner(museum.archive, name)
    return export_to(museum.archive, partner, out, now=clock(JUNE), selection=selection, **more)


def column(path: Path, heading: str) -> list[str]:
    text = path.read_bytes().decode("utf-8-sig")
    return [row[heading] for row in csv.DictReader(io.StringIO(text, newline=""))]


@pytest.mark.parametrize("name", shipped_names())
def test_every_shipped_profile_fits_a_new_archive(name: str) -> None:
    path = SHIPPED / f"{name}.toml"
    partner = parse_partner(path.read_text(encoding="utf-8"), path)
    check_fields(partner, parse_profile(shipped_profile_text("museum")))
    assert set(partner.title) == {"vi", "en"}


@pytest.mark.parametrize(
    ("text", "named", "expected"),
    [
        ("[partner", "ours.toml", "cannot be read"),
        ("", "ours.toml", "[records], [images], [table], [wiki]"),
        (TABLE + "[tabel]\n", "'tabel'", "partner"),
        (TABLE + 'colour = "red"\n', "table.columns[1].colour", "heading"),
        ("[partner]\ntitel = {}\n" + TABLE, "partner.titel", "title"),
        ('[partner]\nendings = [".doc"]\n' + TABLE, "partner.endings", ".csv, .xlsx"),
        ('[partner]\nchecksums = "md5"\n' + TABLE, "partner.checksums", "sha256, sha512"),
        ("[partner]\npublic_only = 1\n" + TABLE, "partner.public_only", "true or false"),
        ('[records]\nformat = "marc"\n', "records.format", "edm, lido, mods"),
        ('[rights]\nallow = ["free"]\n' + TABLE, "rights.allow", "open"),
        ('[rights]\nallow = "open"\n' + TABLE, "rights.allow", "a list of texts"),
        ("[images]\nmax_px = 10\n", "images.max_px", "at least 64"),
        ('[images]\ntake = "masters"\nmax_px = 800\n', "images.max_px", "masters"),
        ('[images]\nnames = "{view}"\n', "images.names", "{number} or {item_id}"),
        ('[images]\nnames = "{number}{view}{colour}"\n', "images.names", "{title}"),
        ('[images]\nfolder = "../x"\n', "images.folder", "letters"),
        ("[table]\n", "table.columns", "at least one"),
        (TABLE + TABLE.removeprefix("[table]\n"), "table.columns", "its own heading"),
        ('[table]\nfile = "a/b.csv"\n', "table.file", ".csv or .xlsx"),
        ('[table]\n[[table.columns]]\nheading = "x"\n', "table.columns[1]", "exactly one"),
        (TABLE + 'field = "title"\n', "table.columns[1]", "exactly one"),
        (TABLE.replace("number", "colour"), "table.columns[1].about", "item_id"),
        (TABLE + 'codes = "kinds"\n', "table.columns[1].codes", "one of"),
        (TABLE.replace("number", "images"), "table", "[images]"),
        (TABLE.replace("number", "wikitext"), "table", "[images]"),
        (IMAGES + TABLE.replace("number", "image"), "table.columns[1].about", "rows"),
        ("[readme]\nen = \"{colour}\"\n" + TABLE, "readme.en", "{museum}"),
        ('[wiki]\ntemplate = "Artwork"\n', "wiki.licences", "licence"),
        (IMAGES + '[wiki]\ntemplate = "A|B"\n', "wiki", "names without"),
        ('partner = 3\n' + TABLE, "'partner'", "a table"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_profile_is_named_with_its_file(
    text: str, named: str, expected: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse_partner(text, HERE)
    assert str(wrong.value).startswith(str(HERE))
    assert named in str(wrong.value)
    assert expected in str(wrong.value)


def test_a_field_that_the_archive_does_not_have_is_named(museum: Museum, tmp_path: Path) -> None:
    add_profile(museum, "ours", TABLE.replace('about = "number"', 'field = "colour"'))
    museum.put("BT-1")
    with pytest.raises(ConfigError, match=r"table\.columns\[1\]\.field.*'colour'.*title"):
        send(museum, "ours", tmp_path / "out.csv")
    add_profile(museum, "ours", TABLE + '[selection.facets]\ncolour = ["red"]\n')
    with pytest.raises(ConfigError, match=r"\[selection\].*colour"):
        send(museum, "ours", tmp_path / "out.csv")


def test_a_museums_own_profile_stands_in_place_of_the_shipped_one(
    museum: Museum, tmp_path: Path
) -> None:
    museum.put("BT-1")
    add_profile(museum, "national-table", TABLE)
    add_profile(museum, "ours", TABLE)
    assert set(partner_names(museum.archive)) == {*shipped_names(), "ours"}
    send(museum, "national-table", tmp_path / "out.csv")
    assert column(tmp_path / "out.csv", "Số") == ["BT-1"]
    with pytest.raises(ConfigError, match=r"'theirs'.*europeana.*ours"):
        find_partner(museum.archive, "theirs")
    with pytest.raises(ConfigError, match="cannot be read"):
        find_partner(museum.archive, str(tmp_path / "none.toml"))


def test_the_profiles_selection_and_the_one_given_narrow_each_other(
    museum: Museum, tmp_path: Path
) -> None:
    museum.put("BT-1", material="đồng", title="Trống")
    museum.put("BT-2", material="lụa", title="Khăn")
    museum.put("BT-3", material="đồng", title="Chiêng")
    add_profile(museum, "ours", TABLE + '[selection]\nfacets = { material = ["đồng"] }\n')
    add_profile(museum, "asked", TABLE + '[selection]\nquery = "đồng"\n')
    for name in ("ours", "asked"):
        send(museum, name, tmp_path / f"{name}.csv")
        assert column(tmp_path / f"{name}.csv", "Số") == ["BT-1", "BT-3"]
        narrower = Selection(query="Chiêng")
        send(museum, name, tmp_path / f"{name}2.csv", narrower)
        assert column(tmp_path / f"{name}2.csv", "Số") == ["BT-3"]
        with pytest.raises(SourceError):
            send(museum, name, tmp_path / f"{name}3.csv", Selection(facets=(("material", "lụa"),)))


def test_masters_go_out_by_the_pattern_with_their_recorded_bytes(
    museum: Museum, tmp_path: Path
) -> None:
    museum.put("BT/1", masters={"masters/Ảnh 1.TIF": b"one", "masters/b.jpg": b"two"})
    add_profile(museum, "ours", '[partner]\nchecksums = "sha512"\n' + MASTERS)
    report = send(museum, "ours", tmp_path / "out.zip")
    assert (report.items, report.without_masters) == (1, 0)
    with zipfile.ZipFile(tmp_path / "out.zip") as package:
        assert package.read("out/images/BT-1_01.tif") == b"one"
        assert package.read("out/images/BT-1_02.jpg") == b"two"
        assert b"BT-1_01.tif; images/BT-1_02.jpg" in package.read("out/objects.csv")
        assert b"  images/BT-1_01.tif\n" in package.read("out/checksums-sha512.txt")


def test_a_master_may_go_with_a_record_in_a_standard(museum: Museum, tmp_path: Path) -> None:
    museum.put("BT-1", masters={"masters/a.tif": b"one"})
    page = '[[table.columns]]\nheading = "Trang"\nabout = "page"\n'
    add_profile(museum, "ours", '[records]\nformat = "lido"\n' + MASTERS + page)
    send(museum, "ours", tmp_path / "out")
    (document,) = (tmp_path / "out/records").rglob("bt-1.xml")
    assert validate(document.read_bytes(), "lido") == ()
    assert column(tmp_path / "out/objects.csv", "Trang")[0].endswith("bt-1.html")


@pytest.mark.leaves_damage("refused, not mended", "museum")
def test_a_changed_master_means_no_package(museum: Museum, tmp_path: Path) -> None:
    item_id = museum.put("BT-1", masters={"masters/a.tif": b"one"})
    (master,) = museum.store.read(item_id).masters.values()
    master.chmod(0o644)
    master.write_bytes(b"two")
    add_profile(museum, "ours", MASTERS)
    with pytest.raises(FixityError, match=r"a\.tif"):
        send(museum, "ours", tmp_path / "out.zip")
    assert {path.name for path in tmp_path.iterdir()} == {"museum"}


def test_masters_stay_where_no_download_is_allowed_unless_they_are_asked_for(
    museum: Museum, tmp_path: Path
) -> None:
    museum.put("BT-1", masters={"masters/a.tif": b"one"})
    add_profile(museum, "ours", MASTERS)
    with museum.archive.layout.config.open("a", encoding="utf-8") as settings:
        settings.write("\n[limits.public]\ndownload = false\n")
    strict = Museum(open_archive(museum.archive.layout.root))
    report = send(strict, "ours", tmp_path / "out")
    assert [finding.code for finding in report.findings] == ["PARTNER-images-withheld"]
    assert column(tmp_path / "out/objects.csv", "Tệp") == [""]
    assert not (tmp_path / "out/images").exists()
    send(strict, "ours", tmp_path / "asked", with_masters=True)
    assert (tmp_path / "asked/images/BT-1_01.tif").read_bytes() == b"one"


def test_what_became_unfit_for_a_partner_is_told_as_deleted(museum: Museum, tmp_path: Path) -> None:
    add_profile(museum, "ours", '[rights]\nallow = ["open"]\n[readme]\nvi = "x"\n' + TABLE)
    free = "http://creativecommons.org/licenses/by/4.0/"
    for number in ("BT-1", "BT-2"):
        license_item(museum, number, free, JANUARY)
    license_item(museum, "BT-2", "http://creativecommons.org/licenses/by-nc/4.0/", MARCH)
    since = clock("2026-02-01T00:00:00Z")()
    report = send(museum, "ours", tmp_path / "out", Selection(since=since))
    assert (report.items, report.deleted) == (0, 1)
    assert column(tmp_path / "out/deleted.csv", "identifier") == ["BT-2"]


def test_nothing_stands_there_when_nothing_can_go(museum: Museum, tmp_path: Path) -> None:
    museum.put("BT-1")
    with pytest.raises(SourceError, match=r"can go to wikimedia-commons.*BT-1.*licence"):
        send(museum, "wikimedia-commons", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"museum"}


def test_a_partner_that_publishes_gets_nothing_that_is_not_public(
    museum: Museum, tmp_path: Path
) -> None:
    museum.put("BT-1", access=Access.STAFF)
    with pytest.raises(ConfigError, match="--all-access"):
        send(museum, "europeana", tmp_path / "out", all_access=True)


def test_a_package_has_an_ending_that_the_partner_takes(museum: Museum, tmp_path: Path) -> None:
    museum.put("BT-1")
    for name, out in (("europeana", "out.tar"), ("national-table", "out"), ("europeana", "a.csv")):
        with pytest.raises(ConfigError, match="must end in one of"):
            send(museum, name, tmp_path / out)
    (tmp_path / "there.csv").write_text("kept", encoding="utf-8")
    with pytest.raises(StoreWriteError):
        send(museum, "national-table", tmp_path / "there.csv")
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "kept"


def test_a_column_that_must_have_a_value_is_told_where_it_has_none(
    museum: Museum, tmp_path: Path
) -> None:
    """PARTNER-empty-cell."""
    museum.put("BT-1", material="đồng")
    museum.put("BT-2")
    text = '[[table.columns]]\nheading = "CL"\nfield = "material"\nrequired = true\n'
    add_profile(museum, "ours", TABLE + text)
    report = send(museum, "ours", tmp_path / "out.xlsx")
    assert [(f.code, f.item_id, f.column) for f in report.findings] == [
        ("PARTNER-empty-cell", "bt-2", "table.columns[2]")
    ]
    assert not report.is_partial
    json.dumps(report.to_json())


def test_commons_wants_to_know_why_something_is_in_the_public_domain(museum: Museum) -> None:
    """PARTNER-no-template."""
    mark = "http://creativecommons.org/publicdomain/mark/1.0/"
    record = Record("BT-1", (Statement("license", mark, uri=mark, field="rights_uri"),))
    shipped = find_partner(museum.archive, "wikimedia-commons")
    exchange = exchange_of(museum.archive)
    refusal = RightsJudge(shipped, exchange).refusal(record)
    assert refusal is not None
    assert (refusal.code, refusal.values["value"]) == ("PARTNER-no-template", mark)

    text = (SHIPPED / "wikimedia-commons.toml").read_text(encoding="utf-8")
    add_profile(museum, "ours", f'{text}"{mark}" = "PD-Art|PD-old-100-expired"\n')
    own = find_partner(museum.archive, "ours")
    judge = RightsJudge(own, exchange)
    assert judge.refusal(record) is None
    assert own.wiki is not None
    assert own.wiki.licences[mark] == "PD-Art|PD-old-100-expired"
    with pytest.raises(ConfigError, match="templates without"):
        parse_partner(f'{text}"{mark}" = "PD}}}}[[x"\n', HERE)


def test_hidden_letters_are_told_only_of_items_that_the_partner_gets(
    museum: Museum, tmp_path: Path
) -> None:
    for number in ("BT\u200b-1", "BT\u200b-2", "BT\u200b-3"):
        museum.put(number)
    add_profile(museum, "ours", '[rights]\nallow = ["open"]\n' + TABLE)
    license_item(museum, "BT\u200b-2", "http://creativecommons.org/licenses/by/4.0/", MARCH)
    report = send(museum, "ours", tmp_path / "out.csv")
    assert (report.items, report.left_out) == (1, 2)
    hidden = [found for found in report.findings if found.code == "EXPORT-hidden-letters"]
    assert [found.values["number"] for found in hidden] == ["BT\u200b-2"]
