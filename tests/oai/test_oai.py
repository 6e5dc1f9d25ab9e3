"""Harvesting an archive by OAI-PMH: every answer valid, nothing missed, nothing told too much."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from oaipmh_scythe import Scythe
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from archive.oai import Provider
from archive.oai.tokens import Place, read_token, write_token
from archive.settings import ExchangeSettings
from pipeline.followed import FollowedArchive
from pipeline.harvest import HarvestedArchive, harvest_key
from pipeline.oai_route import oai_routes
from schemas.records import Access
from schemas.xml import validate
from tests.export.museum import JANUARY, JUNE, MARCH, Museum, clock
from tests.export.museum import new_museum as unpublished_museum

OAI = "{http://www.openarchives.org/OAI/2.0/}"
PREFIXES = ("oai_dc", "lido", "edm", "mods")
KEY = b"k" * 32
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def new_museum(folder: Path) -> Museum:
    museum = unpublished_museum(folder)
    published = replace(
        museum.archive.settings,
        base_url="https://bao-tang.example",
        rights_uri="https://creativecommons.org/licenses/by/4.0/",
        exchange=ExchangeSettings(admin_email="kho@bao-tang.example"),
    )
    return Museum(replace(museum.archive, settings=published))


@pytest.fixture
def museum(tmp_path: Path) -> Museum:
    museum = new_museum(tmp_path / "museum")
    for number in range(1, 8):
        museum.put(
            f"BT-{number:03}",
            at=JANUARY if number < 5 else MARCH,
            material="đồng",
            ethnic_group="Thái",
            collection="Sưu tập Đông Sơn" if number % 2 else "Sưu tập vải",
            storage_location="Tủ bí mật",
        )
    museum.index()
    return museum


def provider_of(museum: Museum, *, at: str = JUNE, page: int = 3) -> Provider:
    return Provider(HarvestedArchive(FollowedArchive(museum.archive), clock(at)), KEY, page)


def asked(provider: Provider, *, at: str = JUNE, **arguments: str) -> etree._Element:
    """Ask, hold the answer against the protocol's schema, and return it."""
    pairs = [(name.rstrip("_"), value) for name, value in arguments.items()]
    answer = provider.answer(pairs, datetime.fromisoformat(at))
    assert wrong_with(answer) == ()
    return etree.fromstring(answer)


def wrong_with(answer: bytes) -> tuple[str, ...]:
    """Return what the schemas find: the documents inside by their own, the rest by OAI-PMH's."""
    root = etree.fromstring(answer)
    plain = etree.fromstring('<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"/>')
    found: list[str] = []
    for metadata in root.iter(f"{OAI}metadata"):
        (document,) = metadata
        name = {"lido": "lido", "RDF": "edm", "mods": "mods", "dc": "oai_dc"}[
            etree.QName(document).localname
        ]
        found += validate(etree.tostring(document), name)
        metadata.replace(document, etree.fromstring(etree.tostring(plain)))
    return (*found, *validate(etree.tostring(root), "oai"))


def codes(answer: etree._Element) -> list[str | None]:
    return [error.get("code") for error in answer.iter(f"{OAI}error")]


def listed(provider: Provider, verb: str = "ListIdentifiers", **arguments: str) -> list[str]:
    """Harvest a whole list, and return the items in order; "-" before those deleted."""
    items = []
    answer = asked(provider, verb=verb, **arguments)
    while True:
        assert codes(answer) == []
        for header in answer.iter(f"{OAI}header"):
            name = str(header.findtext(f"{OAI}identifier")).rpartition(":")[2]
            items.append(("-" if header.get("status") == "deleted" else "") + name)
        token = answer.find(f".//{OAI}resumptionToken")
        if token is None or not token.text:
            return items
        answer = asked(provider, verb=verb, resumptionToken=token.text)


def test_who_answers(museum: Museum) -> None:
    answer = asked(provider_of(museum), verb="Identify")
    texts = {etree.QName(e).localname: e.text for e in answer.iter()}
    assert texts["repositoryName"] == "Bảo tàng tỉnh Điện Biên"
    assert texts["baseURL"] == "https://bao-tang.example/oai"
    assert texts["adminEmail"] == "kho@bao-tang.example"
    assert texts["deletedRecord"] == "persistent"
    assert texts["earliestDatestamp"] == JANUARY
    assert "oai:bao-tang.example:bt-001" in etree.tostring(answer, encoding="unicode")


