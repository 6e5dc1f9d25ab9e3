"""Reading a museum's own tables of values, ``periods.csv`` and ``vocabularies/NAME.csv``.

They are needed when values come in. What was understood stands in the records, so nothing that is
made from the store depends on them.
"""

from __future__ import annotations

from pathlib import Path

from archive.layout import Layout
from schemas.dates import load_periods, shipped_periods
from schemas.errors import ConfigError
from schemas.messages import _
from schemas.normalising import ValueTables, shipped_tables, vocabulary_name
from schemas.unread import why_unread
from schemas.vocabularies import parse_vocabulary


def read_value_tables(layout: Layout) -> ValueTables:
    """Return the tables that ship, with those of the archive laid over them.

    Raises:
        ConfigError: A table cannot be read, or a row of it is wrong.
    """
    shipped = shipped_tables()
    periods = shipped.periods
    if layout.periods.is_file():
        own = load_periods(_text(layout.periods), layout.periods)
        periods = shipped_periods().extended_by(own)
    vocabularies = {}
    for path in sorted(layout.vocabularies.glob("*.csv")):
        name = vocabulary_name(path.stem)
        base = shipped.vocabulary(name)
        vocabularies[name] = parse_vocabulary(_text(path), name, path, base=base)
    if periods is shipped.periods and not vocabularies:
        return shipped
    return ValueTables(periods, vocabularies)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = why_unread(error)
        raise ConfigError(
            _("The table cannot be read: {reason}.").format(reason=reason),
            remedy=_("Open it in the spreadsheet program and save it as CSV UTF-8."),
            path=path,
        ) from error
