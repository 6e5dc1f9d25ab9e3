"""What is known of a value: its names, where it lies, what it is part of.

From the vocabularies (those that ship, with the museum's own over them), the gazetteer, the
profile and the calendar; never from the network. Names that hurt are never shown: they stand in a
column of their own, which nothing here reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from archive.site.facets import KIND, PERIOD, PLACE, Facet, short_place
from archive.site.gathering import Gathered
from archive.site.items import Text
from archive.site.known import ValueEntry
from archive.site.years import OLDER, Span, century_of
from schemas.gazetteer import Place, find_place
from schemas.gazetteer.units import gazetteer
from schemas.messages import N_, translate
from schemas.normalising import ValueTables
from schemas.profile import Profile
from schemas.vocabularies import NAMES as SHIPPED_NAMES
from schemas.vocabularies import Term, shipped

_TODAY = N_("Since 1 July 2025: {places}")
_GAZETTEER = N_("Gazetteer of Vietnam's administrative units, 2025 and 2026")
_MOST_PLACES = 6
_NO_TEXT = Text("")


@dataclass(frozen=True)
class Knowledge:
    """What a value's page says of it, in one language.

    Attributes:
        label: What it is called.
        translations: What it is called in the other editions' languages.
        names: Other names and spellings.
        note: What a reader should know; may be empty.
        source: Where all this was taken from; may be empty.
        uri: Its address in a vocabulary the world shares; may be empty.
        full_name: Of a place: with the units above it, in its time; may be empty.
        today: Of a place that has ended: what it is now, as a sentence; may be empty.
        latitude: Of a place, in degrees north; None where it is not known.
        longitude: In degrees east.
        is_middle: Whether the coordinates are only the middle of a larger unit.
        broader: The values it lies under, from the largest to the smallest.
        query: What finds its items in the search, or empty.
    """

    label: Text
    translations: tuple[Text, ...] = ()
    names: tuple[str, ...] = ()
    note: Text = _NO_TEXT
    source: str = ""
    uri: str = ""
    full_name: str = ""
    today: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_middle: bool = False
    broader: tuple[ValueEntry, ...] = ()
    query: str = ""


class Knower:
    """Knows the values of one build."""

    def __init__(
        self,
        gathered: Gathered,
        profile: Profile,
        tables: ValueTables,
        languages: tuple[str, ...],
    ) -> None:
        self._gathered = gathered
        self._profile = profile
        self._tables = tables
        self._languages = languages
        self._below: dict[str, dict[str, list[ValueEntry]]] = {}

    def label(self, facet: Facet, entry: ValueEntry, lang: str) -> Text:
        """Return what a value is called by readers of ``lang``."""
        value = entry.value
        if value.facet == KIND:
            return Text(self._kind_label(value.key, lang))
        if value.facet == PERIOD:
            return Text(span_of(value.key).label(lang))
        if value.known and value.facet == PLACE:
            place = place_of(entry)
            return Text(short_place(place)) if place else _most_used(entry, lang)
        term = self._term(facet, entry)
        if term is not None and lang in term.labels:
            return Text(_capital(term.labels[lang]))
        return _most_used(entry, lang)

    def know(self, facet: Facet, entry: ValueEntry, lang: str) -> Knowledge:
        """Return everything a value's page says."""
        label = self.label(facet, entry, lang)
        if entry.value.facet == PERIOD:
            return _know_span(self._gathered, entry, label)
        if entry.value.known and entry.value.facet == PLACE:
            return self._know_place(entry, label, lang)
        term = self._term(facet, entry)
        if term is None:
            return Knowledge(label, names=_spellings(entry, lang, label.text))
        return self._know_term(facet, entry, term, label, lang)

    def _know_term(
        self, facet: Facet, entry: ValueEntry, term: Term, label: Text, lang: str
    ) -> Knowledge:
        others = {
            other: _capital(term.labels[other])
            for other in self._languages
            if other != lang and other in term.labels
        }
        taken = {text.casefold() for text in (label.text, *others.values())}
        names = (*term.variants, *_spellings(entry, lang, label.text, *term.former))
        kept = {name.casefold(): name for name in reversed(names) if name.casefold() not in taken}
        return Knowledge(
            label,
            translations=tuple(
                Text(text, other) for other, text in others.items() if text != label.text
            ),
            names=tuple(reversed(kept.values())),
            note=_note(facet, term, lang),
            source=term.source,
            uri=term.uri,
            broader=self._above(facet, term),
        )

    def _know_place(self, entry: ValueEntry, label: Text, lang: str) -> Knowledge:
        place = place_of(entry)
        if place is None:
            return Knowledge(label, names=_spellings(entry, lang, label.text))
        middle = middle_of(place)
        above = find_place(place.province).place if place.province else None
        broader = self._gathered.get(PLACE, above.id) if above else None
        today = [unit.name for unit in place.communes[:_MOST_PLACES]]
        if place.is_former and place.province:
            today = [f"{', '.join(today)} ({place.province})" if today else place.province]
        elif place.is_former:
            today = [*today, *place.provinces]
        return Knowledge(
            label,
            names=_spellings(entry, lang, label.text, place.name),
            full_name=place.name,
            today=translate(_TODAY, lang).format(places=", ".join(today))
            if place.is_former and today
            else "",
            latitude=middle[0] if middle else None,
            longitude=middle[1] if middle else None,
            is_middle=place.commune is None,
            broader=(broader,) if broader and broader is not entry else (),
            source=translate(_GAZETTEER, lang),
        )

    def narrower(self, facet: Facet, entry: ValueEntry) -> list[ValueEntry]:
        """Return the values of a vocabulary that lie directly under a value."""
        if facet.name not in self._below:
            self._below[facet.name] = self._by_broader(facet)
        return self._below[facet.name].get(entry.value.known, []) if entry.value.known else []

    def _by_broader(self, facet: Facet) -> dict[str, list[ValueEntry]]:
        vocabulary = self._tables.vocabulary(facet.vocabulary) if facet.vocabulary else None
        found: dict[str, list[ValueEntry]] = {}
        for other in self._gathered.values[facet.name].values() if vocabulary else ():
            term = vocabulary.get(other.value.known) if vocabulary and other.value.known else None
            if term is not None and term.broader:
                found.setdefault(term.broader, []).append(other)
        return found

    def _above(self, facet: Facet, term: Term) -> tuple[ValueEntry, ...]:
        """Return the terms a term lies under that items have too, the largest first."""
        vocabulary = self._tables.vocabulary(facet.vocabulary) if facet.vocabulary else None
        found: list[ValueEntry] = []
        seen = {term.id}
        while vocabulary is not None and term.broader and term.broader not in seen:
            seen.add(term.broader)
            above = vocabulary.get(term.broader)
            if above is None:
                break
            entry = self._gathered.get(facet.name, above.id)
            if entry is not None:
                found.insert(0, entry)
            term = above
        return tuple(found)

    def _term(self, facet: Facet, entry: ValueEntry) -> Term | None:
        if not entry.value.known or not facet.vocabulary:
            return None
        vocabulary = self._tables.vocabulary(facet.vocabulary)
        return vocabulary.get(entry.value.known) if vocabulary else None

    def _kind_label(self, name: str, lang: str) -> str:
        kind = next((kind for kind in self._profile.kinds if kind.name == name), None)
        return kind.label(lang) if kind else name


