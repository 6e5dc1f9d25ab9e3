"""OAI-PMH 2.0: partners ask what is new, and get it page by page.

Everything here is protocol. What there is to harvest says a :class:`Repository`.

Source: The Open Archives Initiative Protocol for Metadata Harvesting, version 2.0 of 2002-06-14,
http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from archive.oai.provider import Provider
from archive.oai.repository import Entry, Format, Identity, Repository, Set

__all__ = ["Entry", "Format", "Identity", "Provider", "Repository", "Set"]
