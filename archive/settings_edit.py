"""Changing one setting of ``hoaban.toml`` and nothing else of the file.

Promise: comments, order, line ends and every other setting stay as the museum wrote them; the
result is read again before it is written, so a file that is laid out in a way we do not know is
refused and not spoilt.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from contextlib import nullcontext
from dataclasses import fields, replace
from pathlib import Path

from archive.durable import write_file
from archive.lock import write_lock
from archive.opening import Archive
from archive.settings import DERIVATIVE_PROFILES
from schemas.errors import ConfigError
from schemas.messages import _

_TABLE = re.compile(r"[ \t]*\[[ \t]*derivatives[ \t]*\]")
_PROFILE = re.compile(r"""([ \t]*profile[ \t]*=[ \t]*)(?:"[^"]*"|'[^']*')""")


def set_derivative_profile(archive: Archive, name: str, *, keep: bool = True) -> Archive:
    """Write ``profile`` into the table ``[derivatives]``, and return the archive as it is then.

    Args:
        archive: The archive, open.
        name: A key of ``DERIVATIVE_PROFILES``.
        keep: Write it; without, the file stays as it is and only the returned archive has it.

    Raises:
        ConfigError: There is no such profile, or the file cannot be changed safely.
        StoreBusyError: Another process is writing to the archive, by the settings as they are.
        StoreWriteError: The disk refuses; the file stays as it was.
    """
    if name not in DERIVATIVE_PROFILES:
        raise ConfigError(
            _("There is no derivative profile '{name}'.").format(name=name),
            remedy=_("Profiles: {names}.").format(names=", ".join(DERIVATIVE_PROFILES)),
        )
    path = archive.layout.config
    with write_lock(archive.layout) if keep else nullcontext():
        content = path.read_bytes()
        mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        text = content.removeprefix(mark).decode("utf-8")
        changed = with_profile(text, name, path)
        if keep and changed != text:
            write_file(path, mark + changed.encode())
    own = tomllib.loads(changed).get("derivatives", {})
    derivatives = replace(DERIVATIVE_PROFILES[name], **own)
    return replace(archive, settings=replace(archive.settings, derivatives=derivatives))


def overriding_settings(archive: Archive) -> tuple[str, ...]:
    """Return the names of what differs from the archive's profile, because it is set by itself."""
    settings = archive.settings.derivatives
    plain = DERIVATIVE_PROFILES[settings.profile]
    names = sorted(field.name for field in fields(settings))
    return tuple(name for name in names if getattr(settings, name) != getattr(plain, name))


def with_profile(text: str, name: str, path: Path) -> str:
    """Return the text of a ``hoaban.toml`` with this derivative profile.

    Raises:
        ConfigError: ``text`` is laid out so that one line cannot be changed safely.
    """
    wanted = tomllib.loads(text)
    wanted["derivatives"] = wanted.get("derivatives", {}) | {"profile": name}
    changed = _edited(text, name)
    try:
        is_safe = tomllib.loads(changed) == wanted
    except tomllib.TOMLDecodeError:
        is_safe = False
    if not is_safe:
        raise ConfigError(
            _("The profile cannot be written into the settings without changing other things."),
            remedy=_('Write it yourself: [derivatives], profile = "{name}"').format(name=name),
            path=path,
        )
    return changed


def _edited(text: str, name: str) -> str:
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    entry = f'profile = "{name}"{end}'
    at = next((i for i, line in enumerate(lines) if _TABLE.match(line)), None)
    if at is None:
        gap = "" if not text or text.endswith("\n") else end
        return f"{text}{gap}{end}[derivatives]{end}{entry}"
    for number in range(at + 1, len(lines)):
        if lines[number].lstrip().startswith("["):
            break
        if _PROFILE.match(lines[number]):
            lines[number] = _PROFILE.sub(lambda found: f'{found[1]}"{name}"', lines[number])
            return "".join(lines)
    if not lines[at].endswith("\n"):
        lines[at] += end
    return "".join([*lines[: at + 1], entry, *lines[at + 1 :]])
