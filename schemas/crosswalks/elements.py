"""XML elements of one namespace, built with text that XML can hold."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from schemas.xml import xml_text

XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Namespace:
    """A namespace and the prefix that documents give it.

    Attributes:
        prefix: As ``premis``.
        uri: Its address.
    """

    prefix: str
    uri: str

    def root(self, name: str, *others: Namespace, **attributes: str) -> etree._Element:
        """Return a new element that declares this namespace and ``others``."""
        declared = {space.prefix: space.uri for space in (self, *others)}
        made = etree.Element(f"{{{self.uri}}}{name}", nsmap=declared)
        _set(made, attributes)
        return made

    def add(
        self, parent: etree._Element, name: str, text: str = "", **attributes: str
    ) -> etree._Element:
        """Return a new last child of ``parent``; an attribute without a value is left out."""
        made = etree.SubElement(parent, f"{{{self.uri}}}{name}")
        if text:
            made.text = xml_text(text)
        _set(made, attributes)
        return made

    def attribute(self, name: str) -> str:
        """Return the name of an attribute in this namespace, as lxml has it."""
        return f"{{{self.uri}}}{name}"


def set_type(element: etree._Element, type_name: str) -> None:
    """Say by ``xsi:type`` which type of its schema an element has."""
    element.set(f"{{{XSI_NS}}}type", type_name)


def _set(element: etree._Element, attributes: dict[str, str]) -> None:
    for name, value in attributes.items():
        if value:
            element.set(name, xml_text(value))