def test_formats_and_sets(museum: Museum) -> None:
    provider = provider_of(museum)
    formats = asked(provider, verb="ListMetadataFormats")
    assert [e.text for e in formats.iter(f"{OAI}metadataPrefix")] == list(PREFIXES)
    sets = asked(provider, verb="ListSets")
    names = {
        e.findtext(f"{OAI}setSpec"): e.findtext(f"{OAI}setName") for e in sets.iter(f"{OAI}set")
    }
    assert "Sưu tập Đông Sơn" in names.values()
    assert {"collection", "kind"} <= set(names)
    for spec, name in names.items():
        if name == "Sưu tập Đông Sơn":
            found = listed(provider, metadataPrefix="oai_dc", set=str(spec))
            assert found == ["bt-001", "bt-003", "bt-005", "bt-007"]
    assert len(listed(provider, metadataPrefix="oai_dc", set="collection")) == 7


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_list_is_whole_in_every_format(museum: Museum, verb: str, prefix: str) -> None:
    found = listed(provider_of(museum), verb, metadataPrefix=prefix)
    assert found == [f"bt-{number:03}" for number in range(1, 8)]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_format_says_the_archives_rights_of_an_item_without_its_own(
    museum: Museum, prefix: str
) -> None:
    item = "oai:bao-tang.example:bt-001"
    found = asked(provider_of(museum), verb="GetRecord", metadataPrefix=prefix, identifier=item)
    assert b"http://creativecommons.org/licenses/by/4.0/" in etree.tostring(found)


def test_what_the_public_is_not_shown_is_not_harvested(museum: Museum) -> None:
    museum.put("KIN-1", access=Access.RESTRICTED)
    museum.put("KIN-2", embargo_until="2026-12-31")
    museum.index()
    provider = provider_of(museum)
    for prefix in PREFIXES:
        answer = asked(provider, verb="ListRecords", metadataPrefix=prefix)
        assert "bí mật" not in etree.tostring(answer, encoding="unicode")
    assert not [item for item in listed(provider, metadataPrefix="oai_dc") if "kin" in item]
    gone = asked(
        provider, verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:bao-tang.example:kin-1"
    )
    assert codes(gone) == ["idDoesNotExist"]


def test_an_item_appears_when_its_embargo_ends(museum: Museum) -> None:
    museum.put("KIN-2", embargo_until="2026-03-31", at=JANUARY)
    museum.index()
    before = listed(provider_of(museum, at=MARCH), metadataPrefix="oai_dc")
    assert "kin-2" not in before
    after = listed(provider_of(museum), metadataPrefix="oai_dc", from_="2026-03-15")
    assert after == ["kin-2"]


def test_what_is_gone_is_told_for_ever(museum: Museum) -> None:
    museum.withdraw("BT-001", at=MARCH)
    museum.put("BT-002", access=Access.STAFF, at=MARCH)
    museum.index()
    provider = provider_of(museum)
    found = listed(provider, metadataPrefix="lido", from_="2026-03-01")
    assert found == ["-bt-001", "-bt-002", "bt-005", "bt-006", "bt-007"]
    record = asked(
        provider,
        verb="GetRecord",
        metadataPrefix="oai_dc",
        identifier="oai:bao-tang.example:bt-002",
    )
    (header,) = record.iter(f"{OAI}header")
    assert header.get("status") == "deleted"
    assert not list(record.iter(f"{OAI}metadata"))
    museum.put("BT-002", at=JUNE)
    museum.index()
    assert "bt-002" in listed(provider_of(museum), metadataPrefix="oai_dc")


