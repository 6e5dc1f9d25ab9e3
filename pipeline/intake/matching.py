"""Which scans belong to which row.

A row with names in its file column has those scans and no others. A row without has the scans
whose name, or the nearest folder they stand in, is its inventory number. No scan has two
rows: where two claim one, both rows are set aside.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipeline.intake.listing import Listing, SourceFile
from pipeline.intake.merging import row_of
from pipeline.intake.naming import label_of, natural_key, number_tokens
from pipeline.intake.numbers import Numbers
from pipeline.intake.rows import Draft
from pipeline.intake.scan_index import Found, ScanIndex
from pipeline.jobs import Scan
from schemas.access import AccessTerms, parse_access_terms
from schemas.findings import Finding
from schemas.profile import Role

# "back.tif (nội bộ)": a name, and in brackets who may see the file.
_TERMS = re.compile(r"(?P<name>.*\S)\s*\((?P<terms>[^()]+)\)")


@dataclass
class Match:
    """The scans of one row, in reading order, and what is wrong with them."""

    scans: list[Scan] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Matching:
    """The scans of every row, and the scans of none.

    Attributes:
        matches: One a row, in the order of the rows.
        findings: What is wrong with scans no row has.
    """

    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]


def match_scans(drafts: Sequence[Draft], listing: Listing, *, path: str) -> Matching:
    """Return the scans of each row, and a finding for each scan that is left over.

    Costs time in proportion to the rows and the scans.

    Args:
        drafts: The rows; each has an inventory number.
        listing: The files of the delivery.
        path: The catalogue, relative to the delivery.
    """
    files = [file for file in listing.files if file.name != path]
    matcher = _Matcher(drafts, files, path)
    matcher.match_written()
    matcher.match_numbers()
    matcher.check_shared()
    matcher.check_collisions()
    matcher.check_missing()
    return Matching(tuple(matcher.matches), tuple(matcher.left_over()))


class _Matcher:
    def __init__(self, drafts: Sequence[Draft], files: Sequence[SourceFile], path: str) -> None:
        self.drafts = drafts
        self.files = files
        self.path = path
        self.matches = [Match() for _ in drafts]
        self.claims: dict[str, list[int]] = defaultdict(list)
        self.colliding = _collisions(files)

    def match_written(self) -> None:
        index = ScanIndex(self.files)
        for place, draft in enumerate(self.drafts):
            for cell in draft.files:
                written, terms = _name_and_terms(cell)
                found = index.find(cell)
                if found.files:
                    written = cell
                else:
                    found = index.find(written)
                if not found.files and "," in written:
                    found = _find_listed(index, written) or found
                if found.is_ambiguous and not self._is_collision(found.files):
                    self._find(
                        place,
                        "MATCH-file-ambiguous",
                        name=written,
                        paths=", ".join(file.name for file in found.files),
                    )
                    # Whichever is meant, none of them is a scan that nobody wants.
                    for file in found.files:
                        self.claims.setdefault(file.name, [])
                elif found.files:
                    for file in found.files:
                        self._claim(place, file, label_of(_stem(file)), terms)
                else:
                    is_unsafe = found.is_unsafe
                    code = "MATCH-unsafe-name" if is_unsafe else "MATCH-file-missing"
                    self._find(place, code, name=written)

    def match_numbers(self) -> None:
        numbers = Numbers(draft.identifier for draft in self.drafts)
        scans = [f for f in self.files if f.is_scan and f.name not in self.claims]
        for file in sorted(scans, key=lambda file: (natural_key(file.name), file.name)):
            stem = _stem(file)
            by_name = numbers.find(stem)
            folder = _numbered_folder(file, numbers)
            tokens = number_tokens(folder)
            if by_name and (by_name.tokens == tokens or len(by_name.tokens) > len(tokens)):
                places, label = numbers.places_of(by_name.tokens, stem), by_name.label
            elif tokens:
                places, label = numbers.places_of(tokens, folder), label_of(stem)
            else:
                continue
            for place in places:
                if not self.drafts[place].files:
                    self._claim(place, file, label)

    def check_shared(self) -> None:
        for name, places in self.claims.items():
            if len({self.drafts[place].item_id for place in places}) < 2:
                continue
            rows = ", ".join(row_of(self.drafts[place]) for place in places)
            for place in places:
                self._find(place, "MATCH-file-shared", name=name, rows=rows)

    def check_collisions(self) -> None:
        for name, places in self.claims.items():
            names = self.colliding.get(name)
            for place in places if names else ():
                self._find(place, "MATCH-name-collision", paths=", ".join(names or ()))

    def check_missing(self) -> None:
        for place, match in enumerate(self.matches):
            if not match.scans and not self.drafts[place].files:
                draft = self.drafts[place]
                self._find(place, "MATCH-row-without-scan", identifier=draft.identifier)

    def left_over(self) -> Iterable[Finding]:
        for file in self.files:
            if not file.is_scan or file.name in self.claims:
                continue
            names = self.colliding.get(file.name)
            if names:
                values = {"paths": ", ".join(names)}
                yield Finding("MATCH-name-collision", path=file.name, values=values)
            else:
                yield Finding("MATCH-scan-without-row", path=file.name)

    def _claim(
        self, place: int, file: SourceFile, label: str, terms: AccessTerms | None = None
    ) -> None:
        places = self.claims[file.name]
        scans = self.matches[place].scans
        if place not in places:
            places.append(place)
            scans.append(Scan(file.path, file.name, label, terms))
        elif terms is not None:
            # "scans/; scans/back.tif (nội bộ)": what is said of one file holds for it.
            at = next(at for at, scan in enumerate(scans) if scan.name == file.name)
            scans[at] = replace(scans[at], terms=terms)

    def _is_collision(self, files: Sequence[SourceFile]) -> bool:
        return len({_collision_key(file.name) for file in files}) == 1

    def _find(self, place: int, code: str, **values: object) -> None:
        draft = self.drafts[place]
        self.matches[place].findings.append(
            Finding(
                code,
                path=self.path,
                sheet=draft.sheet,
                row=draft.row,
                column=draft.header.heading_of(Role.FILES),
                item_id=draft.item_id,
                values=values,
            )
        )


def _name_and_terms(written: str) -> tuple[str, AccessTerms | None]:
    """Return the name and what stands after it of access: ``back.tif (nội bộ đến 2030)``."""
    match = _TERMS.fullmatch(written.strip())
    terms = parse_access_terms(match["terms"]) if match else None
    return (match["name"], terms) if match and terms else (written, None)


def _find_listed(index: ScanIndex, written: str) -> Found | None:
    """Return the files of names separated by commas, if every one of them is there."""
    found = [index.find(name) for name in written.split(",")]
    if all(one.files and not one.is_ambiguous for one in found):
        return Found(tuple(file for one in found for file in one.files))
    return None


def _numbered_folder(file: SourceFile, numbers: Numbers) -> str:
    """Return the nearest folder above ``file`` that is named by a number, or empty."""
    for folder in reversed(file.name.split("/")[:-1]):
        if number_tokens(folder) in numbers:
            return folder
    return ""


def _collisions(files: Iterable[SourceFile]) -> dict[str, tuple[str, ...]]:
    """Return, for each scan that shares its name with others, the names of them all."""
    groups: dict[str, list[str]] = defaultdict(list)
    for file in files:
        if file.is_scan:
            groups[_collision_key(file.name)].append(file.name)
    return {name: tuple(names) for names in groups.values() if len(names) > 1 for name in names}


def _collision_key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _stem(file: SourceFile) -> str:
    base = file.name.rpartition("/")[2]
    return base.rpartition(".")[0] or base
