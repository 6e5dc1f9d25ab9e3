"""A district museum's bag on a stick: taken in whole and proven, or told why not."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import durable
from archive.layout import Layout
from archive.store import Store
from schemas.errors import StoreWriteError
from schemas.events import EventType
from tests.archive.store_samples import assert_valid
from tests.conftest import Run, run_command
from tests.flows.deliveries import HEADINGS, draw_scan, tree, write_csv

ROWS = (
    ("MT-001", "Khèn bè", "Panpipe", "tre", "a/Ảnh trước.jpg;b/CON.jpg"),
    ("MT-002", "Gùi", "Basket", "mây", "gùi?.png" if os.name == "posix" else "gùi.png"),
    ("MT-003", "Bản ghi không ảnh", "", "", ""),
)


def deliver(folder: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> Path:
    for row in rows:
        for name in filter(None, row[4].split(";")):
            draw_scan(folder / name, colour=f"hsl({len(name) * 25}, 60%, 50%)")
    write_csv(folder / "catalogue.csv", HEADINGS, rows)
    return folder


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    district = folder / "district"
    assert run_command("init", district, "--publisher", "Bảo tàng Mường Tè").code == 0
    assert run_command("ingest", deliver(folder / "delivery"), cwd=district).code == 0
    return folder


@pytest.fixture
def district(ingested: Path, tmp_path: Path) -> Path:
    shutil.copytree(ingested, tmp_path, dirs_exist_ok=True)
    return tmp_path / "district"


@pytest.fixture
def province(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "province"
    assert run("init", folder).code == 0
    return folder


def bag_of(run: Run, archive: Path, out: Path, *flags: str) -> Path:
    ran = run("export", "bagit", "--out", out, *(flags or ("--all-access",)), cwd=archive)
    assert ran.code == 0, ran.err
    return out


def held(archive: Path) -> dict[str, tuple[object, ...]]:
    """What an archive holds of every item, but for when it was handed over."""
    store = Store(Layout(archive))
    items = map(store.read, store.iter_item_ids())
    return {
        item.item_id: (
            item.record,
            item.technical,
            tuple(e for e in item.events if e.type is not EventType.ACCESSION),
            {path: file.read_bytes() for path, file in item.masters.items()},
        )
        for item in items
    }


def received(run: Run, archive: Path, bag: Path, *flags: str) -> tuple[int, dict[str, object]]:
    ran = run("receive", "--json", *flags, bag, cwd=archive)
    assert ran.out, ran.err
    return ran.code, json.loads(ran.out)


def standings(report: dict[str, object]) -> dict[str, str]:
    return {item["identifier"]: item["standing"] for item in report["items"]}  # type: ignore[attr-defined,index]


@pytest.mark.parametrize("ending", ["", ".zip", ".tar"])
def test_a_bag_brings_items_masters_and_their_whole_history(
    ending: str, run: Run, district: Path, province: Path, tmp_path: Path
) -> None:
    bag = bag_of(run, district, tmp_path / f"muong-te{ending}")
    before = tree(province)
    code, plan = received(run, province, bag, "--dry-run")
    assert (code, set(standings(plan).values())) == (0, {"new"})
    assert {k: v for k, v in tree(province).items() if "catalogue.db" not in k} == {
        k: v for k, v in before.items() if "catalogue.db" not in k
    }

    code, report = received(run, province, bag)

    assert (code, report["source"]) == (0, "Bảo tàng Mường Tè")
    assert held(province) == held(district)
    assert_valid(Store(Layout(province)))
    event = Store(Layout(province)).read("mt-001").events[-1]
    assert event.type is EventType.ACCESSION
    assert f"bag={bag.name}" in event.detail
    assert re.search(r"manifest_sha512=[0-9a-f]{128}", event.detail)
    assert run("build", cwd=province).code == 0
    assert "Panpipe" in run("search", "khen be", cwd=province).out
    assert len(list((province / "site").glob("images/*/*/*/access.jpg"))) == 3
    assert not list((province / ".staging").iterdir())
    # Once more: nothing to do, and nothing is written.
    store = tree(province / "store")
    code, report = received(run, province, bag)
    assert (code, set(standings(report).values()), report["batch"]) == (0, {"known"}, "")
    assert tree(province / "store") == store
    # And it can be taken back like any other batch.
    status = json.loads(run("status", "--json", cwd=province).out)
    assert any(batch["summary"].get("added") == 3 for batch in status["last_batches"])


def test_names_in_a_bag_suit_a_stick_and_come_back_as_they_were(
    run: Run, district: Path, province: Path, tmp_path: Path
) -> None:
    bag = bag_of(run, district, tmp_path / "bag")
    device = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
    for path in bag.rglob("*"):
        assert not re.search(r'[<>:"|?*\\]', path.name)
        assert not device.fullmatch(path.name)
    received(run, province, bag)
    names = set(Store(Layout(province)).read("mt-001").masters)
    assert names == {"masters/a/Ảnh trước.jpg", "masters/b/CON.jpg"}


def test_a_later_bag_brings_what_is_new_and_the_history_goes_on(
    run: Run, district: Path, province: Path, tmp_path: Path
) -> None:
    received(run, province, bag_of(run, district, tmp_path / "one.zip"))
    rows = (("MT-001", "Khèn bè Mông", *ROWS[0][2:]), ("MT-004", "Nỏ", "Crossbow", "gỗ", "no.jpg"))
    assert run("ingest", deliver(tmp_path / "later", rows), cwd=district).code == 0
    bag = bag_of(run, district, tmp_path / "two.zip")

    code, report = received(run, province, bag)

    assert code == 0
    assert standings(report) == {
        "MT-001": "newer", "MT-002": "known", "MT-003": "known", "MT-004": "new"
    }  # fmt: skip
    assert held(province) == held(district)
    handed = [e for e in Store(Layout(province)).read("mt-001").events
              if e.type is EventType.ACCESSION]  # fmt: skip
    assert len(handed) == 2
    assert Store(Layout(province)).version_of("mt-001") == 2
    # The older stick, found in a drawer, changes nothing.
    code, report = received(run, province, tmp_path / "one.zip")
    assert (code, standings(report)["MT-001"]) == (0, "older")
    assert "RECEIVE-older" in {f["code"] for f in report["findings"]}  # type: ignore[attr-defined,index]
    assert held(province) == held(district)


def test_conflicts_are_told_field_by_field_and_the_rest_goes_in(
    run: Run, district: Path, province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both museums work within the same second.
    moment = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    monkeypatch.setattr("pipeline.commands.intake.now", lambda: moment)
    received(run, province, bag_of(run, district, tmp_path / "one.zip"))
    changed = deliver(tmp_path / "there", (("MT-001", "Khèn bè (huyện)", *ROWS[0][2:]),))
    assert run("ingest", changed, cwd=district).code == 0
    changed = deliver(
        tmp_path / "here",
        (("MT-001", "Khèn bè (tỉnh)", *ROWS[0][2:]), ("MT-005", "Trống tỉnh", "", "", "t.jpg"),
         ("mt 6", "Chum", "", "", "c.jpg")),
    )  # fmt: skip
    assert run("ingest", changed, cwd=province).code == 0
    more = (("MT-005", "Cối huyện", "", "", "coi.jpg"), ("MT-6", "Chum", "", "", "chum.jpg"))
    assert run("ingest", deliver(tmp_path / "more", more), cwd=district).code == 0
    before = held(province)
    bag = bag_of(run, district, tmp_path / "two")

    ran = run("receive", bag, cwd=province)

    assert ran.code == 10
    for code in (
        "RECEIVE-differs",
        "RECEIVE-other-object",
        "RECEIVE-similar-number",
        "RECEIVE-known",
    ):
        assert f"[{code}]" in ran.out
    assert "MT-001, title: here 'Khèn bè (tỉnh)" in ran.out
    assert "in the bag 'Khèn bè (huyện)" in ran.out
    assert "'Trống tỉnh', not 'Cối huyện'" in ran.out
    assert "1 new, 0 newer, 2 here already, 2 not taken" in ran.out
    after = held(province)
    assert {item: after[item] for item in before} == before
    assert after.keys() - before.keys() == {"mt-6"}


def _flip(bag: Path) -> None:
    path = next(bag.rglob("*.jpg"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _lose(bag: Path) -> None:
    next(bag.rglob("*.jpg")).unlink()


def _add(bag: Path) -> None:
    (bag / "data/mt-001/masters/more.jpg").write_bytes(b"more")


def _edit_record(bag: Path) -> None:
    path = bag / "data/mt-001/record.json"
    path.write_bytes(path.read_bytes().replace("Khèn".encode(), "Sáo".encode()))


def _cut_manifest(bag: Path) -> None:
    path = bag / "manifest-sha512.txt"
    path.write_bytes(path.read_bytes()[:-100])


def _no_declaration(bag: Path) -> None:
    (bag / "bagit.txt").unlink()


HARMS: dict[str, tuple[Callable[[Path], None], int]] = {
    "flipped": (_flip, 6),
    "lost": (_lose, 6),
    "added": (_add, 6),
    "edited": (_edit_record, 6),
    "manifest": (_cut_manifest, 6),
    "declaration": (_no_declaration, 4),
}


@pytest.mark.parametrize(
    ("kind", "ending"),
    [*((kind, "") for kind in HARMS), ("flipped", ".zip"), ("added", ".tar"), ("lost", ".tar")],
)
def test_of_a_bag_with_one_wrong_file_nothing_is_taken(
    kind: str, ending: str, run: Run, stick: Path, province: Path, tmp_path: Path
) -> None:
    bag = shutil.copytree(stick, tmp_path / "bag")
    harm, code = HARMS[kind]
    harm(bag)
    path = packed(bag, tmp_path / f"packed{ending}") if ending else bag
    before = tree(province / "store")
    for flags in (["--dry-run"], []):
        ran = run("receive", *flags, path, cwd=province)
        assert ran.code == code, ran
        assert "Nothing was taken" in ran.err
    assert tree(province / "store") == before


def packed(bag: Path, out: Path) -> Path:
    if out.suffix == ".zip":
        with zipfile.ZipFile(out, "w") as archive:
            for path in sorted(bag.rglob("*")):
                archive.write(path, f"bag/{path.relative_to(bag).as_posix()}")
    else:
        with tarfile.open(out, "w") as archive:
            archive.add(bag, "bag")
    return out


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bag in a folder, made once."""
    import cli

    folder = tmp_path_factory.mktemp("stick")
    deliver(folder / "delivery")
    in_district = ["--archive", folder / "district"]
    for command in (
        ["init", folder / "district"],
        ["ingest", folder / "delivery", *in_district],
        ["export", "bagit", "--all-access", "--out", folder / "bag", *in_district],
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in command])
        assert not ended.value.code
    return folder / "bag"