def test_what_changes_during_a_harvest_is_not_missed(museum: Museum) -> None:
    provider = provider_of(museum)
    first = asked(provider, verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.findtext(f".//{OAI}resumptionToken") or ""
    museum.put("BT-004", title="Tên mới", at=MARCH)
    museum.withdraw("BT-005", at="2026-04-01T00:00:00Z")
    museum.put("BT-008", at="2026-05-01T00:00:00Z")
    museum.index()
    rest = []
    while token:
        answer = asked(provider, verb="ListIdentifiers", resumptionToken=token)
        rest += [str(e.text).rpartition(":")[2] for e in answer.iter(f"{OAI}identifier")]
        token = answer.findtext(f".//{OAI}resumptionToken") or ""
    assert rest == ["bt-004", "bt-006", "bt-007", "bt-005", "bt-008"]


def test_an_item_that_a_format_cannot_hold_is_passed_over_in_it_alone(tmp_path: Path) -> None:
    museum = new_museum(tmp_path / "museum")
    bare = replace(museum.archive.settings, rights_uri="")
    museum = Museum(replace(museum.archive, settings=bare))
    museum.put("BT-001")
    museum.index()
    provider = provider_of(museum)
    assert listed(provider, metadataPrefix="oai_dc") == ["bt-001"]
    assert codes(asked(provider, verb="ListRecords", metadataPrefix="edm")) == ["noRecordsMatch"]
    name = "oai:bao-tang.example:bt-001"
    told = asked(provider, verb="GetRecord", metadataPrefix="edm", identifier=name)
    assert codes(told) == ["cannotDisseminateFormat"]
    formats = asked(provider, verb="ListMetadataFormats", identifier=name)
    assert "edm" not in [e.text for e in formats.iter(f"{OAI}metadataPrefix")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Steal"}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from_": "2026-02-30"}, "badArgument"),
        (
            {
                "verb": "ListRecords", "metadataPrefix": "oai_dc",
                "from_": "2026-01-01", "until": "2026-02-01T00:00:00Z",
            },
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords", "metadataPrefix": "oai_dc",
                "from_": "2026-02-01", "until": "2026-01-01",
            },
            "badArgument",
        ),
        ({**LIST, "until": "2020-01-01"}, "noRecordsMatch"),
        ({**LIST, "set": "nothing"}, "noRecordsMatch"),
        ({**LIST, "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "đ"}, "badResumptionToken"),
        ({**LIST, "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:x:y"}, "idDoesNotExist"),
    ],
)  # fmt: skip
def test_wrong_requests_are_told_as_the_protocol_says(
    museum: Museum, arguments: dict[str, str], code: str
) -> None:
    assert codes(asked(provider_of(museum), **arguments)) == [code]


def test_an_argument_given_twice_is_refused(museum: Museum) -> None:
    pairs = [("verb", "GetRecord"), ("identifier", "a"), ("identifier", "b")]
    answer = provider_of(museum).answer(pairs, datetime.fromisoformat(JUNE))
    assert codes(etree.fromstring(answer)) == ["badArgument"]
    answer = provider_of(museum).answer([("verb", "Identify")] * 2, datetime.fromisoformat(JUNE))
    assert codes(etree.fromstring(answer)) == ["badVerb"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ("verb", "metadataPrefix", "from", "until", "set", "identifier", "resumptionToken")
            )
            | st.text(max_size=5),
            st.sampled_from(
                (
                    "ListRecords",
                    "ListSets",
                    "oai_dc",
                    "lido",
                    "2026-01-01",
                    "collection",
                    "\x00\ud800",
                )
            )
            | st.text(max_size=20),
        ),
        max_size=5,
    )
)
@example([("verb", "ListRecords"), ("metadataPrefix", "no format")])
def test_no_request_is_answered_wrongly(museum: Museum, pairs: list[tuple[str, str]]) -> None:
    answer = provider_of(museum).answer(pairs, datetime.fromisoformat(JUNE))
    assert wrong_with(answer) == ()


PLACES = st.builds(
    Place, *[st.text(st.characters(exclude_categories=["Cs"]), max_size=20)] * 7, st.integers(0)
)


@given(PLACES, st.integers(0, 200), st.integers(1, 255))
def test_only_tokens_that_were_given_out_are_taken(place: Place, at: int, change: int) -> None:
    token = write_token(place, KEY)
    assert read_token(token, KEY) == place
    assert read_token(token, b"other" * 8) is None
    at %= len(token)
    forged = token[:at] + chr((ord(token[at]) ^ change) % 128) + token[at + 1 :]
    assert forged == token or read_token(forged, KEY) in (None, place)


