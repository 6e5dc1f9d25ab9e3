"""No canary is in any answer to a harvester by OAI-PMH, whatever verb, format, set or token."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from archive.oai import Provider
from archive.opening import open_archive
from pipeline.followed import FollowedArchive
from pipeline.harvest import HarvestedArchive
from schemas.identifiers import item_id_for
from tests.conftest import Run
from tests.flows.deliveries import write_csv
from tests.leaks.canaries import COLOURS, NEEDLES, STAFF, draw
from tests.leaks.test_leaks import HEADINGS, SECRET, public_rows

OAI = "{http://www.openarchives.org/OAI/2.0/}"
FORMATS = ("oai_dc", "lido", "edm", "mods")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
COLLECTION = f"Sưu tập {STAFF}"


@pytest.fixture
def provider(run: Run, museum: Path, delivery: Path) -> Provider:
    """An archive with everything that is not public, an item that was closed, and a closed set."""
    draw(delivery / "was-open.jpg", COLOURS[STAFF])
    closed = (*public_rows(access="nội bộ")[2], COLLECTION)
    write_csv(delivery / "catalogue.csv", (*HEADINGS, "Sưu tập"), [closed])
    assert run("ingest", delivery, cwd=museum).code == 0
    settings = museum / "hoaban.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + '\n[exchange]\nadmin_email = "kho@example.org"\n', "utf-8")
    followed = FollowedArchive(open_archive(museum))
    return Provider(HarvestedArchive(followed, lambda: NOW), b"k" * 32, page_entries=1)


def asked(provider: Provider, **arguments: str) -> bytes:
    return provider.answer([(name.rstrip("_"), value) for name, value in arguments.items()], NOW)


def everything(provider: Provider) -> Iterator[bytes]:
    """Yield every answer there is to right requests, lists to their ends."""
    sets = asked(provider, verb="ListSets")
    yield from (asked(provider, verb="Identify"), sets, asked(provider, verb="ListMetadataFormats"))
    specs = [str(e.text) for e in etree.fromstring(sets).iter(f"{OAI}setSpec")]
    assert "kind" in specs
    identifiers: set[str] = set()
    for verb in ("ListIdentifiers", "ListRecords"):
        for prefix in FORMATS:
            for within in ({}, *({"set": spec} for spec in specs)):
                answer = asked(provider, verb=verb, metadataPrefix=prefix, **within)
                while True:
                    yield answer
                    root = etree.fromstring(answer)
                    identifiers.update(str(e.text) for e in root.iter(f"{OAI}identifier"))
                    token = root.findtext(f".//{OAI}resumptionToken")
                    if not token:
                        break
                    answer = asked(provider, verb=verb, resumptionToken=token)
    assert {name.rpartition(":")[2] for name in identifiers} == {"bt-001", "bt-002", "bt-003"}
    for name in sorted(identifiers):
        yield asked(provider, verb="ListMetadataFormats", identifier=name)
        for prefix in FORMATS:
            yield asked(provider, verb="GetRecord", metadataPrefix=prefix, identifier=name)


def test_no_canary_is_in_any_answer_to_a_harvester(provider: Provider) -> None:
    answers = list(everything(provider))
    assert len(answers) > 50
    leaks = {(word, answer) for answer in answers for word, form in NEEDLES if form in answer}
    assert leaks == set()
    said = b"".join(answers).decode()
    assert "Trống đồng" in said
    assert 'status="deleted"' in said
    for word in SECRET:
        assert_answered_as_what_never_was(provider, item_id_for(f"BM-{word}-1"))
    closed_set = f"collection:{item_id_for(COLLECTION)}"
    found = asked(provider, verb="ListRecords", metadataPrefix="oai_dc", set=closed_set)
    assert b'code="noRecordsMatch"' in found


def assert_answered_as_what_never_was(provider: Provider, there: str) -> None:
    never = "never"
    for verb, more in (("GetRecord", {"metadataPrefix": "lido"}), ("ListMetadataFormats", {})):
        answers = [
            asked(provider, verb=verb, identifier=f"oai:example.org:{name}", **more)
            for name in (there, never)
        ]
        assert b'code="idDoesNotExist"' in answers[0]
        # The request is told back, so the name is in it once; nothing else differs.
        assert answers[0].replace(there.encode(), never.encode()) == answers[1]