def sealed(bag: Path) -> Path:
    """Make the manifests say what is there: a bag somebody made by hand."""
    for manifest in bag.glob("tagmanifest-*"):
        manifest.unlink()
    for algorithm in ("sha256", "sha512"):
        lines = [
            f"{hashlib.new(algorithm, path.read_bytes()).hexdigest()}  "
            f"{path.relative_to(bag).as_posix()}\n"
            for path in sorted((bag / "data").rglob("*"))
            if path.is_file()
        ]
        (bag / f"manifest-{algorithm}.txt").write_text("".join(lines), encoding="utf-8")
    return bag


def _other_number(bag: Path) -> None:
    path = bag / "data/mt-001/record.json"
    path.write_bytes(path.read_bytes().replace(b"MT-001", b"MT-009"))


def _other_bytes(bag: Path) -> None:
    next((bag / "data/mt-001/masters").rglob("*.jpg")).write_bytes(b"other")


def _no_json(bag: Path) -> None:
    (bag / "data/mt-001/events.json").write_bytes(b"[" * 100_000)


def _climbing_name(bag: Path) -> None:
    folder = bag / "data/mt-001"
    name = next(p for p in (folder / "masters").rglob("*") if p.is_file())
    safe = name.relative_to(folder).as_posix()
    document = {"format": "hoaban-names-1", "true_names": {safe: "masters/../../../up.jpg"}}
    (folder / "names.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("harm", [_other_number, _other_bytes, _no_json, _climbing_name])
def test_an_item_that_contradicts_itself_stays_out_and_the_others_go_in(
    harm: Callable[[Path], None], run: Run, stick: Path, province: Path, tmp_path: Path
) -> None:
    bag = shutil.copytree(stick, tmp_path / "bag")
    harm(bag)
    code, report = received(run, province, sealed(bag))
    assert code == 10
    codes = {f["code"] for f in report["findings"]}  # type: ignore[attr-defined,index]
    assert "RECEIVE-unreadable" in codes
    assert sorted(held(province)) == ["mt-002", "mt-003"]


def test_a_bag_without_masters_is_told(
    run: Run, district: Path, province: Path, tmp_path: Path
) -> None:
    settings = district / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "\n[limits.public]\nmax_px = 100\n", encoding="utf-8")
    assert run("derive", "--again", cwd=district).code == 0
    code, report = received(run, province, bag_of(run, district, tmp_path / "b.zip", "--json"))
    assert code == 10
    assert {f["code"] for f in report["findings"]} == {"RECEIVE-without-masters"}  # type: ignore[attr-defined,index]
    assert sorted(held(province)) == ["mt-003"]


