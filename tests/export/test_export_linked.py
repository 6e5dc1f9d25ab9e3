"""The exports that describe the whole: a IIIF collection and DCAT; and Linked Art packages."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from archive.export import FORMATS, ExportContext
from schemas.crosswalks.exchange import Published, PublishedImage
from schemas.crosswalks.iiif import Publication
from schemas.derivatives import Canvas, DerivativeSet, ImageFile
from schemas.dublincore import Statement
from schemas.errors import SourceError
from schemas.identifiers import shard_of
from schemas.records import Access
from tests.conformance.test_linked_art import problems

Make = Callable[..., Any]
SHOWN = PublishedImage("0001", "https://example.org/1.jpg", 4, 3, "", 4, 3, "")
WITHHELD = PublishedImage("0002", "", 4, 3, "https://example.org/2.jpg", 4, 3, "")
IIIF = Path(__file__).parents[1] / "data/iiif/iiif_3_0.json"


@pytest.fixture
def published(context: ExportContext) -> ExportContext:
    return replace(
        context,
        publication=Publication(
            "https://example.org/kho", {"vi": "Kho", "en": "Archive"}, ("vi", "en"), "Bảo tàng"
        ),
        has_public_url=True,
        derivatives_of=lambda item_id: None if item_id == "bt-9" else images_of(item_id),
        rights_uri="https://creativecommons.org/licenses/by/4.0/deed.vi",
        published=lambda item: Published(
            page_url=f"https://example.org/kho/vi/{item.item_id}.html", images=(SHOWN, WITHHELD)
        ),
    )


def images_of(item_id: str) -> DerivativeSet:
    picture = ImageFile("400.jpg", 400, 300, "400.webp")
    canvas = Canvas(
        "0001", "masters/a.tif", 0, "", 800, 600, picture, (picture,), 512, (1,), (), 1, 1
    )
    return DerivativeSet(item_id, "", (canvas,))


def test_a_collection_lists_every_manifest_and_is_valid(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-no-images."""
    items = [make_item("BT.1"), make_item("BT.9"), make_item("BT.2")]
    report = FORMATS["iiif"].write(iter(items), tmp_path / "loan.json", published)
    document = json.loads((tmp_path / "loan.json").read_bytes())
    jsonschema_rs.validator_for(json.loads(IIIF.read_bytes())).validate(document)
    assert document["id"] == "https://example.org/kho/iiif/loan.json"
    assert [entry["id"] for entry in document["items"]] == [
        published.publication.manifest_id("bt-1"),
        published.publication.manifest_id("bt-2"),
    ]
    assert document["items"][0]["label"] == {"vi": ["Khăn piêu"]}
    (finding,) = report.findings
    assert (finding.code, finding.item_id, report.items) == ("EXPORT-no-images", "bt-9", 2)
    assert "'BT.9'" in finding.message()


