"""What the tests of the store share: items to store, and a foreign validator to judge them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from archive.layout import Layout
from archive.store import Commit, Store
from schemas.dublincore import Statement
from schemas.events import Event, EventType
from schemas.records import Access, Record, View
from schemas.technical import Page, Technical
from tests.archive.ocfl_judge import objects_in, said_of_objects, said_of_root

DATA = Path(__file__).parents[1] / "data" / "store"
JPEG = (DATA / "evans.jpg").read_bytes()
TIFF = (DATA / "16bit.tif").read_bytes()
AT = "2026-11-21T08:30:00Z"
LATER = "2026-11-22T09:00:00Z"
FRONT = "masters/Mặt trước.jpg"
BACK = "masters/Mặt sau.tif"
NUMBER = "BTĐB 12/Đ.3"


def new_store(folder: Path) -> Store:
    folder.mkdir(parents=True, exist_ok=True)
    return Store.create(Layout(folder))


def record(
    identifier: str = NUMBER,
    *paths: str,
    title: str = "Áo chàm của người Tày",
    access: Access = Access.PUBLIC,
) -> Record:
    return Record(
        identifier=identifier,
        statements=(Statement("title", title, lang="vi", field="title"),),
        views=tuple(View(path) for path in paths),
        access=access,
        extra=(("Kho", "Tủ 3"),),
    )


def technical(path: str, data: bytes) -> Technical:
    return Technical(
        path=path,
        size_bytes=len(data),
        sha512=hashlib.sha512(data).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        source_name=path.removeprefix("masters/"),
        puid="fmt/43",
        format_name="JPEG File Interchange Format",
        mime_type="image/jpeg",
        pages=(Page(800, 600),),
        bits_per_sample=8,
        samples_per_pixel=3,
        colour_space="rgb",
        resolution_ppi=(300.0, 300.0),
        exif={"Image Make": "Máy quét"},
    )


def event(at: str = AT) -> Event:
    return Event(type=EventType.INGESTION, at=at, outcome="success", agent="Hoa Ban 0.1.0")


def stage(store: Store, masters: Mapping[str, bytes]) -> dict[str, Path]:
    folder = store.layout.staging / "work"
    folder.mkdir(parents=True, exist_ok=True)
    staged = {}
    for number, (path, data) in enumerate(masters.items()):
        staged[path] = folder / f"scan-{number}"
        staged[path].write_bytes(data)
    return staged


def commit(
    store: Store,
    masters: Mapping[str, bytes] | None = None,
    *,
    identifier: str = NUMBER,
    title: str = "Áo chàm của người Tày",
    at: str = AT,
) -> Commit:
    """Stage and commit as ingest does."""
    masters = masters or {}
    return store.commit(
        record(identifier, *masters, title=title),
        masters=stage(store, masters),
        technical=tuple(technical(path, data) for path, data in masters.items()),
        events=(event(at),),
        message="Ingest",
        at=at,
    )


def masters_of(store: Store, item_id: str) -> dict[str, bytes]:
    return {path: file.read_bytes() for path, file in store.read(item_id).masters.items()}


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder; a folder counts as itself, so that an empty one is seen."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"<folder>"
        for path in folder.rglob("*")
    }


def assert_objects_valid(store: Store) -> None:
    """Let ocfl-py judge every object of a store."""
    assert said_of_objects(store.layout.store) == []
    assert len(objects_in(store.layout.store)) == len(list(store.iter_item_ids()))


def assert_valid(store: Store) -> None:
    """Let ocfl-py judge the storage root and every object in it, and find each where it lies."""
    # Imported here, because it takes half a second that the processes to be killed do not need.
    from ocfl import StorageRoot

    assert said_of_root(store.layout.store) == []
    assert_objects_valid(store)
    root = StorageRoot(root=str(store.layout.store))
    # Reads the layout, which object_path needs.
    root.open_root_fs()
    root.check_root_structure()
    for item_id in store.iter_item_ids():
        path = root.object_path(f"hoaban:{item_id}")
        assert store.layout.store / path == store.folder_of(item_id)