@pytest.mark.parametrize("name", ["../up.jpg", "/etc/x", "data/a\\b", "C:x", "data/../../x"])
@pytest.mark.parametrize("ending", [".zip", ".tar"])
def test_a_packed_name_that_leads_out_is_refused(
    name: str, ending: str, run: Run, province: Path, tmp_path: Path
) -> None:
    out = tmp_path / f"b{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("bag/bagit.txt", "x")
            archive.writestr(name, "x")
    else:
        with tarfile.open(out, "w") as archive:
            for entry in ("bag/bagit.txt", name):
                archive.addfile(tarfile.TarInfo(entry))
    before = set(tmp_path.rglob("*"))
    ran = run("receive", "--dry-run", out, cwd=province)
    assert (ran.code, "leads out" in ran.err) == (4, True), ran.err
    assert set(tmp_path.rglob("*")) - before <= set(province.rglob("*"))


def test_links_and_things_that_are_no_bag_are_refused(
    run: Run, stick: Path, province: Path, tmp_path: Path
) -> None:
    linked = shutil.copytree(stick, tmp_path / "linked")
    (linked / "data/mt-001/masters/l.jpg").symlink_to("/etc/passwd")
    with tarfile.open(tmp_path / "l.tar", "w") as archive:
        entry = tarfile.TarInfo("bag/data/l")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    (tmp_path / "no.zip").write_bytes(b"PK\3\4 and no more")
    (tmp_path / "no.rar").write_bytes(b"Rar!")
    (tmp_path / "empty").mkdir()
    for name in ("linked", "l.tar", "no.zip", "no.rar", "empty", "missing.zip", "missing"):
        ran = run("receive", tmp_path / name, cwd=province)
        assert ran.code == 4, (name, ran)
        assert "cannot be read" in ran.err
    assert held(province) == {}


