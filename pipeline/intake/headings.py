"""What a column heading means, recognised against the application profile.

A heading is recognised by a field's name, its labels in every language, its further headings
and, last, its Dublin Core term; case, accents and punctuation do not matter. After the name may
stand a language (``title@vi``, ``Tên gọi (tiếng Anh)``, ``title_en``), a unit (``Kích thước
(cm)``), or any other remark in brackets; a repeatable field may be numbered (``Ảnh 2``). What
the museum has said of a column in its settings comes before all this.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.layout import CONFIG_NAME
from pipeline.intake.languages import language_named, language_said, parse_language_tag
from pipeline.intake.text import fold
from schemas.findings import Finding
from schemas.profile import Field, Profile, Role

# "Chat lieu chinh cua" is not "Chat lieu", but "Chat lieuu" is: one letter in eight may differ.
_SIMILARITY = 0.86
_UNITS = frozenset({"mm", "cm", "dm", "m", "g", "gr", "gram", "kg", "gam", "inch", "in", "px"})
_BRACKETED = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<remark>[^()\[\]]*)[)\]][\s*:]*", re.DOTALL)
_NUMBERED = re.compile(r"(.*[^\W\d_])[\s_\-.]*\d{1,2}")


@dataclass(frozen=True)
class Meaning:
    """What a heading says.

    Attributes:
        field: The field of the profile.
        lang: BCP 47 tag of the language it names, or empty.
        unit: The unit it names, or empty.
        rank: How sure the name is; 0 is the field's own name or label, larger is vaguer.
    """

    field: Field
    lang: str = ""
    unit: str = ""
    rank: int = 0


class Headings:
    """Every heading the fields of one kind of record are recognised by.

    Attributes:
        profile: The profile, turned to that kind.
        columns: What the museum has said of its own columns: heading to field, to ``field@lang``,
            or to an empty text for a column to be passed over.
    """

    def __init__(self, profile: Profile, columns: Mapping[str, str] | None = None) -> None:
        self.profile = profile
        self.columns = columns or {}
        self._known: dict[str, Meaning] = {}
        self._of_kind: dict[str, Headings] = {profile.kind: self}
        for field in profile:
            for name in (field.name, *field.labels.values()):
                self._add(name, field, rank=0)
        for field in profile:
            for rank, name in enumerate(field.headings, start=1):
                self._add(name, field, rank=rank)
        for field in profile:
            for prefix in ("", "dcterms:", "dc:") if field.term else ():
                self._add(prefix + field.term, field, rank=1000)
        self._mapped = {heading_key(name): self._target(to) for name, to in self.columns.items()}

    def recognise(self, heading: str) -> Meaning | None:
        """Return what a heading means, or None when it is not known."""
        if self.is_mapped(heading):
            return self._mapped[heading_key(heading)]
        known = self._known.get(heading_key(heading))
        if known:
            return known
        name, mark, tag = heading.rpartition("@")
        if mark:
            return self._in_language(name, parse_language_tag(tag))
        match = _BRACKETED.fullmatch(heading)
        if match:
            return self._with_remark(match["name"], match["remark"])
        words = fold(heading).split()
        for count in range(1, min(4, len(words))):
            lang = language_said(" ".join(words[-count:]))
            if lang:
                return self._in_language(" ".join(words[:-count]), lang)
        match = _NUMBERED.fullmatch(heading.strip())
        known = self._known.get(heading_key(match[1])) if match else None
        return known if known and known.field.repeatable else None

    def count_known(self, cells: Sequence[str]) -> int:
        """Return how many different fields some cells are headings of."""
        return len({m.field.name for m in map(self.recognise, cells) if m})

    def is_mapped(self, heading: str) -> bool:
        """Say whether the museum has said itself what a column is."""
        return heading_key(heading) in self._mapped

    def is_passed_over(self, heading: str) -> bool:
        """Say whether the museum has said to pass a column over."""
        return any(
            not target and heading_key(name) == heading_key(heading)
            for name, target in self.columns.items()
        )

    def of(self, kind: str) -> Headings:
        """Return the headings of another kind of record."""
        if kind not in self._of_kind:
            other = Headings(self.profile.of(kind), self.columns)
            other._of_kind = self._of_kind
            self._of_kind[kind] = other
        return self._of_kind[kind]

    def kind_named(self, word: str) -> str | None:
        """Return the kind that a cell or the name of a sheet names, or None.

        Returns:
            The kind as records have it: empty for the default kind.
        """
        for entry in self.profile.kinds:
            if heading_key(word) in map(heading_key, entry.words):
                turned = self.profile.of(entry.name)
                return turned.kind
        return None

    def suggest(self, heading: str) -> Field | None:
        """Return the field whose heading looks much like an unknown one, or None."""
        close = difflib.get_close_matches(
            heading_key(heading), self._known, n=1, cutoff=_SIMILARITY
        )
        return self._known[close[0]].field if close else None

    def _unknown_targets(self) -> Iterator[tuple[str, str]]:
        """Yield each heading of :attr:`columns` that is mapped to no field of any kind."""
        names = self.profile.positions
        for heading, target in self.columns.items():
            name, mark, tag = target.partition("@")
            if target and (name not in names or (mark and not parse_language_tag(tag))):
                yield heading, target

    def mapping_findings(self) -> tuple[Finding, ...]:
        """Return a finding for each heading that the settings map to no field."""
        return tuple(
            Finding(
                "COLUMN-mapped-nowhere",
                CONFIG_NAME,
                column=heading,
                values={"column": heading, "field": target},
            )
            for heading, target in self._unknown_targets()
        )

    def _target(self, target: str) -> Meaning | None:
        name, _mark, tag = target.partition("@")
        field = self.profile.get(name)
        return Meaning(field, lang=parse_language_tag(tag)) if field else None

    def _add(self, name: str, field: Field, *, rank: int) -> None:
        self._known.setdefault(heading_key(name), Meaning(field, rank=rank))

    def _in_language(self, name: str, lang: str) -> Meaning | None:
        known = self._known.get(heading_key(name))
        if not known or not lang or known.field.role is not Role.VALUE:
            return None
        return replace(known, lang=lang)

    def _with_remark(self, name: str, remark: str) -> Meaning | None:
        lang = language_named(remark)
        if lang:
            return self._in_language(name, lang)
        known = self._known.get(heading_key(name))
        unit = remark.strip() if fold(remark) in _UNITS else ""
        return replace(known, unit=unit, rank=known.rank + 1) if known else None


def heading_key(heading: str) -> str:
    """Return what two spellings of one heading have in common."""
    return fold(heading) or heading.strip()
