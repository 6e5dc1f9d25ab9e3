"""The text of one cell, or of one parameter of a template, as a partner profile asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from archive.export.items import ExportContext, ExportItem
from schemas.crosswalks.credit import RightsSaid
from schemas.crosswalks.exchange import Exchange, Published
from schemas.dublincore import Statement
from schemas.fields import DEFAULT_KIND, Role
from schemas.findings import Finding
from schemas.names import exact_key, words_of
from schemas.normalising.readers import vocabulary_of
from schemas.partners import TERM, Source
from schemas.records import Record
from schemas.vocabularies import Term
from schemas.wikitext import escape, in_language

Texts = list[tuple[str, str]]
"""(language or empty, text)."""


@dataclass(frozen=True)
class ImageSaid:
    """What a row or a page says of its image.

    Attributes:
        path: Its path in the package.
        name: Its file name.
        view: Its number in the item, ``01``.
        label: What it shows, or empty.
        wikitext: Its wiki page, or empty.
    """

    path: str = ""
    name: str = ""
    view: str = ""
    label: str = ""
    wikitext: str = ""


@dataclass(frozen=True)
class ItemSaid:
    """What can be said of one item to a partner.

    Attributes:
        item: The item.
        record: Its record as the partner may see it.
        rights: Its rights.
        context: What the export is told.
        exchange: What partners are told of all records.
        partner: Name of the partner, for findings.
        images: Its images in reading order.
    """

    item: ExportItem
    record: Record
    rights: RightsSaid
    context: ExportContext
    exchange: Exchange
    partner: str
    images: tuple[ImageSaid, ...] = field(default=())

    @cached_property
    def published(self) -> Published:
        """Where it is found on the public site."""
        return self.context.published(self.item)

    def cell(self, source: Source, image: ImageSaid, tell: Callable[[Finding], None]) -> str:
        """Return the text of a cell.

        Args:
            source: Where it comes from.
            image: The image of the row.
            tell: Takes what is missing.
        """
        texts = self._texts(source, image, tell)
        text = source.separator.join(dict.fromkeys(text for _lang, text in texts if text))
        if source.is_required and not text:
            tell(self._finding("PARTNER-empty-cell", source))
        return text

    def parameter(self, source: Source, image: ImageSaid, tell: Callable[[Finding], None]) -> str:
        """Return the wikitext of a parameter of a template."""
        if not source.each_language:
            return escape(self.cell(source, image, tell))
        by_language: dict[str, dict[str, None]] = {}
        for lang, text in self._texts(source, image, tell):
            if text:
                by_language.setdefault(lang, {})[text] = None
        if source.is_required and not by_language:
            tell(self._finding("PARTNER-empty-cell", source))
        return "".join(
            in_language(source.separator.join(texts), lang) for lang, texts in by_language.items()
        )

    def _texts(self, source: Source, image: ImageSaid, tell: Callable[[Finding], None]) -> Texts:
        if source.about:
            return [
                self._coded(source, ("", text), (), tell) for text in self._about(source, image)
            ]
        if not source.field:
            return [(source.lang, source.fixed)]
        if source.show in ("earliest_year", "latest_year"):
            return [("", self._year(source))]
        statements = list(self._statements(source.field))
        if source.codes is not None:
            return [
                self._coded(source, (entry.lang, entry.value), self._ids(entry), tell)
                for entry in _of_language(statements, source.lang) or statements
            ]
        if source.show != "text":
            return [("", _shown(entry, source.show)) for entry in statements]
        if source.field == self._number_field:
            return [("", self.record.identifier)]
        return self._in_language(statements, source.lang)

    @cached_property
    def _number_field(self) -> str:
        named = self.exchange.profile.of(self.record.kind).with_role(Role.IDENTIFIER)
        return named.name if named else ""

    def _statements(self, name: str) -> Iterator[Statement]:
        for statement in self.record.statements:
            if statement.field == name or TERM + statement.term == name:
                yield statement

    def _in_language(self, statements: list[Statement], lang: str) -> Texts:
        if not lang:
            return [(entry.lang, entry.value or entry.uri) for entry in statements]
        exact = [(lang, entry.value) for entry in _of_language(statements, lang)]
        if exact:
            return exact
        terms = (term for entry in statements for term in self._terms(entry)[:1])
        labels = [(lang, term.labels[lang]) for term in terms if lang in term.labels]
        return labels or [("", entry.value) for entry in statements if not entry.lang]

    def _terms(self, statement: Statement) -> list[Term]:
        """Return the vocabulary's term a statement names, and those above it."""
        described = self.exchange.profile.of(self.record.kind).get(statement.field)
        term = self.exchange.term_of(statement, described)
        vocabulary = vocabulary_of(described, self.exchange.tables) if described else None
        found: list[Term] = []
        while term is not None and term not in found:
            found.append(term)
            term = vocabulary.get(term.broader) if vocabulary and term.broader else None
        return found

    def _ids(self, statement: Statement) -> tuple[str, ...]:
        return tuple(term.id for term in self._terms(statement))

    def _coded(
        self,
        source: Source,
        said: tuple[str, str],
        ids: tuple[str, ...],
        tell: Callable[[Finding], None],
    ) -> tuple[str, str]:
        if source.codes is None or not said[1]:
            return said
        for key in (*ids, said[1]):
            code = source.codes.get(exact_key(words_of(key)))
            if code is not None:
                return "", code
        if not source.otherwise:
            tell(self._finding("PARTNER-no-code", source, value=said[1]))
        return "", source.otherwise

    def _year(self, source: Source) -> str:
        """Return the first or last year of all dates of a field; before Christ with a minus."""
        is_first = source.show == "earliest_year"
        end, is_open = ("earliest", "open_start") if is_first else ("latest", "open_end")
        years: list[int] = []
        for statement in self._statements(source.field):
            year = statement.known(end)
            if statement.known(is_open):
                return ""
            if isinstance(year, int):
                years.append(year)
        if not years:
            return ""
        year = min(years) if is_first else max(years)
        # Years of the records are astronomical: the year 0 is 1 BC.
        return str(year if year > 0 else year - 1)

    def _about(self, source: Source, image: ImageSaid) -> tuple[str, ...]:
        said: Mapping[str, Callable[[], tuple[str, ...]]] = {
            "number": lambda: (self.record.identifier,),
            "item_id": lambda: (self.item.item_id,),
            "kind": lambda: (self.record.kind or DEFAULT_KIND,),
            "page": lambda: (self.published.page_url,),
            "manifest": lambda: (self.published.manifest_url,),
            "images": lambda: tuple(entry.path for entry in self.images),
            "image_addresses": lambda: tuple(entry.url for entry in self.published.images),
            "licence": lambda: tuple(s.mark or s.meaning for s in self.rights.statements),
            "licence_uri": lambda: self.rights.uris,
            "museum": lambda: (self.exchange.museum,),
            "archive": lambda: (self.context.title,),
            "export_date": lambda: (self.context.at[:10],),
            "image": lambda: (image.path,),
            "image_name": lambda: (image.name,),
            "view": lambda: (image.view,),
            "view_label": lambda: (image.label,),
            "wikitext": lambda: (image.wikitext,),
        }
        return said[source.about]()

    def _finding(self, code: str, source: Source, **values: str) -> Finding:
        return Finding(
            code,
            path=self.record.identifier,
            column=source.key,
            item_id=self.item.item_id,
            values={"partner": self.partner, **values},
        )


def _of_language(statements: list[Statement], lang: str) -> list[Statement]:
    return [entry for entry in statements if entry.value and entry.lang == lang]


def _shown(statement: Statement, show: str) -> str:
    if show == "uri":
        return statement.uri
    names = ("id", "code") if show == "id" else (show,)
    return next((str(known) for known in map(statement.known, names) if known), "")
