"""The server: what a web host would do, on this computer."""

from __future__ import annotations

import socket

import pytest

from archive.layout import Layout
from archive.serve import make_app, serve
from schemas.errors import ConfigError
from schemas.identifiers import image_folder
from tests.site.fabricated_site import make_site, small_archive
from tests.site.serving import hosting


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    found = small_archive(tmp_path_factory.mktemp("archive"))
    make_site(found)
    return found


@pytest.fixture(scope="module")
def client(archive):
    with hosting(archive.layout.site) as host:
        yield host


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/vi/", "text/html; charset=utf-8"),
        ("/assets/css/site.css", "text/css; charset=utf-8"),
        ("/assets/js/item.js", "text/javascript; charset=utf-8"),
        ("/assets/img/hoa-ban.svg", "image/svg+xml; charset=utf-8"),
        ("/assets/fonts/noto-serif-western-400-normal.woff2", "font/woff2"),
        ("/iiif/collection.json", "application/json; charset=utf-8"),
    ],
)
def test_files_have_the_right_type(client, path, kind):
    answer = client.get(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("name", "kind"), [("f.mp4", "video/mp4"), ("s.m4a", "audio/mp4")])
def test_a_player_is_told_what_it_plays_and_may_ask_for_a_part(client, archive, name, kind):
    (archive.layout.site / name).write_bytes(bytes(range(100)))

    answer = client.get(f"/{name}", headers={"Range": "bytes=10-19"})

    assert (answer.status, answer.headers["content-type"]) == (206, kind)
    assert answer.content == bytes(range(10, 20))


def test_a_part_of_a_file_can_be_asked_for(client, archive):
    image = f"/{image_folder(archive.kept[0].item_id)}/0001/access.jpg"
    whole = client.get(image)
    part = client.get(image, headers={"Range": "bytes=10-19"})
    assert whole.headers["content-type"] == "image/jpeg"
    assert part.status == 206
    assert part.content == whole.content[10:20]


def test_an_unchanged_file_is_not_sent_again(client):
    first = client.get("/vi/index.html")
    again = client.get("/vi/index.html", headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304


def test_a_range_of_a_file_that_has_changed_is_the_whole_of_it(client):
    path = "/assets/js/item.js"
    first = client.get(path)
    same = {"Range": "bytes=0-9", "If-Range": first.headers["etag"]}
    assert client.get(path, headers=same).status == 206
    changed = client.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status, changed.content) == (200, first.content)
    last = client.get(path, headers={"Range": "bytes=-5"})
    assert last.content == first.content[-5:]
    assert last.headers["content-range"].endswith(f"/{len(first.content)}")
    assert client.get(path, headers={"Range": "bytes=9999999-"}).status == 416
    assert client.get(path, method="HEAD").headers["content-length"] == str(len(first.content))


def test_only_what_is_named_by_its_contents_is_kept_without_asking(client, archive):
    shard = archive.layout.site / "search/shards/a/tabcdef.js"
    shard.parent.mkdir(parents=True)
    shard.write_text("x", encoding="utf-8")
    kept = client.get("/search/shards/a/tabcdef.js").headers["cache-control"]
    assert kept == "public, max-age=604800, immutable"
    for path in ("/search/search-engine.js", "/vi/index.html", "/assets/css/site.css"):
        assert client.get(path).headers["cache-control"] == "no-cache"
    unchanged = client.get("/vi/index.html").headers["etag"]
    again = client.get("/vi/index.html", headers={"If-None-Match": unchanged})
    assert (again.status, again.headers["cache-control"]) == (304, "no-cache")


def test_folders_are_not_listed(client):
    answer = client.get("/assets/")
    assert answer.status == 404
    assert "item.js" not in answer.text


def test_an_unknown_address_shows_the_page_for_it(client):
    answer = client.get("/vi/nothing/here.html")
    assert answer.status == 404
    assert "text/html" in answer.headers["content-type"]
    assert "/assets/css/site.css" in answer.text


@pytest.mark.parametrize("path", ["/../hoaban.toml", "/%2e%2e/hoaban.toml", "/..%2fhoaban.toml"])
def test_nothing_outside_the_site_is_shown(client, archive, path):
    archive.layout.config.write_text("secret", encoding="utf-8")
    answer = client.get(path)
    assert answer.status == 404
    assert "secret" not in answer.text


def test_viewers_on_other_sites_may_read_manifests(client):
    assert client.get("/iiif/collection.json").headers["access-control-allow-origin"] == "*"


def test_serving_without_a_site_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match="hoaban build"):
        make_app(Layout(tmp_path).site)


def test_a_port_in_use_is_a_clear_error(archive):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=str(port)):
            serve(archive.layout.site, port=port)
