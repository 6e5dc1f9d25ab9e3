"""What a check found: a code, a place, a sentence, a remedy. Kept as data, said in any language.

The registry below is the only place where finding codes are made. Each code is documented in
``docs/findings.md`` (generated from here, a test compares) and has a bad fixture in
``tests/data`` or a test that raises it, named after the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.messages import N_, translate


class Severity(StrEnum):
    """How much a finding matters.

    ``ERROR`` sets the item aside; ``WARNING`` lets it in and should be mended; ``INFO`` tells.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class FindingKind:
    """One thing a check can find: its severity, its sentence and what to do about it.

    ``problem`` and ``remedy`` are message ids with ``str.format`` fields.
    """

    code: str
    severity: Severity
    problem: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """One finding at one place.

    Attributes:
        code: A key of :data:`KINDS`.
        path: The file concerned, relative to the source folder, in POSIX form; may be empty.
        sheet: Name of the sheet; empty for a CSV file and for scans.
        row: Row number as the spreadsheet program shows it, from 1.
        column: Column heading as the sheet has it, or its letter when it has none.
        item_id: The item concerned, when known.
        values: What fills the fields of the sentence.
    """

    code: str
    path: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    item_id: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def kind(self) -> FindingKind:
        """The registry entry of this finding."""
        return KINDS[self.code]

    @property
    def severity(self) -> Severity:
        """How much this finding matters."""
        return self.kind.severity

    def message(self, lang: str | None = None) -> str:
        """Return the sentence and the remedy in ``lang``, by default the current language."""
        kind = self.kind
        problem = translate(kind.problem, lang).format_map(dict(self.values))
        remedy = translate(kind.remedy, lang).format_map(dict(self.values))
        return f"{problem} {remedy}".strip()

    def where(self) -> str:
        """Return the place in one line: path, sheet, row and column, as far as known."""
        cell = ", ".join(
            part
            for part in (
                self.sheet and f"[{self.sheet}]",
                str(self.row) if self.row is not None else "",
                self.column,
            )
            if part
        )
        return ": ".join(part for part in (self.path, cell) if part)

    def to_json(self, lang: str | None = None) -> dict[str, object]:
        """Return the finding as the plain dict that ``--json`` prints."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": self.path,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "item": self.item_id,
            "message": self.message(lang),
        }


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Say whether any finding sets its item aside."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def _kinds(*kinds: FindingKind) -> dict[str, FindingKind]:
    return {kind.code: kind for kind in kinds}


# Codes read AREA-what. Areas: SHEET (the file), ROW, COLUMN, CHANGE (against the archive), SCAN
# (image files), MATCH (between rows and scans), STORE. Keep the table sorted by area, errors first.
KINDS: Mapping[str, FindingKind] = _kinds(
    FindingKind(
        "SHEET-unreadable",
        Severity.ERROR,
        N_("The catalogue cannot be read: {reason}."),
        N_("Open it in the spreadsheet program, save it again as .xlsx or as CSV UTF-8."),
    ),
    FindingKind(
        "SHEET-encrypted",
        Severity.ERROR,
        N_("The workbook is protected with a password, or is an old .xls file."),
        N_("Remove the password, save it as .xlsx, and try again."),
    ),
    FindingKind(
        "SHEET-empty",
        Severity.ERROR,
        N_("The catalogue has no rows under its heading."),
        N_("Check that the right file was given and that rows stand under the headings."),
    ),
    FindingKind(
        "SHEET-no-header",
        Severity.ERROR,
        N_("No row of column headings was found: none of {headings} is known."),
        N_("Name one column 'Số kiểm kê' or 'identifier', and one 'Tên gọi' or 'title'."),
    ),
    FindingKind(
        "SHEET-no-identifier-column",
        Severity.ERROR,
        N_("The sheet has no column of inventory numbers."),
        N_("Name the column of inventory numbers 'Số kiểm kê' or 'identifier'."),
    ),
    FindingKind(
        "SHEET-ignored",
        Severity.WARNING,
        N_("The sheet has no known headings or no column of inventory numbers, so it is left out."),
        N_("Nothing to do if it is meant; else name its columns as in the other sheet."),
    ),
    FindingKind(
        "SHEET-merged",
        Severity.INFO,
        N_("It describes {count} items of an earlier sheet again; what it adds is merged in."),
        N_("Nothing to do if both sheets are about the same objects."),
    ),
    FindingKind(
        "SHEET-other",
        Severity.INFO,
        N_("This file looks like a catalogue too; '{chosen}' is read instead."),
        N_("To read this one, give its name: --catalogue FILE"),
    ),
    FindingKind(
        "COLUMN-unknown",
        Severity.WARNING,
        N_("The column '{column}' is not known, so its cells are kept but not published."),
        N_("Rename it to a known heading, or add it to profile.csv."),
    ),
    FindingKind(
        "COLUMN-duplicate",
        Severity.WARNING,
        N_("The columns '{other}' and '{column}' mean the same; only '{other}' is published."),
        N_("Rename or remove one of them; the cells of the other are kept meanwhile."),
    ),
    FindingKind(
        "COLUMN-missing",
        Severity.WARNING,
        N_("The catalogue has no column for '{field}', which is recommended."),
        N_("Add the column when its values are known."),
    ),
    FindingKind(
        "COLUMN-as-identifier",
        Severity.INFO,
        N_("There is no column of inventory numbers, so '{column}' is read as one."),
        N_("To be clear, name the column 'Số kiểm kê' or 'identifier'."),
    ),
    FindingKind(
        "ROW-no-identifier",
        Severity.ERROR,
        N_("The row has no inventory number."),
        N_("Give each row its inventory number."),
    ),
    FindingKind(
        "ROW-no-title",
        Severity.ERROR,
        N_("The row has no title."),
        N_("Write the name of the item in the title column."),
    ),
    FindingKind(
        "ROW-no-value",
        Severity.ERROR,
        N_("The field '{field}' is required and is empty."),
        N_("Fill it in, or make the field optional in profile.csv."),
    ),
    FindingKind(
        "ROW-duplicate-identifier",
        Severity.ERROR,
        N_("The inventory number '{identifier}' stands in more than one row: {rows}."),
        N_("Give each object its own number; all of these rows are set aside until then."),
    ),
    FindingKind(
        "ROW-bad-access",
        Severity.ERROR,
        N_("'{value}' is not an access level."),
        N_("Write public, restricted or staff. An item in the archive keeps its level until then."),
    ),
    FindingKind(
        "CHANGE-access-opened",
        Severity.WARNING,
        N_("The item was '{old}' and becomes '{new}': more people will see it."),
        N_("If that is not meant, correct the access column and run the command again."),
    ),
    FindingKind(
        "CHANGE-fields-emptied",
        Severity.WARNING,
        N_("The archive has values for {fields}, and this row has none: they are emptied."),
        N_("If that is not meant, deliver the whole row; the former version stays in the store."),
    ),
    FindingKind(
        "ROW-missing-value",
        Severity.WARNING,
        N_("The field '{field}' is recommended and is empty."),
        N_("Fill it in when it is known."),
    ),
    FindingKind(
        "ROW-formula-error",
        Severity.WARNING,
        N_("The cell shows the error {value}, so it counts as empty."),
        N_("Mend the formula, or write the value itself."),
    ),
    FindingKind(
        "ROW-sheets-differ",
        Severity.WARNING,
        N_("Row {row} of '{sheet}' says otherwise in: {fields}; the earlier sheet is used."),
        N_("Make both sheets say the same."),
    ),
    FindingKind(
        "ROW-note",
        Severity.WARNING,
        N_("The row has no number, title or scans, so it is taken for a note and left out."),
        N_("Nothing to do if it is a heading or a total; else give it its inventory number."),
    ),
    FindingKind(
        "MATCH-file-missing",
        Severity.ERROR,
        N_("The row names the scan '{name}', which is not in the folder."),
        N_("Check the spelling, or copy the scan into the folder."),
    ),
    FindingKind(
        "MATCH-file-ambiguous",
        Severity.ERROR,
        N_("The name '{name}' fits several scans: {paths}."),
        N_("Write the folder and the extension too, as in 'folder/name.tif'."),
    ),
    FindingKind(
        "MATCH-file-shared",
        Severity.ERROR,
        N_("The scan '{name}' belongs to more than one row: {rows}."),
        N_("Name each scan in one row only."),
    ),
    FindingKind(
        "MATCH-unsafe-name",
        Severity.ERROR,
        N_("The name '{name}' points outside the folder of scans."),
        N_("Write a name inside the folder, without '..' and without a drive."),
    ),
    FindingKind(
        "MATCH-name-collision",
        Severity.ERROR,
        N_("The scans {paths} differ only in case or in Unicode form."),
        N_("Rename one of them."),
    ),
    FindingKind(
        "MATCH-row-without-scan",
        Severity.WARNING,
        N_("No scan was found for '{identifier}'."),
        N_("Name its scans in the file column, or name the scans after the inventory number."),
    ),
    FindingKind(
        "MATCH-scan-without-row",
        Severity.WARNING,
        N_("No row of the catalogue claims this scan, so it is left out."),
        N_("Add a row for it, or its name to the row it belongs to."),
    ),
    FindingKind(
        "SCAN-empty",
        Severity.ERROR,
        N_("The file is empty."),
        N_("Copy it again from the scanner."),
    ),
    FindingKind(
        "SCAN-not-an-image",
        Severity.ERROR,
        N_("The file is not an image that can be read: its content is {found}."),
        N_("Export it from the scanning program as TIFF or JPEG."),
    ),
    FindingKind(
        "SCAN-damaged",
        Severity.ERROR,
        N_("The image is damaged or cut short: {reason}."),
        N_("Copy it again from the scanner, or scan the object again."),
    ),
    FindingKind(
        "SCAN-too-large",
        Severity.ERROR,
        N_("The image is declared as {megapixels} megapixels; the limit is {limit}."),
        N_("If it is genuine, raise max_megapixels in hoaban.toml."),
    ),
    FindingKind(
        "SCAN-unreadable",
        Severity.ERROR,
        N_("The file cannot be read: {reason}."),
        N_("Check the disk and the rights of the file."),
    ),
    FindingKind(
        "SCAN-changed",
        Severity.ERROR,
        N_("The file changed while it was being copied."),
        N_("Wait until the scanner has finished, then run the command again."),
    ),
    FindingKind(
        "SCAN-worker-failed",
        Severity.ERROR,
        N_("The program that reads this item's scans stopped: {reason}."),
        N_(
            "Run it again; if it stops again, one of the scans cannot be processed or is too large."
        ),
    ),
    FindingKind(
        "SCAN-extension",
        Severity.WARNING,
        N_("The name ends in '{extension}' but the content is {found}."),
        N_("It is kept and read by its content; rename it when convenient."),
    ),
    FindingKind(
        "SCAN-no-profile",
        Severity.INFO,
        N_("The image has no colour profile; {assumed} is assumed."),
        N_("Switch on 'embed ICC profile' in the scanning program."),
    ),
    FindingKind(
        "SCAN-bad-profile",
        Severity.WARNING,
        N_("The colour profile in the image cannot be used; {assumed} is assumed."),
        N_("Scan or export it again with a valid profile."),
    ),
    FindingKind(
        "SCAN-duplicate",
        Severity.WARNING,
        N_("The scan has the same bytes as {other}."),
        N_("Keep one of them, unless both are meant."),
    ),
    FindingKind(
        "STORE-damaged",
        Severity.ERROR,
        N_("The stored item cannot be read: {reason}."),
        N_("Restore its folder in store/ from a copy; see what is damaged with: hoaban audit"),
    ),
    FindingKind(
        "STORE-copy-differs",
        Severity.ERROR,
        N_("The copy in the archive is not what was read: {reason}."),
        N_("Check the disk and the memory of this computer, then run the command again."),
    ),
)
