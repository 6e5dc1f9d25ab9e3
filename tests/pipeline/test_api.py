"""The JSON API of ``hoaban serve``: only what is public, and every error as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree

from archive.catalogue import Catalogue, CatalogueItem
from archive.opening import Archive, create_archive
from archive.settings import Settings
from pipeline import followed as following
from pipeline.api import Api
from pipeline.followed import FollowedArchive
from pipeline.public_index import PublicIndex
from schemas.dublincore import Statement
from schemas.errors import ConfigError
from schemas.records import Access, Record
from tests.search.museum_records import records
from tests.site.serving import Host, hosting

AT = "2026-11-20T08:00:00Z"
SECRET = Record(
    "S.1",
    (
        Statement("title", "Trống bí mật", "vi", "", "title"),
        Statement("medium", "Uranium", "", "", "material"),
    ),
    access=Access.RESTRICTED,
)
WITHHELD = Record(
    "S.2", (Statement("title", "Trống để dành", "vi", "", "title"),), embargo_until="2030-12-31"
)
SHELVED = Record(
    "P.1",
    (
        Statement("title", "Trống công khai", "vi", "", "title"),
        Statement("title", "Public drum", "en", "", "title"),
        Statement("provenance", "Kho số bảy", "", "", "storage_location"),
        Statement("subject", "H'Mông", "", "", "ethnic_group"),
    ),
)


BY = "http://creativecommons.org/licenses/by/4.0/"


def item(record: Record, version: int = 1) -> CatalogueItem:
    return CatalogueItem(record.item_id, version, AT, AT, record, ())


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = create_archive(tmp_path / "museum", Settings(title={"vi": "Bảo tàng Thử", "en": "Test"}))
    with Catalogue.open(made.layout.catalogue) as catalogue:
        with catalogue.transaction():
            for record in (SECRET, WITHHELD, SHELVED, *records()):
                catalogue.put(item(record))
        catalogue.mark_complete()
    return made


@pytest.fixture
def client(archive: Archive, tmp_path: Path) -> Iterator[Host]:
    def now() -> datetime:
        return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("home", encoding="utf-8")
    followed = FollowedArchive(archive)
    routes = Api(followed, PublicIndex(followed, tmp_path / "public", now)).routes()
    with hosting(site, routes) as host:
        yield host


def ask(client: Host, address: str, status: int = 200) -> Any:
    answer = client.get(quote(address, safe="/?&=%+").removeprefix(client.address))
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["access-control-allow-origin"] == "*"
    return json.loads(answer.content)


def test_a_search_answers_with_addresses_counts_and_years(client: Host) -> None:
    answer = ask(client, "/api/search?q=dong+son+drum&facets=1&years=1&lang=en")
    assert answer["total"] == len(answer["hits"]) == 1
    (hit,) = answer["hits"]
    assert hit["identifier"] == "ĐS-2001"
    assert hit["title"].endswith("bronze drum")
    assert hit["page"].startswith(f"{client.address}/en/items/")
    assert hit["item"].startswith(f"{client.address}/api/items/")
    material = next(facet for facet in answer["facets"] if facet["field"] == "material")
    assert material["label"] == "Material"
    assert {"value": "kim loại", "label": "metal", "count": 1} in material["values"]
    assert answer["years"][0].keys() == {"first", "last", "count"}


def test_filters_may_be_named_in_any_language(client: Host) -> None:
    wanted = ask(client, "/api/search?filter.ethnic_group=M%C3%B4ng")["hits"]
    assert wanted
    for asked in ("filter.ethnic_group=Hmong", "filter.D%C3%A2n+t%E1%BB%99c=M%C3%A8o"):
        assert ask(client, f"/api/search?{asked}")["hits"] == wanted
    both = ask(client, "/api/search?filter.ethnic_group=Mong&filter.ethnic_group=Th%C3%A1i")
    assert both["total"] > len(wanted)
    dated = ask(client, "/api/search?from=1900&to=1954")
    assert 0 < dated["total"] < ask(client, "/api/search")["total"]


def test_pages_follow_each_other_to_the_end(client: Host) -> None:
    seen: list[str] = []
    address = "/api/search?limit=20&sort=number&filter.kind=artifact"
    while address:
        answer = ask(client, address)
        seen += [hit["id"] for hit in answer["hits"]]
        address = answer.get("next", "").removeprefix(client.address)
    assert len(seen) == len(set(seen)) == answer["total"] == len(records()) + 1


def test_nothing_that_is_not_public_is_answered(client: Host) -> None:
    for query in ("bí mật", "để dành", "S.1", "S.2", "uranium", "kho số bảy"):
        answer = ask(client, f"/api/search?q=%22{query}%22&facets=1")
        assert answer["total"] == 0, query
    everything = client.get("/api/search?facets=1&limit=100").text
    for word in ("S.1", "S.2", "Uranium", "bí mật", "để dành", "Kho số bảy", "storage_location"):
        assert word not in everything
    for typed in ("bi m", "uran", "kho s", "s.1", "S.2"):
        assert ask(client, f"/api/suggest?q={typed}")["suggestions"] == []
    for record in (SECRET, WITHHELD):
        ask(client, f"/api/items/{record.item_id}", 404)
    assert "Kho số bảy" not in client.get(f"/api/items/{SHELVED.item_id}").text
    answer = ask(client, "/api/search?filter.storage_location=Kho", 400)
    assert answer["error"]["code"] == "bad-filter"


def test_an_item_answers_with_its_public_statements(client: Host) -> None:
    answer = ask(client, f"/api/items/{SHELVED.item_id}?lang=en")
    assert answer["title"] == "Public drum"
    assert answer["identifier"] == "P.1"
    values = {(entry["field"], entry["value"]) for entry in answer["statements"]}
    assert ("ethnic_group", "H'Mông") in values
    assert {entry["label"] for entry in answer["statements"]} == {"Title", "Ethnic group"}


def test_an_item_without_rights_answers_with_those_of_the_archive(
    client: Host, archive: Archive
) -> None:
    config = archive.layout.config
    text = config.read_text("utf-8")
    assert text.count('rights_uri = ""') >= 1
    config.write_text(text.replace('rights_uri = ""', f'rights_uri = "{BY}"', 1), "utf-8")
    os.utime(config, (1, 1))
    *_own, last = ask(client, f"/api/items/{SHELVED.item_id}?lang=en")["statements"]
    assert (last["term"], last["uri"], last["value"]) == ("dcterms:license", BY, "")
    assert last["label"]


def test_suggestions_come_in_two_forms(client: Host) -> None:
    answer = ask(client, "/api/suggest?q=trong+d&limit=3")
    texts = [entry["text"] for entry in answer["suggestions"]]
    assert texts == ["trống đồng"]
    assert ask(client, "/api/suggest?q=trong+d&format=opensearch") == ["trong d", texts]


def test_the_answers_follow_the_catalogue(client: Host, archive: Archive) -> None:
    def numbers(query: str) -> list[str]:
        return [hit["identifier"] for hit in ask(client, f"/api/search?q={query}")["hits"]]

    assert numbers("%22cong+khai%22") == ["P.1"]
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        title = Statement("title", "Chiêng vừa nhập", "vi", "", "title")
        catalogue.put(item(replace(SHELVED, statements=(title,)), version=2))
    assert numbers("%22cong+khai%22") == []
    assert numbers("%22vua+nhap%22") == ["P.1"]
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        catalogue.put(item(replace(SHELVED, access=Access.STAFF), version=3))
    assert numbers("%22vua+nhap%22") == []
    ask(client, f"/api/items/{SHELVED.item_id}", 404)
    with Catalogue.open(archive.layout.catalogue) as catalogue:
        for record in records():
            catalogue.remove(record.item_id)
    assert numbers("") == []


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/search?limit=x", 400, "bad-limit"),
        ("/api/search?limit=101", 400, "bad-limit"),
        ("/api/search?limit=99999999999999", 400, "bad-limit"),
        ("/api/search?offset=-1", 400, "bad-offset"),
        ("/api/search?sort=best", 400, "bad-sort"),
        ("/api/search?lang=fr", 400, "bad-lang"),
        ("/api/search?from=long+ago", 400, "bad-from"),
        ("/api/search?query=drum", 400, "bad-parameter"),
        ("/api/search?filter.shelf=7", 400, "bad-filter"),
        ("/api/suggest?q=a&limit=0", 400, "bad-limit"),
        ("/api/items/no-such", 404, "no-item"),
        ("/api/items/..%2F..%2Fhoaban.toml", 404, "no-address"),
        ("/api/nothing", 404, "no-address"),
        ("/api", 404, "no-address"),
    ],
)
def test_errors_are_json(client: Host, address: str, status: int, code: str) -> None:
    error = ask(client, address, status)["error"]
    assert error["code"] == code
    assert error["message"]


def test_only_reading_is_understood(client: Host) -> None:
    answer = client.get("/api/search", method="POST")
    assert answer.status == 405
    assert json.loads(answer.content)["error"]["code"] == "method"


def test_a_catalogue_that_is_not_ready_is_an_error_without_paths(
    client: Host, archive: Archive
) -> None:
    for file in archive.layout.catalogue.parent.glob("catalogue.db*"):
        file.unlink()
    error = ask(client, "/api/search?q=a", 503)["error"]
    assert error["code"] == "not-ready"
    assert "hoaban rebuild" in error["remedy"]
    assert str(archive.layout.catalogue.parent) not in str(error)


def test_messages_come_in_the_language_asked_for(client: Host) -> None:
    said = {
        lang: ask(client, f"/api/search?lang={lang}&limit=x", 400)["error"]["message"]
        for lang in ("vi", "en")
    }
    assert "whole number" in said["en"]


def test_the_opensearch_description_leads_to_page_suggestions_and_answers(
    client: Host,
) -> None:
    answer = client.get("/vi/opensearch.xml")
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    tree = etree.fromstring(answer.content)
    urls = {url.get("type"): url.get("template") for url in tree.findall("o:Url", names)}
    assert urls["text/html"] == f"{client.address}/vi/search.html?q={{searchTerms}}"
    template = urls["application/json"]
    filled = (
        template.removeprefix(client.address)
        .replace("{searchTerms}", "trong")
        .replace("{startIndex?}", "0")
    )
    assert ask(client, filled.replace("{count?}", "5"))["total"] > 0
    suggest = urls["application/x-suggestions+json"].removeprefix(client.address)
    assert ask(client, suggest.replace("{searchTerms}", "trong"))
    assert len(tree.findtext("o:ShortName", "", names)) <= 16
    assert client.get("/fr/opensearch.xml").status == 404


def save(path: Path, text: str) -> None:
    """Write a file as an editor did a minute ago."""
    path.write_text(text, encoding="utf-8")
    minute_ago = path.stat().st_mtime - 60
    os.utime(path, (minute_ago, minute_ago))


def test_a_changed_profile_counts_with_the_next_request(client: Host, archive: Archive) -> None:
    profile = archive.layout.profile
    before = profile.read_text(encoding="utf-8-sig")
    (hit,) = ask(client, "/api/search?q=ĐS-2001&lang=en")["hits"]
    address = f"/api/items/{hit['id']}?lang=en"
    material = next(s for s in ask(client, address)["statements"] if s["field"] == "material")
    assert material["label"] == "Material"
    assert ask(client, "/api/search?q=bronze")["total"]

    lines = before.splitlines(keepends=True)
    is_material = [",material," in line for line in lines]
    renamed = [
        line.replace("Material", "Substance") if found else line
        for line, found in zip(lines, is_material, strict=True)
    ]
    save(profile, "".join(renamed))
    material = next(s for s in ask(client, address)["statements"] if s["field"] == "material")
    assert material["label"] == "Substance"
    answer = ask(client, "/api/search?q=ĐS-2001&facets=1&lang=en")
    assert "Substance" in {facet["label"] for facet in answer["facets"]}

    save(profile, "".join(n for n, found in zip(lines, is_material, strict=True) if not found))
    fields = {s["field"] for s in ask(client, address)["statements"]}
    assert "material" not in fields
    answer = ask(client, "/api/search?q=&facets=1&lang=en")
    assert "material" not in {facet["field"] for facet in answer["facets"]}


def test_a_broken_profile_keeps_the_last_good_one_and_is_told_once(
    client: Host, archive: Archive, caplog: pytest.LogCaptureFixture
) -> None:
    (hit,) = ask(client, "/api/search?q=ĐS-2001&lang=en")["hits"]
    save(archive.layout.profile, "shapeID,nothing\n")
    assert ask(client, "/api/search?q=ĐS-2001&lang=en")["hits"] == [hit]
    assert ask(client, f"/api/items/{hit['id']}?lang=vi")["statements"]
    (told,) = (record for record in caplog.records if record.name == "hoaban.serve")
    assert "profile.csv" in told.getMessage()


def test_a_file_that_is_still_being_written_waits(archive: Archive) -> None:
    config = archive.layout.config
    moment = [round(config.stat().st_mtime) + 60.0]  # a fraction is rounded on its way to the disk
    followed = FollowedArchive(archive, wall_clock=lambda: moment[0])
    assert followed.current() is archive
    config.write_text(config.read_text("utf-8").replace("Bảo tàng Thử", "Bảo tàng Mới"), "utf-8")
    os.utime(config, (moment[0], moment[0]))
    assert followed.current() is archive
    moment[0] += 1.5
    assert followed.current().settings.title["vi"] == "Bảo tàng Mới"
    assert followed.current() is followed.current()
    config.write_text(config.read_text("utf-8").replace("Bảo tàng Mới", "Bảo tàng Sau"), "utf-8")
    moment[0] = config.stat().st_mtime - 5  # our clock goes after the disk's
    assert followed.current().settings.title["vi"] == "Bảo tàng Sau"


def hidden(profile: Path, field: str) -> str:
    """Return the profile without a field."""
    lines = profile.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    left = [line for line in lines if f",{field}," not in line]
    assert len(left) < len(lines)
    return "".join(left)


def test_a_field_that_is_hidden_is_no_longer_searched(client: Host, archive: Archive) -> None:
    def found() -> set[str]:
        answer = ask(client, '/api/search?q="H\'Mông"&limit=100')
        return {hit["identifier"] for hit in answer["hits"]}

    before = found()
    assert len(before) == 4
    assert "P.1" in before
    save(archive.layout.profile, hidden(archive.layout.profile, "ethnic_group"))
    after = found()
    assert after < before
    assert "P.1" not in after


@pytest.mark.parametrize("error", [ConfigError("gone"), PermissionError(13, "locked")])
def test_a_change_that_could_not_be_read_is_tried_again(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    moment, tries = [archive.layout.profile.stat().st_mtime + 60], []

    def locked(start: Path) -> Archive:
        tries.append(start)
        raise error

    followed = FollowedArchive(archive, wall_clock=lambda: moment[0])
    save(archive.layout.profile, hidden(archive.layout.profile, "ethnic_group"))
    with monkeypatch.context() as patch:
        patch.setattr(following, "open_archive", locked)
        for _request in range(5):
            assert followed.current() is archive
        assert len(tries) == 1
        moment[0] += 4
        assert followed.current() is archive
        assert len(tries) == 2
    assert followed.current() is archive  # too soon
    moment[0] += 4
    assert "ethnic_group" not in {field.name for field in followed.current().profile.fields}
    assert len([entry for entry in caplog.records if entry.name == "hoaban.serve"]) == 1


def test_an_archive_around_it_is_not_taken_for_the_one_followed(archive: Archive) -> None:
    around = archive.layout.root.parent
    create_archive(around / "new", Settings(title={"vi": "Khác", "en": "Other"}))
    for part in (around / "new").iterdir():
        part.rename(around / part.name)
    moment = [archive.layout.config.stat().st_mtime + 60]
    followed = FollowedArchive(archive, wall_clock=lambda: moment[0])
    kept = archive.layout.config.rename(archive.layout.root / "kept")
    assert followed.current() is archive
    save(kept, kept.read_text("utf-8").replace("Bảo tàng Thử", "Bảo tàng Mới"))
    kept.rename(archive.layout.config)
    assert followed.current().settings.title["vi"] == "Bảo tàng Mới"
