"""What a museum prints of its items: labels for the vitrine, accession cards, register pages.

Promise: a page is one file that prints on A4 from any browser and needs no network.
"""

from archive.labels.content import PrintedItem, printed_item
from archive.labels.page import FORMS, Form, Print, printed_pages

__all__ = ["FORMS", "Form", "Print", "PrintedItem", "printed_item", "printed_pages"]