def test_a_collection_of_nothing_with_images_is_an_error(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="None of the items has images"):
        FORMATS["iiif"].write([make_item("BT.9")], tmp_path / "c.json", published)
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("name", ["iiif", "dcat", "linked_art"])
def test_addresses_that_lead_nobody_anywhere_are_told(
    name: str, make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-no-address."""
    local = replace(published, has_public_url=False)
    out = tmp_path / f"out{FORMATS[name].ending}"
    report = FORMATS[name].write([make_item("BT.1")], out, local)
    assert "EXPORT-no-address" in {finding.code for finding in report.findings}
    assert not report.is_partial, "it is told, and the export is whole"


@pytest.mark.parametrize("name", ["la", "la.tar", "la.zip"])
def test_linked_art_is_a_valid_document_an_item(
    name: str, make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    items = [make_item("BT.1"), make_item("BT.2")]
    report = FORMATS["linked_art"].write(items, tmp_path / name, published)
    assert (report.items, report.files, report.findings) == (2, 2, ())
    if name.endswith(".zip"):
        with zipfile.ZipFile(tmp_path / name) as zipped:
            documents = [json.loads(zipped.read(entry)) for entry in zipped.namelist()]
    elif name == "la":
        place = tmp_path / "la" / shard_of("bt-1") / "bt-1.json"
        documents = [json.loads(place.read_bytes())]
    else:
        return
    for document in documents:
        assert problems(document) == []
        assert len(document["representation"]) == 1, "one that may not be had has no address"
        assert "https://example.org/1.jpg" in json.dumps(document["representation"])


def dcat_of(items: list[Any], context: ExportContext, folder: Path) -> tuple[dict[str, Any], Any]:
    report = FORMATS["dcat"].write(iter(items), folder / "set.jsonld", context)
    return json.loads((folder / "set.jsonld").read_bytes()), report


def dated(first: int, last: int) -> Statement:
    normal = (("earliest", first), ("latest", last))
    return Statement("created", f"{first}", "vi", field="date", normal=normal)


def placed(name: str, latitude: float, longitude: float) -> Statement:
    normal = (("lat", latitude), ("lon", longitude))
    return Statement("spatial", name, "vi", field="place", normal=normal)


def test_dcat_says_what_the_records_cover_and_how_to_have_them(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    items = [
        make_item(
            "BT.1",
            dated(-178, 1954),
            placed("Mường Lay", 22.0, 103.1),
            Statement("subject", "dệt", "vi", field="subject"),
            Statement("language", "Thái Đen", "vi", field="language", normal=(("tag", "blt"),)),
        ),
        make_item("BT.2", dated(1900, 1999), placed("Mường Lay", 21.4, 103.0)),
    ]
    data, report = dcat_of(items, published, tmp_path)
    assert (report.items, report.findings) == (2, ())
    assert data["@type"] == "dcat:Dataset"
    assert data["dcterms:title"][0] == {"@value": "Kho", "@language": "vi"}
    assert data["dcterms:publisher"]["foaf:name"] == "Bảo tàng tỉnh Điện Biên"
    assert data["dcterms:license"] == {"@id": "http://creativecommons.org/licenses/by/4.0/"}
    period = data["dcterms:temporal"]
    assert period["dcat:startDate"] == {"@value": "-0178", "@type": "xsd:gYear"}
    assert period["dcat:endDate"] == {"@value": "1999", "@type": "xsd:gYear"}
    place, box = data["dcterms:spatial"]
    assert place["rdfs:label"] == {"@value": "Mường Lay", "@language": "vi"}
    assert box["dcat:bbox"]["@value"].startswith("POLYGON((103.00000 21.40000, 103.10000 21.4")
    assert [entry["@id"] for entry in data["dcterms:language"]] == [
        "http://id.loc.gov/vocabulary/iso639-1/vi",
        "http://id.loc.gov/vocabulary/iso639-1/en",
        "http://lexvo.org/id/iso639-3/blt",
    ]
    assert data["dcat:keyword"] == [{"@value": "dệt", "@language": "vi"}]
    offers = {entry["dcat:accessURL"]["@id"]: entry for entry in data["dcat:distribution"]}
    collection = "https://example.org/kho/iiif/collection.json"
    assert set(offers) == {"https://example.org/kho/", collection}
    assert offers[collection]["dcat:downloadURL"]["@id"] == collection


def test_dcat_tells_what_a_portal_will_miss_and_takes_a_licence_all_items_share(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-no-licence, EXPORT-no-publisher."""
    silent = replace(published, rights_uri="", publisher="")
    data, report = dcat_of([make_item("BT.1")], silent, tmp_path)
    assert {f.code for f in report.findings} == {"EXPORT-no-licence", "EXPORT-no-publisher"}
    assert "dcterms:license" not in data
    assert "dcterms:publisher" not in data
    free = Statement("license", "CC0", uri="https://creativecommons.org/publicdomain/zero/1.0/")
    (tmp_path / "free").mkdir()
    data, report = dcat_of([make_item("BT.2", free)], silent, tmp_path / "free")
    assert data["dcterms:license"]["@id"].endswith("/publicdomain/zero/1.0/")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # by rdflib, in rdflib
def test_dcat_is_linked_data_that_a_foreign_program_reads(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, URIRef

    items = [make_item("BT.1", dated(1900, 1999), placed("Mường Lay", 22.0, 103.1))]
    dcat_of(items, published, tmp_path)
    graph = Graph().parse(tmp_path / "set.jsonld", format="json-ld")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    assert (dataset, DCTERMS.title, Literal("Kho", lang="vi")) in graph
    licence = URIRef("http://creativecommons.org/licenses/by/4.0/")
    assert (dataset, DCTERMS.license, licence) in graph
    assert len(set(graph.objects(dataset, DCAT.distribution))) == 2
    (period,) = graph.objects(dataset, DCTERMS.temporal)
    (start,) = graph.objects(period, DCAT.startDate)
    assert str(start) == "1900"
    for term in (DCTERMS.publisher, DCTERMS.spatial, DCTERMS.language, DCTERMS.description):
        assert (dataset, term, None) in graph


def test_hidden_fields_stay_out_of_what_the_set_covers(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    hidden = Statement("spatial", "Số 5, phố X", "vi", field="address")
    data, _report = dcat_of([make_item("BT.1", hidden)], published, tmp_path)
    assert "dcterms:spatial" not in data


RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
HIDDEN = Statement("spatial", "Số 5, phố X", "vi", field="address")


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        ({}, "PUBLIC"),
        ({"embargo_until": "2020-01-01"}, "PUBLIC"),
        ({"access": Access.RESTRICTED}, "RESTRICTED"),
        ({"access": Access.STAFF}, "NON_PUBLIC"),
        ({"embargo_until": "2999-12-31"}, "NON_PUBLIC"),
        ({"statements": (HIDDEN,)}, "NON_PUBLIC"),
    ],
)
def test_dcat_calls_a_set_as_open_as_its_most_closed_item(
    closed: dict[str, Any],
    said: str,
    make_item: Make,
    published: ExportContext,
    tmp_path: Path,
) -> None:
    item = make_item("BT.2")
    items = [
        make_item("BT.1"),
        replace(item, record=replace(item.record, **closed)),
        make_item("BT.3"),
    ]
    data, _report = dcat_of(items, replace(published, is_complete=True), tmp_path)
    assert data["dcterms:accessRights"] == {"@id": RIGHTS + said}


def test_dcat_takes_no_name_for_an_address_and_a_word_once(
    make_item: Make, published: ExportContext, tmp_path: Path
) -> None:
    """EXPORT-no-licence."""
    words = [Statement("subject", "Chim", lang, field="subject") for lang in ("", "vi")]
    named = replace(published, rights_uri="CC BY 4.0")
    data, report = dcat_of([make_item("BT.1", *words)], named, tmp_path)
    assert "dcterms:license" not in data
    assert [finding.code for finding in report.findings] == ["EXPORT-no-licence"]
    assert data["dcat:keyword"] == [{"@value": "Chim", "@language": "vi"}]
