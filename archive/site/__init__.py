"""The public static archive: plain pages made from the catalogue, readable from any disk."""

from archive.site.build import SiteReport, build_site
from archive.site.items import SiteItem

__all__ = ["SiteItem", "SiteReport", "build_site"]
