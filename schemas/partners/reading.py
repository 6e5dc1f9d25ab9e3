"""A partner profile from its TOML text; a key that is wrong is named with its file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from schemas.dublincore import TERMS
from schemas.errors import ConfigError
from schemas.fields import Profile, Role
from schemas.messages import _
from schemas.names import exact_key, words_of
from schemas.partners import (
    ABOUT_IMAGES,
    ABOUT_ITEMS,
    NAME_PARTS,
    OPEN,
    PACKAGE_ENDINGS,
    README_PARTS,
    RECORD_FORMATS,
    SHOWN,
    TABLE_ENDINGS,
    TERM,
    ImageChoice,
    Named,
    PartnerProfile,
    Source,
    TableChoice,
    WikiPage,
)
from schemas.partners.keys import Keys, one_of

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_LEAST_PX = 64
_KINDS_OF_SOURCE = ("field", "about", "fixed")


def parse_partner(text: str, path: Path) -> PartnerProfile:
    """Return the profile that the TOML ``text`` of the file ``path`` holds.

    Raises:
        ConfigError: It is not TOML, a key is unknown, or a value is not what it must be.
    """
    try:
        keys = Keys(tomllib.loads(text), path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            _("The partner profile cannot be read: {reason}.").format(reason=error), path=path
        ) from error
    about = keys.table("partner")
    selection = keys.table("selection")
    rights = keys.table("rights")
    records = keys.table("records")
    codes = _codes(keys.table("codes"))
    images, table, wiki = (keys.optional(name) for name in ("images", "table", "wiki"))
    made = PartnerProfile(
        name=path.stem,
        path=path,
        title=about.pairs("title"),
        endings=about.texts("endings"),
        is_public_only=about.flag("public_only"),
        allow=_allowed(rights),
        query=selection.text("query"),
        facets=tuple(_facets(selection)),
        collections=selection.texts("collections"),
        records=records.one_of("format", RECORD_FORMATS, ""),
        images=_images(images) if images else None,
        table=_table(table, codes) if table else None,
        wiki=_wiki(wiki, codes) if wiki else None,
        readme=_readme(keys.table("readme")),
        checksums=about.one_of("checksums", ("sha256", "sha512"), ""),
    )
    for read in (about, selection, rights, records, keys):
        read.end()
    return _checked(made, about, keys)


def check_fields(partner: PartnerProfile, profile: Profile) -> None:
    """Refuse a profile that asks for a field that the archive does not have.

    Raises:
        ConfigError: The first such field, with its key.
    """
    names = dict.fromkeys(
        field.name
        for kind in profile.each()
        for field in kind
        if field.role in (Role.VALUE, Role.IDENTIFIER)
    )
    for source in partner.sources():
        name = source.field
        is_term = name.startswith(TERM) and name.removeprefix(TERM) in TERMS
        if not name or name in names or is_term:
            continue
        raise ConfigError(
            _(
                "'{key}.field' is '{name}', and the archive has no such field; it has: {names}."
            ).format(key=source.key, name=name, names=", ".join(names)),
            remedy=_("Name one of them, or a Dublin Core term, as dcterms:title."),
            path=partner.path,
        )


def _checked(made: PartnerProfile, about: Keys, keys: Keys) -> PartnerProfile:
    """Return a profile whose parts fit together, with the endings it may have."""
    if not any((made.records, made.images, made.table, made.wiki)):
        raise ConfigError(
            _("The profile makes nothing; expected at least one of: {names}.").format(
                names="[records], [images], [table], [wiki]"
            ),
            path=made.path,
        )
    if made.wiki is not None and made.images is None:
        raise keys.wrong("wiki", _("[images] beside it: a page describes an image"), "[wiki]")
    needs_images = made.images is None and (
        (made.table is not None and made.table.rows == "images")
        or any(source.about in (*ABOUT_IMAGES, "images") for source in made.sources())
    )
    if needs_images:
        raise keys.wrong("table", _("[images] beside it: it speaks of image files"), "[table]")
    if made.table is not None and made.table.rows == "items":
        for column in made.table.columns:
            if column.source.about in ABOUT_IMAGES:
                raise ConfigError(
                    _("'{key}.about' needs table.rows = \"images\".").format(key=column.source.key),
                    path=made.path,
                )
    choices = TABLE_ENDINGS if made.is_table else PACKAGE_ENDINGS
    for ending in made.endings:
        if ending not in choices:
            raise about.wrong("endings", one_of(choices), ending)
    return replace(made, endings=made.endings or choices)


def _allowed(rights: Keys) -> tuple[str, ...]:
    allow = rights.texts("allow")
    for entry in allow:
        if entry != OPEN and not _ADDRESS.fullmatch(entry):
            raise rights.wrong("allow", _('"open", or addresses of rights statements'), entry)
    return allow


def _facets(selection: Keys) -> list[tuple[str, str]]:
    table = selection.table("facets")
    return [(name, value) for name in table.names() for value in table.texts(name)]


def _images(keys: Keys) -> ImageChoice:
    made = ImageChoice(
        take=keys.one_of("take", ("access", "masters"), "access"),
        max_px=keys.number("max_px", 0, least=_LEAST_PX),
        names=_pattern(keys, "names", "{number}-{view}", NAME_PARTS),
        folder=_folder(keys),
        folder_per_item=keys.flag("folder_per_item"),
        is_required=keys.flag("required"),
    )
    named = set(PLACEHOLDER.findall(made.names))
    if "view" not in named or not named & {"number", "item_id"}:
        raise keys.wrong(
            "names", _("a pattern with {view} and with {number} or {item_id}"), made.names
        )
    if made.take == "masters" and made.max_px:
        raise keys.wrong("max_px", _("none: masters go out as they are"), made.max_px)
    keys.end()
    return made


def _folder(keys: Keys) -> str:
    folder = keys.text("folder", "images")
    if not re.fullmatch("[A-Za-z0-9_-]{1,40}", folder):
        raise keys.wrong("folder", _("a name of letters, digits, - and _"), folder)
    return folder


def _pattern(keys: Keys, name: str, default: str, parts: Sequence[str]) -> str:
    pattern = keys.text(name, default)
    for found in PLACEHOLDER.findall(pattern):
        if found not in parts:
            braces = ", ".join(f"{{{part}}}" for part in parts)
            raise keys.wrong(name, one_of(braces.split(", ")), f"{{{found}}}")
    return pattern


def _readme(keys: Keys) -> Mapping[str, str]:
    return {lang: _pattern(keys, lang, "", README_PARTS) for lang in keys.names()}


def _table(keys: Keys, codes: Mapping[str, Mapping[str, str]]) -> TableChoice:
    file = keys.text("file", "objects.csv")
    is_name = re.fullmatch("[A-Za-z0-9_-]{1,40}[.](csv|xlsx)", file)
    if not is_name:
        raise keys.wrong("file", _("a file name that ends in .csv or .xlsx"), file)
    rows = keys.one_of("rows", ("items", "images"), "items")
    columns = tuple(_named(entry, "heading", codes) for entry in keys.tables("columns"))
    keys.end()
    headings = [column.name for column in columns]
    twice = next((name for name in headings if headings.count(name) > 1), None)
    if not columns or twice is not None:
        raise keys.wrong("columns", _("at least one, each with its own heading"), twice or [])
    return TableChoice(columns, file, rows)


def _wiki(keys: Keys, codes: Mapping[str, Mapping[str, str]]) -> WikiPage:
    made = WikiPage(
        template=keys.needed("template"),
        parameters=tuple(
            _named(entry, "name", codes, is_wiki=True) for entry in keys.tables("parameters")
        ),
        licences=keys.pairs("licences"),
        categories=keys.texts("categories"),
    )
    keys.end()
    for address in made.licences:
        if not _ADDRESS.fullmatch(address):
            raise keys.wrong("licences", _("addresses of rights statements"), address)
    titles = (made.template, *(named.name for named in made.parameters), *made.categories)
    for title in titles:
        if not title.strip() or re.search(r"[\[\]{}|<>#\n=]", title):
            raise keys.wrong("", _("names without [ ] {{ }} | < > # =").format(), title)
    # A template may have parameters, as PD-Art|PD-old-100-expired.
    for title in made.licences.values():
        if not title.partition("|")[0].strip() or re.search(r"[\[\]{}<>#\n]", title):
            raise keys.wrong("licences", _("templates without [ ] {{ }} < > #").format(), title)
    if not made.licences:
        raise keys.wrong("licences", _("a template for each licence that may go out"), {})
    return made


def _named(
    keys: Keys, name: str, codes: Mapping[str, Mapping[str, str]], *, is_wiki: bool = False
) -> Named:
    heading = keys.needed(name)
    given = [kind for kind in _KINDS_OF_SOURCE if keys.has(kind)]
    if len(given) != 1:
        raise keys.wrong("", _("exactly one of: field, about, fixed"), given)
    coded = keys.text("codes")
    if coded and coded not in codes:
        raise keys.wrong("codes", one_of([f"codes.{known}" for known in codes] or ["-"]), coded)
    source = Source(
        key=keys.at,
        field=keys.text("field"),
        about=keys.one_of("about", (*ABOUT_ITEMS, *ABOUT_IMAGES), ""),
        fixed=keys.text("fixed"),
        show=keys.one_of("show", SHOWN, "text"),
        lang=keys.text("lang"),
        codes=codes[coded] if coded else None,
        otherwise=keys.text("otherwise"),
        separator=keys.text("separator", "; "),
        each_language=keys.flag("each_language") if is_wiki else False,
        is_required=keys.flag("required"),
    )
    keys.end()
    return Named(heading, source)


def _codes(keys: Keys) -> dict[str, Mapping[str, str]]:
    return {
        name: {exact_key(words_of(key)): code for key, code in keys.pairs(name).items()}
        for name in keys.names()
    }
