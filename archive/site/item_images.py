"""The images of items: whether they are there, and bringing them into the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from archive.layout import Layout
from archive.site.edition import edition_files
from archive.site.files import SiteTree
from archive.site.items import ShownItem
from archive.site.smaller import halved
from schemas.crosswalks import iiif
from schemas.derivatives import DerivativeSet
from schemas.identifiers import image_folder
from schemas.profile import Profile


class ItemImages:
    """Brings the images of public items into one site.

    Attributes:
        publication: Where all this will be published.

    Args:
        layout: Where derivatives are.
        tree: The site.
        profile: What the IIIF manifests say of items.
        publication: Where all this will be published.
        halvings: How often zoomable images are halved, in an edition.
    """

    def __init__(
        self,
        layout: Layout,
        tree: SiteTree,
        profile: Profile,
        publication: iiif.Publication,
        halvings: int,
    ) -> None:
        self._layout = layout
        self._tree = tree
        self._profile = profile
        self.publication = publication
        self._halvings = halvings

    def usable(self, item: ShownItem) -> DerivativeSet | None:
        """Return the item's derivatives when every canvas has its files, else None.

        Those that show more than the item's limits allow count as missing. In an edition they
        are as it has them.
        """
        found = item.derivatives
        files = self.files(item)
        if found is None or not files or not self.are_there(item.item_id, files):
            return None
        if not self._halvings:
            return found
        folder = self._layout.derivatives_of(item.item_id)
        for canvas in found.canvases:
            kept = edition_files(folder / canvas.key, canvas, self._halvings)
            if not all((folder / canvas.key / file.source).is_file() for file in kept):
                return None
        canvases = tuple(halved(canvas, self._halvings) for canvas in found.canvases)
        return replace(found, canvases=canvases)

    def files(self, item: ShownItem) -> tuple[str, ...]:
        """Return the files of the item's derivatives that have to be there, in their folder.

        There are none where it has no images, or those show more than its limits allow.
        """
        found = item.derivatives
        if found is None or not found.canvases or not item.limits.is_kept_by(found):
            return ()
        return tuple(
            f"{canvas.key}/{name}" for canvas in found.canvases for name in canvas.file_names
        )

    def are_there(self, item_id: str, files: Iterable[str]) -> bool:
        """Say whether the item's derivatives have all these files."""
        folder = str(self._layout.derivatives_of(item_id))
        return all(Path(f"{folder}/{file}").is_file() for file in files)

    def bring(self, item: ShownItem, images: DerivativeSet) -> None:
        """Bring the item's images into the site.

        Args:
            item: The item.
            images: Its derivatives, as :meth:`usable` gave them.
        """
        if not self._halvings:
            self.bring_whole(item.item_id, (canvas.key for canvas in images.canvases))
            return
        made = item.derivatives.canvases if item.derivatives else ()
        for canvas, whole in zip(images.canvases, made, strict=True):
            path = f"{image_folder(item.item_id)}/{canvas.key}"
            folder = self._layout.derivatives_of(item.item_id) / canvas.key
            self._tree.link_files(folder, path, edition_files(folder, whole, self._halvings))

    def bring_whole(self, item_id: str, canvases: Iterable[str]) -> None:
        """Bring all images of some canvases into the site, by their keys."""
        for key in canvases:
            folder = self._layout.derivatives_of(item_id)
            self._tree.link_folder(folder / key, f"{image_folder(item_id)}/{key}")

    def describe(self, item: ShownItem, images: DerivativeSet) -> None:
        """Write the info.json of the item's images, and its manifest."""
        for canvas in images.canvases:
            image_id = self.publication.image_id(item.item_id, canvas)
            self._tree.write_json(
                info_path(item.item_id, canvas.key), iiif.image_info(canvas, image_id)
            )
        document = iiif.manifest(item.record, images, self._profile, self.publication)
        self._tree.write_json(iiif.manifest_path(item.item_id), document)


def info_path(item_id: str, key: str) -> str:
    """Return the path of the info.json of the canvas with a key, relative to the root."""
    return f"{image_folder(item_id)}/{key}/info.json"