def span_of(key: str) -> Span:
    """Return the century or decade with a key."""
    if key == OLDER.key:
        return OLDER
    if key.endswith("s"):
        start = int(key[:-1])
        return Span(start, start + 9, key)
    number = int(key.lstrip("bc"))
    return century_of(1 - number * 100 if key.startswith("bc") else number * 100 - 1)


def place_of(entry: ValueEntry) -> Place | None:
    """Return the unit of the gazetteer that a value was understood as, or None."""
    for _lang, text in entry.spellings:
        place = find_place(text).place
        if place is not None and place.id == entry.value.known:
            return place
    if entry.value.known.startswith("gso:"):
        return _province(entry.value.known)
    return None


def _province(unit_id: str) -> Place | None:
    name = gazetteer().province_names.get(unit_id.removeprefix("gso:"))
    return find_place(name).place if name else None


def middle_of(place: Place) -> tuple[float, float] | None:
    """Return where a unit lies: a commune's centre, else the middle of the communes it has today.

    Latitude and longitude in degrees. A unit that lies in several provinces has no one place.
    """
    known = gazetteer().communes.values()
    communes = place.communes or [c for c in known if [c.province] == list(place.provinces)]
    if not communes or len(place.provinces) > 1:
        return None
    latitudes = sorted(commune.latitude for commune in communes)
    longitudes = sorted(commune.longitude for commune in communes)
    # The median, because islands far out at sea belong to provinces on the coast.
    half = len(communes) // 2
    return latitudes[half], longitudes[half]


def _know_span(gathered: Gathered, entry: ValueEntry, label: Text) -> Knowledge:
    span = span_of(entry.value.key)
    above = gathered.get(PERIOD, century_of(span.first).key) if span.is_decade else None
    return Knowledge(label, broader=(above,) if above else (), query=span.query)


def _note(facet: Facet, term: Term, lang: str) -> Text:
    """Return a term's note; those that ship are in English, so only English readers get them."""
    is_ours = facet.vocabulary.replace("_", "-") in SHIPPED_NAMES
    if is_ours:
        own = shipped(facet.vocabulary.replace("_", "-")).get(term.id)
        if own is not None and own.note == term.note and lang != "en":
            return _NO_TEXT
    return Text(term.note)


def _most_used(entry: ValueEntry, lang: str) -> Text:
    """Return the spelling readers of a language should see: theirs, the most frequent one."""
    own = Counter({s: n for s, n in entry.spellings.items() if s[0] in ("", lang)})
    best = (own or Counter(entry.spellings)).most_common(1)
    if not best:
        return Text(entry.value.text or entry.value.key.lstrip("="))
    spoken, text = best[0][0]
    return Text(text, spoken if spoken != lang else "")


def _spellings(entry: ValueEntry, lang: str, *taken: str) -> tuple[str, ...]:
    known = {text.casefold() for text in taken}
    found = dict.fromkeys(text for _lang, text in entry.spellings if text.casefold() not in known)
    return tuple(found)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
