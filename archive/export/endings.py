"""What the name of an export may end in: a file that is not what its name says helps nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from schemas.errors import ConfigError
from schemas.messages import _

FOLDER: Final = "folder"
PACKAGES: Final = (FOLDER, ".zip", ".tar")

# Whatever else a name ends in is taken for a part of a folder's name, as in "bag 2026.11".
_KNOWN: Final = frozenset({
    ".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar",
    ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".pdf", ".docx", ".html",
    ".xml", ".rdf", ".json", ".jsonld",
})  # fmt: skip


def check_ending(name: str, endings: tuple[str, ...], out: Path) -> None:
    """Refuse a name that says it is something else than what is made.

    Args:
        name: Name of the format or of the partner's profile.
        endings: What it may end in; :data:`FOLDER` for a folder.
        out: The file or folder to make.

    Raises:
        ConfigError: ``out`` ends in something else.
    """
    ending = out.suffix.lower()
    if (ending if ending in _KNOWN else FOLDER) not in endings:
        raise ConfigError(
            _("For {partner}, PATH must end in one of: {endings}.").format(
                partner=name, endings=", ".join(endings)
            ),
            remedy=_("Give another name with --out; a folder has no ending.")
            if FOLDER in endings
            else _("Give another name with --out."),
            path=out,
        )
