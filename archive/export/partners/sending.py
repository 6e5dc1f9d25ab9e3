"""Items on their way to a partner: what goes, what cannot, and what is written of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO

from archive.export.deletions import DELETED_NAME
from archive.export.items import (
    ExportContext,
    ExportItem,
    ExportMasters,
    Picture,
    at_least_one,
)
from archive.export.masters import add_master
from archive.export.museum_xml import document_of
from archive.export.package import Package
from archive.export.partners.cells import ImageSaid, ItemSaid
from archive.export.partners.naming import FileNames
from archive.export.partners.outgoing import Outgoing
from archive.export.partners.pages import wiki_page
from archive.export.partners.readme import readme_text
from archive.export.partners.rights import RightsJudge
from archive.export.partners.tables import Rows
from schemas.crosswalks.exchange import UnfitRecordError
from schemas.findings import Finding
from schemas.identifiers import shard_of
from schemas.partners import ImageChoice, PartnerProfile
from schemas.records import Record
from schemas.technical import Technical
from schemas.views import label_text

_README = "README.txt"
_NO_IMAGE = ImageSaid()

# A picture made for people, or a master.
_Image = Picture | Technical


class Sending:
    """One export to a partner under way.

    Attributes:
        rows: The table's rows.
        count: Items given out.
        images: Images given out.
        left_out: Items that could not go.
        without_masters: Items that gave images in place of masters.
        findings: What was found on the way.
        first: The first reason why an item could not go, or None.
    """

    def __init__(self, partner: PartnerProfile, context: ExportContext, work: Path) -> None:
        """Prepare, with ``work`` as the folder for what waits on disk."""
        self._partner = partner
        self._context = context
        self._exchange = context.exchanged()
        self._judge = RightsJudge(partner, self._exchange)
        self._names = FileNames(partner.images.names if partner.images else "")
        self._work = work
        self._stack = ExitStack()
        self._out: Outgoing | None = None
        self._licences: Counter[str] = Counter()
        self.count = self.images = self.left_out = self.without_masters = 0
        self.findings: list[Finding] = []
        self.first: Finding | None = None

    def __enter__(self) -> Sending:
        self._digests = self._spool()
        self.rows = Rows(self._partner.table, self._spool())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def files(self) -> int:
        """Files written."""
        return self._out.files if self._out else 0

    @property
    def size_bytes(self) -> int:
        """Their lengths together."""
        return self._out.size_bytes if self._out else 0

    def into(self, package: Package) -> None:
        """Write files into ``package`` from now on."""
        self._out = Outgoing(package, self._partner.checksums, self._digests)

    def take(self, items: Iterable[ExportItem]) -> None:
        """Write what the partner wants of each item.

        Raises:
            FixityError: A master is not as recorded.
            SourceError: There are no items.
        """
        for item in at_least_one(items, may_be_none=bool(self._context.deletions)):
            if not self._send(item):
                self.left_out += 1
                self._context.leave_out(item.item_id)

    def finish(self) -> None:
        """Write what stands once in a package: table, README, deletions, checksums.

        Raises:
            ValueError: There is no package.
        """
        if self._out is None:
            raise ValueError("there is no package to finish")
        if self._partner.table is not None and self.count:
            path = self._work / "table"
            self.findings += self.rows.write(path, self._partner.table.file, self._context.at)
            self._out.add_file(self._partner.table.file, path)
            path.unlink()
        if self._partner.readme:
            text = readme_text(self._partner.readme, self._figures())
            self._out.add_bytes(_README, text.encode())
        if deleted := self._context.deleted_csv():
            self._out.add_bytes(DELETED_NAME, deleted)
        self._out.add_checksums()

    def _spool(self) -> IO[str]:
        return self._stack.enter_context(
            TemporaryFile("w+", encoding="utf-8", newline="\n", dir=self._work)
        )

    def _send(self, item: ExportItem) -> bool:
        """Write an item, and say whether it could go."""
        refusal = self._judge.refusal(item.record)
        if refusal is not None:
            return self._refused(refusal)
        record = self._context.record_of(item)
        said = ItemSaid(
            item,
            record,
            self._judge.said(record),
            self._context,
            self._exchange,
            self._partner.name,
        )
        document = b""
        if self._partner.records:
            try:
                document = document_of(
                    self._partner.records, record, said.published, self._exchange
                )
            except UnfitRecordError as error:
                return self._refused(*error.findings)
        images = self._images(item)
        if images is None:
            return False
        self._write(said, document, images)
        self.count += 1
        self._licences.update(s.mark or s.uri for s in said.rights.statements)
        return True

    def _refused(self, *findings: Finding) -> bool:
        self.findings += findings
        self.first = self.first or findings[0]
        return False

    def _images(self, item: ExportItem) -> tuple[_Image, ...] | None:
        """Return the images of an item that go out, or None where it cannot go without."""
        choice = self._partner.images
        if choice is None:
            return ()
        pictures = self._context.pictures(item, choice.max_px)
        images: tuple[_Image, ...] | None = pictures
        if choice.take == "masters" and pictures is not None:
            stored = _stored(item)
            if self._context.images_instead(stored) is None:
                images = stored.technical
            else:
                self.without_masters += 1
        code = "PARTNER-images-withheld" if images is None else "PARTNER-no-images"
        if images:
            return images
        if images is None or choice.is_required:
            values = {"partner": self._partner.name}
            found = Finding(code, path=item.record.identifier, item_id=item.item_id, values=values)
            self._refused(found)
        return None if choice.is_required else ()

    def _write(self, said: ItemSaid, document: bytes, images: tuple[_Image, ...]) -> None:
        item_id = said.item.item_id
        if document and self._out is not None:
            self._out.add_bytes(f"records/{shard_of(item_id)}/{item_id}.xml", document)
        named = tuple(self._named(said, number, image) for number, image in enumerate(images, 1))
        said = replace(said, images=named)
        pages = []
        for image, place in zip(images, named, strict=True):
            self._add_image(said.item, image, place.path)
            pages.append(self._with_page(said, place))
        self.images += len(images)
        rows = self._partner.table.rows if self._partner.table else ""
        for place in pages if rows == "images" else (_NO_IMAGE,) if rows else ():
            self.findings += self.rows.add(said, place)

    def _named(self, said: ItemSaid, number: int, image: _Image) -> ImageSaid:
        choice = self._partner.images or ImageChoice()
        view = f"{number:02d}"
        ending = ".jpg"
        if isinstance(image, Technical):
            ending = PurePosixPath(image.path).suffix.lower()
        parts = {
            "number": said.record.identifier,
            "item_id": said.item.item_id,
            "title": said.record.title(self._exchange.lang),
            "museum": self._exchange.museum,
            "view": view,
        }
        name = self._names.name(parts, ending)
        folder = f"{choice.folder}/{said.item.item_id}" if choice.folder_per_item else choice.folder
        label = _label(said.record, image)
        return ImageSaid(
            f"{folder}/{name}", name, view, label_text(label, self._exchange.lang) if label else ""
        )

    def _add_image(self, item: ExportItem, image: _Image, path: str) -> None:
        if self._out is None:
            return
        if isinstance(image, Technical):
            add_master(self._out.add, _stored(item), image, path)
        else:
            self._out.add_bytes(path, image.read())

    def _with_page(self, said: ItemSaid, place: ImageSaid) -> ImageSaid:
        if self._partner.wiki is None or self._out is None:
            return place
        page = wiki_page(self._partner.wiki, said, place, self.findings.append)
        self._out.add_bytes(f"wiki/{place.name}.wikitext", page.encode())
        return replace(place, wikitext=page)

    def _figures(self) -> Mapping[str, str]:
        def licences() -> Iterator[str]:
            for mark, count in sorted(self._licences.items()):
                yield f"{mark} ({count})"

        return {
            "museum": self._exchange.museum,
            "archive": self._context.title,
            "date": self._context.at[:10],
            "items": str(self.count),
            "images": str(self.images),
            "licences": ", ".join(licences()),
        }


def _label(record: Record, image: _Image) -> str:
    if isinstance(image, Picture):
        return image.label
    return next((view.label for view in record.views if view.path == image.path), "")


def _stored(item: ExportItem) -> ExportMasters:
    if not hasattr(item, "masters"):
        raise TypeError(f"{item.item_id} does not come from the store")
    return item  # type: ignore[return-value]
