"""A museum's theme: its logo, colours, styles and templates over those that ship.

``theme/`` in the archive may hold ``theme.css`` (read after all other styles), ``templates/``
(pages of the same names take the place of ours and may extend them as ``hoaban/NAME.html``) and
``static/`` (files for both, found under ``assets/theme/``). Nothing of it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archive.layout import Layout
from archive.site.files import SiteTree
from archive.site_settings import SiteSettings
from schemas.errors import ConfigError
from schemas.messages import _

FOLDER = "assets/theme"


@dataclass(frozen=True)
class Theme:
    """What a site looks like beyond what ships.

    Attributes:
        templates: The museum's templates, or None.
        logo: Path of its logo, relative to the root of the site; or empty.
        styles: Paths of its style sheets, likewise, in their order.
    """

    templates: Path | None = None
    logo: str = ""
    styles: tuple[str, ...] = ()


def write_theme(layout: Layout, settings: SiteSettings, tree: SiteTree) -> Theme:
    """Bring the museum's theme into a site, and return it.

    Raises:
        ConfigError: The logo that the settings name is not there.
    """
    styles: list[str] = []
    logo = ""
    folder = layout.theme
    if settings.colour or settings.colour_dark:
        tree.write(f"{FOLDER}/colours.css", _colours(settings).encode())
        styles.append(f"{FOLDER}/colours.css")
    if settings.logo:
        source = folder / settings.logo
        if not source.is_file():
            raise ConfigError(
                _("The logo is not there."),
                remedy=_("Put it into the folder theme, or take 'logo' out of hoaban.toml."),
                path=source,
            )
        logo = f"{FOLDER}/{settings.logo}"
        tree.write(logo, source.read_bytes())
    if (folder / "static").is_dir():
        tree.copy_folder(folder / "static", FOLDER)
    if (folder / "theme.css").is_file():
        tree.write(f"{FOLDER}/theme.css", (folder / "theme.css").read_bytes())
        styles.append(f"{FOLDER}/theme.css")
    templates = folder / "templates"
    return Theme(templates if templates.is_dir() else None, logo, tuple(styles))


def _colours(settings: SiteSettings) -> str:
    rules = ""
    if settings.colour:
        rules += f":root {{ --accent: {settings.colour}; --focus: {settings.colour}; }}\n"
    dark = settings.colour_dark
    if dark:
        inside = f":root {{ --accent: {dark}; --focus: {dark}; --accent-ink: #171412; }}"
        rules += f"@media (prefers-color-scheme: dark) {{ {inside} }}\n"
    elif settings.colour:
        # The light colour alone must not reach dark paper, where it was not measured.
        ours = ":root { --accent: #e7a3ca; --focus: #f0b8d7; --accent-ink: #2b0c1e; }"
        rules += f"@media (prefers-color-scheme: dark) {{ {ours} }}\n"
    return rules