def test_a_crash_anywhere_while_taking_leaves_whole_items_and_the_next_run_finishes(
    run: Run, stick: Path, province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("receive", stick, cwd=shutil.copytree(province, tmp_path / "calm")).code == 0
    whole = held(tmp_path / "calm")
    stopped = 0
    for at in range(5, 400, 61):
        hurt = shutil.copytree(province, tmp_path / f"hurt-{at}")
        with monkeypatch.context() as patch:
            cut_power(patch, at)
            ran = run("receive", stick, cwd=hurt)
        stopped += ran.code != 0
        for item_id, state in held(hurt).items():
            assert state == whole[item_id]
        assert run("receive", stick, cwd=hurt).code == 0
        assert held(hurt) == whole
        assert_valid(Store(Layout(hurt)))
    assert stopped > 2


def cut_power(patch: pytest.MonkeyPatch, at: int) -> None:
    """Let no disk call pass from the one with number ``at`` on."""
    calls = iter(range(1, 1 << 30))

    def refusing(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            if next(calls) >= at:
                raise StoreWriteError("power cut", remedy="", path=Path())
            return real(*arguments)

        return call

    for name in ("_open_new", "_write", "_sync", "_rename", "_mkdir", "_unlink", "_rmdir"):
        patch.setattr(durable, name, refusing(getattr(durable, name)))