def test_the_key_is_made_once_and_kept(museum: Museum) -> None:
    key = harvest_key(museum.archive)
    assert harvest_key(museum.archive) == key
    assert len(key) == 32


@pytest.mark.parametrize("missing", ["base_url", "admin_email"])
def test_without_an_address_nothing_is_harvested(museum: Museum, missing: str) -> None:
    settings_ = museum.archive.settings
    lacking = (
        replace(settings_, base_url="http://127.0.0.1:8000")
        if missing == "base_url"
        else replace(settings_, exchange=ExchangeSettings())
    )
    archive = FollowedArchive(replace(museum.archive, settings=lacking))
    client = TestClient(Starlette(routes=oai_routes(archive, clock(JUNE))))
    answer = client.get("/oai", params={"verb": "Identify"})
    assert answer.status_code == 404
    assert missing in answer.text


def test_addresses_and_forms_are_answered_alike(museum: Museum) -> None:
    client = TestClient(Starlette(routes=oai_routes(FollowedArchive(museum.archive), clock(JUNE))))
    arguments = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    by_address = client.get("/oai", params=arguments)
    assert by_address.headers["content-type"] == "text/xml; charset=utf-8"
    assert client.post("/oai", data=arguments).content == by_address.content
    assert wrong_with(by_address.content) == ()
    assert client.post("/oai", content=b"verb=" + b"x" * 10_000).status_code == 413


@contextmanager
def serving(museum: Museum) -> Iterator[str]:
    app = Starlette(routes=oai_routes(FollowedArchive(museum.archive), clock(JUNE)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    (listener,) = server.servers[0].sockets
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/oai"
    finally:
        server.should_exit = True
        thread.join()


def test_the_usual_harvesters_get_everything(tmp_path: Path) -> None:
    museum = new_museum(tmp_path / "museum")
    expected = set()
    for number in range(230):
        expected.add(museum.put(f"X-{number}", material="gỗ", ethnic_group="Thái"))
    museum.withdraw("X-7", at=MARCH)
    museum.index()
    with serving(museum) as address:
        for prefix in PREFIXES:
            sickle = Sickle(address)
            records = list(sickle.ListRecords(metadataPrefix=prefix))
            assert {r.header.identifier.rpartition(":")[2] for r in records} == expected
            assert [r.header.identifier for r in records if r.deleted] == [
                "oai:bao-tang.example:x-7"
            ]
            with Scythe(address) as scythe:
                found = list(scythe.list_records(metadata_prefix=prefix))
            assert len(found) == len(expected)
        assert len(list(Sickle(address).ListSets())) >= 2
        with pytest.raises(NoRecordsMatch):
            Sickle(address).ListRecords(metadataPrefix="oai_dc", until="2000-01-01")


def test_changed_settings_count_with_the_next_request(museum: Museum) -> None:
    client = TestClient(Starlette(routes=oai_routes(FollowedArchive(museum.archive), clock(JUNE))))
    asked = {"verb": "GetRecord", "metadataPrefix": "oai_dc"}

    def answer(host: str) -> tuple[int, str]:
        found = client.get("/oai", params=asked | {"identifier": f"oai:{host}:bt-001"})
        return found.status_code, found.text

    assert "đồng" in answer("bao-tang.example")[1]
    config = museum.archive.layout.config
    archive = '[archive]\ntitle = { vi = "Khác" }\nbase_url = "https://khac.example"\n'
    email = '[exchange]\nadmin_email = "kho@khac.example"\n'
    for text, status, said in (
        (archive + email, 200, "đồng"),
        ("[archive", 200, "đồng"),
        (archive, 404, "admin_email"),
        (archive + email, 200, "đồng"),
    ):
        config.write_text(text, encoding="utf-8")
        minute_ago = config.stat().st_mtime - 60
        os.utime(config, (minute_ago, minute_ago))
        found_status, found_text = answer("khac.example")
        assert (found_status, said in found_text) == (status, True)
